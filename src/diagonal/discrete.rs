//! Finitely many values.

use rand::Rng;
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;

use super::{DiagonalLaw, SquareLaw, bounded};
use crate::{Error, arguments};

/// Finitely many values: $\sum_i w_i\\,\delta_{d_i}$.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{DiagonalLaw, Discrete};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let law = Discrete::new(&[-1.0, 0.0, 1.0], &[0.25, 0.5, 0.25])?.square_law(1e-13)?;
/// assert_eq!(law.nodes(), &[0.0, 1.0]);
/// assert_eq!(law.mass_at_zero(), 0.5);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "atoms")]
#[doc(alias = "categorical")]
pub struct Discrete {
    values: Vec<f64>,
    weights: Vec<f64>,
    index: WeightedIndex<f64>,
}

impl Discrete {
    /// Takes the value `values[i]` with probability `weights[i]`.
    ///
    /// The weights may miss 1 by 1e-9 in total and are then divided by their sum.
    ///
    /// # Errors
    /// [`Error::InvalidLength`] when the lists are empty or differ in length,
    /// [`Error::InvalidEntry`] for a value that is not a finite number of
    /// absolute value at most 1e30 or a weight that is not in $[0, 1]$,
    /// [`Error::InvalidParameter`] for `weights`, with their sum as the value,
    /// when they do not sum to 1.
    pub fn new(values: &[f64], weights: &[f64]) -> Result<Self, Error> {
        bounded::values("values", values)?;
        let weights = arguments::normalised_weights("weights", weights, values.len())?;
        let index = WeightedIndex::new(&weights).map_err(|_| Error::InvalidParameter {
            name: "weights",
            value: weights.iter().sum(),
            allowed: "weights that sum to 1",
        })?;
        Ok(Self { values: values.to_vec(), weights, index })
    }
}

impl DiagonalLaw for Discrete {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        self.values[self.index.sample(rng)]
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        Ok(SquareLaw::from_checked_atoms(&self.values, &self.weights))
    }
}
