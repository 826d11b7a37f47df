//! Checks that the laws of D share.

use crate::Error;

/// Largest |d| that is admitted: the fourth power of D² must be a finite number.
const LARGEST: f64 = 1e30;

const BOUNDED: &str = "a finite number of absolute value at most 1e30";

/// Checks one value of D.
pub(super) fn value(name: &'static str, value: f64) -> Result<f64, Error> {
    if value.abs() <= LARGEST {
        Ok(value)
    } else {
        Err(Error::InvalidParameter { name, value, allowed: BOUNDED })
    }
}

/// Checks the values of D in a list, which must not be empty.
pub(super) fn values(name: &'static str, values: &[f64]) -> Result<(), Error> {
    if values.is_empty() {
        return Err(Error::InvalidLength { name, length: 0, expected: "at least 1" });
    }
    match values.iter().position(|d| d.is_nan() || d.abs() > LARGEST) {
        None => Ok(()),
        Some(index) => {
            Err(Error::InvalidEntry { name, index, value: values[index], allowed: BOUNDED })
        }
    }
}

/// Checks a probability.
pub(super) fn probability(name: &'static str, value: f64) -> Result<f64, Error> {
    if (0.0..=1.0).contains(&value) {
        Ok(value)
    } else {
        Err(Error::InvalidParameter { name, value, allowed: "a number in [0, 1]" })
    }
}

/// Checks an interval of values of D.
pub(super) fn interval(lower: f64, upper: f64) -> Result<(), Error> {
    value("lower", lower)?;
    value("upper", upper)?;
    if lower < upper {
        Ok(())
    } else {
        Err(Error::InvalidParameter {
            name: "upper",
            value: upper,
            allowed: "a number greater than lower (for a single value use Constant)",
        })
    }
}

/// Checks a parameter that has to be positive and at most `largest`.
pub(super) fn positive(
    name: &'static str,
    value: f64,
    largest: f64,
    allowed: &'static str,
) -> Result<f64, Error> {
    if value > 0.0 && value <= largest {
        Ok(value)
    } else {
        Err(Error::InvalidParameter { name, value, allowed })
    }
}
