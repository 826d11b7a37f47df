//! `SmoothedLaw`: a law that is known at a resolution only.

use super::{FiniteBulk, FiniteSpectrum, Resolution};
use crate::law::TabulatedLaw;
use crate::{Error, arguments};

/// A law that is smoothed by the kernel of [`Resolution`](super::Resolution): the law at finite
/// size, whole or the bulk alone, or one of your own.
///
/// What is compared with it has to be smoothed by the same kernel, see
/// `EmpiricalSpectrum::smoothed_distance`.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::spectrum::{FiniteSpectrum, SmoothedLaw};
///
/// let law = FiniteSpectrum::new(Dimensions::new(560, 40, 20)?, Relu, 1.0).with_resolution(0.05);
/// assert_eq!(SmoothedLaw::resolution(&law), 0.05);
/// assert_eq!(law.bulk()?.smoothed()?.cdf(0.3), law.bulk()?.cdf(0.3)?);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub trait SmoothedLaw {
    /// Returns the smoothed law.
    ///
    /// # Errors
    ///
    /// Of a law that is solved first, as its queries.
    fn smoothed(&self) -> Result<&TabulatedLaw, Error>;

    /// Returns the relative width ε of the kernel, in (0, 0.5\].
    fn resolution(&self) -> f64;
}

impl SmoothedLaw for FiniteSpectrum {
    fn smoothed(&self) -> Result<&TabulatedLaw, Error> {
        self.solve()
    }

    fn resolution(&self) -> f64 {
        self.resolution()
    }
}

impl SmoothedLaw for FiniteBulk {
    fn smoothed(&self) -> Result<&TabulatedLaw, Error> {
        Ok(self.law())
    }

    fn resolution(&self) -> f64 {
        self.resolution()
    }
}

impl FiniteSpectrum {
    /// Returns the distribution function at x of one eigenvalue at resolution ε, as the law is
    /// smoothed: [`Resolution::step`]. The mean of it over a sample is to be compared with
    /// [`cdf`](Self::cdf).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if x is NaN, the eigenvalue not finite or the resolution not
    /// valid.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::spectrum::FiniteSpectrum;
    ///
    /// let law = FiniteSpectrum::new(Dimensions::new(560, 40, 20)?, Relu, 1.0);
    /// assert!((law.smoothed_step(1.0, 1.0)? - 0.5).abs() < 0.01);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn smoothed_step(&self, x: f64, eigenvalue: f64) -> Result<f64, Error> {
        arguments::not_nan("x", x)?;
        arguments::finite("eigenvalue", eigenvalue)?;
        Ok(Resolution::new(self.resolution())?.step(x, eigenvalue))
    }
}
