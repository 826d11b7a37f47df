//! Sigmoidal activations, which saturate on both sides.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

use super::DerivativeMoments;
use super::lipschitz::lipschitz;

/// Returns 1/(1 + e^(−z)), without overflow and with full relative accuracy.
pub(super) fn logistic(z: f64) -> f64 {
    let t = (-z.abs()).exp();
    if z >= 0.0 { 1.0 / (1.0 + t) } else { t / (1.0 + t) }
}

/// Returns the derivative of the logistic function, even to the last bit.
pub(super) fn logistic_slope(z: f64) -> f64 {
    let t = (-z.abs()).exp();
    t / (1.0 + t).powi(2)
}

/// Returns e^(1/2) erfc(1/√2).
pub(super) fn scaled_erfc() -> f64 {
    0.5f64.exp() * libm::erfc(FRAC_1_SQRT_2)
}

lipschitz! {
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
    #[doc(alias = "hyperbolic tangent")]
    Tanh {
        derivative(z) = z.abs().cosh().powi(-2);
        value(z) = z.tanh();
    }
}

lipschitz! {
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
    #[doc(alias = "logistic")]
    #[doc(alias = "expit")]
    Sigmoid {
        derivative(z) = logistic_slope(z);
        value(z) = logistic(z);
    }
}

lipschitz! {
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
    #[doc(alias = "error function")]
    Erf {
        derivative(z) = FRAC_2_SQRT_PI * (-z * z).exp();
        value(z) = libm::erf(z);
        moments = {
            let c = 4.0 / PI * (1.0 / 5f64.sqrt() - 1.0 / 3.0);
            DerivativeMoments::new(2.0 / (3.0 * PI).sqrt(), 0.0, c)
        };
    }
}

lipschitz! {
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
    Softsign {
        derivative(z) = (1.0 + z.abs()).powi(-2);
        value(z) = z / (1.0 + z.abs());
        kinks = vec![0.0];
    }
}

lipschitz! {
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
    #[doc(alias = "atan")]
    Arctan {
        derivative(z) = 1.0 / (1.0 + z * z);
        value(z) = z.atan();
        moments = {
            let a0 = (0.5 * PI).sqrt() * scaled_erfc();
            DerivativeMoments::new(a0, 0.0, 0.5 - a0 * a0)
        };
    }
}
