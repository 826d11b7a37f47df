//! The Gaussian moments of a function.
//!
//! They are computed on the half-line from the even and the odd part of φ at z
//! and −z. Whatever vanishes by symmetry then vanishes to the last bit.

use std::f64::consts::PI;

use super::clenshaw_curtis::{Estimate, ROUNDING, Subinterval, refine, subintervals, sum};
use crate::{Error, arguments};

/// e^(−z²/2) is 10⁻²⁹⁷ here, and (2π)^(−1/2) e^(−z²/2) still a normal number.
const RANGE: f64 = 37.0;
/// What lies beyond this point tells whether the integrals converge.
const TAIL: f64 = 36.0;
/// The largest share of ∫|f| that may lie in the tail.
const TAIL_SHARE: f64 = 1e-12;
/// First subintervals of the half-line.
const BREAKS: [f64; 15] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 16.0, 24.0, TAIL, RANGE];

/// φ at z and −z, times the square root of the Gaussian density, so that φ²
/// does not overflow where φ² times the density does not.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    z: f64,
    root: f64,
    even: f64,
    odd: f64,
    /// (|φ(z)| + |φ(−z)|)/2, weighted like the others.
    size: f64,
}

impl Pair {
    fn new(phi: &impl Fn(f64) -> f64, z: f64) -> Result<Self, Error> {
        let at = |z: f64| match phi(z) {
            value if value.is_finite() => Ok(value),
            value => Err(Error::NonFiniteDerivative { z, value }),
        };
        let (right, left) = (0.5 * at(z)?, 0.5 * at(-z)?);
        // (2/π)^(1/4): the density of |Z| is twice that of Z.
        let root = (-0.25 * z * z).exp() * (2.0 / PI).sqrt().sqrt();
        Ok(Self {
            z,
            root,
            even: (right + left) * root,
            odd: (right - left) * root,
            size: (right.abs() + left.abs()) * root,
        })
    }
}

/// φ ≈ a0 + a1 z in L² of the Gaussian law, at squared distance c.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Projection {
    pub(crate) a0: f64,
    pub(crate) a1: f64,
    pub(crate) c: f64,
}

/// a0 = E φ(Z), a1 = E Z φ(Z) and c = E (φ(Z) − a0 − a1 Z)².
///
/// `kinks` are the points where φ jumps or is not smooth, in any order. An
/// undeclared one costs bisections, not accuracy.
pub(crate) fn moments(phi: impl Fn(f64) -> f64, kinks: &[f64]) -> Result<Projection, Error> {
    arguments::finite_entries("kinks", kinks)?;
    let mut breaks = BREAKS.to_vec();
    breaks.extend(kinks.iter().map(|k| k.abs()).filter(|&k| k < RANGE));
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();

    let sample = |z: f64| Pair::new(&phi, z);
    let mut cells = Vec::with_capacity(breaks.len());
    for subinterval in subintervals(&breaks, &sample) {
        match subinterval {
            Ok(subinterval) => cells.push(subinterval),
            Err(Error::NonFiniteDerivative { value, .. })
                if value.is_infinite() && is_exploding(&cells) =>
            {
                return Err(divergence("m2", f64::INFINITY, f64::INFINITY));
            }
            Err(error) => return Err(error),
        }
    }

    let linear = |subinterval: &Subinterval<Pair>| {
        [
            subinterval.integrate(|p| (p.even * p.root, p.size * p.root)),
            subinterval.integrate(|p| (p.z * p.odd * p.root, p.z * p.size * p.root)),
            second_moment(subinterval),
        ]
    };
    let totals = refine(&mut cells, &sample, linear)?;
    check(["a0", "a1", "m2"], &totals, &tail(&cells, linear))?;
    let [a0, a1, _] = totals.map(|total| total.value);

    // The residual φ − a0 − a1 z is squared, never φ itself: softplus has
    // c/m2 = 0.002, and nearly linear activations far less.
    let residual = |subinterval: &Subinterval<Pair>| {
        [subinterval.integrate(|p| {
            let even = p.even - a0 * p.root;
            let odd = p.odd - a1 * p.z * p.root;
            let size = p.size + (a0.abs() + a1.abs() * p.z) * p.root;
            let rounding = 2.0 * (even.abs() + odd.abs()) + ROUNDING * size;
            (even * even + odd * odd, rounding * size)
        })]
    };
    let [c] = refine(&mut cells, &sample, residual)?;
    check(["c"], &[c], &tail(&cells, residual))?;
    // Below its floor, c is the square of rounding errors.
    let c = if c.value <= c.floor { 0.0 } else { c.value };
    Ok(Projection { a0, a1, c })
}

fn second_moment(subinterval: &Subinterval<Pair>) -> Estimate {
    subinterval.integrate(|p| {
        let square = p.even * p.even + p.odd * p.odd;
        (square, square)
    })
}

/// Whether E φ² over the last of the subintervals exceeds that over all others: an
/// overflow further out is then a divergence, not a fault at one point.
fn is_exploding(subintervals: &[Subinterval<Pair>]) -> bool {
    let Some((last, others)) = subintervals.split_last() else {
        return false;
    };
    let inner: f64 = others.iter().map(|p| second_moment(p).value).sum();
    let outer = second_moment(last).value;
    !others.is_empty() && (outer > inner || !outer.is_finite())
}

/// The part of the integrals of `measure` that shows whether they converge.
fn tail<const N: usize>(
    subintervals: &[Subinterval<Pair>],
    measure: impl Fn(&Subinterval<Pair>) -> [Estimate; N],
) -> [Estimate; N] {
    sum(subintervals.iter().filter(|p| p.lo >= TAIL).map(measure))
}

fn check<const N: usize>(
    names: [&'static str; N],
    totals: &[Estimate; N],
    tails: &[Estimate; N],
) -> Result<(), Error> {
    for ((name, total), tail) in names.into_iter().zip(totals).zip(tails) {
        let is_covered = tail.scale <= TAIL_SHARE * total.scale;
        if !(total.value.is_finite() && total.is_accepted() && is_covered) {
            // What is beyond the range is at least as large as the tail before it.
            return Err(divergence(name, total.value, total.error.max(tail.scale)));
        }
    }
    Ok(())
}

fn divergence(moment: &'static str, estimate: f64, error: f64) -> Error {
    // An overflow leaves NaN where infinity is meant.
    let or_infinite = |x: f64| if x.is_nan() { f64::INFINITY } else { x };
    Error::DivergentMoment { moment, estimate: or_infinite(estimate), error: or_infinite(error) }
}

#[cfg(test)]
mod tests {
    use super::super::clenshaw_curtis::{MAX_SPLITS, POINTS};
    use super::*;

    #[test]
    fn work_is_bounded() {
        let count = std::sync::atomic::AtomicUsize::new(0);
        let noise = |z: f64| {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            (1e12 * z).sin().signum()
        };
        assert!(moments(noise, &[]).is_err());
        let limit = 2 * POINTS * (BREAKS.len() + 2 * MAX_SPLITS);
        assert!(count.into_inner() <= limit);
    }
}
