//! Eigenvalues by faer.

use std::num::NonZero;

use ::faer::diag::DiagMut;
use ::faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use ::faer::linalg::evd::tridiag::{tridiag_in_place, tridiag_in_place_scratch};
use ::faer::linalg::evd::tridiagonal_self_adjoint_evd;
use ::faer::linalg::temp_mat_scratch;
use ::faer::{Mat, MatMut, Par, Spec};
use ndarray::Array2;

use crate::Error;

/// Parts into which each step of the reduction is cut. It enters the order of
/// the sums, hence is fixed: the same eigenvalues on any number of threads.
const PARTS: usize = 16;

pub(super) fn symmetric_eigenvalues(mut matrix: Array2<f64>) -> Result<Vec<f64>, Error> {
    let n = matrix.nrows();
    let failure = |message: &str| Error::Eigenvalues {
        backend: "faer",
        size: n,
        message: message.to_owned(),
    };
    let entries = matrix.as_slice_mut().ok_or_else(|| failure("the matrix is not contiguous"))?;
    // Stored by rows and symmetric, hence as well by columns.
    let mut matrix = MatMut::from_column_major_slice_mut(entries, n, n);

    let parallel = Par::Rayon(NonZero::new(PARTS).unwrap_or(NonZero::<usize>::MIN));
    let request = StackReq::any_of(&[
        tridiag_in_place_scratch::<f64>(n, parallel, Spec::default()),
        temp_mat_scratch::<f64>(n, 1).array(2),
    ]);
    let mut buffer = MemBuffer::try_new(request).map_err(|_| failure("no memory for workspace"))?;
    let stack = MemStack::new(&mut buffer);

    let mut reflections = Mat::zeros(1, n - 1);
    tridiag_in_place(matrix.as_mut(), reflections.as_mut(), parallel, stack, Spec::default());
    let mut diagonal: Vec<f64> = (0..n).map(|i| matrix[(i, i)]).collect();
    let mut below: Vec<f64> = (1..n).map(|i| matrix[(i, i - 1)]).collect();
    below.push(0.0);
    let mut eigenvalues = vec![0.0; n];
    tridiagonal_self_adjoint_evd::<f64>(
        DiagMut::from_slice_mut(&mut diagonal).as_ref(),
        DiagMut::from_slice_mut(&mut below).as_ref(),
        DiagMut::from_slice_mut(&mut eigenvalues),
        None,
        parallel,
        stack,
        Spec::default(),
    )
    .map_err(|error| failure(&format!("{error:?}")))?;
    Ok(eigenvalues)
}
