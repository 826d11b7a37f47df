//! A law behind a reference or a smart pointer is a law.

use std::sync::Arc;

use rand::Rng;

use super::InputLaw;

macro_rules! forward {
    ($($pointer:ty),*) => {$(
        impl<T: InputLaw + ?Sized> InputLaw for $pointer {
            fn sample(&self, rng: &mut dyn Rng) -> f64 {
                (**self).sample(rng)
            }
        }
    )*};
}

forward!(&T, Box<T>, Arc<T>);
