//! Laws of kernels whose inputs have a covariance.

mod common;

use common::{activation, close, entries, number, numbers, table, text};
use ntk_spectrum::activation::{Activation, Centring, FromMoments, Gelu, Relu, Tanh};
use ntk_spectrum::diagonal::{DiagonalLaw, Discrete as DiscreteD, Uniform as UniformD};
use ntk_spectrum::law::{
    Atom, Discrete, GeneralizedMarchenkoPastur, MarchenkoPastur, OverPopulation, Population,
    SpectralLaw, TabulatedLaw, Uniform,
};
use ntk_spectrum::learning::{PolynomialTarget, RandomEffects, Regression};
use ntk_spectrum::spectrum::PredictedOutliers;
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};
use num_complex::Complex64;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

fn two() -> Discrete {
    Discrete::from_eigenvalues(&[0.4, 1.6]).unwrap()
}

#[test]
fn reference_values() {
    for case in entries(&table("covariance.json")["cases"]) {
        let h = Discrete::new(&numbers(&case["H_atoms"]), &numbers(&case["H_weights"])).unwrap();
        let values: Vec<f64> = numbers(&case["D2_atoms"]).iter().map(|t| t.sqrt()).collect();
        let d = DiscreteD::new(&values, &numbers(&case["D2_weights"])).unwrap();
        let sigma = activation(text(&case["activation"]));
        let gamma2 = number(&case["gamma2"]);
        let population = Population::new(gamma2, sigma, d).unwrap().with_covariance(h);
        for (k, key) in [(1, "m1"), (2, "m2")] {
            let expected = number(&case[key]);
            close(key, population.moment(k).unwrap(), expected, 1e-12 * expected);
        }
        assert_eq!(population.covariance_moments().unwrap().1, number(&case["h2"]));
        for entry in entries(&case["mu_stieltjes"]) {
            let gamma1 = number(&entry["gamma1"]);
            let law = LimitingSpectrum::from_population(gamma1, population.clone()).unwrap();
            let [z, expected] = ["z", "m"].map(|key| match numbers(&entry[key])[..] {
                [re, im] => Complex64::new(re, im),
                _ => panic!("two parts"),
            });
            let found = law.stieltjes(z).unwrap();
            let error = (found / expected - 1.0).norm();
            assert!(error < 1e-9, "{} {gamma1} {z}: {error:e}", text(&case["activation"]));
        }
    }
}

#[test]
fn identity_changes_nothing() {
    for identity in [
        Discrete::new(&[1.0], &[1.0]).unwrap(),
        Discrete::from_eigenvalues(&[1.0; 1000]).unwrap(),
        // As after a division by a rounded mean.
        Discrete::from_eigenvalues(&[1.0 + 1e-15]).unwrap(),
    ] {
        let law = LimitingSpectrum::new(0.7, 1.3, Gelu, 1.0);
        let same = law.clone().with_covariance(identity);
        assert_eq!(law.solve().unwrap(), same.solve().unwrap());
        assert_eq!(law.population().solve_all(), same.population().solve_all());
        assert!(same.population().is_exact().unwrap());
        // From moments only, too, which know of no other variance.
        let from_moments = FromMoments::new(Gelu.moments().unwrap());
        let own = LimitingSpectrum::new(0.7, 1.3, from_moments, 1.0)
            .with_covariance(Discrete::new(&[1.0], &[1.0]).unwrap());
        assert_eq!(own.solve().unwrap(), law.solve().unwrap());
    }
}

/// What a population answers.
trait Answers {
    fn solve_all(&self) -> (TabulatedLaw, Vec<f64>);
}

impl Answers for Population {
    fn solve_all(&self) -> (TabulatedLaw, Vec<f64>) {
        let moments = (0..5).map(|k| self.moment(k).unwrap()).collect();
        (self.tabulated().unwrap().clone(), moments)
    }
}

/// Projections: as many directions as are left, and rows of their dimension.
#[test]
fn projections_are_isotropic_laws() {
    for (r, gamma1, gamma2) in [(0.5, 0.7, 1.0), (0.3, 0.3, 0.4), (0.8, 0.8, 2.0), (0.25, 2.0, 0.5)]
    {
        let h = Discrete::new(&[0.0, 1.0 / r], &[1.0 - r, r]).unwrap();
        for d in [&[1.0][..], &[0.5, 1.5]] {
            let d = || DiscreteD::new(d, &vec![1.0 / d.len() as f64; d.len()]).unwrap();
            let law = LimitingSpectrum::new(gamma1, gamma2, Relu, d()).with_covariance(h.clone());
            let same = LimitingSpectrum::new(gamma1 / r, gamma2 / r, Relu, d());
            assert!(law.population().is_exact().unwrap());
            let (found, expected) = (law.support().unwrap(), same.support().unwrap());
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(&expected) {
                assert_eq!(found.upper.kind, expected.upper.kind);
                assert_eq!(found.lower.kind, expected.lower.kind);
                let size = expected.upper.location;
                close("upper", found.upper.location, size, 1e-9 * size);
                close("lower", found.lower.location, expected.lower.location, 1e-9 * size);
                close("mass", found.mass, expected.mass, 1e-9);
                for k in 1..40 {
                    let share = f64::from(k) / 40.0;
                    let (lower, upper) = (expected.lower.location, size);
                    let x = lower + (upper - lower) * share;
                    let density = same.density(x).unwrap();
                    let mean = expected.mass / (upper - lower);
                    close("density", law.density(x).unwrap(), density, 1e-9 * (density + mean));
                }
            }
            for z in [Complex64::new(-0.1, 0.0), Complex64::new(0.3, 0.2)] {
                let (found, expected) = (law.stieltjes(z).unwrap(), same.stieltjes(z).unwrap());
                assert!((found / expected - 1.0).norm() < 1e-9, "{r} {z}");
            }
        }
    }
}

/// The law is that of s·t: moments multiply, and a table of ν says what T says.
#[test]
fn the_table_is_that_of_the_transform() {
    let wishart = || MarchenkoPastur::new(0.5).unwrap();
    let uniform = || Uniform::new(0.5, 1.5).unwrap();
    let mixed = TabulatedLaw::from_density(
        |s| 0.75 * (s * (2.0 - s)).sqrt() / std::f64::consts::FRAC_PI_2,
        &[(0.0, 2.0)],
        &[Atom { location: 0.0, mass: 0.125 }, Atom { location: 2.5, mass: 0.125 }],
        1e-11,
    )
    .unwrap();
    let laws: [Box<dyn SpectralLaw>; 4] =
        [Box::new(two()), Box::new(wishart()), Box::new(uniform()), Box::new(mixed)];
    for h in laws {
        let h: std::sync::Arc<dyn SpectralLaw> = h.into();
        let (v, second) = (h.moment(1).unwrap(), h.moment(2).unwrap());
        for sigma in [activation("relu"), activation("tanh")] {
            let law = Population::new(0.8, sigma.clone(), 1.0).unwrap().with_covariance(h.clone());
            let t = {
                // Rescaled by hand.
                let moments =
                    sigma.scaled_moments(if (v - 1.0).abs() < 1e-12 { 1.0 } else { v.sqrt() });
                let moments = moments.unwrap();
                Population::from_coefficients(0.8 * second / v / v, moments.b(), moments.c(), 1.0)
            }
            .unwrap();
            for k in 1..=5 {
                let expected = h.moment(k).unwrap() * t.moment(k).unwrap();
                close("moment", law.moment(k).unwrap(), expected, 1e-9 * expected);
                let of_table = law.tabulated().unwrap().expectation(|x| x.powi(k as i32)).unwrap();
                close("moment of the table", of_table, expected, 1e-9 * expected);
            }
            close("mass", law.tabulated().unwrap().total_mass(), 1.0, 1e-9);
            for z in [Complex64::new(-0.02, 0.0), Complex64::new(0.2, 0.05)] {
                let found = law.t_transform(z).unwrap().0;
                let expected: Complex64 = {
                    let table = h.tabulated().unwrap();
                    let part = |f: &dyn Fn(Complex64) -> f64| {
                        table
                            .expectation(|s| {
                                if s == 0.0 { 0.0 } else { f(t.t_transform(z / s).unwrap().0) }
                            })
                            .unwrap()
                    };
                    Complex64::new(part(&|t| t.re), part(&|t| t.im))
                };
                assert!((found / expected - 1.0).norm() < 2e-9, "{h:?} {z} {found} {expected}");
            }
        }
    }
}

/// Many eigenvalues: merged, against the table in which each shows.
#[test]
fn merging_moves_next_to_nothing() {
    // Within [0.3, 1.7], evenly; a power law; some that stand alone.
    let even: Vec<f64> = (0..60).map(|k| 0.3 + 1.4 * (f64::from(k) + 0.5) / 60.0).collect();
    let power: Vec<f64> = (0..70).map(|k| 0.6 * ((f64::from(k) + 0.5) / 70.0).powf(-0.4)).collect();
    let alone: Vec<f64> = (0..50).map(|k| if k < 3 { 6.0 + f64::from(k) } else { 0.7 }).collect();
    // Over a wide range.
    let falling: Vec<f64> = (1..=70).map(|k| 1.0 / f64::from(k)).collect();
    for eigenvalues in [even, power, alone, falling] {
        for (sigma, gamma1) in [("relu", 0.7), ("gelu", 1.5), ("tanh", 0.7)] {
            let h = Discrete::from_eigenvalues(&eigenvalues).unwrap();
            let population =
                Population::new(1.0, activation(sigma), 1.0).unwrap().with_covariance(h);
            let table = population.tabulated().unwrap().clone();
            let exact = GeneralizedMarchenkoPastur::new(gamma1, table).unwrap();
            let law = LimitingSpectrum::from_population(gamma1, population).unwrap();
            assert!(law.error_estimate().unwrap() < 2e-8);
            let top = exact.support().unwrap().last().unwrap().upper.location;
            for k in 1..200 {
                let x = top * f64::from(k) / 200.0;
                let (found, expected) = (law.cdf(x).unwrap(), exact.cdf(x).unwrap());
                close("distribution function", found, expected, 2e-8);
            }
            assert_eq!(exact.support().unwrap().len(), law.support().unwrap().len());
            let found = law.weighted_by_population().unwrap().cdf(0.3 * top);
            let expected = exact.weighted_by_population().unwrap().cdf(0.3 * top);
            close("weighted by the population", found, expected, 2e-8);
        }
    }
}

/// 1,000 eigenvalues: no table of ν, and everything else.
#[test]
fn a_thousand_eigenvalues() {
    let eigenvalues: Vec<f64> =
        (0..1000).map(|k| ((f64::from(k) + 0.5) / 1000.0).powf(-0.3)).collect();
    let h = Discrete::from_eigenvalues(&eigenvalues).unwrap();
    let (v, h2) = (h.mean().unwrap(), h.moment(2).unwrap() / h.mean().unwrap().powi(2));
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).with_covariance(h);
    close("mean", law.mean().unwrap(), 0.25 * v, 1e-12);
    // ReLU is homogeneous: its moments know no variance.
    let (b, c) = (Relu.moments().unwrap().b(), Relu.moments().unwrap().c());
    let second = (v * (b + c)).powi(2) * h2 + 2.0 * (v * b * h2).powi(2);
    close("variance", law.variance().unwrap(), 0.7 * second, 1e-11);
    close("mass", law.solve().unwrap().total_mass(), 1.0, 1e-9);
    assert!(law.density(0.2).unwrap() > 0.0);
    assert!(matches!(
        law.population().density(0.2),
        Err(Error::TooManyValues { of: "the covariance", count: 1000, .. })
    ));
    let m = law.population().t_transform(Complex64::new(-0.3, 0.0)).unwrap().0;
    assert!(m.re < 0.0 && m.im == 0.0);
    let ridge = Regression::new(&law, RandomEffects::new(1.0, 0.1).unwrap()).ridge(0.1).unwrap();
    assert!(ridge.test > 0.1 && ridge.test < 0.4, "{ridge:?}");
}

/// Spectra that fall steeply: every ratio of scales is resolved, not only those of the large ones.
#[test]
fn a_thousand_eigenvalues_over_a_wide_range() {
    let falling = |k: i32| 1.0 / f64::from(k + 1);
    let steep = |k: i32| (-0.02 * f64::from(k)).exp();
    for eigenvalues in [falling, steep].map(|s| (0..1000).map(s).collect::<Vec<_>>()) {
        let h = Discrete::from_eigenvalues(&eigenvalues).unwrap();
        let (v, h2) = (h.mean().unwrap(), h.moment(2).unwrap() / h.mean().unwrap().powi(2));
        let law = LimitingSpectrum::new(0.3, 2.0, Gelu, 1.0).with_covariance(h);
        let solved = law.solve().unwrap();
        close("mass", solved.total_mass(), 1.0, 1e-9);
        let moments = law.derivative_moments().unwrap();
        let (b, c) = (moments.b(), moments.c());
        let mean = v * (b + c);
        close("mean", solved.expectation(|x| x).unwrap(), mean, 1e-9 * mean);
        let second = mean * mean * h2 + 4.0 * (v * b * h2).powi(2);
        let found = solved.expectation(|x| (x - mean).powi(2)).unwrap();
        close("variance", found, 0.3 * second, 1e-8 * second);
        assert!(law.error_estimate().unwrap() < 2e-8);
        // z = γ1 w + w T(w) with T summed over all scales, at every w that belongs to a z.
        let one = Population::from_coefficients(2.0 * h2, b, c, 1.0).unwrap();
        let (mut worst, mut points) = (0.0_f64, 0);
        for (power, angle) in (-12..8).flat_map(|k| [0.1, 0.5, 1.5, 2.5].map(|angle| (k, angle))) {
            let w = Complex64::from_polar(mean * 2.0_f64.powi(power), angle);
            let t = eigenvalues.iter().map(|s| one.t_transform(w / s).unwrap().0);
            let z = w * (0.3 + t.sum::<Complex64>() / 1000.0);
            if z.im > 0.0 {
                // Of the table, which is solved with fewer scales.
                let g = solved.cauchy_with_derivative(z).0;
                (worst, points) = (worst.max((0.3 * w * g - 1.0).norm()), points + 1);
            }
        }
        println!("{points} points: {worst:e}");
        assert!(points > 20 && worst < 1e-7, "{points}: {worst:e}");
    }
}

/// A mean v that is not 1: K is v times the kernel of S/v, and φ is φ(√v ·).
#[test]
fn the_mean_scales_kernel_and_preactivations() {
    for v in [0.25, 3.0] {
        let scaled = Discrete::from_eigenvalues(&[0.4 * v, 1.6 * v]).unwrap();
        let relu = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
        let (one, other) =
            (relu.clone().with_covariance(two()), relu.with_covariance(scaled.clone()));
        for q in [0.1, 0.5, 0.9] {
            let (one, other) = (one.quantile(q).unwrap(), other.quantile(q).unwrap());
            close("quantile", other, v * one, 1e-8 * other);
        }
        let law = LimitingSpectrum::new(0.7, 1.0, Gelu, 1.0).with_covariance(scaled.clone());
        let moments = law.derivative_moments().unwrap();
        // By a fine sum over the normal density.
        let sum = |f: &dyn Fn(f64) -> f64| -> f64 {
            (-4000..=4000)
                .map(|k| {
                    let z = f64::from(k) * 0.0025;
                    f(z) * (-0.5 * z * z).exp() * 0.0025 / (2.0 * std::f64::consts::PI).sqrt()
                })
                .sum()
        };
        let phi = |z: f64| Gelu.derivative(v.sqrt() * z);
        close("a0", moments.a0, sum(&phi), 1e-12);
        close("a1", moments.a1, sum(&|z| z * phi(z)), 1e-12);
        close("m2", moments.second_moment, sum(&|z| phi(z).powi(2)), 1e-12);
        let mean = v * (moments.b() + moments.c());
        close("mean", law.mean().unwrap(), mean, 1e-12 * mean);
        // Known at variance 1 only.
        let from_moments = FromMoments::new(Gelu.moments().unwrap());
        let refused = LimitingSpectrum::new(0.7, 1.0, from_moments, 1.0).with_covariance(scaled);
        assert!(matches!(refused.mean(), Err(Error::InvalidParameter { .. })));
    }
}

fn random_law(rng: &mut ChaCha8Rng) -> Discrete {
    let count = [1, 2, 3, 5, 8, 20, 60][rng.random_range(0..7)];
    let spread: f64 = rng.random_range(0.1..2.0);
    let eigenvalue = |_| match rng.random_range(0..8) {
        0 => 0.0,
        _ => (spread * rng.random_range(-1.0..1.0f64)).exp(),
    };
    let mut eigenvalues: Vec<f64> = (0..count).map(eigenvalue).collect();
    eigenvalues[0] = 1.0;
    Discrete::from_eigenvalues(&eigenvalues).unwrap()
}

fn random_diagonal(rng: &mut ChaCha8Rng) -> Box<dyn DiagonalLaw> {
    match rng.random_range(0..16) {
        0..=5 => Box::new(rng.random_range(0.5..2.0)),
        6..=10 => Box::new(DiscreteD::new(&[0.5, 1.5], &[0.3, 0.7]).unwrap()),
        11..=14 => Box::new(UniformD::new(0.5, 1.5).unwrap()),
        _ => {
            let values: Vec<f64> = (1..=8).map(|k| 0.25 * f64::from(k)).collect();
            Box::new(DiscreteD::new(&values, &[0.125; 8]).unwrap())
        }
    }
}

/// Whatever H, σ and D: mass 1, mean and variance in closed form.
#[test]
fn random_laws_have_mass_one() {
    let count = std::env::var("NTK_RANDOM_COVARIANCES").map_or(16, |n| n.parse().unwrap());
    let mut refused = Vec::new();
    for seed in 0..count {
        let rng = &mut ChaCha8Rng::seed_from_u64(seed);
        let sigma =
            activation(["relu", "gelu", "tanh", "softplus", "silu"][rng.random_range(0..5)]);
        let (gamma1, gamma2): (f64, f64) =
            (10f64.powf(rng.random_range(-0.8..0.6)), 10f64.powf(rng.random_range(-0.6..0.6)));
        let (h, d) = (random_law(rng), random_diagonal(rng));
        let (v, second) = (h.moment(1).unwrap(), h.moment(2).unwrap());
        let square = d.square_law(1e-12).unwrap();
        let (tau1, tau2) = (square.moment(1), square.moment(2));
        let moments = sigma.scaled_moments(v.sqrt()).unwrap();
        let (b, c) = (moments.b(), moments.c());
        let what = format!("{seed}: {sigma:?} {d:?} {gamma1} {gamma2} {:?}", h.atoms().unwrap());
        let law = LimitingSpectrum::new(gamma1, gamma2, sigma, d).with_covariance(h);
        let solved = match law.solve() {
            Ok(solved) => solved,
            Err(error) => {
                refused.push(format!("{what}: {error}"));
                continue;
            }
        };
        close(&what, solved.total_mass(), 1.0, 1e-9);
        let mean = v * (b + c) * tau1;
        let found = solved.expectation(|x| x).unwrap();
        close(&what, found, mean, 1e-9 * mean);
        let h2 = second / v / v;
        let m2 = v * v * ((b + c).powi(2) * h2 * tau2 + 2.0 * gamma2 * (b * tau1 * h2).powi(2));
        close(&what, law.population().moment(2).unwrap(), m2, 1e-11 * m2);
        let variance = solved.expectation(|x| (x - mean).powi(2)).unwrap();
        close(&what, variance, gamma1 * m2, 1e-8 * gamma1 * m2);
    }
    assert!(refused.is_empty(), "{refused:#?}");
}

#[test]
fn bad_covariances_are_named() {
    assert!(matches!(Discrete::from_eigenvalues(&[]), Err(Error::InvalidLength { .. })));
    for bad in [-1e-9, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            Discrete::from_eigenvalues(&[1.0, bad]),
            Err(Error::InvalidEntry { name: "eigenvalues", index: 1, .. })
        ));
    }
    let zero = Discrete::from_eigenvalues(&[0.0, 0.0]).unwrap();
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).with_covariance(zero);
    let error = law.density(0.3).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("covariance") && text.contains("above 0"), "{text}");
    assert_eq!(law.population().is_exact().unwrap_err(), error);
    // What is known for isotropic inputs only.
    let law = LimitingSpectrum::new(2.0, 1.0, Relu, 1.0).with_covariance(two());
    let quadratic = PolynomialTarget::new(1.0, 0.0, 0.1).unwrap();
    assert!(matches!(
        Regression::new(&law, quadratic).ridge(0.1),
        Err(Error::InvalidParameter { name: "the second moment of the covariance", .. })
    ));
    let dimensions = Dimensions::new(1600, 40, 20).unwrap();
    assert!(matches!(
        PredictedOutliers::of_dimensions(&law, dimensions, Centring::Raw),
        Err(Error::InvalidParameter { name: "the second moment of the covariance", .. })
    ));
    // Other arguments are still checked.
    let law = LimitingSpectrum::new(0.7, -1.0, Tanh, 1.0).with_covariance(two());
    assert!(matches!(law.mean(), Err(Error::InvalidParameter { name: "gamma2", .. })));
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).with_covariance(two()).with_tolerance(0.5);
    assert!(matches!(law.density(0.3), Err(Error::InvalidParameter { name: "tolerance", .. })));
}

/// Scales of every size: lengths are units.
#[test]
fn scales_of_every_size() {
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).with_covariance(two());
    let median = law.quantile(0.5).unwrap();
    for exponent in [-120, -30, 30, 120] {
        let scale = 2f64.powi(exponent);
        let h = Discrete::from_eigenvalues(&[0.4 * scale, 1.6 * scale]).unwrap();
        let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).with_covariance(h);
        close("median", law.quantile(0.5).unwrap() / scale, median, 1e-8 * median);
    }
}
