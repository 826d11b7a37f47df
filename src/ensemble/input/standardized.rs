//! Any law, shifted and scaled.

use std::fmt;
use std::ops::RangeInclusive;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rand_distr::Distribution;

use super::InputLaw;
use crate::{Error, arguments};

/// Variances whose root can be divided out without loss.
const VARIANCES: RangeInclusive<f64> = 1e-200..=1e200;

/// Any `rand_distr::Distribution<f64>`, shifted to mean 0 and scaled to variance 1.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::Standardized;
/// use rand_distr::{Exp1, Triangular};
///
/// // The exponential law has mean 1 and variance 1.
/// let law = Standardized::from_moments(Exp1, 1.0, 1.0)?;
/// let x = InputEnsemble::new(Dimensions::new(10, 3, 1)?).with_law(law).sample()?;
/// assert!(x.iter().all(|x| *x >= -1.0));
///
/// let triangular = Triangular::new(0.0, 1.0, 0.2).expect("0 ≤ 0.2 ≤ 1");
/// let law = Standardized::estimated(triangular, 100_000, 1)?;
/// assert!((law.mean() - 0.4).abs() < 0.005);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq)]
pub struct Standardized<T> {
    law: T,
    mean: f64,
    variance: f64,
    /// 1/√variance
    scale: f64,
}

impl<T: Distribution<f64> + Send + Sync> Standardized<T> {
    /// Takes `law` with the mean and variance that the caller knows.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when `mean` is not finite, or `variance` is
    /// not a number in \[1e-200, 1e200\].
    pub fn from_moments(law: T, mean: f64, variance: f64) -> Result<Self, Error> {
        arguments::finite("mean", mean)?;
        arguments::within("variance", variance, VARIANCES, "a number in [1e-200, 1e200]")?;
        Ok(Self { law, mean, variance, scale: 1.0 / variance.sqrt() })
    }

    /// Takes `law` with mean and variance estimated from `size` draws, at least 2, of
    /// a generator of its own, seeded with `seed`.
    ///
    /// The estimates are off by about $\sqrt{v/\mathrm{size}}$ and
    /// $v\sqrt{(\kappa - 1)/\mathrm{size}}$ (v the variance, κ the kurtosis):
    /// take known moments where there are any.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when `size` is less than 2, and
    /// [`Error::InvalidParameter`] as for [`from_moments`](Self::from_moments),
    /// for a law without a variance or of variance 0 for instance.
    pub fn estimated(law: T, size: usize, seed: u64) -> Result<Self, Error> {
        arguments::size_if("size", size, size >= 2, "at least 2")?;
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut mean, mut squares) = (0.0, 0.0);
        // Welford's recurrence: no difference of large sums.
        for count in 1..=size {
            let value = law.sample(&mut rng);
            let difference = value - mean;
            mean += difference / count as f64;
            squares += difference * (value - mean);
        }
        Self::from_moments(law, mean, squares / (size - 1) as f64)
    }

    /// Returns the mean that is subtracted.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Returns the variance that is divided out.
    #[must_use]
    pub fn variance(&self) -> f64 {
        self.variance
    }
}

impl<T> fmt::Debug for Standardized<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Standardized")
            .field("law", &std::any::type_name::<T>())
            .field("mean", &self.mean)
            .field("variance", &self.variance)
            .finish()
    }
}

impl<T: Distribution<f64> + Send + Sync> InputLaw for Standardized<T> {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        self.scale * (self.law.sample(rng) - self.mean)
    }
}
