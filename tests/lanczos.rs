//! The Lanczos process and the extreme eigenvalues it finds.

use std::f64::consts::PI;
use std::ops::ControlFlow;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis};
use ntk_spectrum::activation::Relu;
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::krylov::{
    ExtremeEigenvalues, Extremes, JacobiMatrix, Lanczos, Probe, Reorthogonalisation,
    SymmetricOperator,
};
use ntk_spectrum::ntk::NtkBuilder;
use ntk_spectrum::observer::{Progress, Stage};
use ntk_spectrum::{Dimensions, Error};

const BOTH: [Reorthogonalisation; 2] = [Reorthogonalisation::Adaptive, Reorthogonalisation::Twice];

/// A symmetric matrix with the given eigenvalues: a product of reflections.
fn with_eigenvalues(eigenvalues: &[f64]) -> Array2<f64> {
    let n = eigenvalues.len();
    let mut matrix = Array2::from_diag(&Array1::from(eigenvalues.to_vec()));
    for seed in 0..3 {
        let mut v = Array1::from(Probe { seed, index: 0 }.signs(0..n).unwrap());
        v.iter_mut().enumerate().for_each(|(i, entry)| *entry *= 1.0 + (i % 7) as f64);
        let length = v.dot(&v).sqrt();
        v /= length;
        // H M H for H = 1 − 2vvᵀ.
        let u = matrix.dot(&v);
        let c = v.dot(&u);
        for ((i, j), entry) in matrix.indexed_iter_mut() {
            *entry += -2.0 * (v[i] * u[j] + u[i] * v[j]) + 4.0 * c * v[i] * v[j];
        }
    }
    (&matrix + &matrix.t()) / 2.0
}

fn signs(n: usize) -> Array1<f64> {
    Array1::from(Probe { seed: 1, index: 0 }.signs(0..n).unwrap())
}

fn assert_bounded(found: &[ntk_spectrum::krylov::RitzValue], exact: &[f64], size: f64) {
    assert_eq!(found.len(), exact.len());
    for (found, exact) in found.iter().zip(exact) {
        let error = (found.value - exact).abs();
        assert!(error <= found.residual_bound, "{found:?}: off by {error:e}");
        assert!(found.residual_bound <= 1e-11 * size, "{found:?}");
        assert!(error <= 1e-13 * size, "{found:?} not {exact}");
    }
}

#[test]
fn a_tridiagonal_matrix_is_found_again() {
    let n = 30;
    let alpha: Vec<f64> = (0..n).map(|k| 1.0 + (k as f64).sin()).collect();
    let beta: Vec<f64> = (1..n).map(|k| 0.3 + 1.0 / k as f64).collect();
    let mut matrix = Array2::from_diag(&Array1::from(alpha.clone()));
    for (k, beta) in beta.iter().enumerate() {
        matrix[[k, k + 1]] = *beta;
        matrix[[k + 1, k]] = *beta;
    }
    let mut start = Array1::zeros(n);
    start[0] = 7.0;
    for kept in BOTH {
        let lanczos = Lanczos::new(100).unwrap().with_reorthogonalisation(kept);
        let jacobi = lanczos.run(&matrix, start.view()).unwrap();
        assert_eq!(jacobi.steps(), n);
        let close = |found: &[f64], exact: &[f64]| {
            found.iter().zip(exact).all(|(found, exact)| (found - exact).abs() < 1e-13)
        };
        assert!(close(jacobi.alpha(), &alpha));
        assert!(close(jacobi.beta(), &[beta.as_slice(), &[0.0]].concat()));
    }
}

#[test]
fn gauss_rules_integrate_polynomials() {
    let eigenvalues: Vec<f64> = (0..80).map(|k| (0.1 * k as f64).cos()).collect();
    let matrix = with_eigenvalues(&eigenvalues);
    let start = signs(80);
    let jacobi = Lanczos::new(9).unwrap().run(&matrix, start.view()).unwrap();
    let (nodes, weights) = jacobi.gauss_rule().unwrap();
    let mut power = start.clone();
    for k in 0..18 {
        let exact = start.dot(&power) / 80.0;
        let found: f64 = nodes.iter().zip(&weights).map(|(x, w)| w * x.powi(k)).sum();
        assert!((found - exact).abs() < 1e-13, "order {k}: {found} not {exact}");
        power = matrix.dot(&power);
    }
    // The next order is not exact.
    let exact = start.dot(&power) / 80.0;
    let found: f64 = nodes.iter().zip(&weights).map(|(x, w)| w * x.powi(18)).sum();
    assert!((found - exact).abs() > 1e-9);
}

#[test]
fn gauss_radau_rules_have_a_node_at_the_end() {
    let eigenvalues: Vec<f64> = (0..80).map(|k| 1.0 + (0.1 * k as f64).cos()).collect();
    let matrix = with_eigenvalues(&eigenvalues);
    for scale in [1.0, 1e-200, 1e200] {
        for end in [0.0, -0.3, -40.0] {
            let lanczos = Lanczos::new(6).unwrap();
            let jacobi = lanczos.run(&(&matrix * scale), signs(80).view()).unwrap();
            let (nodes, weights) = jacobi.gauss_radau_rule(end * scale).unwrap();
            assert_eq!((nodes.len(), nodes[0]), (7, end * scale));
            assert!(nodes.is_sorted() && weights.iter().all(|weight| *weight > 0.0));
            // Moments, exact to degree 12.
            let mut power = signs(80);
            for k in 0..=12 {
                let exact = signs(80).dot(&power) / 80.0;
                let found = nodes.iter().zip(&weights);
                let found: f64 = found.map(|(x, w)| w * (x / scale).powi(k)).sum();
                assert!((found - exact).abs() < 1e-10 * exact, "{end}, {k}: {found} not {exact}");
                power = matrix.dot(&power);
            }
        }
    }
    // An eigenvalue at the end itself, which the process finds to rounding.
    let kernel = linear_kernel(40, 5);
    let jacobi = Lanczos::new(40).unwrap().run(&kernel, signs(40).view()).unwrap();
    for steps in 1..=jacobi.steps() {
        let (nodes, weights) = jacobi.truncated(steps).gauss_radau_rule(0.0).unwrap();
        assert!(nodes.iter().chain(&weights).all(|x| x.is_finite()));
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        let first: f64 = nodes.iter().zip(&weights).map(|(x, w)| w * x).sum();
        assert!((first / jacobi.alpha()[0] - 1.0).abs() < 1e-12, "{steps}");
    }
    let wrong = jacobi.gauss_radau_rule(1.0);
    assert!(matches!(wrong, Err(Error::InvalidParameter { name: "end", value: 1.0, .. })));
    assert!(jacobi.gauss_radau_rule(f64::NAN).is_err());
}

#[test]
fn degenerate_operators_end_the_process_early() {
    let n = 50;
    let one = Array1::<f64>::ones(n).insert_axis(Axis(1));
    let cases: [(&str, Array2<f64>, usize); 5] = [
        ("zero", Array2::zeros((n, n)), 1),
        ("identity", Array2::eye(n), 1),
        ("huge", Array2::eye(n) * 1e150, 1),
        ("rank one", one.dot(&one.t()), 2),
        (
            "three eigenvalues",
            with_eigenvalues(&[[1.0; 20].as_slice(), &[2.0; 20], &[5.0; 10]].concat()),
            3,
        ),
    ];
    for (name, matrix, steps) in cases {
        for kept in BOTH {
            let lanczos = Lanczos::new(n).unwrap().with_reorthogonalisation(kept);
            let jacobi = lanczos.run(&matrix, signs(n).view()).unwrap();
            assert_eq!(jacobi.steps(), steps, "{name}");
            assert_eq!(jacobi.beta()[steps - 1], 0.0, "{name}");
            let (nodes, weights) = jacobi.gauss_rule().unwrap();
            assert!(nodes.iter().chain(&weights).all(|x| x.is_finite()), "{name}");
            assert!(jacobi.residual_bounds().unwrap().iter().all(|bound| *bound == 0.0));
        }
    }
}

/// A spectrum off its middle: a vector A q has most of its length along q.
#[test]
fn one_pass_keeps_vectors_orthogonal_enough() {
    for shift in [0.0, 1.0, 3.0, 10.0] {
        let eigenvalues: Vec<f64> = (0..120).map(|k| shift + (k as f64).sqrt()).collect();
        let matrix = with_eigenvalues(&eigenvalues);
        let [one, two] = BOTH.map(|kept| {
            let lanczos = Lanczos::new(100).unwrap().with_reorthogonalisation(kept);
            lanczos.run(&matrix, signs(120).view()).unwrap().gauss_rule().unwrap().0
        });
        for (one, two) in one.iter().rev().zip(two.iter().rev()).take(5) {
            assert!((one - two).abs() < 1e-12 * (shift + 11.0), "{shift}: {one} not {two}");
        }
        // A copy of a value that has converged would shift all others.
        for (one, two) in one.iter().zip(&two) {
            assert!((one - two).abs() < 1e-3, "{shift}: {one} not {two}");
        }
    }
}

#[test]
fn no_ghosts_of_outliers() {
    // An outlier converges within a few steps; without orthogonality copies of it
    // appear from then on.
    let mut eigenvalues: Vec<f64> = (0..400).map(|k| 1.0 + k as f64 / 400.0).collect();
    eigenvalues.extend([1e4, 1e6]);
    let matrix = with_eigenvalues(&eigenvalues);
    for kept in BOTH {
        let lanczos = Lanczos::new(200).unwrap().with_reorthogonalisation(kept);
        let (nodes, _) = lanczos.run(&matrix, signs(402).view()).unwrap().gauss_rule().unwrap();
        let above = nodes.iter().filter(|node| **node > 2.1).count();
        assert_eq!(above, 2, "{kept:?}: {nodes:?}");
    }
}

#[test]
fn repeated_extremes_are_all_found() {
    let mut eigenvalues = vec![0.0, 0.0, 0.0, 3.0, 3.0, 3.0, 3.0, 2.9];
    eigenvalues.extend((0..150).map(|k| 0.5 + k as f64 / 100.0));
    let matrix = with_eigenvalues(&eigenvalues);
    let found = ExtremeEigenvalues::new(6, 4).unwrap().find(&matrix).unwrap();
    assert_bounded(found.largest(), &[3.0, 3.0, 3.0, 3.0, 2.9, 1.99], 3.0);
    assert_bounded(found.smallest(), &[0.0, 0.0, 0.0, 0.5], 3.0);
}

#[test]
fn copies_along_single_entries_are_found_for_every_seed() {
    let mut diagonal = Array1::linspace(0.0, 1.0, 200);
    diagonal[7] = 3.0;
    diagonal[90] = 3.0;
    let matrix = Array2::from_diag(&diagonal);
    for seed in 0..20 {
        let found = ExtremeEigenvalues::new(3, 0).unwrap().with_seed(seed).find(&matrix).unwrap();
        assert_bounded(found.largest(), &[3.0, 3.0, 1.0], 3.0);
    }
}

#[test]
fn degenerate_operators_have_extremes() {
    let extremes = |matrix: &Array2<f64>, largest, smallest| -> Extremes {
        ExtremeEigenvalues::new(largest, smallest).unwrap().find(matrix).unwrap()
    };
    let identity = extremes(&Array2::eye(5), 3, 1);
    assert_bounded(identity.largest(), &[1.0; 3], 1.0);
    assert_bounded(identity.smallest(), &[1.0], 1.0);
    let zero = extremes(&Array2::zeros((4, 4)), 4, 4);
    assert!(zero.largest().iter().chain(zero.smallest()).all(|ritz| ritz.value == 0.0));
    let one = extremes(&Array2::from_elem((1, 1), -2.5), 1, 1);
    assert_bounded(one.largest(), &[-2.5], 2.5);
    assert_bounded(one.smallest(), &[-2.5], 2.5);
    // All of them, from both sides.
    let all = extremes(&with_eigenvalues(&[-1.0, 2.0, 2.0, 4.0]), 4, 4);
    assert_bounded(all.largest(), &[4.0, 2.0, 2.0, -1.0], 4.0);
    assert_bounded(all.smallest(), &[-1.0, 2.0, 2.0, 4.0], 4.0);
}

/// K = XXᵀ/d for some vectors in d dimensions: rank d.
fn linear_kernel(n: usize, d: usize) -> Array2<f64> {
    let x = Array2::from_shape_fn((n, d), |(i, j)| ((i * 31 + j * 17) as f64).sin());
    let noise = Probe { seed: 5, index: 1 }.signs(0..n * d).unwrap();
    let x = x + 0.5 * Array2::from_shape_vec((n, d), noise).unwrap();
    x.dot(&x.t()) / d as f64
}

/// All eigenvalues by the dense solver, ascending.
fn dense_eigenvalues(matrix: &Array2<f64>) -> Vec<f64> {
    let faer = faer::Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[[i, j]]);
    faer.self_adjoint_eigenvalues(faer::Side::Lower).unwrap()
}

/// Once everything that is not 0 has been found, rounding is all that is left.
#[test]
fn operators_of_low_rank_have_extremes() {
    let n = 60;
    let repeated = |matrix: &Array2<f64>| {
        Array2::from_shape_fn((n, n), |(i, j)| matrix[[i % matrix.nrows(), j % matrix.nrows()]])
    };
    let blocks = |matrix: &Array2<f64>| {
        let size = matrix.nrows();
        Array2::from_shape_fn((n, n), |(i, j)| {
            if i / size == j / size { matrix[[i % size, j % size]] } else { 0.0 }
        })
    };
    let one = Array2::from_shape_fn((n, 1), |(i, _)| 1.0 + (i as f64).cos());
    let ridge = Array2::<f64>::eye(n) * 1e-3;
    let cases = [
        ("rank 10", linear_kernel(n, 10)),
        ("rank 3", linear_kernel(n, 3)),
        ("each sample twice", repeated(&linear_kernel(n / 2, 40))),
        ("each sample four times", repeated(&linear_kernel(n / 4, 20))),
        ("uuᵀ", one.dot(&one.t())),
        ("−uuᵀ", -one.dot(&one.t())),
        ("zero", Array2::zeros((n, n))),
        ("identity", Array2::eye(n)),
        ("copies of a block", blocks(&linear_kernel(n / 5, 4))),
        ("low rank and a ridge", linear_kernel(n, 10) + ridge),
        ("indefinite", linear_kernel(n, 4) - one.dot(&one.t())),
    ];
    for (name, matrix) in &cases {
        for scale in [1.0, 1e-200, 1e200] {
            let matrix = matrix * scale;
            let exact = dense_eigenvalues(&(&matrix / scale));
            let norm = exact.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
            for (largest, smallest) in [(1, 0), (0, 1), (10, 0), (0, 10), (30, 0), (7, 12)] {
                for seed in 0..3 {
                    let search = ExtremeEigenvalues::new(largest, smallest).unwrap();
                    let found = search.with_seed(seed).find(&matrix);
                    let found = found.unwrap_or_else(|error| panic!("{name}: {error}"));
                    let from_top = found.largest().iter().zip(exact.iter().rev());
                    for (ritz, exact) in from_top.chain(found.smallest().iter().zip(&exact)) {
                        let error = (ritz.value / scale - exact).abs();
                        let bound = ritz.residual_bound / scale;
                        // What the dense solver may be off by itself.
                        assert!(error <= bound + 1e-13 * norm, "{name}: {ritz:?} not {exact}");
                        assert!(bound <= 1e-11 * norm, "{name}: {ritz:?}");
                        // Zero up to 16 roundings of the whole operator.
                        if exact.abs() < 1e-14 * norm {
                            let zero = 16.0 * f64::EPSILON * norm;
                            assert!((ritz.value / scale).abs() <= zero, "{name}: {ritz:?}");
                        }
                    }
                }
            }
        }
    }
}

/// Low rank, and not symmetric.
#[test]
fn asymmetric_operators_of_low_rank_are_refused() {
    let n = 60;
    let u = Array2::from_shape_fn((n, 1), |(i, _)| 1.0 + (i as f64).cos());
    let v = Array2::from_shape_fn((n, 1), |(i, _)| (i as f64).sin());
    for amount in [1.0, 1e-3, 1e-6] {
        for scale in [1e-200, 1.0, 1e200] {
            let matrix = (linear_kernel(n, 5) + u.dot(&v.t()) * amount) * scale;
            for (largest, smallest) in [(1, 0), (10, 0), (0, 10)] {
                let found = ExtremeEigenvalues::new(largest, smallest).unwrap().find(&matrix);
                assert!(matches!(found, Err(Error::NotSymmetric { .. })), "{amount}: {found:?}");
            }
        }
    }
}

/// Squares of entries of A v would underflow or overflow.
#[test]
fn the_scale_of_an_operator_does_not_matter() {
    let matrix = with_eigenvalues(&(0..120).map(|k| k as f64 / 60.0 - 1.0).collect::<Vec<_>>());
    let start = signs(120);
    let jacobi = |scale: f64, kept: Reorthogonalisation, start: &Array1<f64>| {
        let lanczos = Lanczos::new(40).unwrap().with_reorthogonalisation(kept);
        lanczos.run(&(&matrix * scale), start.view()).unwrap()
    };
    let extremes =
        |scale: f64| ExtremeEigenvalues::new(4, 3).unwrap().find(&(&matrix * scale)).unwrap();
    let same = |found: &[f64], exact: &[f64], scale: f64, tolerance: f64| {
        assert_eq!(found.len(), exact.len());
        for (found, exact) in found.iter().zip(exact) {
            let error = (found / scale - exact).abs();
            assert!(error <= tolerance, "{scale:e}: {found:e} not {exact:e}");
        }
    };
    let [expected, exact] = [jacobi(1.0, BOTH[1], &start), jacobi(1.0, BOTH[0], &start)];
    let unscaled = extremes(1.0);
    let values = |extremes: &Extremes| -> Vec<f64> {
        extremes.largest().iter().chain(extremes.smallest()).map(|ritz| ritz.value).collect()
    };
    for scale in [1e-300, 1e-164, 1e-160, 1e-82, 1e-30, 1e30, 1e78, 1e156, 1e200, 1e300] {
        for (kept, expected) in [(BOTH[1], &expected), (BOTH[0], &exact)] {
            let found = jacobi(scale, kept, &start);
            // The first rounding differs, and some digits go on the way.
            same(&found.alpha()[..10], &expected.alpha()[..10], scale, 1e-12);
            same(&found.beta()[..10], &expected.beta()[..10], scale, 1e-12);
            let (nodes, weights) = found.gauss_rule().unwrap();
            let (places, masses) = expected.gauss_rule().unwrap();
            same(&nodes[36..], &places[36..], scale, 1e-9);
            assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-13);
            assert!((weights[39] - masses[39]).abs() < 1e-9 * masses[39]);
        }
        let found = extremes(scale);
        same(&values(&found), &values(&unscaled), scale, 1e-12);
        for ritz in found.largest().iter().chain(found.smallest()) {
            assert!(ritz.residual_bound / scale < 1e-10 && ritz.residual_bound > 0.0);
        }
        // The length of the start vector is not the operator's.
        assert_eq!(jacobi(1.0, BOTH[1], &(&start * 2f64.powf(scale.log2().round()))), expected);
    }
    for power in [-990, -540, -10, 10, 500, 990] {
        let scale = 2f64.powi(power);
        let found = jacobi(scale, BOTH[1], &start);
        let down = |entries: &[f64]| entries.iter().map(|x| x / scale).collect::<Vec<_>>();
        assert_eq!(down(found.alpha()), expected.alpha(), "2^{power}");
        assert_eq!(down(found.beta()), expected.beta(), "2^{power}");
        assert_eq!(down(&values(&extremes(scale))), values(&unscaled), "2^{power}");
    }
}

/// What has converged when the steps are used up is not lost.
#[test]
fn steps_that_do_not_suffice_leave_what_they_found() {
    let mut eigenvalues: Vec<f64> = (0..300).map(|k| k as f64 / 300.0).collect();
    eigenvalues.extend([9.0, 7.0, 5.0]);
    let exact = [5.0, 7.0, 9.0];
    let matrix = with_eigenvalues(&eigenvalues);
    let search = ExtremeEigenvalues::new(8, 1).unwrap().with_steps(30).unwrap();
    let Err(Error::StepsExhausted { steps: 30, converged, .. }) = search.find(&matrix) else {
        panic!("the steps should not suffice");
    };
    assert_eq!(converged.len(), 3);
    for ((value, bound), exact) in converged.iter().zip(exact) {
        assert!((value - exact).abs() <= *bound && *bound <= 1e-11, "{value} ± {bound:e}");
    }
    let message = search.find(&matrix).unwrap_err().to_string();
    assert!(message.contains("3 of the wanted eigenvalues have converged"), "{message}");
    // A later process that looks for copies, and may not take as many steps as it needs.
    let copies =
        with_eigenvalues(&[[2.0, 2.0].as_slice(), &[1.0; 1], &eigenvalues[..200]].concat());
    let search = ExtremeEigenvalues::new(1, 0).unwrap();
    let steps =
        (5..100).find_map(|steps| match search.clone().with_steps(steps).unwrap().find(&copies) {
            Err(Error::StepsExhausted { converged, .. }) if converged.is_empty() => None,
            found => Some((steps, found)),
        });
    let Some((_, found)) = steps else { panic!("never found") };
    let values: Vec<f64> = match found {
        Err(Error::StepsExhausted { converged, .. }) => converged.iter().map(|c| c.0).collect(),
        found => found.unwrap().largest().iter().map(|ritz| ritz.value).collect(),
    };
    assert!(values.iter().all(|value| (value - 2.0).abs() < 1e-11), "{values:?}");
}

#[test]
fn second_differences() {
    let n = 300;
    let exact = |k: usize| 2.0 - 2.0 * (k as f64 * PI / (n + 1) as f64).cos();
    let mut matrix = Array2::from_diag(&Array1::from_elem(n, 2.0));
    for k in 0..n - 1 {
        matrix[[k, k + 1]] = -1.0;
        matrix[[k + 1, k]] = -1.0;
    }
    let found = ExtremeEigenvalues::new(3, 3).unwrap().find(&matrix).unwrap();
    assert_bounded(found.largest(), &[n, n - 1, n - 2].map(exact), 4.0);
    assert_bounded(found.smallest(), &[1, 2, 3].map(exact), 4.0);
}

/// Against all eigenvalues of the dense matrix: 5 of the largest, 2 of the smallest.
fn assert_extremes_of_kernel(n: usize, d: usize) {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, d, d).unwrap(), Relu).with_seed(1);
    let full = NtkBuilder::from_ensemble(&ensemble).build().unwrap().eigenvalues().unwrap();
    let operator = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    let found = ExtremeEigenvalues::new(5, 2).unwrap().find(&operator).unwrap();
    let largest = full[n - 1];
    // What the dense solver may be off by itself.
    let reference = 5e-14 * largest;
    for (k, found) in found.largest().iter().enumerate() {
        let (exact, error) = (full[n - 1 - k], (found.value - full[n - 1 - k]).abs());
        assert!(error <= 1e-10 * exact, "{found:?} not {exact}");
        assert!(error <= found.residual_bound + reference, "{found:?} not {exact}");
        assert!(found.residual_bound <= 1e-11 * largest);
    }
    for (k, found) in found.smallest().iter().enumerate() {
        let error = (found.value - full[k]).abs();
        assert!(error <= 1e-13 * largest, "{found:?} not {}", full[k]);
        assert!(error <= found.residual_bound + reference, "{found:?} not {}", full[k]);
        assert!(found.residual_bound <= 1e-11 * largest);
        if n > d * d {
            assert_eq!((found.value, found.residual_bound), (0.0, 0.0));
        }
    }
}

#[test]
fn extremes_of_a_kernel() {
    // γ1 is nearly 1: the smallest eigenvalues are 1e-6 of the mean.
    assert_extremes_of_kernel(2000, 45);
}

#[test]
fn extremes_of_a_kernel_with_null_space() {
    assert_extremes_of_kernel(3 * 45 * 45, 45);
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(9000, 20, 20).unwrap(), Relu);
    let operator = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    // Not the smaller operator: long vectors.
    let results = [1, 2, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| Lanczos::new(20).unwrap().run(&operator, signs(9000).view()).unwrap())
    });
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
}

#[test]
fn probes_are_pinned() {
    let start: Vec<f64> = Probe { seed: 0, index: 0 }.signs(0..16).unwrap();
    let pinned: Vec<f64> =
        "-++--++++--++-+-".chars().map(|c| if c == '+' { 1.0 } else { -1.0 }).collect();
    assert_eq!(start, pinned, "a change of the probes is value-breaking");
    let long = Probe { seed: 3, index: 2 }.signs(0..200_000).unwrap();
    let mean = long.iter().sum::<f64>() / 2e5;
    assert!(mean.abs() < 0.01);
    assert_eq!(
        Probe { seed: 3, index: 2 }.signs(150_000..150_321).unwrap(),
        long[150_000..150_321]
    );
    let other = Probe { seed: 3, index: 3 }.signs(0..200_000).unwrap();
    let overlap = long.iter().zip(&other).map(|(a, b)| a * b).sum::<f64>() / 2e5;
    assert!(overlap.abs() < 0.01);
}

struct Broken(fn(&mut ArrayViewMut2<'_, f64>));

impl SymmetricOperator for Broken {
    fn size(&self) -> usize {
        40
    }

    fn apply(
        &self,
        mut out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
    ) -> Result<(), Error> {
        out.assign(&rhs);
        for (i, mut row) in out.rows_mut().into_iter().enumerate() {
            row *= (i + 1) as f64;
        }
        (self.0)(&mut out);
        Ok(())
    }
}

#[test]
fn operators_that_are_none_are_refused() {
    let nan = Broken(|out| out[[3, 0]] = f64::NAN);
    let run = |operator: &dyn SymmetricOperator| {
        Lanczos::new(10).unwrap().run(operator, signs(40).view())
    };
    assert!(matches!(run(&nan), Err(Error::NonFiniteOperator { step: 1 })));
    let skew = Broken(|out| {
        let below = out[[5, 0]];
        out[[6, 0]] += 0.01 * below;
    });
    assert!(matches!(run(&skew), Err(Error::NotSymmetric { step: 2.., .. })));
    assert!(matches!(
        ExtremeEigenvalues::new(1, 0).unwrap().find(&skew),
        Err(Error::NotSymmetric { .. })
    ));
    assert!(run(&Broken(|_| ())).is_ok());
}

#[test]
fn refusals() {
    let matrix = Array2::<f64>::eye(10);
    assert!(matches!(Lanczos::new(0), Err(Error::InvalidSize { name: "steps", .. })));
    let run = |start: &Array1<f64>| Lanczos::new(3).unwrap().run(&matrix, start.view());
    assert!(matches!(run(&Array1::ones(9)), Err(Error::SizeMismatch { size: 9, .. })));
    assert!(matches!(run(&Array1::zeros(10)), Err(Error::InvalidParameter { .. })));
    let mut bad = Array1::ones(10);
    bad[4] = f64::INFINITY;
    assert!(matches!(run(&bad), Err(Error::InvalidEntry { index: 4, .. })));
    let limited = Lanczos::new(5).unwrap().with_memory_limit(8 * 59);
    let result = limited.run(&matrix, Array1::ones(10).view());
    assert!(matches!(result, Err(Error::MemoryLimit { columns: 6, .. })));

    let find = |search: ExtremeEigenvalues| search.find(&matrix);
    assert!(matches!(ExtremeEigenvalues::new(0, 0), Err(Error::InvalidSize { .. })));
    assert!(matches!(
        find(ExtremeEigenvalues::new(11, 0).unwrap()),
        Err(Error::InvalidSize { name: "largest", size: 11, .. })
    ));
    assert!(matches!(
        ExtremeEigenvalues::new(1, 0).unwrap().with_steps(0),
        Err(Error::InvalidSize { name: "steps", .. })
    ));
    for tolerance in [0.0, -1.0, f64::NAN, 1.0] {
        let search = ExtremeEigenvalues::new(1, 0).unwrap().with_tolerance(tolerance);
        assert!(matches!(search, Err(Error::InvalidParameter { name: "tolerance", .. })));
    }
    let spread = with_eigenvalues(&Array1::linspace(0.0, 1.0, 300).to_vec());
    assert!(matches!(
        ExtremeEigenvalues::new(1, 1).unwrap().with_steps(25).unwrap().find(&spread),
        Err(Error::StepsExhausted { steps: 25, .. })
    ));
    assert!(matches!(
        ExtremeEigenvalues::new(1, 1).unwrap().with_memory_limit(8 * 300 * 10).find(&spread),
        Err(Error::MemoryLimit { .. })
    ));
    let none = JacobiMatrix::new(vec![], vec![]);
    assert!(matches!(none, Err(Error::InvalidLength { .. })));
    let negative = JacobiMatrix::new(vec![1.0, 2.0], vec![-1.0, 0.0]);
    assert!(matches!(negative, Err(Error::InvalidEntry { name: "beta", index: 0, .. })));
}

#[test]
fn observers_may_end_the_work() {
    let matrix = with_eigenvalues(&Array1::linspace(0.0, 1.0, 200).to_vec());
    let stop = |progress: Progress| {
        assert_eq!(progress.stage, Stage::Lanczos);
        if progress.done < 7 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let run = Lanczos::new(50).unwrap().with_observer(stop).run(&matrix, signs(200).view());
    assert!(matches!(run, Err(Error::Cancelled { done: 7, total: 50, .. })));
    let find = ExtremeEigenvalues::new(1, 1).unwrap().with_observer(stop).find(&matrix);
    assert!(matches!(find, Err(Error::Cancelled { done: 7, .. })));
}
