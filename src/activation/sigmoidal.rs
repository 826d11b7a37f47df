use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

use super::{Activation, DerivativeMoments, Regularity};
use crate::Error;

/// 1/(1 + e^(−z)), without overflow and with full relative accuracy.
pub(super) fn logistic(z: f64) -> f64 {
    let t = (-z.abs()).exp();
    if z >= 0.0 { 1.0 / (1.0 + t) } else { t / (1.0 + t) }
}

/// The derivative of the logistic function, even to the last bit.
pub(super) fn logistic_slope(z: f64) -> f64 {
    let t = (-z.abs()).exp();
    t / (1.0 + t).powi(2)
}

/// e^(1/2) erfc(1/√2).
pub(super) fn scaled_erfc() -> f64 {
    0.5f64.exp() * libm::erfc(FRAC_1_SQRT_2)
}

/// The hyperbolic tangent.
///
/// $$ \sigma(z) = \tanh z, \qquad \sigma^\prime(z) = \cosh^{-2} z $$
///
/// σ is odd, so $b = 0$; the other moments have no closed form.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Tanh};
///
/// let moments = Tanh.moments()?;
/// assert_eq!(moments.b(), 0.0);
/// assert!((moments.c() - 0.09752373808585732).abs() < 1e-14);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tanh;

impl Activation for Tanh {
    fn derivative(&self, z: f64) -> f64 {
        z.abs().cosh().powi(-2)
    }

    fn value(&self, z: f64) -> f64 {
        z.tanh()
    }

    fn regularity(&self) -> Regularity {
        Regularity::LIPSCHITZ
    }
}

/// The logistic sigmoid.
///
/// $$ \sigma(z) = \frac{1}{1 + e^{-z}}, \qquad
/// \sigma^\prime(z) = \sigma(z) \sigma(-z) $$
///
/// σ − 1/2 is odd, so $b = 0$; the other moments have no closed form.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Sigmoid};
///
/// assert_eq!(Sigmoid.value(0.0), 0.5);
/// assert_eq!(Sigmoid.moments()?.b(), 0.0);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sigmoid;

impl Activation for Sigmoid {
    fn derivative(&self, z: f64) -> f64 {
        logistic_slope(z)
    }

    fn value(&self, z: f64) -> f64 {
        logistic(z)
    }

    fn regularity(&self) -> Regularity {
        Regularity::LIPSCHITZ
    }
}

/// The error function.
///
/// $$ \sigma(z) = \operatorname{erf} z = \frac{2}{\sqrt\pi} \int_0^z e^{-t^2} dt,
/// \qquad \sigma^\prime(z) = \frac{2}{\sqrt\pi} e^{-z^2} $$
/// $$ a_0 = \frac{2}{\sqrt{3\pi}}, \qquad a_1 = 0, \qquad
/// m_2 = \frac{4}{\pi\sqrt5}, \qquad
/// c = \frac{4}{\pi} \left( \frac{1}{\sqrt5} - \frac13 \right) $$
///
/// Convention: the argument is not divided by $\sqrt2$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Erf};
///
/// let moments = Erf.moments()?;
/// assert_eq!(moments.b(), 0.0);
/// assert!((moments.a0 - 0.6514700158705599).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Erf;

impl Activation for Erf {
    fn derivative(&self, z: f64) -> f64 {
        FRAC_2_SQRT_PI * (-z * z).exp()
    }

    fn value(&self, z: f64) -> f64 {
        libm::erf(z)
    }

    fn regularity(&self) -> Regularity {
        Regularity::LIPSCHITZ
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let c = 4.0 / PI * (1.0 / 5f64.sqrt() - 1.0 / 3.0);
        DerivativeMoments::new(2.0 / (3.0 * PI).sqrt(), 0.0, c)
    }
}

/// The softsign.
///
/// $$ \sigma(z) = \frac{z}{1 + |z|}, \qquad \sigma^\prime(z) = (1 + |z|)^{-2} $$
///
/// σ is odd, so $b = 0$; σ′ has a kink at 0 but is Lipschitz.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Softsign};
///
/// assert_eq!(Softsign.value(-1.0), -0.5);
/// assert_eq!(Softsign.moments()?.b(), 0.0);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Softsign;

impl Activation for Softsign {
    fn derivative(&self, z: f64) -> f64 {
        (1.0 + z.abs()).powi(-2)
    }

    fn value(&self, z: f64) -> f64 {
        z / (1.0 + z.abs())
    }

    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }

    fn regularity(&self) -> Regularity {
        Regularity::LIPSCHITZ
    }
}

/// The inverse tangent.
///
/// $$ \sigma(z) = \arctan z, \qquad \sigma^\prime(z) = \frac{1}{1 + z^2} $$
/// $$ a_0 = \sqrt{\pi e / 2} \operatorname{erfc}(1/\sqrt2), \qquad a_1 = 0, \qquad
/// m_2 = \tfrac12, \qquad c = \tfrac12 - a_0^2 $$
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Arctan};
///
/// let moments = Arctan.moments()?;
/// assert_eq!(moments.b(), 0.0);
/// assert!((moments.second_moment - 0.5).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arctan;

impl Activation for Arctan {
    fn derivative(&self, z: f64) -> f64 {
        1.0 / (1.0 + z * z)
    }

    fn value(&self, z: f64) -> f64 {
        z.atan()
    }

    fn regularity(&self) -> Regularity {
        Regularity::LIPSCHITZ
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let a0 = (0.5 * PI).sqrt() * scaled_erfc();
        DerivativeMoments::new(a0, 0.0, 0.5 - a0 * a0)
    }
}
