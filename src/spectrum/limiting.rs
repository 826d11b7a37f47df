//! `LimitingSpectrum`: configuration in, queries out.

use ndarray::Array1;
use num_complex::Complex64;

use crate::activation::{Activation, DerivativeMoments};
use crate::diagonal::DiagonalLaw;
use crate::law::{
    Atom, GeneralizedMarchenkoPastur, OverPopulation, Population, SpectralLaw, SupportInterval,
    TabulatedLaw, inherent_queries, tolerance,
};
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Dimensions, Error, arguments, memory};

/// The limiting eigenvalue distribution μ of the neural tangent kernel
///
/// $$ \mathrm{NTK} = \tfrac1d X X^\top \circ \tfrac1p\\,
/// \sigma^\prime\\!\left(\tfrac{XW}{\sqrt d}\right) D^2\\,
/// \sigma^\prime\\!\left(\tfrac{XW}{\sqrt d}\right)^{\\!\top}, \qquad
/// \tfrac{n}{dp} \to \gamma_1, \quad \tfrac pd \to \gamma_2, $$
///
/// for $X \in \mathbb R^{n \times d}$ with standard entries, $W \in \mathbb R^{d
/// \times p}$ standard Gaussian, D diagonal with entries of a bounded law.
///
/// **Formula.** $\gamma_1 \mu + (1 - \gamma_1)\delta_0 = \mathrm{MP}^{(\gamma_1)}
/// \boxtimes \nu$, with the population law $\nu = \nu_{\sigma, D}$ of
/// [`Population`]: the right side is the limiting law of the dp × dp Gram matrix $J^\top
/// J$ of the Jacobian, and μ is that of the n × n kernel $J J^\top$, which has the same
/// non-zero eigenvalues and another number of zeros. Conventions of the transforms: [`SpectralLaw`], whose methods
/// are also inherent here.
///
/// **Use.** `new` stores the configuration and never fails; the first query
/// checks it and solves, later ones reuse the solution. Cloning shares it, and
/// it is `Send + Sync`. For hot loops, [`solve`](Self::solve) once and evaluate
/// the solved law, which returns plain numbers.
///
/// The d + 1 outliers of a finite kernel (from $a_0$ and $a_1$) are not part of
/// μ; [`PredictedOutliers`](super::PredictedOutliers) says where they are.
///
/// # Errors
///
/// Every query returns the same error if the configuration is not valid
/// ([`Error::InvalidParameter`] and its likes, or what
/// [`Activation::moments`] says), or if solving fails: an iteration that does
/// not converge ([`Error::NotConverged`]), a computed law that misses mass 1,
/// its mean or its variance by more than 1e-9 ([`Error::Inconsistent`]), or more values of
/// D than can be told apart ([`Error::TooManyValues`]). The [limits](crate::guide::numerics#limits)
/// say which laws that concerns, and what to change.
///
/// # Complexity
///
/// The first query takes milliseconds for constant D, up to a second for a density of D
/// ([`Population`] says what it counts), and a second or a few for hundreds of values, if
/// γ2 is of order one. Later ones, densities and distribution
/// functions, are local series of degree 15, some tens of nanoseconds.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::spectrum::EdgeKind;
///
/// let law = LimitingSpectrum::new(1.0, 1.0, Relu, 1.0);
/// assert!((law.density(0.5378405188483502)? - 0.351035261889).abs() < 1e-10);
/// let top = law.support()?[0].upper;
/// assert_eq!(top.kind, EdgeKind::Population);
/// assert!((law.mean()? - 0.25).abs() < 1e-12);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: L. Benigni and E. Paquette, arXiv:2508.20036.
#[doc(alias = "LSD")]
#[doc(alias = "NTK")]
#[doc(alias = "Benigni")]
#[doc(alias = "Paquette")]
#[derive(Debug, Clone)]
pub struct LimitingSpectrum {
    law: GeneralizedMarchenkoPastur<Population>,
}

impl LimitingSpectrum {
    /// Takes the limit for $\gamma_1 = \lim n/(dp)$, $\gamma_2 = \lim p/d$, the
    /// activation `sigma` and the law `d` of the diagonal of D; a plain number
    /// stands for constant D.
    #[must_use]
    pub fn new(
        gamma1: f64,
        gamma2: f64,
        sigma: impl Activation + 'static,
        d: impl DiagonalLaw + 'static,
    ) -> Self {
        Self::unchecked(gamma1, Population::unchecked(gamma2, sigma, d), tolerance::DEFAULT)
    }

    /// Takes the limit for the ratios of a finite network, as they are.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Silu;
    /// use ntk_spectrum::{Dimensions, LimitingSpectrum};
    ///
    /// let law = LimitingSpectrum::from_dimensions(Dimensions::new(800, 30, 40)?, Silu, 1.0);
    /// assert_eq!((law.gamma1(), law.gamma2()), (800.0 / 1200.0, 40.0 / 30.0));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn from_dimensions(
        dimensions: Dimensions,
        sigma: impl Activation + 'static,
        d: impl DiagonalLaw + 'static,
    ) -> Self {
        Self::new(dimensions.gamma1(), dimensions.gamma2(), sigma, d)
    }

    /// Takes the limit over a population law that is already there, so that several
    /// $\gamma_1$ share one solution of it.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless `gamma1` is finite and above 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::LimitingSpectrum;
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::law::Population;
    ///
    /// let population = Population::new(1.0, Tanh, 1.0)?;
    /// for gamma1 in [0.5, 1.0, 2.0] {
    ///     let law = LimitingSpectrum::from_population(gamma1, population.clone())?;
    ///     println!("{}", law.quantile(0.5)?);
    /// }
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_population(gamma1: f64, population: Population) -> Result<Self, Error> {
        Ok(Self { law: GeneralizedMarchenkoPastur::new(gamma1, population)? })
    }

    fn unchecked(gamma1: f64, population: Population, tolerance: f64) -> Self {
        Self { law: GeneralizedMarchenkoPastur::unchecked(gamma1, population, tolerance) }
    }

    /// Sets the relative tolerance of the solution, between 1e-13 and 1e-3; 1e-10 by
    /// default. Out of range, the first query says so.
    #[must_use]
    pub fn with_tolerance(self, tolerance: f64) -> Self {
        let law = self.law.with_unchecked_tolerance(tolerance);
        Self { law: law.map_population(|nu| nu.with_unchecked_tolerance(tolerance)) }
    }

    /// Sets the law H of the eigenvalues of the covariance S of the rows of X,
    /// $x = S^{1/2} g$, any law on $[0, \infty)$ but $\delta_0$; by default S = I.
    ///
    /// ν is then that of [`Population::with_covariance`], which says what is exact in it and
    /// what is approximate; ratios are those of n, d, p, whatever the rank of S. The mean v of
    /// H multiplies the kernel, and $\sigma^\prime(\sqrt v\\,\cdot)$ stands in place of
    /// $\sigma^\prime$. Outliers from $a_0$ are then the eigenvalues of $a_0^2 \tau_1 \frac1d X
    /// X^\top$ with this covariance, and [`PredictedOutliers`](super::PredictedOutliers)
    /// refuses to place them.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::LimitingSpectrum;
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::law::Discrete;
    /// use num_complex::Complex64;
    ///
    /// let eigenvalues = Discrete::from_eigenvalues(&[0.4, 1.6])?;
    /// let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).with_covariance(eigenvalues);
    /// let m = law.stieltjes(Complex64::new(-0.2, 0.0))?;
    /// assert!((m.re - 3.1059486426609).abs() < 1e-9);
    ///
    /// // Half the directions, twice as large: a network of half the input dimension.
    /// let half = Discrete::new(&[0.0, 2.0], &[0.5, 0.5])?;
    /// let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).with_covariance(half);
    /// let same = LimitingSpectrum::new(1.4, 2.0, Relu, 1.0);
    /// assert!((law.quantile(0.5)? / same.quantile(0.5)? - 1.0).abs() < 1e-8);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn with_covariance(self, law: impl SpectralLaw + 'static) -> Self {
        Self { law: self.law.over(|population| population.with_covariance(law)) }
    }

    /// Sets who is told how far solving is, and may end it with [`Error::Cancelled`]; the
    /// default is nobody. What was ended is not kept: the next query solves anew.
    ///
    /// The population law is told of too ([`Stage::PopulationLaw`], before [`Stage::Law`]).
    /// Steps are points at which equations are solved, from microseconds to hundredths of a
    /// second each; how many are needed is found out on the way. Clones share the solution,
    /// each with an observer of its own: one that waits for the solution of another is not
    /// told of it.
    ///
    /// [`Stage::PopulationLaw`]: crate::observer::Stage::PopulationLaw
    /// [`Stage::Law`]: crate::observer::Stage::Law
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use std::time::{Duration, Instant};
    /// use ntk_spectrum::activation::Gelu;
    /// use ntk_spectrum::diagonal::Uniform;
    /// use ntk_spectrum::observer::Progress;
    /// use ntk_spectrum::{Error, LimitingSpectrum};
    ///
    /// let law = LimitingSpectrum::new(0.5, 1.0, Gelu, Uniform::new(0.5, 1.5)?);
    /// // Nobody waits longer than a minute.
    /// let end = Instant::now() + Duration::from_secs(60);
    /// let patient = move |_: Progress| match Instant::now() < end {
    ///     true => ControlFlow::Continue(()),
    ///     false => ControlFlow::Break(()),
    /// };
    /// let watched = law.clone().with_observer(patient);
    /// let impatient = law.clone().with_observer(|_: Progress| ControlFlow::Break(()));
    ///
    /// assert!(matches!(impatient.quantile(0.5), Err(Error::Cancelled { .. })));
    /// let median = watched.quantile(0.5)?;
    /// // Solved for all of them now.
    /// assert_eq!(impatient.quantile(0.5)?, median);
    /// # Ok::<(), Error>(())
    /// ```
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        let watch = Watch::new(observer);
        let law = self.law.with_observer(watch.clone());
        Self { law: law.map_population(|nu| nu.with_observer(watch)) }
    }

    /// Returns $\gamma_1$.
    #[must_use]
    pub fn gamma1(&self) -> f64 {
        self.law.gamma1()
    }

    /// Returns $\gamma_2$.
    #[must_use]
    pub fn gamma2(&self) -> f64 {
        self.population().gamma2()
    }

    /// Returns the population law $\nu_{\sigma, D}$.
    #[must_use]
    pub fn population(&self) -> &Population {
        self.law.population()
    }

    /// Computes the Gaussian moments of σ′: $a_0, a_1, m_2, b, c$.
    ///
    /// # Errors
    ///
    /// As every query, see the type.
    pub fn derivative_moments(&self) -> Result<DerivativeMoments, Error> {
        self.population().derivative_moments()
    }

    /// Solves now, and returns the solved law: its evaluations cannot fail, and
    /// it is a `rand_distr::Distribution<f64>`.
    ///
    /// # Errors
    ///
    /// As every query, see the type.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::LimitingSpectrum;
    /// use ntk_spectrum::activation::Gelu;
    /// use rand::{SeedableRng, rngs::ChaCha8Rng};
    /// use rand_distr::Distribution;
    ///
    /// let law = LimitingSpectrum::new(0.5, 1.0, Gelu, 1.0);
    /// let solved = law.solve()?;
    /// let eigenvalue = solved.sample(&mut ChaCha8Rng::seed_from_u64(7));
    /// assert!(solved.density(eigenvalue) > 0.0);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn solve(&self) -> Result<&TabulatedLaw, Error> {
        self.law.tabulated()
    }

    /// Returns the density at many points.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEntry`] for a point that is NaN, and as every query.
    pub fn density_on<'a>(
        &self,
        points: impl IntoIterator<Item = &'a f64>,
    ) -> Result<Array1<f64>, Error> {
        let solved = self.solve()?;
        let points: Vec<f64> = points.into_iter().copied().collect();
        arguments::entries("points", &points, |x| !x.is_nan(), "any number but NaN")?;
        Ok(points.into_iter().map(|x| solved.density(x)).collect())
    }

    /// Returns n points x and the densities there, fit for plotting: each interval of
    /// the support gets points that crowd at its ends, where the density bends.
    ///
    /// Hard edges are approached, not met. An empty curve for a law without density.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if n is 0, [`Error::MemoryLimit`] and
    /// [`Error::OutOfMemory`] if there are too many, and as every query.
    pub fn curve(&self, n: usize) -> Result<(Array1<f64>, Array1<f64>), Error> {
        arguments::parameter("n", n as f64, n > 0, "at least 1")?;
        // A list of points and one of densities.
        memory::check("the curve", n, 2, memory::DEFAULT_LIMIT)?;
        drop(memory::room("the points of the curve", n, memory::DEFAULT_LIMIT)?);
        let solved = self.solve()?;
        let x = solved.grid(n);
        let density = x.mapv(|x| solved.density(x));
        Ok((x, density))
    }

    /// Estimates the error in mass: the table's truncation, what the total mass misses of
    /// 1, and the same of the population law, or what merging many values of D may have
    /// moved. It covers the table, not what a query makes of it; see
    /// [`TabulatedLaw::error_estimate`].
    ///
    /// # Errors
    ///
    /// As every query.
    pub fn error_estimate(&self) -> Result<f64, Error> {
        Ok(self.solve()?.error_estimate())
    }
}

inherent_queries!(LimitingSpectrum);

impl SpectralLaw for LimitingSpectrum {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        self.law.tabulated()
    }

    fn r_transform(&self, s: f64) -> Result<f64, Error> {
        self.law.r_transform(s)
    }

    fn moment(&self, k: u32) -> Result<f64, Error> {
        self.law.moment(k)
    }

    fn free_cumulant(&self, k: u32) -> Result<f64, Error> {
        self.law.free_cumulant(k)
    }

    fn variance(&self) -> Result<f64, Error> {
        self.law.variance()
    }
}

impl OverPopulation for LimitingSpectrum {
    type Population = Population;

    fn gamma1(&self) -> f64 {
        self.gamma1()
    }

    fn population(&self) -> &Population {
        self.population()
    }

    fn weighted_by_population(&self) -> Result<&TabulatedLaw, Error> {
        self.law.weighted_by_population()
    }
}
