//! Stochastic Lanczos quadrature: exact where it can be, within its own errors
//! elsewhere, and the same after an interruption.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use ntk_spectrum::activation::{Centring, Relu, Tanh};
use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum, Estimate, SpectralEstimate};
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::krylov::{
    Checkpoint, Reorthogonalisation, StochasticQuadrature, SymmetricOperator,
};
use ntk_spectrum::law::SpectralSums;
use ntk_spectrum::ntk::{NtkBuilder, NtkOperator};
use ntk_spectrum::observer::Progress;
use ntk_spectrum::spectrum::PredictedOutliers;
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};

fn quadrature(probes: usize, steps: usize) -> StochasticQuadrature {
    StochasticQuadrature::new(probes, steps).unwrap()
}

fn diagonal(values: &[f64]) -> Array2<f64> {
    Array2::from_diag(&Array1::from(values.to_vec()))
}

fn kernel(n: usize, d: usize, seed: u64) -> (TwoLayerEnsemble, NtkOperator) {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, d, d).unwrap(), Relu).with_seed(seed);
    let operator = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    (ensemble, operator)
}

#[test]
fn few_eigenvalues_are_found_exactly() {
    // Random signs see a diagonal matrix exactly: ⟨v, f(A) v⟩ = tr f(A).
    let values = [[0.0; 4].as_slice(), &[1.0; 10], &[4.0; 6]].concat();
    let estimate = quadrature(3, 15).estimate(&diagonal(&values)).unwrap();
    let sum = |f: fn(f64) -> f64| values.iter().map(|x| f(*x)).sum::<f64>() / 20.0;
    let close = |found: Estimate, exact: f64| {
        let tolerance = 1e-14 * exact.abs().max(1.0);
        assert!((found.mean - exact).abs() < tolerance, "{found:?} not {exact}");
        assert!(found.standard_error.unwrap() < tolerance, "{found:?}");
    };
    close(estimate.log_determinant(0.5).unwrap(), sum(|x| (x + 0.5).ln()));
    close(estimate.effective_dimension(2.0).unwrap(), sum(|x| x / (x + 2.0)));
    close(estimate.inverse_trace(1.0).unwrap(), sum(|x| 1.0 / (x + 1.0)));
    close(estimate.expectation(&f64::exp).unwrap(), sum(f64::exp));
    close(estimate.interval_mass(0.0, 2.0).unwrap(), 0.5);
    close(estimate.interval_mass(-1.0, 0.0).unwrap(), 0.2);
    close(estimate.interval_mass(f64::NEG_INFINITY, f64::INFINITY).unwrap(), 1.0);
    for (x, exact) in [(-1e-9, 0.0), (0.0, 0.2), (0.9, 0.2), (1.1, 0.7), (5.0, 1.0)] {
        close(estimate.cdf(x), exact);
    }
    assert!(estimate.cdf(f64::NAN).mean.is_nan());
    let spectrum = estimate.spectrum().unwrap();
    assert_eq!((spectrum.len(), spectrum.zeros()), (20, 4));
    for (found, exact) in spectrum.values().iter().zip(&values) {
        assert!((found - exact).abs() < 1e-14);
    }
    for (q, exact) in [(0.0, 0.0), (0.2, 0.0), (0.21, 1.0), (0.69, 1.0), (0.71, 4.0), (1.0, 4.0)] {
        assert!((estimate.quantile(q).unwrap() - exact).abs() < 1e-14, "{q}");
    }
    // Gaussians of width 0.1 about the three values.
    let density = estimate.density(1.0, 0.1).unwrap().mean;
    assert!((density - 0.5 / (0.1 * (2.0 * std::f64::consts::PI).sqrt())).abs() < 1e-12);
}

#[test]
fn degenerate_operators() {
    let zero = quadrature(2, 10).estimate(&Array2::<f64>::zeros((6, 6))).unwrap();
    assert_eq!(zero.spectrum().unwrap().zeros(), 6);
    assert_eq!(zero.cdf(0.0).mean, 1.0);
    assert!(matches!(zero.log_determinant(0.0), Err(Error::InvalidParameter { .. })));
    assert_eq!(zero.log_determinant(1.0).unwrap().mean, 0.0);
    let one = quadrature(1, 10).estimate(&Array2::from_elem((1, 1), 3.0)).unwrap();
    assert_eq!(one.spectrum().unwrap().values().to_vec(), [3.0]);
    assert_eq!(one.cdf(3.0), Estimate::new(1.0, None));
    // No neuron: nothing to apply at all.
    let sample = TwoLayerEnsemble::new(Dimensions::new(30, 3, 3).unwrap(), Relu).sample().unwrap();
    let off = Array1::zeros(3);
    let off = NtkBuilder::from_sample(&sample).with_diagonal(&off).build_operator().unwrap();
    let estimate = quadrature(2, 10).estimate(&off).unwrap();
    assert_eq!((estimate.forced_zeros(), estimate.spectrum().unwrap().zeros()), (30, 30));
    // Negative eigenvalues are allowed, but make no spectrum of a kernel.
    let negative = quadrature(2, 10).estimate(&diagonal(&[-1.0, 1.0, 2.0])).unwrap();
    assert!((negative.cdf(0.0).mean - 1.0 / 3.0).abs() < 1e-14);
    assert!(matches!(negative.spectrum(), Err(Error::InvalidEntry { .. })));
}

/// Of an operator that is not positive semi-definite λ has to lift all of it above 0; the
/// error names what it does not lift.
#[test]
fn ridges_that_leave_an_operator_indefinite() {
    let estimate = quadrature(2, 10).estimate(&diagonal(&[-1.0, -0.25, 1.0, 2.0])).unwrap();
    for lambda in [0.0, 0.5, 1.0] {
        let sums = [estimate.log_determinant(lambda), estimate.inverse_trace(lambda)];
        for sum in sums.into_iter().chain([estimate.condition_number(lambda)]) {
            let Err(Error::Indefinite { lambda: given, eigenvalue }) = sum else {
                panic!("{sum:?}")
            };
            assert!(given == lambda && (eigenvalue + 1.0).abs() < 1e-14);
        }
    }
    assert!(matches!(estimate.effective_dimension(0.5), Err(Error::Indefinite { .. })));
    let error = estimate.inverse_trace(0.5).unwrap_err();
    assert_eq!(error.kind(), ntk_spectrum::ErrorKind::InvalidInput);
    let message = error.to_string();
    assert!(message.starts_with("lambda = 0.5 is not allowed: the operator has"), "{message}");
    let sum = estimate.inverse_trace(1.5).unwrap().mean;
    assert!((sum - 0.25 * (2.0 + 0.8 + 0.4 + 1.0 / 3.5)).abs() < 1e-13);
}

/// What is left of `operator` when it is multiplied by a number whose square root is `root`.
fn scaled(root: f64, d: usize) -> NtkOperator {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(300, d, d).unwrap(), Relu);
    let sample = ensemble.with_seed(3).sample().unwrap();
    let diagonal = Array1::from_elem(d, root);
    NtkBuilder::from_sample(&sample).with_diagonal(&diagonal).build_operator().unwrap()
}

/// D = s multiplies the kernel by s², wherever that can be represented: the same figures,
/// and the same bits where s is a power of two.
#[test]
fn the_scale_of_an_operator_does_not_matter() {
    // Whole vectors, and the smaller operator.
    for d in [25, 15] {
        let figures = |root: f64| {
            let estimate = quadrature(3, 40).estimate(&scaled(root, d)).unwrap();
            let square = root * root;
            // Of sums that scale, of ones that do not, and of their errors.
            let relative = |sum: Estimate, factor: f64| {
                [sum.mean / factor, sum.standard_error.unwrap() / factor]
            };
            let determinant = estimate.log_determinant(0.1 * square).unwrap();
            [
                relative(estimate.expectation(&|x| x).unwrap(), square),
                relative(estimate.inverse_trace(0.1 * square).unwrap(), square.recip()),
                relative(estimate.effective_dimension(0.1 * square).unwrap(), 1.0),
                relative(estimate.interval_mass(0.1 * square, square).unwrap(), 1.0),
                relative(estimate.condition_number(0.1 * square).unwrap(), 1.0),
                [determinant.mean - square.ln(), determinant.standard_error.unwrap()],
                relative(estimate.cdf(square), 1.0),
                [estimate.quantile(0.7).unwrap() / square, 0.0],
                relative(estimate.density(square, 0.2 * square).unwrap(), square.recip()),
            ]
        };
        let expected = figures(1.0);
        for root in [1e-150, 1e-82, 1e-80, 1e-40, 1e40, 1e78, 1e150] {
            for (k, (found, exact)) in figures(root).iter().zip(&expected).enumerate() {
                for (number, expected) in found.iter().zip(exact) {
                    let error = (number - expected).abs();
                    assert!(
                        error <= 1e-9 * exact[0].abs(),
                        "{root:e}, {k}: {found:?} not {exact:?}"
                    );
                }
            }
        }
        for power in [-496, -272, -5, 5, 272, 496] {
            let root = 2f64.powi(power);
            let found = quadrature(2, 30).estimate(&scaled(root, d)).unwrap();
            let exact = quadrature(2, 30).estimate(&scaled(1.0, d)).unwrap();
            let nodes = |estimate: &SpectralEstimate, factor: f64| -> Vec<(f64, f64)> {
                estimate.nodes().iter().map(|(node, weight)| (node / factor, *weight)).collect()
            };
            assert_eq!(nodes(&found, root * root), nodes(&exact, 1.0), "2^{power}");
        }
    }
}

#[test]
fn forced_zeros_are_exact() {
    let (_, operator) = kernel(700, 15, 1);
    let estimate = quadrature(4, 40).estimate(&operator).unwrap();
    assert_eq!((estimate.size(), estimate.forced_zeros()), (700, 700 - 225));
    assert_eq!(estimate.spectrum().unwrap().zeros(), 700 - 225);
    let zeros = estimate.cdf(0.0);
    assert!((zeros.mean - 475.0 / 700.0).abs() < 1e-14 && zeros.standard_error.unwrap() < 1e-14);
    // Of a plain matrix nothing is known; the atom is found all the same.
    let dense = operator.to_dense().unwrap();
    let estimate = quadrature(4, 120).estimate(&((&dense + &dense.t()) / 2.0)).unwrap();
    let zeros = estimate.cdf(1e-9);
    let error = zeros.standard_error.unwrap();
    assert!((zeros.mean - 475.0 / 700.0).abs() < 4.0 * error && error < 0.02, "{zeros:?}");
}

#[test]
fn kernel_against_its_full_spectrum() {
    let (ensemble, operator) = kernel(1200, 40, 4);
    let full = NtkBuilder::from_ensemble(&ensemble).build().unwrap().eigenvalues().unwrap();
    let estimate = quadrature(10, 80).estimate(&operator).unwrap();
    let spectrum = EmpiricalSpectrum::new(&full).unwrap();
    for q in [0.05, 0.2, 0.5, 0.8, 0.95] {
        let x = spectrum.quantile(q).unwrap();
        let found = estimate.cdf(x);
        assert!((found.mean - q).abs() < 0.01, "{found:?} not {q}");
        if q < 0.5 {
            // Fewer nodes than it takes.
            continue;
        }
        let (width, pi) = (0.3 * x, std::f64::consts::PI);
        let smooth = full.iter().map(|y| (-0.5 * ((x - y) / width).powi(2)).exp()).sum::<f64>();
        let smooth = smooth / (1200.0 * width * (2.0 * pi).sqrt());
        let found = estimate.density(x, width).unwrap();
        assert!((found.mean / smooth - 1.0).abs() < 0.1, "{found:?} not {smooth}");
    }
    // As close to the limit as the full spectrum is.
    let law = LimitingSpectrum::from_ensemble(&ensemble);
    let outliers = PredictedOutliers::of_dimensions(
        &law,
        Dimensions::new(1200, 40, 40).unwrap(),
        Centring::Raw,
    )
    .unwrap();
    let exact = Comparison::new(&spectrum.split(&law, &outliers).unwrap(), &law).unwrap();
    let split = estimate.split(&law, &outliers).unwrap();
    let found = Comparison::new(&split, &law).unwrap();
    assert_eq!(
        (found.outliers.len(), found.bulk, found.zeros),
        (exact.outliers.len(), exact.bulk, exact.zeros)
    );
    assert!((found.kolmogorov_smirnov - exact.kolmogorov_smirnov).abs() < 0.01);
    assert!((found.mean.empirical / exact.mean.empirical - 1.0).abs() < 0.03);
    assert!((found.variance.empirical / exact.variance.empirical - 1.0).abs() < 0.1);
}

/// In how many of 100 seeds each sum is within three of its standard errors.
fn sums_within_errors(n: usize, probes: usize, steps: usize) -> [usize; 5] {
    let (ensemble, operator) = kernel(n, 45, 1);
    let full = NtkBuilder::from_ensemble(&ensemble).build().unwrap().eigenvalues().unwrap();
    let lambda = 0.05;
    let mean = |f: &dyn Fn(f64) -> f64| full.iter().map(|x| f(x.max(0.0))).sum::<f64>() / n as f64;
    let exact = [
        mean(&|x| (x + lambda).ln()),
        mean(&|x| x / (x + lambda)),
        mean(&|x| 1.0 / (x + lambda)),
        mean(&|x| x),
        mean(&|x| f64::from(u8::from(x > 0.1 && x <= 0.6))),
    ];
    let mut within = [0; 5];
    for seed in 0..100 {
        let estimate = quadrature(probes, steps).with_seed(seed).estimate(&operator).unwrap();
        let found = [
            estimate.log_determinant(lambda).unwrap(),
            estimate.effective_dimension(lambda).unwrap(),
            estimate.inverse_trace(lambda).unwrap(),
            estimate.expectation(&|x| x).unwrap(),
            estimate.interval_mass(0.1, 0.6).unwrap(),
        ];
        for ((within, found), exact) in within.iter_mut().zip(found).zip(exact) {
            let error = found.standard_error.unwrap();
            assert!(error < 0.1 * exact.abs().max(0.2), "{found:?} says nothing of {exact}");
            *within += usize::from((found.mean - exact).abs() <= 3.0 * error);
        }
    }
    println!("n = {n}: within three standard errors in {within:?} of 100 seeds");
    within
}

#[test]
fn sums_are_within_three_standard_errors() {
    let within = sums_within_errors(2000, 12, 40);
    assert!(within.iter().all(|count| *count >= 95), "{within:?}");
}

#[test]
fn sums_are_within_three_standard_errors_with_a_null_space() {
    let within = sums_within_errors(3 * 45 * 45, 12, 30);
    assert!(within.iter().all(|count| *count >= 95), "{within:?}");
}

#[test]
fn same_bits_for_the_same_seed_on_any_number_of_threads() {
    let (_, operator) = kernel(900, 35, 2);
    let run = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| quadrature(2, 30).with_seed(seed).estimate(&operator).unwrap())
    };
    let first = run(1, 5);
    assert_eq!(first, run(2, 5));
    assert_eq!(first, run(3, 5));
    assert_ne!(first, run(1, 6));
}

#[test]
fn one_pass_agrees_with_two() {
    let (_, operator) = kernel(900, 35, 2);
    let two = quadrature(2, 60).estimate(&operator).unwrap();
    let one = quadrature(2, 60).with_reorthogonalisation(Reorthogonalisation::Adaptive);
    let one = one.estimate(&operator).unwrap();
    let (one, two) = [one, two].map(|e| e.log_determinant(0.1).unwrap().mean).into();
    assert!((one / two - 1.0).abs() < 1e-9, "{one} {two}");
}

/// Ends the work after some steps.
fn after(steps: usize) -> impl Fn(Progress) -> ControlFlow<()> + Send + Sync {
    move |progress| {
        if progress.done < steps { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

#[test]
fn resumed_work_has_the_same_bits() {
    for (n, d) in [(500, 25), (900, 20)] {
        let (_, operator) = kernel(n, d, 3);
        let plain = quadrature(3, 25).with_seed(9);
        let expected = plain.estimate(&operator).unwrap();
        // In the first step, on an interval, off it, in later probes, at the very end.
        for stop in [1, 4, 8, 11, 25, 26, 33, 61, 75] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("state");
            let kept =
                plain.clone().with_checkpoint(Checkpoint::new(&path).with_interval(4).unwrap());
            let stopped = kept.clone().with_observer(after(stop)).estimate(&operator);
            assert!(matches!(stopped, Err(Error::Cancelled { .. })), "{stop}");
            // Stopped again on the way.
            let again = kept.clone().with_observer(after(2)).estimate(&operator);
            if stop < 75 {
                assert!(matches!(again, Err(Error::Cancelled { .. })), "{stop}");
            }
            assert_eq!(kept.estimate(&operator).unwrap(), expected, "{stop}");
            // Finished work is not done again, but for the step that is compared.
            let products = Counted { operator: &operator, products: AtomicUsize::new(0) };
            assert_eq!(kept.estimate(&products).unwrap(), expected);
            assert_eq!(products.products.into_inner(), 1);
            // Nothing else is left in the folder.
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }
}

#[test]
fn more_probes_go_on_from_fewer() {
    let (_, operator) = kernel(400, 25, 3);
    let folder = tempfile::tempdir().unwrap();
    let checkpoint = Checkpoint::new(folder.path().join("state"));
    quadrature(2, 20).with_checkpoint(checkpoint.clone()).estimate(&operator).unwrap();
    let more = quadrature(5, 20).with_checkpoint(checkpoint.clone()).estimate(&operator).unwrap();
    assert_eq!(more, quadrature(5, 20).estimate(&operator).unwrap());
    let fewer = quadrature(1, 20).with_checkpoint(checkpoint).estimate(&operator).unwrap();
    assert_eq!(fewer, quadrature(1, 20).estimate(&operator).unwrap());
}

/// A file with two probes and a part of the third, and fewer that are wanted.
#[test]
fn fewer_probes_than_a_file_holds() {
    let (_, operator) = kernel(400, 25, 3);
    for probes in [1, 2, 3] {
        let folder = tempfile::tempdir().unwrap();
        let checkpoint = Checkpoint::new(folder.path().join("state")).with_interval(5).unwrap();
        let stopped =
            quadrature(4, 20).with_checkpoint(checkpoint.clone()).with_observer(after(48));
        assert!(matches!(stopped.estimate(&operator), Err(Error::Cancelled { .. })));
        let fewer = quadrature(probes, 20).with_checkpoint(checkpoint).estimate(&operator);
        assert_eq!(fewer.unwrap(), quadrature(probes, 20).estimate(&operator).unwrap());
    }
}

/// In how many of `seeds` estimates the sums of a kernel with a hard edge are within three
/// stated errors, at ridges from below its resolution to far above: for each sum the least.
fn covered(gamma1: f64, seeds: u64) -> [usize; 3] {
    let d = 20;
    let n = (gamma1 * (d * d) as f64) as usize;
    let (ensemble, operator) = kernel(n, d, 7);
    let full = NtkBuilder::from_ensemble(&ensemble).build().unwrap().eigenvalues().unwrap();
    let full = EmpiricalSpectrum::new(&full).unwrap();
    let mut least = [usize::MAX; 3];
    let estimates: Vec<SpectralEstimate> = (0..seeds)
        .map(|seed| quadrature(4, 20).with_seed(seed).estimate(&operator).unwrap())
        .collect();
    for lambda in [1e-6, 1e-4, 1e-2, 1.0] {
        let exact = [
            full.effective_dimension(lambda).unwrap(),
            full.log_determinant(lambda).unwrap(),
            full.inverse_trace(lambda).unwrap(),
        ];
        let mut within = [0; 3];
        for estimate in &estimates {
            let found = [
                estimate.effective_dimension(lambda).unwrap(),
                estimate.log_determinant(lambda).unwrap(),
                estimate.inverse_trace(lambda).unwrap(),
            ];
            for ((within, found), exact) in within.iter_mut().zip(found).zip(exact) {
                let [lower, upper] = found.bracket.unwrap();
                assert!(lower <= found.mean && found.mean <= upper, "{found:?}");
                let error = found.standard_error.unwrap();
                *within += usize::from((found.mean - exact).abs() <= 3.0 * error);
            }
        }
        for (least, within) in least.iter_mut().zip(within) {
            *least = within.min(*least);
        }
    }
    least
}

#[test]
fn stated_errors_hold_at_a_hard_edge_and_beside_it() {
    for gamma1 in [0.5, 1.0, 2.0] {
        let covered = covered(gamma1, 60);
        assert!(covered.iter().all(|count| *count >= 57), "γ1 = {gamma1}: {covered:?} of 60");
    }
}

/// Random signs see a diagonal matrix exactly, so that its sums are in the bracket whatever
/// the seed, and the closer the more steps there are.
#[test]
fn brackets_hold_what_the_steps_leave_out() {
    let values: Vec<f64> = (0..400).map(|k| 1e-7 + (k as f64 / 400.0).powi(2)).collect();
    let mean = |f: &dyn Fn(f64) -> f64| values.iter().map(|x| f(*x)).sum::<f64>() / 400.0;
    for lambda in [1e-6, 1e-4, 1e-2, 1.0] {
        let exact = [
            mean(&|x| x / (x + lambda)),
            mean(&|x| (x + lambda).ln()),
            mean(&|x| 1.0 / (x + lambda)),
        ];
        for bound in [0.0, 1e-7] {
            let mut widths = [f64::INFINITY; 3];
            for steps in [1, 2, 5, 20, 60] {
                let quadrature = quadrature(2, steps).with_lower_bound(bound).unwrap();
                let estimate = quadrature.estimate(&diagonal(&values)).unwrap();
                let found = [
                    estimate.effective_dimension(lambda).unwrap(),
                    estimate.log_determinant(lambda).unwrap(),
                    estimate.inverse_trace(lambda).unwrap(),
                ];
                for ((found, exact), width) in found.iter().zip(exact).zip(&mut widths) {
                    let [lower, upper] = found.bracket.unwrap();
                    let rounding = 1e-12 * exact.abs();
                    assert!(lower - rounding <= exact && exact <= upper + rounding, "{found:?}");
                    assert!(upper - lower <= *width + rounding, "{found:?}");
                    let error = found.standard_error.unwrap() + rounding;
                    assert!((found.mean - exact).abs() <= 3.0 * error, "{found:?} not {exact}");
                    *width = upper - lower;
                }
            }
        }
        // Where nothing is known there is no bracket.
        let estimate = quadrature(2, 5).estimate(&diagonal(&values)).unwrap();
        assert_eq!(estimate.log_determinant(lambda).unwrap().bracket, None);
    }
    let bounded = |bound| quadrature(2, 30).with_lower_bound(bound);
    assert!(bounded(0.01).unwrap().estimate(&diagonal(&values[40..])).is_ok());
    for wrong in [0.05, 0.5, 2.0] {
        let result = bounded(wrong).unwrap().estimate(&diagonal(&values[40..]));
        assert!(matches!(result, Err(Error::InvalidParameter { name: "bound", .. })), "{wrong}");
    }
    // Far below, where no bracket is left.
    for low in [-2.0, -1e300, f64::MIN] {
        let estimate = bounded(low).unwrap().estimate(&diagonal(&values)).unwrap();
        let sum = estimate.log_determinant(1.0).unwrap();
        assert!(sum.bracket.is_none() && sum.mean.is_finite());
    }
    for wrong in [f64::NAN, f64::INFINITY] {
        assert!(matches!(bounded(wrong), Err(Error::InvalidParameter { name: "bound", .. })));
    }
    // Zeros of a kernel with n > dp.
    let above = bounded(0.1).unwrap().estimate(&kernel(700, 15, 1).1);
    assert!(matches!(above, Err(Error::InvalidParameter { name: "bound", .. })));
    let condition = quadrature(2, 9).estimate(&kernel(200, 20, 1).1).unwrap();
    let condition = condition.condition_number(0.1).unwrap();
    let [lower, upper] = condition.bracket.unwrap();
    let full = NtkBuilder::from_ensemble(&kernel(200, 20, 1).0).build().unwrap();
    let full = EmpiricalSpectrum::new(full.eigenvalues().unwrap()).unwrap();
    let exact = full.condition_number(0.1).unwrap();
    assert!(condition.mean <= lower * (1.0 + 1e-12) && lower <= exact * (1.0 + 1e-12));
    assert!(exact <= upper * (1.0 + 1e-9));
}

/// The exact trace takes out of the error what it can.
#[test]
fn a_known_trace_makes_errors_smaller() {
    struct Unknown<'a>(&'a NtkOperator);
    impl SymmetricOperator for Unknown<'_> {
        fn size(&self) -> usize {
            self.0.size()
        }
        fn apply(
            &self,
            out: ArrayViewMut2<'_, f64>,
            rhs: ArrayView2<'_, f64>,
        ) -> Result<(), Error> {
            self.0.apply(out, rhs)
        }
    }
    let (_, operator) = kernel(500, 25, 2);
    let known = quadrature(4, 40).estimate(&operator).unwrap();
    let unknown = quadrature(4, 40).estimate(&Unknown(&operator)).unwrap();
    let trace = known.expectation(&|x| x).unwrap().times(500.0);
    assert!((trace.mean / operator.trace().unwrap() - 1.0).abs() < 1e-12, "{trace:?}");
    assert!(trace.standard_error.unwrap() < 1e-10 * trace.mean);
    let error = |estimate: &SpectralEstimate, lambda: f64| {
        estimate.log_determinant(lambda).unwrap().standard_error.unwrap()
    };
    let [with, without] = [error(&known, 1.0), error(&unknown, 1.0)];
    assert!(with < 0.7 * without, "{with:e}, {without:e}");
}

#[test]
fn eigenvalues_set_aside_are_exact() {
    // Repeated ones too: copies of what is set aside stay in the rest.
    let mut values: Vec<f64> = (1..=200).map(|k| k as f64 / 200.0).collect();
    values.extend([50.0, 50.0, 40.0, 30.0]);
    let n = values.len() as f64;
    let matrix = diagonal(&values);
    let deflated = quadrature(3, 30).with_deflation(3, 30).unwrap().estimate(&matrix).unwrap();
    assert_eq!(deflated.products(), 4 * 30);
    assert_eq!(deflated.set_aside().len(), 3);
    for found in deflated.set_aside() {
        assert!([50.0, 40.0, 30.0].iter().any(|exact| (found - exact).abs() < 1e-11), "{found}");
    }
    let mean = |f: &dyn Fn(f64) -> f64| values.iter().map(|x| f(*x)).sum::<f64>() / n;
    for (found, exact) in [
        (deflated.expectation(&|x| x).unwrap(), mean(&|x| x)),
        (deflated.expectation(&|x| x * x).unwrap(), mean(&|x| x * x)),
        (deflated.log_determinant(0.1).unwrap(), mean(&|x| (x + 0.1).ln())),
        (deflated.effective_dimension(0.1).unwrap(), mean(&|x| x / (x + 0.1))),
    ] {
        let error = found.standard_error.unwrap();
        assert!((found.mean - exact).abs() <= 3.0 * error + 1e-12 * exact.abs(), "{found:?}");
    }
    let weights: f64 = deflated.nodes().iter().map(|node| node.1).sum();
    assert!((weights - 1.0).abs() < 1e-13);
    // The mass of the copies: one is known, one is estimated.
    assert!((deflated.interval_mass(35.0, 60.0).unwrap().mean * n - 3.0).abs() < 2.0);

    // More than there are, and none at all.
    for n in [1, 2, 3] {
        let small = diagonal(&[3.0, 2.0, 1.0][..n]);
        let all = quadrature(2, 9).with_deflation(9, 9).unwrap().estimate(&small).unwrap();
        let exact = [3.0, 2.5, 2.0][n - 1];
        assert!((all.expectation(&|x| x).unwrap().mean - exact).abs() < 1e-13);
        assert!(
            (all.expectation(&|x| 1.0 / x).unwrap().mean * n as f64
                - [1.0 / 3.0, 5.0 / 6.0, 11.0 / 6.0][n - 1])
                .abs()
                < 1e-13
        );
    }
    let zero = quadrature(2, 9).with_deflation(2, 9).unwrap();
    assert_eq!(zero.estimate(&Array2::<f64>::zeros((6, 6))).unwrap().cdf(0.0).mean, 1.0);
    for (count, steps) in [(0, 1), (1, 0)] {
        let refused = quadrature(1, 1).with_deflation(count, steps);
        assert!(matches!(refused, Err(Error::InvalidSize { .. })));
    }
}

/// A kernel's sums, with its outliers set aside, at the same number of products.
#[test]
fn deflation_makes_errors_smaller() {
    for n in [300, 900] {
        let (ensemble, operator) = kernel(n, 20, 4);
        let full = NtkBuilder::from_ensemble(&ensemble).build().unwrap().eigenvalues().unwrap();
        let exact = EmpiricalSpectrum::new(&full).unwrap().log_determinant(1.0).unwrap();
        let (mut plain, mut deflated, mut stated) = (0.0_f64, 0.0_f64, 0.0);
        for seed in 0..20 {
            let whole = quadrature(10, 40).with_seed(seed).estimate(&operator).unwrap();
            let rest = quadrature(8, 40).with_seed(seed).with_deflation(40, 80).unwrap();
            let rest = rest.estimate(&operator).unwrap();
            assert!(rest.set_aside().len() >= 20 && rest.products() <= whole.products());
            plain = plain.hypot(whole.log_determinant(1.0).unwrap().mean - exact);
            let found = rest.log_determinant(1.0).unwrap();
            deflated = deflated.hypot(found.mean - exact);
            let error = found.standard_error.unwrap();
            assert!((found.mean - exact).abs() < 5.0 * error);
            stated = error.hypot(stated);
        }
        assert!(deflated < 0.4 * plain, "{n}: {deflated:e}, {plain:e}");
        assert!(stated < 2.0 * deflated && deflated < 2.0 * stated, "{stated:e}, {deflated:e}");
    }
}

#[test]
fn resumed_deflation_has_the_same_bits() {
    for (n, d) in [(300, 25), (500, 15)] {
        let (_, operator) = kernel(n, d, 3);
        let plain = quadrature(2, 20).with_seed(9).with_deflation(5, 60).unwrap();
        let expected = plain.estimate(&operator).unwrap();
        assert_eq!(expected.set_aside().len(), 5);
        for stop in [3, 59, 66, 79, 95] {
            let folder = tempfile::tempdir().unwrap();
            let checkpoint = Checkpoint::new(folder.path().join("state")).with_interval(4).unwrap();
            let kept = plain.clone().with_checkpoint(checkpoint.clone());
            // The observer counts the steps of the deflation and those of the probes apart.
            let seen = AtomicUsize::new(0);
            let until = move |_: Progress| match seen.fetch_add(1, Ordering::Relaxed) < stop {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            };
            let stopped = kept.clone().with_observer(until).estimate(&operator);
            assert!(matches!(stopped, Err(Error::Cancelled { .. })), "{stop}");
            assert_eq!(kept.estimate(&operator).unwrap(), expected, "{stop}");
            // Other numbers of eigenvalues, or of steps to find them, are other computations.
            let plain = quadrature(2, 20).with_seed(9);
            let deflated = |count, steps| plain.clone().with_deflation(count, steps).unwrap();
            for other in [plain.clone(), deflated(4, 60), deflated(5, 61), deflated(5, 59)] {
                let other = other.with_checkpoint(checkpoint.clone()).estimate(&operator);
                assert!(matches!(other, Err(Error::OtherCheckpoint { what: "deflation", .. })));
            }
        }
    }
}

/// Ritz values lie inside the spectrum.
#[test]
fn condition_numbers_are_bounds_from_below() {
    let values: Vec<f64> = (1..=60).map(f64::from).collect();
    let estimate = quadrature(3, 25).estimate(&diagonal(&values)).unwrap();
    let condition = estimate.condition_number(1.0).unwrap();
    assert!(condition.mean <= 61.0 / 2.0 && condition.mean > 29.0, "{condition}");
    assert!(estimate.condition_number(-1.0).is_err());
}

struct Counted<'a> {
    operator: &'a NtkOperator,
    products: AtomicUsize,
}

impl SymmetricOperator for Counted<'_> {
    fn size(&self) -> usize {
        self.operator.size()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        self.products.fetch_add(rhs.ncols(), Ordering::Relaxed);
        self.operator.apply(out, rhs)
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        let inner = self.operator.compressed()?;
        Some(Box::new(CountedBox { inner, products: &self.products }))
    }

    fn lower_bound(&self) -> Option<f64> {
        self.operator.lower_bound()
    }

    fn exact_trace(&self) -> Result<Option<f64>, Error> {
        self.operator.exact_trace()
    }
}

struct CountedBox<'a> {
    inner: Box<dyn SymmetricOperator + 'a>,
    products: &'a AtomicUsize,
}

impl SymmetricOperator for CountedBox<'_> {
    fn size(&self) -> usize {
        self.inner.size()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        self.products.fetch_add(rhs.ncols(), Ordering::Relaxed);
        self.inner.apply(out, rhs)
    }
}

#[test]
fn foreign_and_damaged_checkpoints_are_refused() {
    let (_, operator) = kernel(300, 20, 3);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let kept = |quadrature: StochasticQuadrature| {
        quadrature.with_checkpoint(Checkpoint::new(&path).with_interval(5).unwrap())
    };
    let stopped = kept(quadrature(2, 20)).with_observer(after(12)).estimate(&operator);
    assert!(matches!(stopped, Err(Error::Cancelled { .. })));
    let state = fs::read(&path).unwrap();

    let other = |result: Result<SpectralEstimate, Error>, expected: &str| match result {
        Err(Error::OtherCheckpoint { what, .. }) => assert_eq!(what, expected),
        other => panic!("{other:?}"),
    };
    other(kept(quadrature(2, 20).with_seed(1)).estimate(&operator), "seed");
    other(kept(quadrature(2, 21)).estimate(&operator), "steps");
    let full = quadrature(2, 20).with_reorthogonalisation(Reorthogonalisation::Adaptive);
    other(kept(full).estimate(&operator), "reorthogonalisation");
    let deflated = quadrature(2, 20).with_deflation(3, 30).unwrap();
    other(kept(deflated).estimate(&operator), "deflation");
    other(kept(quadrature(2, 20)).estimate(&kernel(301, 20, 3).1), "size");
    // The same sizes, another X and W.
    other(kept(quadrature(2, 20)).estimate(&kernel(300, 20, 4).1), "first step");

    let refused = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let result = kept(quadrature(2, 20)).estimate(&operator);
        assert!(matches!(result, Err(Error::NotRead { .. })), "{result:?}");
        let message = result.unwrap_err().to_string();
        assert!(message.contains("state"), "{message}");
    };
    for length in [0, 1, 7, 8, 100, state.len() / 2, state.len() - 1] {
        refused(&state[..length]);
    }
    refused(b"some other text, long enough to have a header");
    refused(&[0xff; 4096]);
    let mut nan = state.clone();
    let end = nan.len();
    nan[end - 8..].copy_from_slice(&f64::NAN.to_le_bytes());
    refused(&nan);
    // A file of the format, of something else.
    let empty = b"{\"__metadata__\":{\"format\":\"weights\"}}";
    refused(&[&(empty.len() as u64).to_le_bytes()[..], empty].concat());
    // What was refused is still there.
    assert!(fs::metadata(&path).unwrap().len() > 0);
    fs::write(&path, &state).unwrap();
    assert_eq!(
        kept(quadrature(2, 20)).estimate(&operator).unwrap(),
        quadrature(2, 20).estimate(&operator).unwrap()
    );

    let nowhere = Checkpoint::new(Path::new("no such folder").join("state")).with_interval(1);
    let result = quadrature(1, 5).with_checkpoint(nowhere.unwrap()).estimate(&operator);
    assert!(matches!(result, Err(Error::NotWritten { .. })), "{result:?}");
    let directory = quadrature(1, 5).with_checkpoint(Checkpoint::new(folder.path()));
    assert!(matches!(directory.estimate(&operator), Err(Error::NotRead { .. })));
    assert!(matches!(
        Checkpoint::new("state").with_interval(0),
        Err(Error::InvalidSize { name: "steps", .. })
    ));
}

#[test]
fn refusals() {
    for (probes, steps, expected) in [(0, 5, "probes"), (5, 0, "steps")] {
        match StochasticQuadrature::new(probes, steps) {
            Err(Error::InvalidSize { name, .. }) => assert_eq!(name, expected),
            other => panic!("{other:?}"),
        }
    }
    let none = Array2::<f64>::zeros((0, 0));
    assert!(matches!(quadrature(1, 1).estimate(&none), Err(Error::InvalidSize { .. })));
    let limited = quadrature(1, 10).with_memory_limit(8 * 100 * 10);
    let result = limited.estimate(&Array2::<f64>::eye(100));
    assert!(matches!(result, Err(Error::MemoryLimit { columns: 11, .. })), "{result:?}");

    let sample = TwoLayerEnsemble::new(Dimensions::new(60, 6, 6).unwrap(), Tanh).sample().unwrap();
    let operator = NtkBuilder::from_sample(&sample).build_operator().unwrap();
    let estimate = quadrature(2, 10).estimate(&operator).unwrap();
    let refused = |name: &str, result: Result<Estimate, Error>| match result {
        Err(Error::InvalidParameter { name: found, .. }) => assert_eq!(found, name),
        other => panic!("{other:?}"),
    };
    for lambda in [-1e-3, f64::NAN, f64::INFINITY] {
        refused("lambda", estimate.log_determinant(lambda));
        refused("lambda", estimate.effective_dimension(lambda));
        refused("lambda", estimate.inverse_trace(lambda));
    }
    refused("lambda", estimate.effective_dimension(0.0));
    // n > dp: there are zeros.
    refused("lambda", estimate.log_determinant(0.0));
    refused("lambda", estimate.inverse_trace(0.0));
    refused("b", estimate.interval_mass(1.0, 0.5));
    refused("b", estimate.interval_mass(f64::NAN, 0.5));
    refused("f at a node", estimate.expectation(&f64::ln));
    for width in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        refused("width", estimate.density(1.0, width));
    }
    for q in [-0.1, 1.1, f64::NAN] {
        assert!(matches!(estimate.quantile(q), Err(Error::InvalidParameter { name: "q", .. })));
    }
    let cancelled = quadrature(2, 10).with_observer(after(3)).estimate(&operator);
    assert!(matches!(cancelled, Err(Error::Cancelled { done: 3, total: 20, .. })));
}
