//! The Gaussian bump.

use super::DerivativeMoments;
use super::lipschitz::lipschitz;

lipschitz! {
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
    #[doc(alias = "rbf")]
    #[doc(alias = "radial basis function")]
    Gaussian {
        derivative(z) = -z * (-0.5 * z * z).exp();
        value(z) = (-0.5 * z * z).exp();
        moments = DerivativeMoments::new(0.0, -0.125f64.sqrt(), 1.0 / 27f64.sqrt() - 0.125);
    }
}
