//! Blocks of vectors, and how they are cut.

use ndarray::{ArrayView2, ArrayViewMut2, Axis};

use crate::{Error, arguments};

/// Checks the shapes of what [`super::SymmetricOperator::apply`] is given.
pub(crate) fn block_shapes(
    rows: usize,
    out: &ArrayViewMut2<'_, f64>,
    rhs: ArrayView2<'_, f64>,
) -> Result<(), Error> {
    arguments::same_size("rows of rhs", rhs.nrows(), rows, "the rows of the operator")?;
    arguments::same_size("rows of out", out.nrows(), rows, "the rows of the operator")?;
    arguments::same_size("columns of out", out.ncols(), rhs.ncols(), "the columns of rhs")
}

/// Cuts a view into strips of rows.
pub(crate) fn row_strips(
    out: ArrayViewMut2<'_, f64>,
    height: usize,
) -> impl Iterator<Item = ArrayViewMut2<'_, f64>> {
    let mut rest = Some(out);
    std::iter::from_fn(move || {
        let view = rest.take().filter(|view| view.nrows() > 0)?;
        let (strip, after) = {
            let at = height.min(view.nrows());
            view.split_at(Axis(0), at)
        };
        rest = Some(after);
        Some(strip)
    })
}
