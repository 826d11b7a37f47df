//! Eigenvalues as a law.

use std::borrow::Borrow;

use ndarray::{Array1, ArrayView1};

use crate::law::SpectralSums;
use crate::ntk::Ntk;
use crate::{Error, arguments};

/// Largest eigenvalue that is admitted: its square must be a finite number.
const LARGEST: f64 = 1e150;

/// The default threshold below which a value is zero, in units of
/// $n\\,\varepsilon \max|\lambda|$: solvers of symmetric eigenproblems are off by
/// a small multiple of $\varepsilon \max|\lambda|$, at worst one that grows with n.
const ROUNDING: f64 = 4.0;

const NOT_NEGATIVE: &str =
    "at least 0 up to rounding, as eigenvalues of a positive semi-definite matrix are";

/// The law $\mu_n = \frac1n \sum_i \delta_{\lambda_i}$ of the eigenvalues
/// $\lambda_1 \le \dots \le \lambda_n$ of a positive semi-definite matrix.
///
/// **Zeros.** The computed zero eigenvalues of a rank-deficient matrix are
/// rounding noise of either sign, and so is an eigenvalue that is not 0 but small beside
/// the largest one: both are not told apart by values $|\lambda| \le t$ for the
/// [`resolution`](Self::resolution) $t = 4 n \varepsilon \max_i|\lambda_i|$,
/// $\varepsilon = 2^{-52}$. [`undetermined`](Self::undetermined) counts such values, but
/// for those that are exactly 0. What is made of them:
///
/// - of eigenvalues alone ([`new`](Self::new)) they are set to 0;
/// - of a kernel ([`from_kernel`](Self::from_kernel)), or where the rank is known
///   ([`from_values_of_rank`](Self::from_values_of_rank)), as many are set to 0 as the
///   rank forces; the others are not 0, and stay what they are, a negative one at 0;
/// - with a threshold of one's own ([`from_values`](Self::from_values)) that is t.
///
/// [`zeros`](Self::zeros) counts those that are set to 0. A value below $-t$ is an error.
///
/// **Conventions** are those of [`SpectralLaw`](crate::law::SpectralLaw): $F_n(x)
/// = \mu_n((-\infty, x\])$, $G_n(z) = \frac1n \sum \frac1{z - \lambda_i}$, $m_n =
/// -G_n$, and the quantile at q is the smallest $\lambda_i$ with $F_n(\lambda_i)
/// \ge q$.
///
/// # Examples
///
/// ```
/// use ndarray::array;
/// use ntk_spectrum::empirical::EmpiricalSpectrum;
///
/// let spectrum = EmpiricalSpectrum::new(array![3.0, -1e-17, 1.0, 1.0])?;
/// assert_eq!(spectrum.values().to_vec(), [0.0, 1.0, 1.0, 3.0]);
/// assert_eq!(spectrum.zeros(), 1);
/// assert_eq!(spectrum.ecdf(1.0), 0.75);
/// assert_eq!(spectrum.quantile(0.5)?, 1.0);
/// assert_eq!((spectrum.mean(), spectrum.variance()), (1.25, 1.1875));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "ESD")]
#[doc(alias = "empirical spectral distribution")]
#[derive(Debug, Clone, PartialEq)]
pub struct EmpiricalSpectrum {
    /// Ascending, not empty, from 0 to `LARGEST`.
    values: Array1<f64>,
    zeros: usize,
    undetermined: usize,
    resolution: f64,
}

impl EmpiricalSpectrum {
    /// Takes the law of the given eigenvalues, in any order, with the default
    /// threshold for zeros.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] if there are none; [`Error::InvalidEntry`] for one
    /// that is not finite, above 1e150, or below minus the threshold.
    pub fn new<I>(values: I) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: Borrow<f64>,
    {
        let values = collect(values)?;
        let threshold = resolution(&values, values.len());
        Self::snapped(values, threshold)
    }

    /// Takes the law of the eigenvalues of a kernel, which it computes; as many of them are
    /// 0 as [`Ntk::rank_bound`] says.
    ///
    /// Outliers can be so large that the smallest eigenvalues of the bulk are below the
    /// resolution; they are not taken for zeros, as [`new`](Self::new) would. Where rows
    /// of X depend on each other, the rank is smaller, and eigenvalues that are 0 are among
    /// the undetermined ones.
    ///
    /// # Errors
    ///
    /// As [`Ntk::eigenvalues`], and as [`new`](Self::new).
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::ntk::NtkBuilder;
    ///
    /// let sample = TwoLayerEnsemble::new(Dimensions::new(50, 5, 6)?, Tanh).sample()?;
    /// let spectrum = EmpiricalSpectrum::from_kernel(&NtkBuilder::from_sample(&sample).build()?)?;
    /// assert_eq!((spectrum.zeros(), spectrum.undetermined()), (50 - 5 * 6, 0));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_kernel(kernel: &Ntk) -> Result<Self, Error> {
        Self::of_rank(collect(kernel.eigenvalues()?)?, kernel.rank_bound())
    }

    /// Takes the law of the eigenvalues of a matrix whose rank is known: the others are 0.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSize`] for a rank above the number of values, and as
    /// [`new`](Self::new), also where more values are above the resolution than the
    /// rank allows.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    ///
    /// // Three of them are not 0, though two cannot be told from it.
    /// let values = [3e-17, -2e-16, 1e-17, 1.0];
    /// let spectrum = EmpiricalSpectrum::from_values_of_rank(values, 3)?;
    /// assert_eq!((spectrum.zeros(), spectrum.undetermined()), (1, 2));
    /// assert_eq!(spectrum.values().to_vec(), [0.0, 0.0, 3e-17, 1.0]);
    /// assert_eq!(EmpiricalSpectrum::new(values)?.zeros(), 3);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_values_of_rank<I>(values: I, rank: usize) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: Borrow<f64>,
    {
        Self::of_rank(collect(values)?, rank)
    }

    fn of_rank(mut values: Vec<f64>, rank: usize) -> Result<Self, Error> {
        let n = values.len();
        arguments::size_if("rank", rank, rank <= n, "at most the number of values")?;
        let resolution = resolution(&values, n);
        values.sort_by(|x, y| x.abs().total_cmp(&y.abs()));
        let zeros = n - rank;
        let allowed = "0 up to rounding, as so many eigenvalues are by the rank";
        arguments::entries("values", &values[..zeros], |x| x.abs() <= resolution, allowed)?;
        arguments::entries("values", &values[zeros..], |x| x >= -resolution, NOT_NEGATIVE)?;
        let undetermined = values[zeros..].iter().filter(|x| x.abs() <= resolution).count();
        values[..zeros].fill(0.0);
        values.iter_mut().for_each(|x| *x = x.max(0.0));
        values.sort_by(f64::total_cmp);
        Ok(Self { values: values.into(), zeros, undetermined, resolution })
    }

    /// Takes the law of the given eigenvalues, those of absolute value at most
    /// `threshold` set to 0.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), and [`Error::InvalidParameter`] unless `threshold`
    /// is finite and at least 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    ///
    /// let tiny = [1e-30, 2e-30, 1.0];
    /// assert_eq!(EmpiricalSpectrum::new(tiny)?.zeros(), 2);
    /// assert_eq!(EmpiricalSpectrum::from_values(tiny, 0.0)?.zeros(), 0);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_values<I>(values: I, threshold: f64) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: Borrow<f64>,
    {
        arguments::non_negative("threshold", threshold)?;
        Self::snapped(collect(values)?, threshold)
    }

    /// Pools all eigenvalues of several spectra, each of the same weight.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] if there are no spectra.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    ///
    /// let spectra = [EmpiricalSpectrum::new([2.0, 0.0])?, EmpiricalSpectrum::new([1.0])?];
    /// let pooled = EmpiricalSpectrum::pooled(&spectra)?;
    /// assert_eq!(pooled.values().to_vec(), [0.0, 1.0, 2.0]);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn pooled<'a>(spectra: impl IntoIterator<Item = &'a Self>) -> Result<Self, Error> {
        let mut values = Vec::new();
        let (mut zeros, mut undetermined, mut resolution) = (0, 0, 0.0_f64);
        for spectrum in spectra {
            values.extend(&spectrum.values);
            zeros += spectrum.zeros;
            undetermined += spectrum.undetermined;
            resolution = resolution.max(spectrum.resolution);
        }
        arguments::non_empty("spectra", values.len())?;
        values.sort_by(f64::total_cmp);
        Ok(Self { values: values.into(), zeros, undetermined, resolution })
    }

    fn snapped(mut values: Vec<f64>, threshold: f64) -> Result<Self, Error> {
        arguments::entries("values", &values, |x| x >= -threshold, NOT_NEGATIVE)?;
        let mut undetermined = 0;
        for x in &mut values {
            if x.abs() <= threshold {
                undetermined += usize::from(*x != 0.0);
                *x = 0.0;
            }
        }
        values.sort_by(f64::total_cmp);
        Ok(Self { undetermined, resolution: threshold, ..Self::from_sorted(values) })
    }

    /// Of values that are known to be ascending, admissible, and not empty.
    pub(crate) fn from_sorted(values: Vec<f64>) -> Self {
        let zeros = values.partition_point(|x| *x <= 0.0);
        Self { values: values.into(), zeros, undetermined: 0, resolution: 0.0 }
    }

    /// Of values that are ascending and not zero, though those up to a resolution are not told
    /// from it, and some may be written so.
    pub(super) fn of_positive(values: Vec<f64>, resolution: f64) -> Self {
        let undetermined = values.partition_point(|x| *x <= resolution);
        Self { zeros: 0, undetermined, resolution, ..Self::from_sorted(values) }
    }

    /// Returns the eigenvalues, ascending.
    #[must_use]
    pub fn values(&self) -> ArrayView1<'_, f64> {
        self.values.view()
    }

    /// The eigenvalues as a slice.
    pub(crate) fn sorted(&self) -> &[f64] {
        self.values.as_slice().unwrap_or_default()
    }

    /// Returns their number n.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a spectrum is never empty")]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Counts those that are 0.
    #[must_use]
    pub fn zeros(&self) -> usize {
        self.zeros
    }

    /// Counts those within the resolution that were not given as exactly 0: they may be 0 or
    /// not. Without a rank they are among the [`zeros`](Self::zeros), with one they are the
    /// smallest of the others.
    #[must_use]
    pub fn undetermined(&self) -> usize {
        self.undetermined
    }

    /// Returns the absolute value up to which eigenvalues are not told from 0: the
    /// threshold of the constructor; of several spectra the largest one.
    #[must_use]
    pub fn resolution(&self) -> f64 {
        self.resolution
    }

    /// Returns the smallest eigenvalue.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.values[0]
    }

    /// Returns the largest eigenvalue.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.values[self.values.len() - 1]
    }

    /// Returns the empirical distribution function $F_n(x)$: the fraction of eigenvalues
    /// that are at most x; NaN if x is NaN.
    ///
    /// # Complexity
    ///
    /// $O(\log n)$.
    #[must_use]
    #[doc(alias = "cdf")]
    pub fn ecdf(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        self.sorted().partition_point(|value| *value <= x) as f64 / self.len() as f64
    }

    /// Returns the smallest eigenvalue λ with $F_n(\lambda) \ge q$; the smallest of all
    /// for $q = 0$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless q is in $\[0, 1\]$.
    pub fn quantile(&self, q: f64) -> Result<f64, Error> {
        arguments::probability("q", q)?;
        let n = self.len() as f64;
        let mut rank = ((q * n).ceil() as usize).clamp(1, self.len());
        // q n may have been rounded up past an integer.
        if rank > 1 && (rank - 1) as f64 / n >= q {
            rank -= 1;
        }
        Ok(self.values[rank - 1])
    }

    /// The quantile by linear interpolation between the order statistics, as
    /// numpy and R compute it by default; what the bin widths are defined with.
    pub(super) fn interpolated_quantile(&self, q: f64) -> f64 {
        let place = q * (self.len() - 1) as f64;
        let below = (place.floor() as usize).min(self.len() - 1);
        let above = (below + 1).min(self.len() - 1);
        let (low, high) = (self.values[below], self.values[above]);
        low + (high - low) * (place - below as f64)
    }

    /// Computes the mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.values.sum() / self.len() as f64
    }

    /// Computes the variance $\frac1n \sum (\lambda_i - \bar\lambda)^2$ of the law
    /// $\mu_n$.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / self.len() as f64
    }

    /// Computes the moment $\frac1n \sum \lambda_i^k$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if it overflows.
    pub fn moment(&self, k: u32) -> Result<f64, Error> {
        let power = i32::try_from(k).unwrap_or(i32::MAX);
        let moment = self.values.iter().map(|x| x.powi(power)).sum::<f64>() / self.len() as f64;
        let allowed = "an order whose moment does not overflow";
        arguments::parameter("k", f64::from(k), moment.is_finite(), allowed)?;
        Ok(moment)
    }
}

/// Sums over the eigenvalues, divided by n.
impl SpectralSums for EmpiricalSpectrum {
    type Sum = f64;

    fn expectation(&self, f: &dyn Fn(f64) -> f64) -> Result<f64, Error> {
        let mut sum = 0.0;
        for &x in &self.values {
            sum += arguments::value("f", x, f(x), "a finite number at every eigenvalue")?;
        }
        Ok(sum / self.len() as f64)
    }
}

/// What solvers of eigenproblems resolve, see `ROUNDING`, for a matrix of size n.
fn resolution(values: &[f64], n: usize) -> f64 {
    let largest = values.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    ROUNDING * n as f64 * f64::EPSILON * largest
}

fn collect<I>(values: I) -> Result<Vec<f64>, Error>
where
    I: IntoIterator,
    I::Item: Borrow<f64>,
{
    let values: Vec<f64> = values.into_iter().map(|x| *x.borrow()).collect();
    arguments::non_empty("values", values.len())?;
    let allowed = "a finite number of absolute value at most 1e150";
    arguments::entries("values", &values, |x| x.abs() <= LARGEST, allowed)?;
    Ok(values)
}
