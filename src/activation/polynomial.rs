//! The identity, and polynomials.

use super::lipschitz::lipschitz;
use super::{Activation, DerivativeMoments, Regularity};
use crate::{Error, arguments};

lipschitz! {
    /// The identity, the activation of a linear network.
    ///
    /// $$ \sigma(z) = z, \qquad a_0 = m_2 = 1, \qquad b = c = 0 $$
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Activation, Identity};
    ///
    /// let moments = Identity.moments()?;
    /// assert_eq!((moments.b(), moments.c()), (0.0, 0.0));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[doc(alias = "linear")]
    Identity {
        derivative(_z) = 1.0;
        value(z) = z;
        moments = DerivativeMoments::new(1.0, 0.0, 0.0);
    }
}

/// A polynomial.
///
/// $$ \sigma(z) = \sum_{j=0}^n s_j z^j, \qquad
/// \sigma^\prime(z) = \sum_{k=0}^{n-1} \alpha_k \frac{He_k(z)}{\sqrt{k!}}, \qquad
/// \alpha_k = \sqrt{k!} \sum_{m \ge 0}
/// \frac{(k + 2m + 1)!}{2^m m! k!} s_{k+2m+1} $$
/// $$ a_0 = \alpha_0, \qquad a_1 = \alpha_1, \qquad c = \sum_{k \ge 2} \alpha_k^2 $$
///
/// with $He_k$ the Hermite polynomials of the weight $e^{-z^2/2}$.
///
/// Convention: coefficients in ascending order, the constant first; no
/// coefficient at all gives σ = 0. The degree is at most 150.
///
/// # Errors
///
/// [`moments`](Activation::moments) fails if a moment overflows.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Polynomial};
///
/// // σ = z²/2: c = 0 for every quadratic polynomial.
/// let quadratic = Polynomial::new([0.0, 0.0, 0.5])?.moments()?;
/// assert_eq!((quadratic.b(), quadratic.c()), (1.0, 0.0));
///
/// // σ′ = He₃, of squared norm 3!.
/// let hermite = Polynomial::new([0.0, 0.0, -1.5, 0.0, 0.25])?.moments()?;
/// assert_eq!(hermite.a1, 0.0);
/// assert!((hermite.c() - 6.0).abs() < 1e-14);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "hermite")]
#[doc(alias = "quadratic")]
#[doc(alias = "cubic")]
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Polynomial {
    /// Without trailing zeros.
    coefficients: Vec<f64>,
}

impl Polynomial {
    /// E φ² overflows beyond, even for a monomial.
    const MAX_DEGREE: usize = 150;

    /// Returns the polynomial with the given coefficients of 1, z, z², …
    ///
    /// # Errors
    ///
    /// - [`Error::InvalidEntry`] if a coefficient is not finite,
    /// - [`Error::InvalidLength`] if the degree exceeds 150.
    pub fn new(coefficients: impl AsRef<[f64]>) -> Result<Self, Error> {
        let all = coefficients.as_ref();
        arguments::finite_entries("coefficients", all)?;
        let length = all.iter().rposition(|&s| s != 0.0).map_or(0, |last| last + 1);
        if length > Self::MAX_DEGREE + 1 {
            let expected = "at most 151, that is degree 150,";
            return Err(Error::InvalidLength { name: "coefficients", length, expected });
        }
        Ok(Self { coefficients: all[..length].to_vec() })
    }

    /// Returns α_k / √k!.
    fn hermite_coefficient(&self, k: usize) -> f64 {
        let mut sum = Compensated::default();
        // (k + 2m + 1)!/(2^m m! k!), an integer; exact while below 2⁵³.
        let mut weight = (k + 1) as f64;
        for (m, &s) in self.coefficients.iter().skip(k + 1).step_by(2).enumerate() {
            sum.add_product(weight, s);
            let n = (k + 2 * m + 2) as f64;
            weight = weight * n * (n + 1.0) / (2 * m + 2) as f64;
        }
        sum.value()
    }
}

/// A sum of products as if in twice the working precision: coefficients like
/// those of a Hermite polynomial cancel.
///
/// Source: T. Ogita, S. M. Rump and S. Oishi, *Accurate sum and dot product*,
/// SIAM J. Sci. Comput. 26 (2005), doi:10.1137/030601818, algorithm Dot2.
#[derive(Default)]
struct Compensated {
    sum: f64,
    rest: f64,
}

impl Compensated {
    fn add_product(&mut self, x: f64, y: f64) {
        let product = x * y;
        let sum = self.sum + product;
        let shift = sum - self.sum;
        let lost = (self.sum - (sum - shift)) + (product - shift);
        self.rest += lost + x.mul_add(y, -product);
        self.sum = sum;
    }

    fn value(&self) -> f64 {
        self.sum + self.rest
    }
}

impl Activation for Polynomial {
    fn derivative(&self, z: f64) -> f64 {
        let powers = self.coefficients.iter().enumerate().skip(1).rev();
        powers.fold(0.0, |sum, (j, s)| sum * z + j as f64 * s)
    }

    fn value(&self, z: f64) -> f64 {
        self.coefficients.iter().rev().fold(0.0, |sum, s| sum * z + s)
    }

    fn regularity(&self) -> Regularity {
        let order = self.coefficients.len().saturating_sub(3);
        Regularity::PseudoLipschitz { order: u32::try_from(order).unwrap_or(u32::MAX) }
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let mut c = 0.0;
        let mut factorial = 1.0;
        for k in 2..self.coefficients.len().saturating_sub(1) {
            factorial *= k as f64;
            c += factorial * self.hermite_coefficient(k).powi(2);
        }
        DerivativeMoments::new(self.hermite_coefficient(0), self.hermite_coefficient(1), c)
    }
}
