//! A product of two square matrices by the library that the crate uses.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, Par};
use ndarray::Array2;

use crate::dense::times_cosines;
use crate::{Answer, Failure, timed};

/// On all threads, written over the last product.
pub fn run(m: usize, buffer: &mut Array2<f64>) -> Result<Answer, Failure> {
    if buffer.dim() != (m, m) {
        *buffer = Array2::zeros((m, m));
    }
    let a = Mat::<f64>::from_fn(m, m, |i, j| ((3 * i + 7 * j) % 11) as f64 - 5.0);
    let b = Mat::<f64>::from_fn(m, m, |i, j| ((5 * i + 2 * j) % 13) as f64 - 6.0);
    let entries = buffer.as_slice_mut().ok_or("the buffer is not contiguous")?;
    let product = MatMut::from_column_major_slice_mut(entries, m, m);
    let (seconds, ()) = timed(|| {
        matmul(product, Accum::Replace, a.as_ref(), b.as_ref(), 1.0, Par::rayon(0));
    });
    // By columns in an array by rows: its transpose is the product.
    let product = buffer.t();
    Ok((seconds, vec![product.row(0).to_vec(), times_cosines(product)]))
}
