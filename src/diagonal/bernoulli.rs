//! Dropout masks.

use rand::{Rng, RngExt};

use super::{DiagonalLaw, SquareLaw};
use crate::{Error, arguments};

/// Least probability of a neuron to be kept: 1/keep is then an admitted value of D.
const LEAST_KEPT: f64 = 1e-30;

/// A dropout mask: 1 with probability `keep`, 0 otherwise, or $1/\mathrm{keep}$
/// in place of 1 when [scaled](Bernoulli::scaled).
///
/// Note that $D$ enters the kernel squared, so the scaled mask has
/// $\mathbb{E} D = 1$ but $\mathbb{E} D^2 = 1/\mathrm{keep}$.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{Bernoulli, DiagonalLaw};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let mask = Bernoulli::new(0.8)?;
/// assert!((mask.square_law(1e-13)?.mass_at_zero() - 0.2).abs() < 1e-15);
/// assert!((mask.scaled().square_law(1e-13)?.moment(1) - 1.25).abs() < 1e-15);
/// # Ok(())
/// # }
/// ```
///
/// # Source
/// N. Srivastava, G. Hinton, A. Krizhevsky, I. Sutskever, R. Salakhutdinov,
/// *Dropout: a simple way to prevent neural networks from overfitting*,
/// J. Mach. Learn. Res. 15 (2014) 1929–1958.
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "dropout")]
#[doc(alias = "mask")]
pub struct Bernoulli {
    keep: f64,
    kept_value: f64,
}

impl Bernoulli {
    /// Takes the mask that keeps a neuron with probability `keep`, in $(0, 1]$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when `keep` is outside $[10^{-30}, 1]$ (the
    /// lower bound keeps the scaled value finite).
    pub fn new(keep: f64) -> Result<Self, Error> {
        arguments::within("keep", keep, LEAST_KEPT..=1.0, "a number in (0, 1], not below 1e-30")?;
        Ok(Self { keep, kept_value: 1.0 })
    }

    /// Returns the same mask with the value $1/\mathrm{keep}$ for kept neurons
    /// ("inverted dropout"); the default is 1.
    #[must_use]
    pub fn scaled(self) -> Self {
        Self { kept_value: 1.0 / self.keep, ..self }
    }
}

impl DiagonalLaw for Bernoulli {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        if rng.random::<f64>() < self.keep { self.kept_value } else { 0.0 }
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        Ok(SquareLaw::from_checked_atoms(&[self.kept_value, 0.0], &[self.keep, 1.0 - self.keep]))
    }
}
