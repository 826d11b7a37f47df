//! The stages one after the other.

use faer::MatMut;
use ndarray::Array2;
use rayon::prelude::*;

use super::band::reduce_to_band;
use super::bulge::reduce_to_tridiagonal;
use super::tridiagonal;
use crate::Error;

/// Half-width of the band. A wider one means fewer passes over the matrix, and
/// more work in the second stage. Part of the definition of the results.
const WIDTH: usize = 32;

/// A matrix whose largest entry is of size 2^k with |k| above this is scaled:
/// squares of entries, and sums of them, have to be ordinary numbers.
const EXPONENT: i32 = 100;

pub(in crate::linalg) fn symmetric_eigenvalues(mut matrix: Array2<f64>) -> Result<Vec<f64>, Error> {
    let n = matrix.nrows();
    let failure = |message: &str| Error::Eigenvalues {
        backend: "the two-stage reduction",
        size: n,
        message: message.to_owned(),
    };
    let entries = matrix.as_slice_mut().ok_or_else(|| failure("the matrix is not contiguous"))?;
    let largest = largest(entries, n);
    if !largest.is_finite() {
        return Err(failure("an entry is not a finite number"));
    }
    if largest == 0.0 {
        return Ok(vec![0.0; n]);
    }
    // Powers of 2 up to those of which the inverse is a number too.
    let exponent = (largest.log2() as i32).clamp(-1000, 1000);
    let scale = if exponent.abs() > EXPONENT { 2f64.powi(exponent) } else { 1.0 };
    if scale != 1.0 {
        entries.par_iter_mut().for_each(|entry| *entry /= scale);
    }
    // Stored by rows: what the reduction reads at row j and column i ≥ j is below
    // the diagonal.
    let band = reduce_to_band::<WIDTH>(MatMut::from_column_major_slice_mut(entries, n, n));
    let (diagonal, beside) = reduce_to_tridiagonal(band);
    let mut eigenvalues = tridiagonal::eigenvalues(diagonal, &beside)
        .ok_or_else(|| failure("the iteration for a tridiagonal matrix does not converge"))?;
    for value in &mut eigenvalues {
        *value *= scale;
        if !value.is_finite() {
            return Err(failure("an eigenvalue is beyond the largest number"));
        }
    }
    Ok(eigenvalues)
}

/// The largest entry in size, ∞ or NaN if there is one.
fn largest(entries: &[f64], n: usize) -> f64 {
    // Without their signs numbers are ordered as their bits are, with ∞ and then
    // NaN above all others.
    let bits = |entry: &f64| entry.abs().to_bits();
    let of_row = |row: &[f64]| row.iter().map(bits).fold(0, u64::max);
    f64::from_bits(entries.par_chunks(n).map(of_row).reduce(|| 0, u64::max))
}
