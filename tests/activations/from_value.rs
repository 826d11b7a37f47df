//! `FromValue` against the closed forms and the reference values.

use ntk_spectrum::Error;
use ntk_spectrum::activation::*;

use super::common::{activation, number, table};
use super::{assert_close, stock};

/// σ by its values alone, with its kinks declared.
fn by_value(activation: &dyn Activation) -> FromValue<impl Fn(f64) -> f64> {
    FromValue::new(|z| activation.value(z)).with_kinks(activation.kinks()).unwrap()
}

/// A grid on [−8, 8] that avoids 0 and ±1, and points close to the kinks.
fn points(kinks: &[f64]) -> Vec<f64> {
    let grid = (-800..=800).map(|i| 0.01 * f64::from(i) + 1.1e-3);
    let near = kinks.iter().flat_map(|k| {
        (1..=15).flat_map(move |e| [1.0, -1.0].map(|sign| k + sign * 10f64.powi(-e)))
    });
    let next = kinks.iter().flat_map(|k| [k.next_up(), k.next_down()]);
    grid.chain(near).chain(next).collect()
}

#[track_caller]
fn assert_slopes(name: &str, own: &dyn Activation, expected: &dyn Activation, tolerance: f64) {
    for z in points(&expected.kinks()) {
        let slope = expected.derivative(z);
        let error = (own.derivative(z) - slope).abs();
        let size = 1.0 + slope.abs() + expected.value(z).abs();
        assert!(error <= tolerance * size, "{name} at {z:?}: error {error:e}");
    }
}

#[test]
fn slopes_are_those_of_the_closed_forms() {
    for activation in &stock() {
        assert_slopes(&format!("{activation:?}"), &by_value(activation), activation, 5e-14);
    }
    for (frequency, tolerance) in [(3.0, 2e-14), (50.0, 5e-12)] {
        let sine = Sine::new(frequency).unwrap();
        assert_slopes("sine", &by_value(&sine), &sine, tolerance);
    }
}

/// Where a kink is not declared, the intervals find out by themselves, but for the
/// points next to it.
#[test]
fn slopes_next_to_undeclared_kinks_are_one_sided() {
    for activation in &stock() {
        let own = FromValue::new(|z| activation.value(z));
        for k in activation.kinks() {
            for distance in [0.1, 1e-3, 1e-6, 1e-9, 1e-12] {
                for z in [k - distance, k + distance] {
                    let slope = activation.derivative(z);
                    let error = (own.derivative(z) - slope).abs();
                    assert!(error <= 1e-11, "{activation:?} at {z}: error {error:e}");
                }
            }
        }
    }
}

#[test]
fn at_a_kink_the_slope_is_that_of_a_side() {
    for (declared, kink) in [(true, 0.37), (false, 0.37), (true, -1.5), (false, -1.5)] {
        let own = FromValue::new(move |z: f64| if z > kink { 3.0 * (z - kink) } else { 0.0 });
        let own = if declared { own.with_kinks([kink]).unwrap() } else { own };
        let slope = own.derivative(kink);
        assert!(slope.abs() < 1e-13 || (slope - 3.0).abs() < 1e-12, "{slope}");
    }
}

#[test]
fn moments_are_those_of_the_closed_forms() {
    let mut activations = stock();
    activations.push(by_name("sine:3").unwrap());
    for activation in &activations {
        let closed = activation.moments().unwrap();
        let own = by_value(activation).moments().unwrap();
        let size = closed.second_moment.sqrt();
        for (moment, x, y) in [("a0", own.a0, closed.a0), ("a1", own.a1, closed.a1)] {
            let error = (x - y).abs();
            assert!(error <= 2e-15 * size, "{activation:?}.{moment}: error {error:e}");
        }
        assert_close("m2", own.second_moment, closed.second_moment, 1e-14);
        // √c is a distance: it inherits the error of σ′.
        let tolerance = 1e-14 / (closed.c() / closed.second_moment).sqrt();
        if closed.c() == 0.0 {
            assert_eq!(own.c(), 0.0, "{activation:?}");
        } else {
            assert_close(&format!("{activation:?}.c"), own.c(), closed.c(), tolerance);
        }
    }
}

#[test]
fn reference_values_are_reproduced() {
    let table = table("activations.json");
    for (name, entry) in table.as_object().unwrap() {
        let own = by_value(&activation(name)).moments().unwrap();
        for (field, found) in [("a0", own.a0), ("a1", own.a1), ("c", own.c())] {
            assert_close(&format!("{name}.{field}"), found, number(&entry[field]), 5e-14);
        }
    }
}

#[test]
fn zeros_are_exact() {
    for odd in [f64::tanh, f64::sin, f64::atan, libm::erf] {
        assert_eq!(FromValue::new(odd).moments().unwrap().b(), 0.0);
    }
    for even in [f64::cos, |z: f64| (-0.5 * z * z).exp(), f64::abs] {
        assert_eq!(FromValue::new(even).moments().unwrap().a0, 0.0);
    }
    let constant = FromValue::new(|_| 3.0).moments().unwrap();
    assert_eq!(constant.second_moment, 0.0);
    let quadratics =
        [[5.3, 1.7, 0.0], [0.3, -1.1, 0.0], [1.0, 0.1, 0.7], [3.0, 11.0, -0.37], [0.0, 0.0, 0.5]];
    for [s0, s1, s2] in quadratics {
        for kinks in [vec![], vec![0.0], vec![-0.3, 1.7]] {
            let own = FromValue::new(|z: f64| s0 + z * (s1 + z * s2)).with_kinks(&kinks).unwrap();
            assert_eq!(own.moments().unwrap().c(), 0.0, "{s0} {s1} {s2} {kinks:?}");
        }
    }
    // c = 6 ε² is no rounding.
    let cubic = FromValue::new(|z: f64| z + 1e-8 / 3.0 * z * z * z).moments().unwrap();
    assert_close("c", cubic.c(), 2e-16, 1e-6);
}

#[test]
fn undeclared_kinks_are_found() {
    for at in [0.0, 0.37, 1.0, -2.0003, 0.9999] {
        let kinked = |z: f64| (z - at).max(0.0) + 0.2 * z;
        let declared = FromValue::new(kinked).with_kinks([at]).unwrap().moments().unwrap();
        let undeclared = FromValue::new(kinked).moments().unwrap();
        // What quadrature promises of undeclared kinks.
        assert_close("a0", undeclared.a0, declared.a0, 1e-11);
        assert_close("a1", undeclared.a1, declared.a1, 1e-11);
        assert_close("c", undeclared.c(), declared.c(), 1e-11);
        let tail = 0.5 * libm::erfc(at / std::f64::consts::SQRT_2);
        assert_close("a0 in closed form", declared.a0, tail + 0.2, 1e-14);
        let jump_c = {
            let density = (-0.5 * at * at).exp() / (2.0 * std::f64::consts::PI).sqrt();
            tail - tail * tail - density * density
        };
        assert_close("c in closed form", declared.c(), jump_c, 1e-12);
    }
}

#[test]
fn jumps_of_the_value_are_refused() {
    for (height, at) in [(1.0, 0.37), (1e-3, -1.2), (-1e-7, 0.8)] {
        for kinks in [vec![], vec![at]] {
            let jump = |z: f64| z.tanh() + if z > at { height } else { 0.0 };
            let result = FromValue::new(jump).with_kinks(kinks).unwrap().moments();
            assert!(matches!(result, Err(Error::DivergentMoment { .. })), "{height}: {result:?}");
        }
    }
}

#[test]
fn what_is_not_known_is_not_a_number() {
    let single = FromValue::new(|z: f64| f64::from((z as f32).tanh()));
    for z in [1e-3, 0.3, -0.7, 2.2] {
        assert!(single.derivative(z).is_nan(), "{z}");
    }
    assert!(matches!(single.moments(), Err(Error::NonFiniteDerivative { .. })));

    let logarithm = FromValue::new(f64::ln);
    assert!(logarithm.derivative(-0.3).is_nan());
    assert!(logarithm.derivative(0.0).is_nan());
    // Defined on one side of 0 only, where it is differentiated all the same.
    assert_close("ln′", logarithm.derivative(0.05), 20.0, 1e-12);
    assert!(matches!(logarithm.moments(), Err(Error::NonFiniteDerivative { .. })));

    for z in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(FromValue::new(f64::tanh).derivative(z).is_nan());
    }
    let explosive = FromValue::new(|z: f64| (0.25 * z * z).exp()).moments();
    assert!(matches!(explosive, Err(Error::DivergentMoment { moment: "m2", .. })));
}

/// E |σ′|² = (9/16) E |Z|^(−1/2), with E |Z|^(−1/2) = 2^(−1/4) Γ(1/4)/√π.
#[test]
fn singular_slopes_with_declared_kinks_have_moments() {
    let own = FromValue::new(|z: f64| z.abs().powf(0.75)).with_kinks([0.0]).unwrap();
    let mean = 2f64.powf(-0.25) * 3.625_609_908_221_908 / std::f64::consts::PI.sqrt();
    assert_close("m2", own.moments().unwrap().second_moment, 9.0 / 16.0 * mean, 1e-12);
}

#[test]
fn bad_kinks_are_refused() {
    let result = FromValue::new(f64::tanh).with_kinks([0.0, f64::NAN]);
    assert!(matches!(result, Err(Error::InvalidEntry { name: "kinks", index: 1, .. })));
}
