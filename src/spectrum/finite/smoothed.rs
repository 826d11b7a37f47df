//! `SmoothedLaw`: a law that is known at a resolution only.

use super::{FiniteBulk, FiniteSpectrum};
use crate::Error;
use crate::law::TabulatedLaw;

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
