//! `Cause`: the error of the operating system behind one of the crate.

use std::io;
use std::ops::Deref;
use std::sync::Arc;

/// An [`io::Error`] that can be shared, and is equal to another of the same kind and
/// message.
///
/// It is the [`source`](std::error::Error::source) of the error that holds it.
#[derive(Debug, Clone)]
pub struct Cause(Arc<io::Error>);

impl From<io::Error> for Cause {
    fn from(error: io::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl Deref for Cause {
    type Target = io::Error;

    fn deref(&self) -> &io::Error {
        &self.0
    }
}

impl PartialEq for Cause {
    fn eq(&self, other: &Self) -> bool {
        self.kind() == other.kind() && self.to_string() == other.to_string()
    }
}
