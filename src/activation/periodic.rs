//! Sine and cosine.

use super::{Activation, DerivativeMoments, Regularity};
use crate::Error;
use crate::arguments::finite;

/// The sine of a given frequency.
///
/// $$ \sigma(z) = \sin \omega z, \qquad \sigma^\prime(z) = \omega \cos \omega z $$
/// $$ a_0 = \omega e^{-\omega^2/2}, \qquad a_1 = 0, \qquad
/// c = \tfrac12 \omega^2 (1 - e^{-\omega^2})^2 $$
///
/// Convention: ω is an angular frequency, any finite number; 0 gives σ = 0.
///
/// # Errors
///
/// [`moments`](Activation::moments) fails if a moment overflows.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Sine};
///
/// let moments = Sine::new(1.0)?.moments()?;
/// assert_eq!(moments.b(), 0.0);
/// assert!((moments.a0 - (-0.5f64).exp()).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "sin")]
#[doc(alias = "siren")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sine {
    frequency: f64,
}

impl Sine {
    /// Returns sin(ωz) with ω = `frequency`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if ω is not finite.
    pub fn new(frequency: f64) -> Result<Self, Error> {
        Ok(Self { frequency: finite("frequency", frequency)? })
    }
}

impl Activation for Sine {
    fn derivative(&self, z: f64) -> f64 {
        self.frequency * (self.frequency * z).cos()
    }

    fn value(&self, z: f64) -> f64 {
        (self.frequency * z).sin()
    }

    fn regularity(&self) -> Regularity {
        Regularity::LIPSCHITZ
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let omega = self.frequency;
        let x = omega * omega;
        let root = omega * (-x).exp_m1();
        DerivativeMoments::new(omega * (-0.5 * x).exp(), 0.0, 0.5 * root * root)
    }
}

/// The cosine of a given frequency.
///
/// $$ \sigma(z) = \cos \omega z, \qquad \sigma^\prime(z) = -\omega \sin \omega z $$
/// $$ a_0 = 0, \qquad a_1 = -\omega^2 e^{-\omega^2/2}, \qquad
/// c = \omega^2 e^{-\omega^2} (\sinh \omega^2 - \omega^2) $$
///
/// Convention: ω is an angular frequency, any finite number; 0 gives σ = 1.
///
/// # Errors
///
/// [`moments`](Activation::moments) fails if a moment overflows.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Cosine};
///
/// let moments = Cosine::new(1.0)?.moments()?;
/// assert_eq!(moments.a0, 0.0);
/// assert!((moments.b() - (-1f64).exp()).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "cos")]
#[doc(alias = "random Fourier features")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cosine {
    frequency: f64,
}

impl Cosine {
    /// Returns cos(ωz) with ω = `frequency`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if ω is not finite.
    pub fn new(frequency: f64) -> Result<Self, Error> {
        Ok(Self { frequency: finite("frequency", frequency)? })
    }
}

/// Returns e^(−x) (sinh x − x) for x ≥ 0.
fn damped_sinh_excess(x: f64) -> f64 {
    if x >= 1.0 {
        // x e^(−x) has vanished long before 1000, and is NaN at infinity.
        let vanishing = x.min(1e3) * (-x).exp();
        return -0.5 * (-2.0 * x).exp_m1() - vanishing;
    }
    // x³/3! + x⁵/5! + …; the first term left out is x²⁰/22! of the sum.
    let series = (1..10).rev().fold(1.0, |sum, k| {
        let n = f64::from(2 * k + 2);
        1.0 + sum * x * x / (n * (n + 1.0))
    });
    (-x).exp() * x * x * x / 6.0 * series
}

impl Activation for Cosine {
    fn derivative(&self, z: f64) -> f64 {
        -self.frequency * (self.frequency * z).sin()
    }

    fn value(&self, z: f64) -> f64 {
        (self.frequency * z).cos()
    }

    fn regularity(&self) -> Regularity {
        Regularity::LIPSCHITZ
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let omega = self.frequency;
        let x = omega * omega;
        // In this order an overflow of ω² does no harm.
        let a1 = -omega * (omega * (-0.5 * x).exp());
        DerivativeMoments::new(0.0, a1, x * damped_sinh_excess(x))
    }
}
