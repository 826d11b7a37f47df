//! Stock activations against independent reference values, and the default
//! quadrature against the closed forms.

#[path = "../common/mod.rs"]
mod common;
mod custom;
mod stock;

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

/// One of each family, with parameters of ordinary size.
fn stock() -> Vec<Box<dyn Activation>> {
    vec![
        Box::new(Identity),
        Box::new(Relu),
        Box::new(LeakyRelu::new(0.1).unwrap()),
        Box::new(Elu::new(0.7).unwrap()),
        Box::new(Selu),
        Box::new(Tanh),
        Box::new(Sigmoid),
        Box::new(Erf),
        Box::new(Softplus),
        Box::new(Gelu),
        Box::new(GeluTanh),
        Box::new(Silu),
        Box::new(Mish),
        Box::new(Sine::new(1.5).unwrap()),
        Box::new(Cosine::new(1.5).unwrap()),
        Box::new(Gaussian),
        Box::new(Softsign),
        Box::new(Arctan),
        Box::new(HardTanh),
        Box::new(ReluPower::new(3).unwrap()),
        Box::new(Polynomial::new([0.1, 0.2, 0.3, 0.4]).unwrap()),
    ]
}
