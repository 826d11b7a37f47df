use super::{Activation, DerivativeMoments, Regularity};
use crate::Error;

/// The Gaussian bump.
///
/// $$ \sigma(z) = e^{-z^2/2}, \qquad \sigma^\prime(z) = -z e^{-z^2/2} $$
/// $$ a_0 = 0, \qquad a_1 = -2^{-3/2}, \qquad m_2 = 3^{-3/2}, \qquad
/// c = 3^{-3/2} - 1/8 $$
///
/// Convention: unit width and height; it is not the density of a law.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Gaussian};
///
/// let moments = Gaussian.moments()?;
/// assert_eq!(moments.a0, 0.0);
/// assert!((moments.b() - 0.125).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Gaussian;

impl Activation for Gaussian {
    fn derivative(&self, z: f64) -> f64 {
        -z * (-0.5 * z * z).exp()
    }

    fn value(&self, z: f64) -> f64 {
        (-0.5 * z * z).exp()
    }

    fn regularity(&self) -> Regularity {
        Regularity::LIPSCHITZ
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        DerivativeMoments::new(0.0, -0.125f64.sqrt(), 1.0 / 27f64.sqrt() - 0.125)
    }
}
