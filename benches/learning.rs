//! Errors of regression from a solved law.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ntk_spectrum::activation::Relu;
use ntk_spectrum::empirical::learning::{LearningExperiment, RandomEffectsTeacher};
use ntk_spectrum::learning::{
    ConjugateGradient, GradientDescent, PolynomialTarget, RandomEffects, Regression,
};
use ntk_spectrum::prelude::*;

fn geometric(from: f64, to: f64, count: usize) -> Vec<f64> {
    (0..count).map(|k| from * (to / from).powf(k as f64 / (count - 1) as f64)).collect()
}

fn errors(c: &mut Criterion) {
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    let target = RandomEffects::new(1.0, 0.5).unwrap();
    let regression = Regression::new(&law, target);
    let (lambdas, times) = (geometric(1e-4, 10.0, 1000), geometric(1e-2, 1e3, 1000));
    // Solved once.
    regression.training_curve(&times[..2]).unwrap();
    let mut group = c.benchmark_group("learning");
    group.bench_function("ridge", |b| b.iter(|| regression.ridge(black_box(0.1)).unwrap()));
    group.bench_function("ridge curve of 1000", |b| {
        b.iter(|| regression.ridge_curve(black_box(&lambdas)).unwrap())
    });
    group.bench_function("training curve of 1000", |b| {
        b.iter(|| regression.training_curve(black_box(&times)).unwrap())
    });
    let descent = GradientDescent::new(0.5, 1000).unwrap();
    group.bench_function("gradient descent", |b| b.iter(|| regression.errors(&descent).unwrap()));
    group.bench_function("stopping time", |b| b.iter(|| regression.stopping_time().unwrap()));
    let quadratic = Regression::new(&law, PolynomialTarget::new(1.0, 0.0, 0.5).unwrap());
    group.bench_function("ridge, quadratic", |b| b.iter(|| quadratic.ridge(0.1).unwrap()));
    let solver = ConjugateGradient::new(&law, 0.1).unwrap();
    group.bench_function("30 residuals", |b| b.iter(|| solver.residuals(30).unwrap()));
    group.finish();
}

/// One risk curve from one sampled network, n = 3938: drawn, fitted at 20 ridges, tested.
fn sampled(c: &mut Criterion) {
    let ensemble = TwoLayerEnsemble::from_ratios(0.7, 1.0, 75, Relu).unwrap();
    let teacher = RandomEffectsTeacher::new(1.0, 0.5).unwrap();
    let experiment = LearningExperiment::new(ensemble, teacher, 4000).unwrap();
    let lambdas = geometric(1e-2, 10.0, 20);
    let mut group = c.benchmark_group("learning");
    group.sample_size(10);
    group.bench_function("20 ridges, sampled at n = 3938", |b| {
        b.iter(|| {
            let sample = experiment.draw(1).unwrap();
            let mut regression = sample.regression().unwrap().with_tolerance(1e-4).unwrap();
            let test = |lambda: &f64| {
                let fit = regression.ridge(*lambda).unwrap();
                sample.errors(&fit).unwrap().test
            };
            lambdas.iter().map(test).sum::<f64>()
        });
    });
    group.finish();
}

criterion_group!(benches, errors, sampled);
criterion_main!(benches);
