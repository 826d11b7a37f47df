//! The kernel as an operator, against a matrix product.
//!
//! `cargo bench --bench operator`. Rates are floating-point operations a second; a
//! product with one vector counts 4ndp, the matrix product 2m³.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use ndarray::{Array2, ShapeBuilder};
use ntk_spectrum::Dimensions;
use ntk_spectrum::activation::Relu;
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::krylov::{ExtremeEigenvalues, StochasticQuadrature, SymmetricOperator};
use ntk_spectrum::ntk::{FeatureStorage, NtkBuilder, NtkOperator};

fn operator(n: usize, d: usize, recomputed: bool) -> NtkOperator {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, d, d).unwrap(), Relu);
    let builder = NtkBuilder::from_ensemble(&ensemble).with_features(if recomputed {
        FeatureStorage::Recomputed
    } else {
        FeatureStorage::Stored
    });
    builder.build_operator().expect("valid sizes")
}

/// The yardstick: one square product, on all threads.
fn product(criterion: &mut Criterion) {
    let m = 2000;
    let a = Mat::<f64>::from_fn(m, m, |i, j| ((3 * i + 7 * j) % 11) as f64 - 5.0);
    let mut c = Mat::<f64>::zeros(m, m);
    let mut group = criterion.benchmark_group("product");
    group.sample_size(10).throughput(Throughput::Elements(2 * (m as u64).pow(3)));
    group.bench_function(BenchmarkId::from_parameter(m), |bencher| {
        bencher.iter(|| {
            let parallel = Par::rayon(0);
            matmul(c.as_mut(), Accum::Replace, a.as_ref(), a.as_ref(), black_box(1.0), parallel);
        });
    });
    group.finish();
}

fn apply(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("apply");
    group.sample_size(10);
    for (n, d) in [(100_000, 316), (10_000, 100), (2000, 45)] {
        for (name, columns, recomputed) in
            [("one vector", 1, false), ("four vectors", 4, false), ("recomputed", 1, true)]
        {
            let operator = operator(n, d, recomputed);
            let v = Array2::from_elem((n, columns).f(), 0.5);
            let mut out = Array2::zeros((n, columns).f());
            group.throughput(Throughput::Elements((4 * n * d * d * columns) as u64));
            let size = format!("n = {n}, d = p = {d}");
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter(|| operator.apply(out.view_mut(), v.view()));
            });
        }
    }
    group.finish();
}

fn spectra(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("n = 10000, d = p = 100");
    group.sample_size(10);
    let operator = operator(10_000, 100, false);
    group.bench_function("estimate, 1 probe of 100 steps", |bencher| {
        let quadrature = StochasticQuadrature::new(1, 100).expect("valid sizes");
        bencher.iter(|| quadrature.estimate(&operator));
    });
    group.bench_function("5 largest eigenvalues", |bencher| {
        bencher.iter(|| ExtremeEigenvalues::new(5, 0).unwrap().find(&operator));
    });
    group.finish();
}

criterion_group!(benches, product, apply, spectra);
criterion_main!(benches);
