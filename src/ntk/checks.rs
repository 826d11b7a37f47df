//! Checks of the matrices that come in.

use ndarray::{ArrayView1, ArrayView2};

use crate::{Error, settings};

const FINITE: &str = "a finite number";

/// Checks the shapes: X is n × d, W is d × p, D has p entries.
pub(super) fn shapes(
    x: ArrayView2<'_, f64>,
    w: ArrayView2<'_, f64>,
    diagonal: Option<ArrayView1<'_, f64>>,
) -> Result<(), Error> {
    settings::size("rows of x", x.nrows())?;
    settings::size("columns of x", x.ncols())?;
    settings::size("columns of w", w.ncols())?;
    same("rows of w", w.nrows(), x.ncols(), "the columns of x")?;
    match diagonal {
        Some(diagonal) => {
            same("length of the diagonal", diagonal.len(), w.ncols(), "the columns of w")
        }
        None => Ok(()),
    }
}

/// Checks that two sizes agree.
pub(super) fn same(
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

/// Checks that all entries are finite.
pub(super) fn finite(name: &'static str, matrix: ArrayView2<'_, f64>) -> Result<(), Error> {
    match matrix.indexed_iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some(((row, column), &value)) => {
            Err(Error::InvalidElement { name, row, column, value, allowed: FINITE })
        }
    }
}

/// Checks that all entries of the diagonal of D are finite.
pub(super) fn finite_diagonal(diagonal: ArrayView1<'_, f64>) -> Result<(), Error> {
    match diagonal.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Error::InvalidEntry {
            name: "diagonal",
            index,
            value: diagonal[index],
            allowed: FINITE,
        }),
    }
}
