//! A diagonal that is already there.

use rand::{Rng, RngExt};

use super::{DiagonalLaw, SquareLaw, bounded};
use crate::Error;

/// The empirical law $\frac1p\sum_k \delta_{d_k}$ of a given diagonal $d_1, \dots, d_p$.
///
/// # Complexity
/// Every distinct $|d_k|$ is an atom of the law of $D^2$. Up to 6 of them are looked at one
/// by one; more are merged by the Gauss rule of their law, whose moments are theirs, into 32
/// to 256, and the limiting law of 1,000 takes a second or a few at $\gamma_2$ of order one
/// ([numerics](crate::guide::numerics#many-values-of-d)). The density of the population
/// law itself shows each value, and is refused for more than 80.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{DiagonalLaw, Empirical};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let law = Empirical::new(&[1.0, -1.0, 2.0, 0.0])?.square_law(1e-13)?;
/// assert_eq!(law.nodes(), &[0.0, 1.0, 4.0]);
/// assert_eq!(law.weights(), &[0.25, 0.5, 0.25]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Empirical {
    diagonal: Vec<f64>,
}

impl Empirical {
    /// Takes the law that gives each entry of `diagonal` the same weight.
    ///
    /// # Errors
    /// [`Error::InvalidLength`] when `diagonal` is empty,
    /// [`Error::InvalidEntry`] for an entry that is not a finite number of
    /// absolute value at most 1e30.
    pub fn new(diagonal: &[f64]) -> Result<Self, Error> {
        bounded::values("diagonal", diagonal)?;
        Ok(Self { diagonal: diagonal.to_vec() })
    }
}

impl DiagonalLaw for Empirical {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        self.diagonal[rng.random_range(0..self.diagonal.len())]
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        let weight = 1.0 / self.diagonal.len() as f64;
        let weights = vec![weight; self.diagonal.len()];
        Ok(SquareLaw::from_checked_atoms(&self.diagonal, &weights))
    }
}
