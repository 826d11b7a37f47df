//! A normal law with many zeros.

use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};

use super::InputLaw;
use crate::{Error, arguments};

/// Sparser matrices have rows without any entry long before their kernel has a limit.
const LEAST_DENSITY: f64 = 1e-6;

/// The Bernoulli–Gaussian law $(1 - s)\\,\delta_0 + s\\,N(0, 1/s)$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::SparseGaussian;
///
/// let x = InputEnsemble::new(Dimensions::new(100, 30, 1)?).with_law(SparseGaussian::new(0.1)?).sample()?;
/// let zeros = x.iter().filter(|x| **x == 0.0).count();
/// assert!((2600..2800).contains(&zeros));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SparseGaussian {
    density: f64,
    /// 1/√s
    scale: f64,
}

impl SparseGaussian {
    /// Takes the law whose entries differ from 0 with probability s = `density`, from
    /// 1e-6 to 1.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when `density` is outside this range.
    pub fn new(density: f64) -> Result<Self, Error> {
        arguments::within("density", density, LEAST_DENSITY..=1.0, "a number in [1e-6, 1]")?;
        Ok(Self { density, scale: 1.0 / density.sqrt() })
    }
}

impl InputLaw for SparseGaussian {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        if rng.random::<f64>() < self.density {
            let normal: f64 = StandardNormal.sample(rng);
            self.scale * normal
        } else {
            0.0
        }
    }

    fn kurtosis(&self) -> Option<f64> {
        Some(3.0 / self.density)
    }
}
