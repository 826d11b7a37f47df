use std::sync::Arc;

use ntk_spectrum::Error;
use ntk_spectrum::activation::*;
use serde_json::Value;

use super::common::{activation, activation_with, entries, number, numbers, table, text};
use super::{TOLERANCE, assert_close, by_quadrature, stock};

#[track_caller]
fn assert_matches_entry(name: &str, moments: DerivativeMoments, entry: &Value) {
    for (field, found) in [
        ("a0", moments.a0),
        ("a1", moments.a1),
        ("second_moment", moments.second_moment),
        ("b", moments.b()),
        ("c", moments.c()),
    ] {
        assert_close(&format!("{name}.{field}"), found, number(&entry[field]), TOLERANCE);
    }
}

#[test]
fn reference_values_are_reproduced() {
    let table = table("activations.json");
    let table = table.as_object().unwrap();
    assert_eq!(table.len(), 17);
    for (name, entry) in table {
        let activation = activation(name);
        assert_matches_entry(name, activation.moments().unwrap(), entry);
        let quadrature = by_quadrature(&activation).unwrap();
        assert_matches_entry(&format!("{name} by quadrature"), quadrature, entry);
    }
}

#[test]
fn reference_values_with_parameters_are_reproduced() {
    let table = table("activations_parameters.json");
    assert_eq!(entries(&table).len(), 44);
    for entry in entries(&table) {
        let (family, parameters) = (text(&entry["family"]), numbers(&entry["parameters"]));
        let activation = activation_with(family, &parameters);
        let name = format!("{family} {parameters:?}");
        assert_matches_entry(&name, activation.moments().unwrap(), entry);
    }
}

#[test]
fn quadrature_agrees_with_closed_forms() {
    let mut activations = stock();
    activations.extend(
        [
            "elu:-2",
            "elu:5",
            "leaky-relu:-3",
            "sine:50",
            "cosine:20",
            "relu-power:9",
            "polynomial:0,3,0,-2,0,0.2",
            "polynomial:0,0,-1.5,0,0.25",
        ]
        .map(|name| by_name(name).unwrap()),
    );
    for activation in &activations {
        let closed = activation.moments().unwrap();
        let quadrature = by_quadrature(activation).unwrap();
        // a0 of fast oscillations is far below the rounding of σ′ itself, and
        // so is every moment that vanishes without a symmetry.
        let size = closed.second_moment.sqrt();
        for (x, y) in [(quadrature.a0, closed.a0), (quadrature.a1, closed.a1)] {
            assert!((x - y).abs() <= TOLERANCE * size, "{activation:?}: {x} against {y}");
        }
        let (x, y) = (quadrature.second_moment, closed.second_moment);
        assert_close(&format!("{activation:?}.m2"), x, y, TOLERANCE);
        assert_close(&format!("{activation:?}.c"), quadrature.c(), closed.c(), TOLERANCE);
    }
}

#[test]
fn zeros_by_symmetry_are_exact() {
    let odd_polynomial = Polynomial::new([0.0, 0.3, 0.0, -0.1, 0.0, 0.7]).unwrap();
    let odd: [&dyn Activation; 9] = [
        &Identity,
        &Tanh,
        &Sigmoid,
        &Erf,
        &Sine::new(0.7).unwrap(),
        &Softsign,
        &Arctan,
        &HardTanh,
        &odd_polynomial,
    ];
    for activation in odd {
        assert_eq!(activation.moments().unwrap().b(), 0.0, "{activation:?}");
        assert_eq!(by_quadrature(activation).unwrap().b(), 0.0, "{activation:?}");
    }
    let even: [&dyn Activation; 2] = [&Cosine::new(0.7).unwrap(), &Gaussian];
    for activation in even {
        assert_eq!(activation.moments().unwrap().a0, 0.0, "{activation:?}");
        assert_eq!(by_quadrature(activation).unwrap().a0, 0.0, "{activation:?}");
    }
    // Undeclared jumps of a symmetric σ′ change nothing.
    let window = FromDerivative::new(|z: f64| if z.abs() < 0.37 { 1.0 } else { 0.0 });
    assert_eq!(window.moments().unwrap().b(), 0.0);
}

#[test]
fn affine_and_quadratic_activations_have_no_residual() {
    for coefficients in [vec![0.3, -1.1], vec![1.0, 0.1, 0.7], vec![2.0], vec![]] {
        let polynomial = Polynomial::new(&coefficients).unwrap();
        assert_eq!(polynomial.moments().unwrap().c(), 0.0);
        assert_eq!(by_quadrature(&polynomial).unwrap().c(), 0.0);
    }
}

#[test]
fn bad_parameters_are_refused() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let constructed = [
            ("slope", LeakyRelu::new(bad).map(|_| ())),
            ("alpha", Elu::new(bad).map(|_| ())),
            ("frequency", Sine::new(bad).map(|_| ())),
            ("frequency", Cosine::new(bad).map(|_| ())),
        ];
        for (expected, result) in constructed {
            assert!(
                matches!(result, Err(Error::InvalidParameter { name, .. }) if name == expected),
                "{expected} = {bad}: {result:?}"
            );
        }
        let polynomial = Polynomial::new([1.0, bad, 0.0]);
        assert!(matches!(
            polynomial,
            Err(Error::InvalidEntry { name: "coefficients", index: 1, .. })
        ));
        let kinks = FromDerivative::new(|_| 1.0).with_kinks([0.0, 1.0, bad]);
        assert!(matches!(kinks, Err(Error::InvalidEntry { name: "kinks", index: 2, .. })));
        assert!(DerivativeMoments::new(bad, 0.0, 0.0).is_err());
        assert!(DerivativeMoments::new(0.0, bad, 0.0).is_err());
        assert!(DerivativeMoments::new(0.0, 0.0, bad).is_err());
    }
    assert!(DerivativeMoments::new(0.0, 0.0, -1e-300).is_err());
    assert!(DerivativeMoments::new(1e200, 0.0, 0.0).is_err());
    for power in [0, 151, u32::MAX] {
        let result = ReluPower::new(power);
        assert!(matches!(result, Err(Error::InvalidParameter { name: "power", .. })));
    }
    let long = Polynomial::new(vec![1.0; 1_000_000]);
    assert!(matches!(long, Err(Error::InvalidLength { name: "coefficients", .. })));
    assert!(Polynomial::new([vec![0.0; 151], vec![1.0]].concat()).is_err());
}

#[test]
fn parameters_at_the_end_of_their_range_are_taken() {
    assert!(ReluPower::new(150).unwrap().moments().is_ok());
    assert!(Polynomial::new([vec![0.0; 150], vec![1.0]].concat()).is_ok());
    // Zeros beyond the last coefficient are no degree.
    assert!(Polynomial::new([vec![1.0], vec![0.0; 1000]].concat()).is_ok());
}

/// An implementor may list any kinks; the moments then name the one that is no number.
#[test]
fn kinks_of_implementors_are_checked_with_the_moments() {
    #[derive(Debug)]
    struct Own;
    impl Activation for Own {
        fn derivative(&self, _: f64) -> f64 {
            1.0
        }
        fn kinks(&self) -> Vec<f64> {
            vec![0.0, f64::NAN]
        }
    }
    assert!(matches!(Own.moments(), Err(Error::InvalidEntry { name: "kinks", index: 1, .. })));
}

#[test]
fn finite_parameters_whose_moments_overflow_are_refused_by_the_moments() {
    let activations: [Box<dyn Activation>; 5] = [
        Box::new(LeakyRelu::new(1e200).unwrap()),
        Box::new(Elu::new(-1e200).unwrap()),
        Box::new(Sine::new(1e200).unwrap()),
        Box::new(Cosine::new(1e200).unwrap()),
        Box::new(Polynomial::new([0.0, 0.0, 0.0, 1e200]).unwrap()),
    ];
    for activation in activations {
        let result = activation.moments();
        assert!(matches!(result, Err(Error::InvalidParameter { .. })), "{result:?}");
    }
}

#[test]
fn derivative_is_that_of_the_value() {
    let step = 1e-5;
    for activation in stock() {
        let kinks = activation.kinks();
        for i in -160..=160 {
            let z = 0.0503 * f64::from(i) + 0.011;
            if kinks.iter().any(|k| (z - k).abs() <= step) {
                continue;
            }
            let slope = (activation.value(z + step) - activation.value(z - step)) / (2.0 * step);
            let expected = activation.derivative(z);
            let error = (slope - expected).abs();
            assert!(
                error <= 1e-8 * (1.0 + expected.abs()),
                "{activation:?} at {z}: {slope} against {expected}"
            );
        }
    }
}

#[test]
fn far_arguments_neither_overflow_nor_lose_the_limit() {
    for activation in stock() {
        for z in [-800.0, -40.0, 40.0, 800.0] {
            assert!(activation.value(z).is_finite(), "{activation:?} at {z}");
            assert!(activation.derivative(z).is_finite(), "{activation:?} at {z}");
        }
    }
    let gates: [&dyn Activation; 5] = [&Softplus, &Gelu, &GeluTanh, &Silu, &Mish];
    for activation in gates {
        for z in [40.0, 800.0, 1e150] {
            assert_close("slope", activation.derivative(z), 1.0, 1e-15);
            assert_eq!(activation.value(z), z, "{activation:?} at {z}");
        }
        assert_eq!(activation.derivative(-1e150), 0.0, "{activation:?}");
    }
    // The left tails keep their relative accuracy: e^z (1 + z) and e^z.
    assert_close("silu", Silu.derivative(-700.0), -699.0 * (-700f64).exp(), 1e-14);
    assert_close("softplus", Softplus.value(-700.0), (-700f64).exp(), 1e-14);
    assert_close("sigmoid", Sigmoid.value(-700.0), (-700f64).exp(), 1e-14);
}

#[test]
fn regularity_tells_jumps_from_smooth_derivatives() {
    use Regularity::{OutsideTheorem, PseudoLipschitz};
    let outside: [&dyn Activation; 6] = [
        &Relu,
        &LeakyRelu::new(0.1).unwrap(),
        &Elu::new(0.5).unwrap(),
        &Selu,
        &HardTanh,
        &ReluPower::new(1).unwrap(),
    ];
    for activation in outside {
        assert_eq!(activation.regularity(), OutsideTheorem, "{activation:?}");
    }
    let orders: [(&dyn Activation, u32); 8] = [
        (&Tanh, 0),
        (&Elu::new(1.0).unwrap(), 0),
        (&LeakyRelu::new(1.0).unwrap(), 0),
        (&Softsign, 0),
        (&ReluPower::new(2).unwrap(), 0),
        (&ReluPower::new(5).unwrap(), 3),
        (&Polynomial::new([0.0, 1.0, 1.0]).unwrap(), 0),
        (&Polynomial::new([0.0, 1.0, 1.0, 1.0, 0.0]).unwrap(), 1),
    ];
    for (activation, order) in orders {
        assert_eq!(activation.regularity(), PseudoLipschitz { order }, "{activation:?}");
    }
}

#[test]
fn pointers_are_activations_too() {
    fn everything(activation: impl Activation) -> (f64, f64, Vec<f64>, Regularity, f64) {
        let c = activation.moments().unwrap().c();
        (
            activation.derivative(0.3),
            activation.value(0.3),
            activation.kinks(),
            activation.regularity(),
            c,
        )
    }
    let elu = Elu::new(1.0).unwrap();
    let expected = everything(elu);
    assert_eq!(everything(&elu as &Elu), expected);
    assert_eq!(everything(Box::new(elu)), expected);
    assert_eq!(everything(Box::new(elu) as Box<dyn Activation>), expected);
    assert_eq!(everything(Arc::new(elu) as Arc<dyn Activation>), expected);
    assert_eq!(everything(&elu as &dyn Activation), expected);
}
