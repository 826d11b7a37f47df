//! Laws of D written outside the crate: from atoms, a density, a histogram; by name.

mod common;

use std::f64::consts::{PI, SQRT_2};

use common::{close, entries, number, numbers, table, text};
use ntk_spectrum::activation::{Relu, Tanh};
use ntk_spectrum::diagonal::{self, DiagonalLaw, Discrete, SquareLaw, TruncatedNormal, Uniform};
use ntk_spectrum::{Error, LimitingSpectrum};
use num_complex::Complex64;
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::Value;
use statrs::function::beta::beta;
use statrs::function::erf::erfc;

/// Observed gates: D is uniform in each bin of a histogram.
#[derive(Debug, Clone)]
struct Gates {
    edges: Vec<f64>,
    counts: Vec<f64>,
    bin: WeightedIndex<f64>,
}

impl Gates {
    fn new(edges: &[f64], counts: &[f64]) -> Self {
        let bin = WeightedIndex::new(counts).unwrap();
        Self { edges: edges.to_vec(), counts: counts.to_vec(), bin }
    }

    /// 1,000 draws of a normal law, truncated at ±2.5, in `bins` bins.
    fn of_normal_draws(bins: usize) -> Self {
        let law = TruncatedNormal::new(0.0, 1.0, -2.5, 2.5).unwrap();
        let draws = law.sample_diagonal(1000, &mut ChaCha8Rng::seed_from_u64(7)).unwrap();
        let mut counts = vec![0.0; bins];
        for d in &draws {
            counts[(((d + 2.5) / 5.0 * bins as f64) as usize).min(bins - 1)] += 1.0;
        }
        let edges: Vec<f64> = (0..=bins).map(|k| -2.5 + 5.0 * k as f64 / bins as f64).collect();
        Self::new(&edges, &counts)
    }

    /// The bins with the density of D in each.
    fn densities(&self) -> impl Iterator<Item = (f64, f64, f64)> {
        let total: f64 = self.counts.iter().sum();
        let bins = self.edges.windows(2).zip(&self.counts);
        bins.map(move |(ends, count)| (ends[0], ends[1], count / total / (ends[1] - ends[0])))
    }

    /// E[1/(ζ − D²)].
    fn transform(&self, zeta: Complex64) -> Complex64 {
        self.densities().map(|(a, b, density)| density * primitive_between(a, b, zeta)).sum()
    }

    /// `count` atoms of equal weight in the place of each bin.
    fn atoms(&self, count: usize) -> Discrete {
        let (mut values, mut weights) = (Vec::new(), Vec::new());
        for (a, b, density) in self.densities() {
            for k in 0..count {
                values.push(a + (b - a) * (k as f64 + 0.5) / count as f64);
                weights.push(density * (b - a) / count as f64);
            }
        }
        Discrete::new(&values, &weights).unwrap()
    }
}

impl DiagonalLaw for Gates {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        let i = self.bin.sample(rng);
        rng.random_range(self.edges[i]..self.edges[i + 1])
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        SquareLaw::from_histogram(&self.edges, &self.counts)
    }
}

/// D has a density on one interval.
#[derive(Debug, Clone)]
struct OnInterval {
    density: fn(f64) -> f64,
    interval: (f64, f64),
}

impl DiagonalLaw for OnInterval {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        rng.random_range(self.interval.0..self.interval.1)
    }

    fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error> {
        SquareLaw::from_density(self.density, &[self.interval], tolerance)
    }
}

/// ∫ dr/(ζ − r²) from a to b, from above for real ζ.
fn primitive_between(a: f64, b: f64, zeta: Complex64) -> Complex64 {
    if a < 0.0 && b > 0.0 {
        return primitive_between(0.0, b, zeta) + primitive_between(0.0, -a, zeta);
    }
    let root = zeta.sqrt();
    let primitive = |d: f64| {
        let below = root - d;
        let angle = if below.im == 0.0 && below.re < 0.0 { PI } else { below.arg() };
        (root + d).ln() - Complex64::new(below.norm().ln(), angle)
    };
    let (near, far) = (a.abs().min(b.abs()), a.abs().max(b.abs()));
    (primitive(far) - primitive(near)) / (2.0 * root)
}

fn transform(law: &SquareLaw, zeta: Complex64) -> Complex64 {
    law.boundary_rule().iter().map(|(t, w)| w / (zeta - t)).sum()
}

/// Points on the support of D² up to `end`, beyond it, and above.
fn points(end: f64) -> Vec<Complex64> {
    let on_axis = (0..400).map(|k| end * (f64::from(k) + 0.37) / 320.0);
    let shifts = on_axis.clone().step_by(7).flat_map(|x| {
        [1e-9, 1e-3, 0.1, 3.0].map(|height| Complex64::new(x - 0.2 * end, height * end))
    });
    on_axis.map(Complex64::from).chain(shifts).collect()
}

fn check_rules(law: &SquareLaw) {
    let mass: Complex64 = law.boundary_rule().iter().map(|node| node.1).sum();
    assert!((mass - 1.0).norm() < 1e-13, "{mass}");
    assert!(law.boundary_rule().iter().all(|(t, _)| t.im < 0.0));
    assert!(law.weights().iter().all(|w| *w > 0.0) && law.nodes().is_sorted());
    close("weights", law.weights().iter().sum(), 1.0, 1e-14);
}

#[test]
fn histograms_agree_with_the_closed_form() {
    let uneven = Gates::new(
        &[-3.0, -2.0, -1.9, -0.5, 0.1, 0.4, 0.41, 2.0, 2.5],
        &[3.0, 1.0, 0.0, 20.0, 7.0, 1.0, 30.0, 0.0],
    );
    let one_sided = Gates::new(&[0.0, 1e-3, 0.25, 1.0, 8.0], &[1.0, 5.0, 3.0, 2.0]);
    let apart = Gates::new(&[1.0, 1.5, 3.0, 3.25], &[2.0, 0.0, 1.0]);
    for gates in [Gates::of_normal_draws(40), uneven, one_sided, apart] {
        let law = gates.square_law(1e-12).unwrap();
        check_rules(&law);
        let ends: Vec<f64> = gates.edges.iter().map(|edge| edge * edge).collect();
        let largest = ends.iter().fold(0.0, |most: f64, end| most.max(*end));
        let (mut worst, mut near_ends) = (0.0_f64, 0.0_f64);
        let close_by = ends.iter().filter(|end| **end > 0.0).flat_map(|end| {
            (4..16).flat_map(move |k| {
                [1.0, -1.7].map(move |f| end * (1.0 + f * 10f64.powf(-0.5 * f64::from(k))))
            })
        });
        for zeta in points(largest).into_iter().chain(close_by.map(Complex64::from)) {
            let exact = gates.transform(zeta);
            let error = (transform(&law, zeta) - exact).norm() / exact.norm();
            let distance = |end: &f64| if *end > 0.0 { (zeta - end).norm() / end } else { 1.0 };
            let nearest = ends.iter().map(distance).fold(1.0, f64::min);
            if nearest > 0.03 {
                worst = worst.max(error);
            }
            near_ends = near_ends.max(error * nearest);
        }
        assert!(worst < 1e-10, "{gates:?}: {worst:e}");
        assert!(near_ends < 1e-10, "{gates:?}: {near_ends:e}");
    }
}

#[test]
fn moments_of_histograms_are_exact() {
    for gates in [Gates::of_normal_draws(40), Gates::new(&[0.0, 1.0], &[5.0])] {
        let law = gates.square_law(1e-12).unwrap();
        for k in [1, 2, 5, 20] {
            let power = 2 * k + 1;
            let terms = gates.densities().map(|(a, b, density)| {
                density * (b.powi(power) - a.powi(power)) / f64::from(power)
            });
            let exact: f64 = terms.sum();
            close("moment", law.moment(k) / exact, 1.0, 1e-13);
        }
    }
}

#[test]
fn supports_of_histograms_split_at_jumps_and_gaps() {
    let support = |edges: &[f64], counts: &[f64]| {
        SquareLaw::from_histogram(edges, counts).unwrap().support().to_vec()
    };
    // Bins of one density are one, folded bins add up, empty bins are gaps.
    assert_eq!(support(&[0.0, 1.0, 3.0], &[1.0, 2.0]), [(0.0, 9.0)]);
    assert_eq!(support(&[-2.0, -1.0, 1.0], &[1.0, 2.0]), [(0.0, 1.0), (1.0, 4.0)]);
    assert_eq!(support(&[1.0, 2.0, 3.0, 4.0], &[1.0, 0.0, 1.0]), [(1.0, 4.0), (9.0, 16.0)]);
    assert_eq!(support(&[-4.0, -3.0, 0.0], &[1.0, 0.0]), [(9.0, 16.0)]);
    // Edges that are symmetric up to rounding, with and without an edge at 0.
    let third = 0.1 + 0.2;
    assert_eq!(support(&[-third, 5e-17, 0.3], &[1.0, 1.0]).len(), 1);
    assert_eq!(support(&[-1e30, 1e30], &[1.0]), [(0.0, 1e30 * 1e30)]);
    let point = SquareLaw::from_histogram(&[-1e-200, 1e-200], &[1.0]).unwrap();
    assert_eq!((point.nodes(), point.mass_at_zero()), (&[0.0][..], 1.0));
    // Bins and intervals of one unit in the last place.
    for (lower, upper) in [(1.0, 1f64.next_up()), (-1f64.next_up(), -1.0)] {
        let bin = SquareLaw::from_histogram(&[lower, upper], &[1.0]).unwrap();
        let density = |_| 1.0 / f64::EPSILON;
        let interval = SquareLaw::from_density(density, &[(lower, upper)], 1e-12).unwrap();
        for law in [bin, interval] {
            close("mean", law.moment(1), 1.0, 1e-14);
            assert_eq!(law.support().len(), 1);
        }
    }
}

/// The density of a stock law, from its textbook.
fn density(name: &str, arguments: &[f64]) -> Box<dyn Fn(f64) -> f64> {
    match (name, arguments) {
        ("uniform", &[a, b]) => Box::new(move |_| 1.0 / (b - a)),
        ("truncated_normal", &[m, s, a, b]) => {
            // From the tail on the far side of the mean, so that nothing cancels.
            let sign = if m > b { -1.0 } else { 1.0 };
            let tail = |x: f64| 0.5 * erfc(sign * (x - m) / (s * SQRT_2));
            let mass = (tail(a) - tail(b)).abs() * s * (2.0 * PI).sqrt();
            Box::new(move |x| (-0.5 * ((x - m) / s).powi(2)).exp() / mass)
        }
        ("beta", &[p, q, a, b]) => {
            let unit = beta(p, q) * (b - a).powf(p + q - 1.0);
            Box::new(move |x| (x - a).powf(p - 1.0) * (b - x).powf(q - 1.0) / unit)
        }
        _ => panic!("no such law: {name} {arguments:?}"),
    }
}

#[test]
fn densities_agree_with_references() {
    for entry in entries(&table("diagonal_laws.json")) {
        let (name, arguments) = (text(&entry["law"]), numbers(&entry["arguments"]));
        if arguments[0] == 0.25 && name == "beta" {
            // It grows faster than an inverse root.
            continue;
        }
        let [.., a, b] = arguments[..] else { panic!("an interval") };
        let f = density(name, &arguments);
        let law = SquareLaw::from_density(&f, &[(a, b)], 1e-12).unwrap();
        let inside = (1..100).map(|k| f(a + (b - a) * f64::from(k) / 100.0));
        let largest = inside.fold(0.0, f64::max);
        check_rules(&law);
        for point in entries(&entry["transform"]) {
            let complex = |pair: &Value| Complex64::new(number(&pair[0]), number(&pair[1]));
            let (zeta, exact) = (complex(&point["zeta"]), complex(&point["value"]));
            let error = (transform(&law, zeta) - exact).norm();
            let rounding = [a * a, b * b].map(|end| f64::EPSILON * end / (zeta - end).norm());
            // The density of D is known to 1e-12 of its largest value, that of D² to the
            // same over √ζ; and near an end away from 0 the nodes are rounded.
            let allowed = (3e-12 + 2.0 * rounding[0].max(rounding[1])) * exact.norm()
                + 1e-12 * largest / zeta.norm().sqrt();
            assert!(error < allowed, "{name}{arguments:?} at {zeta}: {error:e} {allowed:e}");
        }
        for moment in entries(&entry["moments"]) {
            let k = moment["k"].as_i64().unwrap() as i32;
            close(name, law.moment(k) / number(&moment["value"]), 1.0, 1e-12);
        }
        // A smooth density on one interval needs a few hundred nodes.
        assert!(law.boundary_rule().len() < 600, "{name}: {}", law.boundary_rule().len());
    }
}

#[test]
fn densities_with_roots_agree_with_closed_forms() {
    // With z = √ζ: E[1/(ζ − D²)] is 1/√(ζ(ζ−1)) and 2(1 − √(1 − 1/ζ)).
    let arcsine = |x: f64| 1.0 / (PI * ((1.0 - x) * (1.0 + x)).sqrt());
    let semicircle = |x: f64| 2.0 / PI * ((1.0 - x) * (1.0 + x)).sqrt();
    let whole = |f: &dyn Fn(f64) -> f64| SquareLaw::from_density(f, &[(-1.0, 1.0)], 1e-12).unwrap();
    let halves = |f: &dyn Fn(f64) -> f64| {
        SquareLaw::from_density(f, &[(-1.0, 0.25), (0.25, 1.0)], 1e-12).unwrap()
    };
    for make in [&whole as &dyn Fn(&dyn Fn(f64) -> f64) -> SquareLaw, &halves] {
        let (arcsine, semicircle) = (make(&arcsine), make(&semicircle));
        for zeta in points(1.0) {
            let cut = |below: Complex64| {
                // Above the axis, also on it.
                let angle = if below.im == 0.0 && below.re < 0.0 { PI } else { below.arg() };
                Complex64::from_polar(below.norm().sqrt(), 0.5 * angle)
            };
            let (near, far) = (cut(zeta), cut(zeta - 1.0));
            let exact = [1.0 / (near * far), 2.0 * (1.0 - far / near)];
            for (law, exact) in [&arcsine, &semicircle].into_iter().zip(exact) {
                let error = (transform(law, zeta) - exact).norm() / exact.norm();
                assert!(error < 1e-11, "{zeta}: {error:e}");
            }
        }
    }
}

#[test]
fn narrow_and_separate_densities_are_resolved() {
    // Two normal peaks of widths 0.02 and 0.05 on one interval, 300 and 120 times as long.
    let peak =
        |x: f64, m: f64, s: f64| (-0.5 * ((x - m) / s).powi(2)).exp() / (s * (2.0 * PI).sqrt());
    let peaks = move |x: f64| 0.5 * (peak(x, 1.0, 0.02) + peak(x, -0.5, 0.05));
    let law = SquareLaw::from_density(peaks, &[(-3.0, 3.0)], 1e-12).unwrap();
    close("E D²", law.moment(1), 0.5 * (1.0004 + 0.2525), 1e-12);
    assert_eq!(law.support(), &[(0.0, 9.0)]);
    // The same law on the two intervals that matter.
    let apart = [(-1.0, 0.0), (0.75, 1.25)];
    let other = SquareLaw::from_density(peaks, &apart, 1e-12).unwrap();
    assert_eq!(other.support(), &[(0.0, 0.5625), (0.5625, 1.0), (1.0, 1.5625)]);
    for x in [0.1, 0.25, 0.3, 0.95, 1.0, 1.1] {
        let zeta = Complex64::from(x);
        let [found, expected] = [&law, &other].map(|law| transform(law, zeta));
        assert!((found - expected).norm() < 1e-10 * expected.norm(), "{x}: {found} {expected}");
    }
    // A peak that no sampling of a few hundred points sees.
    let needle = |x: f64| peak(x, 0.4567, 1e-4);
    let thin = SquareLaw::from_density(needle, &[(0.0, 1.0)], 1e-12).unwrap();
    close("E D²", thin.moment(1), 0.4567f64.powi(2) + 1e-8, 1e-12);
}

#[test]
fn atoms_are_those_of_the_discrete_law() {
    let (values, weights) = ([-1.0, 1.0, 0.0, 3.0], [0.25, 0.25, 0.125, 0.375]);
    let law = SquareLaw::from_atoms(&values, &weights).unwrap();
    assert_eq!((law.nodes(), law.weights()), (&[0.0, 1.0, 9.0][..], &[0.125, 0.5, 0.375][..]));
    assert_eq!(law.mass_at_zero(), 0.125);
    assert_eq!(law, Discrete::new(&values, &weights).unwrap().square_law(1e-12).unwrap());
}

#[test]
fn an_own_law_solves_without_a_second_term() {
    // σ = tanh has b = 0. The uniform law on [0.5, 1.5], written three ways.
    let expected = LimitingSpectrum::new(0.7, 1.0, Tanh, Uniform::new(0.5, 1.5).unwrap());
    let own = OnInterval { density: |_| 1.0, interval: (0.5, 1.5) };
    let gates = Gates::new(&[0.5, 0.75, 1.5], &[1.0, 3.0]);
    for law in
        [LimitingSpectrum::new(0.7, 1.0, Tanh, own), LimitingSpectrum::new(0.7, 1.0, Tanh, gates)]
    {
        for q in [0.05, 0.3, 0.5, 0.9, 0.999] {
            let x = expected.quantile(q).unwrap();
            close("distribution", law.cdf(x).unwrap(), q, 1e-9);
            let density = expected.density(x).unwrap();
            close("density", law.density(x).unwrap() / density, 1.0, 1e-8);
        }
    }
}

/// Distance of the distribution functions of two laws at some points.
fn distance(one: &LimitingSpectrum, other: &LimitingSpectrum) -> f64 {
    let end = one.quantile(0.9999).unwrap();
    let points = (1..60).map(|k| end * f64::from(k) / 60.0);
    points.map(|x| (one.cdf(x).unwrap() - other.cdf(x).unwrap()).abs()).fold(0.0, f64::max)
}

#[test]
fn the_spectrum_of_a_histogram_is_the_limit_of_atoms() {
    // m atoms in the place of each bin are off by m⁻², with a second term and without.
    let gates = Gates::new(&[0.5, 1.0, 1.5], &[1.0, 3.0]);
    let relu = |law: Discrete| LimitingSpectrum::new(0.7, 2.0, Relu, law);
    let exact = LimitingSpectrum::new(0.7, 2.0, Relu, gates.clone());
    let [coarse, fine] = [2, 6].map(|count| distance(&exact, &relu(gates.atoms(count))));
    assert!(fine < 1e-3 && fine < coarse / 5.0, "{coarse:e} {fine:e}");

    let gates = Gates::of_normal_draws(40);
    let tanh = |law: Discrete| LimitingSpectrum::new(0.7, 1.0, Tanh, law);
    let exact = LimitingSpectrum::new(0.7, 1.0, Tanh, gates.clone());
    let [coarse, fine] = [1, 3].map(|count| distance(&exact, &tanh(gates.atoms(count))));
    assert!(fine < 1e-3 && fine < coarse / 5.0, "{coarse:e} {fine:e}");
}

#[test]
fn bins_approach_the_smooth_law_as_their_width_squared() {
    // The probabilities of the bins under a truncated normal law, as weights.
    let smooth = TruncatedNormal::new(0.0, 1.0, -2.5, 2.5).unwrap();
    let smooth = LimitingSpectrum::new(0.7, 1.0, Tanh, smooth);
    let [coarse, fine] = [10, 40].map(|bins| {
        let edge = |k: usize| -2.5 + 5.0 * k as f64 / bins as f64;
        let edges: Vec<f64> = (0..=bins).map(edge).collect();
        let below = |x: f64| 0.5 * erfc(-x / SQRT_2);
        let weights: Vec<f64> =
            edges.windows(2).map(|pair| below(pair[1]) - below(pair[0])).collect();
        distance(&smooth, &LimitingSpectrum::new(0.7, 1.0, Tanh, Gates::new(&edges, &weights)))
    });
    assert!(fine < 1e-3 && fine < coarse / 10.0, "{coarse:e} {fine:e}");
}

#[test]
fn an_own_density_solves_with_a_second_term() {
    let expected = LimitingSpectrum::new(0.7, 1.0, Relu, Uniform::new(0.5, 1.5).unwrap());
    let own = OnInterval { density: |_| 1.0, interval: (0.5, 1.5) };
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, own);
    for q in [0.35, 0.5, 0.9, 0.999] {
        let x = expected.quantile(q).unwrap();
        close("distribution", law.cdf(x).unwrap(), q, 1e-9);
    }
}

#[test]
fn bad_histograms_are_refused() {
    let fails = |edges: &[f64], counts: &[f64]| {
        SquareLaw::from_histogram(edges, counts).unwrap_err().to_string()
    };
    let cases = [
        (fails(&[], &[]), "edges has length 0"),
        (fails(&[1.0], &[]), "edges has length 1"),
        (fails(&[0.0, 1.0, 2.0], &[1.0]), "counts has length 1"),
        (fails(&[0.0, f64::NAN], &[1.0]), "edges[1] = NaN"),
        (fails(&[-1e31, 0.0], &[1.0]), "edges[0] = -1"),
        (fails(&[0.0, 1.0, 1.0], &[1.0, 1.0]), "edges[2] = 1"),
        (fails(&[1.0, 0.0], &[1.0]), "edges[1] = 0"),
        (fails(&[0.0, 1e-101, 1.0], &[1.0, 1.0]), "edges[1] = 1e-101"),
        (fails(&[0.0, 1.0, 2.0], &[1.0, -1.0]), "counts[1] = -1"),
        (fails(&[0.0, 1.0], &[f64::INFINITY]), "counts[0] = inf"),
        (fails(&[0.0, 1.0], &[0.0]), "counts = 0"),
        (fails(&[0.0, 1.0, 2.0], &[1e308, 1e308]), "counts = inf"),
    ];
    for (message, expected) in cases {
        assert!(message.starts_with(expected), "{message:?} instead of {expected:?}");
    }
}

#[test]
fn bad_densities_are_refused() {
    let unit = [(0.0, 1.0)];
    let fails = |f: fn(f64) -> f64, intervals: &[(f64, f64)], tolerance: f64| {
        SquareLaw::from_density(f, intervals, tolerance).unwrap_err()
    };
    for tolerance in [0.0, 1.0, -1.0, f64::NAN] {
        let error = fails(|_| 1.0, &unit, tolerance);
        assert!(matches!(error, Error::InvalidParameter { name: "tolerance", .. }), "{error}");
    }
    let error = fails(|_| 1.0, &[], 1e-12);
    assert!(matches!(error, Error::InvalidLength { length: 0, .. }), "{error}");
    for (intervals, bad) in [
        (vec![(0.0, f64::NAN)], 1),
        (vec![(-1e31, 0.0)], 0),
        (vec![(1.0, 1.0)], 1),
        (vec![(1.0, 0.0)], 1),
        (vec![(0.0, 1.0), (0.5, 2.0)], 2),
    ] {
        let error = fails(|_| 1.0, &intervals, 1e-12);
        assert!(matches!(error, Error::InvalidEntry { index, .. } if index == bad), "{error}");
    }
    for f in [|x: f64| 1.5 * x - 0.25, |_| f64::NAN, |x: f64| 1.0 / (x - x)] {
        let error = fails(f, &unit, 1e-12);
        assert!(
            matches!(error, Error::InvalidValue { function: "the density of D", .. }),
            "{error}"
        );
    }
    let error = fails(|_| 1.0 + 2e-9, &unit, 1e-12);
    assert!(matches!(error, Error::Inconsistent { expected: 1.0, .. }), "{error}");
    assert!(SquareLaw::from_density(|_| 1.0 + 2e-9, &unit, 1e-6).is_ok());
    // It oscillates without end.
    let error = fails(|x| 1.0 + (1.0 / x).sin(), &unit, 1e-12);
    assert!(matches!(error, Error::NotConverged { .. }), "{error}");
    let error = SquareLaw::from_atoms(&[1.0, 2.0], &[0.5, 0.25]).unwrap_err();
    assert!(matches!(error, Error::InvalidParameter { name: "weights", .. }), "{error}");
}

#[test]
fn names_are_those_of_the_stock_laws() {
    for (form, example) in diagonal::NAMES {
        let law = diagonal::by_name(example).unwrap_or_else(|error| panic!("{form}: {error}"));
        assert!(law.square_law(1e-12).is_ok(), "{form}");
        assert_eq!(form.split(':').next(), example.split(':').next());
    }
    let same = |text: &str, law: &dyn DiagonalLaw| {
        let found = diagonal::by_name(text).unwrap().square_law(1e-12).unwrap();
        assert_eq!(found, law.square_law(1e-12).unwrap(), "{text}");
    };
    same("constant:-2", &2.0);
    same("uniform:0.5, 1.5", &Uniform::new(0.5, 1.5).unwrap());
    same("discrete:1,0.25,3,0.75", &Discrete::new(&[1.0, 3.0], &[0.25, 0.75]).unwrap());
    same("bernoulli-scaled:0.5", &Discrete::new(&[0.0, 2.0], &[0.5, 0.5]).unwrap());
    same("truncated-normal:0,1,-1,2", &TruncatedNormal::new(0.0, 1.0, -1.0, 2.0).unwrap());
}

#[test]
fn bad_names_are_explained() {
    for text in ["", "uniforms:0,1", "Uniform:0,1", ":1"] {
        let error = diagonal::by_name(text).unwrap_err();
        let Error::UnknownName { kind, name, allowed } = &error else { panic!("{error:?}") };
        assert_eq!((*kind, name.as_str()), ("law of D", text.split(':').next().unwrap()));
        assert!(diagonal::NAMES.iter().all(|(form, _)| allowed.contains(form)), "{allowed}");
    }
    for (text, count) in [("uniform", 0), ("uniform:1", 1), ("rademacher:1", 1), ("discrete:1", 1)]
    {
        let error = diagonal::by_name(text).unwrap_err();
        assert!(matches!(error, Error::InvalidLength { length, .. } if length == count), "{error}");
        assert!(error.to_string().contains(text.split(':').next().unwrap()), "{error}");
    }
    for (text, bad) in [("uniform:0,x", "x"), ("uniform:0,", ""), ("constant:1;2", "1;2")] {
        let error = diagonal::by_name(text).unwrap_err();
        let Error::UnknownName { kind: "number", name, .. } = &error else { panic!("{error:?}") };
        assert_eq!(name, bad);
    }
    let error = diagonal::by_name("uniform:2,1").unwrap_err();
    assert!(matches!(error, Error::InvalidParameter { name: "upper", .. }), "{error}");
}
