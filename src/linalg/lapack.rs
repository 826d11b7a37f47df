//! Eigenvalues by LAPACK, through ndarray-linalg.

use ndarray::Array2;
use ndarray_linalg::{EigValshInplace, UPLO};

use crate::Error;

pub(super) fn symmetric_eigenvalues(mut matrix: Array2<f64>) -> Result<Vec<f64>, Error> {
    let size = matrix.nrows();
    matrix
        .eigvalsh_inplace(UPLO::Lower)
        .map(|eigenvalues| eigenvalues.to_vec())
        .map_err(|error| Error::Eigenvalues { backend: "LAPACK", size, message: error.to_string() })
}
