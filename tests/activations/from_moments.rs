//! `FromMoments`: the cubic function has the moments that it is given.

use ntk_spectrum::Error;
use ntk_spectrum::activation::*;

use super::{TOLERANCE, by_quadrature, stock};

/// Moments of every stock activation, and some that no stock activation has.
fn moments() -> Vec<DerivativeMoments> {
    let own = [
        (0.0, 0.0, 0.0),
        (0.0, 0.0, 2.0),
        (-3.0, 0.0, 0.5),
        (0.1, -7.0, 0.0),
        (2.0, 1e-3, 1e-6),
        (0.0, 5.0, 40.0),
    ];
    let own = own.map(|(a0, a1, c)| DerivativeMoments::new(a0, a1, c).unwrap());
    stock().iter().map(|activation| activation.moments().unwrap()).chain(own).collect()
}

#[test]
fn moments_are_those_given() {
    for given in moments() {
        assert_eq!(FromMoments::new(given).moments(), Ok(given));
    }
}

#[test]
fn the_derivative_has_the_moments() {
    for given in moments() {
        let found = by_quadrature(&FromMoments::new(given)).unwrap();
        // φ is a sum of three functions: where one is small, it is known to the
        // rounding of the sum.
        let size = given.second_moment.sqrt();
        for (x, y) in
            [(found.a0, given.a0), (found.a1, given.a1), (found.c().sqrt(), given.c().sqrt())]
        {
            assert!((x - y).abs() <= TOLERANCE * size, "{given:?}: {x} against {y}");
        }
    }
}

#[test]
fn the_value_is_the_antiderivative() {
    for given in moments() {
        let own = FromMoments::new(given);
        let integral = FromDerivative::new(|z| own.derivative(z));
        assert_eq!(own.value(0.0), 0.0);
        for z in [-12.5, -2.3, -0.4, 0.7, 1.9, 30.0] {
            let (x, y) = (own.value(z), integral.value(z));
            let size = given.second_moment.sqrt() * z.abs().max(1.0).powi(3);
            assert!((x - y).abs() <= 1e-14 * size, "{given:?} at {z}: {x} against {y}");
        }
    }
}

#[test]
fn the_regularity_is_that_of_the_degree() {
    for given in moments() {
        let order = u32::from(given.c() > 0.0);
        let regularity = FromMoments::new(given).regularity();
        assert_eq!(regularity, Regularity::PseudoLipschitz { order });
    }
}

/// a0 and a1 are public: what is written there is checked with the moments.
#[test]
fn moments_that_were_overwritten_are_checked() {
    let mut given = Relu.moments().unwrap();
    given.a1 = f64::NAN;
    let result = FromMoments::new(given).moments();
    assert!(matches!(result, Err(Error::InvalidParameter { name: "a1", .. })), "{result:?}");
    given.a1 = 2.0;
    let moments = FromMoments::new(given).moments().unwrap();
    assert_eq!(moments.second_moment, given.c() + (0.25 + 4.0));
}
