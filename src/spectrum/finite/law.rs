//! `FiniteSpectrum`: dimensions in, queries out.

use std::sync::Arc;

use ndarray::Array1;
use num_complex::Complex64;

use super::bulk::FiniteBulk;
use super::outliers::{FiniteOutliers, count};
use super::prepared::{FiniteEnergies, Prepared};
use super::resolution::Resolution;
use super::table::Table;
use crate::activation::Activation;
use crate::diagonal::DiagonalLaw;
use crate::law::{Solution, TabulatedLaw};
use crate::observer::{Observer, Progress, Stage};
use crate::watch::Watch;
use crate::{Dimensions, Error, LimitingSpectrum, arguments, memory};

/// E X⁴ of normal entries.
const GAUSSIAN: f64 = 3.0;

/// The default relative width of densities: finer than the spacing of a thousand eigenvalues
/// can show.
const RESOLUTION: f64 = 0.02;

/// Beyond this multiple of M_2/M_1 three terms of the expansion at infinity are exact.
const FAR: f64 = 1e8;

/// What z has to be.
const OFF_AXIS: &str = "a point off the real axis, or a negative number";

/// The eigenvalue distribution of the neural tangent kernel of given n, d and p, outliers
/// included.
///
/// $$ m(z) = \mathbb E\\,\tfrac1n \operatorname{tr}(K - z)^{-1} , $$
///
/// approximately: a closed system of six complex equations, whose solution is the Stieltjes
/// transform of a probability law, and tends to that of [`LimitingSpectrum`] at the rate 1/d.
/// What of it is exact, what of leading order and what a heuristic stands in
/// [finite size](crate::guide::finite_size), with how far it is from sampled kernels.
///
/// **Resolution.** Densities, distribution functions and quantiles are smoothed by a kernel of
/// relative width ε, [`with_resolution`](Self::with_resolution): an eigenvalue λ > 0 has the
/// distribution function
///
/// $$ F_\varepsilon(x) = \frac{1 - \arg(x(1 + i\varepsilon) - \lambda)/\pi}
/// {1 - \arctan(\varepsilon)/\pi} , $$
///
/// which [`smoothed_step`](Self::smoothed_step) is, for samples that are compared with it.
/// Transforms and the moments of the [`bulk`](Self::bulk) are those of the law itself.
///
/// **Use.** As of [`LimitingSpectrum`]: `new` never fails, the first query checks and solves,
/// later ones reuse the solution, clones share it.
///
/// # Errors
///
/// Every query returns the same error if the configuration is not valid: d or p below 3,
/// $\mathbb E X^4$ below 1, a resolution outside of (0, 0.5\], rows with a covariance
/// ([`Error::InvalidSize`], [`Error::InvalidParameter`]), and what [`Activation::moments`] and
/// [`DiagonalLaw::square_law`] say. [`Error::NotSolved`] where the equations are not solved at a
/// point, with the point, the iterate and its residual; [`Error::Inconsistent`] where a table
/// misses mass 1 or the first two moments by more than 1e-6.
///
/// # Complexity
///
/// At d = p = 40, on the machine of docs/benchmarks.md, a transform takes 0.016 ms if $a_1 = 0$,
/// 0.34 ms otherwise, and 0.7 ms with D of eight values; the table, of which each point is solved
/// from its neighbours, 8, 80 and 160 ms. Later queries are local series.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::activation::Tanh;
/// use ntk_spectrum::spectrum::FiniteSpectrum;
/// use num_complex::Complex64;
///
/// let law = FiniteSpectrum::new(Dimensions::new(1120, 40, 40)?, Tanh, 1.0);
/// let z = Complex64::new(0.01, 0.01);
/// let limit = law.limit().stieltjes(z)?;
/// assert!((law.bulk_stieltjes(z)? / limit - 1.0).norm() > 0.01);
/// assert_eq!(law.outliers()?.count(), 40);
/// assert!((law.cdf(law.quantile(0.3)?)? - 0.3).abs() < 1e-6);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct FiniteSpectrum {
    dimensions: Dimensions,
    sigma: Arc<dyn Activation>,
    diagonal: Arc<dyn DiagonalLaw>,
    kurtosis: f64,
    resolution: f64,
    watch: Watch,
    limit: LimitingSpectrum,
    prepared: Arc<Solution<Prepared>>,
    table: Arc<Solution<Solved>>,
}

/// What queries of densities are answered from.
#[derive(Debug)]
struct Solved {
    /// In the unit of the system.
    table: Table,
    /// In that of the caller.
    law: TabulatedLaw,
    parts: Solution<(FiniteBulk, FiniteOutliers)>,
}

impl FiniteSpectrum {
    /// Takes the law of kernels of these dimensions, for the activation `sigma` and the law `d`
    /// of the diagonal of D; a plain number stands for constant D.
    #[must_use]
    pub fn new(
        dimensions: Dimensions,
        sigma: impl Activation + 'static,
        d: impl DiagonalLaw + 'static,
    ) -> Self {
        let (sigma, d): (Arc<dyn Activation>, Arc<dyn DiagonalLaw>) =
            (Arc::new(sigma), Arc::new(d));
        Self {
            dimensions,
            kurtosis: GAUSSIAN,
            resolution: RESOLUTION,
            watch: Watch::default(),
            limit: LimitingSpectrum::from_dimensions(dimensions, sigma.clone(), d.clone()),
            sigma,
            diagonal: d,
            prepared: Arc::default(),
            table: Arc::default(),
        }
    }

    /// Sets $\mathbb E X^4$ of the entries of X, at least 1; 3, as of normal ones, by default.
    /// Out of range, the first query says so.
    #[must_use]
    pub fn with_input_kurtosis(self, kurtosis: f64) -> Self {
        Self { kurtosis, prepared: Arc::default(), table: Arc::default(), ..self }
    }

    /// Sets the relative width ε of densities and distribution functions, in (0, 0.5\]; 0.02 by
    /// default. Out of range, the first query says so.
    ///
    /// A smaller one shows edges, and the nodes of the quadratures that stand for the scales of
    /// rows; samples of n eigenvalues show nothing below $1/n$ of the width of the bulk.
    #[must_use]
    pub fn with_resolution(self, epsilon: f64) -> Self {
        Self { resolution: epsilon, table: Arc::default(), ..self }
    }

    /// Sets who is told how far the table is, and may end it with [`Error::Cancelled`]; the
    /// default is nobody. What was ended is not kept. The stage is [`Stage::FiniteLaw`].
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Returns n, d and p.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// Returns $\mathbb E X^4$.
    #[must_use]
    pub fn input_kurtosis(&self) -> f64 {
        self.kurtosis
    }

    /// Returns the relative width ε.
    #[must_use]
    pub fn resolution(&self) -> f64 {
        self.resolution
    }

    /// Returns the limit for the same ratios, activation and law of D, and for the covariance of
    /// an ensemble that has one; all calls share its solution.
    #[must_use]
    pub fn limit(&self) -> LimitingSpectrum {
        self.limit.clone()
    }

    /// Computes how the energy of σ′ is spread over spherical harmonics.
    ///
    /// # Errors
    ///
    /// As every query, see the type.
    pub fn energies(&self) -> Result<FiniteEnergies, Error> {
        Ok(self.prepared()?.energies)
    }

    /// Computes the Stieltjes transform m(z) of the whole law at a z off $[0, \infty)$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] for another z, and as every query.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::spectrum::FiniteSpectrum;
    /// use num_complex::Complex64;
    ///
    /// let law = FiniteSpectrum::new(Dimensions::new(560, 40, 20)?, Relu, 1.0);
    /// // E tr(K + λ)⁻¹/n.
    /// assert!(law.stieltjes(Complex64::new(-0.1, 0.0))?.re > 0.0);
    /// assert!(law.stieltjes(Complex64::new(0.1, 0.0)).is_err());
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn stieltjes(&self, z: Complex64) -> Result<Complex64, Error> {
        arguments::point("z", z)?;
        arguments::parameter("z", z.re, z.im != 0.0 || z.re < 0.0, OFF_AXIS)?;
        let prepared = self.prepared()?;
        let above = Complex64::new(z.re, z.im.abs());
        let Some(system) = &prepared.system else { return Ok(-z.inv()) };
        let scaled = above / prepared.unit;
        let (first, second) = prepared.moments;
        let m = if scaled.norm() * first >= FAR * second {
            let inverse = above.inv();
            let [first, second] = [first * prepared.unit, second * prepared.unit];
            -inverse * (1.0 + inverse * (first + second * (prepared.unit * inverse)))
        } else {
            system.solve(scaled, None)?.m / prepared.unit
        };
        Ok(match z.im {
            // Real there; what is left is rounding.
            0.0 => m.re.into(),
            below if below < 0.0 => m.conj(),
            _ => m,
        })
    }

    /// Computes the Stieltjes transform of the bulk at a z off $[0, \infty)$: the whole without
    /// its outliers, each taken to be at its mean position,
    ///
    /// $$ \frac{n\\,m(z) - \sum_j (\lambda_j - z)^{-1}}{n - \\#\text{outliers}} . $$
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSize`] if n is not above the number of outliers, and as
    /// [`stieltjes`](Self::stieltjes).
    pub fn bulk_stieltjes(&self, z: Complex64) -> Result<Complex64, Error> {
        let m = self.stieltjes(z)?;
        let outliers = &self.prepared()?.outliers;
        let bulk = self.bulk_count()?;
        let taken: Complex64 =
            outliers.iter().map(|group| group.count as f64 / (group.mean - z)).sum();
        Ok((self.dimensions.n() as f64 * m - taken) / bulk as f64)
    }

    /// Returns the density at x, at resolution ε: 0 below 0, and of what is off 0.
    ///
    /// # Errors
    ///
    /// x NaN, and as every query.
    #[doc(alias = "pdf")]
    pub fn density(&self, x: f64) -> Result<f64, Error> {
        Ok(self.solve()?.density(arguments::not_nan("x", x)?))
    }

    /// Returns the distribution function at x, at resolution ε.
    ///
    /// # Errors
    ///
    /// x NaN, and as every query.
    pub fn cdf(&self, x: f64) -> Result<f64, Error> {
        Ok(self.solve()?.cdf(arguments::not_nan("x", x)?))
    }

    /// Returns the smallest x with $F(x) \ge q$, $q \in \[0, 1\]$, at resolution ε. The
    /// highest 1e-8 of the mass, where the kernel's tail has no end, counts as one point.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] for another q, and as every query.
    #[doc(alias = "ppf")]
    pub fn quantile(&self, q: f64) -> Result<f64, Error> {
        arguments::probability("q", q)?;
        Ok(self.solve()?.quantile(q))
    }

    /// Returns n points, equidistant in log x from the quantile 0.001 of what is off 0 to twice
    /// the largest outlier, and the densities there.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if n is 0, [`Error::MemoryLimit`] and
    /// [`Error::OutOfMemory`] if there are too many, and as every query.
    pub fn curve(&self, n: usize) -> Result<(Array1<f64>, Array1<f64>), Error> {
        arguments::parameter("n", n as f64, n > 0, "at least 1")?;
        memory::check("the curve", n, 2, memory::DEFAULT_LIMIT)?;
        drop(memory::room("the points of the curve", n, memory::DEFAULT_LIMIT)?);
        let solved = self.solve()?;
        let atom = solved.cdf(0.0);
        if atom >= 1.0 {
            return Ok((Array1::zeros(0), Array1::zeros(0)));
        }
        let lower = solved.quantile(atom + 1e-3 * (1.0 - atom));
        let largest = self.prepared()?.outliers.iter().map(|group| group.mean);
        let upper = largest.fold(solved.quantile(1.0 - 2e-3 * (1.0 - atom)), f64::max);
        let step = (2.0 * upper / lower).ln() / (n.max(2) - 1) as f64;
        let x = Array1::from_shape_fn(n, |k| lower * (step * k as f64).exp());
        let density = x.mapv(|x| solved.density(x));
        Ok((x, density))
    }

    /// Solves now, and returns the whole law at resolution ε as a table: its evaluations cannot
    /// fail, and it is a [`SpectralLaw`](crate::law::SpectralLaw) for comparisons and pictures.
    ///
    /// # Errors
    ///
    /// As every query, see the type.
    pub fn solve(&self) -> Result<&TabulatedLaw, Error> {
        Ok(&self.solved()?.law)
    }

    /// Returns the bulk alone: what lies below the least of x times the density between it and
    /// the outliers.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSize`] if n is not above the number of outliers, and as every query.
    pub fn bulk(&self) -> Result<&FiniteBulk, Error> {
        Ok(&self.parts()?.0)
    }

    /// Returns the outliers: how many, where on the mean, and their own law.
    ///
    /// # Errors
    ///
    /// As [`bulk`](Self::bulk).
    pub fn outliers(&self) -> Result<&FiniteOutliers, Error> {
        Ok(&self.parts()?.1)
    }

    fn checked_resolution(&self) -> Result<Resolution, Error> {
        Resolution::new(self.resolution)
    }

    /// n without the outliers.
    fn bulk_count(&self) -> Result<usize, Error> {
        let (n, outliers) = (self.dimensions.n(), count(&self.prepared()?.outliers));
        let allowed = "above the number of outliers, d from a0 and one from a1";
        Ok(arguments::size_if("n", n, n > outliers, allowed)? - outliers)
    }

    /// Takes the limit of an ensemble. Where it has a covariance, all queries are refused: the
    /// equations are those of isotropic rows.
    #[cfg(feature = "kernel")]
    pub(crate) fn with_limit(self, limit: LimitingSpectrum) -> Self {
        Self { limit, prepared: Arc::default(), table: Arc::default(), ..self }
    }

    pub(super) fn prepared(&self) -> Result<&Prepared, Error> {
        self.checked_resolution()?;
        self.prepared.get(|| {
            let population = self.limit.population();
            if population.covariance().is_some() {
                population.check_isotropic()?;
            }
            Prepared::new(self.dimensions, &*self.sigma, &*self.diagonal, self.kurtosis)
        })
    }

    fn solved(&self) -> Result<&Solved, Error> {
        self.table.get(|| {
            let prepared = self.prepared()?;
            let tracker = self.watch.start(Stage::FiniteLaw, Progress::UNKNOWN)?;
            let resolution = self.checked_resolution()?;
            let table = Table::new(prepared, self.dimensions.gamma1(), resolution, &tracker)?;
            let law = table.law.in_unit(prepared.unit.recip());
            Ok(Solved { table, law, parts: Solution::default() })
        })
    }

    fn parts(&self) -> Result<&(FiniteBulk, FiniteOutliers), Error> {
        let bulk = self.bulk_count()?;
        let solved = self.solved()?;
        solved
            .parts
            .get(|| FiniteBulk::apart(self.prepared()?, &solved.table, self.dimensions.n(), bulk))
    }
}
