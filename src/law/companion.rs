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

/// How far min φ may exceed γ for a closed gap to be worth mentioning.
const ALMOST: f64 = 3.0;

/// Relative height above x at which a root that the rounding of T hides is
/// taken for the one at x: next to 0, where the density is that of the atom's tail.
const UNRESOLVED: f64 = 1e-9;

/// Relative accuracy that T has at least, unless its weights are uncertain.
pub(crate) const ACCURACY: f64 = 1e-12;

/// Resolution next to ends that are known to rounding.
pub(crate) const RESOLUTION: f64 = 1e-13;

/// Distance from 0, in units of the population, down to which an edge is looked for: where the
/// density of D² grows like a power, the one that is due to γ2 − 1 = 1e-7 may lie at 1e-44.
const NEXT_TO_ZERO: f64 = 1e-120;

/// Part of the mass below which |T + mass| is computed as such.
const CANCELLED: f64 = 0.1;

/// T(w) = ∫ t/(w−t) ν(dt) and T′(w) on the closed upper half-plane.
pub(crate) trait TTransform {
    fn t(&self, w: Complex64) -> (Complex64, Complex64);

    /// Mass off 0: −T(0), if there is none near 0.
    fn mass(&self) -> f64;

    /// T(w) + mass = w ∫ ν(dt)/(w−t) over t ≠ 0, without cancellation next to 0, and the
    /// size of the terms that it is summed from.
    fn raised(&self, w: Complex64) -> (Complex64, f64);

    /// Whether the population has density at w, so that Im T(w) ≠ 0 there.
    fn covers(&self, w: f64) -> bool;

    /// ∫ κt/(t+κ)² ν(dt) and ∫ t²/(t+κ)² ν(dt), whose sum is −T(−κ): the first is −κT′(−κ).
    fn below_zero(&self, kappa: f64) -> (f64, f64) {
        let (t, slope) = self.t(Complex64::new(-kappa, 0.0));
        (-kappa * slope.re, kappa * slope.re - t.re)
    }
}

impl<T: TTransform + ?Sized> TTransform for &T {
    fn t(&self, w: Complex64) -> (Complex64, Complex64) {
        (**self).t(w)
    }

    fn mass(&self) -> f64 {
        (**self).mass()
    }

    fn raised(&self, w: Complex64) -> (Complex64, f64) {
        (**self).raised(w)
    }

    fn covers(&self, w: f64) -> bool {
        (**self).covers(w)
    }

    fn below_zero(&self, kappa: f64) -> (f64, f64) {
        (**self).below_zero(kappa)
    }
}

/// A gap of the population's support, to be mapped.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Gap {
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    /// Mass times squared location of an atom at either end, 0 if there is none.
    pub(crate) strengths: (f64, f64),
    /// Where φ is known to be below γ.
    pub(crate) open: Option<(f64, f64)>,
}

/// What becomes of a gap under the map.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Image {
    /// Nothing: mass from both sides covers it.
    Closed,
    /// Nothing, but only just: the density is nearly singular here.
    Almost(f64),
    /// An open interval free of mass.
    Open(GapImage),
}

/// An open interval free of mass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct GapImage {
    pub(crate) lower: ImageEnd,
    pub(crate) upper: ImageEnd,
}

/// An edge of the law: where it lies, its w, and its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ImageEnd {
    pub(crate) x: f64,
    pub(crate) w: f64,
    pub(crate) kind: EdgeKind,
}

impl ImageEnd {
    /// The end of an unbounded gap, where nothing ends.
    fn infinite(x: f64) -> Self {
        Self { x, w: x, kind: EdgeKind::Unclassified }
    }
}

/// A root of z(w) = x, and z′ there (to the accuracy of the last Newton step).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Root {
    pub(crate) w: Complex64,
    pub(crate) derivative: Complex64,
}

/// 1/z without the scaling that guards against overflow.
pub(crate) fn reciprocal(z: Complex64) -> Complex64 {
    let scale = 1.0 / z.norm_sqr();
    Complex64::new(z.re * scale, -z.im * scale)
}

pub(crate) struct CompanionMap<'a, P: ?Sized> {
    pub(crate) gamma: f64,
    /// γ less the mass of the population off 0, to its own rounding: z(w)/w at w = 0.
    pub(crate) gap: f64,
    pub(crate) population: &'a P,
    /// A typical size of the population, for the ends of searches.
    pub(crate) scale: f64,
    /// Relative accuracy of T, at which Newton's iteration may stagnate.
    pub(crate) noise: f64,
    /// Relative distance from an end of the population's support below which
    /// rounding of the end spoils T.
    pub(crate) resolution: f64,
    /// Relative imaginary part that T may have in a gap, where it should be real.
    pub(crate) leak: f64,
}

/// z(w)/w = γ + T(w).
struct Factor {
    value: Complex64,
    slope: Complex64,
    /// Size of the terms that it was summed from, to which rounding is relative.
    size: f64,
}

impl<P: TTransform + ?Sized> CompanionMap<'_, P> {
    /// γ + T(w); next to 0, where γ and T all but cancel if γ is near the mass, as
    /// (γ − mass) + (T + mass).
    fn factor(&self, w: Complex64) -> Factor {
        let (t, slope) = self.population.t(w);
        let mass = self.population.mass();
        if (t + mass).l1_norm() < CANCELLED * mass {
            let (raised, size) = self.population.raised(w);
            return Factor { value: self.gap + raised, slope, size: self.gap.abs() + size };
        }
        Factor { value: self.gamma + t, slope, size: self.gamma + t.l1_norm() }
    }

    /// z(w) and z′(w).
    pub(crate) fn z(&self, w: Complex64) -> (Complex64, Complex64) {
        let Factor { value, slope, .. } = self.factor(w);
        (w * value, value + w * slope)
    }

    /// log(φ/γ) with φ(w) = ∫ t²/(w−t)² ν(dt) = γ − z′(w), at a real w off the support.
    ///
    /// Not a number where T is none: `max` would make that the smallest φ.
    fn excess(&self, w: f64) -> f64 {
        let least = f64::MIN_POSITIVE / self.gamma - 1.0;
        let ratio = -self.z(w.into()).1.re / self.gamma;
        if ratio.is_nan() { ratio } else { ratio.max(least).ln_1p() }
    }

    /// The image of a gap: the part of it where z′ > 0, that is φ < γ. φ is
    /// convex in every gap.
    pub(crate) fn gap_image(&self, gap: Gap) -> Image {
        let Gap { lower, upper, open, .. } = gap;
        // From where φ grows towards the lower and towards the upper end.
        let (from, to) = match open {
            Some(open) => open,
            None if lower.is_finite() && upper.is_finite() => match self.lowest_point(gap) {
                // Not a number neither: nothing is known of the gap, and it does not count as one.
                (_, least) if least.is_nan() || least >= ALMOST.ln() => return Image::Closed,
                (w, least) if least >= 0.0 => return Image::Almost(self.real_z(w)),
                (w, _) => (w, w),
            },
            None => (f64::INFINITY, f64::NEG_INFINITY),
        };
        let lower_end = if lower.is_finite() {
            self.gap_end(lower, 1.0, from - lower)
        } else {
            ImageEnd::infinite(f64::NEG_INFINITY)
        };
        let upper_end = if upper.is_finite() {
            self.gap_end(upper, -1.0, upper - to)
        } else {
            ImageEnd::infinite(f64::INFINITY)
        };
        if lower_end.x < upper_end.x {
            Image::Open(GapImage { lower: lower_end, upper: upper_end })
        } else {
            Image::Almost(lower_end.x)
        }
    }

    fn real_z(&self, w: f64) -> f64 {
        self.z(w.into()).0.re
    }

    /// A point of a bounded gap where φ is below γ, or else least; and log(φ/γ) there
    /// (only a lower bound, if that is far above 0).
    fn lowest_point(&self, Gap { lower, upper, strengths, .. }: Gap) -> (f64, f64) {
        let length = upper - lower;
        // The two neighbouring atoms alone may already keep φ above γ:
        // min over u of A/u² + B/(L−u)² = (A^⅓ + B^⅓)³/L².
        let bound = (strengths.0.cbrt() + strengths.1.cbrt()).powi(3) / (length * length);
        if bound >= ALMOST * self.gamma {
            return (f64::NAN, (bound / self.gamma).ln());
        }
        // e^τ = (w − lower)/(upper − w) reaches the neighbourhoods of both ends.
        let reach = |end: f64| (length / (self.resolution * end.abs())).ln().clamp(1.0, 34.0);
        let point = |tau: f64| {
            if tau < 0.0 {
                lower + length / (1.0 + (-tau).exp())
            } else {
                upper - length / (1.0 + tau.exp())
            }
        };
        let (tau, least) = roots::minimum(
            |tau| self.excess(point(tau)),
            (-reach(lower), reach(upper)),
            0.0,
            roots::CLOSELY,
        );
        (point(tau), least)
    }

    /// Image of the end of φ < γ next to `end`, which lies `reach` away from a
    /// point where φ < γ holds (φ decreases monotonically if `reach` is ∞).
    fn gap_end(&self, end: f64, direction: f64, reach: f64) -> ImageEnd {
        let closest =
            if end == 0.0 { NEXT_TO_ZERO * self.scale } else { self.resolution * end.abs() };
        let excess = |log: f64| self.excess(end + direction * log.exp());
        let population_edge = || match end {
            0.0 => ImageEnd { x: 0.0, w: 0.0, kind: EdgeKind::Population },
            _ => self.image_end(end + direction * closest, EdgeKind::Population),
        };
        // φ tends to the mass at 0.
        if reach <= closest || end == 0.0 && self.gap >= 0.0 {
            return population_edge();
        }
        let mut far = if reach.is_finite() { reach.ln() } else { self.scale.ln() };
        let mut at_far = excess(far);
        if at_far.is_nan() {
            return population_edge();
        }
        let mut widening = 1.0;
        while reach.is_infinite() && at_far > 0.0 && far < 600.0 {
            far += widening;
            widening *= 2.0;
            at_far = excess(far);
        }
        // φ grows towards the end. The steps come from afar, since next to the end
        // it may be lost in rounding.
        let nearest = closest.ln();
        let mut step = 1.0;
        let (near, at_near) = loop {
            let near = (far - step).max(nearest);
            let at_near = excess(near);
            if at_near > 0.0 {
                break (near, at_near);
            }
            if near <= nearest || near.is_nan() || near >= far || at_near.is_nan() {
                return population_edge();
            }
            (far, at_far) = (near, at_near);
            step = (2.0 * step).min(4.0);
        };
        let log = roots::bracketed(excess, (near, at_near), (far, at_far.min(-1e-300)), 1e-15);
        self.image_end(end + direction * log.exp(), EdgeKind::SquareRoot)
    }

    fn image_end(&self, w: f64, kind: EdgeKind) -> ImageEnd {
        ImageEnd { x: self.real_z(w), w, kind }
    }

    /// The root of z(w) = x in the upper half-plane, for x inside the support:
    /// by Newton's iteration from the guess, or else by descent from far above.
    pub(crate) fn solve(&self, x: f64, guess: Option<Complex64>) -> Result<Root, Error> {
        // One extrapolated along an edge may lie just below the axis.
        let above = guess.map(|w| Complex64::new(w.re, w.im.abs()));
        let direct = above.filter(|w| w.im > 0.0 && w.is_finite());
        if let Some(root) = direct.and_then(|w| self.newton(x.into(), w, false)) {
            return Ok(root);
        }
        self.descend(x).map_err(|(iterate, height)| Error::NotConverged {
            computation: "the root of z(w) = x",
            at: x,
            iterate,
            residual: height,
        })
    }

    /// Follows the root of z(w) = x + iε from a large ε, where w ≈ (x + iε)/γ,
    /// down to ε = 0. For ε > 0 the root in the upper half-plane is unique, so
    /// this path cannot arrive at another one.
    fn descend(&self, x: f64) -> Result<Root, (Complex64, f64)> {
        let size = x.abs() + (1.0 + self.gamma) * self.scale;
        let mut height = 8.0 * size;
        let start = Complex64::new(x, height);
        let mut root =
            self.newton(start, start / self.gamma, true).ok_or((start / self.gamma, height))?;
        let mut ratio = 0.25_f64;
        for _ in 0..1000 {
            let negligible = height <= self.noise * x.abs();
            let next = if negligible { 0.0 } else { ratio * height };
            let predicted = root.w - Complex64::I * (height - next) * reciprocal(root.derivative);
            let guess = if predicted.im > 0.0 { predicted } else { root.w };
            match self.newton(Complex64::new(x, next), guess, true) {
                Some(found) if next == 0.0 => return Ok(found),
                Some(found) => {
                    (root, height) = (found, next);
                    ratio = (ratio * ratio).max(0.1);
                }
                // Within rounding of an edge: the root at a height below the
                // rounding of x is as good as the one at 0.
                None if negligible => return Ok(root),
                None if ratio > 0.99 && height <= self.hidden(x, root.w) => return Ok(root),
                None if ratio > 0.99 => break,
                None => ratio = ratio.sqrt(),
            }
        }
        Err((root.w, height))
    }

    /// How far above x a root may lie that the errors of z hide: those of T, which are relative to
    /// the terms that z is summed from and not to x, where these cancel.
    fn hidden(&self, x: f64, w: Complex64) -> f64 {
        (UNRESOLVED * x.abs()).max(self.noise * self.factor(w).size * w.l1_norm())
    }

    /// Newton's iteration, kept in the upper half-plane; `None` if it does not
    /// arrive at the root that belongs to the law. A root that cannot be told
    /// from a real one is accepted only on a path that leads nowhere else.
    fn newton(&self, x: Complex64, mut w: Complex64, near_axis: bool) -> Option<Root> {
        let mut previous = f64::MAX;
        for _ in 0..30 {
            let Factor { value, slope, size: terms } = self.factor(w);
            let excess = w * value - x;
            let derivative = value + w * slope;
            let step = excess * reciprocal(derivative);
            let length = step.l1_norm();
            if !length.is_finite() {
                return None;
            }
            let mut next = w - step;
            if next.im <= 0.0 {
                next.im = 0.125 * w.im;
            }
            // Either the excess is rounding; or quadratic convergence makes the
            // next correction, length³/previous², negligible; or the steps have
            // stopped shrinking, at the accuracy of T.
            let size = w.l1_norm();
            let unit = size * terms + x.l1_norm();
            let settled = excess.l1_norm() <= 4.0 * f64::EPSILON * unit
                || previous < f64::MAX
                    && length < 1e-4 * previous
                    && length * (length / previous).powi(2) <= 1e-16 * size
                || length > 0.25 * previous && excess.l1_norm() <= self.noise * unit;
            if settled {
                // The imaginary part of the equation, over Im w, reads
                // ∫ t²/|w−t|² ν(dt) + Im x/Im w = γ. A real root in a gap of the
                // population fails this, or else still draws the iteration towards
                // itself, or is complex by the error of T only; where the population
                // has density, a root may lie too close to the axis to tell.
                let miss = excess.im.abs();
                let on_curve = miss <= 1e-2 * self.gamma.min(terms) * w.im
                    && step.im.abs() <= 0.1 * w.im
                    && derivative.l1_norm() * w.im >= self.leak * unit
                    || near_axis && miss <= self.noise * unit && self.population.covers(w.re);
                return on_curve.then_some(Root { w: next, derivative });
            }
            previous = length;
            w = next;
        }
        None
    }
}
