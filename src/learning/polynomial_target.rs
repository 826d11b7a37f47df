//! A polynomial of the inputs, by the variances of its degrees.

use num_complex::Complex64;

use super::{EffectiveRidge, Target, Unexplained};
use crate::{Error, LimitingSpectrum, arguments};

/// A function of Gaussian inputs with given variances of its parts: $F_2^2$ of a quadratic form
/// $x^\top A x$, tr A = 0, and $F_{\ge3}^2$ of what is orthogonal to all polynomials of degree
/// two, both independent of W; and noise of variance s².
///
/// In this scaling the higher degrees are not learned and act as noise. Of the quadratic form
/// is left, with Y, Y′ independent from the law of $\frac1d W \frac{D^2}{\kappa + cD^2} W^\top$,
///
/// $$ q(\kappa) = \mathbb E \frac{1}{1 + b(Y + Y^\prime)} , \qquad
/// B = F_2^2\\,q , \qquad B - \kappa B^\prime = F_2^2\\,(q - \kappa q^\prime) . $$
///
/// Leading order: j(x) and the target count as jointly Gaussian. A linear part is learned
/// through $a_0 \ne 0$ with an error of order 1/d, a constant one through $a_1 \ne 0$; neither
/// is part of the limit. A radial part $|x|^2 - d$ counts as noise. No law with $a_0 = 0$ and a
/// linear part is covered.
///
/// q and κq′ are right to some 1e-13, and so is $q - \kappa q^\prime$, absolutely: where it is
/// less than that, as without noise for c = 0 and λ below 1e-7, the error is not to be trusted.
///
/// Source: [learning](crate::guide::learning), 4.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::{Relu, Tanh};
/// use ntk_spectrum::learning::{PolynomialTarget, Regression};
///
/// let quadratic = PolynomialTarget::new(1.0, 0.0, 0.1)?;
/// let learned = |law: &LimitingSpectrum| Regression::new(law, quadratic).ridge(0.01);
/// assert!(learned(&LimitingSpectrum::new(2.0, 1.0, Relu, 1.0))?.learned > 0.5);
/// // b = 0: an odd σ learns nothing of it.
/// assert!(learned(&LimitingSpectrum::new(2.0, 1.0, Tanh, 1.0))?.learned.abs() < 1e-14);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolynomialTarget {
    quadratic_variance: f64,
    higher_variance: f64,
    noise_variance: f64,
}

impl PolynomialTarget {
    /// Takes the variances of the quadratic part, of the higher degrees and of the noise.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless all are finite, at least 0, and not all 0.
    pub fn new(
        quadratic_variance: f64,
        higher_variance: f64,
        noise_variance: f64,
    ) -> Result<Self, Error> {
        arguments::non_negative("quadratic_variance", quadratic_variance)?;
        arguments::non_negative("higher_variance", higher_variance)?;
        arguments::non_negative("noise_variance", noise_variance)?;
        let some = quadratic_variance + higher_variance + noise_variance > 0.0;
        let allowed = "a number above 0 where nothing else is";
        arguments::parameter("noise_variance", noise_variance, some, allowed)?;
        Ok(Self { quadratic_variance, higher_variance, noise_variance })
    }

    /// Returns $F_2^2$.
    #[must_use]
    pub fn quadratic_variance(&self) -> f64 {
        self.quadratic_variance
    }

    /// Returns $F_{\ge 3}^2$.
    #[must_use]
    pub fn higher_variance(&self) -> f64 {
        self.higher_variance
    }
}

impl Target<LimitingSpectrum> for PolynomialTarget {
    fn noise_variance(&self) -> f64 {
        self.noise_variance + self.higher_variance
    }

    fn unexplained(
        &self,
        law: &LimitingSpectrum,
        ridge: &EffectiveRidge,
    ) -> Result<Unexplained, Error> {
        let kappa = ridge.kappa;
        let [q, slope] = law.population().quadratic_part(Complex64::new(kappa, 0.0))?;
        // Rounding of q, where both are of the size of κ.
        let unlearned = if kappa > 0.0 { (q.re - kappa * slope.re).max(0.0) } else { q.re };
        Ok(Unexplained {
            value: self.quadratic_variance * q.re,
            bias: self.quadratic_variance * unlearned,
            signal: self.quadratic_variance,
        })
    }

    fn prior_variance(&self) -> Option<f64> {
        None
    }
}
