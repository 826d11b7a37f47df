//! The spectrum of the neural tangent kernel.
//!
//! [`LimitingSpectrum`] is the law μ of the [theory](crate::guide::theory): the
//! generalised Marchenko–Pastur law of ratio γ1 over the population law of σ and D.
//! [`FiniteSpectrum`] is that of given n, d and p.
//! [`PredictedOutliers`] are the eigenvalues that a finite kernel has besides it.

mod finite;
mod limiting;
mod outliers;

pub use crate::law::{Atom, Edge, EdgeKind, SupportInterval, TabulatedLaw};
pub use finite::{
    FiniteBulk, FiniteEnergies, FiniteOutliers, FiniteSpectrum, OutlierMean, Resolution,
    SmoothedLaw,
};
pub use limiting::LimitingSpectrum;
pub use outliers::{OutlierGroup, PredictedOutliers};
