//! From X, W and D to the dense kernel.

use ndarray::{Array1, Array2, ArrayView2};

use crate::network::Network;
use crate::{Answer, Failure, timed};

/// In fresh memory.
pub fn fresh(network: &Network) -> Result<Answer, Failure> {
    let (seconds, kernel) = timed(|| network.kernel()?.dense());
    Ok((seconds, vectors(&kernel?)))
}

/// Written over the last kernel.
pub fn reused(network: &Network, buffer: &mut Array2<f64>) -> Result<Answer, Failure> {
    let n = network.n();
    if buffer.dim() != (n, n) {
        *buffer = Array2::zeros((n, n));
    }
    let (seconds, done) = timed(|| network.kernel()?.dense_into(buffer.view_mut()));
    done?;
    Ok((seconds, vectors(buffer)))
}

/// Three rows, the diagonal, and a product in which every entry has a part.
fn vectors(kernel: &Array2<f64>) -> Vec<Vec<f64>> {
    let n = kernel.nrows();
    let mut vectors: Vec<Vec<f64>> =
        [0, n / 2, n - 1].iter().map(|i| kernel.row(*i).to_vec()).collect();
    vectors.push(kernel.diag().to_vec());
    vectors.push(times_cosines(kernel.view()));
    vectors
}

/// A v with v_j = cos j.
pub fn times_cosines(matrix: ArrayView2<'_, f64>) -> Vec<f64> {
    matrix.dot(&Array1::from_shape_fn(matrix.ncols(), |j| (j as f64).cos())).to_vec()
}
