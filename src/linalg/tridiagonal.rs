//! Eigenvectors of a tridiagonal matrix, by faer for every backend.

use faer::diag::{DiagMut, DiagRef};
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::evd::{
    ComputeEigenvectors, self_adjoint_evd_scratch, tridiagonal_self_adjoint_evd,
};
use faer::linalg::temp_mat_scratch;
use faer::{Mat, Par, Spec};

use super::vectors::{largest, power_of_two};
use crate::Error;

/// Eigenvectors, by columns.
pub(crate) type Eigenvectors = Mat<f64>;

/// Eigenvalues, ascending, and eigenvectors of the symmetric tridiagonal matrix
/// with this diagonal and these entries beside it.
///
/// # Complexity
/// O(n³) operations at worst, n² numbers.
pub(crate) fn tridiagonal_eigenvectors(
    diagonal: &[f64],
    off_diagonal: &[f64],
) -> Result<(Vec<f64>, Eigenvectors), Error> {
    let n = diagonal.len();
    let failure = |message: String| Error::Eigenvalues { backend: "faer", size: n, message };
    // Squares of entries are formed on the way.
    let scale = power_of_two(largest(diagonal).max(largest(off_diagonal)));
    let scaled = |entries: &[f64]| entries.iter().map(|entry| entry / scale).collect::<Vec<_>>();
    let (diagonal, mut below) = (scaled(diagonal), scaled(off_diagonal));
    below.resize(n, 0.0);
    let mut values = vec![0.0; n];
    let mut vectors = Mat::zeros(n, n);
    // That of a full matrix covers the steps after its reduction.
    let request = StackReq::all_of(&[
        self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, Spec::default()),
        temp_mat_scratch::<f64>(n, 1).array(2),
    ]);
    let mut buffer =
        MemBuffer::try_new(request).map_err(|_| failure("no memory for workspace".into()))?;
    tridiagonal_self_adjoint_evd::<f64>(
        DiagRef::from_slice(&diagonal),
        DiagRef::from_slice(&below),
        DiagMut::from_slice_mut(&mut values),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut buffer),
        Spec::default(),
    )
    .map_err(|error| failure(format!("{error:?}")))?;
    values.iter_mut().for_each(|value| *value *= scale);
    Ok((values, vectors))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn second_differences() {
        let n = 90;
        let (values, vectors) =
            tridiagonal_eigenvectors(&vec![2.0; n], &vec![-1.0; n - 1]).unwrap();
        for (k, value) in values.iter().enumerate() {
            let angle = (k + 1) as f64 * std::f64::consts::PI / (n + 1) as f64;
            assert!((value - (2.0 - 2.0 * angle.cos())).abs() < 1e-14);
            let sign = vectors[(0, k)].signum();
            for i in 0..n {
                let exact = ((i + 1) as f64 * angle).sin() * (2.0 / (n + 1) as f64).sqrt();
                assert!((sign * vectors[(i, k)] - exact).abs() < 1e-12);
            }
        }
    }
}
