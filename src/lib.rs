//! The limiting eigenvalue distribution of the neural tangent kernel.

pub mod activation;
pub mod ensemble;
mod error;
mod numerics;

pub use error::Error;
