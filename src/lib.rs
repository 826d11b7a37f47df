//! The limiting eigenvalue distribution of the neural tangent kernel.

pub mod activation;
pub mod ensemble;
mod error;
pub mod law;
mod numerics;
mod settings;
pub mod spectrum;

pub use error::Error;
pub use spectrum::LimitingSpectrum;
