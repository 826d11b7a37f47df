//! The law of a product s·t of independent s and t, tabulated.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::stretch::Stretch;
use super::{Atom, TabulatedLaw};
use crate::Error;
use crate::numerics::decay::{Decay, ORDER, RULE};
use crate::numerics::piece::Accuracy;
use crate::watch::Tracker;

/// Relative distance of singular points that rounding cannot tell apart.
const ROUNDING: f64 = 1e-14;

/// Accuracy of the integral over s, and what is taken for noise of two tables.
const ACCURACY: f64 = 1e-12;
const NOISE: f64 = 1e-9;

/// Density, in units of one over the upper end, below which one need not be as precise: the
/// tables have no relative accuracy where they vanish.
const NEGLIGIBLE: f64 = 1e-3;

/// Pieces of one integral before it is given up; a few are usual.
const MOST_PIECES: usize = 2000;

/// The singular points of a table: ends of intervals, and what lies between two that touch.
pub(super) fn ends(law: &TabulatedLaw) -> Vec<f64> {
    let intervals = law.support().iter().flat_map(|i| [i.lower.location, i.upper.location]);
    in_order(intervals.chain(law.pieces.iter().map(|piece| piece.end())).collect())
}

/// Ascending, those that rounding cannot tell apart as one.
fn in_order(mut points: Vec<f64>) -> Vec<f64> {
    points.sort_by(f64::total_cmp);
    points.dedup_by(|r, l| *r - *l <= ROUNDING * *r);
    points
}

/// Tabulates the law of s·t. Its density is
///
/// ρ(x) = Σ over atoms of s: (m/s) ρ_t(x/s) + Σ over atoms of t: (m/t) ρ_s(x/t)
/// + ∫ ρ_s(s) ρ_t(x/s) ds/s,
///
/// singular at the products of singular points.
pub(super) fn tabulate(
    s: &TabulatedLaw,
    t: &TabulatedLaw,
    accuracy: Accuracy<'_>,
    tracker: &Tracker<'_>,
) -> Result<TabulatedLaw, Error> {
    let product = Product { s, t, s_ends: ends(s), t_ends: ends(t) };
    TabulatedLaw::tabulate(&product.stretches(), product.atoms(), accuracy, &|point, _| {
        Ok((tracker.count(|| product.density(point.x()))??, Complex64::ZERO))
    })
}

struct Product<'a> {
    s: &'a TabulatedLaw,
    t: &'a TabulatedLaw,
    s_ends: Vec<f64>,
    t_ends: Vec<f64>,
}

impl Product<'_> {
    fn atoms(&self) -> Vec<Atom> {
        let (s_mass, t_mass) = (self.s.mass_off_zero(), self.t.mass_off_zero());
        let mut atoms =
            vec![Atom { location: 0.0, mass: (1.0 - s_mass) + s_mass * (1.0 - t_mass) }];
        for one in positive(self.s) {
            let with = |other: &Atom| Atom {
                location: one.location * other.location,
                mass: one.mass * other.mass,
            };
            atoms.extend(positive(self.t).map(with));
        }
        atoms
    }

    /// The support, with breaks where the density is singular.
    fn stretches(&self) -> Vec<Stretch> {
        let mut points = Vec::new();
        let mut intervals = Vec::new();
        let mut both = |one: &[f64], other: &[f64]| {
            points.extend(one.iter().flat_map(|a| other.iter().map(move |b| a * b)));
        };
        let places = |law| positive(law).map(|atom: &Atom| atom.location).collect::<Vec<_>>();
        both(&places(self.s), &self.t_ends);
        both(&self.s_ends, &places(self.t));
        both(&self.s_ends, &self.t_ends);
        let supports = |law: &TabulatedLaw| {
            law.support().iter().map(|i| (i.lower.location, i.upper.location)).collect::<Vec<_>>()
        };
        let points_of = |law| places(law).into_iter().map(|a| (a, a)).collect::<Vec<_>>();
        for (one, other) in [
            (points_of(self.s), supports(self.t)),
            (supports(self.s), points_of(self.t)),
            (supports(self.s), supports(self.t)),
        ] {
            for (a, b) in one {
                intervals.extend(other.iter().map(|(c, d)| (a * c, b * d)));
            }
        }
        let mut stretches = Vec::new();
        for pair in in_order(points).windows(2) {
            let middle = 0.5 * (pair[0] + pair[1]);
            if intervals.iter().any(|(lower, upper)| *lower < middle && middle < *upper) {
                Stretch::extend(&mut stretches, pair[0], pair[1]);
            }
        }
        stretches
    }

    fn density(&self, x: f64) -> Result<f64, Error> {
        let copies = |atoms: &TabulatedLaw, law: &TabulatedLaw| {
            let copy = |a: &Atom| a.mass / a.location * law.density(x / a.location);
            positive(atoms).map(copy).sum::<f64>()
        };
        let mut density = 0.0;
        if !self.t_ends.is_empty() {
            density += copies(self.s, self.t);
        }
        if !self.s_ends.is_empty() {
            density += copies(self.t, self.s);
        }
        if !self.s_ends.is_empty() && !self.t_ends.is_empty() {
            density += self.convolution(x)?;
        }
        Ok(density)
    }

    /// ∫ ρ_s(s) ρ_t(x/s) ds/s: between singular points p and q in s = p + (q−p) sin²(θ/2),
    /// which takes square roots and inverse ones away.
    fn convolution(&self, x: f64) -> Result<f64, Error> {
        let (least, most) = (self.s_ends[0], self.s_ends[self.s_ends.len() - 1]);
        let mut points = self.s_ends.clone();
        let images = self.t_ends.iter().map(|end| x / end);
        points.extend(images.filter(|s| least < *s && *s < most));
        let points = in_order(points);
        let mut parts = Vec::new();
        for pair in points.windows(2) {
            let whole = self.part(x, (pair[0], pair[1]), (0.0, PI));
            parts.push(((pair[0], pair[1]), (0.0, PI), whole));
        }
        let mut total: f64 = parts.iter().map(|(_, _, (value, _))| value).sum();
        let mut pieces = parts.len();
        let negligible = NEGLIGIBLE / (most * self.t_ends[self.t_ends.len() - 1]);
        while let Some((interval, (from, to), (value, decay))) = parts.pop() {
            let size = total.abs().max(negligible);
            let noise = decay.stagnates() && decay.tail <= NOISE * size;
            if decay.tail <= ACCURACY * size || decay.shows(ACCURACY, size) || noise {
                continue;
            }
            pieces += 2;
            if pieces > MOST_PIECES || !total.is_finite() {
                return Err(Error::NotConverged {
                    computation: "the density of a product of laws",
                    at: x,
                    iterate: total.into(),
                    residual: decay.tail,
                });
            }
            total -= value;
            let middle = 0.5 * (from + to);
            for half in [(from, middle), (middle, to)] {
                let part = self.part(x, interval, half);
                total += part.0;
                parts.push((interval, half, part));
            }
        }
        Ok(total)
    }

    fn part(&self, x: f64, (p, q): (f64, f64), (from, to): (f64, f64)) -> (f64, Decay) {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let mut values = [0.0; ORDER];
        for (value, (node, weight)) in values.iter_mut().zip(RULE.nodes.iter().zip(&RULE.weights)) {
            let theta = middle + half * node;
            let s = p + (q - p) * (0.5 * theta).sin().powi(2);
            let rate = 0.5 * (q - p) * theta.sin() / s;
            let density = self.s.density(s) * self.t.density(x / s);
            *value = if density > 0.0 { half * weight * rate * density } else { 0.0 };
        }
        (values.iter().sum(), RULE.decay(&values, f64::abs))
    }
}

fn positive(law: &TabulatedLaw) -> impl Iterator<Item = &Atom> {
    law.atoms().iter().filter(|atom| atom.location > 0.0)
}
