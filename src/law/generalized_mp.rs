//! The generalised Marchenko–Pastur law of any population law.

use std::sync::Arc;

use num_complex::Complex64;

use super::coarse::Wanted;
use super::companion::ACCURACY;
use super::population_transform::InUnit;
use super::solution::Solution;
use super::source::{Measure, Source, gaps};
use super::{Atom, SpectralLaw, TabulatedLaw, cumulants, tolerance};
use crate::numerics::complex::power_of_two;
use crate::observer::{Observer, Progress, Stage};
use crate::watch::Watch;
use crate::{Error, arguments};

/// The law μ of ratio $\gamma_1$ over a population law ν:
/// $\gamma_1 \mu + (1 - \gamma_1)\delta_0 = \mathrm{MP}^{(\gamma_1)} \boxtimes \nu$.
///
/// It is the limiting spectral law of $\frac1N G \Sigma G^\top$, with $G \in
/// \mathbb R^{n \times N}$ of standard entries, $n/N \to \gamma_1$, and ν the
/// limiting spectral law of Σ. Its Stieltjes transform is $m(x) = -1/(\gamma_1
/// w)$, where w is the root in the upper half-plane of
///
/// $$ x = z(w) = \gamma_1 w + w\\,T_\nu(w), \qquad
/// T_\nu(w) = \int \frac{t\\,\nu(dt)}{w - t}. $$
///
/// **Convention.** Textbooks on sample covariance divide by the number of
/// samples and use the ratio dimension/samples $= 1/\gamma_1$: their law is the
/// law of $t/\gamma_1$, up to the atom at 0. The uniform population law on [1, 3]
/// at $\gamma_1 = 2$ has edges 0.298823 and 12.788260 here, and 0.149412 and
/// 6.394130 there, at dimension/samples = 1/2.
///
/// The first query solves, later ones reuse the solution. Cloning shares it.
///
/// # Complexity
///
/// Solving evaluates $T_\nu$ 600 to 4,000 times as a rule; later queries evaluate a
/// piecewise Legendre series of degree 15.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{EdgeKind, GeneralizedMarchenkoPastur, SpectralLaw, Uniform};
///
/// let law = GeneralizedMarchenkoPastur::new(2.0, Uniform::new(1.0, 3.0)?)?;
/// let bulk = law.support()?[0];
/// assert!((bulk.lower.location - 0.298823283205).abs() < 1e-11);
/// assert!((bulk.upper.location - 12.788259597942).abs() < 1e-11);
/// assert_eq!(bulk.upper.kind, EdgeKind::SquareRoot);
/// assert!((law.atoms()?[0].mass - 0.5).abs() < 1e-12);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: Marchenko and Pastur (1967); Silverstein and Choi (1995) for the
/// support; [theory](crate::guide::theory), section 6.
#[doc(alias = "Silverstein")]
#[doc(alias = "sample covariance")]
#[doc(alias = "free multiplicative convolution")]
#[derive(Debug, Clone)]
pub struct GeneralizedMarchenkoPastur<L> {
    gamma1: f64,
    population: L,
    tolerance: f64,
    watch: Watch,
    table: Arc<Solution<TabulatedLaw>>,
    weighted: Arc<Solution<TabulatedLaw>>,
}

/// Equal in ratio, population law and tolerance.
impl<L: PartialEq> PartialEq for GeneralizedMarchenkoPastur<L> {
    fn eq(&self, other: &Self) -> bool {
        self.gamma1 == other.gamma1
            && self.population == other.population
            && self.tolerance == other.tolerance
    }
}

impl<L: SpectralLaw> GeneralizedMarchenkoPastur<L> {
    /// Takes the law of ratio `gamma1` over the population law `population`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless `gamma1` is finite and above 0.
    pub fn new(gamma1: f64, population: L) -> Result<Self, Error> {
        arguments::positive("gamma1", gamma1)?;
        Ok(Self::unchecked(gamma1, population, tolerance::DEFAULT))
    }

    /// The same without a check, which the first query then makes.
    pub(crate) fn unchecked(gamma1: f64, population: L, tolerance: f64) -> Self {
        let watch = Watch::default();
        let (table, weighted) = (Arc::default(), Arc::default());
        Self { gamma1, population, tolerance, watch, table, weighted }
    }

    /// Sets the relative tolerance of the table, between 1e-13 and 1e-3; 1e-10 by default.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] outside of this range.
    pub fn with_tolerance(self, tolerance: f64) -> Result<Self, Error> {
        Ok(self.with_unchecked_tolerance(tolerance::check(tolerance)?))
    }

    /// The same without a check, which the first query then makes.
    pub(crate) fn with_unchecked_tolerance(self, tolerance: f64) -> Self {
        Self { tolerance, table: Arc::default(), weighted: Arc::default(), ..self }
    }

    /// Sets who is told how far solving is, and may end it with [`Error::Cancelled`]; the
    /// default is nobody. What was ended is not kept: the next query solves anew.
    ///
    /// Clones share the solution, each with an observer of its own: one that waits for the
    /// solution of another is not told of it. The stage is [`Stage::Law`]; the population law
    /// is solved before, and has its own observer if it has one.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Changes the population law and leaves the solution: it must be the same, or not there.
    pub(crate) fn map_population(self, change: impl FnOnce(L) -> L) -> Self {
        Self { population: change(self.population), ..self }
    }

    /// Changes the population law to another, and forgets the solution.
    pub(crate) fn over(self, change: impl FnOnce(L) -> L) -> Self {
        let (table, weighted) = (Arc::default(), Arc::default());
        Self { population: change(self.population), table, weighted, ..self }
    }

    /// Returns $\gamma_1$.
    #[must_use]
    pub fn gamma1(&self) -> f64 {
        self.gamma1
    }

    /// Returns the population law.
    #[must_use]
    pub fn population(&self) -> &L {
        &self.population
    }

    /// See [`OverPopulation::weighted_by_population`](super::OverPopulation).
    pub(super) fn weighted(&self) -> Result<&TabulatedLaw, Error> {
        self.weighted.get(|| self.solve(Measure::Weighted))
    }

    fn solve(&self, measure: Measure) -> Result<TabulatedLaw, Error> {
        let gamma1 = arguments::positive("gamma1", self.gamma1)?;
        let tolerance = tolerance::check(self.tolerance)?;
        let mut coarse = self.population.coarse()?;
        if let Some(law) = coarse
            && law.check_places().is_ok()
            && law.shows_places(gamma1)?
        {
            coarse = None;
        }
        if coarse.is_none() {
            // Solved before this stage begins.
            self.population.tabulated()?;
        }
        let tracker = self.watch.start(Stage::Law, Progress::UNKNOWN)?;
        if let Some(law) = coarse {
            match law.solve(Wanted { measure, gamma1, tolerance, tracker: &tracker }) {
                Ok(table) => return Ok(table),
                Err(cancelled @ Error::Cancelled { .. }) => return Err(cancelled),
                // A few can be looked at one by one.
                Err(error) => law.check_places().or(Err(error))?,
            }
        }
        let population = self.population.tabulated()?;
        if population.upper_end() == 0.0 {
            if measure == Measure::Weighted {
                let allowed = "a population law with a mean above 0";
                arguments::parameter("the mean of the population law", 0.0, false, allowed)?;
            }
            return Ok(TabulatedLaw::discrete(vec![Atom { location: 0.0, mass: 1.0 }]));
        }
        // In a unit in which squares are numbers, whatever the scale of the law.
        let unit = power_of_two(population.upper_end());
        let table = population.in_unit(unit);
        // Its square may not be a number in the unit of the law.
        let second = self.population.moment(2).ok().filter(|second| second.is_normal());
        let moments = (
            self.population.moment(1)? / unit,
            second.map_or_else(|| table.node_sum(|t| t * t), |second| second / unit / unit),
        );
        let mass = table.mass_off_zero();
        let source = Source {
            transform: &InUnit { law: &self.population, table: &table, mass, unit },
            mass,
            upper_end: table.upper_end(),
            gaps: gaps(table.obstacles()),
            // T comes from a table of this tolerance.
            noise: ACCURACY.max(tolerance),
        };
        let law = source.tabulate(measure, gamma1, moments, tolerance, &tracker)?;
        let law = law.in_unit(1.0 / unit);
        // What the population law misses is missing here too.
        Ok(law.with_error(population.error_estimate()))
    }
}

impl<L: SpectralLaw> SpectralLaw for GeneralizedMarchenkoPastur<L> {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        self.table.get(|| self.solve(Measure::Spectrum))
    }

    /// $R(s) = \int \frac{t\\,\nu(dt)}{1 - \gamma_1 s t} = T_\nu(w)/(\gamma_1 s)$
    /// with $w = 1/(\gamma_1 s)$, for $\gamma_1 s$ below the inverse of ν's upper end.
    fn r_transform(&self, s: f64) -> Result<f64, Error> {
        self.tabulated()?;
        let scaled = self.gamma1 * s;
        let top = match self.population.coarse()? {
            Some(law) => law.upper_end()?,
            None => self.population.tabulated()?.upper_end(),
        };
        if s == 0.0 {
            return self.mean();
        }
        if !(scaled * top < 1.0 && s.is_finite()) {
            return Err(Error::OutsideDomain {
                transform: "the R-transform",
                value: s,
                lower: f64::NEG_INFINITY,
                upper: 1.0 / (self.gamma1 * top),
            });
        }
        Ok(self.population.t_transform(Complex64::new(scaled.recip(), 0.0))?.0.re / scaled)
    }

    /// From the free cumulants.
    fn moment(&self, k: u32) -> Result<f64, Error> {
        if k == 0 {
            return Ok(1.0);
        }
        cumulants::check_order(k)?;
        cumulants::moment(k, |j| self.free_cumulant(j))
    }

    /// $\kappa_k = \gamma_1^{k-1} \int t^k\\,\nu(dt)$.
    fn free_cumulant(&self, k: u32) -> Result<f64, Error> {
        cumulants::check_order(k)?;
        let gamma = arguments::positive("gamma1", self.gamma1)?;
        cumulants::finite(gamma.powi(k as i32 - 1) * self.population.moment(k)?, k)
    }

    fn variance(&self) -> Result<f64, Error> {
        self.free_cumulant(2)
    }
}
