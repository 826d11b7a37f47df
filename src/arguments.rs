//! The checks of arguments, one each, for every room.
//!
//! Each returns what it was given, or an error that names the argument, its value
//! and what is allowed. Comparisons are written so that NaN fails.

use std::ops::{Range, RangeInclusive};

use ndarray::ArrayView2;
use num_complex::Complex64;

use crate::Error;

/// How far weights may be off from summing to 1, which rounding of printed decimals
/// explains; more is a mistake of the caller's.
const WEIGHT_SUM: f64 = 1e-9;

const FINITE: &str = "a finite number";

/// What ridges are allowed.
pub(crate) const RIDGE: &str =
    "a number above 0 where the spectrum reaches 0, and above minus its lower end";

/// The value, if it is `valid`.
#[inline]
pub(crate) fn parameter(
    name: &'static str,
    value: f64,
    valid: bool,
    allowed: &'static str,
) -> Result<f64, Error> {
    if valid { Ok(value) } else { Err(Error::InvalidParameter { name, value, allowed }) }
}

/// A finite number.
#[inline]
pub(crate) fn finite(name: &'static str, value: f64) -> Result<f64, Error> {
    parameter(name, value, value.is_finite(), FINITE)
}

/// A finite number above 0: a ratio, a width, a ridge.
#[inline]
pub(crate) fn positive(name: &'static str, value: f64) -> Result<f64, Error> {
    parameter(name, value, value > 0.0 && value.is_finite(), "a finite number above 0")
}

/// A finite number, at least 0.
#[inline]
pub(crate) fn non_negative(name: &'static str, value: f64) -> Result<f64, Error> {
    parameter(name, value, value >= 0.0 && value.is_finite(), "a finite number, at least 0")
}

/// A ridge λ, at least 0, that lifts the lowest x of a spectrum above 0.
pub(crate) fn ridge(lambda: f64, lowest: f64) -> Result<f64, Error> {
    non_negative("lambda", lambda)?;
    if lowest < 0.0 && lowest + lambda <= 0.0 {
        return Err(Error::Indefinite { lambda, eigenvalue: lowest });
    }
    parameter("lambda", lambda, lowest + lambda > 0.0, RIDGE)
}

/// A number in a closed range, which `allowed` says in words.
#[inline]
pub(crate) fn within(
    name: &'static str,
    value: f64,
    range: RangeInclusive<f64>,
    allowed: &'static str,
) -> Result<f64, Error> {
    parameter(name, value, range.contains(&value), allowed)
}

/// A number in \[0, 1\].
pub(crate) fn probability(name: &'static str, value: f64) -> Result<f64, Error> {
    within(name, value, 0.0..=1.0, "a number in [0, 1]")
}

/// Any number but NaN.
#[inline]
pub(crate) fn not_nan(name: &'static str, value: f64) -> Result<f64, Error> {
    // On the way of every density, where a call for each would show.
    if value.is_nan() {
        return Err(Error::InvalidParameter { name, value, allowed: "any number but NaN" });
    }
    Ok(value)
}

/// The value of a function of the caller's: a finite number.
#[inline]
pub(crate) fn value(
    function: &'static str,
    at: f64,
    value: f64,
    allowed: &'static str,
) -> Result<f64, Error> {
    if value.is_finite() {
        return Ok(value);
    }
    Err(Error::InvalidValue { function, at, value, allowed })
}

/// A point of the complex plane.
pub(crate) fn point(name: &'static str, z: Complex64) -> Result<Complex64, Error> {
    for value in [z.re, z.im] {
        parameter(name, value, value.is_finite(), "a complex number with finite parts")?;
    }
    Ok(z)
}

/// A number of rows, columns, steps: at least 1.
pub(crate) fn size(name: &'static str, size: usize) -> Result<usize, Error> {
    size_if(name, size, size > 0, "at least 1")
}

/// The size, if it is `valid`.
pub(crate) fn size_if(
    name: &'static str,
    size: usize,
    valid: bool,
    allowed: &'static str,
) -> Result<usize, Error> {
    if valid { Ok(size) } else { Err(Error::InvalidSize { name, size, allowed }) }
}

/// Two sizes that agree.
pub(crate) fn same_size(
    name: &'static str,
    size: usize,
    expected: usize,
    reason: &'static str,
) -> Result<(), Error> {
    if size == expected {
        return Ok(());
    }
    Err(Error::SizeMismatch { name, size, expected, reason })
}

/// A range of the first `rows` rows.
pub(crate) fn rows(range: &Range<usize>, rows: usize) -> Result<(), Error> {
    let (start, end) = (range.start, range.end);
    size_if("the end of the range of rows", end, end <= rows, "at most the number of rows")?;
    size_if("the start of the range of rows", start, start <= end, "at most its end")?;
    Ok(())
}

/// A list that is not empty.
pub(crate) fn non_empty(name: &'static str, length: usize) -> Result<(), Error> {
    if length > 0 {
        return Ok(());
    }
    Err(Error::InvalidLength { name, length, expected: "at least 1" })
}

/// A list whose entries are all `valid`; the first that is not is named.
pub(crate) fn entries<'a>(
    name: &'static str,
    entries: impl IntoIterator<Item = &'a f64>,
    valid: impl Fn(f64) -> bool,
    allowed: &'static str,
) -> Result<(), Error> {
    match entries.into_iter().enumerate().find(|(_, value)| !valid(**value)) {
        None => Ok(()),
        Some((index, &value)) => Err(Error::InvalidEntry { name, index, value, allowed }),
    }
}

/// A list of finite numbers.
pub(crate) fn finite_entries<'a>(
    name: &'static str,
    list: impl IntoIterator<Item = &'a f64>,
) -> Result<(), Error> {
    entries(name, list, f64::is_finite, FINITE)
}

/// Rows of a matrix, which begin at row `top` of it, of finite numbers.
pub(crate) fn finite_rows(
    name: &'static str,
    rows: ArrayView2<'_, f64>,
    top: usize,
) -> Result<(), Error> {
    match rows.indexed_iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some(((row, column), &value)) => {
            Err(Error::InvalidElement { name, row: top + row, column, value, allowed: FINITE })
        }
    }
}

/// Weights of a discrete law: non-negative, one for each of `length` locations,
/// of sum 1 up to `WEIGHT_SUM`. Returned with their sum divided out.
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
    let valid = |w| (0.0..=1.0 + WEIGHT_SUM).contains(&w);
    entries(name, weights, valid, "a number in [0, 1]")?;
    let sum: f64 = weights.iter().sum();
    parameter(name, sum, (sum - 1.0).abs() <= WEIGHT_SUM, "weights that sum to 1")?;
    Ok(weights.iter().map(|w| w / sum).collect())
}

/// Numbers between commas.
pub(crate) fn numbers(list: &str) -> Result<Vec<f64>, Error> {
    let number = |text: &str| {
        text.trim().parse().map_err(|_| Error::UnknownName {
            kind: "number",
            name: text.into(),
            allowed: "a decimal number, as 0.5 or -1e-3",
        })
    };
    list.split(',').map(number).collect()
}
