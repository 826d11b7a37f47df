//! The uniform law.

use num_complex::Complex64;
use rand::{Rng, RngExt};

use super::density::{Density, Place};
use super::{DiagonalLaw, SquareLaw, analytic, bounded};
use crate::Error;

/// The uniform law on an interval, density $1/(b-a)$ on $[a, b]$.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{DiagonalLaw, Uniform};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let law = Uniform::new(-1.0, 1.0)?.square_law(1e-13)?;
/// assert!((law.moment(1) - 1.0 / 3.0).abs() < 1e-15);
/// assert_eq!(law.support(), &[(0.0, 1.0)]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Uniform {
    lower: f64,
    upper: f64,
}

impl Uniform {
    /// Takes the uniform law on $[\text{lower}, \text{upper}]$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for `lower` or `upper` when it is not a
    /// finite number of absolute value at most 1e30, and for `upper` when it
    /// is not greater than `lower`.
    pub fn new(lower: f64, upper: f64) -> Result<Self, Error> {
        bounded::interval(lower, upper)?;
        Ok(Self { lower, upper })
    }
}

impl DiagonalLaw for Uniform {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        rng.random_range(self.lower..=self.upper)
    }

    fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error> {
        analytic::square_law(self, tolerance)
    }
}

impl Density for Uniform {
    fn interval(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }

    fn ln_density(&self, _: &Place) -> Complex64 {
        Complex64::ZERO
    }
}
