//! Activations σ and the Gaussian moments of their derivatives.

use crate::Error;

/// Gaussian moments of φ = σ′.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DerivativeMoments {
    /// a0 = E φ(Z).
    pub a0: f64,
    /// a1 = E Z φ(Z).
    pub a1: f64,
    /// m2 = E φ(Z)².
    pub second_moment: f64,
    c: f64,
}

impl DerivativeMoments {
    /// b = a1².
    #[must_use]
    pub fn b(&self) -> f64 {
        self.a1 * self.a1
    }
    /// c = E (φ(Z) − a0 − a1 Z)².
    #[must_use]
    pub fn c(&self) -> f64 {
        self.c
    }
}

/// An activation σ.
pub trait Activation: std::fmt::Debug + Send + Sync {
    /// σ′(z).
    fn derivative(&self, z: f64) -> f64;
    /// Gaussian moments.
    ///
    /// # Errors
    /// When they do not converge.
    fn moments(&self) -> Result<DerivativeMoments, Error>;
}
