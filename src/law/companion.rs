//! The map behind every generalised Marchenko–Pastur law,
//! z(w) = γ w + w T(w) with T(w) = ∫ t/(w−t) ν(dt).
//!
//! The law μ of ratio γ and population ν has Stieltjes transform
//! m(x) = −1/(γ w), w the root of z(w) = x in the upper half-plane. The map
//! serves twice: for the kernel's law over the population law, and inside the
//! population law, over the signed weights of a fixed argument.

use num_complex::Complex64;

use super::EdgeKind;
use crate::{Error, numerics::roots};

/// T(w) = ∫ t/(w−t) ν(dt) and T′(w) on the closed upper half-plane.
pub(crate) trait Population {
    fn t(&self, w: Complex64) -> (Complex64, Complex64);
}

/// A gap of the population's support, to be mapped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    /// Mass times squared location of an atom at either end, 0 if there is none.
    pub(crate) strengths: (f64, f64),
}

/// What remains of a gap under the map: an open interval free of mass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GapImage {
    pub(crate) lower: (f64, EdgeKind),
    pub(crate) upper: (f64, EdgeKind),
}

pub(crate) struct CompanionMap<'a, P: ?Sized> {
    pub(crate) gamma: f64,
    pub(crate) population: &'a P,
    /// A typical size of the population, for the ends of searches.
    pub(crate) scale: f64,
}

impl<P: Population + ?Sized> CompanionMap<'_, P> {
    /// z(w) and z′(w).
    pub(crate) fn z(&self, w: Complex64) -> (Complex64, Complex64) {
        let (t, slope) = self.population.t(w);
        (w * (self.gamma + t), self.gamma + t + w * slope)
    }

    /// φ(w) = ∫ t²/(w−t)² ν(dt) = γ − z′(w) at a real w off the support.
    fn phi(&self, w: f64) -> f64 {
        let (t, slope) = self.population.t(w.into());
        -(t + w * slope).re
    }

    /// The image of a gap: the part of it where z′ > 0, that is φ < γ. φ is
    /// convex in every gap.
    pub(crate) fn gap_image(&self, gap: Gap) -> Option<GapImage> {
        let Gap { lower, upper, .. } = gap;
        // The inner point from which φ grows towards both ends.
        let bottom = match (lower.is_finite(), upper.is_finite()) {
            (true, true) => self.lowest_point(gap)?,
            _ => f64::NAN,
        };
        let lower_end = if lower.is_finite() {
            let reach = if upper.is_finite() { bottom - lower } else { f64::INFINITY };
            self.gap_end(lower, 1.0, reach)
        } else {
            (f64::NEG_INFINITY, EdgeKind::Unclassified)
        };
        let upper_end = if upper.is_finite() {
            let reach = if lower.is_finite() { upper - bottom } else { f64::INFINITY };
            self.gap_end(upper, -1.0, reach)
        } else {
            (f64::INFINITY, EdgeKind::Unclassified)
        };
        (lower_end.0 < upper_end.0).then_some(GapImage { lower: lower_end, upper: upper_end })
    }

    /// A point of a bounded gap with φ < γ, if there is one.
    fn lowest_point(&self, Gap { lower, upper, strengths }: Gap) -> Option<f64> {
        let length = upper - lower;
        // The two neighbouring atoms alone may already keep φ above γ:
        // min over u of A/u² + B/(L−u)² = (A^⅓ + B^⅓)³/L².
        let bound = (strengths.0.cbrt() + strengths.1.cbrt()).powi(3) / (length * length);
        if bound >= self.gamma {
            return None;
        }
        // e^τ = (w − lower)/(upper − w) reaches the neighbourhoods of both ends.
        let point = |tau: f64| {
            if tau < 0.0 {
                lower + length / (1.0 + (-tau).exp())
            } else {
                upper - length / (1.0 + tau.exp())
            }
        };
        let (tau, least) = roots::minimum(|tau| self.phi(point(tau)), -34.0, 34.0, self.gamma);
        (least < self.gamma).then(|| point(tau))
    }

    /// Image of the end of φ < γ next to `end`, which lies `reach` away from a
    /// point where φ < γ holds (φ decreases monotonically if `reach` is ∞).
    fn gap_end(&self, end: f64, direction: f64, reach: f64) -> (f64, EdgeKind) {
        let closest = if end == 0.0 { 1e-30 * self.scale } else { 1e-13 * end.abs() };
        let excess = |log: f64| {
            (self.phi(end + direction * log.exp()).max(f64::MIN_POSITIVE) / self.gamma).ln()
        };
        let near = closest.ln();
        let at_near = excess(near);
        let image = |w: f64| self.z(w.into()).0.re;
        if at_near <= 0.0 || reach <= closest {
            return (image(end + direction * closest), EdgeKind::Population);
        }
        let mut far = if reach.is_finite() { reach.ln() } else { self.scale.ln().max(near + 1.0) };
        let mut at_far = excess(far);
        let mut widening = 1.0;
        while reach.is_infinite() && at_far > 0.0 && far < 600.0 {
            far += widening;
            widening *= 2.0;
            at_far = excess(far);
        }
        let log = roots::bracketed(excess, (near, at_near), (far, at_far.min(-1e-300)), 1e-15);
        (image(end + direction * log.exp()), EdgeKind::SquareRoot)
    }

    /// The root of z(w) = x in the upper half-plane, for x inside the support.
    ///
    /// Newton's iteration from the guess. The damped iteration w ← (x − wT(w))/γ
    /// maps the upper half-plane into itself with that root as its only fixed
    /// point, so it leads back to the right one whenever Newton strays.
    pub(crate) fn solve(&self, x: f64, guess: Option<Complex64>) -> Result<Complex64, Error> {
        let mut w = match guess {
            Some(w) if w.im > 0.0 && w.is_finite() => w,
            _ => Complex64::new(x, x.abs().max(1e-3 * self.scale)) / self.gamma.max(1e-3),
        };
        for round in 0..40 {
            if let Some(root) = self.newton(x, w) {
                return Ok(root);
            }
            for _ in 0..10 * (round + 1) {
                let image = (x - w * self.population.t(w).0) / self.gamma;
                w = 0.5 * (w + image);
            }
        }
        Err(Error::NotConverged {
            computation: "the root of z(w) = x",
            at: x,
            iterate: w,
            residual: (self.z(w).0 - x).norm(),
        })
    }

    /// Newton's iteration, kept in the upper half-plane; `None` if it does not
    /// arrive at the root that belongs to the law.
    fn newton(&self, x: f64, mut w: Complex64) -> Option<Complex64> {
        let mut previous = 0.0;
        for _ in 0..30 {
            let (t, slope) = self.population.t(w);
            let excess = w * (self.gamma + t) - x;
            let step = excess / (self.gamma + t + w * slope);
            let length = step.norm();
            if !length.is_finite() {
                return None;
            }
            let mut next = w - step;
            if next.im <= 0.0 {
                next.im = 0.125 * w.im;
            }
            // Either the excess is rounding, or quadratic convergence makes the
            // next correction, length³/previous², negligible.
            let size = w.norm();
            let rounding = 4.0 * f64::EPSILON * (size * (self.gamma + t.norm()) + x.abs());
            let settled = excess.norm() <= rounding
                || length * (length / previous).powi(2) <= 1e-16 * size && length < 1e-4 * previous;
            if settled {
                // On the curve ∫ t²/|w−t|² ν(dt) = γ. A real root in a gap of the
                // population fails this, except within rounding of the axis.
                let curve = -(w * t).im / w.im;
                let on_curve = (curve / self.gamma - 1.0).abs() < 1e-2;
                let unresolved = w.im < 1e-12 * size && (curve / self.gamma - 1.0).abs() < 0.5;
                return (on_curve || unresolved).then_some(next);
            }
            previous = length;
            w = next;
        }
        None
    }
}
