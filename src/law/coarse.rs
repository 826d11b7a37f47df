//! Population laws that are solved from a coarser law of what they are made of, no finer
//! than the law over them shows.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::TabulatedLaw;
use super::companion::{Gap, TTransform};
use super::negative_axis::NegativeAxis;
use super::source::{Measure, Source};
use crate::Error;
use crate::numerics::gauss;
use crate::numerics::parallel::in_parallel;
use crate::watch::Tracker;

/// Values that stand for many, in the first attempt; each further one has twice as many.
const FIRST: usize = 32;

/// The same in the last.
const MOST: usize = 256;

/// Places that are tabulated one by one where nothing coarser does.
const TABULATED: usize = 80;

/// γ1 up to which few places are merged, too. The larger γ1, the more of them shows, and they are
/// tabulated one by one: atoms of D² in seconds, steps of a density in minutes.
pub(super) const ATOMS_UP_TO: f64 = 2.0;
pub(super) const STEPS_UP_TO: f64 = 20.0;

/// The same for a density with a steep end whose table is refused.
pub(super) const STEEP_UP_TO: f64 = 2.0;

/// γ1 below which it is tried first without preparation: the points w that belong to the law are
/// then far from the support, at some γ1^−½ in units of √(∫ t² dν).
const FAR: f64 = 0.05;

/// Tolerance of the solutions on which it is found out how many values do.
const ROUGH: f64 = 1e-4;

/// Mass that coarsening may move, in units of the tolerance.
const MERGING: f64 = 100.0;

/// Mass at a point of comparison that is not looked at.
const NEXT_TO_NOTHING: f64 = 1e-6;

/// Points of each table at which two rules are compared.
const COMPARED: usize = 64;

/// The smallest ridge at which the law is to be right, in units of its mean, and how far κ then
/// lies from the next one that is looked at.
const LEAST_RIDGE: f64 = 1e-12;
const NEXT_KAPPA: f64 = 4.0;

/// How many times the accuracy of T a change next to 0 must be to count.
const NOISE: f64 = 10.0;

/// What a law over such a population is to be, and who is told of it.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub(super) measure: Measure,
    pub(super) gamma1: f64,
    pub(super) tolerance: f64,
    pub(super) tracker: &'a Tracker<'a>,
}

impl Wanted<'_> {
    /// Mass that coarsening may move.
    pub(super) fn movable(&self) -> f64 {
        MERGING * self.tolerance
    }

    /// Mass of a part below which it may be one of the coarser law alone: all of its points may
    /// be left out of the comparison.
    pub(super) fn least_part(&self) -> f64 {
        self.movable().max(COMPARED as f64 * NEXT_TO_NOTHING)
    }
}

/// A population law that laws over it are solved from without its table.
pub trait Coarse: std::fmt::Debug + Send + Sync {
    /// Mass off 0.
    fn mass(&self) -> f64;

    /// Refuses more places than a table of the density of ν, which shows each, can have.
    fn check_places(&self) -> Result<(), Error>;

    /// Whether a law of this ratio over it shows single places: few are then looked at one by one.
    fn shows_places(&self, gamma1: f64) -> Result<bool, Error>;

    /// T and T′ of ν at z.
    fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error>;

    /// T + mass at z, without cancellation next to 0.
    fn raised(&self, z: Complex64) -> Result<Complex64, Error>;

    /// The upper end of ν.
    fn upper_end(&self) -> Result<f64, Error>;

    /// Solves for a law over it, with how much mass the coarsening may have moved added to
    /// its error.
    fn solve(&self, wanted: Wanted<'_>) -> Result<TabulatedLaw, Error>;
}

/// A population law as transform, made of some number of values.
pub(super) trait Approximation: TTransform + Sync + Sized {
    /// The same with the gaps between places that a law of this ratio over it shows.
    fn with_gaps(self, _gamma1: f64, _tracker: &Tracker<'_>) -> Result<Self, Error> {
        Ok(self)
    }

    /// The same, prepared for many evaluations.
    fn prepared(self, tracker: &Tracker<'_>) -> Result<Self, Error>;

    fn upper_end(&self) -> f64;

    /// The gaps of the support, those that are known.
    fn gaps(&self) -> Vec<Gap>;

    /// T and T′ at one of a few points, which may take long.
    fn t_once(&self, w: Complex64) -> (Complex64, Complex64) {
        self.t(w)
    }

    /// Relative accuracy of T.
    fn noise(&self) -> f64;
}

/// What has such approximations.
pub(super) trait Coarsened {
    type Law<'a>: Approximation
    where
        Self: 'a;

    /// How many values there are.
    fn count(&self) -> usize;

    /// The law with about `count` values, and with all of them where there are no more. On the
    /// negative axis it is meant for w up to −`lowest`.
    fn approximation(&self, count: usize, lowest: f64) -> Result<Self::Law<'_>, Error>;

    /// Its first two moments, in the unit of its approximations.
    fn moments(&self) -> (f64, f64);

    /// That unit of length.
    fn unit(&self) -> f64;

    /// More places than can be told apart in `computation`.
    fn too_many(&self, computation: &'static str, advice: &'static str) -> Error;
}

/// Refuses more places than a table can have.
pub(super) fn check_places<L: Coarsened>(law: &L, places: usize) -> Result<(), Error> {
    if places <= TABULATED {
        return Ok(());
    }
    Err(law.too_many("the density of the population law", ""))
}

/// Replaces `values`, ascending with their weights, of the sum `mass`, by the Gauss rule with
/// at most `count` values: it has the same moments up to the order 2·`count` − 1.
pub(super) fn gauss_values(
    values: &[(f64, f64)],
    mass: f64,
    count: usize,
) -> Result<Vec<(f64, f64)>, Error> {
    if count >= values.len() {
        return Ok(values.to_vec());
    }
    let (nodes, weights): (Vec<f64>, Vec<f64>) = values.iter().copied().unzip();
    let rule = gauss::rule_of_measure(&nodes, &weights, count)?;
    let (least, largest) = (nodes[0], nodes[nodes.len() - 1]);
    let inside = rule.nodes.iter().map(|t| t.clamp(least, largest));
    Ok(inside.zip(rule.weights.iter().map(|w| mass * w)).filter(|s| s.1 > 0.0).collect())
}

/// Solves with as few values as do, and adds to the error how much mass the coarsening may
/// have moved.
pub(super) fn solve<L: Coarsened>(
    population: &L,
    wanted: Wanted<'_>,
) -> Result<TabulatedLaw, Error> {
    if wanted.gamma1 < FAR {
        match solve_from(population, wanted, |law| law.with_gaps(wanted.gamma1, wanted.tracker)) {
            Ok(table) => return Ok(table),
            Err(cancelled @ Error::Cancelled { .. }) => return Err(cancelled),
            Err(_) => {}
        }
    }
    solve_from(population, wanted, |law| {
        law.with_gaps(wanted.gamma1, wanted.tracker)?.prepared(wanted.tracker)
    })
}

/// The same from approximations that are made ready for it by `prepared`. How many values do is
/// found out next to 0, and then at the points of a rough solution.
fn solve_from<'a, L: Coarsened>(
    population: &'a L,
    wanted: Wanted<'_>,
    prepared: impl Fn(L::Law<'a>) -> Result<L::Law<'a>, Error>,
) -> Result<TabulatedLaw, Error> {
    let Wanted { measure, gamma1, tolerance, tracker } = wanted;
    let solve = |law: &L::Law<'_>, tolerance: f64| {
        let source = Source {
            transform: law,
            mass: law.mass(),
            upper_end: law.upper_end(),
            gaps: law.gaps(),
            noise: law.noise(),
        };
        source.tabulate(measure, gamma1, population.moments(), tolerance, tracker)
    };
    let all = population.count();
    let mut count = FIRST.min(all);
    let mean = population.moments().0;
    let lowest = lowest_kappa(population, count, gamma1)?;
    let settled_next_to_zero = |count: usize| {
        if count >= all {
            return Ok(true);
        }
        // Without a series, which may be off by more than this.
        let law = population.approximation(count, lowest)?;
        let finer = population.approximation((2 * count).min(all), lowest)?;
        let change = tracker.count(|| moved_next_to_zero((&law, &finer), gamma1, mean, lowest))?;
        Ok::<_, Error>(change <= tolerance.max(NOISE * law.noise()))
    };
    let more = |count: usize| {
        let more = (2 * count).min(all);
        if more > MOST && more < all {
            let advice = ", or a smaller gamma1";
            return Err(population.too_many("the law at this gamma1", advice));
        }
        Ok(more)
    };
    // Before anything is prepared.
    while !settled_next_to_zero(count)? {
        count = more(count)?;
    }
    let finish = |law: &L::Law<'_>, moved: f64| {
        let table = solve(law, tolerance)?;
        Ok(table.in_unit(1.0 / population.unit()).with_error(moved))
    };
    if count == all {
        return finish(&prepared(population.approximation(all, lowest)?)?, 0.0);
    }
    let settled = count;
    let (mut law, rough) = loop {
        let law = population.approximation(count, lowest).and_then(&prepared);
        match law.and_then(|law| solve(&law, ROUGH).map(|rough| (law, rough))) {
            Ok(found) => break found,
            Err(cancelled @ Error::Cancelled { .. }) => return Err(cancelled),
            Err(error) if count >= all.min(MOST) => return Err(error),
            // More values may be easier: they leave less space between them.
            Err(_) => count = (2 * count).min(all),
        }
    };
    let points = points(&rough, gamma1);
    let mut ready = true;
    while count < all {
        let finer = population.approximation((2 * count).min(all), lowest)?;
        if count == settled || settled_next_to_zero(count)? {
            let moved = moved(&points, gamma1, &law, &finer, tracker)?;
            if moved <= wanted.movable() {
                return finish(&if ready { law } else { prepared(law)? }, moved);
            }
        }
        (count, law, ready) = (more(count)?, finer, false);
    }
    finish(&if ready { law } else { prepared(law)? }, 0.0)
}

/// Points w of the half-plane that belong to points x of a law, and the lengths that these
/// stand for. Those where next to nothing lies are left out.
fn points(table: &TabulatedLaw, gamma1: f64) -> Vec<(Complex64, f64)> {
    let mut points = Vec::new();
    for interval in table.support() {
        let (lower, upper) = (interval.lower.location, interval.upper.location);
        for k in 0..COMPARED {
            let step = PI / COMPARED as f64;
            let angle = (k as f64 + 0.5) * step;
            let x = lower + (upper - lower) * (0.5 * angle).sin().powi(2);
            let length = 0.5 * (upper - lower) * angle.sin() * step;
            let w = (gamma1 * table.cauchy_with_derivative(x.into()).0).inv();
            if w.im != 0.0 && table.density(x) * length > NEXT_TO_NOTHING {
                points.push((Complex64::new(w.re, w.im.abs()), length));
            }
        }
    }
    points
}

/// κ at the smallest ridge at which the law of ratio γ1 is to be right. A few values to each order
/// of magnitude do for it.
fn lowest_kappa<L: Coarsened>(population: &L, count: usize, gamma1: f64) -> Result<f64, Error> {
    let mean = population.moments().0;
    let ridge = LEAST_RIDGE * mean;
    // λ ≤ γ1 κ.
    let least = ridge / gamma1;
    let law = population.approximation(count, least)?;
    let found = NegativeAxis::of(gamma1, &law, mean).solve(ridge, None);
    Ok(found.map_or(least, |at| at.kappa))
}

/// The largest relative change of ∫ μ(dx)/(x+λ) off 0, over the λ from the least one on. With
/// λ = κ(γ1 − df1(κ)) fixed, 1/(γ1κ) = m(−λ) changes by δ(γ1 − df1)/λ′(κ), and is the atom
/// at 0 and the rest, in the ratio of γ1 − mass and mass − df1.
fn moved_next_to_zero<T: Approximation>(
    (law, finer): (&T, &T),
    gamma1: f64,
    mean: f64,
    lowest: f64,
) -> f64 {
    let [law, finer] = [law, finer].map(|law| NegativeAxis::of(gamma1, law, mean));
    let atom = gamma1 > law.transform().mass();
    let highest = mean.max(NEXT_KAPPA * lowest);
    let mut kappa = lowest;
    let mut largest = 0.0_f64;
    while kappa <= highest {
        let (at, finer) = (law.at(kappa), finer.at(kappa));
        let rest = if atom { at.lacking / at.gap } else { 1.0 };
        let change = (finer.lacking - at.lacking) / (at.gap + at.kappa_a1) / rest;
        if change.is_nan() {
            return f64::INFINITY;
        }
        largest = largest.max(change.abs());
        kappa *= NEXT_KAPPA;
    }
    largest
}

/// ∫ |δρ| to first order in the change of the population law, from z(w) = x at fixed x:
/// δw = −w δT/z′(w), and the density is −Im (1/w)/(πγ1).
fn moved(
    points: &[(Complex64, f64)],
    gamma1: f64,
    law: &impl Approximation,
    finer: &impl Approximation,
    tracker: &Tracker<'_>,
) -> Result<f64, Error> {
    let change = |&(w, length): &(Complex64, f64)| {
        let (t, slope) = law.t_once(w);
        let change = finer.t_once(w).0 - t;
        let density = (change / (w * (gamma1 + t + w * slope))).im / (PI * gamma1);
        density.abs() * length
    };
    let changes = in_parallel(points, |point| tracker.count(|| change(point)))?;
    // Not a number where a contour was not resolved: nothing is known then.
    let sum: f64 = changes.iter().sum();
    Ok(if sum.is_nan() { f64::INFINITY } else { sum })
}
