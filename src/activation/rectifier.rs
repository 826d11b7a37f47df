//! ReLU and other activations that are piecewise linear, or powers of that.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::{Activation, DerivativeMoments, Regularity};
use crate::Error;
use crate::arguments::{finite, parameter};

/// Returns 1/√(2π), the normal density at 0.
fn density_at_zero() -> f64 {
    FRAC_1_SQRT_2 / PI.sqrt()
}

/// The rectified linear unit.
///
/// $$ \sigma(z) = \max(z, 0), \qquad \sigma^\prime(z) = 1_{z \gt 0} $$
/// $$ a_0 = \frac12, \qquad a_1 = \frac{1}{\sqrt{2\pi}}, \qquad m_2 = \frac12, \qquad
/// c = \frac14 - \frac1{2\pi} $$
///
/// Convention: $\sigma^\prime(0) = 0$. σ′ jumps: [`Regularity::OutsideTheorem`].
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Relu};
///
/// assert_eq!(Relu.moments()?.a0, 0.5);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "rectifier")]
#[doc(alias = "ramp")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Relu;

impl Relu {
    const FLAT: LeakyRelu = LeakyRelu { slope: 0.0 };
}

impl Activation for Relu {
    fn derivative(&self, z: f64) -> f64 {
        Self::FLAT.derivative(z)
    }

    fn value(&self, z: f64) -> f64 {
        z.max(0.0)
    }

    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        Self::FLAT.moments()
    }
}

/// The leaky rectified linear unit.
///
/// $$ \sigma(z) = z \quad (z \gt 0), \qquad \sigma(z) = s z \quad (z \le 0) $$
/// $$ a_0 = \frac{1 + s}{2}, \qquad a_1 = \frac{1 - s}{\sqrt{2\pi}}, \qquad
/// m_2 = \frac{1 + s^2}{2}, \qquad
/// c = (1 - s)^2 \left( \frac14 - \frac1{2\pi} \right) $$
///
/// Convention: the slope s is any finite number, and $\sigma^\prime(0) = s$.
///
/// # Errors
///
/// [`moments`](Activation::moments) fails if a moment overflows.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, LeakyRelu};
///
/// assert!((LeakyRelu::new(0.1)?.moments()?.a0 - 0.55).abs() < 1e-15);
/// assert_eq!(LeakyRelu::new(1.0)?.moments()?.c(), 0.0);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "prelu")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LeakyRelu {
    slope: f64,
}

impl LeakyRelu {
    /// Returns the leaky rectified linear unit with s = `slope` on the left.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if s is not finite.
    pub fn new(slope: f64) -> Result<Self, Error> {
        Ok(Self { slope: finite("slope", slope)? })
    }
}

impl Activation for LeakyRelu {
    fn derivative(&self, z: f64) -> f64 {
        if z > 0.0 { 1.0 } else { self.slope }
    }

    fn value(&self, z: f64) -> f64 {
        if z > 0.0 { z } else { self.slope * z }
    }

    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }

    fn regularity(&self) -> Regularity {
        if self.slope == 1.0 { Regularity::LIPSCHITZ } else { Regularity::OutsideTheorem }
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let slope = self.slope;
        let jump = 1.0 - slope;
        let c = jump * jump * (PI - 2.0) / (4.0 * PI);
        DerivativeMoments::new(0.5 + 0.5 * slope, jump * density_at_zero(), c)
    }
}

/// A power of the rectified linear unit.
///
/// $$ \sigma(z) = \max(z, 0)^k, \qquad \sigma^\prime(z) = k \max(z, 0)^{k-1} $$
///
/// With the half moments $h_j = \mathbb E Z^j 1_{Z \gt 0}$, that is $h_0 = 1/2$,
/// $h_1 = 1/\sqrt{2\pi}$, $h_j = (j - 1) h_{j-2}$:
///
/// $$ a_0 = k h_{k-1}, \qquad a_1 = k h_k, \qquad m_2 = k^2 h_{2k-2} $$
///
/// Convention: no factor 1/k; k is from 1 to 150, and k = 1 is [`Relu`].
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, ReluPower};
///
/// let moments = ReluPower::new(2)?.moments()?;
/// assert_eq!((moments.a1, moments.second_moment), (1.0, 2.0));
/// assert!(ReluPower::new(0).is_err());
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "squared relu")]
#[doc(alias = "repu")]
#[doc(alias = "rectified power unit")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReluPower {
    power: u32,
}

impl ReluPower {
    /// m2 = k² (2k − 3)!!/2 overflows beyond.
    const MAX_POWER: u32 = 150;
    pub(super) const POWERS: &str = "an integer from 1 to 150";

    /// Returns max(z, 0)^k with k = `power`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless k is between 1 and 150.
    pub fn new(power: u32) -> Result<Self, Error> {
        let valid = (1..=Self::MAX_POWER).contains(&power);
        parameter("power", f64::from(power), valid, Self::POWERS)?;
        Ok(Self { power })
    }

    /// Returns E Z^j 1_{Z>0}.
    fn half_moment(j: u32) -> f64 {
        let start = if j.is_multiple_of(2) { 0.5 } else { density_at_zero() };
        (1 + j % 2..j).step_by(2).fold(start, |h, i| h * f64::from(i))
    }
}

impl Activation for ReluPower {
    fn derivative(&self, z: f64) -> f64 {
        let k = f64::from(self.power);
        if z > 0.0 { k * z.powf(k - 1.0) } else { 0.0 }
    }

    fn value(&self, z: f64) -> f64 {
        z.max(0.0).powf(f64::from(self.power))
    }

    fn kinks(&self) -> Vec<f64> {
        vec![0.0]
    }

    fn regularity(&self) -> Regularity {
        match self.power {
            1 => Regularity::OutsideTheorem,
            k => Regularity::PseudoLipschitz { order: k - 2 },
        }
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let k = f64::from(self.power);
        let (h0, h1) = (Self::half_moment(self.power - 1), Self::half_moment(self.power));
        let square = Self::half_moment(2 * self.power - 2);
        DerivativeMoments::new(k * h0, k * h1, k * k * (square - h0 * h0 - h1 * h1))
    }
}

/// The hard hyperbolic tangent.
///
/// $$ \sigma(z) = \max(-1, \min(z, 1)), \qquad \sigma^\prime(z) = 1_{|z| \lt 1} $$
/// $$ a_0 = m_2 = \operatorname{erf}(1/\sqrt2), \qquad a_1 = 0, \qquad
/// c = a_0 (1 - a_0) $$
///
/// Convention: $\sigma^\prime(\pm1) = 0$. σ′ jumps: [`Regularity::OutsideTheorem`].
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, HardTanh};
///
/// let moments = HardTanh.moments()?;
/// assert_eq!(moments.b(), 0.0);
/// assert!((moments.a0 - 0.6826894921370859).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "clip")]
#[doc(alias = "clamp")]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HardTanh;

impl Activation for HardTanh {
    fn derivative(&self, z: f64) -> f64 {
        if z.abs() < 1.0 { 1.0 } else { 0.0 }
    }

    fn value(&self, z: f64) -> f64 {
        z.clamp(-1.0, 1.0)
    }

    fn kinks(&self) -> Vec<f64> {
        vec![-1.0, 1.0]
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let a0 = libm::erf(FRAC_1_SQRT_2);
        DerivativeMoments::new(a0, 0.0, a0 * libm::erfc(FRAC_1_SQRT_2))
    }
}
