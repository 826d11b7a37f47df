//! Laws of the diagonal entries of D.

mod square_law;

use rand::Rng;

use crate::Error;
pub use square_law::SquareLaw;

/// A law of bounded support for the diagonal entries of D.
pub trait DiagonalLaw: std::fmt::Debug + Send + Sync {
    /// Draws one diagonal entry.
    fn sample(&self, rng: &mut dyn Rng) -> f64;

    /// The law of D², as a quadrature.
    ///
    /// # Errors
    /// When the parameters are not valid (for the laws whose constructor does
    /// not check, a plain `f64` for instance).
    fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error>;
}
