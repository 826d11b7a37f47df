//! Moments, cold solves and warm evaluations, with two yardsticks: the closed
//! Marchenko–Pastur density, and the plain damped fixed-point iteration for the
//! same law.

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{NAMES, Relu, by_name};
use ntk_spectrum::ensemble::diagonal::{Discrete, Uniform};
use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
use num_complex::Complex64;

/// The points of the warm evaluations: quantiles of the law.
const POINTS: usize = 64;

fn relu(gamma1: f64) -> LimitingSpectrum {
    LimitingSpectrum::new(gamma1, 1.0, Relu, 1.0)
}

fn points(law: &impl SpectralLaw) -> Vec<f64> {
    let quantile = |i| law.quantile((i as f64 + 0.5) / POINTS as f64).expect("a solvable law");
    (0..POINTS).map(quantile).collect()
}

fn moments(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("moments");
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1));
    for (_, example) in NAMES {
        let sigma = by_name(example).expect("a stock activation");
        group.bench_function(*example, |bencher| {
            bencher.iter(|| black_box(&sigma).moments());
        });
    }
    group.finish();
}

/// From the configuration to the solved law; nothing is kept between iterations.
fn cold(criterion: &mut Criterion) {
    let four = Discrete::new(&[0.5, 0.8, 1.1, 1.5], &[0.25; 4]).expect("valid weights");
    let uniform = Uniform::new(0.5, 1.5).expect("a valid interval");
    let mut group = criterion.benchmark_group("cold solve, relu, γ1 = 0.7, γ2 = 1");
    group.bench_function("constant D", |bencher| {
        bencher.iter(|| nodes(&LimitingSpectrum::new(black_box(0.7), 1.0, Relu, 1.0)));
    });
    group.sample_size(10);
    group.bench_function("four atoms", |bencher| {
        bencher.iter(|| nodes(&LimitingSpectrum::new(black_box(0.7), 1.0, Relu, four.clone())));
    });
    group.bench_function("uniform D", |bencher| {
        bencher.iter(|| nodes(&LimitingSpectrum::new(black_box(0.7), 1.0, Relu, uniform)));
    });
    group.finish();
}

/// Forces the solution.
fn nodes(law: &LimitingSpectrum) -> usize {
    law.solve().expect("a solvable law").node_count()
}

fn warm(criterion: &mut Criterion) {
    let law = relu(0.7);
    let xs = points(&law);
    let mut group = criterion.benchmark_group("warm");
    group.throughput(Throughput::Elements(POINTS as u64));
    group.bench_function("density, 64 points", |bencher| {
        bencher.iter(|| xs.iter().map(|x| law.density(black_box(*x)).unwrap()).sum::<f64>());
    });
    group.bench_function("cdf, 64 points", |bencher| {
        bencher.iter(|| xs.iter().map(|x| law.cdf(black_box(*x)).unwrap()).sum::<f64>());
    });
    group.bench_function("quantile, 64 points", |bencher| {
        let quantile = |i| law.quantile(black_box((i as f64 + 0.5) / POINTS as f64)).unwrap();
        bencher.iter(|| (0..POINTS).map(quantile).sum::<f64>());
    });
    group.throughput(Throughput::Elements(1000));
    group.bench_function("curve, 1000 points", |bencher| bencher.iter(|| law.curve(1000)));
    group.finish();
}

fn yardsticks(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("yardsticks");
    group.throughput(Throughput::Elements(POINTS as u64));

    let closed = MarchenkoPastur::new(0.7).expect("a valid ratio");
    let xs = points(&closed);
    group.bench_function("closed Marchenko–Pastur density, 64 points", |bencher| {
        bencher.iter(|| xs.iter().map(|x| closed.density(black_box(*x)).unwrap()).sum::<f64>());
    });

    let law = relu(0.7);
    let targets: Vec<(f64, f64)> =
        points(&law).into_iter().map(|x| (x, fixed_point(&law, x, 0.0, 20_000))).collect();
    group.sample_size(10);
    group.bench_function("fixed point, 64 points", |bencher| {
        let density = |(x, target): &(f64, f64)| fixed_point(&law, black_box(*x), *target, 20_000);
        bencher.iter(|| targets.iter().map(density).sum::<f64>());
    });
    group.finish();
}

/// The density at x + 1e-6 i from the iteration w ← (w + (x + 1e-6 i − w T(w))/γ1)/2.
///
/// It is given what it cannot know: it stops as soon as the density is within
/// 1e-6 of `target`, its own limit, relatively. T comes from the solved table of
/// the population law, so that only the iteration is measured.
fn fixed_point(law: &LimitingSpectrum, x: f64, target: f64, steps: usize) -> f64 {
    let gamma1 = law.gamma1();
    let z = Complex64::new(x, 1e-6);
    let mut w = z / gamma1 + Complex64::I;
    let mut density = 0.0;
    for _ in 0..steps {
        let (t, _) = law.population().t_transform(w).expect("w is in the upper half-plane");
        w = 0.5 * (w + (z - w * t) / gamma1);
        // m = −1/(γ1 w)
        density = -(1.0 / (gamma1 * w)).im / std::f64::consts::PI;
        if (density - target).abs() <= 1e-6 * target {
            break;
        }
    }
    density
}

criterion_group!(benches, moments, cold, warm, yardsticks);
criterion_main!(benches);
