//! Transforms of an empirical law.

use num_complex::Complex64;

use super::EmpiricalSpectrum;
use crate::numerics::complex::reciprocal;
use crate::{Error, arguments};

impl EmpiricalSpectrum {
    /// Computes the Cauchy transform $G_n(z) = \frac1n \sum_i \frac1{z - \lambda_i}$.
    ///
    /// The sign is that of [`SpectralLaw`](crate::law::SpectralLaw): $\operatorname{Im} G_n < 0$ for
    /// $\operatorname{Im} z > 0$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if z is not finite, or an eigenvalue.
    ///
    /// # Complexity
    ///
    /// $O(n)$.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::EmpiricalSpectrum;
    /// use num_complex::Complex64;
    ///
    /// let spectrum = EmpiricalSpectrum::new([0.0, 2.0])?;
    /// let z = Complex64::new(1.0, 1.0);
    /// assert_eq!(spectrum.cauchy(z)?, Complex64::new(0.0, -0.5));
    /// assert_eq!(spectrum.stieltjes(z)?, Complex64::new(0.0, 0.5));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn cauchy(&self, z: Complex64) -> Result<Complex64, Error> {
        arguments::point("z", z)?;
        let sum: Complex64 = self.sorted().iter().map(|x| reciprocal(z - x)).sum();
        // 1/0, in real or complex arithmetic, is not finite.
        arguments::parameter("z", z.re, sum.is_finite(), "any point but an eigenvalue")?;
        Ok(sum / self.len() as f64)
    }

    /// Computes the Stieltjes transform $m_n(z) = \frac1n \sum_i \frac1{\lambda_i - z} =
    /// -G_n(z)$.
    ///
    /// # Errors
    ///
    /// As [`cauchy`](Self::cauchy).
    pub fn stieltjes(&self, z: Complex64) -> Result<Complex64, Error> {
        Ok(-self.cauchy(z)?)
    }
}
