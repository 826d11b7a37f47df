//! Half a segment in the variable that absorbs the branch points at its end.

use std::sync::LazyLock;

use num_complex::Complex64;

use super::segment::End;
use crate::numerics::legendre;

/// The range of V next to an end e of a segment. With δ the distance from e to
/// the next singularity outside, V = e ± δ sinh² u makes both branch points
/// regular, and puts every other one outside at Im u = π/2.
pub(super) struct Part {
    end: End,
    direction: f64,
    delta: f64,
    reach: f64,
}

impl Part {
    pub(super) fn new(end: End, direction: f64, length: f64, singularities: &[f64]) -> Self {
        let outside = singularities
            .iter()
            .map(|s| direction * (end.here - s))
            .filter(|&distance| distance > 1e-13 * length)
            .fold(length, f64::min);
        Self { end, direction, delta: outside, reach: (length / outside).sqrt().asinh() }
    }

    /// u, V, sum − V and dV/dτ at τ in \[−1, 1\], which runs outwards.
    pub(super) fn place(&self, tau: f64) -> (f64, f64, f64, f64) {
        let u = 0.5 * self.reach * (1.0 - tau);
        let sinh = u.sinh();
        let distance = self.direction * self.delta * sinh * sinh;
        let rate = -self.direction * self.reach * self.delta * sinh * u.cosh();
        (tau, self.end.here + distance, self.end.there - distance, rate)
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
    LazyLock::new(|| [PartRule::new(16), PartRule::new(32)]);

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
