//! The law of a constant, as a type and as a plain number.

use rand::Rng;

use super::{DiagonalLaw, SquareLaw, bounded};
use crate::Error;

/// Every diagonal entry is the same number $\delta$: $D = \delta\\,\mathrm{Id}$.
///
/// A plain `f64` is the same law, checked when it is used.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{Constant, DiagonalLaw};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let law = Constant::new(-2.0)?.square_law(1e-13)?;
/// assert_eq!(law.nodes(), &[4.0]);
/// assert_eq!(law, 2.0.square_law(1e-13)?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "identity")]
pub struct Constant {
    value: f64,
}

impl Constant {
    /// Takes the constant `value`; 0 and negative numbers are allowed.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when `value` is not a finite number of
    /// absolute value at most 1e30.
    pub fn new(value: f64) -> Result<Self, Error> {
        let value = bounded::value("value", value)?;
        Ok(Self { value })
    }
}

impl DiagonalLaw for Constant {
    fn sample(&self, _: &mut dyn Rng) -> f64 {
        self.value
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        Ok(SquareLaw::from_checked_atoms(&[self.value], &[1.0]))
    }
}

/// The constant law; `square_law` returns [`Error::InvalidParameter`] for `d`
/// when the number is not finite or exceeds 1e30 in absolute value.
impl DiagonalLaw for f64 {
    fn sample(&self, _: &mut dyn Rng) -> f64 {
        *self
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        let d = bounded::value("d", *self)?;
        Ok(SquareLaw::from_checked_atoms(&[d], &[1.0]))
    }
}
