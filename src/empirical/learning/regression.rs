//! `SampledRegression`: what a kernel learns from targets, by any filter.

use ndarray::{Array1, ArrayView1, ArrayView2};

use super::Fit;
use super::filtered::{Filter, Filtered, filtered, quotient};
use crate::krylov::{Components, KrylovSpace, Layout, Limits, SymmetricOperator, smaller_of};
use crate::learning::{ResidualFilter, check_start};
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Error, arguments, memory};

/// Default of what a result may be off by, relative.
const TOLERANCE: f64 = 1e-8;

/// What `with_tolerance` accepts.
const TOLERANCES: std::ops::RangeInclusive<f64> = 1e-12..=1e-2;

/// Default of the most Lanczos steps, whose eigenvectors take seconds.
const STEPS: usize = 1000;

/// Entries of a symmetric matrix may differ from their mirror images by this, relative to the
/// largest.
const ASYMMETRY: f64 = 1e-10;

/// At λ = 0, an eigenvalue below this many roundings of the largest is 0.
const ZERO: f64 = 64.0 * f64::EPSILON;

/// Kernel regression on n samples: what $K$ learns from $y$, by ridge regression or along any
/// other linear method,
///
/// $$ y - \hat y = r(K)\\, y , \qquad \hat f(x) = k(x, X)\\, a , \quad a = h(K)\\, y , \quad
/// h(x) = \frac{1 - r(x)}{x} . $$
///
/// The kernel is an operator that is never formed, [`new`](Self::new), or a matrix,
/// [`from_matrix`](Self::from_matrix). Nothing is divided by n: ridge regression inverts
/// $K + \lambda$.
///
/// All filters of one regression share one Lanczos process from y, which goes on as far as
/// each of them needs: many ridges cost little more than the smallest.
///
/// # Examples
///
/// A kernel of one's own: K, y, and the kernel between test points and samples.
///
/// ```
/// use ntk_spectrum::empirical::learning::{SampledRegression, test_error};
/// use ntk_spectrum::ndarray::{Array1, Array2};
///
/// let points = Array1::linspace(-1.0, 1.0, 40);
/// let f = |x: f64| (3.0 * x).sin();
/// let k = |x: f64, y: f64| (-8.0 * (x - y).powi(2)).exp();
/// let kernel = Array2::from_shape_fn((40, 40), |(i, j)| k(points[i], points[j]));
/// let cross = Array2::from_shape_fn((5, 40), |(i, j)| k(0.1 * i as f64, points[j]));
///
/// let y = points.mapv(f);
/// let fit = SampledRegression::from_matrix(kernel.view(), y.view())?.ridge(1e-6)?;
/// let truth = Array1::from_shape_fn(5, |i| f(0.1 * i as f64));
/// assert!(test_error(fit.predict(cross.view())?.view(), truth.view())? < 1e-9);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// A network: ridge regression, gradient flow until t = 30.
///
/// ```
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::empirical::learning::{RandomEffectsTeacher, SampledRegression, test_error};
/// use ntk_spectrum::prelude::*;
///
/// // 400 samples and 200 test points.
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(600, 20, 20)?, Relu);
/// let train = NtkBuilder::from_ensemble_rows(&ensemble, 0..400).build_operator()?;
/// let test = NtkBuilder::from_ensemble_rows(&ensemble, 400..600).build_operator()?;
/// let teacher = RandomEffectsTeacher::new(1.0, 0.5)?;
/// let (y, truth) = (teacher.targets(&train, 0, 1)?, teacher.targets(&test, 400, 1)?);
///
/// let mut regression = SampledRegression::new(&train, y.view())?;
/// let ridge = regression.ridge(0.5)?;
/// let flow = regression.filtered(&|x: f64| (-30.0 * x).exp())?;
/// let error = |prediction: ndarray::Array1<f64>| test_error(prediction.view(), truth.view());
/// let best = error(ridge.predict_with(&train, &test)?)?;
/// assert!(best < error(flow.predict_with(&train, &test)?)?);
/// # use ntk_spectrum::ndarray;
/// # Ok::<(), Error>(())
/// ```
pub struct SampledRegression<'k> {
    source: Source<'k>,
    size: usize,
    /// The rows of this process.
    rows: usize,
    /// |y|
    length: f64,
    /// Whether K has an eigenvalue 0 whatever y is.
    singular: bool,
    tolerance: f64,
    limits: Limits,
}

/// Where the components of y come from.
enum Source<'k> {
    /// Nowhere: y = 0.
    Nothing,
    Space(Box<KrylovSpace<'k>>),
    Matrix(Components),
}

impl<'k> SampledRegression<'k> {
    /// Takes a kernel as an operator, and a target for each sample; over processes, `y` has the
    /// rows of this one.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for a kernel of no samples, [`Error::SizeMismatch`] unless `y`
    /// has the rows of this process, [`Error::InvalidEntry`] when it is not finite; the errors
    /// of the operator.
    pub fn new(kernel: &'k dyn SymmetricOperator, y: ArrayView1<'_, f64>) -> Result<Self, Error> {
        let size = arguments::size("the size of the kernel", kernel.size())?;
        let (_, zeros) = smaller_of(kernel)?;
        let layout = kernel.layout();
        let rows = layout.rows().len();
        layout.agree(check_targets(y, rows))?;
        let y = y.to_vec();
        let length = layout.norm(&y)?;
        let source = match length {
            0.0 => Source::Nothing,
            _ => Source::Space(Box::new(KrylovSpace::new(kernel, y)?)),
        };
        Self::from_source(source, (size, rows), length, zeros > 0)
    }

    /// Takes a kernel as a matrix, n × n, which is taken apart into all its eigenvectors: exact
    /// but for rounding, for n up to some 2,000.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for a matrix without rows, [`Error::SizeMismatch`] unless it is
    /// square and `y` as long, [`Error::InvalidElement`] when it is not finite or not
    /// symmetric, [`Error::InvalidEntry`] when y is not finite, [`Error::MemoryLimit`] above 16
    /// GiB, [`Error::Eigenvalues`] when the backend fails.
    ///
    /// # Complexity
    /// About 9n³ operations on one thread, 32n² bytes.
    pub fn from_matrix(
        kernel: ArrayView2<'_, f64>,
        y: ArrayView1<'_, f64>,
    ) -> Result<SampledRegression<'static>, Error> {
        let size = arguments::size("rows of the kernel", kernel.nrows())?;
        arguments::same_size("columns of the kernel", kernel.ncols(), size, "its rows")?;
        arguments::finite_rows("the kernel", kernel, 0)?;
        check_symmetry(kernel)?;
        check_targets(y, size)?;
        memory::check("the eigenvectors", size, size, memory::DEFAULT_LIMIT)?;
        let layout = Layout::single(size);
        let length = layout.norm(&y.to_vec())?;
        let source = match length {
            0.0 => Source::Nothing,
            _ => {
                let q: Vec<f64> = y.iter().map(|entry| entry / length).collect();
                Source::Matrix(Components::of_matrix(kernel, &q)?)
            }
        };
        SampledRegression::from_source(source, (size, size), length, false)
    }

    fn from_source(
        source: Source<'k>,
        (size, rows): (usize, usize),
        length: f64,
        singular: bool,
    ) -> Result<Self, Error> {
        arguments::parameter("the length of y", length, length.is_finite(), "a finite number")?;
        let limits =
            Limits { steps: STEPS, memory: memory::DEFAULT_LIMIT, watch: Watch::default() };
        Ok(Self { source, size, rows, length, singular, tolerance: TOLERANCE, limits })
    }

    /// Sets what a result may be off by, relative, as [`Fit::error`] says, from $10^{-12}$ to
    /// $10^{-2}$; the default is $10^{-8}$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] outside of this range.
    pub fn with_tolerance(self, tolerance: f64) -> Result<Self, Error> {
        let allowed = "a number between 1e-12 and 1e-2";
        let tolerance = arguments::within("tolerance", tolerance, TOLERANCES, allowed)?;
        Ok(Self { tolerance, ..self })
    }

    /// Sets the Lanczos steps that all filters together may take; the default is 1,000.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for 0.
    pub fn with_steps(mut self, steps: usize) -> Result<Self, Error> {
        self.limits.steps = arguments::size("steps", steps)?;
        Ok(self)
    }

    /// Sets the bytes that the Lanczos vectors may take; the default is 16 GiB.
    #[must_use]
    pub fn with_memory_limit(mut self, bytes: u64) -> Self {
        self.limits.memory = bytes;
        self
    }

    /// Sets who is told how far the Lanczos process is, and may end it with
    /// [`Error::Cancelled`]; the default is nobody.
    #[must_use]
    pub fn with_observer(mut self, observer: impl Observer + 'static) -> Self {
        self.limits.watch = Watch::new(observer);
        self
    }

    /// Fits by ridge regression, $a = (K + \lambda)^{-1} y$.
    ///
    /// [`RidgeSolver`](crate::krylov::RidgeSolver) does the same for a single λ with memory
    /// for a few vectors only.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless `lambda` is finite and at least 0, above 0 where K
    /// has an eigenvalue 0; otherwise as [`filtered`](Self::filtered).
    ///
    /// # Complexity
    /// As [`filtered`](Self::filtered).
    pub fn ridge(&mut self, lambda: f64) -> Result<Fit, Error> {
        let regular = lambda > 0.0 || !self.singular;
        self.agree(
            arguments::non_negative("lambda", lambda)
                .and_then(|_| arguments::parameter("lambda", lambda, regular, arguments::RIDGE)),
        )?;
        let filter = Filter {
            residual: &|x| if lambda == 0.0 { 0.0 } else { lambda / (x + lambda) },
            coefficient: &|x| (x + lambda).recip(),
            check: &|_| Ok(()),
        };
        self.fit(&filter, lambda == 0.0)
    }

    /// Fits by a method with a residual filter.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] unless $r(0) = 1$ and r is finite on the spectrum of K; the error
    /// of [`ResidualFilter::check`]; [`Error::InvalidParameter`] when K has an eigenvalue
    /// below 0; [`Error::NotSettled`] when the steps do not suffice for the tolerance, or
    /// rounding of the eigenvalues matters more; [`Error::NotSymmetric`],
    /// [`Error::NonFiniteOperator`], [`Error::MemoryLimit`], [`Error::Cancelled`], and the
    /// errors of the operator.
    ///
    /// # Complexity
    /// m Lanczos steps, those that earlier fits have not done: a product with K and 8nm
    /// operations each, 8n bytes; besides $O(m^3)$ operations, and 2nm for the coefficients.
    /// m grows with the degree of a polynomial that is close to r on the spectrum: like
    /// $\sqrt{x_{\max}/\lambda}$ for ridges, $\sqrt{x_{\max} t}$ for gradient flow.
    pub fn filtered(&mut self, filter: &dyn ResidualFilter) -> Result<Fit, Error> {
        self.agree(check_start(filter))?;
        let filter = Filter {
            residual: &|x| filter.residual(x),
            coefficient: &quotient(|x| filter.learned(x)),
            check: &|largest| filter.check(largest),
        };
        self.fit(&filter, false)
    }

    /// The outcome of a check on all processes.
    fn agree<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        match &self.source {
            Source::Space(space) => space.agree(outcome),
            _ => outcome,
        }
    }

    fn fit(&mut self, filter: &Filter<'_>, inverse: bool) -> Result<Fit, Error> {
        let judge = |now: &Components, before: Option<&Components>| {
            if inverse {
                let (least, largest) = (now.values[0], now.values[now.values.len() - 1]);
                let regular = least > ZERO * largest;
                arguments::parameter("lambda", 0.0, regular, arguments::RIDGE)?;
            }
            filtered(filter, now, before)
        };
        let (found, error, steps) = match &mut self.source {
            Source::Nothing => {
                let coefficients = Array1::zeros(self.rows);
                return Ok(Fit { coefficients, training_error: 0.0, error: 0.0, steps: 0 });
            }
            Source::Space(space) => {
                let (found, error) = space.settle(&self.limits, self.tolerance, judge)?;
                (found, error, space.steps())
            }
            Source::Matrix(components) => {
                let (found, error) = judge(components, None)?;
                if error > self.tolerance {
                    let (method, tolerance) = ("eigenvectors", self.tolerance);
                    return Err(Error::NotSettled { method, steps: self.size, error, tolerance });
                }
                (found, error, 0)
            }
        };
        // The same on all processes.
        let Filtered { mut coefficients, residual } = found;
        coefficients.iter_mut().for_each(|entry| *entry *= self.length);
        let training_error = (residual * self.length).powi(2) / self.size as f64;
        for value in coefficients.iter().chain([&training_error]) {
            let allowed = "a finite number: y is too large";
            arguments::value("the fit", self.length, *value, allowed)?;
        }
        let coefficients = match &self.source {
            Source::Space(space) => space.vector(&coefficients),
            _ => coefficients,
        };
        Ok(Fit { coefficients: coefficients.into(), training_error, error, steps })
    }
}

impl std::fmt::Debug for SampledRegression<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SampledRegression").field("size", &self.size).finish_non_exhaustive()
    }
}

fn check_targets(y: ArrayView1<'_, f64>, rows: usize) -> Result<(), Error> {
    arguments::same_size("length of y", y.len(), rows, "the samples of the kernel")?;
    arguments::finite_entries("y", y)
}

fn check_symmetry(kernel: ArrayView2<'_, f64>) -> Result<(), Error> {
    let bound = ASYMMETRY * kernel.iter().fold(0.0, |most: f64, entry| most.max(entry.abs()));
    let differs =
        |&((i, j), entry): &((usize, usize), &f64)| i > j && (entry - kernel[[j, i]]).abs() > bound;
    match kernel.indexed_iter().find(differs) {
        None => Ok(()),
        Some(((row, column), &value)) => {
            let (name, allowed) = ("the kernel", "the entry on the other side of the diagonal");
            Err(Error::InvalidElement { name, row, column, value, allowed })
        }
    }
}
