//! The population law ν_{σ,D} of the kernel.

use std::f64::consts::PI;
use std::sync::Arc;

use num_complex::Complex64;

use super::breakpoints::breakpoints;
use super::coarse::Coarse;
use super::merged::Merged;
use super::mixture::Mixture;
use super::model::Model;
use super::near_end::NearEnds;
use super::prepared::Prepared;
use super::slice::Slice;
use super::solution::Solution;
use super::stretch::Stretch;
use super::{
    Atom, SpectralLaw, SupportInterval, TabulatedLaw, cumulants, inherent_queries, tolerance,
    transforms,
};
use crate::activation::{Activation, DerivativeMoments, FromMoments};
use crate::diagonal::DiagonalLaw;
use crate::numerics::piece::Accuracy;
use crate::observer::{Observer, Progress, Stage};
use crate::watch::{Tracker, Watch};
use crate::{Error, ErrorKind, arguments};

/// The population law $\nu_{\sigma, D}$: the limiting spectral law of the
/// covariance $T(Z) = c\\,Z D^2 + b\\,(Z V^\top V + V Z^\top V)$, $V = W D/\sqrt d$,
/// of a row of the kernel's factor J.
///
/// It depends on σ through b and c, on the law of D, and on
/// $\gamma_2 = \lim p/d$. With $\tau_k = \mathbb E D^{2k}$ its mean is
/// $(b + c)\tau_1$ and its second moment
/// $(b + c)^2 \tau_2 + 2 \gamma_2 b^2 \tau_1^2$. For $b = 0$ it is the law of
/// $c D^2$. An atom w of $D^2$ at $t > 0$ gives it an atom at $c t$, of mass
/// $w (1 - \frac{1}{2 w \gamma_2})$ if $w \gamma_2 \ge 1$ and
/// $\frac12 w^2 \gamma_2$ otherwise (for $b, c > 0$).
///
/// The first query solves, later ones reuse the solution. Cloning shares it.
///
/// # Complexity
///
/// Solving takes about 600 densities for constant D, one to five thousand for a
/// few atoms or a density of D, next to none for $b = 0$. Each is an adaptive
/// Gauss–Legendre sum over the pairs of the support of $\rho_x$, one to six
/// pieces of 24 nodes, with two roots in the upper half-plane at each node. For
/// constant D the roots are in closed form; otherwise each step towards one sums
/// over the atoms of $D^2$, or over the nodes that stand for its density.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::law::Population;
///
/// // γ2 = 2, D = 1.
/// let population = Population::new(2.0, Relu, 1.0)?;
/// assert!((population.moment(1)? - 0.25).abs() < 1e-12);
/// // Half the dp directions that the second term does not reach: c D².
/// assert!((population.atoms()?[0].mass - 0.75).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: derived in the [theory](crate::guide::theory) from Benigni and Paquette,
/// arXiv:2508.20036.
#[derive(Debug, Clone)]
pub struct Population {
    gamma2: f64,
    sigma: Arc<dyn Activation>,
    d: Arc<dyn DiagonalLaw>,
    /// H; without it, rows are isotropic.
    pub(super) covariance: Option<Arc<dyn SpectralLaw>>,
    tolerance: f64,
    watch: Watch,
    prepared: Arc<Solution<Prepared>>,
    mixture: Arc<Solution<Mixture>>,
    table: Arc<Solution<TabulatedLaw>>,
}

impl Population {
    /// Takes the population law of activation `sigma` and law `d` of the diagonal of
    /// D (a plain number for constant D), with $\gamma_2 = \lim p/d$.
    ///
    /// A plain number, and an activation from a closure, are checked by the first query.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless `gamma2` is finite and above 0.
    pub fn new(
        gamma2: f64,
        sigma: impl Activation + 'static,
        d: impl DiagonalLaw + 'static,
    ) -> Result<Self, Error> {
        arguments::positive("gamma2", gamma2)?;
        Ok(Self::unchecked(gamma2, sigma, d))
    }

    /// Takes the population law from the two numbers by which it depends on σ,
    /// $b = (\mathbb E Z \sigma^\prime(Z))^2$ and c, without an activation.
    ///
    /// [`activation`](Self::activation) is then one with these numbers and $a_0 = 0$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless `gamma2` is finite and above 0, and `b` and `c`
    /// are finite and at least 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Activation, Relu};
    /// use ntk_spectrum::law::Population;
    ///
    /// let relu = Relu.moments()?;
    /// let law = Population::from_coefficients(2.0, relu.b(), relu.c(), 1.0)?;
    /// let same = Population::new(2.0, Relu, 1.0)?;
    /// assert!((law.density(0.3)? / same.density(0.3)? - 1.0).abs() < 1e-10);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_coefficients(
        gamma2: f64,
        b: f64,
        c: f64,
        d: impl DiagonalLaw + 'static,
    ) -> Result<Self, Error> {
        arguments::non_negative("b", b)?;
        Self::new(gamma2, FromMoments::new(DerivativeMoments::new(0.0, b.sqrt(), c)?), d)
    }

    /// The same as [`new`](Self::new) without a check, which the first query then makes.
    pub(crate) fn unchecked(
        gamma2: f64,
        sigma: impl Activation + 'static,
        d: impl DiagonalLaw + 'static,
    ) -> Self {
        Self {
            gamma2,
            sigma: Arc::new(sigma),
            d: Arc::new(d),
            covariance: None,
            tolerance: tolerance::DEFAULT,
            watch: Watch::default(),
            prepared: Arc::default(),
            mixture: Arc::default(),
            table: Arc::default(),
        }
    }

    /// The same of rows whose covariance has eigenvalues of law `covariance`.
    pub(super) fn covarying(self, covariance: Option<Arc<dyn SpectralLaw>>) -> Self {
        let (prepared, mixture, table) = (Arc::default(), Arc::default(), Arc::default());
        Self { covariance, prepared, mixture, table, ..self }
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
        Self { tolerance, mixture: Arc::default(), table: Arc::default(), ..self }
    }

    /// Sets who is told how far solving is, and may end it with [`Error::Cancelled`]; the
    /// default is nobody. What was ended is not kept: the next query solves anew.
    ///
    /// Clones share the solution, each with an observer of its own: one that waits for the
    /// solution of another is not told of it. The stage is [`Stage::PopulationLaw`].
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Returns $\gamma_2$.
    #[must_use]
    pub fn gamma2(&self) -> f64 {
        self.gamma2
    }

    /// Returns the law of D.
    #[must_use]
    pub fn diagonal(&self) -> &dyn DiagonalLaw {
        &*self.d
    }

    /// Returns the activation.
    #[must_use]
    pub fn activation(&self) -> &dyn Activation {
        &*self.sigma
    }

    /// Computes the Gaussian moments of σ′: of $\sigma^\prime(\sqrt v\\,\cdot)$, if rows
    /// have a covariance of mean v.
    ///
    /// # Errors
    ///
    /// As every query: invalid arguments, or a failure to solve.
    pub fn derivative_moments(&self) -> Result<DerivativeMoments, Error> {
        Ok(self.prepared()?.sigma)
    }

    /// What ν depends on, and the unit of length that this is in.
    pub(super) fn model(&self) -> Result<(&Model, f64), Error> {
        let Prepared { model, unit, .. } = self.prepared()?;
        Ok((model, *unit))
    }

    pub(super) fn prepared(&self) -> Result<&Prepared, Error> {
        self.prepared
            .get(|| Prepared::new(self.gamma2, &*self.sigma, &*self.d, self.covariance.as_deref()))
    }

    /// Many values; or a density with a steep end, where its table is refused.
    fn merged(&self) -> Result<Option<&Merged>, Error> {
        let merged = self.prepared()?.merged.as_ref();
        let tabulated = merged.is_some_and(Merged::is_density) && !self.is_refused()?;
        Ok(merged.filter(|_| !tabulated))
    }

    /// Whether there is no table.
    fn is_refused(&self) -> Result<bool, Error> {
        match self.tabulated() {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == ErrorKind::Computation => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// s·t, unless the covariance is the identity.
    fn mixture(&self) -> Result<Option<&Mixture>, Error> {
        let Prepared { model, unit, merged, covariance, .. } = self.prepared()?;
        let Some(covariance) = covariance else { return Ok(None) };
        let mixture = self.mixture.get(|| {
            // A table of some values serves every scale; a contour is as much for each of them.
            if let Some(values) = merged.as_ref().filter(|values| values.check_places().is_err()) {
                return Mixture::of_values(covariance.clone(), values);
            }
            let tolerance = self.factor_tolerance()?;
            let table = self.isotropic(tolerance)?;
            Mixture::of_table(covariance.clone(), &table, (*unit, model.moments()), tolerance)
        });
        mixture.map(Some)
    }

    /// Tolerance of a table from which another is made.
    fn factor_tolerance(&self) -> Result<f64, Error> {
        Ok((0.1 * tolerance::check(self.tolerance)?).max(tolerance::LEAST))
    }

    fn solve(&self) -> Result<TabulatedLaw, Error> {
        let Some(mixture) = self.mixture()? else {
            return self.isotropic(tolerance::check(self.tolerance)?);
        };
        let tracker = self.watch.start(Stage::PopulationLaw, Progress::UNKNOWN)?;
        mixture.tabulate(self.tolerance, &tracker)
    }

    /// Solves for t, the law without the covariance.
    fn isotropic(&self, tolerance: f64) -> Result<TabulatedLaw, Error> {
        let Prepared { model, unit, merged, .. } = self.prepared()?;
        if let Some(merged) = merged {
            merged.check_places()?;
        }
        let tracker = self.watch.start(Stage::PopulationLaw, Progress::UNKNOWN)?;
        let table = tabulate(model, tolerance, &tracker)?;
        check(model, &table, tolerance)?;
        Ok(table.in_unit(1.0 / unit))
    }
}

inherent_queries!(Population);

impl SpectralLaw for Population {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        self.table.get(|| self.solve())
    }

    fn coarse(&self) -> Result<Option<&dyn Coarse>, Error> {
        if let Some(mixture) = self.mixture()? {
            return Ok(mixture.coarse());
        }
        Ok(self.merged()?.map(|merged| merged as &dyn Coarse))
    }

    fn is_table(&self) -> bool {
        true
    }

    fn mean(&self) -> Result<f64, Error> {
        self.moment(1)
    }

    /// Without a table along a contour, off the convex support.
    fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        if let Some(law) = self.coarse()?
            && (law.check_places().is_err() || self.is_refused()?)
        {
            arguments::point("z", z)?;
            return law.t_transform(z);
        }
        let table = self.tabulated()?;
        transforms::check_t(z, table)?;
        transforms::finite(z, table.t_transform(z))
    }

    /// Without a table by its transform, too.
    fn chi(&self, s: f64) -> Result<f64, Error> {
        let known = match self.coarse()? {
            Some(law) => (law.mass(), law.upper_end()?),
            None => (self.tabulated()?.mass_off_zero(), self.tabulated()?.upper_end()),
        };
        transforms::chi(known, &|z| Ok(self.t_transform(z)?.0), s)
    }

    /// The first two in closed form; without a table the others from transforms.
    fn moment(&self, k: u32) -> Result<f64, Error> {
        let (first, second) = self.prepared()?.moments();
        match k {
            0 => Ok(1.0),
            1 => Ok(first),
            2 => cumulants::finite(second, k),
            _ => match self.mixture()? {
                Some(mixture) => mixture.moment(k),
                None => match self.merged()? {
                    Some(merged) => merged.moment(k),
                    None => cumulants::table_moment(self.tabulated()?, k),
                },
            },
        }
    }
}

fn tabulate(model: &Model, tolerance: f64, tracker: &Tracker<'_>) -> Result<TabulatedLaw, Error> {
    if model.bound() == 0.0 {
        return Ok(TabulatedLaw::discrete(vec![Atom { location: 0.0, mass: 1.0 }]));
    }
    // The law over ν is tabulated to the same tolerance from transforms of this table.
    let counted = model.steep_ends();
    let accuracy =
        Accuracy { relative: 0.2 * tolerance, mass: 1e-4 * tolerance, counted: &counted };
    if model.b == 0.0 {
        // ν is the law of c D²: the rule for boundary values gives its density.
        let mut intervals: Vec<Stretch> = Vec::new();
        for &(lower, upper) in model.squares.support().iter().filter(|s| s.0 < s.1) {
            Stretch::extend(&mut intervals, model.c * lower, model.c * upper);
        }
        return TabulatedLaw::tabulate(&intervals, model.atoms(), accuracy, &|point, _| {
            let rule = model.squares.boundary_rule();
            let g = || match model.anchor(point) {
                Some(end) => (rule.iter().zip(model.squares.distances_from(end)))
                    .map(|((_, omega), t)| omega / (point.offset - model.c * t))
                    .sum::<Complex64>(),
                None => rule.iter().map(|(t, omega)| omega / (point.x() - model.c * t)).sum(),
            };
            Ok((-tracker.count(g)?.im / PI, Complex64::ZERO))
        });
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    for pair in breakpoints(model, tracker)?.windows(2) {
        let (lower, upper) = (pair[0], pair[1]);
        let middle = 0.5 * (lower + upper);
        if !tracker.count(|| Slice::at(model, model.counted(middle)).carries_density())? {
            continue;
        }
        Stretch::extend(&mut stretches, lower, upper);
    }
    let halves = Stretch::halves(&stretches).into_iter().map(|(_, end, reach)| (end, reach));
    let near_ends = NearEnds::new(model, halves, tracker)?;
    TabulatedLaw::tabulate(&stretches, model.atoms(), accuracy, &|point, guess| {
        if let Some(density) = near_ends.density(point) {
            return Ok((density, Complex64::ZERO));
        }
        tracker.count(|| Slice::at(model, model.resolved(point)).with_jumps().density(guess))?
    })
}

/// The table must have mass 1 and the two moments that are known exactly.
fn check(model: &Model, table: &TabulatedLaw, tolerance: f64) -> Result<(), Error> {
    let (first, second) = model.moments();
    tolerance::consistent("the mass of the population law", 1.0, table.total_mass(), tolerance)?;
    tolerance::consistent(
        "the mean of the population law",
        first,
        table.node_sum(|t| t),
        tolerance,
    )?;
    tolerance::consistent(
        "the second moment of the population law",
        second,
        table.node_sum(|t| t * t),
        tolerance,
    )
}
