//! An activation behind a reference or a smart pointer is an activation.

use std::sync::Arc;

use super::{Activation, DerivativeMoments, Regularity};
use crate::Error;
use crate::forward::forward;

forward! {
    Activation for [&T, Box<T>, Arc<T>] {
        fn derivative(&self, z: f64) -> f64;
        fn value(&self, z: f64) -> f64;
        fn kinks(&self) -> Vec<f64>;
        fn regularity(&self) -> Regularity;
        fn moments(&self) -> Result<DerivativeMoments, Error>;
        fn scaled_moments(&self, scale: f64) -> Result<DerivativeMoments, Error>;
    }
}
