//! `SymmetricOperator`: a symmetric matrix that can be applied.

use std::ops::Range;

use ndarray::{Array2, ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis};
use rayon::prelude::*;

use super::checks::same;
use crate::Error;
use crate::linalg::{Factor, product};

/// Rows of a dense matrix that go through one product.
const STRIP: usize = 192;

/// A symmetric linear operator A of size n, known by what it does to vectors.
///
/// [`lanczos`](super::lanczos) and
/// [`StochasticQuadrature`](crate::empirical::StochasticQuadrature) ask for no
/// more than this. It is implemented for matrices (`Array2<f64>`), for
/// [`NtkOperator`](super::NtkOperator) and for
/// [`DistributedOperator`](super::distributed::DistributedOperator); an own
/// operator needs [`size`](Self::size) and [`apply`](Self::apply).
///
/// **Contract.** A is real and symmetric, and `apply` returns the same bits for
/// the same argument. Symmetry is checked on the way by the Lanczos process,
/// whose coefficients would betray its absence.
///
/// **Several processes.** A vector may be spread over processes that run the
/// same program: each holds [`local_rows`](Self::local_rows) of it, and `apply` takes and
/// gives these. [`sum_over_ranks`](Self::sum_over_ranks) adds what belongs to such vectors over the
/// processes, [`gather_over_ranks`](Self::gather_over_ranks) shows each process the numbers of all; an own
/// operator that is spread has to have both. All else about an algorithm stays as
/// it is on one process.
///
/// # Examples
///
/// The second-difference matrix, with its largest eigenvalue
/// $2 - 2\cos\frac{n \pi}{n+1}$:
///
/// ```
/// use ndarray::{ArrayView2, ArrayViewMut2};
/// use ntk_spectrum::Error;
/// use ntk_spectrum::ntk::SymmetricOperator;
/// use ntk_spectrum::ntk::lanczos::ExtremeEigenvalues;
///
/// struct Difference(usize);
///
/// impl SymmetricOperator for Difference {
///     fn size(&self) -> usize {
///         self.0
///     }
///
///     fn apply(&self, mut out: ArrayViewMut2<f64>, rhs: ArrayView2<f64>) -> Result<(), Error> {
///         let n = self.0;
///         for ((i, c), entry) in out.indexed_iter_mut() {
///             let below = if i > 0 { rhs[[i - 1, c]] } else { 0.0 };
///             let above = if i + 1 < n { rhs[[i + 1, c]] } else { 0.0 };
///             *entry = 2.0 * rhs[[i, c]] - below - above;
///         }
///         Ok(())
///     }
/// }
///
/// let found = ExtremeEigenvalues::new(1, 0).find(&Difference(50))?;
/// let exact = 2.0 - 2.0 * (50.0 * std::f64::consts::PI / 51.0).cos();
/// assert!((found.largest()[0].value - exact).abs() <= found.largest()[0].residual_bound);
/// # Ok::<(), Error>(())
/// ```
pub trait SymmetricOperator {
    /// The number n of rows and columns.
    fn size(&self) -> usize;

    /// Writes $A V$ to `out` for the vectors in the columns of `rhs`; both have as
    /// many rows as this process holds, and as many columns as each other.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] for other shapes, and whatever the operator itself
    /// may fail with.
    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error>;

    /// [`apply`](Self::apply) for one vector.
    ///
    /// # Errors
    /// As [`apply`](Self::apply).
    fn apply_vector(
        &self,
        out: ArrayViewMut1<'_, f64>,
        rhs: ArrayView1<'_, f64>,
    ) -> Result<(), Error> {
        self.apply(out.insert_axis(Axis(1)), rhs.insert_axis(Axis(1)))
    }

    /// The rows of vectors that this process holds; all of them by default.
    fn local_rows(&self) -> Range<usize> {
        0..self.size()
    }

    /// Replaces each number by its sum over all processes, the same bits on each;
    /// does nothing by default.
    ///
    /// # Errors
    /// When the processes cannot be reached.
    fn sum_over_ranks(&self, values: &mut [f64]) -> Result<(), Error> {
        let _ = values;
        Ok(())
    }

    /// Numbers that each process has by itself, as many on each: those of every
    /// process, in the order of their ranks, on all of them. By default there is one
    /// process.
    ///
    /// # Errors
    /// When the processes cannot be reached.
    fn gather_over_ranks(&self, numbers: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
        Ok(vec![numbers.to_vec()])
    }

    /// Of a positive semi-definite operator, a smaller one with the same non-zero
    /// eigenvalues, if one is known: its eigenvalues and n minus its size zeros are
    /// those of A. None by default.
    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        None
    }
}

impl<T: SymmetricOperator + ?Sized> SymmetricOperator for &T {
    fn size(&self) -> usize {
        (**self).size()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        (**self).apply(out, rhs)
    }

    fn local_rows(&self) -> Range<usize> {
        (**self).local_rows()
    }

    fn sum_over_ranks(&self, values: &mut [f64]) -> Result<(), Error> {
        (**self).sum_over_ranks(values)
    }

    fn gather_over_ranks(&self, numbers: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
        (**self).gather_over_ranks(numbers)
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        (**self).compressed()
    }
}

/// A symmetric matrix; of a matrix that is not square, the rows are the size.
impl SymmetricOperator for Array2<f64> {
    fn size(&self) -> usize {
        self.nrows()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        same("columns of the matrix", self.ncols(), self.nrows(), "its rows")?;
        block_shapes(self.nrows(), &out, rhs)?;
        let (n, k) = rhs.dim();
        // Stored by columns, the matrix is its transpose by rows.
        let by_rows = if self.is_standard_layout() { self.view() } else { self.t() };
        let columns: Vec<f64> = rhs.columns().into_iter().flatten().copied().collect();
        let pairs: Vec<_> =
            by_rows.axis_chunks_iter(Axis(0), STRIP).zip(row_strips(out, STRIP)).collect();
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
}

/// Checks the shapes of what [`SymmetricOperator::apply`] is given.
pub(super) fn block_shapes(
    rows: usize,
    out: &ArrayViewMut2<'_, f64>,
    rhs: ArrayView2<'_, f64>,
) -> Result<(), Error> {
    same("rows of rhs", rhs.nrows(), rows, "the rows of the operator")?;
    same("rows of out", out.nrows(), rows, "the rows of the operator")?;
    same("columns of out", out.ncols(), rhs.ncols(), "the columns of rhs")
}

/// Cuts a view into strips of rows.
pub(super) fn row_strips(
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
