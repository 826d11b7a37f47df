//! From a data matrix to the law of its kernel.

use ndarray::{Array2, ArrayView2};

use super::CovarianceSpectrum;
use crate::activation::Activation;
use crate::diagonal::DiagonalLaw;
use crate::{Dimensions, Error, LimitingSpectrum, arguments};

/// How many neurons a network has: p, or its weights W, d × p, for
/// [`LimitingSpectrum::for_data`].
///
/// Of weights the size is checked, and the number of columns taken: the law is that of standard
/// normal ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Neurons<'a> {
    /// p
    Count(usize),
    /// W
    Weights(ArrayView2<'a, f64>),
}

impl Neurons<'_> {
    /// p, for d inputs.
    fn count(self, d: usize) -> Result<usize, Error> {
        match self {
            Self::Count(p) => Ok(p),
            Self::Weights(w) => {
                arguments::same_size("rows of W", w.nrows(), d, "as many as columns of X")?;
                arguments::finite_rows("W", w, 0)?;
                Ok(w.ncols())
            }
        }
    }
}

impl From<usize> for Neurons<'_> {
    fn from(p: usize) -> Self {
        Self::Count(p)
    }
}

impl<'a> From<ArrayView2<'a, f64>> for Neurons<'a> {
    fn from(w: ArrayView2<'a, f64>) -> Self {
        Self::Weights(w)
    }
}

impl<'a> From<&'a Array2<f64>> for Neurons<'a> {
    fn from(w: &'a Array2<f64>) -> Self {
        Self::Weights(w.view())
    }
}

impl LimitingSpectrum {
    /// Takes the law of the kernel of these data, as they are, and p neurons, or the weights W
    /// of as many: n, d and p of the network, and the covariance of the rows from
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
    /// As [`CovarianceSpectrum::from_samples`], and [`Error::InvalidSize`] for p = 0,
    /// [`Error::SizeMismatch`] for weights of another number of rows than d,
    /// [`Error::InvalidElement`] for weights that are not finite; the queries as every law.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::ensemble::{InputEnsemble, WeightEnsemble};
    /// use ntk_spectrum::{Dimensions, LimitingSpectrum};
    ///
    /// let x = InputEnsemble::new(Dimensions::new(800, 30, 40)?).with_seed(5).sample()?;
    /// let law = LimitingSpectrum::for_data(x.view(), 40, Relu, 1.0)?;
    /// assert_eq!((law.gamma1(), law.gamma2()), (800.0 / 1200.0, 40.0 / 30.0));
    /// let square = x.iter().map(|entry| entry * entry).sum::<f64>() / 24_000.0;
    /// assert!((law.mean()? - 0.25 * square).abs() < 1e-12);
    ///
    /// // The same from weights.
    /// let w = WeightEnsemble::new(Dimensions::new(800, 30, 40)?).sample()?;
    /// let same = LimitingSpectrum::for_data(x.view(), &w, Relu, 1.0)?;
    /// assert_eq!(same.quantile(0.5)?, law.quantile(0.5)?);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn for_data<'w>(
        x: ArrayView2<'_, f64>,
        neurons: impl Into<Neurons<'w>>,
        sigma: impl Activation + 'static,
        d: impl DiagonalLaw + 'static,
    ) -> Result<Self, Error> {
        let covariance = CovarianceSpectrum::from_samples(x)?;
        let p = neurons.into().count(x.ncols())?;
        let dimensions = Dimensions::new(x.nrows(), x.ncols(), p)?;
        Ok(Self::from_dimensions(dimensions, sigma, d).with_covariance(covariance))
    }
}
