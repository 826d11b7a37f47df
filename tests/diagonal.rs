//! Laws of the diagonal of D: quadratures, sampling, refusals.

mod common;

use std::sync::Arc;

use common::{entries, number, numbers, table, text};
use ndarray::Array1;
use ntk_spectrum::Error;
use ntk_spectrum::ensemble::diagonal::{
    Bernoulli, Beta, Constant, DiagonalLaw, Discrete, Empirical, Rademacher, SquareLaw,
    TruncatedNormal, TwoPoint, Uniform,
};
use num_complex::Complex64;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use serde_json::Value;
use statrs::function::beta::beta_reg;
use statrs::function::erf::erfc;

const TOLERANCE: f64 = 1e-13;

fn transform(law: &SquareLaw, zeta: Complex64) -> Complex64 {
    law.boundary_rule().iter().map(|(t, w)| w / (zeta - t)).sum()
}

fn law_of(name: &str, arguments: &[f64]) -> Box<dyn DiagonalLaw> {
    match (name, arguments) {
        ("uniform", &[a, b]) => Box::new(Uniform::new(a, b).unwrap()),
        ("truncated_normal", &[m, s, a, b]) => Box::new(TruncatedNormal::new(m, s, a, b).unwrap()),
        ("beta", &[p, q, a, b]) => Box::new(Beta::new(p, q, a, b).unwrap()),
        _ => panic!("no such law: {name} {arguments:?}"),
    }
}

fn references() -> Vec<(String, SquareLaw, Value)> {
    let read = |entry: &Value| {
        let (name, arguments) = (text(&entry["law"]), numbers(&entry["arguments"]));
        let law = law_of(name, &arguments).square_law(TOLERANCE).unwrap();
        (format!("{name}{arguments:?}"), law, entry.clone())
    };
    entries(&table("diagonal_laws.json")).iter().map(read).collect()
}

/// Ends of the intervals on which the density of D² is analytic.
fn ends(entry: &Value) -> Vec<f64> {
    let arguments = numbers(&entry["arguments"]);
    arguments[arguments.len() - 2..].iter().map(|end| end.powi(2)).collect()
}

#[test]
fn boundary_rule_agrees_with_references() {
    for (name, law, entry) in references() {
        for point in entries(&entry["transform"]) {
            let complex = |pair: &Value| Complex64::new(number(&pair[0]), number(&pair[1]));
            let (zeta, exact) = (complex(&point["zeta"]), complex(&point["value"]));
            let error = (transform(&law, zeta) - exact).norm() / exact.norm();
            // Near an end away from 0 the nodes are rounded at 1e-16 of its size.
            let rounding = (ends(&entry).iter())
                .map(|end| f64::EPSILON * end / (zeta - end).norm())
                .fold(0.0, f64::max);
            assert!(error < 3e-13 + 2.0 * rounding, "{name} at {zeta}: {error:e}");
        }
    }
}

#[test]
fn moments_agree_with_references() {
    for (name, law, entry) in references() {
        for moment in entries(&entry["moments"]) {
            let k = moment["k"].as_i64().unwrap() as i32;
            let error = (law.moment(k) / number(&moment["value"]) - 1.0).abs();
            assert!(error < 2e-14, "{name}, moment {k}: {error:e}");
        }
    }
}

/// E[1/(ζ − D²)] for D uniform on [a, b], 0 ≤ a, from above.
fn uniform_transform(a: f64, b: f64, zeta: Complex64) -> Complex64 {
    let root = zeta.sqrt();
    // Above the axis; on it, for real ζ, the limit from above.
    let primitive = |d: f64| {
        let below = root - d;
        let angle =
            if below.im == 0.0 && below.re < 0.0 { std::f64::consts::PI } else { below.arg() };
        (root + d).ln() - Complex64::new(below.norm().ln(), angle)
    };
    (primitive(b) - primitive(a)) / (2.0 * root * (b - a))
}

#[test]
fn boundary_rule_agrees_with_the_uniform_closed_form() {
    for (a, b) in [(0.0, 1.0), (0.0, 3.0), (0.5, 1.0)] {
        let law = Uniform::new(a, b).unwrap().square_law(TOLERANCE).unwrap();
        let length = b * b - a * a;
        for (re, im) in [
            (0.5, 0.0),
            (0.02, 0.0),
            (0.98, 0.0),
            (1.5, 0.0),
            (40.0, 0.0),
            (0.3, 1e-9),
            (-0.2, 0.1),
            (0.1, 7.0),
        ] {
            let zeta = a * a + length * Complex64::new(re, im);
            let exact = uniform_transform(a, b, zeta);
            let error = (transform(&law, zeta) - exact).norm() / exact.norm();
            assert!(error < 3e-13, "[{a}, {b}] at {zeta}: {error:e}");
        }
    }
    // Next to the end 0, and on the negative axis.
    let law = Uniform::new(0.0, 1.0).unwrap().square_law(TOLERANCE).unwrap();
    for x in [1e-3, 1e-6, 1e-10, -1e-10, -1e-4, -1.0, -30.0] {
        let zeta = Complex64::from(x);
        let exact = uniform_transform(0.0, 1.0, zeta);
        let error = (transform(&law, zeta) - exact).norm() / exact.norm();
        assert!(error < 6e-13, "{x}: {error:e}");
    }
}

#[test]
fn the_boundary_rule_gives_second_powers_too() {
    // E[1/(ζ − D²)] = L/(2√ζ), L = log((√ζ + 1)/(√ζ − 1)) = log 3 − iπ at ζ = 1/4 + i0.
    let law = Uniform::new(0.0, 1.0).unwrap().square_law(TOLERANCE).unwrap();
    let zeta = Complex64::new(0.25, 0.0);
    let found: Complex64 =
        (law.boundary_rule().iter()).map(|(t, w)| w / ((zeta - t) * (zeta - t))).sum();
    let log = Complex64::new(3.0_f64.ln(), -std::f64::consts::PI);
    let root: f64 = 0.5;
    let dlog = (1.0 / (root + 1.0) - 1.0 / (root - 1.0)) / (2.0 * root);
    let exact = -(Complex64::from(dlog) / (2.0 * root) - log / (4.0 * root.powi(3)));
    assert!((found - exact).norm() < 1e-11 * exact.norm(), "{found} {exact}");
}

#[test]
fn rules_are_probability_laws_in_the_right_place() {
    for (name, law, _) in references() {
        let support = law.support();
        let (low, high) = (support[0].0, support[support.len() - 1].1);
        assert!(law.nodes().is_sorted() && low <= law.nodes()[0], "{name}");
        assert!(law.nodes()[law.nodes().len() - 1] <= high, "{name}");
        assert!(law.weights().iter().all(|w| *w > 0.0), "{name}");
        assert!((law.weights().iter().sum::<f64>() - 1.0).abs() < 3e-15, "{name}");
        assert!(law.boundary_rule().iter().all(|(t, _)| t.im <= 0.0), "{name}");
        let mass: Complex64 = law.boundary_rule().iter().map(|n| n.1).sum();
        assert!((mass - 1.0).norm() < 1e-13, "{name}: {mass}");
        assert_eq!(law.mass_at_zero(), 0.0);
        assert!(support.windows(2).all(|pair| pair[0].1 == pair[1].0), "{name}");
    }
}

#[test]
fn extreme_parameters_still_integrate() {
    let cases: [(&str, &[f64]); 17] = [
        ("beta", &[1000.0, 1.0, -1.0, 2.0]),
        ("truncated_normal", &[10.0, 1.0, -100.0, 50.0]),
        ("truncated_normal", &[-2.0, 0.25, -5.0, 1.0]),
        ("beta", &[0.01, 0.01, -1.0, 1.0]),
        ("beta", &[0.01, 1000.0, 0.0, 1.0]),
        ("beta", &[1000.0, 1000.0, 0.0, 1.0]),
        ("beta", &[500.0, 20.0, -1.0, 3.0]),
        ("truncated_normal", &[0.0, 1.0, -100.0, 50.0]),
        ("truncated_normal", &[3.0, 1.0, -100.0, 50.0]),
        ("truncated_normal", &[1.0, 1e-8, 0.0, 2.0]),
        ("truncated_normal", &[1e12, 1.0, 0.0, 2.0]),
        ("truncated_normal", &[0.0, 1e25, -1.0, 2.0]),
        ("uniform", &[-1e30, 1e30]),
        ("uniform", &[1e-30, 2e-30]),
        ("uniform", &[-1.0, 1e-12]),
        ("uniform", &[1.0, 1.0 + 1e-14]),
        ("uniform", &[-1e-300, 1e-300]),
    ];
    for (name, arguments) in cases {
        let law = law_of(name, arguments).square_law(TOLERANCE).unwrap();
        let mean: Complex64 = law.boundary_rule().iter().map(|(t, w)| t * w).sum();
        let mass: Complex64 = law.boundary_rule().iter().map(|n| n.1).sum();
        assert!((mass - 1.0).norm() < 2e-13, "{name} {arguments:?}: {mass}");
        let difference = (mean - law.moment(1)).norm();
        assert!(difference <= 2e-13 * law.moment(1), "{name} {arguments:?}: {mean}");
    }
    // Means known in closed form, E D² = m² + s² and α(α+1)/((α+β)(α+β+1)).
    let mean = |name, arguments: &[f64]| {
        let law = law_of(name, arguments).square_law(TOLERANCE).unwrap();
        law.moment(1)
    };
    let wide = mean("truncated_normal", &[3.0, 1.0, -100.0, 50.0]);
    assert!((wide - 10.0).abs() < 1e-13);
    let steep = mean("beta", &[0.01, 1000.0, 0.0, 1.0]);
    assert!((steep / (0.01 * 1.01 / (1000.01 * 1001.01)) - 1.0).abs() < 1e-12);
    assert_eq!(mean("uniform", &[-1e-300, 1e-300]), 0.0);
}

#[test]
fn a_looser_tolerance_takes_fewer_nodes_and_keeps_its_promise() {
    let law = Beta::new(2.0, 3.0, 0.0, 1.0).unwrap();
    let fine = law.square_law(1e-13).unwrap();
    let coarse = law.square_law(1e-6).unwrap();
    let [few, many] = [&coarse, &fine].map(|law| law.boundary_rule().len());
    assert!(few <= 6 * many / 10, "{few} {many}");
    for x in [0.01, 0.3, 0.9] {
        let zeta = Complex64::from(x);
        let exact = transform(&fine, zeta);
        assert!((transform(&coarse, zeta) - exact).norm() < 1e-5 * exact.norm());
    }
    for tolerance in [0.0, -1.0, 1.0, f64::NAN] {
        let error = law.square_law(tolerance).unwrap_err();
        assert!(matches!(error, Error::InvalidParameter { name: "tolerance", .. }));
    }
}

#[test]
fn atoms_merge_and_squares_forget_signs() {
    let law = Empirical::new(&[1.0, -1.0, 0.0, 3.0, 3.0]).unwrap();
    let law = law.square_law(TOLERANCE).unwrap();
    assert_eq!(law.nodes(), &[0.0, 1.0, 9.0]);
    for (found, exact) in law.weights().iter().zip([0.2, 0.4, 0.4]) {
        assert!((found - exact).abs() < 1e-15);
    }
    assert!((law.mass_at_zero() - 0.2).abs() < 1e-15);
    assert_eq!(law.support(), &[(0.0, 0.0), (1.0, 1.0), (9.0, 9.0)]);

    let all_kept = Bernoulli::new(1.0).unwrap().square_law(TOLERANCE).unwrap();
    assert_eq!(all_kept.nodes(), &[1.0]);
    assert_eq!(all_kept.mass_at_zero(), 0.0);
    let zero = Constant::new(0.0).unwrap().square_law(TOLERANCE).unwrap();
    assert_eq!((zero.nodes(), zero.mass_at_zero()), (&[0.0][..], 1.0));
    let symmetric = TwoPoint::new(-2.0, 2.0, 0.3).unwrap();
    assert_eq!(symmetric.square_law(TOLERANCE).unwrap().nodes(), &[4.0]);
}

#[test]
fn pointers_to_laws_are_laws() {
    let law = Uniform::new(0.0, 1.0).unwrap();
    let expected = law.square_law(TOLERANCE).unwrap();
    let boxed: Box<dyn DiagonalLaw> = Box::new(law);
    let shared: Arc<dyn DiagonalLaw> = Arc::new(law);
    for square in [DiagonalLaw::square_law(&&law, TOLERANCE), boxed.square_law(TOLERANCE)] {
        assert_eq!(square.unwrap(), expected);
    }
    let draw =
        |law: &dyn DiagonalLaw| law.sample_diagonal(5, &mut ChaCha8Rng::seed_from_u64(3)).unwrap();
    assert_eq!(draw(&shared), draw(&law));
    assert_eq!(draw(&boxed), draw(&law));
}

/// Largest distance of the empirical distribution function of 20 000 draws to `cdf`.
fn kolmogorov_smirnov(law: &dyn DiagonalLaw, cdf: impl Fn(f64) -> f64) -> f64 {
    let mut draws =
        law.sample_diagonal(20_000, &mut ChaCha8Rng::seed_from_u64(20)).unwrap().to_vec();
    draws.sort_by(f64::total_cmp);
    let n = draws.len() as f64;
    (draws.iter().enumerate())
        .map(|(i, d)| {
            let value = cdf(*d);
            (value - i as f64 / n).abs().max(((i + 1) as f64 / n - value).abs())
        })
        .fold(0.0, f64::max)
}

#[test]
fn samples_of_densities_follow_their_law() {
    // Exceeded with probability 1e-3.
    let critical = 1.95 / 20_000.0_f64.sqrt();
    let check = |law: &dyn DiagonalLaw, cdf: &dyn Fn(f64) -> f64| {
        let distance = kolmogorov_smirnov(law, cdf);
        assert!(distance < critical, "{law:?}: {distance} > {critical}");
    };
    check(&Uniform::new(-1.0, 3.0).unwrap(), &|x| (x + 1.0) / 4.0);
    for (alpha, beta, lower, upper) in
        [(0.5, 0.5, -1.0, 1.0), (2.0, 3.0, 0.0, 1.0), (0.3, 1.5, 1.0, 3.0)]
    {
        let law = Beta::new(alpha, beta, lower, upper).unwrap();
        check(&law, &|x| beta_reg(alpha, beta, (x - lower) / (upper - lower)));
    }
    for (mean, std, lower, upper) in [
        (0.0, 1.0, -1.0, 2.0),
        (0.3, 1.0, -40.0, 60.0),
        (0.0, 1.0, 8.0, 9.0),
        (3.0, 0.5, -1.0, 2.0),
        (-1.0, 1.0, 0.0, 10.0),
        (0.0, 100.0, 1.0, 2.0),
    ] {
        // Measured from the end nearer to the mean, the tails do not cancel.
        let tail = |x: f64| {
            let sign = if mean > upper { -1.0 } else { 1.0 };
            erfc(sign * (x - mean) / (std * 2.0_f64.sqrt()))
        };
        let law = TruncatedNormal::new(mean, std, lower, upper).unwrap();
        check(&law, &|x| (tail(lower) - tail(x)) / (tail(lower) - tail(upper)));
    }
}

#[test]
fn samples_of_atoms_have_their_frequencies() {
    let check = |law: &dyn DiagonalLaw, atoms: &[(f64, f64)]| {
        let n = 20_000;
        let draws = law.sample_diagonal(n, &mut ChaCha8Rng::seed_from_u64(21)).unwrap();
        let mut seen = 0;
        for (value, probability) in atoms {
            let count = draws.iter().filter(|d| *d == value).count();
            seen += count;
            let deviation = (probability * (1.0 - probability) * n as f64).sqrt();
            let error = (count as f64 - probability * n as f64).abs();
            assert!(error <= 4.0 * deviation, "{law:?}: {count} times {value}");
        }
        assert_eq!(seen, n, "{law:?}");
    };
    check(&1.5, &[(1.5, 1.0)]);
    check(&Constant::new(-2.0).unwrap(), &[(-2.0, 1.0)]);
    check(&Rademacher, &[(1.0, 0.5), (-1.0, 0.5)]);
    check(&TwoPoint::new(2.0, 1.0, 0.25).unwrap(), &[(2.0, 0.25), (1.0, 0.75)]);
    check(&Bernoulli::new(0.8).unwrap(), &[(1.0, 0.8), (0.0, 0.2)]);
    check(&Bernoulli::new(0.8).unwrap().scaled(), &[(1.25, 0.8), (0.0, 0.2)]);
    let values = [0.0, 1.0, -3.0];
    check(
        &Discrete::new(&values, &[0.2, 0.5, 0.3]).unwrap(),
        &[(0.0, 0.2), (1.0, 0.5), (-3.0, 0.3)],
    );
    check(&Empirical::new(&[1.0, 1.0, 4.0, 0.0]).unwrap(), &[(1.0, 0.5), (4.0, 0.25), (0.0, 0.25)]);
}

/// A change here changes the results of everyone who fixed a seed.
#[test]
fn sampled_values_are_stable() {
    let check = |law: &dyn DiagonalLaw, expected: [f64; 4]| {
        let draws = law.sample_diagonal(4, &mut ChaCha8Rng::seed_from_u64(22)).unwrap();
        let close = |(d, e): (&f64, f64)| (d - e).abs() <= 1e-12;
        assert!(draws.iter().zip(expected).all(close), "{law:?}: {draws:?}");
    };
    check(
        &Uniform::new(-1.0, 3.0).unwrap(),
        [1.8879818569630684, -0.34840743938110386, 1.8406781334957083, -0.9165742064322853],
    );
    check(&Rademacher, [1.0, 1.0, 1.0, -1.0]);
    check(&TwoPoint::new(2.0, 1.0, 0.5).unwrap(), [1.0, 2.0, 1.0, 2.0]);
    check(&Bernoulli::new(0.5).unwrap(), [0.0, 1.0, 0.0, 1.0]);
    check(&Discrete::new(&[1.0, 2.0, 3.0], &[0.25, 0.25, 0.5]).unwrap(), [3.0, 1.0, 3.0, 1.0]);
    check(&Empirical::new(&[1.0, 2.0, 3.0, 4.0]).unwrap(), [4.0, 3.0, 3.0, 1.0]);
    check(
        &Beta::new(2.0, 3.0, 0.0, 1.0).unwrap(),
        [0.5546123060126904, 0.5451864930633488, 0.38199631866465145, 0.2977277548336738],
    );
    check(
        &TruncatedNormal::new(0.0, 1.0, -1.0, 2.0).unwrap(),
        [1.1659863927223015, 1.1305086001217814, 0.41346450829506187, 0.0011152067276500865],
    );
    check(
        &TruncatedNormal::new(0.0, 1.0, 8.0, 9.0).unwrap(),
        [8.159905876406148, 8.154704685091833, 8.002726870553754, 8.079595095320697],
    );
}

#[test]
fn empty_diagonals_can_be_drawn() {
    let none = Rademacher.sample_diagonal(0, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
    assert_eq!(none, Array1::<f64>::zeros(0));
}

/// The name and value in an [`Error::InvalidParameter`].
fn parameter<T: std::fmt::Debug>(result: Result<T, Error>) -> (&'static str, f64) {
    match result.unwrap_err() {
        Error::InvalidParameter { name, value, .. } => (name, value),
        other => panic!("{other:?}"),
    }
}

#[test]
fn bad_parameters_are_named() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e31] {
        let named = |found: (&'static str, f64), name: &str| {
            assert_eq!(found.0, name);
            assert_eq!(found.1.to_bits(), bad.to_bits());
        };
        named(parameter(bad.square_law(TOLERANCE)), "d");
        named(parameter(Constant::new(bad)), "value");
        named(parameter(TwoPoint::new(bad, 1.0, 0.5)), "first");
        named(parameter(TwoPoint::new(1.0, bad, 0.5)), "second");
        named(parameter(TwoPoint::new(1.0, 2.0, bad)), "probability_of_first");
        named(parameter(Bernoulli::new(bad)), "keep");
        named(parameter(Uniform::new(bad, 1.0)), "lower");
        named(parameter(Uniform::new(0.0, bad)), "upper");
        named(parameter(TruncatedNormal::new(bad, 1.0, 0.0, 1.0)), "mean");
        named(parameter(TruncatedNormal::new(0.0, bad, 0.0, 1.0)), "std_dev");
        named(parameter(TruncatedNormal::new(0.0, 1.0, bad, 1.0)), "lower");
        named(parameter(TruncatedNormal::new(0.0, 1.0, 0.0, bad)), "upper");
        named(parameter(Beta::new(bad, 1.0, 0.0, 1.0)), "alpha");
        named(parameter(Beta::standard(1.0, bad)), "beta");
        named(parameter(Beta::new(1.0, 1.0, bad, 1.0)), "lower");
        named(parameter(Beta::new(1.0, 1.0, 0.0, bad)), "upper");
    }
    assert_eq!(parameter(Bernoulli::new(0.0)), ("keep", 0.0));
    assert_eq!(parameter(Bernoulli::new(1.5)), ("keep", 1.5));
    assert_eq!(parameter(TwoPoint::new(1.0, 2.0, -0.5)), ("probability_of_first", -0.5));
    assert_eq!(parameter(Uniform::new(2.0, 1.0)), ("upper", 1.0));
    assert_eq!(parameter(Uniform::new(1.0, 1.0)), ("upper", 1.0));
    assert_eq!(parameter(TruncatedNormal::new(0.0, 0.0, 0.0, 1.0)), ("std_dev", 0.0));
    assert_eq!(parameter(TruncatedNormal::new(0.5, 1e-30, 0.0, 1.0)), ("std_dev", 1e-30));
    assert_eq!(parameter(Beta::standard(0.0, 1.0)), ("alpha", 0.0));
    let equal = Uniform::new(1.0, 1.0).unwrap_err().to_string();
    assert!(equal.contains("Constant"), "{equal}");
}

#[test]
fn bad_lists_are_named() {
    let length = |result: Result<(), Error>| match result.unwrap_err() {
        Error::InvalidLength { name, length, .. } => (name, length),
        other => panic!("{other:?}"),
    };
    let entry = |result: Result<(), Error>| match result.unwrap_err() {
        Error::InvalidEntry { name, index, .. } => (name, index),
        other => panic!("{other:?}"),
    };
    let discrete = |values: &[f64], weights: &[f64]| Discrete::new(values, weights).map(drop);
    let empirical = |diagonal: &[f64]| Empirical::new(diagonal).map(drop);
    assert_eq!(length(discrete(&[], &[])), ("values", 0));
    assert_eq!(length(discrete(&[1.0, 2.0], &[1.0])), ("weights", 1));
    assert_eq!(length(empirical(&[])), ("diagonal", 0));
    assert_eq!(entry(discrete(&[1.0, f64::NAN], &[0.5, 0.5])), ("values", 1));
    assert_eq!(entry(discrete(&[1.0, 2.0], &[1.5, -0.5])), ("weights", 0));
    assert_eq!(entry(discrete(&[1.0, 2.0], &[0.5, f64::NAN])), ("weights", 1));
    assert_eq!(entry(empirical(&[0.0, 1.0, f64::INFINITY])), ("diagonal", 2));
    assert_eq!(parameter(discrete(&[1.0, 2.0], &[0.5, 0.25])), ("weights", 0.75));
    let slightly_off = Discrete::new(&[1.0, 2.0], &[0.5, 0.5 + 5e-10]).unwrap();
    let weights = slightly_off.square_law(TOLERANCE).unwrap().weights().to_vec();
    assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-15);
}
