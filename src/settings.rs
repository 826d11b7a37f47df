//! The crate's tolerances, in one table, and the checks of common arguments.

use crate::Error;

/// Default relative tolerance of tabulated laws.
pub(crate) const DEFAULT_TOLERANCE: f64 = 1e-10;

/// What `with_tolerance` accepts.
const TOLERANCES: std::ops::RangeInclusive<f64> = 1e-13..=1e-3;

/// How far an identity of a computed law may be off before the law is refused.
const CONSISTENCY: f64 = 1e-9;

pub(crate) fn tolerance(value: f64) -> Result<f64, Error> {
    if TOLERANCES.contains(&value) {
        return Ok(value);
    }
    Err(Error::InvalidParameter {
        name: "tolerance",
        value,
        allowed: "a number between 1e-13 and 1e-3",
    })
}

/// An aspect ratio.
pub(crate) fn ratio(name: &'static str, value: f64) -> Result<f64, Error> {
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(Error::InvalidParameter { name, value, allowed: "a finite number above 0" })
}

/// A number of rows or columns.
pub(crate) fn size(name: &'static str, size: usize) -> Result<usize, Error> {
    if size > 0 {
        return Ok(size);
    }
    Err(Error::InvalidSize { name, size, allowed: "at least 1" })
}

pub(crate) fn consistent(
    identity: &'static str,
    expected: f64,
    found: f64,
    tolerance: f64,
) -> Result<(), Error> {
    if (found - expected).abs() <= CONSISTENCY.max(10.0 * tolerance) * expected.abs() {
        return Ok(());
    }
    Err(Error::Inconsistent { identity, expected, found })
}

/// Weights of a discrete law: non-negative, one for each of `length` locations,
/// of sum 1 up to 1e-9. Returned with their sum divided out.
pub(crate) fn normalised_weights(
    name: &'static str,
    weights: &[f64],
    length: usize,
) -> Result<Vec<f64>, Error> {
    if weights.is_empty() || weights.len() != length {
        return Err(Error::InvalidLength {
            name,
            length: weights.len(),
            expected: "at least 1, and the number of locations",
        });
    }
    if let Some(index) = weights.iter().position(|w| !(0.0..=1.0 + CONSISTENCY).contains(w)) {
        return Err(Error::InvalidEntry {
            name,
            index,
            value: weights[index],
            allowed: "a number in [0, 1]",
        });
    }
    let sum: f64 = weights.iter().sum();
    if (sum - 1.0).abs() > CONSISTENCY {
        return Err(Error::InvalidParameter { name, value: sum, allowed: "weights that sum to 1" });
    }
    Ok(weights.iter().map(|w| w / sum).collect())
}
