//! Random signs.

use rand::{Rng, RngExt};

use super::InputLaw;

/// Random signs: 1 and −1 with probability ½ each.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::Rademacher;
///
/// let x = InputEnsemble::new(Dimensions::new(10, 3, 1)?).with_law(Rademacher).sample()?;
/// assert!(x.iter().all(|x| x.abs() == 1.0));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rademacher;

impl InputLaw for Rademacher {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        if rng.random::<bool>() { 1.0 } else { -1.0 }
    }

    fn kurtosis(&self) -> Option<f64> {
        Some(1.0)
    }
}
