//! A law behind a reference or a smart pointer is a law.

use std::sync::Arc;

use rand::Rng;

use super::{DiagonalLaw, SquareLaw};
use crate::Error;

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<T: DiagonalLaw + ?Sized> DiagonalLaw for $pointer {
            fn sample(&self, rng: &mut dyn Rng) -> f64 {
                (**self).sample(rng)
            }

            fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error> {
                (**self).square_law(tolerance)
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);
