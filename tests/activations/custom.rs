use ntk_spectrum::Error;
use ntk_spectrum::activation::*;

use super::{TOLERANCE, assert_close, by_quadrature, stock};

#[track_caller]
fn assert_same(name: &str, found: DerivativeMoments, expected: DerivativeMoments, tolerance: f64) {
    for (field, x, y) in [
        ("a0", found.a0, expected.a0),
        ("a1", found.a1, expected.a1),
        ("m2", found.second_moment, expected.second_moment),
        ("c", found.c(), expected.c()),
    ] {
        assert_close(&format!("{name}.{field}"), x, y, tolerance);
    }
}

/// The residual of a nearly affine σ is a small difference of numbers near 1:
/// its relative rounding is ε √(m2/c), and c inherits that.
#[test]
fn quadrature_keeps_a_small_c() {
    for slope in [1.0 - 1e-6, 1.0 + 1e-6, 1.0 - 1e-9] {
        let closed = LeakyRelu::new(slope).unwrap().moments().unwrap();
        let quadrature = by_quadrature(&LeakyRelu::new(slope).unwrap()).unwrap();
        let noise = 4.0 * f64::EPSILON / (1.0 - slope).abs();
        assert_close("c", quadrature.c(), closed.c(), noise);
    }
    let small = Sine::new(1e-3).unwrap();
    let c = by_quadrature(&small).unwrap().c();
    assert_close("c", c, small.moments().unwrap().c(), 1e-9);
}

#[test]
fn undeclared_jumps_and_kinks_are_found() {
    // Fractional parts close to 0 and 1 lie between a panel's end and its
    // outermost node.
    let places = (0..150).map(|i| -4.0 + 0.0533 * f64::from(i));
    for at in places.chain([0.37, 1.001, 0.9999, -2.0003, 1.0 + 1e-9, 2.0 - 1e-12]) {
        let jump = |z: f64| if z > at { 1.0 } else { 0.0 };
        let declared = FromDerivative::new(jump).with_kinks([at]).unwrap().moments().unwrap();
        let undeclared = FromDerivative::new(jump).moments().unwrap();
        let density = (-0.5 * at * at).exp() / (2.0 * std::f64::consts::PI).sqrt();
        let tail = 0.5 * libm::erfc(at / std::f64::consts::SQRT_2);
        assert_close("declared a0", declared.a0, tail, TOLERANCE);
        assert_close("declared a1", declared.a1, density, TOLERANCE);
        assert_same(&format!("jump at {at}"), undeclared, declared, 3e-13);

        let kink = |z: f64| (z - at).max(0.0).sqrt() + 1.0;
        let declared = FromDerivative::new(kink).with_kinks([at]).unwrap().moments().unwrap();
        let undeclared = FromDerivative::new(kink).moments().unwrap();
        assert_same(&format!("kink at {at}"), undeclared, declared, 3e-13);
    }
}

#[test]
fn growing_derivatives_with_finite_moments_converge() {
    // E e^{kZ} = e^{k²/2}.
    for k in [1.0, -2.0, 5.0] {
        let moments = FromDerivative::new(|z: f64| (k * z).exp()).moments().unwrap();
        let a0 = (0.5 * k * k).exp();
        assert_close("a0", moments.a0, a0, TOLERANCE);
        assert_close("a1", moments.a1, k * a0, TOLERANCE);
        assert_close("m2", moments.second_moment, a0.powi(4), TOLERANCE);
    }
    // E e^{Z²/8} = (1 − 1/4)^{−1/2}, E e^{Z²/4} = 2^{1/2}.
    let moments = FromDerivative::new(|z: f64| (z * z / 8.0).exp()).moments().unwrap();
    assert_close("a0", moments.a0, 0.75f64.powf(-0.5), TOLERANCE);
    assert_close("m2", moments.second_moment, 2f64.sqrt(), TOLERANCE);
    // E |Z|^{−1/2} = 2^{−1/4} Γ(1/4)/√π.
    let singular = FromDerivative::new(|z: f64| z.abs().powf(-0.25)).moments().unwrap();
    assert_close(
        "m2",
        singular.second_moment,
        2f64.powf(-0.25) * 3.625_609_908_221_908 / std::f64::consts::PI.sqrt(),
        TOLERANCE,
    );
}

#[test]
fn divergent_moments_are_refused() {
    let noise = |z: f64| if (z * 1e9).sin() > 0.0 { 1.0 } else { -1.0 };
    let cases: [(&str, &(dyn Fn(f64) -> f64 + Send + Sync)); 8] = [
        ("exp(z²/2)", &|z| (0.5 * z * z).exp()),
        ("exp(z²/4)", &|z| (0.25 * z * z).exp()),
        ("exp(z²)", &|z| (z * z).exp()),
        ("exp(exp(z))", &|z| z.exp().exp()),
        ("exp(z²/4)/(1+z²)", &|z| (0.25 * z * z).exp() / (1.0 + z * z)),
        ("1/|z|", &|z| 1.0 / z.abs()),
        ("1/√|z|", &|z| 1.0 / z.abs().sqrt()),
        ("noise", &noise),
    ];
    for (name, derivative) in cases {
        let result = FromDerivative::new(derivative).moments();
        assert!(matches!(result, Err(Error::DivergentMoment { .. })), "{name}: {result:?}");
    }
    let m2 = FromDerivative::new(|z: f64| (0.25 * z * z).exp()).moments();
    assert!(matches!(m2, Err(Error::DivergentMoment { moment: "m2", .. })));
}

#[test]
fn values_that_are_not_finite_are_named() {
    let result = FromDerivative::new(|z: f64| if z > 1.0 { f64::NAN } else { 0.0 }).moments();
    assert!(
        matches!(result, Err(Error::NonFiniteDerivative { z, value }) if z > 1.0 && value.is_nan()),
        "{result:?}"
    );
    let result = FromDerivative::new(|z: f64| z.ln()).moments();
    assert!(matches!(result, Err(Error::NonFiniteDerivative { z, .. }) if z < 0.0), "{result:?}");
    let result = FromDerivative::new(|_| f64::INFINITY).moments();
    assert!(matches!(result, Err(Error::NonFiniteDerivative { .. })));
}

#[test]
fn default_value_is_the_integral_from_zero() {
    for activation in stock() {
        let own = FromDerivative::new(|z| activation.derivative(z))
            .with_kinks(activation.kinks())
            .unwrap();
        for z in [-30.0, -2.3, -0.4, 0.0, 0.7, 1.9, 12.5] {
            let expected = activation.value(z) - activation.value(0.0);
            let error = (own.value(z) - expected).abs();
            assert!(
                error <= 1e-13 * (1.0 + expected.abs()),
                "{activation:?} at {z}: error {error:e}"
            );
        }
    }
    let own = FromDerivative::new(|z: f64| z).with_value(|z| 0.5 * z * z + 3.0);
    assert_eq!(own.value(0.0), 3.0);
    let singular = FromDerivative::new(|z: f64| 1.0 / z);
    assert!(singular.value(1.0).is_nan());
    assert!(singular.value(f64::INFINITY).is_nan());
}
