//! The only place that knows a linear-algebra backend.
//!
//! Products always come from faer, single-threaded: callers parallelise over
//! fixed tiles, so that results do not depend on the number of threads.
//! Eigenvalues come from a reduction in two stages, or from LAPACK with one of the
//! pass-through features of `ndarray-linalg`.

mod eigenvectors;
#[cfg(feature = "_lapack")]
mod lapack;
mod product;
mod tridiagonal;
#[cfg(not(feature = "_lapack"))]
mod two_stage;
pub(crate) mod vectors;

#[cfg(feature = "_lapack")]
use lapack as backend;
#[cfg(not(feature = "_lapack"))]
use two_stage as backend;

use ndarray::Array2;

use crate::{Error, threads};
pub(crate) use eigenvectors::symmetric_eigenvectors;
pub(crate) use product::{Factor, Vectorised, product, vectorised};
pub(crate) use tridiagonal::{Eigenvectors, tridiagonal_eigenvectors};

/// Eigenvalues, ascending, of an exactly symmetric matrix. The matrix is used up,
/// and nothing of its size allocated.
///
/// # Complexity
/// $\tfrac43 n^3$ operations, O(n) memory beside the matrix.
pub(crate) fn symmetric_eigenvalues(matrix: Array2<f64>) -> Result<Vec<f64>, Error> {
    if matrix.is_empty() {
        return Ok(Vec::new());
    }
    threads::ready();
    let mut eigenvalues = backend::symmetric_eigenvalues(matrix)?;
    eigenvalues.sort_by(f64::total_cmp);
    Ok(eigenvalues)
}
