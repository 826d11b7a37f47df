use std::sync::Arc;

use super::{Activation, DerivativeMoments, Regularity};
use crate::Error;

macro_rules! forward {
    ($pointer:ty) => {
        impl<A: Activation + ?Sized> Activation for $pointer {
            fn derivative(&self, z: f64) -> f64 {
                (**self).derivative(z)
            }
            fn value(&self, z: f64) -> f64 {
                (**self).value(z)
            }
            fn kinks(&self) -> Vec<f64> {
                (**self).kinks()
            }
            fn regularity(&self) -> Regularity {
                (**self).regularity()
            }
            fn moments(&self) -> Result<DerivativeMoments, Error> {
                (**self).moments()
            }
        }
    };
}

forward!(&A);
forward!(Box<A>);
forward!(Arc<A>);
