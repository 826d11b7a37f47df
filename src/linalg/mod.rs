//! The only place that knows a linear-algebra backend.
//!
//! Products always come from faer, single-threaded: callers parallelise over
//! fixed tiles, so that results do not depend on the number of threads.
//! Eigenvalues come from faer, or from LAPACK with one of the pass-through
//! features of `ndarray-linalg`.

#[cfg(not(feature = "_lapack"))]
mod faer;
#[cfg(feature = "_lapack")]
mod lapack;
mod product;
mod tridiagonal;
pub(crate) mod vectors;

#[cfg(not(feature = "_lapack"))]
use faer as backend;
#[cfg(feature = "_lapack")]
use lapack as backend;

use ndarray::Array2;

use crate::Error;
pub(crate) use product::{Factor, Vectorised, product, vectorised};
pub(crate) use tridiagonal::tridiagonal_eigenvectors;

/// Eigenvalues, ascending, of an exactly symmetric matrix. The matrix is used up,
/// and nothing of its size allocated.
///
/// # Complexity
/// O(n³): reduction to a tridiagonal matrix.
pub(crate) fn symmetric_eigenvalues(matrix: Array2<f64>) -> Result<Vec<f64>, Error> {
    if matrix.is_empty() {
        return Ok(Vec::new());
    }
    let mut eigenvalues = backend::symmetric_eigenvalues(matrix)?;
    eigenvalues.sort_by(f64::total_cmp);
    Ok(eigenvalues)
}
