//! The uniform law.

use rand::{Rng, RngExt};

use super::InputLaw;

/// √3
const HALF_WIDTH: f64 = 1.732_050_807_568_877_2;

/// The uniform law of variance 1, density $1/(2\sqrt3)$ on $[-\sqrt3, \sqrt3]$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::Uniform;
///
/// let x = InputEnsemble::new(Dimensions::new(10, 3, 1)?).with_law(Uniform).sample()?;
/// assert!(x.iter().all(|x| x.abs() <= 3f64.sqrt()));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Uniform;

impl InputLaw for Uniform {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        rng.random_range(-HALF_WIDTH..=HALF_WIDTH)
    }

    fn kurtosis(&self) -> Option<f64> {
        Some(1.8)
    }
}
