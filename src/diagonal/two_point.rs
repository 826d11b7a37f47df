//! Two values.

use rand::{Rng, RngExt};

use super::{DiagonalLaw, SquareLaw, bounded};
use crate::{Error, arguments};

/// Two values: $q\\,\delta_{d_1} + (1-q)\\,\delta_{d_2}$.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{DiagonalLaw, TwoPoint};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let law = TwoPoint::new(2.0, 1.0, 0.25)?.square_law(1e-13)?;
/// assert_eq!(law.nodes(), &[1.0, 4.0]);
/// assert_eq!(law.weights(), &[0.75, 0.25]);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoPoint {
    first: f64,
    second: f64,
    probability_of_first: f64,
}

impl TwoPoint {
    /// Takes the value `first` with probability `probability_of_first` (in
    /// $[0, 1]$), the value `second` otherwise.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when a value is not a finite number of
    /// absolute value at most 1e30, or the probability is not in $[0, 1]$.
    pub fn new(first: f64, second: f64, probability_of_first: f64) -> Result<Self, Error> {
        Ok(Self {
            first: bounded::value("first", first)?,
            second: bounded::value("second", second)?,
            probability_of_first: arguments::probability(
                "probability_of_first",
                probability_of_first,
            )?,
        })
    }
}

impl DiagonalLaw for TwoPoint {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        if rng.random::<f64>() < self.probability_of_first { self.first } else { self.second }
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        let q = self.probability_of_first;
        Ok(SquareLaw::from_checked_atoms(&[self.first, self.second], &[q, 1.0 - q]))
    }
}
