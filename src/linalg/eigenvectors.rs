//! Eigenvectors of a symmetric matrix, by faer for every backend.

use faer::diag::DiagMut;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, Par, Spec};
use ndarray::ArrayView2;

use super::Eigenvectors;
use super::vectors::power_of_two;
use crate::Error;

/// Eigenvalues, ascending, and eigenvectors of a symmetric matrix, of which the lower
/// triangle is read. On the calling thread: faer's results on several depend on their number.
///
/// # Complexity
/// About 9n³ operations, 3n² numbers.
pub(crate) fn symmetric_eigenvectors(
    matrix: ArrayView2<'_, f64>,
) -> Result<(Vec<f64>, Eigenvectors), Error> {
    let n = matrix.nrows();
    let failure = |message: String| Error::Eigenvalues { backend: "faer", size: n, message };
    // Squares of entries are formed on the way.
    let scale = power_of_two(matrix.iter().fold(0.0, |most, entry| entry.abs().max(most)));
    let scaled = Mat::from_fn(n, n, |i, j| matrix[[i, j]] / scale);
    let mut values = vec![0.0; n];
    let mut vectors = Mat::zeros(n, n);
    let (par, settings) = (Par::Seq, Spec::default());
    let request = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, par, settings);
    let mut buffer =
        MemBuffer::try_new(request).map_err(|_| failure("no memory for workspace".into()))?;
    self_adjoint_evd::<f64>(
        scaled.as_ref(),
        DiagMut::from_slice_mut(&mut values),
        Some(vectors.as_mut()),
        par,
        MemStack::new(&mut buffer),
        settings,
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
        for (n, scale) in [(1, 1.0), (2, 1e200), (70, 1e-200)] {
            let matrix = ndarray::Array2::from_shape_fn((n, n), |(i, j)| match i.abs_diff(j) {
                0 => 2.0 * scale,
                1 => -scale,
                _ => 0.0,
            });
            let (values, vectors) = symmetric_eigenvectors(matrix.view()).unwrap();
            for (k, value) in values.iter().enumerate() {
                let angle = (k + 1) as f64 * std::f64::consts::PI / (n + 1) as f64;
                assert!((value / scale - (2.0 - 2.0 * angle.cos())).abs() < 1e-14);
                let sign = vectors[(0, k)].signum();
                for i in 0..n {
                    let exact = ((i + 1) as f64 * angle).sin() * (2.0 / (n + 1) as f64).sqrt();
                    assert!((sign * vectors[(i, k)] - exact).abs() < 1e-12);
                }
            }
        }
    }
}
