//! A law behind a reference or a smart pointer is a law.

use std::sync::Arc;

use rand::Rng;

use super::InputLaw;
use crate::forward::forward;

forward! {
    InputLaw for [&T, Box<T>, Arc<T>] {
        fn sample(&self, rng: &mut dyn Rng) -> f64;
        fn kurtosis(&self) -> Option<f64>;
    }
}
