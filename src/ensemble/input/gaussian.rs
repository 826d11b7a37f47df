//! The standard normal law.

use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use super::InputLaw;

/// The standard normal law, density $e^{-x^2/2}/\sqrt{2\pi}$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::Gaussian;
///
/// // It is the default.
/// let x = InputEnsemble::new(Dimensions::new(10, 3, 1)?).with_law(Gaussian).sample()?;
/// assert_eq!(x, InputEnsemble::new(Dimensions::new(10, 3, 1)?).sample()?);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gaussian;

impl InputLaw for Gaussian {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        StandardNormal.sample(rng)
    }

    fn kurtosis(&self) -> Option<f64> {
        Some(3.0)
    }
}
