//! The law at finite size: transforms, errors of ridges, its table, queries.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ntk_spectrum::Dimensions;
use ntk_spectrum::activation::{Activation, Relu, Tanh};
use ntk_spectrum::diagonal::{DiagonalLaw, Uniform};
use ntk_spectrum::learning::RandomEffects;
use ntk_spectrum::num_complex::Complex64;
use ntk_spectrum::spectrum::FiniteSpectrum;

fn law(
    sigma: impl Activation + 'static,
    d: impl DiagonalLaw + 'static,
) -> (FiniteSpectrum, [Complex64; 3]) {
    let dimensions = Dimensions::new(1120, 40, 40).expect("sizes above 0");
    let law = FiniteSpectrum::new(dimensions, sigma, d);
    let moments = law.limit().derivative_moments().expect("moments");
    let size = 2.0 * (moments.b() + moments.c());
    let z = [(0.05, 0.05), (0.2, 0.1), (0.6, 0.2)].map(|(re, im)| size * Complex64::new(re, im));
    (law, z)
}

fn finite(c: &mut Criterion) {
    let uniform = || Uniform::new(0.5, 1.5).expect("an interval");
    let laws = [
        ("tanh, D = 1", law(Tanh, 1.0)),
        ("relu, D = 1", law(Relu, 1.0)),
        ("relu, D uniform", law(Relu, uniform())),
    ];
    for (name, (law, z)) in laws {
        c.bench_function(&format!("three transforms: {name}"), |b| {
            b.iter(|| z.map(|z| law.stieltjes(black_box(z)).expect("a transform")));
        });
        let target = RandomEffects::new(1.0, 0.5).expect("variances");
        c.bench_function(&format!("errors of one ridge: {name}"), |b| {
            b.iter(|| law.ridge(black_box(0.1), &target).expect("errors"));
        });
        let mut group = c.benchmark_group("table");
        group.sample_size(10);
        group.bench_function(name, |b| {
            b.iter(|| {
                // Nothing is kept for another resolution.
                let law = law.clone().with_resolution(0.02);
                law.solve().expect("a table").node_count()
            });
        });
        group.finish();
        law.solve().expect("a table");
        c.bench_function(&format!("density: {name}"), |b| {
            b.iter(|| law.density(black_box(0.2)).expect("a density"));
        });
    }
}

criterion_group!(benches, finite);
criterion_main!(benches);
