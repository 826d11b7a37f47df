//! What several test targets share: comparisons, grids, reference tables, and
//! activations by the names of the tables.

// Every target compiles this file separately, and uses a part of it.
#![allow(dead_code)]

use std::path::Path;
use std::sync::Arc;

use ntk_spectrum::Error;
use ntk_spectrum::activation::{Activation, DerivativeMoments, FromDerivative, by_name};
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
pub fn activation(name: &str) -> Arc<dyn Activation> {
    activation_with(name, &[])
}

/// The same for a name that stands for a family.
pub fn activation_with(name: &str, parameters: &[f64]) -> Arc<dyn Activation> {
    let text = match name {
        // The table means σ = max(z, 0)²/2.
        "relu_squared" => {
            let derivative = FromDerivative::new(|z: f64| z.max(0.0));
            return Arc::new(derivative.with_kinks([0.0]).unwrap());
        }
        "leaky_relu_0.1" => "leaky-relu:0.1".to_owned(),
        "elu_1" => "elu:1".to_owned(),
        "sin" => "sine:1".to_owned(),
        "quadratic" | "square" => "polynomial:0,0,0.5".to_owned(),
        // σ′ = z² = He₂ + 1.
        "cubic" => format!("polynomial:0,0,0,{}", 1.0 / 3.0),
        _ => {
            let numbers: Vec<String> = parameters.iter().map(f64::to_string).collect();
            let separator = if numbers.is_empty() { "" } else { ":" };
            format!("{}{separator}{}", name.replace('_', "-"), numbers.join(","))
        }
    };
    by_name(&text).unwrap_or_else(|error| panic!("{name} {parameters:?}: {error}"))
}

/// An activation that is nothing but its b and c: σ′ itself must not be asked for.
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
