//! A spectrum taken apart.

use ndarray::ArrayView1;

use super::{Bins, EmpiricalSpectrum, Histogram};
use crate::Error;
use crate::law::SpectralLaw;
use crate::spectrum::PredictedOutliers;

/// A spectrum as zeros, bulk and outliers.
///
/// - **Zeros** are the eigenvalues that [`EmpiricalSpectrum`] counts as 0. The
///   law has them as its atom at 0. Where some are
///   [undetermined](EmpiricalSpectrum::undetermined), a spectrum
///   [of the kernel](EmpiricalSpectrum::from_kernel) itself leaves them to the bulk.
/// - **Outliers** are the k largest of the others, k being the smaller of two
///   numbers: that of the predicted outliers whose expected place is above the
///   upper end of the law's support, and that of the eigenvalues above it. In
///   words: exactly as many as predicted, if prediction and eigenvalues do lie
///   outside the bulk. A predicted outlier inside the bulk cannot be told from
///   it, and is left there; an eigenvalue above the end that nothing predicts
///   belongs to the bulk, whose largest eigenvalues fluctuate about that end.
/// - **The bulk** is the rest, to be compared with the law on $(0, \infty)$,
///   [`PositivePart`](crate::law::PositivePart).
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::activation::DerivativeMoments;
/// use ntk_spectrum::empirical::EmpiricalSpectrum;
/// use ntk_spectrum::law::MarchenkoPastur;
/// use ntk_spectrum::spectrum::PredictedOutliers;
///
/// // One outlier from a1, near 1·5/1; the bulk ends at 4.
/// let moments = DerivativeMoments::new(0.0, 1.0, 0.0)?;
/// let outliers = PredictedOutliers::new(moments, 1.0, Dimensions::new(5, 1, 5)?)?;
/// let spectrum = EmpiricalSpectrum::new([0.0, 0.5, 2.0, 4.1, 6.0])?;
/// let split = spectrum.split(&MarchenkoPastur::new(1.0)?, &outliers)?;
/// assert_eq!(split.zeros(), 1);
/// assert_eq!(split.bulk_values().to_vec(), [0.5, 2.0, 4.1]);
/// assert_eq!(split.outliers().to_vec(), [6.0]);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    spectrum: EmpiricalSpectrum,
    predicted: PredictedOutliers,
    /// Where the outliers begin.
    top: usize,
}

impl EmpiricalSpectrum {
    /// Takes the spectrum apart, see [`Split`].
    ///
    /// # Errors
    ///
    /// As [`SpectralLaw::tabulated`].
    pub fn split(
        &self,
        law: &(impl SpectralLaw + ?Sized),
        predicted: &PredictedOutliers,
    ) -> Result<Split, Error> {
        let end = law.tabulated()?.upper_end();
        let bounded = self.sorted().partition_point(|x| *x <= end).max(self.zeros());
        let count = predicted.count_above(end).min(self.len() - bounded);
        Ok(Split { spectrum: self.clone(), predicted: *predicted, top: self.len() - count })
    }
}

impl Split {
    /// Returns the whole spectrum.
    #[must_use]
    pub fn spectrum(&self) -> &EmpiricalSpectrum {
        &self.spectrum
    }

    /// Returns what was predicted.
    #[must_use]
    pub fn predicted(&self) -> &PredictedOutliers {
        &self.predicted
    }

    /// Returns the number of zeros.
    #[must_use]
    pub fn zeros(&self) -> usize {
        self.spectrum.zeros()
    }

    /// Counts the eigenvalues that are not told from 0, see
    /// [`EmpiricalSpectrum::undetermined`].
    #[must_use]
    pub fn undetermined(&self) -> usize {
        self.spectrum.undetermined()
    }

    /// Returns the positive eigenvalues that are no outliers, ascending.
    #[must_use]
    pub fn bulk_values(&self) -> ArrayView1<'_, f64> {
        ArrayView1::from(&self.spectrum.sorted()[self.zeros()..self.top])
    }

    /// Returns the bulk as a law, each eigenvalue of the same weight, and of the
    /// [resolution](EmpiricalSpectrum::resolution) of the spectrum.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] if it is empty.
    pub fn bulk(&self) -> Result<EmpiricalSpectrum, Error> {
        let values = self.bulk_values().to_vec();
        if values.is_empty() {
            return Err(Error::InvalidLength {
                name: "bulk",
                length: 0,
                expected: "at least 1 eigenvalue that is neither zero nor an outlier",
            });
        }
        Ok(EmpiricalSpectrum::of_positive(values, self.spectrum.resolution()))
    }

    /// Returns the outliers, ascending.
    #[must_use]
    pub fn outliers(&self) -> ArrayView1<'_, f64> {
        ArrayView1::from(&self.spectrum.sorted()[self.top..])
    }

    /// Returns the fraction of all eigenvalues that the bulk is.
    #[must_use]
    pub fn bulk_mass(&self) -> f64 {
        (self.top - self.zeros()) as f64 / self.spectrum.len() as f64
    }

    /// Computes the histogram of the bulk, of mass [`bulk_mass`](Self::bulk_mass).
    ///
    /// # Errors
    ///
    /// As [`bulk`](Self::bulk) and [`Bins::count`].
    pub fn histogram(&self, bins: Bins) -> Result<Histogram, Error> {
        self.bulk()?.histogram(bins)?.with_mass(self.bulk_mass())
    }
}
