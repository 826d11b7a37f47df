//! `DerivativeMoments`: the numbers by which σ enters the limit.

use crate::numerics::gaussian;
use crate::{Error, arguments};

/// Gaussian moments of $\varphi = \sigma^\prime$.
///
/// With $Z \sim N(0, 1)$:
///
/// $$ a_0 = \mathbb E \varphi(Z), \qquad a_1 = \mathbb E Z \varphi(Z), \qquad
/// m_2 = \mathbb E \varphi(Z)^2, $$
/// $$ b = a_1^2, \qquad c = \mathbb E (\varphi(Z) - a_0 - a_1 Z)^2
/// = m_2 - a_0^2 - a_1^2 \ge 0. $$
///
/// c is kept as a number of its own: the difference on the right loses three
/// digits for softplus, and all of them for a nearly quadratic σ.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, DerivativeMoments, Relu};
///
/// let relu = Relu.moments()?;
/// assert_eq!((relu.a0, relu.second_moment), (0.5, 0.5));
/// assert!((relu.b() - 0.5 / std::f64::consts::PI).abs() < 1e-15);
///
/// let own = DerivativeMoments::new(1.0, 0.5, 2.0)?;
/// assert_eq!((own.b(), own.c(), own.second_moment), (0.25, 2.0, 3.25));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "hermite coefficients")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DerivativeMoments {
    /// $a_0 = \mathbb E \varphi(Z)$.
    pub a0: f64,
    /// $a_1 = \mathbb E Z \varphi(Z)$.
    pub a1: f64,
    /// $m_2 = \mathbb E \varphi(Z)^2$.
    pub second_moment: f64,
    c: f64,
}

impl DerivativeMoments {
    /// Returns the moments with the given $a_0$, $a_1$ and c, and
    /// $m_2 = c + a_0^2 + a_1^2$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if a number is not finite, c is negative or
    /// $m_2$ overflows.
    pub fn new(a0: f64, a1: f64, c: f64) -> Result<Self, Error> {
        for (name, value) in [("a0", a0), ("a1", a1)] {
            arguments::finite(name, value)?;
        }
        arguments::non_negative("c", c)?;
        let second_moment = arguments::finite("second_moment", c + (a0 * a0 + a1 * a1))?;
        Ok(Self { a0, a1, second_moment, c })
    }

    pub(super) fn by_quadrature(phi: impl Fn(f64) -> f64, kinks: &[f64]) -> Result<Self, Error> {
        let gaussian::Projection { a0, a1, c } = gaussian::moments(phi, kinks)?;
        Self::new(a0, a1, c)
    }

    /// Returns $b = a_1^2$.
    #[must_use]
    pub fn b(&self) -> f64 {
        self.a1 * self.a1
    }

    /// Returns $c = \mathbb E (\varphi(Z) - a_0 - a_1 Z)^2$.
    #[must_use]
    pub fn c(&self) -> f64 {
        self.c
    }
}
