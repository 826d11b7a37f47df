//! Many values of D², merged into fewer by the Gauss rule of their law.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::companion::TTransform;
use super::contour::Contour;
use super::model::Model;
use super::{TabulatedLaw, cumulants};
use crate::Error;
use crate::numerics::gauss;
use crate::numerics::parallel::in_parallel;
use crate::watch::Tracker;

/// Places at which the law of D² is singular, up to which ν is tabulated as it is.
const FEW: usize = 6;

/// Values after merging, in the first attempt; each further one has twice as many.
const FIRST: usize = 32;

/// Values after merging where only points away from the support count.
const FINE: usize = 64;

/// Values after merging, in the last.
const MOST: usize = 256;

/// Values that are tabulated one by one where merging fails.
const TABULATED: usize = 80;

/// Tolerance of the solutions on which it is found out how many values do.
const ROUGH: f64 = 1e-4;

/// Mass that merging may move, in units of the tolerance.
const MERGING: f64 = 100.0;

/// Radius of a circle around the support, and points on its upper half: the sum misses
/// moments from twice their number on, against the radius.
const BEYOND: f64 = 1.2;
const ON_CIRCLE: u32 = 96;

/// Mass at a point of comparison that is not looked at.
const NEXT_TO_NOTHING: f64 = 1e-6;

/// Points of each table at which two rules are compared.
const COMPARED: usize = 64;

/// A population law of many values of D².
#[derive(Debug)]
pub struct Merged {
    b: f64,
    c: f64,
    gamma2: f64,
    /// Values of D² off 0, ascending, and their probabilities.
    squares: Vec<(f64, f64)>,
    pub(super) mass: f64,
    /// How many values or steps of a density there are.
    places: usize,
    /// The unit of length of all of this, and the first two moments in it.
    pub(super) unit: f64,
    pub(super) moments: (f64, f64),
}

impl Merged {
    /// The law of `model`, if D² is singular at many places, in each of which the density
    /// of ν would be too.
    pub(super) fn new(model: &Model, unit: f64) -> Option<Self> {
        let many = model.squares.support().len() > FEW && model.b > 0.0 && model.c > 0.0;
        let squares: Vec<_> = model.squares.real_nodes().filter(|s| many && s.0 > 0.0).collect();
        let mass = 1.0 - model.squares.mass_at_zero();
        let places = model.squares.support().len();
        (!squares.is_empty()).then_some(Self {
            places,
            unit,
            moments: model.moments(),
            b: model.b,
            c: model.c,
            gamma2: model.gamma2,
            squares,
            mass,
        })
    }

    /// Refuses more values than a table of the density of ν, which shows each, can have.
    pub(super) fn check_places(&self) -> Result<(), Error> {
        if self.places <= TABULATED {
            return Ok(());
        }
        Err(Error::TooManyValues {
            count: self.places,
            computation: "the density of the population law",
            advice: "",
        })
    }

    /// T and T′ of ν at z, off the convex support of ν.
    pub(super) fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        let law = self.contour(self.count())?;
        let (lower, upper) = law.ends();
        let z = z / self.unit;
        if z.im == 0.0 && lower <= z.re && z.re <= upper {
            self.check_places()?;
        }
        let (t, slope) = law.t(Complex64::new(z.re, z.im.abs()));
        if t.is_nan() {
            return Err(Error::NotConverged {
                computation: "the transform of the population law along a contour",
                at: self.unit * z.re,
                iterate: self.unit * z,
                residual: f64::NAN,
            });
        }
        let slope = slope / self.unit;
        Ok(if z.im < 0.0 { (t.conj(), slope.conj()) } else { (t, slope) })
    }

    /// T + mass at z, without cancellation next to 0.
    pub(super) fn raised(&self, z: Complex64) -> Result<Complex64, Error> {
        Ok(self.contour(self.count())?.raised(z / self.unit).0)
    }

    /// The upper end of ν.
    pub(super) fn upper_end(&self) -> Result<f64, Error> {
        Ok(self.unit * self.contour(FINE)?.ends().1)
    }

    /// How many values there are.
    pub(super) fn count(&self) -> usize {
        self.squares.len()
    }

    /// The law with at most `count` values: the Gauss rule, which has the same moments up
    /// to the order 2·`count` − 1.
    pub(super) fn contour(&self, count: usize) -> Result<Contour, Error> {
        let squares = if count >= self.count() {
            self.squares.clone()
        } else {
            let (nodes, weights): (Vec<f64>, Vec<f64>) = self.squares.iter().copied().unzip();
            let rule = gauss::rule_of_measure(&nodes, &weights, count)?;
            let (least, largest) = (nodes[0], nodes[nodes.len() - 1]);
            let inside = rule.nodes.iter().map(|t| t.clamp(least, largest));
            inside.zip(rule.weights.iter().map(|w| self.mass * w)).filter(|s| s.1 > 0.0).collect()
        };
        Ok(Contour::new(self.b, self.c, self.gamma2, squares))
    }

    /// ∫ t^k dν = (1/2πi) ∮ z^{k−1} T(z) dz around the support.
    pub(super) fn moment(&self, k: u32) -> Result<f64, Error> {
        let law = self.contour(FINE)?;
        let radius = BEYOND * law.ends().1;
        let terms = (0..ON_CIRCLE).map(|j| {
            let angle = PI * (f64::from(j) + 0.5) / f64::from(ON_CIRCLE);
            (Complex64::from_polar(1.0, f64::from(k) * angle)
                * law.t(Complex64::from_polar(radius, angle)).0)
                .re
        });
        let mean = terms.sum::<f64>() / f64::from(ON_CIRCLE);
        let length = self.unit * radius;
        cumulants::finite(mean * length.powi(i32::try_from(k).unwrap_or(i32::MAX)), k)
    }

    /// Solves with as few values as do, given how to solve to a tolerance: with what is found,
    /// how much mass the merging may have moved.
    ///
    /// How many values do is found out at the points of a rough solution.
    pub(super) fn solve(
        &self,
        gamma1: f64,
        tolerance: f64,
        tracker: &Tracker<'_>,
        solve: impl Fn(&Contour, f64) -> Result<TabulatedLaw, Error>,
    ) -> Result<(TabulatedLaw, f64), Error> {
        let mut count = FIRST.min(self.count());
        let rough = loop {
            let law = self.contour(count)?.with_exterior(tracker);
            match law.and_then(|law| solve(&law, ROUGH)) {
                Ok(rough) => break rough,
                Err(cancelled @ Error::Cancelled { .. }) => return Err(cancelled),
                Err(error) if count >= self.count().min(MOST) => return Err(error),
                // More values may be easier: they leave less space between them.
                Err(_) => count = (2 * count).min(self.count()),
            }
        };
        let points = points(&rough, gamma1);
        let mut law = self.contour(count)?;
        loop {
            if count > MOST && count < self.count() {
                return Err(Error::TooManyValues {
                    count: self.places,
                    computation: "the law at this gamma1",
                    advice: ", or a smaller gamma1",
                });
            }
            let finer_count = (2 * count).min(self.count());
            let finer = self.contour(finer_count)?;
            let moved = if count == finer_count {
                0.0
            } else {
                moved(&points, gamma1, &law, &finer, tracker)?
            };
            if moved <= MERGING * tolerance || count == finer_count {
                let law = law.with_exterior(tracker)?;
                return Ok((solve(&law, tolerance)?, moved));
            }
            (count, law) = (finer_count, finer);
        }
    }
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

/// ∫ |δρ| to first order in the change of the population law, from z(w) = x at fixed x:
/// δw = −w δT/z′(w), and the density is −Im (1/w)/(πγ1).
fn moved(
    points: &[(Complex64, f64)],
    gamma1: f64,
    law: &Contour,
    finer: &Contour,
    tracker: &Tracker<'_>,
) -> Result<f64, Error> {
    let change = |&(w, length): &(Complex64, f64)| {
        let (t, slope) = law.t(w);
        let change = finer.t(w).0 - t;
        let density = (change / (w * (gamma1 + t + w * slope))).im / (PI * gamma1);
        density.abs() * length
    };
    let changes = in_parallel(points, |point| tracker.count(|| change(point)))?;
    // Not a number where a contour was not resolved: nothing is known then.
    let sum: f64 = changes.iter().sum();
    Ok(if sum.is_nan() { f64::INFINITY } else { sum })
}
