//! Eigenvalues of a symmetric matrix in two stages: dense to band, band to
//! tridiagonal.
//!
//! The direct way to a tridiagonal matrix, in LAPACK's `dsytrd` and in faer, reads
//! the whole matrix once for every column. Here nearly all operations are products
//! of tiles, and the band fits the cache. (Bischof, Lang, Sun, *A framework for
//! symmetric band reduction*, ACM Trans. Math. Softw. 26, 2000,
//! <https://doi.org/10.1145/365723.365735>.)

mod band;
mod bulge;
mod eigenvalues;
mod hop;
mod panel;
mod reflector;
#[cfg(test)]
mod tests;
mod tridiagonal;

pub(super) use eigenvalues::symmetric_eigenvalues;
