//! Laws of D with many values, as those of a trained layer: merged, against the law solved
//! from a table of the population law with every value in it.

use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{Gelu, Relu, Silu};
use ntk_spectrum::diagonal::{DiagonalLaw, Discrete, Empirical, SquareLaw};
use ntk_spectrum::law::{GeneralizedMarchenkoPastur, Population, SpectralLaw};
use ntk_spectrum::num_complex::Complex64;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// A density of D that is constant between edges.
#[derive(Debug)]
struct Bins(Vec<f64>, Vec<f64>);

impl DiagonalLaw for Bins {
    fn sample(&self, _: &mut dyn Rng) -> f64 {
        self.0[0]
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, ntk_spectrum::Error> {
        SquareLaw::from_histogram(&self.0, &self.1)
    }
}

fn normal(count: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| StandardNormal.sample(&mut rng)).collect()
}

fn uniform(count: usize, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| rng.random_range(0.5..1.5)).collect()
}

/// Largest difference of the densities, over the largest density, for each γ1.
fn differences(gamma1s: &[f64], values: &[f64]) -> Vec<f64> {
    let population = Population::new(1.0, Gelu, Empirical::new(values).unwrap()).unwrap();
    let table = population.tabulated().unwrap();
    let difference = |&gamma1: &f64| {
        let d = Empirical::new(values).unwrap();
        let merged = LimitingSpectrum::new(gamma1, 1.0, Gelu, d);
        let exact = GeneralizedMarchenkoPastur::new(gamma1, table.clone()).unwrap();
        let (mut worst, mut largest) = (0.0_f64, 0.0_f64);
        for k in 1..200 {
            let x = exact.quantile(f64::from(k) / 200.0).unwrap();
            let density = exact.density(x).unwrap();
            worst = worst.max((merged.density(x).unwrap() - density).abs());
            largest = largest.max(density);
        }
        worst / largest
    };
    gamma1s.iter().map(difference).collect()
}

#[test]
fn twelve_values_as_one_by_one() {
    for values in [normal(12, 1), uniform(12, 2)] {
        let off = differences(&[0.003, 0.07, 0.3, 1.5], &values);
        assert!(off.iter().all(|off| *off < 1e-7), "{off:?}");
    }
}

#[test]
fn forty_values_as_one_by_one() {
    let off = differences(&[0.5], &uniform(40, 3));
    assert!(off[0] < 1e-7, "{off:?}");
}

/// A thousand values, of which merging keeps the moments: mean, variance and the third free
/// cumulant of the law follow from those of all values.
#[test]
fn a_thousand_values_have_their_moments() {
    for values in [normal(1000, 4), uniform(1000, 5)] {
        let law = LimitingSpectrum::new(0.7, 1.0, Relu, Empirical::new(&values).unwrap());
        let solved = law.solve().unwrap();
        assert!(solved.error_estimate() < 1e-7, "{:e}", solved.error_estimate());
        let (mean, variance) = (law.mean().unwrap(), law.variance().unwrap());
        let third = law.free_cumulant(3).unwrap();
        let central = |k: i32| law.expectation(&|x| (x - mean).powi(k)).unwrap();
        assert!((central(2) / variance - 1.0).abs() < 1e-8);
        assert!((central(3) / third - 1.0).abs() < 1e-7);
    }
}

/// A value that lies apart leaves a gap in μ, even if it is narrow. Its part has its share of the
/// mass, and is that of the law over the table of all values.
/// χ and S of ν come from contours, those of μ from its table.
#[test]
fn a_thousand_values_have_an_s_transform() {
    let (gamma1, d) = (0.5, Empirical::new(&uniform(1000, 5)).unwrap());
    let law = LimitingSpectrum::new(gamma1, 2.0, Relu, d);
    for s in [-1e-3, -0.2, -0.5, -0.9] {
        let own = law.s_transform(s).unwrap() * (1.0 + gamma1 * s);
        let expected = law.population().s_transform(gamma1 * s).unwrap();
        assert!((own / expected - 1.0).abs() < 1e-8, "{s}: {own} {expected}");
    }
}

#[test]
fn a_value_apart_has_a_part_of_its_own() {
    let mut values: Vec<f64> = (0..60).map(|k| 0.5 + f64::from(k) / 120.0).collect();
    values.push(1.39);
    for (gamma1, gamma2) in [(1.8, 10.0), (1.2, 30.0)] {
        let d = Empirical::new(&values).unwrap();
        let table = Population::new(gamma2, Relu, d.clone()).unwrap().tabulated().unwrap().clone();
        let exact = GeneralizedMarchenkoPastur::new(gamma1, table).unwrap();
        let law = LimitingSpectrum::new(gamma1, gamma2, Relu, d);
        let (expected, found) = (exact.support().unwrap(), law.support().unwrap());
        assert_eq!(expected.len(), 3, "{gamma1}: {expected:?}");
        assert_eq!(found.len(), 3, "{gamma1}: {found:?}");
        assert!((61.0 * gamma1 * found[1].mass - 1.0).abs() < 1e-9, "{found:?}");
        for (expected, found) in expected.iter().zip(&found) {
            let length = expected.upper.location - expected.lower.location;
            // Next to its edges ν is so small that they are found to some 1e-6.
            assert!((found.lower.location - expected.lower.location).abs() < 1e-5 * length);
            assert!((found.upper.location - expected.upper.location).abs() < 1e-5 * length);
            for share in [0.01, 0.2, 0.5, 0.9] {
                let x = expected.lower.location + share * length;
                let (expected, found) = (exact.density(x).unwrap(), law.density(x).unwrap());
                assert!((found / expected - 1.0).abs() < 1e-8, "{gamma1} {x}: {found} {expected}");
            }
        }
    }
}

/// Neurons of a trained layer where the largest shows: in μ it has a part of its own, and the
/// values of y + y′ have one, of the mass 1/(2γ1γ2).
#[test]
fn the_largest_of_a_thousand_values_shows() {
    let law = LimitingSpectrum::new(0.9, 100.0, Relu, Empirical::new(&normal(1000, 1)).unwrap());
    let support = law.support().unwrap();
    assert_eq!(support.len(), 3, "{support:?}");
    assert!((900.0 * support[1].mass - 1.0).abs() < 1e-9, "{support:?}");
    assert!((180.0 * support[2].mass - 1.0).abs() < 1e-9, "{support:?}");
}

/// m(−λ) from the transform of all values: the largest κ with κ (γ1 + T(−κ)) = λ is 1/(γ1 m),
/// and Newton's iteration goes down to it.
fn inverse_trace(law: &LimitingSpectrum, lambda: f64) -> f64 {
    let (gamma1, population) = (law.gamma1(), law.population());
    let mut kappa = (lambda + population.mean().unwrap()) / gamma1;
    for _ in 0..40 {
        let (t, slope) = population.t_transform(Complex64::new(-kappa, 0.0)).unwrap();
        let factor = gamma1 + t.re;
        let step = (kappa * factor - lambda) / (factor - kappa * slope.re);
        kappa -= step;
        if step.abs() < 1e-13 * kappa {
            break;
        }
    }
    1.0 / (gamma1 * kappa)
}

/// Values next to 0 decide where the law begins if γ1 is near 1.
#[test]
fn small_values_are_not_merged_into_larger_ones() {
    let edges: Vec<f64> = (0..=90).map(|k| f64::from(k) / 90.0).collect();
    let counts: Vec<f64> = (0..90).map(|k| 1.0 + f64::from((7 * k) % 11)).collect();
    let laws = [
        LimitingSpectrum::new(0.93, 20.0, Relu, Empirical::new(&normal(150, 7)).unwrap()),
        LimitingSpectrum::new(0.93, 1.0, Relu, Empirical::new(&normal(150, 8)).unwrap()),
        LimitingSpectrum::new(0.9, 1.0, Gelu, Bins(edges, counts)),
    ];
    for law in laws {
        for ridge in [0.0, 1e-3] {
            let lambda = ridge * law.mean().unwrap();
            let exact = inverse_trace(&law, lambda);
            let table = law.expectation(&|x| (x + lambda).recip()).unwrap();
            assert!((table / exact - 1.0).abs() < 2e-10, "{ridge}: {table} {exact}");
        }
    }
}

/// With fewer parameters than samples μ has an atom at 0, next to which rounding is no reason to
/// take more values.
#[test]
fn a_thousand_values_and_an_atom_at_zero() {
    let mut pruned = uniform(1000, 9);
    pruned[..300].fill(0.0);
    for (gamma1, values, atom) in
        [(1.25, uniform(1000, 8), 0.2), (1.0, pruned.clone(), 0.3), (1.4, pruned, 0.5)]
    {
        let law = LimitingSpectrum::new(gamma1, 1.0, Relu, Empirical::new(&values).unwrap());
        let mean = law.mean().unwrap();
        assert!((law.cdf(0.0).unwrap() - atom).abs() < 1e-12);
        for ridge in [1e-6, 1e-2] {
            let exact = inverse_trace(&law, ridge * mean);
            let table = law.expectation(&|x| (x + ridge * mean).recip()).unwrap();
            assert!((table / exact - 1.0).abs() < 2e-10, "{gamma1} {ridge}: {table} {exact}");
        }
    }
}

/// Steps of a density are merged like values.
#[test]
fn a_histogram_of_many_bins_is_solved() {
    let edges: Vec<f64> = (0..=160).map(|k| 0.5 + f64::from(k) / 160.0).collect();
    let counts: Vec<f64> = (0..160).map(|k| 1.0 + f64::from((7 * k) % 11)).collect();
    let squares = SquareLaw::from_histogram(&edges, &counts).unwrap();
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, Bins(edges, counts));
    let mean = law.expectation(&|x| x).unwrap();
    assert!((mean / (0.25 * squares.moment(1)) - 1.0).abs() < 1e-8);
}

/// Small γ1 show nothing of ν: without a look at each bin, and right.
#[test]
fn a_histogram_at_small_gamma1_as_its_bins_one_by_one() {
    let (edges, counts) = ([0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1], [3.0, 1.0, 4.0, 1.0, 5.0, 9.0]);
    // With six steps ν is tabulated, with the same in halves it is merged.
    let halves: Vec<f64> = (0..=12).map(|k| 0.5 + 0.05 * f64::from(k)).collect();
    let uneven =
        |k: usize| counts[k / 2] * if k.is_multiple_of(2) { 1.0 + 1e-9 } else { 1.0 - 1e-9 };
    let law = |edges: &[f64], counts: Vec<f64>| {
        LimitingSpectrum::new(0.003, 1.0, Relu, Bins(edges.to_vec(), counts))
    };
    let one_by_one = law(&edges, counts.to_vec());
    let merged = law(&halves, (0..12).map(uneven).collect());
    for q in [0.1, 0.3, 0.5, 0.7, 0.9] {
        let x = one_by_one.quantile(q).unwrap();
        let (expected, found) = (one_by_one.density(x).unwrap(), merged.density(x).unwrap());
        assert!((found / expected - 1.0).abs() < 1e-7, "{q}: {found} {expected}");
    }
}

/// Next to the values of D², where T passes −1, nothing was known of a gap of ν, and that was
/// taken for one of μ: a part of its support ended below where it began, at a negative place.
#[test]
fn a_gap_of_the_population_law_is_none_of_the_law() {
    let values = [
        0.6703919834639361,
        0.4525357934068426,
        0.41568159239348623,
        0.7518947003568339,
        0.5313137484573155,
        0.7385709374806749,
        0.5692286716008237,
        0.5977219543286276,
        0.808674484120533,
        0.45295025891026197,
    ];
    let d = Empirical::new(&values).unwrap();
    let law = LimitingSpectrum::new(0.13732996203052178, 0.16544867400370025, Silu, d);
    let support = law.support().unwrap();
    assert_eq!(support.len(), 1, "{support:?}");
    assert!(0.0 < support[0].lower.location && support[0].lower.location < 0.0161, "{support:?}");
    assert_eq!(law.cdf(0.0).unwrap(), 0.0);
}

/// Most of the mass is at small values and less than γ1 at large ones: μ has a gap between them,
/// however small γ1 is.
#[test]
fn clusters_of_values_leave_a_gap() {
    let values = [0.01, 0.011, 0.012, 0.013, 0.015, 1.0, 1.05];
    let d = Discrete::new(&values, &[0.2, 0.2, 0.2, 0.2, 0.18, 0.01, 0.01]).unwrap();
    let table = Population::new(1.0, Relu, d.clone()).unwrap().tabulated().unwrap().clone();
    for gamma1 in [0.04, 0.3] {
        let law = LimitingSpectrum::new(gamma1, 1.0, Relu, d.clone());
        let exact = GeneralizedMarchenkoPastur::new(gamma1, table.clone()).unwrap();
        let (expected, found) = (exact.support().unwrap(), law.support().unwrap());
        assert_eq!(expected.len(), found.len(), "{gamma1}: {expected:?} {found:?}");
        for q in [0.05, 0.3, 0.6, 0.9, 0.99] {
            let x = exact.quantile(q).unwrap();
            let (expected, found) = (exact.density(x).unwrap(), law.density(x).unwrap());
            assert!((found / expected - 1.0).abs() < 1e-6, "{gamma1} {q}: {found} {expected}");
        }
    }
}

/// Where b or c is 0 nothing is merged: mean and variance in closed form.
#[test]
fn a_thousand_values_of_odd_and_quadratic_activations() {
    let values = uniform(1000, 6);
    let squares = SquareLaw::from_atoms(&values, &vec![1e-3; values.len()]).unwrap();
    let (first, second) = (squares.moment(1), squares.moment(2));
    for (b, c) in [(0.0, 0.4), (0.4, 0.0)] {
        let d = Empirical::new(&values).unwrap();
        let population = Population::from_coefficients(1.0, b, c, d).unwrap();
        let law = LimitingSpectrum::from_population(0.7, population).unwrap();
        let mean = (b + c) * first;
        let variance = 0.7 * ((b + c).powi(2) * second + 2.0 * b * b * first * first);
        assert!((law.expectation(&|x| x).unwrap() / mean - 1.0).abs() < 1e-8);
        let found = law.expectation(&|x| (x - mean).powi(2)).unwrap();
        assert!((found / variance - 1.0).abs() < 1e-8, "{b} {c}");
    }
}
