//! Half a segment in the variable that absorbs the branch points at its end.

use std::sync::LazyLock;

use num_complex::Complex64;

use super::segment::End;
use crate::numerics::legendre;

/// A range of V that hangs on an end e of a segment.
#[derive(Debug)]
pub(super) enum Part {
    /// Next to e. With δ the distance from e to the next singularity outside,
    /// V = e ± δ sinh² u, 0 ≤ u ≤ `reach`, makes both branch points regular, and
    /// puts every other one outside at Im u = π/2.
    Near { end: End, direction: f64, delta: f64, reach: f64 },
    /// From e + `offset` to infinity, in the variable `offset`/(V − e).
    Far { end: End, offset: f64 },
}

impl Part {
    pub(super) fn near(end: End, direction: f64, length: f64, singularities: &[f64]) -> Self {
        let delta = singularities
            .iter()
            .map(|s| direction * (end.here - s))
            .filter(|&distance| distance > 1e-13 * length)
            .fold(length, f64::min);
        Self::Near { end, direction, delta, reach: (length / delta).sqrt().asinh() }
    }

    /// V, sum − V and dV/dτ at τ in \[−1, 1\], which runs outwards.
    pub(super) fn place(&self, tau: f64) -> (f64, f64, f64) {
        let (end, distance, rate) = match self {
            Self::Near { end, direction, delta, reach } => {
                let u = 0.5 * reach * (1.0 - tau);
                let sinh = u.sinh();
                let scale = direction * delta * sinh;
                (end, scale * sinh, -scale * reach * u.cosh())
            }
            Self::Far { end, offset } => {
                let s = 0.5 * (1.0 - tau);
                (end, offset / s, 0.5 * offset / (s * s))
            }
        };
        (end.here + distance, end.there - distance, rate)
    }
}

/// A Gauss–Legendre rule, and what gives some coefficients of the integrand from
/// its weighted values.
pub(super) struct PartRule {
    pub(super) nodes: Vec<f64>,
    pub(super) weights: Vec<f64>,
    /// Rows for four middle and for the four last coefficients.
    pub(super) middle: Vec<Vec<f64>>,
    pub(super) tail: Vec<Vec<f64>>,
}

pub(super) static RULES: LazyLock<[PartRule; 2]> =
    LazyLock::new(|| [PartRule::new(24), PartRule::new(48)]);

impl PartRule {
    fn new(n: usize) -> Self {
        let (nodes, weights) = legendre::gauss_legendre(n);
        let rows = |orders: std::ops::Range<usize>| -> Vec<Vec<f64>> {
            let row = |j: usize| {
                nodes.iter().map(|x| (j as f64 + 0.5) * legendre::polynomials(*x, n)[j]).collect()
            };
            orders.map(row).collect()
        };
        let (middle, tail) = (rows(n / 2 - 2..n / 2 + 2), rows(n - 4..n));
        Self { nodes, weights, middle, tail }
    }
}

/// The cubic through two points with slopes, at u.
pub(super) fn hermite(points: [(f64, Complex64, Complex64); 2], u: f64) -> Complex64 {
    let [(u0, f0, s0), (u1, f1, s1)] = points;
    let step = u1 - u0;
    let t = (u - u0) / step;
    let (square, cube) = (t * t, t * t * t);
    f0 * (2.0 * cube - 3.0 * square + 1.0)
        + s0 * (step * (cube - 2.0 * square + t))
        + f1 * (3.0 * square - 2.0 * cube)
        + s1 * (step * (cube - square))
}
