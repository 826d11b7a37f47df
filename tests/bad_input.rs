//! Arguments out of range give an error that names them; degenerate laws and
//! points outside the support do not.

use ntk_spectrum::activation::{Activation, FromDerivative, Identity, Polynomial, Relu, Tanh};
use ntk_spectrum::ensemble::diagonal::{
    Bernoulli, Beta, Constant, Discrete, Empirical, TruncatedNormal, TwoPoint, Uniform,
};
use ntk_spectrum::law::{
    self, GeneralizedMarchenkoPastur, MarchenkoPastur, Population, SpectralLaw,
};
use ntk_spectrum::spectrum::{Atom, EdgeKind};
use ntk_spectrum::{Error, LimitingSpectrum};
use num_complex::Complex64;

const NOT_POSITIVE: [f64; 6] = [0.0, -0.0, -1.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY];

fn same(left: f64, right: f64) -> bool {
    left == right || left.is_nan() && right.is_nan()
}

/// The error must name this argument and carry this value.
#[track_caller]
fn names<T: std::fmt::Debug>(outcome: Result<T, Error>, argument: &str, expected: f64) {
    let error = outcome.expect_err("an error");
    let message = error.to_string();
    match error {
        Error::InvalidParameter { name, value, allowed }
        | Error::InvalidEntry { name, value, allowed, .. } => {
            assert_eq!(name, argument, "{message}");
            assert!(same(value, expected), "{message}");
            assert!(!allowed.is_empty());
            assert!(message.contains(argument), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn outside<T: std::fmt::Debug>(outcome: Result<T, Error>, expected: f64, domain: (f64, f64)) {
    match outcome.expect_err("an error") {
        Error::OutsideDomain { value, lower, upper, .. } => {
            assert!(same(value, expected), "{value}");
            let close = |found: f64, end: f64| found == end || (found / end - 1.0).abs() < 1e-9;
            assert!(close(lower, domain.0), "{lower} {domain:?}");
            assert!(close(upper, domain.1), "{upper} {domain:?}");
        }
        other => panic!("{other:?}"),
    }
}

fn usual() -> LimitingSpectrum {
    LimitingSpectrum::new(2.0, 0.8, Relu, 1.0)
}

#[test]
fn aspect_ratios() {
    for value in NOT_POSITIVE {
        names(LimitingSpectrum::new(value, 1.0, Relu, 1.0).density(0.5), "gamma1", value);
        names(LimitingSpectrum::new(1.0, value, Relu, 1.0).density(0.5), "gamma2", value);
        names(LimitingSpectrum::new(value, 1.0, Relu, 1.0).moment(2), "gamma1", value);
        names(Population::new(value, Relu, 1.0).map(drop), "gamma2", value);
        names(MarchenkoPastur::new(value), "ratio", value);
        let point = law::Discrete::new(&[1.0], &[1.0]).unwrap();
        names(GeneralizedMarchenkoPastur::new(value, point).map(drop), "gamma1", value);
    }
}

/// Whatever is asked first, an invalid configuration says so.
#[test]
fn every_query_reports_the_configuration() {
    let law = LimitingSpectrum::new(-1.0, 1.0, Relu, 1.0);
    let z = Complex64::new(0.3, 0.1);
    names(law.density(0.5), "gamma1", -1.0);
    names(law.density_on(&[0.5]), "gamma1", -1.0);
    names(law.cdf(0.5), "gamma1", -1.0);
    names(law.survival(0.5), "gamma1", -1.0);
    names(law.quantile(0.5), "gamma1", -1.0);
    names(law.support(), "gamma1", -1.0);
    names(law.atoms(), "gamma1", -1.0);
    names(law.moment(1), "gamma1", -1.0);
    names(law.free_cumulant(1), "gamma1", -1.0);
    names(law.mean(), "gamma1", -1.0);
    names(law.variance(), "gamma1", -1.0);
    names(law.stieltjes(z), "gamma1", -1.0);
    names(law.cauchy(z), "gamma1", -1.0);
    names(law.s_transform(-0.5), "gamma1", -1.0);
    names(law.r_transform(0.0), "gamma1", -1.0);
    names(law.expectation(&|x| x), "gamma1", -1.0);
    names(law.curve(10), "gamma1", -1.0);
    names(law.error_estimate(), "gamma1", -1.0);
    names(law.solve(), "gamma1", -1.0);
}

#[test]
fn tolerances() {
    for value in [0.0, -1e-9, 1e-14, 0.1, f64::NAN, f64::INFINITY] {
        names(usual().with_tolerance(value).density(0.5), "tolerance", value);
        let population = Population::new(1.0, Relu, 1.0).unwrap();
        names(population.with_tolerance(value).map(drop), "tolerance", value);
        let point = law::Discrete::new(&[1.0], &[1.0]).unwrap();
        let law = GeneralizedMarchenkoPastur::new(1.5, point).unwrap().with_tolerance(value);
        names(law.map(drop), "tolerance", value);
    }
    for value in [1e-13, 1e-6, 1e-3] {
        let outcome = usual().with_tolerance(value).density(0.5);
        assert!(outcome.is_ok(), "tolerance {value}: {outcome:?}");
    }
}

#[test]
fn laws_of_d() {
    assert!(matches!(Discrete::new(&[], &[]), Err(Error::InvalidLength { length: 0, .. })));
    assert!(matches!(
        Discrete::new(&[1.0, 2.0], &[1.0]),
        Err(Error::InvalidLength { length: 1, .. })
    ));
    assert!(matches!(Empirical::new(&[]), Err(Error::InvalidLength { length: 0, .. })));
    names(Discrete::new(&[1.0, 2.0], &[1.5, -0.5]), "weights", 1.5);
    names(Discrete::new(&[1.0, 2.0], &[-0.5, 1.0]), "weights", -0.5);
    names(Discrete::new(&[1.0, 2.0], &[0.5, f64::NAN]), "weights", f64::NAN);
    names(Discrete::new(&[1.0, 2.0], &[0.5, 0.4]), "weights", 0.9);
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        names(Discrete::new(&[1.0, value], &[0.5, 0.5]), "values", value);
        names(Empirical::new(&[1.0, value]), "diagonal", value);
        names(Constant::new(value), "value", value);
        names(Uniform::new(value, 1.0), "lower", value);
        names(Uniform::new(0.0, value), "upper", value);
        names(TwoPoint::new(value, 1.0, 0.5), "first", value);
        names(TwoPoint::new(1.0, value, 0.5), "second", value);
        names(Beta::new(1.0, 1.0, 0.0, value), "upper", value);
        names(TruncatedNormal::new(value, 1.0, 0.0, 1.0), "mean", value);
        names(TruncatedNormal::new(0.0, 1.0, 0.0, value), "upper", value);
        // A plain number is checked by the first query.
        names(LimitingSpectrum::new(1.0, 1.0, Relu, value).density(0.5), "d", value);
    }
    names(Uniform::new(1.0, 1.0), "upper", 1.0);
    names(Uniform::new(1.0, 0.5), "upper", 0.5);
    for value in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        names(Beta::new(value, 1.0, 0.0, 1.0), "alpha", value);
        names(Beta::new(1.0, value, 0.0, 1.0), "beta", value);
        names(TruncatedNormal::new(0.0, value, 0.0, 1.0), "std_dev", value);
    }
    for value in [-0.1, 1.1, f64::NAN] {
        names(TwoPoint::new(1.0, 2.0, value), "probability_of_first", value);
    }
    for value in [0.0, -0.1, 1.1, f64::NAN] {
        names(Bernoulli::new(value), "keep", value);
    }
}

#[test]
fn laws() {
    assert!(matches!(law::Discrete::new(&[], &[]), Err(Error::InvalidLength { length: 0, .. })));
    assert!(matches!(
        law::Discrete::new(&[1.0], &[0.5, 0.5]),
        Err(Error::InvalidLength { length: 2, .. })
    ));
    for value in [-1.0, f64::NAN, f64::INFINITY] {
        names(law::Discrete::new(&[1.0, value], &[0.5, 0.5]), "locations", value);
        names(law::Uniform::new(value, 1.0), "lower", value);
        names(law::Uniform::new(0.0, value), "upper", value);
    }
    names(law::Discrete::new(&[1.0, 2.0], &[0.5, -0.5]), "weights", -0.5);
    names(law::Discrete::new(&[1.0, 2.0], &[0.5, 0.6]), "weights", 1.1);
    names(law::Uniform::new(2.0, 2.0), "upper", 2.0);
}

#[test]
fn points() {
    let law = usual();
    names(law.density(f64::NAN), "x", f64::NAN);
    names(law.cdf(f64::NAN), "x", f64::NAN);
    names(law.survival(f64::NAN), "x", f64::NAN);
    match law.density_on(&[0.1, 0.2, f64::NAN]) {
        Err(Error::InvalidEntry { index: 2, value, .. }) => assert!(value.is_nan()),
        other => panic!("{other:?}"),
    }
    for q in [-1e-9, 1.0 + 1e-9, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        names(law.quantile(q), "q", q);
    }
    names(law.curve(0), "n", 0.0);
    assert!(law.solve().unwrap().quantile(1.5).is_nan());
    assert!(law.solve().unwrap().density(f64::NAN).is_nan());
    assert!(law.solve().unwrap().cdf(f64::NAN).is_nan());
}

#[test]
fn points_outside_the_support_are_no_errors() {
    let law = usual();
    for x in [f64::NEG_INFINITY, -1.0, -0.0, 0.0, 1e-300] {
        assert_eq!(law.density(x).unwrap(), 0.0, "{x}");
    }
    assert_eq!(law.density(1e300).unwrap(), 0.0);
    assert_eq!(law.density(f64::INFINITY).unwrap(), 0.0);
    assert_eq!(law.cdf(f64::NEG_INFINITY).unwrap(), 0.0);
    assert_eq!(law.cdf(-1e-300).unwrap(), 0.0);
    assert_eq!(law.survival(-1e-300).unwrap(), 1.0);
    // The atom of mass 1 − 1/γ1 at 0 belongs to F(0).
    assert!((law.cdf(0.0).unwrap() - 0.5).abs() < 1e-12);
    assert!((law.cdf(f64::INFINITY).unwrap() - 1.0).abs() < 1e-9);
    assert_eq!(law.survival(f64::INFINITY).unwrap(), 0.0);
    assert_eq!(law.quantile(0.0).unwrap(), 0.0);
    assert_eq!(law.quantile(0.3).unwrap(), 0.0);
    assert!(law.density_on(&[]).unwrap().is_empty());
    assert_eq!(law.curve(1).unwrap().0.len(), 1);
    assert_eq!(law.curve(1000).unwrap().0.len(), 1000);
}

#[test]
fn orders_of_moments() {
    let law = usual();
    assert_eq!(law.moment(0).unwrap(), 1.0);
    names(law.free_cumulant(0), "k", 0.0);
    for k in [65, 1000, u32::MAX] {
        names(law.free_cumulant(k), "k", f64::from(k));
        names(law.moment(k), "k", f64::from(k));
    }
    assert!(law.moment(64).unwrap().is_finite());
    // In range, but not representable.
    let large = LimitingSpectrum::new(2.0, 0.8, Relu, 1e10);
    names(large.moment(40), "k", 40.0);
    assert!(large.moment(3).unwrap().is_finite());
}

#[test]
fn arguments_of_transforms() {
    let law = usual();
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for z in [Complex64::new(value, 1.0), Complex64::new(1.0, value)] {
            names(law.stieltjes(z), "z", value);
            names(law.cauchy(z), "z", value);
            names(law.population().cauchy(z), "z", value);
            names(MarchenkoPastur::new(0.5).unwrap().t_transform(z), "z", value);
            names(law::Uniform::new(0.0, 1.0).unwrap().t_transform(z), "z", value);
        }
    }
    // γ2 = 0.8: ν has an atom of mass γ2/2 at c; μ has one at 0.
    let atom = law.population().atoms().unwrap()[0];
    assert!((atom.mass - 0.4).abs() < 1e-15);
    names(law.population().cauchy(atom.location.into()), "z", atom.location);
    names(law.cauchy(Complex64::ZERO), "z", 0.0);
    names(law.stieltjes(Complex64::ZERO), "z", 0.0);
    let discrete = law::Discrete::new(&[1.0, 2.0], &[0.5, 0.5]).unwrap();
    names(discrete.t_transform(Complex64::new(2.0, 0.0)), "z", 2.0);
    names(discrete.cauchy(Complex64::new(2.0, -0.0)), "z", 2.0);
    assert!(discrete.cauchy(Complex64::new(2.0, 1e-3)).is_ok());
    assert!(discrete.cauchy(Complex64::ZERO).is_ok());
}

#[test]
fn domains_of_the_inverse_transforms() {
    let law = usual();
    // Mass 1/2 off 0.
    for s in [0.0, 1e-9, 1.0, -0.5, -0.7, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        outside(law.s_transform(s), s, (-0.5, 0.0));
        outside(law.chi(s), s, (-0.5, 0.0));
    }
    assert!(law.s_transform(-0.4999).unwrap().is_finite());
    let top = law.population().support().unwrap().last().unwrap().upper.location;
    let limit = 1.0 / (law.gamma1() * top);
    for s in [1.001 * limit, 1e9, f64::INFINITY] {
        outside(law.r_transform(s), s, (f64::NEG_INFINITY, limit));
    }
    assert!(law.r_transform(f64::NAN).is_err());
    assert!(law.r_transform(f64::NEG_INFINITY).is_err());
    assert!((law.r_transform(0.0).unwrap() - 0.25).abs() < 1e-12);
    let uniform = law::Uniform::new(1.0, 2.0).unwrap();
    for s in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(matches!(uniform.r_transform(s), Err(Error::OutsideDomain { .. })), "{s}");
    }
    let marchenko_pastur = MarchenkoPastur::new(0.25).unwrap();
    // G at the upper edge 2.25 is 1/(√γ (1 + √γ)) = 4/3.
    assert!(matches!(marchenko_pastur.r_transform(1.4), Err(Error::OutsideDomain { .. })));
    assert!(marchenko_pastur.r_transform(1.3).is_ok());
}

#[test]
fn activations() {
    let pole = FromDerivative::new(|z: f64| if z > 1.0 { f64::NAN } else { 1.0 });
    assert!(matches!(
        LimitingSpectrum::new(1.0, 1.0, pole, 1.0).density(0.5),
        Err(Error::NonFiniteDerivative { value, .. }) if value.is_nan()
    ));
    let heavy = FromDerivative::new(|z: f64| (0.3 * z * z).exp());
    assert!(heavy.moments().is_err());
    assert!(LimitingSpectrum::new(1.0, 1.0, heavy, 1.0).density(0.5).is_err());
}

/// μ = δ0 if σ is affine or D = 0.
#[test]
fn degenerate_laws() {
    let dark = Discrete::new(&[0.0, 0.0], &[0.5, 0.5]).unwrap();
    for law in [
        LimitingSpectrum::new(0.7, 1.3, Identity, 1.0),
        LimitingSpectrum::new(3.0, 0.2, Polynomial::new([2.0, -1.0]).unwrap(), 0.4),
        LimitingSpectrum::new(0.7, 1.3, Identity, Uniform::new(0.0, 1.0).unwrap()),
        LimitingSpectrum::new(0.7, 1.3, Relu, 0.0),
        LimitingSpectrum::new(5.0, 0.1, Tanh, 0.0),
        LimitingSpectrum::new(5.0, 0.1, Tanh, dark),
    ] {
        assert_eq!(law.atoms().unwrap(), [Atom { location: 0.0, mass: 1.0 }], "{law:?}");
        assert!(law.support().unwrap().is_empty());
        for x in [-1.0, 0.0, 1e-12, 1.0] {
            assert_eq!(law.density(x).unwrap(), 0.0);
            assert_eq!(law.cdf(x).unwrap(), if x < 0.0 { 0.0 } else { 1.0 });
            assert_eq!(law.survival(x).unwrap(), if x < 0.0 { 1.0 } else { 0.0 });
        }
        for q in [0.0, 0.5, 1.0] {
            assert_eq!(law.quantile(q).unwrap(), 0.0);
        }
        assert_eq!(law.mean().unwrap(), 0.0);
        assert_eq!(law.variance().unwrap(), 0.0);
        assert_eq!(law.moment(0).unwrap(), 1.0);
        assert_eq!(law.moment(5).unwrap(), 0.0);
        assert_eq!(law.expectation(&|x| x.cos()).unwrap(), 1.0);
        let z = Complex64::new(0.3, 0.4);
        assert!((law.cauchy(z).unwrap() - z.inv()).norm() < 1e-15);
        assert!(law.curve(100).unwrap().0.is_empty());
        assert!(law.s_transform(-0.5).is_err());
        assert_eq!(law.r_transform(0.0).unwrap(), 0.0);
        assert_eq!(law.population().atoms().unwrap(), [Atom { location: 0.0, mass: 1.0 }]);
    }
}

#[test]
fn density_at_a_hard_edge_is_infinite() {
    // c > 0 and γ1 = 1: density ~ x^(−1/2).
    let law = LimitingSpectrum::new(1.0, 1.0, Relu, 1.0);
    let lower = law.support().unwrap()[0].lower;
    assert_eq!((lower.location, lower.kind), (0.0, EdgeKind::Hard));
    assert_eq!(law.density(0.0).unwrap(), f64::INFINITY);
    assert!(law.cdf(0.0).unwrap().abs() <= 1e-15);
    assert!(law.atoms().unwrap().is_empty());
    // F(x) ~ √x: ratio 2 for a factor 4.
    let ratio = law.cdf(4e-12).unwrap() / law.cdf(1e-12).unwrap();
    assert!((ratio - 2.0).abs() < 1e-4, "{ratio}");
    let ratio = law.density(1e-12).unwrap() / law.density(4e-12).unwrap();
    assert!((ratio - 2.0).abs() < 1e-4, "{ratio}");
    assert!(law.density(f64::MIN_POSITIVE).unwrap() > 1e6);
    assert_eq!(law.density(-0.0).unwrap(), f64::INFINITY);
    assert_eq!(law.density(-f64::MIN_POSITIVE).unwrap(), 0.0);
    // The grid of a curve approaches the edge without touching it.
    assert!(law.curve(1000).unwrap().1.iter().all(|density| density.is_finite()));
}
