//! Random ensembles: laws of the entries, streams, pinned outputs, refusals.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ndarray::{ArrayView, Axis, Dimension, Slice};
use ntk_spectrum::activation::Relu;
use ntk_spectrum::ensemble::diagonal::{Beta, Discrete, TwoPoint, Uniform};
use ntk_spectrum::ensemble::input::{self, InputLaw, Standardized};
use ntk_spectrum::ensemble::{
    DiagonalChoice, DiagonalEnsemble, InputEnsemble, TwoLayerEnsemble, WeightEnsemble,
};
use ntk_spectrum::observer::{Progress, Stage};
use ntk_spectrum::{Dimensions, Error};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand_distr::{Cauchy, Exp1};
use statrs::distribution::{ContinuousCDF, Laplace, Normal, StudentsT};

const DRAWS: usize = 200_000;

fn draws(law: &dyn InputLaw) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    (0..DRAWS).map(|_| law.sample(&mut rng)).collect()
}

/// Kolmogorov–Smirnov distance to a continuous distribution function.
fn distance(mut values: Vec<f64>, cdf: impl Fn(f64) -> f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let step = 1.0 / values.len() as f64;
    (values.iter().enumerate())
        .map(|(i, x)| (cdf(*x) - i as f64 * step).max((i + 1) as f64 * step - cdf(*x)))
        .fold(0.0, f64::max)
}

/// Mean and variance within five standard errors of 0 and 1, given the fourth moment.
fn assert_standardised(name: &str, values: &[f64], fourth: f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|x| x * x).sum::<f64>() / count;
    assert!(mean.abs() < 5.0 / count.sqrt(), "{name}: mean {mean}");
    let error = 5.0 * ((fourth - 1.0) / count).sqrt() + 1e-12;
    assert!((variance - 1.0).abs() < error, "{name}: variance {variance}");
}

#[test]
fn input_laws_are_standardised() {
    let nu = 9.0;
    let sparse = 0.1;
    let laws: [(&str, Box<dyn InputLaw>, f64); 7] = [
        ("gaussian", Box::new(input::Gaussian), 3.0),
        ("rademacher", Box::new(input::Rademacher), 1.0),
        ("uniform", Box::new(input::Uniform), 1.8),
        ("laplace", Box::new(input::Laplace), 6.0),
        ("student", Box::new(input::StudentT::new(nu).unwrap()), 3.0 + 6.0 / (nu - 4.0)),
        ("sparse", Box::new(input::SparseGaussian::new(sparse).unwrap()), 3.0 / sparse),
        ("exponential", Box::new(Standardized::from_moments(Exp1, 1.0, 1.0).unwrap()), 9.0),
    ];
    for (name, law, fourth) in &laws {
        assert_standardised(name, &draws(law), *fourth);
    }
}

#[test]
fn input_laws_have_their_distribution_functions() {
    // The distance exceeds 1.95/√n with probability 1e-3.
    let bound = 1.95 / (DRAWS as f64).sqrt();
    let normal = Normal::new(0.0, 1.0).unwrap();
    let laplace = Laplace::new(0.0, 0.5f64.sqrt()).unwrap();
    let student = StudentsT::new(0.0, (7.0f64 / 9.0).sqrt(), 9.0).unwrap();
    let root = 3f64.sqrt();
    assert!(distance(draws(&input::Gaussian), |x| normal.cdf(x)) < bound);
    assert!(distance(draws(&input::Laplace), |x| laplace.cdf(x)) < bound);
    assert!(distance(draws(&input::Uniform), |x| (x + root) / (2.0 * root)) < bound);
    assert!(distance(draws(&input::StudentT::new(9.0).unwrap()), |x| student.cdf(x)) < bound);
    let exponential = Standardized::from_moments(Exp1, 1.0, 1.0).unwrap();
    assert!(distance(draws(&exponential), |x| 1.0 - (-1.0 - x).exp()) < bound);

    let sparse = draws(&input::SparseGaussian::new(0.1).unwrap());
    let nonzero: Vec<f64> = sparse.iter().copied().filter(|x| *x != 0.0).collect();
    let share = nonzero.len() as f64 / DRAWS as f64;
    assert!((share - 0.1).abs() < 5.0 * (0.09 / DRAWS as f64).sqrt());
    let bound = 1.95 / (nonzero.len() as f64).sqrt();
    assert!(distance(nonzero, |x| normal.cdf(x * 0.1f64.sqrt())) < bound);

    let signs = draws(&input::Rademacher);
    assert!(signs.iter().all(|x| x.abs() == 1.0));
}

#[test]
fn estimated_moments_are_near_the_exact_ones() {
    let law = Standardized::estimated(Exp1, 100_000, 3).unwrap();
    assert!((law.mean() - 1.0).abs() < 5.0 / 100_000f64.sqrt());
    assert!((law.variance() - 1.0).abs() < 5.0 * (8.0 / 100_000f64).sqrt());
    assert_eq!(law.mean(), Standardized::estimated(Exp1, 100_000, 3).unwrap().mean());
}

fn ensemble() -> TwoLayerEnsemble {
    TwoLayerEnsemble::new(Dimensions::new(2100, 70, 33).unwrap(), Relu)
        .with_input_law(input::Laplace)
        .with_diagonal_law(Uniform::new(0.5, 1.5).unwrap())
        .with_seed(42)
}

#[test]
fn threads_and_ranges_do_not_change_a_bit() {
    let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    let draw = |threads| pool(threads).install(|| ensemble().sample().unwrap());
    let (one, two) = (draw(1), draw(2));
    assert_eq!(bits(one.x()), bits(two.x()));
    assert_eq!(bits(one.w()), bits(two.w()));
    assert_eq!(bits(one.diagonal()), bits(two.diagonal()));

    let whole = one.x();
    for range in [1000..2000, 0..1, 63..65, 64..128, 2099..2100, 5..5] {
        let part = whole.slice_axis(Axis(0), Slice::from(range.clone()));
        for threads in [1, 2] {
            let rows = pool(threads).install(|| ensemble().x_rows(range.clone()).unwrap());
            assert_eq!(bits(rows.view()), bits(part), "{range:?} on {threads} threads");
        }
    }
    assert_eq!(
        ensemble().weights().rows(10..69).unwrap(),
        one.w().slice_axis(Axis(0), Slice::from(10..69))
    );
    let entries = ensemble().diagonal().entries(7..20).unwrap();
    assert_eq!(entries, one.diagonal().slice_axis(Axis(0), Slice::from(7..20)));

    let alone = InputEnsemble::new(Dimensions::new(2100, 70, 1).unwrap())
        .with_law(input::Laplace)
        .with_seed(42);
    assert_eq!(alone.sample().unwrap(), one.x());
    assert_eq!(
        WeightEnsemble::new(Dimensions::new(1, 70, 33).unwrap()).with_seed(42).sample().unwrap(),
        one.w()
    );
    // More rows leave the first ones as they are.
    let longer = InputEnsemble::new(Dimensions::new(3000, 70, 1).unwrap())
        .with_law(input::Laplace)
        .with_seed(42);
    assert_eq!(longer.rows(0..2100).unwrap(), one.x());
}

/// Different seeds, blocks and matrices are different streams.
#[test]
fn streams_are_different() {
    let x = InputEnsemble::new(Dimensions::new(256, 8, 1).unwrap()).with_seed(1).sample().unwrap();
    let w = WeightEnsemble::new(Dimensions::new(1, 256, 8).unwrap()).with_seed(1).sample().unwrap();
    let other =
        InputEnsemble::new(Dimensions::new(256, 8, 1).unwrap()).with_seed(2).sample().unwrap();
    assert_ne!(x, w);
    assert_ne!(x, other);
    let mut seen: Vec<u64> = [&x, &w, &other].iter().flat_map(|m| bits(m.view())).collect();
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), count);
}

fn bits<D: Dimension>(entries: ArrayView<'_, f64, D>) -> Vec<u64> {
    entries.iter().map(|x| x.to_bits()).collect()
}

/// A change here is value-breaking and belongs into the changelog.
#[test]
fn outputs_are_pinned() {
    let first = |law: &dyn Fn(InputEnsemble) -> InputEnsemble| {
        let x = law(InputEnsemble::new(Dimensions::new(130, 2, 1).unwrap()).with_seed(7))
            .sample()
            .unwrap();
        [x[[0, 0]], x[[0, 1]], x[[64, 0]], x[[129, 1]]]
    };
    let found = [
        first(&|x| x),
        first(&|x| x.with_law(input::Rademacher)),
        first(&|x| x.with_law(input::Uniform)),
        first(&|x| x.with_law(input::Laplace)),
        first(&|x| x.with_law(input::StudentT::new(6.0).unwrap())),
        first(&|x| x.with_law(input::SparseGaussian::new(0.5).unwrap())),
        first(&|x| x.with_law(Standardized::from_moments(Exp1, 1.0, 1.0).unwrap())),
    ];
    let w = WeightEnsemble::new(Dimensions::new(1, 130, 2).unwrap()).with_seed(7).sample().unwrap();
    let d =
        DiagonalEnsemble::new(Dimensions::new(1, 1, 130).unwrap(), Uniform::new(0.5, 1.5).unwrap())
            .with_seed(7);
    let d = d.sample().unwrap();
    assert_eq!(found, PINNED);
    assert_eq!([w[[0, 0]], w[[129, 1]], d[0], d[129]], PINNED_OTHERS);
}

const PINNED: [[f64; 4]; 7] = [
    [-0.1615790191861973, 0.33739008250573277, 0.8603815301877876, -0.723434666700891],
    [-1.0, -1.0, 1.0, 1.0],
    [-0.4655813021666999, 0.4170858246136704, 1.2596258920293262, -1.2390339105485912],
    [-0.09213539869471843, 0.5697337505778084, 0.6584105202575083, -0.5730087651917767],
    [-0.12662766400455785, -0.17408322313001193, 1.451828717783432, -1.509654360479593],
    [0.47714163048978475, 0.0, 0.0, 0.0],
    [-0.8697008695912769, -0.11223948050710508, -0.06886691264270628, -0.8816334687836598],
];
const PINNED_OTHERS: [f64; 4] =
    [0.21023683492911519, -1.0256438997292712, 0.638023828973203, 0.5883635381728005];

#[test]
fn midquantiles_are_quantiles() {
    let midquantiles = |law| {
        DiagonalEnsemble::new(Dimensions::new(1, 1, 40).unwrap(), law)
            .with_choice(DiagonalChoice::Midquantiles)
            .sample()
            .unwrap()
            .to_vec()
    };
    for (k, found) in midquantiles(Uniform::new(0.5, 1.5).unwrap()).iter().enumerate() {
        assert!((found - (0.5 + (k as f64 + 0.5) / 40.0)).abs() < 1e-11, "{k}: {found}");
    }
    // |D| of a law across 0: P(|D| ≤ r) = 2r/3 up to 1, (r + 1)/3 beyond.
    for (k, found) in midquantiles(Uniform::new(-1.0, 2.0).unwrap()).iter().enumerate() {
        let q = (k as f64 + 0.5) / 40.0;
        let exact = if q <= 2.0 / 3.0 { 1.5 * q } else { 3.0 * q - 1.0 };
        assert!((found - exact).abs() < 1e-10, "{k}: {found} instead of {exact}");
    }

    let beta = DiagonalEnsemble::new(
        Dimensions::new(1, 1, 9).unwrap(),
        Beta::new(2.0, 1.0, 0.0, 1.0).unwrap(),
    )
    .with_choice(DiagonalChoice::Midquantiles)
    .sample()
    .unwrap();
    for (k, found) in beta.iter().enumerate() {
        assert!((found.powi(2) - (k as f64 + 0.5) / 9.0).abs() < 1e-11);
    }

    let two = DiagonalEnsemble::new(
        Dimensions::new(1, 1, 10).unwrap(),
        TwoPoint::new(-0.5, 1.5, 0.3).unwrap(),
    )
    .with_choice(DiagonalChoice::Midquantiles);
    let discrete = Discrete::new(&[-0.5, 1.5], &[0.3, 0.7]).unwrap();
    let discrete = DiagonalEnsemble::new(Dimensions::new(1, 1, 10).unwrap(), discrete)
        .with_choice(DiagonalChoice::Midquantiles);
    for entries in [two.sample().unwrap(), discrete.sample().unwrap()] {
        assert!(entries.iter().all(|d| *d == 0.5 || *d == 1.5));
        assert!(entries.windows(2).into_iter().all(|pair| pair[0] <= pair[1]));
    }
    assert_eq!(discrete.sample().unwrap().iter().filter(|d| **d == 0.5).count(), 3);
}

#[test]
fn ratios_give_sizes() {
    let ensemble = TwoLayerEnsemble::from_ratios(0.5, 1.5, 11, Relu).unwrap();
    assert_eq!(
        (ensemble.dimensions().n(), ensemble.dimensions().d(), ensemble.dimensions().p()),
        (94, 11, 17)
    );
    assert_eq!(ensemble.dimensions().gamma1(), 94.0 / 187.0);
    assert_eq!(ensemble.dimensions().gamma2(), 17.0 / 11.0);
    for (gamma1, gamma2, d, name) in [
        (0.0, 1.0, 10, "gamma1"),
        (f64::NAN, 1.0, 10, "gamma1"),
        (1e-9, 1.0, 10, "gamma1"),
        (1e300, 1.0, 10, "gamma1"),
        (1.0, -1.0, 10, "gamma2"),
        (1.0, f64::INFINITY, 10, "gamma2"),
        (1.0, 0.01, 10, "gamma2"),
    ] {
        let error = TwoLayerEnsemble::from_ratios(gamma1, gamma2, d, Relu).unwrap_err();
        assert!(matches!(error, Error::InvalidParameter { name: n, .. } if n == name), "{error}");
    }
    let error = TwoLayerEnsemble::from_ratios(1.0, 1.0, 0, Relu).unwrap_err();
    assert!(matches!(error, Error::InvalidSize { name: "d", size: 0, .. }));
}

/// The error must name this argument and carry this value.
#[track_caller]
fn assert_names<T: std::fmt::Debug>(outcome: Result<T, Error>, argument: &str, expected: f64) {
    match outcome.unwrap_err() {
        Error::InvalidParameter { name, value, .. } => {
            assert_eq!(name, argument);
            assert_eq!(value.to_bits(), expected.to_bits());
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn bad_input_is_refused() {
    for (n, d, p, name) in [(0, 1, 1, "n"), (1, 0, 1, "d"), (1, 1, 0, "p")] {
        let error = Dimensions::new(n, d, p).unwrap_err();
        assert!(matches!(error, Error::InvalidSize { name: n, size: 0, .. } if n == name));
    }
    let ensemble = ensemble();
    #[allow(clippy::reversed_empty_ranges)]
    for range in [0..2101, 3..2, usize::MAX..usize::MAX] {
        assert!(matches!(ensemble.x_rows(range), Err(Error::InvalidSize { .. })));
    }
    for sizes in [[usize::MAX; 3], [1, usize::MAX, usize::MAX], [1, 1, usize::MAX]] {
        let error =
            TwoLayerEnsemble::new(Dimensions::new(sizes[0], sizes[1], sizes[2]).unwrap(), Relu)
                .sample()
                .unwrap_err();
        assert!(matches!(error, Error::MemoryLimit { .. }), "{sizes:?}: {error}");
    }
    for (n, d) in [(usize::MAX, usize::MAX), (1 << 62, 1), (1 << 40, 1 << 20), (1, usize::MAX)] {
        let error = InputEnsemble::new(Dimensions::new(n, d, 1).unwrap()).sample().unwrap_err();
        assert!(
            matches!(error, Error::MemoryLimit { .. } | Error::OutOfMemory { .. }),
            "{n} × {d}: {error}"
        );
    }
    let entries = DiagonalEnsemble::new(Dimensions::new(1, 1, 1 << 60).unwrap(), 1.0)
        .with_choice(DiagonalChoice::Midquantiles);
    assert!(entries.sample().is_err());
    assert!(DiagonalEnsemble::new(Dimensions::new(1, 1, 3).unwrap(), f64::NAN).sample().is_err());
    for nu in [4.0, 0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_names(input::StudentT::new(nu), "nu", nu);
    }
    for density in [0.0, -0.1, 1.1, f64::NAN] {
        assert_names(input::SparseGaussian::new(density), "density", density);
    }
    for mean in [f64::NAN, f64::INFINITY] {
        assert_names(Standardized::from_moments(Exp1, mean, 1.0), "mean", mean);
    }
    for variance in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_names(Standardized::from_moments(Exp1, 0.0, variance), "variance", variance);
    }
    let constant = rand_distr::Uniform::new_inclusive(2.0, 2.0).unwrap();
    assert_names(Standardized::estimated(constant, 100, 0), "variance", 0.0);
    let error = Standardized::estimated(Exp1, 1, 0).unwrap_err();
    assert!(matches!(error, Error::InvalidSize { name: "size", size: 1, .. }));
    // No variance: the estimate is large, not invalid, unless it overflows.
    assert!(Standardized::estimated(Cauchy::new(0.0, 1e300).unwrap(), 100, 0).is_err());
}

#[test]
fn observers_see_every_step_and_may_end_the_work() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let watched = ensemble().with_observer(move |progress: Progress| {
        log.lock().unwrap().push(progress);
        ControlFlow::Continue(())
    });
    let sample = watched.sample().unwrap();
    assert_eq!(sample.x(), ensemble().sample().unwrap().x());
    let mut inputs: Vec<usize> = (seen.lock().unwrap().iter())
        .filter(|progress| progress.stage == Stage::Inputs)
        .map(|progress| progress.done)
        .collect();
    inputs.sort_unstable();
    assert_eq!(inputs, (0..=2100usize.div_ceil(64)).collect::<Vec<_>>());

    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let cancelled = ensemble().with_observer(move |_: Progress| {
        if count.fetch_add(1, Ordering::Relaxed) < 5 {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    let error = cancelled.sample().unwrap_err();
    assert!(matches!(error, Error::Cancelled { total: 33, .. }), "{error}");
    assert!(calls.load(Ordering::Relaxed) < 20);
}
