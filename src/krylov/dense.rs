//! A dense matrix as an operator.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use super::SymmetricOperator;
use super::blocks::{block_shapes, row_strips};
use crate::linalg::{Factor, product};
use crate::{Error, arguments, threads};

/// Rows that go through one product: a strip of them and the vectors stay in the
/// cache of a core.
const STRIP: usize = 192;

/// A symmetric matrix; of a matrix that is not square, the rows are the size.
impl SymmetricOperator for Array2<f64> {
    fn size(&self) -> usize {
        self.nrows()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        arguments::same_size("columns of the matrix", self.ncols(), self.nrows(), "its rows")?;
        block_shapes(self.nrows(), &out, rhs)?;
        let (n, k) = rhs.dim();
        // Stored by columns, the matrix is its transpose by rows.
        let by_rows = if self.is_standard_layout() { self.view() } else { self.t() };
        let columns: Vec<f64> = rhs.columns().into_iter().flatten().copied().collect();
        let pairs: Vec<_> =
            by_rows.axis_chunks_iter(Axis(0), STRIP).zip(row_strips(out, STRIP)).collect();
        threads::ready();
        pairs.into_par_iter().for_each(|(strip, mut out)| match strip.as_slice() {
            Some(entries) => {
                let height = strip.nrows();
                let mut images = vec![0.0; height * k];
                let strip = Factor::by_rows(entries, height, n);
                product(&mut images, 1.0, strip, Factor::by_columns(&columns, n, k), false);
                for (mut out, image) in out.columns_mut().into_iter().zip(images.chunks(height)) {
                    out.iter_mut().zip(image).for_each(|(out, entry)| *out = *entry);
                }
            }
            None => out.assign(&strip.dot(&rhs)),
        });
        Ok(())
    }

    fn exact_trace(&self) -> Result<Option<f64>, Error> {
        Ok(Some(self.diag().sum()))
    }
}
