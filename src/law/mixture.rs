//! The population law of rows with a covariance: a law t in many sizes s.

use std::borrow::Cow;

use num_complex::Complex64;

use super::coarse::{self, ATOMS_UP_TO, Approximation, Coarse, Coarsened, Wanted};
use super::companion::{ACCURACY, Gap, TTransform};
use super::contour::Contour;
use super::covariance::Covariance;
use super::merged::Merged;
use super::scales::{SCALES, fewer};
use super::table_series::TableSeries;
use super::{TabulatedLaw, cumulants, product, source, tolerance, transforms};
use crate::numerics::piece::Accuracy;
use crate::watch::Tracker;
use crate::{Error, arguments};

/// Scales up to which the law of s·t is tabulated as it is.
const FEW: usize = 6;

/// Singular points of t up to which that is so.
const FEW_ENDS: usize = 12;

/// Atoms up to which a law without density is.
const MOST_ATOMS: usize = 4096;

const DENSITY: &str = "the density of the population law";

/// The law of s·t with independent s ~ H and t ~ ν of isotropic rows:
/// T(w) = ∫ T_t(w/s) dH(s).
#[derive(Debug)]
pub struct Mixture {
    covariance: Covariance,
    factor: Factor,
    /// The unit of t.
    factor_unit: f64,
    /// Mass of t off 0, and its first two moments in its unit.
    factor_mass: f64,
    factor_moments: (f64, f64),
    /// Relative accuracy of the table of t.
    noise: f64,
}

/// The law of t in its unit.
#[derive(Debug)]
pub(super) enum Factor {
    Table(Box<TableSeries>),
    Values(Merged),
}

impl Mixture {
    /// Takes H and a table of t to this tolerance; and a unit of t, with its first two moments
    /// in that unit, which are known better.
    pub(super) fn of_table(
        covariance: Covariance,
        table: &TabulatedLaw,
        (unit, moments): (f64, (f64, f64)),
        tolerance: f64,
    ) -> Result<Self, Error> {
        let mass = table.mass_off_zero();
        let factor = Factor::Table(TableSeries::new(table.in_unit(unit)).into());
        Self::new(covariance, factor, (unit, mass, moments), tolerance.max(ACCURACY))
    }

    /// Takes H, and t of many values of D.
    pub(super) fn of_values(covariance: Covariance, values: &Merged) -> Result<Self, Error> {
        let (unit, mass, moments) = (values.unit, values.mass, values.moments);
        Self::new(covariance, Factor::Values(values.clone()), (unit, mass, moments), ACCURACY)
    }

    fn new(
        covariance: Covariance,
        factor: Factor,
        (factor_unit, factor_mass, factor_moments): (f64, f64, (f64, f64)),
        noise: f64,
    ) -> Result<Self, Error> {
        let unit = covariance.unit * factor_unit;
        let allowed = "a scale that is a normal number";
        arguments::parameter("(b + c) D² times the covariance", unit, unit.is_normal(), allowed)?;
        Ok(Self { covariance, factor, factor_unit, factor_mass, factor_moments, noise })
    }

    /// The same as a law that is solved from without a table, unless its table is no larger
    /// than that of the isotropic law by much.
    pub(super) fn coarse(&self) -> Option<&dyn Coarse> {
        let Factor::Table(t) = &self.factor else { return Some(self) };
        let (s, t) = (&self.covariance.table, t.law());
        let few = match (s.support().is_empty(), t.support().is_empty()) {
            (true, true) => s.atoms().len() * t.atoms().len() <= MOST_ATOMS,
            (true, false) => s.atoms().len() <= FEW && product::ends(t).len() <= FEW_ENDS,
            (false, true) => t.atoms().len() <= FEW,
            (false, false) => false,
        };
        (!few).then_some(self)
    }

    /// Tabulates the law.
    pub(super) fn tabulate(
        &self,
        tolerance: f64,
        tracker: &Tracker<'_>,
    ) -> Result<TabulatedLaw, Error> {
        self.check_places()?;
        let t = match &self.factor {
            Factor::Table(table) => table.law(),
            Factor::Values(values) => return Err(values.too_many(DENSITY, "")),
        };
        let accuracy = Accuracy { relative: 0.2 * tolerance, mass: 1e-4 * tolerance, counted: &[] };
        let law = product::tabulate(&self.covariance.table, t, accuracy, tracker)?;
        let (first, second) = self.moments();
        let consistent =
            |name, expected, found| tolerance::consistent(name, expected, found, tolerance);
        consistent("the mass of the population law", 1.0, law.total_mass())?;
        consistent("the mean of the population law", first, law.node_sum(|t| t))?;
        consistent("the second moment of the population law", second, law.node_sum(|t| t * t))?;
        Ok(law.in_unit(1.0 / self.unit()))
    }

    /// ∫ (st)^k = ∫ s^k dH ∫ t^k.
    pub(super) fn moment(&self, k: u32) -> Result<f64, Error> {
        let t = match &self.factor {
            Factor::Table(table) => cumulants::table_moment(table.law(), k)?,
            Factor::Values(values) => values.moment(k)? / values.unit.powi(k as i32),
        };
        let s = cumulants::table_moment(&self.covariance.table, k)?;
        cumulants::finite(self.unit().powi(k as i32) * s * t, k)
    }

    /// How many places there are in which a density of ν would be singular.
    fn places(&self) -> usize {
        let s = &self.covariance.table;
        let between = |law: &TabulatedLaw| product::ends(law).len().saturating_sub(1);
        let (s_atoms, s_parts) = (s.atoms().len(), between(s));
        let (t_atoms, t_parts) = match &self.factor {
            Factor::Table(t) => (t.law().atoms().len(), between(t.law())),
            Factor::Values(values) => (0, values.places()),
        };
        match (s_parts, t_parts) {
            (0, 0) => 0,
            (0, _) => s_atoms,
            (_, 0) => t_atoms * s_parts,
            _ => s_atoms + s_parts,
        }
    }

    /// The upper end of t, in its unit.
    fn factor_upper_end(&self) -> Result<f64, Error> {
        match &self.factor {
            Factor::Table(table) => Ok(table.law().upper_end()),
            Factor::Values(values) => Ok(values.upper_end()? / values.unit),
        }
    }

    fn law<'a>(&'a self, factor: Part<'a>, scales: Cow<'a, [(f64, f64)]>) -> Scaled<'a> {
        Scaled { factor, scales, mass: Coarse::mass(self), noise: self.noise }
    }

    /// The law with all scales.
    fn whole(&self) -> Result<Scaled<'_>, Error> {
        let factor = match &self.factor {
            Factor::Table(table) => Part::Table(table),
            Factor::Values(values) => Part::Values(values.whole().into()),
        };
        Ok(self.law(factor, Cow::Borrowed(&self.covariance.scales)))
    }
}

impl Coarse for Mixture {
    fn mass(&self) -> f64 {
        self.covariance.mass() * self.factor_mass
    }

    fn check_places(&self) -> Result<(), Error> {
        if let Factor::Values(values) = &self.factor {
            values.check_places()?;
        }
        coarse::check_places(self, self.places())
    }

    fn shows_places(&self, gamma1: f64) -> Result<bool, Error> {
        match &self.factor {
            Factor::Table(_) => Ok(gamma1 > ATOMS_UP_TO),
            Factor::Values(values) => values.shows_places(gamma1),
        }
    }

    fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        arguments::point("z", z)?;
        let scaled = z / self.unit();
        let (t, slope) = self.whole()?.t(Complex64::new(scaled.re, scaled.im.abs()));
        let (t, slope) = transforms::finite(z, (t, slope / self.unit()))?;
        Ok(if z.im < 0.0 { (t.conj(), slope.conj()) } else { (t, slope) })
    }

    fn raised(&self, z: Complex64) -> Result<Complex64, Error> {
        Ok(self.whole()?.raised(z / self.unit()).0)
    }

    fn upper_end(&self) -> Result<f64, Error> {
        Ok(self.unit() * self.whole()?.upper_end())
    }

    fn solve(&self, wanted: Wanted<'_>) -> Result<TabulatedLaw, Error> {
        coarse::solve(self, wanted)
    }
}

impl Coarsened for Mixture {
    type Law<'a> = Scaled<'a>;

    fn count(&self) -> usize {
        let values = match &self.factor {
            Factor::Table(_) => 1,
            Factor::Values(values) => values.count(),
        };
        values.max(self.covariance.scales.len())
    }

    fn approximation(&self, count: usize, lowest: f64) -> Result<Scaled<'_>, Error> {
        let scales = &self.covariance.scales;
        let largest = scales.last().map_or(1.0, |s| s.0);
        let factor = match &self.factor {
            Factor::Table(table) => Part::Table(table),
            Factor::Values(values) => {
                Part::Values(values.approximation(count, lowest / largest)?.into())
            }
        };
        let scales = fewer(scales, count, (lowest / self.factor_upper_end()?, SCALES))?;
        Ok(self.law(factor, Cow::Owned(scales)))
    }

    fn moments(&self) -> (f64, f64) {
        let (first, second) = self.factor_moments;
        let Covariance { mean, h2, .. } = self.covariance;
        (mean * first, h2 * mean * mean * second)
    }

    fn unit(&self) -> f64 {
        self.covariance.unit * self.factor_unit
    }

    fn too_many(&self, computation: &'static str, advice: &'static str) -> Error {
        let count = self.places().max(self.covariance.scales.len());
        Error::TooManyValues { of: "the covariance", count, computation, advice }
    }
}

/// The law with some scales.
pub(super) struct Scaled<'a> {
    factor: Part<'a>,
    scales: Cow<'a, [(f64, f64)]>,
    mass: f64,
    noise: f64,
}

/// The law of t.
enum Part<'a> {
    Table(&'a TableSeries),
    Values(Box<Contour>),
}

impl Part<'_> {
    fn t(&self, w: Complex64) -> (Complex64, Complex64) {
        match self {
            Self::Table(table) => table.t(w),
            Self::Values(values) => values.t(w),
        }
    }
}

impl<'a> Scaled<'a> {
    /// Σ of T_t(w/s), and its derivative.
    fn sum(
        &self,
        w: Complex64,
        t: impl Fn(&Part<'a>, Complex64) -> (Complex64, Complex64),
    ) -> (Complex64, Complex64) {
        let (mut value, mut slope) = (Complex64::ZERO, Complex64::ZERO);
        for &(s, weight) in &*self.scales {
            let inverse = s.recip();
            let (t, change) = t(&self.factor, w * inverse);
            value += weight * t;
            slope += weight * inverse * change;
        }
        (value, slope)
    }
}

impl TTransform for Scaled<'_> {
    fn t(&self, w: Complex64) -> (Complex64, Complex64) {
        self.sum(w, Part::t)
    }

    fn mass(&self) -> f64 {
        self.mass
    }

    fn raised(&self, w: Complex64) -> (Complex64, f64) {
        let (mut value, mut size) = (Complex64::ZERO, 0.0);
        for &(s, weight) in &*self.scales {
            let w = w / s;
            let (term, terms) = match &self.factor {
                Part::Table(table) => {
                    let term = w * table.law().cauchy_off_zero(w);
                    (term, term.l1_norm())
                }
                Part::Values(values) => values.raised(w),
            };
            value += weight * term;
            size += weight * terms;
        }
        (value, size)
    }

    fn covers(&self, w: f64) -> bool {
        let covered = |w: f64| match &self.factor {
            Part::Table(t) => {
                t.law().support().iter().any(|i| i.lower.location <= w && w <= i.upper.location)
            }
            Part::Values(values) => values.covers(w),
        };
        self.scales.iter().any(|(s, _)| covered(w / s))
    }

    fn below_zero(&self, kappa: f64) -> (f64, f64) {
        // Neither has a unit of length.
        let (mut single, mut squared) = (0.0, 0.0);
        for &(s, weight) in &*self.scales {
            let (a, b) = match &self.factor {
                Part::Table(table) => table.law().below_zero(kappa / s),
                Part::Values(values) => values.below_zero(kappa / s),
            };
            single += weight * a;
            squared += weight * b;
        }
        (single, squared)
    }
}

impl Approximation for Scaled<'_> {
    fn prepared(self, tracker: &Tracker<'_>) -> Result<Self, Error> {
        let factor = match self.factor {
            Part::Values(values) => Part::Values(values.with_exterior(tracker)?.into()),
            table @ Part::Table(_) => table,
        };
        Ok(Self { factor, ..self })
    }

    fn upper_end(&self) -> f64 {
        let top = match &self.factor {
            Part::Table(table) => table.law().upper_end(),
            Part::Values(values) => values.ends().1,
        };
        self.scales.last().map_or(0.0, |s| s.0) * top
    }

    fn gaps(&self) -> Vec<Gap> {
        let of_factor = match &self.factor {
            Part::Table(table) => table.law().obstacles(),
            Part::Values(values) => values.obstacles(),
        };
        let copies = self.scales.iter().flat_map(|&(s, weight)| {
            let copy = move |&(lower, upper, strength): &(f64, f64, f64)| {
                (s * lower, s * upper, weight * s * s * strength)
            };
            of_factor.iter().map(copy)
        });
        let mut obstacles: Vec<_> = copies.collect();
        obstacles.sort_by(|l, r| l.0.total_cmp(&r.0));
        source::gaps(obstacles)
    }

    fn t_once(&self, w: Complex64) -> (Complex64, Complex64) {
        self.sum(w, |factor, w| match factor {
            Part::Table(table) => table.t(w),
            Part::Values(values) => values.transform_once(w),
        })
    }

    fn noise(&self) -> f64 {
        self.noise
    }
}
