//! `FromMoments`: an activation from the Gaussian moments of its derivative.

use std::f64::consts::FRAC_1_SQRT_2;

use super::{Activation, DerivativeMoments, Regularity};
use crate::{Error, arguments};

/// An activation of which nothing but the Gaussian moments of σ′ is given.
///
/// The limit needs no more. Where a function is asked for, it is the cubic one with
///
/// $$ \sigma^\prime(z) = a_0 + a_1 z + \sqrt{c/2}\\,(z^2 - 1) , $$
///
/// which has these moments: 1, z and $(z^2 - 1)/\sqrt2$ are orthonormal.
///
/// # Errors
///
/// [`moments`](Activation::moments) fails if a0 or a1 was overwritten by something
/// that is not finite.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::{Activation, FromMoments, Gelu};
///
/// let own = FromMoments::new(Gelu.moments()?);
/// let law = LimitingSpectrum::new(0.7, 1.0, own, 1.0);
/// assert_eq!(law.density(0.2)?, LimitingSpectrum::new(0.7, 1.0, Gelu, 1.0).density(0.2)?);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FromMoments {
    moments: DerivativeMoments,
}

impl FromMoments {
    /// Returns an activation with these moments. Its σ(0) is 0.
    #[must_use]
    pub fn new(moments: DerivativeMoments) -> Self {
        Self { moments }
    }
}

impl Activation for FromMoments {
    fn derivative(&self, z: f64) -> f64 {
        let DerivativeMoments { a0, a1, .. } = self.moments;
        a0 + a1 * z + self.moments.c().sqrt() * FRAC_1_SQRT_2 * (z * z - 1.0)
    }

    fn value(&self, z: f64) -> f64 {
        let DerivativeMoments { a0, a1, .. } = self.moments;
        let cubic = self.moments.c().sqrt() * FRAC_1_SQRT_2 * (z * z / 3.0 - 1.0);
        z * (a0 + 0.5 * a1 * z + cubic)
    }

    fn regularity(&self) -> Regularity {
        Regularity::PseudoLipschitz { order: u32::from(self.moments.c() > 0.0) }
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        // The public fields may have been overwritten.
        let DerivativeMoments { a0, a1, .. } = self.moments;
        DerivativeMoments::new(a0, a1, self.moments.c())
    }

    /// Only at scale 1: the cubic function is there to be drawn, not to be believed.
    fn scaled_moments(&self, scale: f64) -> Result<DerivativeMoments, Error> {
        let allowed = "1, since of this activation only moments at variance 1 are known";
        arguments::parameter("the scale of the preactivations", scale, scale == 1.0, allowed)?;
        self.moments()
    }
}
