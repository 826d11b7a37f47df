//! Bad input to `learning`: errors that name the argument, and never a panic.

use ntk_spectrum::activation::{Identity, Relu};
use ntk_spectrum::law::{Discrete, GeneralizedMarchenkoPastur};
use ntk_spectrum::learning::{
    ConjugateGradient, GradientDescent, GradientFlow, HeavyBall, Iteration, Nesterov,
    PolynomialTarget, RandomEffects, Regression, ResidualFilter, Ridge,
};
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};

const BAD: [f64; 4] = [-1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

fn law(gamma1: f64) -> LimitingSpectrum {
    LimitingSpectrum::new(gamma1, 1.0, Relu, 1.0)
}

fn target() -> RandomEffects {
    RandomEffects::new(1.0, 0.5).unwrap()
}

/// The name that the error gives, and its message.
fn named<T: std::fmt::Debug>(result: Result<T, Error>) -> (String, String) {
    let error = result.unwrap_err();
    let name = match &error {
        Error::InvalidParameter { name, .. }
        | Error::InvalidEntry { name, .. }
        | Error::InvalidSize { name, .. } => *name,
        Error::InvalidValue { function, .. } => *function,
        Error::UnstableStep { .. } => "step",
        other => panic!("{other:?}"),
    };
    (name.to_owned(), error.to_string())
}

fn name<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    named(result).0
}

#[test]
fn targets() {
    for bad in BAD {
        assert_eq!(name(RandomEffects::new(bad, 1.0)), "signal_variance");
        assert_eq!(name(RandomEffects::new(1.0, bad)), "noise_variance");
        assert_eq!(name(PolynomialTarget::new(bad, 1.0, 1.0)), "quadratic_variance");
        assert_eq!(name(PolynomialTarget::new(1.0, bad, 1.0)), "higher_variance");
        assert_eq!(name(PolynomialTarget::new(1.0, 1.0, bad)), "noise_variance");
    }
    assert_eq!(name(RandomEffects::new(0.0, 0.0)), "noise_variance");
    assert_eq!(name(PolynomialTarget::new(0.0, 0.0, 0.0)), "noise_variance");
}

#[test]
fn ridges() {
    let law = law(0.7);
    let regression = Regression::new(&law, target());
    for bad in BAD {
        assert_eq!(name(regression.ridge(bad)), "lambda");
        assert_eq!(name(regression.effective_ridge(bad)), "lambda");
        assert_eq!(name(regression.ridge_curve(&[1.0, bad])), "lambdas");
        assert_eq!(name(Ridge::new(bad)), "lambda");
        assert_eq!(name(law.effective_ridge(bad)), "lambda");
        assert_eq!(name(law.posterior_variance(bad)), "lambda");
        assert_eq!(name(law.information_gain(bad)), "lambda");
        assert_eq!(name(law.log_evidence(bad, &target())), "lambda");
        assert_eq!(name(ConjugateGradient::new(&law, bad)), "lambda");
    }
    assert_eq!(name(Ridge::new(0.0)), "lambda");
    assert_eq!(name(law.information_gain(0.0)), "lambda");
    assert!(regression.ridge_curve(&[]).unwrap().test.is_empty());
    // Smallest and largest numbers.
    for lambda in [f64::MIN_POSITIVE, 1e-200, 1e200, 1e300] {
        let found = regression.ridge(lambda).unwrap();
        assert!(found.test.is_finite() && found.training.is_finite(), "{lambda}: {found:?}");
    }
}

#[test]
fn infinite_risk_says_why() {
    let law = law(1.0);
    let (name, message) = named(Regression::new(&law, target()).ridge(0.0));
    assert_eq!(name, "lambda");
    assert!(message.contains("gamma1 = 1 - nu{0}") && message.contains("infinite"), "{message}");
    // Without noise there is none.
    let silent = Regression::new(&law, RandomEffects::new(1.0, 0.0).unwrap());
    assert_eq!(silent.ridge(0.0).unwrap().test, 0.0);
    // The determinant is one of a singular matrix.
    for gamma1 in [1.0, 2.0] {
        let law = self::law(gamma1);
        let regression = Regression::new(&law, target());
        assert!(regression.log_determinant(0.0).is_err(), "{gamma1}");
        assert!(ConjugateGradient::new(&law, 0.0).is_err(), "{gamma1}");
    }
}

#[test]
fn filters() {
    let law = law(0.7);
    let regression = Regression::new(&law, target());
    for bad in BAD {
        assert_eq!(name(GradientFlow::new(bad)), "time");
        assert_eq!(name(GradientDescent::new(bad, 3)), "step");
        assert_eq!(name(HeavyBall::new(bad, 0.5, 3)), "step");
        assert_eq!(name(HeavyBall::new(0.1, bad, 3)), "momentum");
        assert_eq!(name(Nesterov::new(0.1, bad, 3)), "momentum");
        assert_eq!(name(regression.training_curve(&[1.0, bad])), "times");
        assert_eq!(name(regression.unlearned(bad)), "time");
    }
    assert_eq!(name(HeavyBall::new(0.1, 1.0, 3)), "momentum");
    let filters: [&dyn ResidualFilter; 4] =
        [&|_: f64| 0.5, &|x: f64| 1.0 - x * f64::INFINITY, &|_: f64| f64::NAN, &|x: f64| 1.0 / x];
    for filter in filters {
        let (name, message) = named(regression.errors(filter));
        assert!(["the residual filter", "f"].contains(&name.as_str()), "{name}: {message}");
    }
    // A filter that is not finite somewhere inside.
    let pole = |x: f64| if (0.4..0.5).contains(&x) { f64::NAN } else { 1.0 };
    assert!(matches!(regression.errors(&pole), Err(Error::InvalidValue { .. })));
}

#[test]
fn steps_above_their_limit() {
    let law = law(0.7);
    let regression = Regression::new(&law, target());
    let kinds = [
        Iteration::GradientDescent,
        Iteration::HeavyBall { momentum: 0.6 },
        Iteration::Nesterov { momentum: 0.6 },
    ];
    for kind in kinds {
        let limit = regression.largest_stable_step(&kind).unwrap().whole;
        let filter = |step: f64| -> Box<dyn ResidualFilter> {
            match kind {
                Iteration::HeavyBall { momentum } => {
                    Box::new(HeavyBall::new(step, momentum, 40).unwrap())
                }
                Iteration::Nesterov { momentum } => {
                    Box::new(Nesterov::new(step, momentum, 40).unwrap())
                }
                _ => Box::new(GradientDescent::new(step, 40).unwrap()),
            }
        };
        assert!(regression.errors(&*filter(0.999 * limit)).unwrap().test.is_finite());
        let error = regression.errors(&*filter(1.001 * limit)).unwrap_err();
        let Error::UnstableStep { limit: named, .. } = error else { panic!("{error}") };
        assert!((named / limit - 1.0).abs() < 1e-12);
        // Stable means that the residual stays bounded at the top of the spectrum.
        let top = law.support().unwrap()[0].upper.location;
        let far = |factor: f64| match kind {
            Iteration::HeavyBall { momentum } => {
                HeavyBall::new(factor * limit, momentum, 100_000).unwrap().residual(top)
            }
            Iteration::Nesterov { momentum } => {
                Nesterov::new(factor * limit, momentum, 100_000).unwrap().residual(top)
            }
            _ => GradientDescent::new(factor * limit, 100_000).unwrap().residual(top),
        };
        assert!(far(0.999).abs() < 1.0, "{kind:?}");
        // It may overflow to what is no number.
        assert!(far(1.001).is_nan() || far(1.001).abs() > 1.0, "{kind:?}");
    }
    for bad in [-0.1, 1.0, f64::NAN] {
        let kind = Iteration::HeavyBall { momentum: bad };
        assert_eq!(name(regression.largest_stable_step(&kind)), "momentum");
    }
    // No steps: nothing learned.
    let nothing = regression.errors(&GradientDescent::new(1e9, 0).unwrap()).unwrap();
    let null = regression.errors(&GradientFlow::new(0.0).unwrap()).unwrap();
    assert_eq!(nothing, null);
    assert!((null.test - (0.5 + law.mean().unwrap())).abs() < 1e-9);
}

#[test]
fn kernels_that_are_zero() {
    // An affine activation, and a population at 0.
    let affine = LimitingSpectrum::new(0.7, 1.0, Identity, 1.0);
    let none =
        GeneralizedMarchenkoPastur::new(0.7, Discrete::new(&[0.0], &[1.0]).unwrap()).unwrap();
    let a = Regression::new(&affine, target());
    let b = Regression::new(&none, target());
    let flow = GradientFlow::new(3.0).unwrap();
    for lambda in [0.0, 0.3] {
        for found in [a.ridge(lambda).unwrap(), b.ridge(lambda).unwrap()] {
            assert!((found.test - 0.5).abs() < 1e-14 && (found.training - 0.5).abs() < 1e-14);
            assert_eq!((found.bias, found.degrees_of_freedom), (0.0, 0.0));
        }
    }
    for found in [a.errors(&flow).unwrap(), b.errors(&flow).unwrap()] {
        assert!((found.test - 0.5).abs() < 1e-14 && (found.training - 0.5).abs() < 1e-14);
    }
    assert!(a.half_life().is_err() && b.half_life().is_err());
    assert!(a.largest_stable_step(&Iteration::GradientDescent).is_err());
    assert_eq!(a.stopping_time().unwrap().time, 0.0);
    assert_eq!(a.training_curve(&[0.0, 1.0]).unwrap().test.to_vec(), [0.5, 0.5]);
    let polynomial = PolynomialTarget::new(1.0, 0.0, 0.0).unwrap();
    let unlearned = Regression::new(&affine, polynomial).ridge(0.3).unwrap();
    assert!((unlearned.test - 1.0).abs() < 1e-14);
}

#[test]
fn questions_without_an_answer() {
    let law = law(0.7);
    let noise = Regression::new(&law, RandomEffects::new(0.0, 0.5).unwrap());
    assert_eq!(name(noise.optimal_ridge()), "signal_variance");
    assert_eq!(name(noise.log_evidence(0.1)), "signal_variance");
    assert_eq!(noise.stopping_time().unwrap().time, 0.0);
    let signal = Regression::new(&law, RandomEffects::new(1.0, 0.0).unwrap());
    assert_eq!(name(signal.stopping_time()), "noise_variance");
    assert_eq!(signal.optimal_ridge().unwrap().lambda, 0.0);
    let solver = ConjugateGradient::new(&law, 0.1).unwrap();
    for bad in [0.0, 1.0, -0.1, f64::NAN] {
        assert_eq!(name(solver.iterations(bad)), "tolerance");
        assert_eq!(name(solver.minres_iterations(bad)), "tolerance");
    }
    assert_eq!(name(solver.residuals(2001)), "k");
    assert_eq!(solver.residuals(0).unwrap().to_vec(), [1.0]);
    for gamma1 in BAD {
        let law = self::law(gamma1);
        let regression = Regression::new(&law, target());
        assert_eq!(name(regression.ridge(0.1)), "gamma1");
        assert_eq!(name(regression.errors(&GradientFlow::new(1.0).unwrap())), "gamma1");
    }
}

#[test]
fn dimensions_of_another_law() {
    let dimensions = Dimensions::new(1120, 40, 40).unwrap();
    let with = |law: &LimitingSpectrum, dimensions| {
        Regression::new(law, target()).with_dimensions(dimensions).ridge(0.1)
    };
    assert!(with(&law(0.7), dimensions).is_ok());
    assert_eq!(name(with(&law(0.5), dimensions)), "gamma1");
    let wide = LimitingSpectrum::new(0.7, 2.0, Relu, 1.0);
    assert_eq!(name(with(&wide, dimensions)), "gamma2");
    // As many outliers as samples, and one neuron.
    let few = Dimensions::new(30, 40, 40).unwrap();
    let law = LimitingSpectrum::from_dimensions(few, Relu, 1.0);
    assert_eq!(name(with(&law, few)), "n");
    let thin = Dimensions::new(300, 40, 1).unwrap();
    let law = LimitingSpectrum::from_dimensions(thin, Relu, 1.0);
    assert_eq!(name(with(&law, thin)), "p");
    let law = self::law(0.7);
    let polynomial = PolynomialTarget::new(1.0, 0.0, 0.0).unwrap();
    let polynomial = Regression::new(&law, polynomial).with_dimensions(dimensions);
    assert_eq!(name(polynomial.gradient_flow(1.0)), "n of the dimensions");
}
