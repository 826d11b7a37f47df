//! From a data matrix to the law of its kernel.

use ndarray::ArrayView2;

use super::CovarianceSpectrum;
use crate::activation::Activation;
use crate::diagonal::DiagonalLaw;
use crate::{Dimensions, Error, LimitingSpectrum};

impl LimitingSpectrum {
    /// Takes the law of the kernel of these data, as they are, and p neurons: n, d and p of
    /// the network, and the covariance of the rows from
    /// [`CovarianceSpectrum::from_samples`], which says what is estimated. With the feature
    /// `kernel`.
    ///
    /// Rows are best centred before the kernel is made of them, and divided by one number,
    /// the root of their mean square: a mean is one more large eigenvalue. Whitening and
    /// dividing each column by its own deviation make the model worse where columns are rare
    /// features ([covariance](crate::guide::covariance)). W is taken for standard normal.
    ///
    /// # Errors
    ///
    /// As [`CovarianceSpectrum::from_samples`], and [`Error::InvalidSize`] for p = 0; the
    /// queries as every law.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::ensemble::InputEnsemble;
    /// use ntk_spectrum::{Dimensions, LimitingSpectrum};
    ///
    /// let x = InputEnsemble::new(Dimensions::new(800, 30, 40)?).with_seed(5).sample()?;
    /// let law = LimitingSpectrum::for_data(x.view(), 40, Relu, 1.0)?;
    /// assert_eq!((law.gamma1(), law.gamma2()), (800.0 / 1200.0, 40.0 / 30.0));
    /// let square = x.iter().map(|entry| entry * entry).sum::<f64>() / 24_000.0;
    /// assert!((law.mean()? - 0.25 * square).abs() < 1e-12);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn for_data(
        x: ArrayView2<'_, f64>,
        p: usize,
        sigma: impl Activation + 'static,
        d: impl DiagonalLaw + 'static,
    ) -> Result<Self, Error> {
        let covariance = CovarianceSpectrum::from_samples(x)?;
        let dimensions = Dimensions::new(x.nrows(), x.ncols(), p)?;
        Ok(Self::from_dimensions(dimensions, sigma, d).with_covariance(covariance))
    }
}
