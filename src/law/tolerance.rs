//! The tolerance of solved laws, and the identities that they are held to.

use std::ops::RangeInclusive;

use crate::{Error, arguments};

/// Default relative tolerance of tabulated laws: a tenth of it costs a third more
/// nodes, and rounding of the transforms stops it at some 1e-13.
pub(crate) const DEFAULT: f64 = 1e-10;

/// The least that `with_tolerance` accepts: below, refinement meets rounding.
pub(crate) const LEAST: f64 = 1e-13;

/// What `with_tolerance` accepts: above, tables of 16 nodes a piece are not cheaper.
const RANGE: RangeInclusive<f64> = LEAST..=1e-3;

/// How far an identity of a computed law may be off before the law is refused: ten
/// times the default tolerance, so that no wrong law passes and no right one fails.
const CONSISTENCY: f64 = 1e-9;

/// Checks a tolerance.
pub(crate) fn check(value: f64) -> Result<f64, Error> {
    arguments::within("tolerance", value, RANGE, "a number between 1e-13 and 1e-3")
}

/// Checks an identity that the computed law must satisfy.
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
