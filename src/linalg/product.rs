//! Products of small matrices, on the calling thread.

use faer::linalg::matmul::matmul;
use faer::traits::pulp::{Arch, NullaryFnOnce};
use faer::{Accum, MatMut, MatRef, Par};

/// A matrix in a slice.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Factor<'a>(MatRef<'a, f64>);

impl<'a> Factor<'a> {
    /// Columns one after the other.
    pub(crate) fn by_columns(entries: &'a [f64], rows: usize, columns: usize) -> Self {
        Self(MatRef::from_column_major_slice(entries, rows, columns))
    }

    /// Rows one after the other.
    pub(crate) fn by_rows(entries: &'a [f64], rows: usize, columns: usize) -> Self {
        Self(MatRef::from_row_major_slice(entries, rows, columns))
    }

    pub(crate) fn transposed(self) -> Self {
        Self(self.0.transpose())
    }
}

/// C = scale · A B, or C + scale · A B when `add`; C is stored by columns.
pub(crate) fn product(c: &mut [f64], scale: f64, a: Factor<'_>, b: Factor<'_>, add: bool) {
    let c = MatMut::from_column_major_slice_mut(c, a.0.nrows(), b.0.ncols());
    let accumulate = if add { Accum::Add } else { Accum::Replace };
    matmul(c, accumulate, a.0, b.0, scale, Par::Seq);
}

/// A loop to be compiled for the instruction set of the machine it runs on; it
/// and the functions it calls have to be `#[inline(always)]` for that.
pub(crate) trait Vectorised {
    fn run(self);
}

/// Runs such a loop.
pub(crate) fn vectorised(work: impl Vectorised) {
    struct Run<W>(W);
    impl<W: Vectorised> NullaryFnOnce for Run<W> {
        type Output = ();
        #[inline(always)]
        fn call(self) {
            self.0.run();
        }
    }
    Arch::new().dispatch(Run(work));
}
