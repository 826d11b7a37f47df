//! Nodes on a vertical line below a point at which a density jumps.

use std::f64::consts::PI;

use num_complex::Complex64;

/// Relative error of a transform away from the top: e^{−π²/step}, for a pole on the axis is
/// at the angle π/2 from the ladder at every distance from the top. It is what the solver of
/// the population law takes for granted; ten times as much saves 8 % of the nodes.
const ACCURACY: f64 = 1e-12;

/// Distance, as −log in units of the distance to 0 or the ladder's length, at which nodes
/// begin to spread towards a top away from 0, and how fast they do: their distance grows
/// like 1 + e^{SPREAD·u}. The error of a density there, times the distance, stays at some
/// 1e-13 of the jump, little more than rounding of the top explains.
const RESOLVED_ELSEWHERE: f64 = 17.0;
const SPREAD_ELSEWHERE: f64 = 0.5;

/// The same for a top at 0, where the transform grows: fully to 1e-11, as for the
/// densities in closed form.
const RESOLVED_AT_ZERO: f64 = 26.0;
const SPREAD_AT_ZERO: f64 = 1.0;

/// Nodes whose mass is less than this part of the ladder's are left out, at the foot and
/// at the top.
const NEGLIGIBLE: f64 = 1e-16;

/// Where the nodes begin to spread towards the foot: no pole is near it.
const FOOT: f64 = 0.5;

/// The point t = r² that a ladder hangs on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Top {
    t: f64,
}

impl Top {
    pub(super) fn at(r: f64) -> Self {
        Self { t: r * r }
    }
}

/// Nodes on the line from t − i·length up to t, for the mass element dr = dt/(2√t).
///
/// With τ/(length − τ) = e^x for the distance τ from the top the real axis is the disc
/// |arg − π| ≤ π/2, so that the trapezoidal rule in x converges at the same rate however
/// close to the top a pole is.
#[derive(Debug)]
pub(super) struct Ladder {
    top: Top,
    length: f64,
    left: f64,
    spread: f64,
}

impl Ladder {
    pub(super) fn new(top: Top, length: f64) -> Self {
        if top.t == 0.0 {
            return Self { top, length, left: RESOLVED_AT_ZERO, spread: SPREAD_AT_ZERO };
        }
        // Nearer to 0 than its length, the ladder also sees the singularity of 1/√t.
        let near = (length / top.t).ln().clamp(0.0, RESOLVED_AT_ZERO);
        Self { top, length, left: RESOLVED_ELSEWHERE + near, spread: SPREAD_ELSEWHERE }
    }

    /// Visits the nodes t with their dr, from the middle outwards.
    pub(super) fn visit(&self, mut visit: impl FnMut(Complex64, Complex64)) {
        let step = PI * PI / (2.0 / ACCURACY).ln();
        let smallest = NEGLIGIBLE * self.dr(self.length).norm() * self.length;
        for direction in [1.0, -1.0] {
            let mut v = if direction > 0.0 { 0.0 } else { -step };
            loop {
                let (tau, slope) = self.distance(v);
                let weight = step * slope * self.dr(tau);
                // False for NaN too, where the distance is beyond what can be told.
                let counts = weight.norm() > smallest;
                if !counts {
                    break;
                }
                visit(Complex64::new(self.top.t, -tau), weight);
                v += direction * step;
            }
        }
    }

    /// dr/dτ at the distance τ, counted upwards.
    fn dr(&self, tau: f64) -> Complex64 {
        Complex64::I / (2.0 * Complex64::new(self.top.t, -tau).sqrt())
    }

    /// The distance τ from the top, and dτ/dv.
    fn distance(&self, v: f64) -> (f64, f64) {
        let (up, down) = ((v - FOOT).exp(), (-self.spread * (v + self.left)).exp());
        let x = v + up - down / self.spread;
        let e = (-x.abs()).exp();
        let share = if x < 0.0 { e / (1.0 + e) } else { 1.0 / (1.0 + e) };
        let slope = e / ((1.0 + e) * (1.0 + e));
        (self.length * share, self.length * slope * (1.0 + up + down))
    }
}
