//! `Number`: a number in a message.

use std::fmt::{Display, Formatter, Result};

/// Where decimals end and powers of ten begin: outside, they are mostly zeros.
const DECIMAL: std::ops::Range<f64> = 1e-5..1e16;

/// A number as short as it can be read back.
pub(crate) struct Number(pub(crate) f64);

impl Display for Number {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let Self(value) = self;
        if *value == 0.0 || !value.is_finite() || DECIMAL.contains(&value.abs()) {
            write!(f, "{value}")
        } else {
            write!(f, "{value:e}")
        }
    }
}
