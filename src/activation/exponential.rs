//! Exponential linear units.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::sigmoidal::scaled_erfc;
use super::{Activation, DerivativeMoments, Regularity};
use crate::Error;
use crate::arguments::finite;

/// The exponential linear unit.
///
/// $$ \sigma(z) = z \quad (z \gt 0), \qquad
/// \sigma(z) = \alpha (e^z - 1) \quad (z \le 0) $$
///
/// With $e_1 = \mathbb E e^Z 1_{Z \lt 0} = \tfrac12 \sqrt e \operatorname{erfc}(1/\sqrt2)$:
///
/// $$ a_0 = \tfrac12 + \alpha e_1, \qquad
/// a_1 = \frac{1 - \alpha}{\sqrt{2\pi}} + \alpha e_1, \qquad
/// m_2 = \tfrac12 + \tfrac12 \alpha^2 e^2 \operatorname{erfc}(\sqrt2) $$
///
/// and c is a quadratic polynomial in α without real zeros.
///
/// Convention: α is any finite number, and $\sigma^\prime(0) = \alpha$. σ′ is
/// Lipschitz for α = 1 and jumps at 0 otherwise.
///
/// # Errors
///
/// [`moments`](Activation::moments) fails if a moment overflows.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Elu};
///
/// let moments = Elu::new(1.0)?.moments()?;
/// assert!((moments.c() - 0.0196773038078959).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: D.-A. Clevert, T. Unterthiner and S. Hochreiter, *Fast and accurate
/// deep network learning by exponential linear units*, arXiv:1511.07289.
#[doc(alias = "exponential linear unit")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Elu {
    alpha: f64,
}

/// c(α) = `CURVATURE` (α − `MINIMISER`)² + `MINIMUM`: a sum without
/// cancellation. The residuals of 1_{z>0} and e^z 1_{z<0} after projection on
/// 1 and z have the squared norms 1/4 − 1/(2π) and
/// e² Φ(−2) − e1² − (e1 − 1/√(2π))², and the scalar product
/// −e1/2 − (e1 − 1/√(2π))/√(2π).
const CURVATURE: f64 = 0.080_809_933_101_491_62;
const MINIMISER: f64 = 0.940_340_378_767_713_1;
const MINIMUM: f64 = 0.019_389_679_404_530_866;

impl Elu {
    /// Returns the exponential linear unit with α = `alpha`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if α is not finite.
    pub fn new(alpha: f64) -> Result<Self, Error> {
        Ok(Self { alpha: finite("alpha", alpha)? })
    }
}

impl Activation for Elu {
    fn derivative(&self, z: f64) -> f64 {
        if z > 0.0 { 1.0 } else { self.alpha * z.exp() }
    }

    fn value(&self, z: f64) -> f64 {
        if z > 0.0 { z } else { self.alpha * z.exp_m1() }
    }

    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }

    fn regularity(&self) -> Regularity {
        if self.alpha == 1.0 { Regularity::LIPSCHITZ } else { Regularity::OutsideTheorem }
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let alpha = self.alpha;
        let decay = 0.5 * alpha * scaled_erfc();
        let a1 = (1.0 - alpha) * FRAC_1_SQRT_2 / PI.sqrt() + decay;
        let c = CURVATURE * (alpha - MINIMISER).powi(2) + MINIMUM;
        DerivativeMoments::new(0.5 + decay, a1, c)
    }
}

/// The scaled exponential linear unit.
///
/// $$ \sigma(z) = \lambda \operatorname{elu}_\alpha(z), \qquad
/// \alpha = 1.6732632423543772, \qquad \lambda = 1.0507009873554805 $$
///
/// The moments are those of [`Elu`], times λ or λ². σ′ jumps at 0.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Selu};
///
/// // λ and α make E σ(Z)² = 1, not E σ′(Z)² = 1.
/// assert!((Selu.moments()?.second_moment - 1.0715749924557993).abs() < 1e-14);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: G. Klambauer, T. Unterthiner, A. Mayr and S. Hochreiter,
/// *Self-normalizing neural networks*, arXiv:1706.02515.
#[doc(alias = "scaled exponential linear unit")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Selu;

impl Selu {
    const LAMBDA: f64 = 1.050_700_987_355_480_5;
    const ELU: Elu = Elu { alpha: 1.673_263_242_354_377_2 };
}

impl Activation for Selu {
    fn derivative(&self, z: f64) -> f64 {
        Self::LAMBDA * Self::ELU.derivative(z)
    }

    fn value(&self, z: f64) -> f64 {
        Self::LAMBDA * Self::ELU.value(z)
    }

    fn kinks(&self) -> Vec<f64> {
        Self::ELU.kinks()
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let elu = Self::ELU.moments()?;
        let lambda = Self::LAMBDA;
        DerivativeMoments::new(lambda * elu.a0, lambda * elu.a1, lambda * lambda * elu.c())
    }
}
