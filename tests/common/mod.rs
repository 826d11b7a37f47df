//! What several test targets share: comparisons, grids, reference tables, and
//! activations by the names of the tables.

// Every target compiles this file separately, and uses a part of it.
#![allow(dead_code)]

use std::path::Path;

use ntk_spectrum::Error;
use ntk_spectrum::activation::*;
use serde_json::Value;

#[track_caller]
pub fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found:?} instead of {expected:?}, off by {:e}",
        found - expected
    );
}

/// `count` numbers from `lower` to `upper`, in geometric progression.
pub fn logarithmic(lower: f64, upper: f64, count: u32) -> Vec<f64> {
    let step = |k| f64::from(k) / f64::from(count - 1);
    (0..count).map(|k| lower * (upper / lower).powf(step(k))).collect()
}

/// A file of tests/data.
pub fn table(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{path:?}: {e}"))
}

pub fn entries(table: &Value) -> &[Value] {
    table.as_array().expect("a list")
}

/// A number; those that have more digits than an f64 are stored as text.
pub fn number(value: &Value) -> f64 {
    match value {
        Value::String(digits) => digits.parse().expect("a number"),
        other => other.as_f64().expect("a number"),
    }
}

pub fn numbers(list: &Value) -> Vec<f64> {
    entries(list).iter().map(number).collect()
}

pub fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// The activation that the tables call `name`.
pub fn activation(name: &str) -> Box<dyn Activation> {
    activation_with(name, &[])
}

/// The same for a name that stands for a family.
pub fn activation_with(name: &str, parameters: &[f64]) -> Box<dyn Activation> {
    match (name, parameters) {
        ("identity", []) => Box::new(Identity),
        ("relu", []) => Box::new(Relu),
        ("leaky_relu_0.1", []) => Box::new(LeakyRelu::new(0.1)),
        ("leaky_relu", &[slope]) => Box::new(LeakyRelu::new(slope)),
        ("relu_power", &[power]) => Box::new(ReluPower::new(power as u32)),
        // The table means σ = max(z, 0)²/2.
        ("relu_squared", []) => {
            Box::new(FromDerivative::new(|z: f64| z.max(0.0)).with_kinks([0.0]))
        }
        ("hard_tanh", []) => Box::new(HardTanh),
        ("elu_1", []) => Box::new(Elu::new(1.0)),
        ("elu", &[alpha]) => Box::new(Elu::new(alpha)),
        ("selu", []) => Box::new(Selu),
        ("tanh", []) => Box::new(Tanh),
        ("sigmoid", []) => Box::new(Sigmoid),
        ("erf", []) => Box::new(Erf),
        ("softsign", []) => Box::new(Softsign),
        ("arctan", []) => Box::new(Arctan),
        ("softplus", []) => Box::new(Softplus),
        ("gelu", []) => Box::new(Gelu),
        ("gelu_tanh", []) => Box::new(GeluTanh),
        ("silu", []) => Box::new(Silu),
        ("mish", []) => Box::new(Mish),
        ("sin", []) => Box::new(Sine::new(1.0)),
        ("sine", &[frequency]) => Box::new(Sine::new(frequency)),
        ("cosine", &[frequency]) => Box::new(Cosine::new(frequency)),
        ("gaussian", []) => Box::new(Gaussian),
        ("quadratic" | "square", []) => Box::new(Polynomial::new([0.0, 0.0, 0.5])),
        // σ′ = z² = He₂ + 1.
        ("cubic", []) => Box::new(Polynomial::new([0.0, 0.0, 0.0, 1.0 / 3.0])),
        ("polynomial", coefficients) => Box::new(Polynomial::new(coefficients)),
        _ => panic!("no activation {name} {parameters:?}"),
    }
}

/// An activation that is nothing but its b and c.
#[derive(Debug)]
pub struct Moments(pub f64, pub f64);

impl Activation for Moments {
    fn derivative(&self, _: f64) -> f64 {
        f64::NAN
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        DerivativeMoments::new(0.0, self.0.sqrt(), self.1)
    }
}
