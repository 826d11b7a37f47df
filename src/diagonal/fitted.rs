//! A density of D that is known at real points only, as Chebyshev series.

use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::LazyLock;

use num_complex::Complex64;

use super::density::{Density, Place};
use crate::Error;
use crate::numerics::legendre::gauss_legendre;

/// Lengths of the series that are tried, before an interval is halved: where one is long,
/// it oscillates off the axis, and the path of the boundary rule has to stay close.
const LENGTHS: [usize; 4] = [32, 64, 128, 256];

/// Share of a series, at its end, that must be negligible.
const TAIL: usize = 8;

/// Size of the tail against the largest coefficient, in units of the tolerance: what is cut
/// off is a sum of such coefficients.
const RELATIVE: f64 = 0.03;

/// Size of the tail against the mass of the law, in units of the tolerance.
const MASS: f64 = 1e-2;

/// The largest relative tail that may be taken for noise of the density.
const NOISE: f64 = 1e-9;

/// Intervals that may be visited: enough for a density that vanishes like a small power
/// at both ends.
const MOST_PIECES: usize = 200;

/// Distance from an end, relative to the length, at which it is asked how the density
/// grows; and the exponent below which it grows like an inverse root.
const PROBED: f64 = 1e-7;
const INVERSE_ROOT: f64 = -0.25;

/// The Gauss–Legendre rule that is exact for every series times a sine.
static ANGLES: LazyLock<(Vec<f64>, Vec<f64>)> =
    LazyLock::new(|| gauss_legendre(LENGTHS[LENGTHS.len() - 1]));

/// A density f on \[lower, upper\]: with
/// x = lower + width·sin²(φ/2) the series in φ of width·f(x), or of width·f(x) times the
/// root of the distance to an end at which f grows like an inverse root.
///
/// √(x − lower) and √(upper − x) are analytic in φ on all of \[0, π\].
#[derive(Debug, Clone)]
pub(super) struct Fitted {
    lower: f64,
    upper: f64,
    inverse_roots: (bool, bool),
    coefficients: Vec<f64>,
}

/// The series of the density `f`, which fails where f has no valid value, on an interval
/// that is looked at in `parts`; where nothing is found, no series.
pub(super) fn fit(
    f: &impl Fn(f64) -> Result<f64, Error>,
    (lower, upper): (f64, f64),
    parts: usize,
    tolerance: f64,
) -> Result<Vec<Fitted>, Error> {
    let mut ends: Vec<f64> =
        (0..parts).map(|k| lower + (upper - lower) * (k as f64 / parts as f64)).collect();
    ends.push(upper);
    ends.dedup();
    let grows = (grows(f, lower, upper)?, grows(f, upper, lower)?);
    let mut pending: Vec<_> = (ends.windows(2).rev())
        .map(|pair| {
            let grows = (grows.0 && pair[0] == lower, grows.1 && pair[1] == upper);
            (pair[0], pair[1], grows, f64::INFINITY)
        })
        .collect();
    let mut found = Vec::new();
    let mut visited = 0;
    while let Some((from, to, grows, last_tail)) = pending.pop() {
        visited += 1;
        let (piece, tail, good) = attempt(f, (from, to), grows, tolerance, last_tail)?;
        let middle = from + 0.5 * (to - from);
        if good || !(from < middle && middle < to) {
            if size(&piece.coefficients) > MASS * tolerance {
                found.push(piece);
            }
            continue;
        }
        if visited >= MOST_PIECES {
            return Err(Error::NotConverged {
                computation: "the series of the density of D",
                at: middle,
                iterate: Complex64::from(f(middle)?),
                residual: tail,
            });
        }
        pending.push((middle, to, (false, grows.1), tail));
        pending.push((from, middle, (grows.0, false), tail));
    }
    Ok(found)
}

/// Size of the largest coefficient.
fn size(coefficients: &[f64]) -> f64 {
    coefficients.iter().fold(0.0, |largest, a| largest.max(a.abs()))
}

/// Whether f grows like an inverse root at `end` of the interval to `other`.
fn grows(f: &impl Fn(f64) -> Result<f64, Error>, end: f64, other: f64) -> Result<bool, Error> {
    let length = other - end;
    let [near, far] = [1.0, 4.0].map(|factor| end + factor * PROBED * length);
    if near == end || near == far {
        return Ok(false);
    }
    let (at_near, at_far) = (f(near)?, f(far)?);
    let growth = (at_far / at_near).ln() / ((far - end) / (near - end)).ln();
    Ok(growth < INVERSE_ROOT)
}

/// The shortest series that is good, or else the longest; its relative tail; and whether
/// it is good.
fn attempt(
    f: &impl Fn(f64) -> Result<f64, Error>,
    (lower, upper): (f64, f64),
    inverse_roots: (bool, bool),
    tolerance: f64,
    mut last_tail: f64,
) -> Result<(Fitted, f64, bool), Error> {
    let mut piece = Fitted { lower, upper, inverse_roots, coefficients: Vec::new() };
    for n in LENGTHS {
        piece.coefficients = piece.series(f, n)?;
        let largest = size(&piece.coefficients);
        let tail = size(&piece.coefficients[n - n / TAIL..]);
        let relative = tail / largest.max(f64::MIN_POSITIVE);
        // A small tail that more nodes have not made smaller is noise.
        let noise = relative <= NOISE && relative > 0.5 * last_tail;
        if relative <= RELATIVE * tolerance || tail <= MASS * tolerance || noise {
            let kept = tail.max(RELATIVE * tolerance * largest);
            let length = piece.coefficients.iter().rposition(|a| a.abs() > kept);
            piece.coefficients.truncate(length.map_or(1, |last| last + 1));
            return Ok((piece, relative, true));
        }
        last_tail = relative;
    }
    Ok((piece, last_tail, false))
}

impl Fitted {
    /// Chebyshev coefficients from n values at the zeros of the next polynomial.
    fn series(&self, f: &impl Fn(f64) -> Result<f64, Error>, n: usize) -> Result<Vec<f64>, Error> {
        let width = self.upper - self.lower;
        let angle = |k: usize| PI * (k as f64 + 0.5) / n as f64;
        let mut values = Vec::with_capacity(n);
        for k in 0..n {
            let half = 0.25 * PI * (1.0 + angle(k).cos());
            let x = if half < 0.5 * FRAC_PI_2 {
                self.lower + width * half.sin().powi(2)
            } else {
                self.upper - width * half.cos().powi(2)
            };
            let x = x.max(self.lower.next_up()).min(self.upper.next_down());
            let mut value = width * f(x)?;
            // The distances are those of the rounded x: they do not multiply its error.
            if self.inverse_roots.0 {
                value *= ((x - self.lower) / width).sqrt();
            }
            if self.inverse_roots.1 {
                value *= ((self.upper - x) / width).sqrt();
            }
            values.push(value);
        }
        let cosines: Vec<f64> =
            (0..4 * n).map(|m| (PI * m as f64 / (2 * n) as f64).cos()).collect();
        let coefficient = |j: usize| {
            let terms = values.iter().enumerate();
            let sum: f64 = terms.map(|(k, v)| v * cosines[(2 * k + 1) * j % (4 * n)]).sum();
            sum * if j == 0 { 1.0 } else { 2.0 } / n as f64
        };
        Ok((0..n).map(coefficient).collect())
    }

    /// ∫ f.
    pub(super) fn mass(&self) -> f64 {
        let (nodes, weights) = &*ANGLES;
        let terms = nodes.iter().zip(weights).map(|(node, weight)| {
            let half = 0.25 * PI * (1.0 + node);
            // dx = width sin(φ/2) cos(φ/2) dφ, and either factor may be in the series.
            let left = if self.inverse_roots.0 { 1.0 } else { half.sin() };
            let right = if self.inverse_roots.1 { 1.0 } else { half.cos() };
            weight * FRAC_PI_2 * left * right * self.evaluate((2.0 * half).into()).re
        });
        terms.sum()
    }

    /// The series at the angle φ, by Clenshaw's recurrence.
    fn evaluate(&self, angle: Complex64) -> Complex64 {
        let z = angle / FRAC_PI_2 - 1.0;
        let (mut b1, mut b2) = (Complex64::ZERO, Complex64::ZERO);
        for a in self.coefficients[1..].iter().rev() {
            (b1, b2) = (a + 2.0 * z * b1 - b2, b1);
        }
        self.coefficients[0] + z * b1 - b2
    }
}

impl Density for Fitted {
    fn interval(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }

    fn ln_density(&self, place: &Place) -> Complex64 {
        // tan(φ/2) is the root of the ratio of the distances.
        let ln_tangent = 0.5 * (place.ln_from_lower - place.ln_from_upper);
        let angle = if ln_tangent.re < 0.0 {
            2.0 * ln_tangent.exp().atan()
        } else {
            PI - 2.0 * (-ln_tangent).exp().atan()
        };
        let mut ln_density = self.evaluate(angle).ln();
        if self.inverse_roots.0 {
            ln_density -= 0.5 * place.ln_from_lower;
        }
        if self.inverse_roots.1 {
            ln_density -= 0.5 * place.ln_from_upper;
        }
        ln_density
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_as_long_as_the_density_needs() {
        let tolerance = 1e-12;
        let length = |f: fn(f64) -> f64, interval, parts| {
            let pieces = fit(&|x| Ok(f(x)), interval, parts, tolerance).unwrap();
            pieces.iter().map(|piece| piece.coefficients.len()).collect::<Vec<_>>()
        };
        assert_eq!(length(|_| 0.5, (-1.0, 1.0), 1), [1]);
        assert_eq!(length(|x| 0.25 / (x - 1.0).sqrt(), (1.0, 5.0), 1), [1]);
        // sin² = (1 − cos)/2 at the angle φ: some twenty terms.
        assert!(length(|x| 2.0 * x, (0.0, 1.0), 1)[0] < 24);
        // A peak between the nodes is not seen at first.
        let peak = |x: f64| (-0.5 * (x / 1e-3).powi(2)).exp() * 400.0;
        assert!(length(peak, (-1.0, 1.0), 1).is_empty());
        let narrow = length(peak, (-1.0, 1.0), 8);
        assert!(!narrow.is_empty() && narrow.len() < 20, "{narrow:?}");
    }
}
