//! Extreme but valid parameters: the right answer or an explicit error, never
//! a wrong number.

mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};

use common::{Moments, logarithmic};
use ntk_spectrum::activation::{Activation, Gelu, Polynomial, Relu, Tanh};
use ntk_spectrum::ensemble::diagonal::{DiagonalLaw, Discrete};
use ntk_spectrum::law::{
    self, GeneralizedMarchenkoPastur, MarchenkoPastur, SpectralLaw, SpectralSums,
};
use ntk_spectrum::{Error, LimitingSpectrum};
use num_complex::Complex64;

struct Setup {
    label: String,
    gamma1: f64,
    gamma2: f64,
    b: f64,
    c: f64,
    d: Box<dyn DiagonalLaw>,
    tolerance: f64,
}

fn setup(gamma1: f64, gamma2: f64, b: f64, c: f64, values: &[f64], weights: &[f64]) -> Setup {
    Setup {
        label: format!(
            "γ1 = {gamma1:e}, γ2 = {gamma2:e}, b = {b:e}, c = {c:e}, D = {values:?} {weights:?}"
        ),
        gamma1,
        gamma2,
        b,
        c,
        d: Box::new(Discrete::new(values, weights).unwrap()),
        tolerance: 1e-11,
    }
}

/// What is wrong with the solved law, in words. An error is not wrong.
fn wrong(setup: Setup) -> Result<Vec<String>, Error> {
    let Setup { gamma1, gamma2, b, c, d, tolerance, .. } = setup;
    let squares = d.square_law(1e-13)?;
    let law = LimitingSpectrum::new(gamma1, gamma2, Moments(b, c), d).with_tolerance(tolerance);
    let solved = law.solve()?;
    let mut wrong = Vec::new();
    let mut expect = |what: &str, found: f64, expected: f64, relative: f64| {
        let off = (found - expected).abs();
        if off.is_nan() || off > relative * expected.abs() {
            wrong.push(format!("{what}: {found:e} instead of {expected:e}"));
        }
    };
    let slack = (100.0 * tolerance).max(1e-8);
    let mean = (b + c) * squares.moment(1);
    let second =
        (b + c).powi(2) * squares.moment(2) + 2.0 * gamma2 * (b * squares.moment(1)).powi(2);
    expect("mass", solved.total_mass(), 1.0, slack);
    expect("mean", solved.expectation(|x| x)?, mean, slack);
    if (gamma1 * second).is_finite() && gamma1 * second > 1e-290 {
        let variance = solved.expectation(|x| (x - mean).powi(2))?;
        expect("variance", variance, gamma1 * second, 10.0 * slack);
    }
    let at_zero = solved.cdf(0.0);
    let zero = law.population().cdf(0.0)?;
    expect("1 + mass at 0", 1.0 + at_zero, 1.0 + (1.0 - (1.0 - zero) / gamma1).max(0.0), 1e-12);
    let mut last = 0.0;
    for x in law.curve(64)?.0 {
        let (density, cdf) = (solved.density(x), solved.cdf(x));
        if !(density >= 0.0 && density.is_finite()) {
            expect("density", density, 0.0, 0.0);
        }
        if !(cdf >= last - 1e-13 - 1e-3 * tolerance && cdf <= 1.0) {
            expect("distribution function", cdf, last, 0.0);
        }
        last = cdf;
    }
    for q in [0.0, 1e-9, 0.3, 0.999, 1.0] {
        let quantile = solved.quantile(q);
        if !(quantile >= 0.0 && quantile.is_finite()) {
            expect("quantile", quantile, 0.0, 0.0);
        }
    }
    let top = solved.support().last().map_or(mean, |i| i.upper.location);
    let z = Complex64::new(-top, top);
    let g = law.cauchy(z)?;
    // |G| between those of point masses at both ends of the support.
    let inside = g.norm() <= 1.001 / z.norm() && g.norm() >= 0.999 / (z - top).norm();
    if !inside {
        expect("|G|", g.norm(), 1.0 / z.norm(), 0.0);
    }
    Ok(wrong)
}

/// Checks all, prints what failed with an error, and returns how many did.
fn errors(setups: Vec<Setup>) -> usize {
    let (mut errors, mut complaints) = (0, Vec::new());
    for setup in setups {
        let label = setup.label.clone();
        match catch_unwind(AssertUnwindSafe(|| wrong(setup))) {
            Ok(Ok(list)) if list.is_empty() => {}
            Ok(Ok(list)) => complaints.push(format!("{label}: {list:?}")),
            Ok(Err(error)) => {
                println!("{label}: {error}");
                errors += 1;
            }
            Err(_) => complaints.push(format!("{label}: panic")),
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
    errors
}

#[test]
fn aspect_ratios() {
    let (mut moderate, mut extreme) = (Vec::new(), Vec::new());
    for gamma1 in [1e-8, 1e-4, 1.0, 1e4, 1e8] {
        for gamma2 in [1e-6, 1e-3, 1.0, 1e3, 1e6] {
            for (values, weights) in [(&[1.0][..], &[1.0][..]), (&[1.0, 0.5], &[0.5, 0.5])] {
                let usual = (1e-4..=1e4).contains(&gamma1) && (1e-3..=1e3).contains(&gamma2);
                let list = if usual { &mut moderate } else { &mut extreme };
                list.push(setup(gamma1, gamma2, 0.16, 0.09, values, weights));
            }
        }
    }
    assert_eq!(errors(moderate), 0);
    errors(extreme);
}

#[test]
fn ratios_of_b_and_c() {
    let (mut moderate, mut extreme) = (Vec::new(), Vec::new());
    for ratio in [1e-12, 1e-8, 1e-4, 1e3, 1e4, 1e8, 1e12] {
        for gamma2 in [0.3, 1.0, 4.0] {
            for gamma1 in [0.5, 3.0] {
                for (values, weights) in [(&[1.0][..], &[1.0][..]), (&[1.0, 0.5], &[0.5, 0.5])] {
                    let usual = (1e-4..=1e4).contains(&ratio);
                    let list = if usual { &mut moderate } else { &mut extreme };
                    list.push(setup(gamma1, gamma2, ratio, 1.0, values, weights));
                }
            }
        }
    }
    assert_eq!(errors(moderate), 0);
    errors(extreme);
}

#[test]
fn values_of_d() {
    let mut setups = Vec::new();
    for values in [
        [1e-150, 1.0],
        [1e-20, 1.0],
        [1e-10, 1.0],
        [1e-5, 1e5],
        [1.0, 1e20],
        [1.0, 1.0 + 1e-9],
        [1.0, 1.0 + 1e-14],
        [1e-70, 1e-72],
    ] {
        for (b, c) in [(0.16, 0.09), (1.0, 0.0), (0.0, 1.0)] {
            setups.push(setup(0.7, 1.0, b, c, &values, &[0.5, 0.5]));
            setups.push(setup(2.0, 0.3, b, c, &values, &[0.5, 0.5]));
        }
    }
    errors(setups);
}

#[test]
fn weights_of_d() {
    let mut setups = Vec::new();
    for weight in [1e-3, 1e-6, 1e-9, 1e-12] {
        for value in [0.0, 0.3, 1.5, 100.0] {
            setups.push(setup(0.7, 1.0, 0.16, 0.09, &[1.0, value], &[1.0 - weight, weight]));
            setups.push(setup(2.0, 0.3, 1.0, 0.0, &[1.0, value], &[1.0 - weight, weight]));
        }
    }
    errors(setups);
}

#[test]
fn tolerances() {
    let mut setups = Vec::new();
    for tolerance in [1e-13, 1e-12, 1e-9, 1e-6, 1e-3] {
        for (values, weights) in [
            (&[1.0][..], &[1.0][..]),
            (&[1.0, 0.5], &[0.5, 0.5]),
            (&[0.0, 0.5, 0.7], &[0.2, 0.3, 0.5]),
        ] {
            for gamma1 in [0.2, 2.0] {
                let mut one = setup(gamma1, 0.8, 0.16, 0.09, values, weights);
                one.tolerance = tolerance;
                one.label += &format!(", tolerance {tolerance:e}");
                setups.push(one);
            }
        }
    }
    assert_eq!(errors(setups), 0);
}

/// γ1 → 0 at fixed ν: μ concentrates at its mean, as a semicircle.
#[test]
fn small_ratio_gives_a_semicircle() {
    for gamma1 in [1e-8, 1e-6] {
        let law = LimitingSpectrum::new(gamma1, 1.0, Gelu, 1.0);
        let (mean, deviation) = (law.mean().unwrap(), law.variance().unwrap().sqrt());
        let support = law.support().unwrap();
        assert_eq!(support.len(), 1);
        // Corrections are of relative order deviation/mean, and shift the centre.
        let size = 10.0 * deviation / mean;
        for k in -9..=9 {
            let t = 0.2 * f64::from(k);
            let expected = (4.0 - t * t).sqrt() / (2.0 * std::f64::consts::PI);
            let found = deviation * law.density(mean + t * deviation).unwrap();
            assert!((found - expected).abs() < size, "{gamma1} {t}: {found} {expected}");
        }
    }
}

/// γ1 → ∞ at fixed ν: γ1 μ approaches ν, seen at scale γ1.
#[test]
fn large_ratio_gives_the_population() {
    for gamma1 in [1e4, 1e6] {
        let law = LimitingSpectrum::new(gamma1, 1.0, Relu, 1.0);
        for k in 2..12 {
            let t = 0.09 * f64::from(k);
            let expected = law.population().survival(t).unwrap();
            let found = gamma1 * law.survival(gamma1 * t).unwrap();
            // The atom of ν at c is smeared over c ± O(γ1^(−1/2)).
            assert!(
                (found - expected).abs() < 20.0 / gamma1.sqrt(),
                "{gamma1} {t}: {found} {expected}"
            );
        }
    }
}

/// b = 0 and constant D: a Marchenko–Pastur law, at every scale.
#[test]
fn odd_activation_gives_marchenko_pastur() {
    let c = Tanh.moments().unwrap().c();
    for delta in [1e-20_f64, 1e-3, 1.0, 1e10] {
        for gamma1 in logarithmic(1e-6, 1e6, 7) {
            let law = LimitingSpectrum::new(gamma1, 1.0, Tanh, delta);
            let closed = MarchenkoPastur::new(gamma1).unwrap();
            let (lower, upper) = closed.edges();
            let scale = c * delta * delta;
            for k in 1..20 {
                let x = lower + (upper - lower) * f64::from(k) / 20.0;
                let expected = closed.density(x).unwrap();
                let found = scale * law.density(scale * x).unwrap();
                let slack = 1e-9 * (expected + 1.0 / (upper - lower));
                assert!(
                    (found - expected).abs() < slack,
                    "{delta} {gamma1} {x}: {found} {expected}"
                );
            }
        }
    }
}

#[test]
fn generalised_marchenko_pastur_law_at_extreme_ratios() {
    for gamma in logarithmic(1e-8, 1e8, 9) {
        for (locations, weights) in [
            (&[1e-6, 1.0][..], &[0.5, 0.5][..]),
            (&[1.0, 1e6], &[0.999_999, 1e-6]),
            (&[1.0, 1.0 + 1e-12], &[0.5, 0.5]),
            (&[0.0, 1e-150, 1e150], &[0.2, 0.3, 0.5]),
        ] {
            let population = law::Discrete::new(locations, weights).unwrap();
            let mean = population.mean().unwrap();
            let law = GeneralizedMarchenkoPastur::new(gamma, population).unwrap();
            let what = format!("γ = {gamma:e}, {locations:?}");
            match law.expectation(&|x| x / mean) {
                Ok(one) => {
                    assert!((one - 1.0).abs() < 1e-8, "{what}: {one}");
                    let mass = law.expectation(&|_| 1.0).unwrap();
                    assert!((mass - 1.0).abs() < 1e-8, "{what}: {mass}");
                }
                Err(error) => println!("{what}: {error}"),
            }
        }
    }
}

/// σ = ε z²/2 has b = ε², c = 0: only the scale changes.
#[test]
fn small_activations() {
    let usual = LimitingSpectrum::new(0.7, 1.0, Polynomial::new([0.0, 0.0, 0.5]).unwrap(), 1.0);
    for epsilon in [1e-60, 1e-9, 1e9, 1e60] {
        let law = LimitingSpectrum::new(
            0.7,
            1.0,
            Polynomial::new([0.0, 0.0, 0.5 * epsilon]).unwrap(),
            1.0,
        );
        for q in [0.1, 0.5, 0.9] {
            let expected = usual.quantile(q).unwrap();
            let found = law.quantile(q).unwrap() / epsilon / epsilon;
            assert!((found - expected).abs() <= 1e-9 * expected, "{epsilon:e}: {found} {expected}");
        }
    }
}
