//! The error type of the crate.

mod cause;
mod kind;
mod variants;

pub use cause::Cause;
pub use kind::ErrorKind;
pub use variants::Error;
