//! Stock activations against independent reference values, and the default
//! quadrature against the closed forms.

#[path = "../common/mod.rs"]
mod common;

mod by_name;
mod custom;
mod from_moments;
mod from_value;
mod stock;

use std::sync::Arc;

use ntk_spectrum::Error;
use ntk_spectrum::activation::*;

const TOLERANCE: f64 = 1e-13;

/// Relative where the reference is a number, absolute where it is zero (or
/// what rounding in 38 digits left of zero).
#[track_caller]
fn assert_close(what: &str, found: f64, expected: f64, tolerance: f64) {
    let scale = if expected.abs() < 1e-30 { 1.0 } else { expected.abs() };
    let error = (found - expected).abs() / scale;
    assert!(error <= tolerance, "{what}: found {found}, expected {expected}, error {error:e}");
}

/// The default quadrature, whatever closed form the activation has.
fn by_quadrature(activation: &dyn Activation) -> Result<DerivativeMoments, Error> {
    FromDerivative::new(|z| activation.derivative(z)).with_kinks(activation.kinks())?.moments()
}

/// Every stock activation, and other parameters of ordinary size.
fn stock() -> Vec<Arc<dyn Activation>> {
    let others =
        ["elu:0.7", "sine:1.5", "cosine:1.5", "relu-power:3", "polynomial:0.1,0.2,0.3,0.4"];
    let names = NAMES.iter().map(|(_, example)| *example).chain(others);
    names.map(|name| by_name(name).unwrap()).collect()
}
