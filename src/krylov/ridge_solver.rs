//! `RidgeSolver`: $(A + \lambda) u = y$, without the matrix.

use std::ops::RangeInclusive;

use ndarray::{Array1, ArrayView1};

use super::agreement::seed;
use super::conjugate_gradients::ConjugateGradients;
use super::deflation::Deflation;
use super::{Layout, SymmetricOperator, smaller_of};
use crate::observer::{Observer, Stage};
use crate::watch::Watch;
use crate::{Error, arguments, memory};

/// Default of the residual, relative to y.
const TOLERANCE: f64 = 1e-8;

/// What `with_tolerance` accepts: below, rounding alone leaves more.
const TOLERANCES: RangeInclusive<f64> = 1e-14..=0.5;

/// Default of the most steps: far more than a ridge that does any good needs.
const STEPS: usize = 10_000;

/// Vectors that the iteration holds: y, u, residual, direction, image, and one to work with.
const VECTORS: usize = 6;

/// Solves $(A + \lambda)\\, u = y$ for a positive semi-definite operator A by conjugate
/// gradients: kernel ridge regression with a kernel that need not fit into memory.
///
/// The number of steps grows like $\tfrac12 \sqrt\kappa \log(2/\text{tolerance})$,
/// $\kappa = (x_{\max} + \lambda)/(x_{\min} + \lambda)$. Outliers far above the bulk, as the
/// d + 1 of a kernel, take up to half of them; [`with_deflation`](Self::with_deflation) sets
/// such eigenvalues aside.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::krylov::RidgeSolver;
/// use ntk_spectrum::ndarray::Array1;
/// use ntk_spectrum::prelude::*;
///
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(500, 20, 20)?, Relu).with_seed(1);
/// let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
/// let y = Array1::from_shape_fn(500, |i| (i as f64).sin());
/// let plain = RidgeSolver::new(0.1)?.solve(&kernel, y.view())?;
/// assert!(plain.residual_norm <= 1e-8);
///
/// // 20 outliers from a0, and one from a1.
/// let deflated = RidgeSolver::new(0.1)?.with_deflation(21, 60)?.solve(&kernel, y.view())?;
/// assert!(deflated.iterations < plain.iterations);
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "CG")]
#[doc(alias = "conjugate gradients")]
#[derive(Debug, Clone)]
pub struct RidgeSolver {
    lambda: f64,
    tolerance: f64,
    steps: usize,
    deflation: Deflation,
    seed: u64,
    memory_limit: u64,
    watch: Watch,
}

/// The solution of a ridge problem, and how it was found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RidgeSolution {
    /// $u = (A + \lambda)^{-1} y$; over processes, the rows of this one.
    pub solution: Array1<f64>,
    /// $|y - (A + \lambda) u| / |y|$, computed from u by a product of its own. The error
    /// $|u - (A + \lambda)^{-1} y|$ is at most $|y|/\lambda$ times that.
    pub residual_norm: f64,
    /// Steps of conjugate gradients.
    pub iterations: usize,
    /// The residual $|r_k|/|y|$ at the start and after each step, as the iteration keeps it:
    /// one number more than there are steps, and the first is 1 unless directions were set
    /// aside.
    pub residuals: Vec<f64>,
    /// The eigenvalues that were set aside.
    pub set_aside: Vec<f64>,
    /// Products with vectors, those that look for what to set aside included.
    pub products: usize,
}

impl RidgeSolution {
    /// Returns after how many steps $|r_k| \le \texttt{tolerance} \cdot |r_0|$ was first
    /// reached, if it was. With directions set aside, $r_0$ is what of y is left beside them.
    #[must_use]
    pub fn iterations_to(&self, tolerance: f64) -> Option<usize> {
        let first = self.residuals.first()?;
        self.residuals.iter().position(|residual| *residual <= tolerance * first)
    }
}

impl RidgeSolver {
    /// Takes the ridge λ, which is added to the operator as it is: nothing is divided by n.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless `lambda` is finite and at least 0; 0 is allowed for
    /// operators without an eigenvalue 0.
    pub fn new(lambda: f64) -> Result<Self, Error> {
        Ok(Self {
            lambda: arguments::non_negative("lambda", lambda)?,
            tolerance: TOLERANCE,
            steps: STEPS,
            deflation: Deflation::default(),
            seed: 0,
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
        })
    }

    /// Sets the residual at which a solution counts as such, relative to y, from $10^{-14}$
    /// to ½; the default is $10^{-8}$. Rounding leaves about $10^{-16} \kappa$ at worst.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] outside of this range.
    pub fn with_tolerance(self, tolerance: f64) -> Result<Self, Error> {
        let allowed = "a number between 1e-14 and 0.5";
        let tolerance = arguments::within("tolerance", tolerance, TOLERANCES, allowed)?;
        Ok(Self { tolerance, ..self })
    }

    /// Sets the steps that it may take; the default is 10,000.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for 0.
    pub fn with_steps(self, steps: usize) -> Result<Self, Error> {
        Ok(Self { steps: arguments::size("steps", steps)?, ..self })
    }

    /// Sets at most `count` of the largest eigenvalues aside; none by default. A process of
    /// `steps` Lanczos steps from a random vector looks for them; along those that it finds,
    /// the solution is known. The others stay for the iteration, whose result does not depend
    /// on them.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when one of them is 0.
    ///
    /// # Complexity
    /// `steps` more products, $8n \cdot \texttt{count}$ more bytes, $4n \cdot \texttt{count}$
    /// more operations in every step.
    pub fn with_deflation(self, count: usize, steps: usize) -> Result<Self, Error> {
        let deflation = Deflation {
            count: arguments::size("count", count)?,
            steps: arguments::size("steps", steps)?,
        };
        Ok(Self { deflation, ..self })
    }

    /// Sets the seed of the vector that finds what to set aside; the default is 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets the bytes that the vectors may take, checked before the first step; the default
    /// is 16 GiB.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Sets who is told of every step, and may end it with [`Error::Cancelled`]; the default
    /// is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Solves for `y`, which over processes has the rows of this one.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] unless `y` has the rows of this process,
    /// [`Error::InvalidEntry`] when it is not finite;
    /// [`Error::InvalidParameter`] for λ = 0 and an operator with an eigenvalue 0,
    /// [`Error::Indefinite`] when $A + \lambda$ is not positive definite;
    /// [`Error::NotSettled`] when the steps do not suffice, or rounding keeps the residual
    /// above the tolerance; [`Error::NonFiniteOperator`], [`Error::MemoryLimit`],
    /// [`Error::Cancelled`], and the errors of the operator.
    ///
    /// # Complexity
    /// One product and 10n operations a step, 48n bytes.
    pub fn solve(
        &self,
        operator: &dyn SymmetricOperator,
        y: ArrayView1<'_, f64>,
    ) -> Result<RidgeSolution, Error> {
        let (_, zeros) = smaller_of(operator)?;
        let layout = operator.layout();
        layout.agree(self.check(&layout, y))?;
        layout.same_everywhere(&self.numbers())?;
        let regular = self.lambda > 0.0 || zeros == 0;
        arguments::parameter("lambda", self.lambda, regular, arguments::RIDGE)?;
        let length = layout.norm(&y.to_vec())?;
        arguments::parameter("the length of y", length, length.is_finite(), "a finite number")?;
        if length == 0.0 {
            return Ok(RidgeSolution {
                solution: Array1::zeros(y.len()),
                residual_norm: 0.0,
                iterations: 0,
                residuals: vec![0.0],
                set_aside: Vec::new(),
                products: 0,
            });
        }
        let set_aside = self.deflation.find(operator, &layout, self.seed, &self.watch)?;
        for value in &set_aside.values {
            arguments::ridge(self.lambda, *value)?;
        }
        let y: Vec<f64> = y.iter().map(|entry| entry / length).collect();
        let mut iteration = ConjugateGradients::new(operator, self.lambda, &set_aside, &y)?;
        let tracker = layout.announce(Stage::ConjugateGradients, &self.watch, self.steps)?;
        let residual_norm = loop {
            if iteration.residual() <= self.tolerance
                && let Some(residual) = iteration.confirmed(self.tolerance)?
            {
                break residual;
            }
            if iteration.iterations() == self.steps {
                let residual = iteration.recompute()?;
                return Err(iteration.not_settled(residual, self.tolerance));
            }
            iteration.step()?;
            layout.step(&tracker)?;
        };
        let solution = Array1::from_iter(iteration.solution().map(|entry| entry * length));
        let value = layout.norm(&solution.to_vec())?;
        let allowed = "a finite number: y is too large beside the operator";
        arguments::value("the length of the solution", self.lambda, value, allowed)?;
        Ok(RidgeSolution {
            solution,
            residual_norm,
            iterations: iteration.iterations(),
            products: set_aside.products + iteration.products(),
            residuals: iteration.into_residuals(),
            set_aside: set_aside.values.clone(),
        })
    }

    /// The checks of what this process holds.
    fn check(&self, layout: &Layout<'_>, y: ArrayView1<'_, f64>) -> Result<(), Error> {
        let rows = layout.rows().len();
        arguments::same_size("length of y", y.len(), rows, "the rows of the operator")?;
        arguments::finite_entries("y", y)?;
        let searching = self.deflation.steps.saturating_add(1);
        let count = searching.saturating_add(self.deflation.count).saturating_add(VECTORS);
        memory::check("the vectors of the solver", rows, count, self.memory_limit)
    }

    /// What has to be the same on all processes.
    fn numbers(&self) -> [(&'static str, f64); 7] {
        let [seed, last_bits] = seed(self.seed);
        [
            ("lambda", self.lambda),
            ("tolerance", self.tolerance),
            ("steps", self.steps as f64),
            ("eigenvalues to set aside", self.deflation.count as f64),
            ("steps to set them aside", self.deflation.steps as f64),
            seed,
            last_bits,
        ]
    }
}
