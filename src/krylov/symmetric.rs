//! `SymmetricOperator`: a symmetric matrix that can be applied.

use std::sync::Arc;

use ndarray::{ArrayView1, ArrayView2, ArrayViewMut1, ArrayViewMut2, Axis};

use super::Layout;
use crate::forward::forward;
use crate::{Error, arguments};

/// A symmetric linear operator A of size n, known by what it does to vectors.
///
/// The Krylov methods of this module ask for no more than this. It is implemented for
/// matrices (`Array2<f64>`), for [`NtkOperator`](crate::ntk::NtkOperator) and for
/// [`DistributedOperator`](crate::ntk::DistributedOperator); an own operator needs
/// [`size`](Self::size) and [`apply`](Self::apply). References, boxes and `Arc`s of
/// operators are operators.
///
/// **Contract.** A is real and symmetric, and `apply` returns the same bits for
/// the same argument. Symmetry is checked on the way by the Lanczos process,
/// whose coefficients would betray its absence. A [`layout`](Self::layout) of other rows, or
/// a [`compressed`](Self::compressed) operator that is larger, is an error of every method.
///
/// **Vectors over processes.** An operator may act on vectors of which each process
/// holds a part; its [`layout`](Self::layout) says which, and does the sums. All else
/// about an algorithm stays as it is on one process. `apply` then has to succeed or fail
/// on all processes alike: one that fails alone leaves the others waiting for it.
///
/// # Examples
///
/// The second-difference matrix, with its largest eigenvalue
/// $2 - 2\cos\frac{n \pi}{n+1}$:
///
/// ```
/// use ndarray::{ArrayView2, ArrayViewMut2};
/// use ntk_spectrum::Error;
/// use ntk_spectrum::krylov::{ExtremeEigenvalues, SymmetricOperator};
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
/// let found = ExtremeEigenvalues::new(1, 0)?.find(&Difference(50))?;
/// let exact = 2.0 - 2.0 * (50.0 * std::f64::consts::PI / 51.0).cos();
/// assert!((found.largest()[0].value - exact).abs() <= found.largest()[0].residual_bound);
/// # Ok::<(), Error>(())
/// ```
pub trait SymmetricOperator {
    /// Returns the number n of rows and columns.
    fn size(&self) -> usize;

    /// Writes $A V$ to `out` for the vectors in the columns of `rhs`; both have as
    /// many rows as this process holds, and as many columns as each other.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] for other shapes, and whatever the operator itself
    /// may fail with.
    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error>;

    /// Writes $A v$ to `out`: [`apply`](Self::apply) for one vector.
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

    /// Returns what this process holds of vectors, and who holds the rest; whole vectors
    /// on one process by default.
    fn layout(&self) -> Layout<'_> {
        Layout::single(self.size())
    }

    /// Returns, of a positive semi-definite operator, a smaller one with the same
    /// non-zero eigenvalues, if one is known: its eigenvalues and n minus its size zeros
    /// are those of A. None by default.
    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        None
    }

    /// Returns a number that no eigenvalue is below, if one is known: 0 for a positive
    /// semi-definite operator; the same on all processes. None by default.
    fn lower_bound(&self) -> Option<f64> {
        None
    }

    /// Computes the trace exactly, if that is cheap: it makes estimates of spectral sums
    /// better. The same on all processes; none by default.
    ///
    /// # Errors
    /// Whatever the operator itself may fail with.
    fn exact_trace(&self) -> Result<Option<f64>, Error> {
        Ok(None)
    }
}

/// The [`compressed`](SymmetricOperator::compressed) operator, if there is one, and how many
/// zeros it lacks; their layouts are right.
pub(crate) fn smaller_of<'o>(
    operator: &'o dyn SymmetricOperator,
) -> Result<(Option<Box<dyn SymmetricOperator + 'o>>, usize), Error> {
    let size = operator.size();
    operator.layout().check(size)?;
    let Some(inner) = operator.compressed() else { return Ok((None, 0)) };
    let name = "the size of the smaller operator";
    let valid = inner.size() <= size;
    arguments::size_if(name, inner.size(), valid, "at most the size of the operator")?;
    inner.layout().check(inner.size())?;
    let zeros = size - inner.size();
    Ok((Some(inner), zeros))
}

forward! {
    SymmetricOperator for [&T, Box<T>, Arc<T>] {
        fn size(&self) -> usize;
        fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error>;
        fn apply_vector(
            &self,
            out: ArrayViewMut1<'_, f64>,
            rhs: ArrayView1<'_, f64>
        ) -> Result<(), Error>;
        fn layout(&self) -> Layout<'_>;
        fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>>;
        fn lower_bound(&self) -> Option<f64>;
        fn exact_trace(&self) -> Result<Option<f64>, Error>;
    }
}
