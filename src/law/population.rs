//! The population law ν_{σ,D} of the kernel.

use std::f64::consts::PI;
use std::sync::{Arc, OnceLock};

use num_complex::Complex64;

use super::breakpoints::breakpoints;
use super::slice::{Model, Slice};
use super::tabulated::Stretch;
use super::{Atom, Edge, EdgeKind, SpectralLaw, SupportInterval, TabulatedLaw, inherent_queries};
use crate::Error;
use crate::activation::{Activation, DerivativeMoments};
use crate::ensemble::diagonal::DiagonalLaw;
use crate::numerics::piece::Accuracy;
use crate::settings::{self, DEFAULT_TOLERANCE};

/// The population law $\nu_{\sigma, D}$: the limiting spectral law of the
/// covariance $T(Z) = c\,Z D^2 + b\,(Z V^\top V + V Z^\top V)$, $V = W D/\sqrt d$,
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
/// `new` stores the configuration; the first query validates and solves, later
/// ones reuse the solution. Cloning shares it.
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
/// let population = Population::new(2.0, Relu, 1.0);
/// assert!((population.moment(1)? - 0.25).abs() < 1e-12);
/// // Half the dp directions that the second term does not reach: c D².
/// assert!((population.atoms()?[0].mass - 0.75).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: derived in `docs/theory.md` from Benigni and Paquette,
/// arXiv:2508.20036.
#[derive(Debug, Clone)]
pub struct Population {
    gamma2: f64,
    sigma: Arc<dyn Activation>,
    d: Arc<dyn DiagonalLaw>,
    tolerance: f64,
    solved: Arc<OnceLock<Result<Solved, Error>>>,
}

/// b/c below which ν is the law of (b + c) D² to the accuracy of the tables.
const NEGLIGIBLE_B: f64 = 1e-9;

/// Tolerance of the rule for the law of D².
const RULE_TOLERANCE: f64 = 1e-12;

#[derive(Debug)]
struct Solved {
    sigma: DerivativeMoments,
    model: Model,
    table: TabulatedLaw,
}

impl Population {
    /// The population law of activation `sigma` and law `d` of the diagonal of
    /// D (a plain number for constant D), with $\gamma_2 = \lim p/d$.
    ///
    /// Never fails: the arguments are checked by the first query.
    pub fn new(
        gamma2: f64,
        sigma: impl Activation + 'static,
        d: impl DiagonalLaw + 'static,
    ) -> Self {
        Self {
            gamma2,
            sigma: Arc::new(sigma),
            d: Arc::new(d),
            tolerance: DEFAULT_TOLERANCE,
            solved: Arc::default(),
        }
    }

    /// Relative tolerance of the table, between 1e-13 and 1e-3; 1e-10 by default.
    #[must_use]
    pub fn with_tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self.solved = Arc::default();
        self
    }

    /// $\gamma_2$.
    #[must_use]
    pub fn gamma2(&self) -> f64 {
        self.gamma2
    }

    /// The law of D.
    #[must_use]
    pub fn diagonal(&self) -> &dyn DiagonalLaw {
        &*self.d
    }

    /// The activation.
    #[must_use]
    pub fn activation(&self) -> &dyn Activation {
        &*self.sigma
    }

    /// The Gaussian moments of σ′.
    ///
    /// # Errors
    ///
    /// As every query: invalid arguments, or a failure to solve.
    pub fn derivative_moments(&self) -> Result<DerivativeMoments, Error> {
        Ok(self.solved()?.sigma)
    }

    fn solved(&self) -> Result<&Solved, Error> {
        self.solved.get_or_init(|| self.solve()).as_ref().map_err(Clone::clone)
    }

    fn solve(&self) -> Result<Solved, Error> {
        let gamma2 = settings::ratio("gamma2", self.gamma2)?;
        let tolerance = settings::tolerance(self.tolerance)?;
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
        let model = Model { b, c, gamma2, squares };
        let table = tabulate(&model, tolerance)?;
        check(&model, &table, tolerance)?;
        Ok(Solved { sigma, model, table })
    }
}

inherent_queries!(Population);

impl SpectralLaw for Population {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        Ok(&self.solved()?.table)
    }

    fn mean(&self) -> Result<f64, Error> {
        Ok(self.solved()?.model.moments().0)
    }
}

impl Model {
    /// First and second moment of ν, in closed form.
    fn moments(&self) -> (f64, f64) {
        let Self { b, c, gamma2, squares } = self;
        let (first, second) = (squares.moment(1), squares.moment(2));
        ((b + c) * first, (b + c).powi(2) * second + 2.0 * gamma2 * (b * first).powi(2))
    }

    /// x, or the nearest point to it at which x − cD² is not mere rounding: next
    /// to an end of c D² that is not an atom of ν.
    fn resolved(&self, x: f64) -> f64 {
        const DISTANCE: f64 = 1e-10;
        let Self { c, squares, .. } = self;
        let ends = squares.support().iter().filter(|s| s.0 < s.1).flat_map(|s| [c * s.0, c * s.1]);
        let close = |end: &f64| (x - end).abs() < DISTANCE * end;
        match ends.into_iter().find(close) {
            Some(end) => end + (DISTANCE * end).copysign(x - end),
            None => x,
        }
    }

    /// The largest point of ν's support cannot exceed this.
    pub(super) fn bound(&self) -> f64 {
        let largest = self.squares.support().last().map_or(0.0, |s| s.1);
        largest * (self.c + 2.5 * self.b * (1.0 + self.gamma2.sqrt()).powi(2))
    }
}

fn tabulate(model: &Model, tolerance: f64) -> Result<TabulatedLaw, Error> {
    if model.bound() == 0.0 {
        return Ok(TabulatedLaw::discrete(vec![Atom { location: 0.0, mass: 1.0 }]));
    }
    // The law over ν is tabulated to the same tolerance from transforms of this table.
    let accuracy = Accuracy { relative: 0.2 * tolerance, mass: 1e-4 * tolerance };
    if model.b == 0.0 {
        // ν is the law of c D²: the rule for boundary values gives its density.
        let mut intervals: Vec<Stretch> = Vec::new();
        for &(lower, upper) in model.squares.support().iter().filter(|s| s.0 < s.1) {
            extend(&mut intervals, model.c * lower, model.c * upper);
        }
        return TabulatedLaw::tabulate(&intervals, atoms(model), accuracy, &|x, _| {
            let rule = model.squares.boundary_rule();
            let g: Complex64 = rule.iter().map(|(t, omega)| omega / (x - model.c * t)).sum();
            Ok((-g.im / PI, Complex64::ZERO))
        });
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    for pair in breakpoints(model).windows(2) {
        let (lower, upper) = (pair[0], pair[1]);
        if !Slice::new(model, 0.5 * (lower + upper)).carries_density() {
            continue;
        }
        extend(&mut stretches, lower, upper);
    }
    TabulatedLaw::tabulate(&stretches, atoms(model), accuracy, &|x, guess| {
        Slice::new(model, model.resolved(x)).with_jumps().density(guess)
    })
}

/// Appends an interval to the support: to its last stretch, if that ends there.
fn extend(stretches: &mut Vec<Stretch>, lower: f64, upper: f64) {
    let edge = |location| Edge { location, kind: EdgeKind::Unclassified };
    match stretches.last_mut() {
        Some(last) if last.upper.location == lower => {
            last.breaks.push(lower);
            last.upper = edge(upper);
        }
        _ => stretches.push(Stretch { lower: edge(lower), upper: edge(upper), breaks: Vec::new() }),
    }
}

fn atoms(model: &Model) -> Vec<Atom> {
    let Model { b, c, gamma2, squares } = model;
    let saturated = |mass: f64| {
        let gamma = mass * gamma2;
        mass * if gamma >= 1.0 { 1.0 - 0.5 / gamma } else { 0.5 * gamma }
    };
    let zero = squares.mass_at_zero();
    if *c == 0.0 {
        return vec![Atom { location: 0.0, mass: zero + saturated(1.0 - zero) }];
    }
    // Atoms of D² are among the nodes of its rule.
    squares
        .nodes()
        .iter()
        .zip(squares.weights())
        .filter(|(t, _)| squares.support().contains(&(**t, **t)))
        .map(|(&t, &weight)| {
            let mass = if t == 0.0 || *b == 0.0 { weight } else { saturated(weight) };
            Atom { location: c * t, mass }
        })
        .collect()
}

/// The table must have mass 1 and the two moments that are known exactly.
fn check(model: &Model, table: &TabulatedLaw, tolerance: f64) -> Result<(), Error> {
    let (first, second) = model.moments();
    settings::consistent("the mass of the population law", 1.0, table.total_mass(), tolerance)?;
    settings::consistent(
        "the mean of the population law",
        first,
        table.integrate(|t| t),
        tolerance,
    )?;
    settings::consistent(
        "the second moment of the population law",
        second,
        table.integrate(|t| t * t),
        tolerance,
    )
}
