//! Gaps of ν between values of D² in which the law over ν has one too, and the transform next to
//! them.
//!
//! Off its ends a gap (l, u) is where T is real analytic, and in τ = log((w−l)/(u−w)) it is
//! analytic for |Im τ| < π: a few power series in τ, made from contours at some distance from the
//! real axis, give it where contours would be squeezed.

use std::f64::consts::PI;
use std::sync::OnceLock;

use num_complex::Complex64;

use super::companion::{Gap, reciprocal};
use super::contour_integral::{MOST_PIECES_ONCE, Values};
use crate::Error;
use crate::numerics::parallel::in_parallel;
use crate::numerics::roots;
use crate::watch::Tracker;

/// Places between two values, as shares of their distance, at which a gap is looked for, and the
/// height at which this is done, in units of the distance to the next place. In a gap contours have
/// few pieces there.
const LOOKED_AT: [f64; 12] =
    [0.005, 0.02, 0.06, 0.15, 0.28, 0.42, 0.56, 0.7, 0.82, 0.9, 0.96, 0.99];
const HEIGHT: f64 = 0.02;
const FEW_PIECES: usize = 100;

/// How far φ of the values alone may exceed γ1 where it is looked closer.
const LOOKED_CLOSER: f64 = 1.5;

/// φ/γ1 from which it is looked for less between two places, and how closely, as a share of their
/// distance.
const SEARCHED_BELOW: f64 = 1.5;
const SHARE: f64 = 2e-3;

/// What φ/γ1 is taken for where it is not known.
const UNKNOWN: f64 = 1e3;

/// Height in units of the distance of two places between which a gap ends, and the part of Im T
/// that may not be what it is in a gap.
const HEIGHT_AT_END: f64 = 1e-4;
const NOT_REAL: f64 = 0.05;

/// φ/γ1 at the end of what is kept of a gap, and the relative distance of two places between which
/// a gap ends before that.
const PHI_AT_END: [f64; 2] = [1.05, 2.0];
const ROUNDING: f64 = 1e-12;

/// Distance, in units of that of the values, at which two gaps are one.
const MEETING: f64 = 1e-9;

/// Distance of the centres of two series in τ; and the radius of the circles that they are made
/// from, points on the upper half of each, and terms.
const SPACING: f64 = 1.0;
const RADIUS: f64 = 2.0;
const ON_CIRCLE: usize = 40;
const TERMS: usize = 36;

/// Centres on each side of the middle, and how far from one a series is used.
const CENTRES: usize = 32;
const USED: f64 = 0.8;

/// What the last terms may contribute where the series is used.
const MISSED: f64 = 1e-12;

/// Height above a real point, in units of the distance to the nearer end.
const ABOVE: f64 = 1e-7;

/// A gap of ν, of which (lower, upper) is the part where φ is not far above γ1.
#[derive(Debug)]
pub(super) struct ValueGap {
    lower: f64,
    upper: f64,
    /// Where φ < γ1.
    open: (f64, f64),
    /// At the centres −32, …, 32.
    series: Vec<OnceLock<Option<Series>>>,
}

/// Coefficients of T in τ less its centre.
type Series = [f64; TERMS];

impl ValueGap {
    /// All gaps of a law between its values that show at γ1.
    pub(super) fn find(
        law: &Values,
        gamma1: f64,
        tracker: &Tracker<'_>,
    ) -> Result<Vec<Self>, Error> {
        let values: Vec<_> = law.squares.iter().map(|s| (law.c * s.0, s.1)).collect();
        let phi = |x: f64| values.iter().map(|&(t, m)| m * (t / (x - t)).powi(2)).sum::<f64>();
        let between = |pair: &[(f64, f64)]| Between { law, gamma1, from: pair[0].0, to: pair[1].0 };
        let shows =
            |pair: &Between<'_>| pair.places().iter().any(|&x| phi(x) < LOOKED_CLOSER * gamma1);
        let pairs: Vec<_> = values.windows(2).map(between).filter(shows).collect();
        let found = in_parallel(&pairs, |pair| tracker.count(|| pair.gaps()))?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Whether the two overlap.
    pub(super) fn overlaps(&self, gap: &Gap) -> bool {
        gap.lower < self.upper && self.lower < gap.upper
    }

    /// The gap as the map over ν wants it.
    pub(super) fn gap(&self) -> Gap {
        let &Self { lower, upper, open, .. } = self;
        Gap { lower, upper, strengths: (0.0, 0.0), open: Some(open) }
    }

    /// T and T′ at w in the closed upper half-plane, if that is near enough.
    pub(super) fn transform(&self, law: &Values, w: Complex64) -> Option<(Complex64, Complex64)> {
        let inside = w.im == 0.0 && self.lower < w.re && w.re < self.upper;
        self.by_series(law, w).or_else(|| inside.then(|| self.just_above(law, w.re)))
    }

    /// T and T′ at a real point, where there is no contour, from one so far above it as changes
    /// them by no more than rounding.
    fn just_above(&self, law: &Values, x: f64) -> (Complex64, Complex64) {
        let height = ABOVE * (x - self.lower).min(self.upper - x);
        let found = law.t(Complex64::new(x, height), MOST_PIECES_ONCE);
        found
            .map_or((f64::NAN.into(), f64::NAN.into()), |(t, slope)| (t.re.into(), slope.re.into()))
    }

    fn by_series(&self, law: &Values, w: Complex64) -> Option<(Complex64, Complex64)> {
        let (below, above) = (reciprocal(w - self.lower), reciprocal(self.upper - w));
        let tau = (above * reciprocal(below)).ln();
        let place = (tau.re / SPACING).round() + CENTRES as f64;
        let slot = if place >= 0.0 { self.series.get(place as usize)? } else { return None };
        let centre = SPACING * (place - CENTRES as f64);
        let offset = tau - centre;
        if offset.is_nan() || offset.norm() > USED {
            return None;
        }
        let series = slot.get_or_init(|| self.series(law, centre)).as_ref()?;
        let (mut value, mut slope) = (Complex64::ZERO, Complex64::ZERO);
        for a in series.iter().rev() {
            slope = slope * offset + value;
            value = value * offset + a;
        }
        Some((value, slope * (below + above)))
    }

    fn series(&self, law: &Values, centre: f64) -> Option<Series> {
        let angle = |j: usize| PI * (j as f64 + 0.5) / ON_CIRCLE as f64;
        let at = |j: usize| {
            let power = (centre + Complex64::from_polar(RADIUS, angle(j))).exp();
            let w = (self.lower + self.upper * power) * reciprocal(1.0 + power);
            Some(law.t(w, MOST_PIECES_ONCE)?.0)
        };
        let samples: Vec<Complex64> = (0..ON_CIRCLE).map(at).collect::<Option<_>>()?;
        // Real on the real axis: the lower half of the circle adds the conjugates.
        let coefficient = |k: usize| {
            let terms = samples
                .iter()
                .enumerate()
                .map(|(j, t)| (t * Complex64::from_polar(1.0, -(k as f64) * angle(j))).re);
            terms.sum::<f64>() / ON_CIRCLE as f64 * RADIUS.powi(-(k as i32))
        };
        let series: Series = std::array::from_fn(coefficient);
        let size = |k: usize| series[k].abs() * USED.powi(k as i32);
        let whole = (0..TERMS).map(size).fold(0.0, f64::max);
        let missed = (TERMS - 3..TERMS).map(size).fold(0.0, f64::max);
        (missed <= MISSED * whole).then_some(series)
    }
}

/// The space between two values.
struct Between<'a> {
    law: &'a Values,
    gamma1: f64,
    from: f64,
    to: f64,
}

impl Between<'_> {
    fn places(&self) -> [f64; LOOKED_AT.len()] {
        LOOKED_AT.map(|share| self.from + share * (self.to - self.from))
    }

    /// φ/γ1 from a point just above x; infinite where there is density, or nothing is known.
    fn phi(&self, x: f64, height: f64, most_pieces: usize) -> f64 {
        let w = Complex64::new(x, height);
        let in_gap = |(t, slope): &(Complex64, Complex64)| {
            (t.im - height * slope.re).abs() <= NOT_REAL * height * slope.norm()
        };
        let found = self.law.t(w, most_pieces).filter(in_gap);
        found.map_or(f64::INFINITY, |(t, slope)| -(t + w * slope).re / self.gamma1)
    }

    fn gaps(&self) -> Vec<ValueGap> {
        let (from, to) = (self.from, self.to);
        // With the ends, where φ is infinite.
        let places: Vec<f64> = [from].into_iter().chain(self.places()).chain([to]).collect();
        let inner = places
            .windows(3)
            .map(|x| self.phi(x[1], HEIGHT * (x[1] - x[0]).min(x[2] - x[1]), FEW_PIECES));
        let outside = [f64::INFINITY];
        let phi: Vec<f64> = outside.into_iter().chain(inner).chain(outside).collect();
        let all: Vec<usize> = (0..phi.len()).collect();
        let runs = all.chunk_by(|&l, &r| phi[l].is_finite() == phi[r].is_finite());
        let gaps = runs.filter_map(|run| {
            let least = *run.iter().min_by(|l, r| phi[**l].total_cmp(&phi[**r]))?;
            let bottom = self.bottom(&places, &phi, least)?;
            let open = || run.iter().filter(|k| phi[**k] < 1.0).map(|k| places[*k]);
            let (low, high) = (open().fold(bottom, f64::min), open().fold(bottom, f64::max));
            let below = places.iter().copied().filter(|x| *x < low).fold(from, f64::max);
            let above = places.iter().copied().filter(|x| *x > high).fold(to, f64::min);
            let ((lowest, lower), (highest, upper)) = (self.end(low, below), self.end(high, above));
            let series = (0..=2 * CENTRES).map(|_| OnceLock::new()).collect();
            Some(ValueGap { lower, upper, open: (lowest, highest), series })
        });
        let mut gaps: Vec<ValueGap> = gaps.collect();
        // A place of which nothing was known parts no gap.
        gaps.dedup_by(|next, gap| {
            let meet = next.lower - gap.upper <= MEETING * (to - from);
            if meet {
                (gap.upper, gap.open.1) = (next.upper, next.open.1);
            }
            meet
        });
        gaps
    }

    /// A point at which φ is below γ1, next to the place where it is least.
    fn bottom(&self, places: &[f64], phi: &[f64], least: usize) -> Option<f64> {
        if phi[least] < 1.0 {
            return Some(places[least]);
        }
        if phi[least].is_infinite() {
            return None;
        }
        // φ is convex: beyond a place it is above the line through the two before.
        let falls = |before: usize, after: usize| {
            let slope = (phi[least] - phi[before]) / (places[least] - places[before]);
            phi[least] + slope * (places[after] - places[least]) < 1.0
        };
        let (before, after) = (least - 1, least + 1);
        if phi[least] > SEARCHED_BELOW && !falls(before, after) && !falls(after, before) {
            return None;
        }
        let (low, high) = (places[before], places[after]);
        let place = |share: f64| low + share * (high - low);
        // Where φ is not known, as beyond the ends of the gap, what leads back.
        let known = (places[least] - low) / (high - low);
        let phi = |share: f64| {
            let phi = self.phi(place(share), HEIGHT_AT_END * (high - low), MOST_PIECES_ONCE);
            if phi.is_finite() { phi } else { UNKNOWN * (1.0 + (share - known).abs()) }
        };
        let (share, phi) = roots::minimum(phi, (0.0, 1.0), 1.0, SHARE);
        (phi < 1.0).then(|| place(share))
    }

    /// The last point found on the way from `inside` to `outside` where φ is below γ1, and one
    /// beyond it where φ is larger by a little, or where the gap ends.
    fn end(&self, mut inside: f64, mut outside: f64) -> (f64, f64) {
        let mut open = inside;
        while (outside - inside).abs() > ROUNDING * (self.to - self.from) {
            let middle = 0.5 * (inside + outside);
            if middle == inside || middle == outside {
                break;
            }
            let phi = self.phi(middle, HEIGHT_AT_END * (outside - inside).abs(), MOST_PIECES_ONCE);
            if phi < 1.0 {
                open = middle;
            }
            if phi < PHI_AT_END[0] {
                inside = middle;
            } else if phi < PHI_AT_END[1] {
                return (open, middle);
            } else {
                outside = middle;
            }
        }
        (open, inside)
    }
}
