//! The Laplace law.

use std::f64::consts::FRAC_1_SQRT_2;

use rand::{Rng, RngExt};
use rand_distr::{Distribution, Exp1};

use super::InputLaw;

/// The Laplace law of variance 1, density $e^{-\sqrt2 |x|}/\sqrt2$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::Laplace;
///
/// let x = InputEnsemble::new(Dimensions::new(10, 3, 1)?).with_law(Laplace).sample()?;
/// assert_eq!(x.dim(), (10, 3));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Laplace;

impl InputLaw for Laplace {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        let size: f64 = Exp1.sample(rng);
        FRAC_1_SQRT_2 * if rng.random::<bool>() { size } else { -size }
    }

    fn kurtosis(&self) -> Option<f64> {
        Some(6.0)
    }
}
