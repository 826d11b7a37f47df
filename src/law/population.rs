//! The population law ν_{σ,D} of the kernel.

use std::f64::consts::PI;
use std::sync::Arc;

use num_complex::Complex64;

use super::breakpoints::breakpoints;
use super::merged::Merged;
use super::model::Model;
use super::near_end::NearEnds;
use super::slice::Slice;
use super::solution::Solution;
use super::stretch::Stretch;
use super::{
    Atom, SpectralLaw, SupportInterval, TabulatedLaw, cumulants, inherent_queries, tolerance,
    transforms,
};
use crate::activation::{Activation, DerivativeMoments, FromMoments};
use crate::diagonal::DiagonalLaw;
use crate::numerics::complex::power_of_two;
use crate::numerics::piece::Accuracy;
use crate::observer::{Observer, Progress, Stage};
use crate::watch::{Tracker, Watch};
use crate::{Error, arguments};

/// b/c below which ν is the law of (b + c) D² to the accuracy of the tables.
const NEGLIGIBLE_B: f64 = 1e-9;

/// Tolerance of the rule for the law of D².
const RULE_TOLERANCE: f64 = 1e-12;

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
    tolerance: f64,
    watch: Watch,
    prepared: Arc<Solution<Prepared>>,
    table: Arc<Solution<TabulatedLaw>>,
}

/// What is known before anything is tabulated.
#[derive(Debug)]
struct Prepared {
    sigma: DerivativeMoments,
    /// The model with b + c and the largest D² between 1 and 2, and the unit of length that
    /// ν is then in: a power of two, so that laws of D and of sD have the same bits.
    model: Model,
    unit: f64,
    merged: Option<Merged>,
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
            tolerance: tolerance::DEFAULT,
            watch: Watch::default(),
            prepared: Arc::default(),
            table: Arc::default(),
        }
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
        Self { tolerance, table: Arc::default(), ..self }
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

    /// Computes the Gaussian moments of σ′.
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

    fn prepared(&self) -> Result<&Prepared, Error> {
        self.prepared.get(|| self.prepare())
    }

    fn prepare(&self) -> Result<Prepared, Error> {
        let gamma2 = arguments::positive("gamma2", self.gamma2)?;
        let sigma = self.sigma.moments()?;
        // Roots next to the real axis ask for a better rule than the table does.
        let squares = self.d.square_law(RULE_TOLERANCE)?;
        let (mut b, mut c) = (sigma.b(), sigma.c());
        // A part below the rounding of the moments is not known to be there. A b
        // far below c only smears the law of (b + c) D², at second order in b/c,
        // and the smear is lost in the rounding of c D².
        let noise = f64::EPSILON.powi(2) * sigma.second_moment;
        if b <= noise {
            b = 0.0;
        }
        if c <= (1e-13 * b).max(noise) {
            c = 0.0;
        }
        if b <= NEGLIGIBLE_B * c {
            (b, c) = (0.0, b + c);
        }
        let largest = squares.support().last().map_or(0.0, |s| s.1);
        let (size, unit) = (unit_of("b + c", b + c)?, unit_of("the largest D²", largest)?);
        let model = Model { b: b / size, c: c / size, gamma2, squares: squares.in_unit(unit) };
        let unit = size * unit;
        let allowed = "a scale that is a normal number";
        arguments::parameter("(b + c) D²", unit, unit.is_normal(), allowed)?;
        let merged = Merged::new(&model, unit);
        Ok(Prepared { sigma, model, unit, merged })
    }

    fn solve(&self) -> Result<TabulatedLaw, Error> {
        let tolerance = tolerance::check(self.tolerance)?;
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

    fn merged(&self) -> Result<Option<&Merged>, Error> {
        Ok(self.prepared()?.merged.as_ref())
    }

    fn is_table(&self) -> bool {
        true
    }

    fn mean(&self) -> Result<f64, Error> {
        let Prepared { model, unit, .. } = self.prepared()?;
        Ok(unit * model.moments().0)
    }

    /// Of many values of D along a contour, off the convex support.
    fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        if let Some(merged) = &self.prepared()?.merged
            && merged.check_places().is_err()
        {
            arguments::point("z", z)?;
            return merged.t_transform(z);
        }
        let table = self.tabulated()?;
        transforms::check_t(z, table)?;
        transforms::finite(z, table.t_transform(z))
    }

    /// The first two in closed form; of many values of D the others from transforms.
    fn moment(&self, k: u32) -> Result<f64, Error> {
        let Prepared { model, unit, merged, .. } = self.prepared()?;
        match (k, merged) {
            (0, _) => Ok(1.0),
            (1, _) => Ok(unit * model.moments().0),
            (2, _) => cumulants::finite(unit * unit * model.moments().1, k),
            (_, Some(merged)) => merged.moment(k),
            _ => cumulants::table_moment(self.tabulated()?, k),
        }
    }
}

/// The power of two below a size; 1 for 0.
fn unit_of(name: &'static str, size: f64) -> Result<f64, Error> {
    if size == 0.0 {
        return Ok(1.0);
    }
    let allowed = "0 or a normal number: scale D or the activation";
    Ok(power_of_two(arguments::parameter(name, size, size.is_normal(), allowed)?))
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
