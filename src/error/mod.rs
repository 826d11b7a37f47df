//! The error type of the crate.

mod cause;
mod kind;
mod limits;
mod messages;
mod number;
mod variants;

pub use cause::Cause;
pub use kind::ErrorKind;
pub(crate) use number::Number;
pub use variants::Error;
