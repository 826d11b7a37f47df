//! Eigenvalues as a law.

use std::borrow::Borrow;

use ndarray::{Array1, ArrayView1};

use crate::law::SpectralSums;
use crate::{Error, arguments};

/// Largest eigenvalue that is admitted: its square must be a finite number.
const LARGEST: f64 = 1e150;

/// The default threshold below which a value is zero, in units of
/// $n\\,\varepsilon \max|\lambda|$: solvers of symmetric eigenproblems are off by
/// a small multiple of $\varepsilon \max|\lambda|$, at worst one that grows with n.
const ROUNDING: f64 = 4.0;

/// The law $\mu_n = \frac1n \sum_i \delta_{\lambda_i}$ of the eigenvalues
/// $\lambda_1 \le \dots \le \lambda_n$ of a positive semi-definite matrix.
///
/// **Zeros.** The computed zero eigenvalues of a rank-deficient matrix are
/// rounding noise of either sign. Values with $|\lambda| \le t$ are set to 0, for
/// the threshold $t = 4 n \varepsilon \max_i|\lambda_i|$, $\varepsilon = 2^{-52}$, or the one given
/// to [`from_values`](Self::from_values); a value below $-t$ is
/// an error. [`zeros`](Self::zeros) counts them.
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
        let largest = values.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        let threshold = ROUNDING * values.len() as f64 * f64::EPSILON * largest;
        Self::snapped(values, threshold)
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
        let mut values: Vec<f64> = spectra.into_iter().flat_map(|s| s.values.to_vec()).collect();
        arguments::non_empty("spectra", values.len())?;
        values.sort_by(f64::total_cmp);
        Ok(Self::from_sorted(values))
    }

    fn snapped(mut values: Vec<f64>, threshold: f64) -> Result<Self, Error> {
        let allowed =
            "at least 0 up to rounding, as eigenvalues of a positive semi-definite matrix are";
        arguments::entries("values", &values, |x| x >= -threshold, allowed)?;
        for x in &mut values {
            if x.abs() <= threshold {
                *x = 0.0;
            }
        }
        values.sort_by(f64::total_cmp);
        Ok(Self::from_sorted(values))
    }

    /// Of values that are known to be ascending, admissible, and not empty.
    pub(crate) fn from_sorted(values: Vec<f64>) -> Self {
        let zeros = values.partition_point(|x| *x <= 0.0);
        Self { values: values.into(), zeros }
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
