//! The limiting spectrum of the neural tangent kernel.
//!
//! [`LimitingSpectrum`] is the law μ of `docs/theory.md`: the generalised
//! Marchenko–Pastur law of ratio γ1 over the population law of σ and D.

mod limiting;

pub use crate::law::{Atom, Edge, EdgeKind, SupportInterval, TabulatedLaw};
pub use limiting::LimitingSpectrum;
