//! Checks of the matrices that come in.

use ndarray::{ArrayView1, ArrayView2};

use crate::{Error, settings};

const FINITE: &str = "a finite number";

/// Checks the shapes: X is n × d, W is d × p, D has p entries.
pub(super) fn shapes(
    (n, d): (usize, usize),
    w: ArrayView2<'_, f64>,
    diagonal: usize,
) -> Result<(), Error> {
    settings::size("rows of x", n)?;
    settings::size("columns of x", d)?;
    settings::size("columns of w", w.ncols())?;
    same("rows of w", w.nrows(), d, "the columns of x")?;
    same("length of the diagonal", diagonal, w.ncols(), "the columns of w")
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
    finite_rows(name, matrix, 0)
}

/// The same for rows of a matrix that begin at `top`.
pub(super) fn finite_rows(
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

/// Checks that `range` lies within `rows` rows.
pub(super) fn range(
    name: &'static str,
    range: &std::ops::Range<usize>,
    rows: usize,
) -> Result<(), Error> {
    if range.start <= range.end && range.end <= rows {
        return Ok(());
    }
    let size = if range.start > range.end { range.start } else { range.end };
    let allowed = "a range that does not end before it starts, nor behind the last row";
    Err(Error::InvalidSize { name, size, allowed })
}
