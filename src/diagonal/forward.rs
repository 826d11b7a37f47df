//! A law behind a reference or a smart pointer is a law.

use std::sync::Arc;

use ndarray::Array1;
use rand::Rng;

use super::{DiagonalLaw, SquareLaw};
use crate::Error;
use crate::forward::forward;

forward! {
    DiagonalLaw for [&T, Box<T>, Arc<T>] {
        fn sample(&self, rng: &mut dyn Rng) -> f64;
        fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error>;
        fn sample_diagonal(&self, p: usize, rng: &mut dyn Rng) -> Result<Array1<f64>, Error>;
    }
}
