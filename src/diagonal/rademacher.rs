//! Random signs.

use rand::{Rng, RngExt};

use super::{DiagonalLaw, SquareLaw};
use crate::Error;

/// Random signs: $D = \pm 1$ with probability $1/2$ each.
///
/// Since only $D^2 = 1$ enters the kernel, its limit is that of $D = \mathrm{Id}$.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{DiagonalLaw, Rademacher};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// assert_eq!(Rademacher.square_law(1e-13)?, 1.0.square_law(1e-13)?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[doc(alias = "signs")]
pub struct Rademacher;

impl DiagonalLaw for Rademacher {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        if rng.random::<bool>() { 1.0 } else { -1.0 }
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        Ok(SquareLaw::from_checked_atoms(&[1.0], &[1.0]))
    }
}
