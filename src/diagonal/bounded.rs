//! What a value of D may be.

use crate::{Error, arguments};

/// Largest |d| that is admitted: the fourth power of D² must be a finite number.
const LARGEST: f64 = 1e30;

const BOUNDED: &str = "a finite number of absolute value at most 1e30";

/// Checks one value of D.
pub(super) fn value(name: &'static str, value: f64) -> Result<f64, Error> {
    arguments::parameter(name, value, value.abs() <= LARGEST, BOUNDED)
}

/// Checks the values of D in a list, which must not be empty.
pub(super) fn values(name: &'static str, values: &[f64]) -> Result<(), Error> {
    arguments::non_empty(name, values.len())?;
    arguments::entries(name, values, |d| d.abs() <= LARGEST, BOUNDED)
}

/// Checks an interval of values of D.
pub(super) fn interval(lower: f64, upper: f64) -> Result<(), Error> {
    value("lower", lower)?;
    value("upper", upper)?;
    let allowed = "a number greater than lower (for a single value use Constant)";
    arguments::parameter("upper", upper, lower < upper, allowed)?;
    Ok(())
}
