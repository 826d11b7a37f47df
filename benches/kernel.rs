//! The kernel of a finite network, against products and copies of the same size.
//!
//! `cargo bench --bench kernel`. Rates are floating-point operations a second; the
//! dense build counts n²(d + p), the product 2m³.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, Par};
use ndarray::Array2;
use ntk_spectrum::Dimensions;
use ntk_spectrum::activation::Relu;
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::ntk::{Ntk, NtkBuilder};

fn kernel(n: usize, d: usize) -> Ntk {
    let sample = TwoLayerEnsemble::new(Dimensions::new(n, d, d).unwrap(), Relu)
        .sample()
        .expect("valid sizes");
    NtkBuilder::from_sample(&sample).build().expect("valid matrices")
}

/// The yardstick: one square product, on all threads.
fn product(criterion: &mut Criterion) {
    let m = 2000;
    let a = Mat::<f64>::from_fn(m, m, |i, j| ((3 * i + 7 * j) % 11) as f64 - 5.0);
    let mut c = Mat::<f64>::zeros(m, m);
    let mut group = criterion.benchmark_group("product");
    group.sample_size(10).throughput(Throughput::Elements(2 * (m as u64).pow(3)));
    let parallel = Par::rayon(0);
    group.bench_function(BenchmarkId::from_parameter(m), |bencher| {
        bencher.iter(|| {
            matmul(c.as_mut(), Accum::Replace, a.as_ref(), a.as_ref(), black_box(1.0), parallel);
        });
    });
    group.finish();
}

fn dense(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dense kernel");
    group.sample_size(10).warm_up_time(Duration::from_secs(1));
    for (n, d) in [(8000, 90), (4000, 64)] {
        let ntk = kernel(n, d);
        let name = format!("n = {n}, d = p = {d}");
        group.throughput(Throughput::Elements((n * n * 2 * d) as u64));
        let mut buffer = Array2::zeros((n, n));
        group.bench_function(BenchmarkId::new("in a used buffer", &name), |bencher| {
            bencher.iter(|| ntk.dense_into(buffer.view_mut()));
        });
        group.bench_function(BenchmarkId::new("in fresh memory", &name), |bencher| {
            bencher.iter_with_large_drop(|| ntk.dense());
        });
    }
    group.finish();
}

fn preparation(criterion: &mut Criterion) {
    let sample = TwoLayerEnsemble::new(Dimensions::new(8000, 90, 90).unwrap(), Relu)
        .sample()
        .expect("valid sizes");
    let mut group = criterion.benchmark_group("before the kernel, n = 8000, d = p = 90");
    group.sample_size(10).measurement_time(Duration::from_secs(2));
    group.bench_function("sample", |bencher| {
        let ensemble = TwoLayerEnsemble::new(Dimensions::new(8000, 90, 90).unwrap(), Relu);
        bencher.iter(|| ensemble.sample());
    });
    group.bench_function("features", |bencher| {
        bencher.iter(|| NtkBuilder::from_sample(&sample).build());
    });
    group.finish();
}

fn eigenvalues(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("eigenvalues");
    group.sample_size(10).warm_up_time(Duration::from_millis(100));
    let square = kernel(3000, 60);
    group.bench_function("n = 3000, d = p = 60", |bencher| {
        bencher.iter(|| square.eigenvalues());
    });
    // JᵀJ has 900 rows.
    let tall = kernel(3000, 30);
    group.bench_function("n = 3000, d = p = 30", |bencher| {
        bencher.iter(|| tall.eigenvalues());
    });
    group.finish();
}

criterion_group!(benches, product, dense, preparation, eigenvalues);
criterion_main!(benches);
