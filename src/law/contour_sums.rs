//! Sums over the values of D² at one place g of a contour, each in one pass.

use num_complex::Complex64;
use pulp::{Arch, Simd, WithSimd};

use super::companion::reciprocal;
use crate::numerics::lanes::{Lanes, WIDEST, vectors};

/// Poles a = z/t − c of the plane of g, 1/(z−ct) = 1/(ta), ω and 1/t, padded to whole vectors.
#[derive(Debug)]
pub(super) struct ContourSums {
    pole: [Vec<f64>; 2],
    resolvent: [Vec<f64>; 2],
    weight: Vec<f64>,
    over_t: Vec<f64>,
}

/// What the integrands are made of, with r = 1/(g−a).
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// Σ ω r and Σ ω r².
    pub(super) powers: [Complex64; 2],
    /// Σ ω/t r² = −∂/∂z Σ ω r at fixed g.
    pub(super) change: Complex64,
    /// Σ ω/(ta) r = −h/g with h = Σ ω/t (1/(a−g) − 1/a).
    pub(super) resolvent: Complex64,
    /// Σ ω/(t²a) r (1/a − r), which is ∂h/∂z at fixed g over g.
    pub(super) resolvent_change: Complex64,
}

impl ContourSums {
    /// Takes values t > 0 of D² with their probabilities ω.
    pub(super) fn new(z: Complex64, c: f64, squares: &[(f64, f64)]) -> Self {
        let padded = squares.len().next_multiple_of(WIDEST);
        let row = |term: &dyn Fn(f64, f64) -> f64, rest: f64| {
            let mut row = Vec::with_capacity(padded);
            row.extend(squares.iter().map(|&(t, weight)| term(t, weight)));
            row.resize(padded, rest);
            row
        };
        let pole = |t: f64| (z - c * t) / t;
        let resolvent = |t: f64| reciprocal(z - c * t);
        Self {
            // What pads is far from everything.
            pole: [row(&|t, _| pole(t).re, 1e150), row(&|t, _| pole(t).im, 0.0)],
            resolvent: [row(&|t, _| resolvent(t).re, 0.0), row(&|t, _| resolvent(t).im, 0.0)],
            weight: row(&|_, weight| weight, 0.0),
            over_t: row(&|t, _| t.recip(), 0.0),
        }
    }

    /// Σ ω r, Σ ω r² and Σ ω r³.
    pub(super) fn powers(&self, g: Complex64) -> [Complex64; 3] {
        Arch::new().dispatch(Powers { sums: self, g })
    }

    /// All that the integrands are made of.
    pub(super) fn terms(&self, g: Complex64) -> Terms {
        Arch::new().dispatch(All { sums: self, g })
    }
}

struct Powers<'a> {
    sums: &'a ContourSums,
    g: Complex64,
}

impl WithSimd for Powers<'_> {
    type Output = [Complex64; 3];

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Self::Output {
        let lanes = Lanes(simd);
        let ContourSums { pole, weight, .. } = self.sums;
        let g = lanes.splat(self.g);
        let mut sums = [lanes.splat(Complex64::ZERO); 3];
        let [re, im] = pole;
        for ((re, im), weight) in vectors::<S>(re).zip(vectors::<S>(im)).zip(vectors::<S>(weight)) {
            let r = lanes.reciprocal(lanes.subtract(g, (re, im)));
            let square = lanes.multiply(r, r);
            for (sum, power) in sums.iter_mut().zip([r, square, lanes.multiply(square, r)]) {
                lanes.add(sum, lanes.scale(weight, power));
            }
        }
        // `map` would leave the instruction set of this function.
        let [first, second, third] = sums;
        [lanes.total(first), lanes.total(second), lanes.total(third)]
    }
}

struct All<'a> {
    sums: &'a ContourSums,
    g: Complex64,
}

impl WithSimd for All<'_> {
    type Output = Terms;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Terms {
        let lanes = Lanes(simd);
        let ContourSums { pole, resolvent, weight, over_t } = self.sums;
        let g = lanes.splat(self.g);
        let mut sums = [lanes.splat(Complex64::ZERO); 5];
        let poles = vectors::<S>(&pole[0]).zip(vectors::<S>(&pole[1]));
        let resolvents = vectors::<S>(&resolvent[0]).zip(vectors::<S>(&resolvent[1]));
        let weights = vectors::<S>(weight).zip(vectors::<S>(over_t));
        for ((pole, resolvent), (weight, over_t)) in poles.zip(resolvents).zip(weights) {
            let r = lanes.reciprocal(lanes.subtract(g, pole));
            let lower = lanes.scale(over_t, r);
            let both = lanes.multiply(r, resolvent);
            let change = lanes.multiply(both, lanes.subtract(resolvent, lower));
            let terms = [r, lanes.multiply(r, r), lanes.multiply(lower, r), both, change];
            for (sum, term) in sums.iter_mut().zip(terms) {
                lanes.add(sum, lanes.scale(weight, term));
            }
        }
        let [first, second, change, resolvent, resolvent_change] = sums;
        Terms {
            powers: [lanes.total(first), lanes.total(second)],
            change: lanes.total(change),
            resolvent: lanes.total(resolvent),
            resolvent_change: lanes.total(resolvent_change),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agree_with_plain_sums() {
        let (z, c) = (Complex64::new(0.7, 0.2), 0.3);
        let squares: Vec<_> =
            (1..12).map(|k| (0.2 * f64::from(k), 1.0 / (1.0 + f64::from(k)))).collect();
        let sums = ContourSums::new(z, c, &squares);
        for g in [Complex64::new(0.4, -1.3), Complex64::new(-3.0, 0.01)] {
            let sum = |term: &dyn Fn(f64, Complex64, Complex64) -> Complex64| {
                let terms = squares.iter().map(|&(t, weight)| {
                    let a = z / t - c;
                    weight * term(t, a, 1.0 / (g - a))
                });
                terms.sum::<Complex64>()
            };
            let close = |l: Complex64, r: Complex64| (l - r).norm() < 1e-13 * r.norm();
            let powers = sums.powers(g);
            for (k, found) in (1..).zip(powers) {
                assert!(close(found, sum(&|_, _, r| r.powi(k))));
            }
            let Terms { powers, change, resolvent, resolvent_change } = sums.terms(g);
            for (k, found) in (1..).zip(powers) {
                assert!(close(found, sum(&|_, _, r| r.powi(k))));
            }
            assert!(close(change, sum(&|t, _, r| r * r / t)));
            assert!(close(resolvent, sum(&|t, a, r| r / (t * a))));
            assert!(close(resolvent_change, sum(&|t, a, r| r * (1.0 / a - r) / (t * t * a))));
        }
    }
}
