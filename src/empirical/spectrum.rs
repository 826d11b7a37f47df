//! Eigenvalues as a law.

use std::borrow::Borrow;

use ndarray::{Array1, ArrayView1};

use crate::Error;
use crate::ntk::Ntk;

/// Largest eigenvalue that is admitted: its square must be a finite number.
const LARGEST: f64 = 1e150;

/// The default threshold below which a value is zero, in units of
/// $n\,\varepsilon \max|\lambda|$: solvers of symmetric eigenproblems are off by
/// a small multiple of $\varepsilon \max|\lambda|$, at worst one that grows with n.
const ROUNDING: f64 = 4.0;

/// The law $\mu_n = \frac1n \sum_i \delta_{\lambda_i}$ of the eigenvalues
/// $\lambda_1 \le \dots \le \lambda_n$ of a positive semi-definite matrix.
///
/// **Zeros.** The computed zero eigenvalues of a rank-deficient matrix are
/// rounding noise of either sign. Values with $|\lambda| \le t$ are set to 0, for
/// the threshold $t = 4 n \varepsilon \max_i|\lambda_i|$, $\varepsilon = 2^{-52}$, or the one given
/// to [`with_zero_threshold`](Self::with_zero_threshold); a value below $-t$ is
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
#[derive(Debug, Clone, PartialEq)]
pub struct EmpiricalSpectrum {
    /// Ascending, not empty, from 0 to `LARGEST`.
    values: Array1<f64>,
    zeros: usize,
}

impl EmpiricalSpectrum {
    /// The law of the given eigenvalues, in any order, with the default
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

    /// The law of the eigenvalues of a kernel, with the default threshold for
    /// zeros.
    ///
    /// # Errors
    ///
    /// As [`Ntk::eigenvalues`].
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::ntk::NtkBuilder;
    ///
    /// let sample = TwoLayerEnsemble::new(60, 5, 8, Relu).sample()?;
    /// let spectrum = EmpiricalSpectrum::from_kernel(&NtkBuilder::from_sample(&sample).build()?)?;
    /// assert_eq!((spectrum.len(), spectrum.zeros()), (60, 20));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_kernel(kernel: &Ntk) -> Result<Self, Error> {
        Self::new(kernel.eigenvalues()?)
    }

    /// The law of the given eigenvalues, those of absolute value at most
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
    /// assert_eq!(EmpiricalSpectrum::with_zero_threshold(tiny, 0.0)?.zeros(), 0);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn with_zero_threshold<I>(values: I, threshold: f64) -> Result<Self, Error>
    where
        I: IntoIterator,
        I::Item: Borrow<f64>,
    {
        if !(threshold >= 0.0 && threshold.is_finite()) {
            return Err(Error::InvalidParameter {
                name: "threshold",
                value: threshold,
                allowed: "a finite number, at least 0",
            });
        }
        Self::snapped(collect(values)?, threshold)
    }

    /// All eigenvalues of several spectra together, each of the same weight.
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
        if values.is_empty() {
            return Err(Error::InvalidLength {
                name: "spectra",
                length: 0,
                expected: "at least 1",
            });
        }
        values.sort_by(f64::total_cmp);
        Ok(Self::from_sorted(values))
    }

    fn snapped(mut values: Vec<f64>, threshold: f64) -> Result<Self, Error> {
        if let Some(index) = values.iter().position(|x| *x < -threshold) {
            return Err(Error::InvalidEntry {
                name: "values",
                index,
                value: values[index],
                allowed: "at least 0 up to rounding, as eigenvalues of a positive \
                          semi-definite matrix are",
            });
        }
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

    /// The eigenvalues, ascending.
    #[must_use]
    pub fn values(&self) -> ArrayView1<'_, f64> {
        self.values.view()
    }

    /// The eigenvalues as a slice.
    pub(crate) fn sorted(&self) -> &[f64] {
        self.values.as_slice().unwrap_or_default()
    }

    /// How many there are: n.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a spectrum is never empty")]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// How many of them are 0.
    #[must_use]
    pub fn zeros(&self) -> usize {
        self.zeros
    }

    /// The smallest eigenvalue.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.values[0]
    }

    /// The largest eigenvalue.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.values[self.values.len() - 1]
    }

    /// The empirical distribution function $F_n(x)$: the fraction of eigenvalues
    /// that are at most x; NaN if x is NaN.
    ///
    /// # Complexity
    ///
    /// $O(\log n)$.
    #[must_use]
    pub fn ecdf(&self, x: f64) -> f64 {
        if x.is_nan() {
            return x;
        }
        self.sorted().partition_point(|value| *value <= x) as f64 / self.len() as f64
    }

    /// The smallest eigenvalue λ with $F_n(\lambda) \ge q$; the smallest of all
    /// for $q = 0$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless q is in $\[0, 1\]$.
    pub fn quantile(&self, q: f64) -> Result<f64, Error> {
        if !(0.0..=1.0).contains(&q) {
            return Err(Error::InvalidParameter {
                name: "q",
                value: q,
                allowed: "a number in [0, 1]",
            });
        }
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

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.values.sum() / self.len() as f64
    }

    /// The variance $\frac1n \sum (\lambda_i - \bar\lambda)^2$ of the law
    /// $\mu_n$.
    #[must_use]
    pub fn variance(&self) -> f64 {
        let mean = self.mean();
        self.values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / self.len() as f64
    }

    /// The moment $\frac1n \sum \lambda_i^k$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if it overflows.
    pub fn moment(&self, k: u32) -> Result<f64, Error> {
        let power = i32::try_from(k).unwrap_or(i32::MAX);
        let moment = self.values.iter().map(|x| x.powi(power)).sum::<f64>() / self.len() as f64;
        if moment.is_finite() {
            return Ok(moment);
        }
        Err(Error::InvalidParameter {
            name: "k",
            value: f64::from(k),
            allowed: "an order whose moment does not overflow",
        })
    }
}

fn collect<I>(values: I) -> Result<Vec<f64>, Error>
where
    I: IntoIterator,
    I::Item: Borrow<f64>,
{
    let values: Vec<f64> = values.into_iter().map(|x| *x.borrow()).collect();
    if values.is_empty() {
        return Err(Error::InvalidLength { name: "values", length: 0, expected: "at least 1" });
    }
    match values.iter().position(|x| x.is_nan() || x.abs() > LARGEST) {
        None => Ok(values),
        Some(index) => Err(Error::InvalidEntry {
            name: "values",
            index,
            value: values[index],
            allowed: "a finite number of absolute value at most 1e150",
        }),
    }
}
