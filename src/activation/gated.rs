//! Smooth rectifiers: softplus, and z times a smooth gate.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, PI};

use super::DerivativeMoments;
use super::lipschitz::lipschitz;
use super::sigmoidal::{logistic, logistic_slope};

lipschitz! {
    /// The softplus, a smooth ReLU.
    ///
    /// $$ \sigma(z) = \log(1 + e^z), \qquad \sigma^\prime(z) = \frac{1}{1 + e^{-z}} $$
    ///
    /// $a_0 = 1/2$; the other moments have no closed form. c is only 1/430 of $m_2$.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Activation, Softplus};
    ///
    /// let moments = Softplus.moments()?;
    /// assert!((moments.c() / 6.868130351617290e-4 - 1.0).abs() < 1e-13);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[doc(alias = "smooth relu")]
    Softplus {
        derivative(z) = logistic(z);
        value(z) = z.max(0.0) + (-z.abs()).exp().ln_1p();
    }
}

lipschitz! {
    /// The Gaussian error linear unit, exact.
    ///
    /// With Φ the standard normal distribution function and Φ′ its density:
    ///
    /// $$ \sigma(z) = z \Phi(z), \qquad \sigma^\prime(z) = \Phi(z) + z \Phi^\prime(z) $$
    /// $$ a_0 = \frac12, \qquad a_1 = \frac{3}{4\sqrt\pi}, \qquad
    /// m_2 = \frac13 + \frac{2}{3\sqrt3 \pi}, \qquad
    /// c = \frac1{12} + \frac{2}{3\sqrt3 \pi} - \frac{9}{16\pi} $$
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Activation, Gelu, GeluTanh};
    ///
    /// let difference = Gelu.moments()?.c() - GeluTanh.moments()?.c();
    /// assert!(difference.abs() < 1e-4);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    ///
    /// Source: D. Hendrycks and K. Gimpel, *Gaussian error linear units*,
    /// arXiv:1606.08415.
    #[doc(alias = "gaussian error linear unit")]
    Gelu {
        derivative(z) = {
            let density = 0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2 * (-0.5 * z * z).exp();
            normal_cdf(z) + z * density
        };
        value(z) = z * normal_cdf(z);
        moments = {
            let c = 1.0 / 12.0 + (2.0 / 27f64.sqrt() - 9.0 / 16.0) / PI;
            DerivativeMoments::new(0.5, 0.75 / PI.sqrt(), c)
        };
    }
}

/// Returns Φ(z), with full relative accuracy on the left.
fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * FRAC_1_SQRT_2)
}

lipschitz! {
    /// The Gaussian error linear unit in its tanh approximation.
    ///
    /// $$ \sigma(z) = \tfrac12 z (1 + \tanh u), \qquad
    /// u = \sqrt{2/\pi} (z + 0.044715 z^3) $$
    ///
    /// $a_0 = 1/2$; the other moments have no closed form.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Activation, GeluTanh};
    ///
    /// assert!((GeluTanh.moments()?.a0 - 0.5).abs() < 1e-15);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    ///
    /// Source: D. Hendrycks and K. Gimpel, *Gaussian error linear units*,
    /// arXiv:1606.08415.
    #[doc(alias = "gelu_new")]
    #[doc(alias = "gelu_pytorch_tanh")]
    GeluTanh {
        derivative(z) = {
            let argument = Self::argument(z);
            let slope = logistic_slope(argument);
            // Where the slope has vanished its factor may have overflowed.
            if slope == 0.0 {
                return logistic(argument);
            }
            let inner = (8.0 / PI).sqrt() * (1.0 + 3.0 * Self::CUBIC * z * z);
            logistic(argument) + z * inner * slope
        };
        value(z) = z * logistic(Self::argument(z));
    }
}

impl GeluTanh {
    const CUBIC: f64 = 0.044_715;

    /// Returns 2u: (1 + tanh u)/2 is the logistic function of it.
    fn argument(z: f64) -> f64 {
        (8.0 / PI).sqrt() * z * (1.0 + Self::CUBIC * z * z)
    }
}

lipschitz! {
    /// The sigmoid linear unit, also called swish.
    ///
    /// $$ \sigma(z) = \frac{z}{1 + e^{-z}}, \qquad
    /// \sigma^\prime(z) = s(z) + z s(z) s(-z), \qquad s(z) = \frac{1}{1 + e^{-z}} $$
    ///
    /// $a_0 = 1/2$; the other moments have no closed form.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Activation, Silu};
    ///
    /// assert_eq!(Silu.derivative(0.0), 0.5);
    /// assert!((Silu.moments()?.a0 - 0.5).abs() < 1e-15);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    ///
    /// Source: S. Elfwing, E. Uchibe and K. Doya, *Sigmoid-weighted linear units for
    /// neural network function approximation in reinforcement learning*,
    /// arXiv:1702.03118.
    #[doc(alias = "swish")]
    Silu {
        derivative(z) = logistic(z) + z * logistic_slope(z);
        value(z) = z * logistic(z);
    }
}

lipschitz! {
    /// The mish.
    ///
    /// $$ \sigma(z) = z \tanh \log(1 + e^z) $$
    ///
    /// No moment has a closed form.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Activation, Mish};
    ///
    /// assert!((Mish.derivative(0.0) - 0.6).abs() < 1e-15);
    /// assert!((Mish.moments()?.a0 - 0.5637475572883807).abs() < 1e-14);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    ///
    /// Source: D. Misra, *Mish: a self regularized non-monotonic activation
    /// function*, arXiv:1908.08681.
    Mish {
        derivative(z) = {
            let (gate, slope) = Self::gate(z);
            gate + z * slope
        };
        value(z) = z * Self::gate(z).0;
    }
}

impl Mish {
    /// Returns T(z) = tanh log(1 + e^z) and T′(z), in powers of t = e^(−|z|).
    fn gate(z: f64) -> (f64, f64) {
        let t = (-z.abs()).exp();
        if z >= 0.0 {
            let denominator = 1.0 + 2.0 * t * (1.0 + t);
            let slope = 4.0 * t * t * (1.0 + t) / denominator.powi(2);
            ((1.0 + 2.0 * t) / denominator, slope)
        } else {
            let denominator = 2.0 + t * (2.0 + t);
            let slope = 4.0 * t * (1.0 + t) / denominator.powi(2);
            (t * (2.0 + t) / denominator, slope)
        }
    }
}
