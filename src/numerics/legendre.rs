//! Legendre series on [−1, 1]: the local basis of every tabulated density.
//!
//! Legendre rather than Chebyshev, because the Gauss nodes that give the
//! coefficients also integrate the density, and because the Cauchy transform of
//! a Legendre polynomial is a Legendre function of the second kind, known by a
//! three-term recurrence.

use std::sync::LazyLock;

use num_complex::Complex64;

use super::complex::reciprocal;

/// Number of nodes, and of coefficients, of a piece.
pub(crate) const N: usize = 16;

/// The N-point Gauss–Legendre rule and its analysis matrix.
pub(crate) struct Rule {
    pub(crate) nodes: [f64; N],
    pub(crate) weights: [f64; N],
    /// `analysis[n][k]`: coefficient n of a function from its value at node k.
    analysis: [[f64; N]; N],
}

/// The rule of the tabulated densities.
pub(crate) static RULE: LazyLock<Rule> = LazyLock::new(|| {
    let (nodes, weights) = gauss_legendre(N);
    let mut analysis = [[0.0; N]; N];
    for k in 0..N {
        let p = polynomials(nodes[k], N);
        for n in 0..N {
            analysis[n][k] = (n as f64 + 0.5) * weights[k] * p[n];
        }
    }
    let fixed = |list: Vec<f64>| std::array::from_fn(|k| list[k]);
    Rule { nodes: fixed(nodes), weights: fixed(weights), analysis }
});

/// Nodes, ascending, and weights of the n-point Gauss–Legendre rule.
pub(crate) fn gauss_legendre(n: usize) -> (Vec<f64>, Vec<f64>) {
    (0..n)
        .map(|k| {
            // Newton from the classical asymptotic position; quadratic, so eight steps are plenty.
            let mut x = -(std::f64::consts::PI * (k as f64 + 0.75) / (n as f64 + 0.5)).cos();
            let mut slope = 1.0;
            for _ in 0..8 {
                let p = polynomials(x, n);
                slope = n as f64 * (p[n - 1] - x * p[n]) / (1.0 - x * x);
                x -= p[n] / slope;
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .unzip()
}

/// P_0(x), …, P_n(x).
pub(crate) fn polynomials(x: f64, n: usize) -> Vec<f64> {
    let mut p = vec![1.0, x];
    for k in 1..n {
        let m = k as f64;
        p.push(((2.0 * m + 1.0) * x * p[k] - m * p[k - 1]) / (m + 1.0));
    }
    p
}

impl Rule {
    /// Coefficients of the polynomial through `values` at the nodes.
    pub(crate) fn coefficients(&self, values: &[f64; N]) -> [f64; N] {
        std::array::from_fn(|n| self.analysis[n].iter().zip(values).map(|(a, v)| a * v).sum())
    }
}

/// Σ a_n P_n(x) by Clenshaw's recurrence.
#[inline]
pub(crate) fn evaluate(coefficients: &[f64], x: f64) -> f64 {
    let (mut b1, mut b2) = (0.0, 0.0);
    for (n, a) in coefficients.iter().enumerate().skip(1).rev() {
        let (forward, backward) = CLENSHAW[n];
        (b1, b2) = (a + forward * x * b1 - backward * b2, b1);
    }
    coefficients[0] + x * b1 - 0.5 * b2
}

/// (2n+1)/(n+1) and (n+1)/(n+2), for every order that occurs.
const CLENSHAW: [(f64, f64); N + 2] = {
    let mut table = [(0.0, 0.0); N + 2];
    let mut n = 0;
    while n < N + 2 {
        let m = n as f64;
        table[n] = ((2.0 * m + 1.0) / (m + 1.0), (m + 1.0) / (m + 2.0));
        n += 1;
    }
    table
};

/// Coefficients of the derivative.
pub(crate) fn derivative(coefficients: &[f64; N]) -> [f64; N] {
    let mut slope = [0.0; N];
    // c'_n/(2n+1) = a_{n+1} + c'_{n+2}/(2n+5)
    for n in (0..N - 1).rev() {
        let above = if n + 2 < N { slope[n + 2] / (2.0 * n as f64 + 5.0) } else { 0.0 };
        slope[n] = (2.0 * n as f64 + 1.0) * (coefficients[n + 1] + above);
    }
    slope
}

/// Coefficients of x ↦ (μ + η x) f(x).
pub(crate) fn times_affine(coefficients: &[f64; N], mu: f64, eta: f64) -> [f64; N + 1] {
    let mut product = [0.0; N + 1];
    for (n, a) in coefficients.iter().enumerate() {
        let m = n as f64;
        product[n] += mu * a;
        // x P_n = ((n+1) P_{n+1} + n P_{n−1}) / (2n+1)
        product[n + 1] += eta * a * (m + 1.0) / (2.0 * m + 1.0);
        if n > 0 {
            product[n - 1] += eta * a * m / (2.0 * m + 1.0);
        }
    }
    product
}

/// Coefficients of the antiderivative that vanishes at −1.
pub(crate) fn antiderivative(coefficients: &[f64; N + 1]) -> [f64; N + 2] {
    let mut sum = [0.0; N + 2];
    sum[0] = coefficients[0];
    sum[1] = coefficients[0];
    for (n, a) in coefficients.iter().enumerate().skip(1) {
        let share = a / (2.0 * n as f64 + 1.0);
        sum[n + 1] += share;
        sum[n - 1] -= share;
    }
    sum
}

/// ∫ f(τ)/(z − τ) dτ and its z-derivative, from the coefficients of f, of f′ and
/// the values of f at the nodes; on the interval itself the sign of zero of Im z
/// names the side. `sides` are z + 1 and z − 1, with the digits that z has lost next to
/// the ends.
///
/// Near the interval by the recurrence of Q_n, which run forward loses a factor
/// |z + √(z²−1)|^n, harmless against coefficients that decay faster; beyond
/// |z| = 1.7 the Gauss rule is exact to rounding.
pub(crate) fn cauchy(
    coefficients: &[f64; N],
    slope: &[f64; N],
    values: &[f64; N],
    z: Complex64,
    [above, below]: [Complex64; 2],
) -> (Complex64, Complex64) {
    if z.norm_sqr() > 1.7 * 1.7 {
        let (mut value, mut change) = (Complex64::ZERO, Complex64::ZERO);
        for ((node, weight), f) in RULE.nodes.iter().zip(&RULE.weights).zip(values) {
            let inverse = (z - node).inv();
            let term = weight * f * inverse;
            value += term;
            change -= term * inverse;
        }
        return (value, change);
    }
    let log = above.ln() - below.ln();
    let (mut previous, mut current) = (0.5 * log, z * (0.5 * log) - 1.0);
    let mut value = coefficients[0] * previous + coefficients[1] * current;
    let mut change = slope[0] * previous + slope[1] * current;
    for n in 1..N - 1 {
        let m = n as f64;
        let (forward, backward) = ((2.0 * m + 1.0) / (m + 1.0), m / (m + 1.0));
        let next = forward * (z * current) - backward * previous;
        (previous, current) = (current, next);
        value += coefficients[n + 1] * current;
        change += slope[n + 1] * current;
    }
    let right: f64 = coefficients.iter().sum();
    let left: f64 =
        coefficients.iter().enumerate().map(|(n, a)| if n % 2 == 0 { *a } else { -*a }).sum();
    (2.0 * value, 2.0 * change - right * reciprocal(below) + left * reciprocal(above))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(f: impl Fn(f64) -> f64) -> [f64; N] {
        RULE.coefficients(&RULE.nodes.map(f))
    }

    #[test]
    fn a_polynomial_survives_analysis_and_calculus() {
        let a = sample(|x| 1.0 + x.powi(3) - 2.0 * x.powi(15));
        let at = 0.3_f64;
        assert!((evaluate(&a, at) - (1.0 + at.powi(3) - 2.0 * at.powi(15))).abs() < 1e-14);
        let d = derivative(&a);
        assert!((evaluate(&d, at) - (3.0 * at.powi(2) - 30.0 * at.powi(14))).abs() < 1e-12);
        let p = antiderivative(&times_affine(&a, 2.0, 3.0));
        // ∫_{−1}^{x} (2+3t)(1+t³−2t¹⁵) dt
        let primitive = |x: f64| {
            2.0 * x + 1.5 * x * x + 0.5 * x.powi(4) + 0.6 * x.powi(5)
                - 0.25 * x.powi(16)
                - 6.0 / 17.0 * x.powi(17)
        };
        assert!((evaluate(&p, at) - primitive(at) + primitive(-1.0)).abs() < 1e-14);
    }

    #[test]
    fn cauchy_transform_of_the_semicircle_like_polynomial() {
        // f = 1 − τ²: ∫ f/(z−τ) = (1−z²) log((z+1)/(z−1)) + 2z.
        let a = sample(|x| 1.0 - x * x);
        for (x, y) in [(0.2, 0.0), (1.2, 0.5), (-0.7, 1e-9), (-1.6, 0.5), (-1.65, 0.5), (3.0, 0.0)]
        {
            let z = Complex64::new(x, y);
            let log = (z + 1.0).ln() - (z - 1.0).ln();
            let values = RULE.nodes.map(|x| 1.0 - x * x);
            let (c, d) = cauchy(&a, &derivative(&a), &values, z, [z + 1.0, z - 1.0]);
            assert!((c - ((1.0 - z * z) * log + 2.0 * z)).norm() < 1e-13);
            assert!((d - (-2.0 * z * log + 4.0)).norm() < 1e-12, "{d}");
        }
    }
}
