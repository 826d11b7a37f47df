//! Conjugate gradients against a Cholesky decomposition, and against what they refuse.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};

use faer::linalg::solvers::Solve;
use faer::{Mat, Side};
use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use ntk_spectrum::activation::Relu;
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::krylov::{Probe, RidgeSolver, SymmetricOperator};
use ntk_spectrum::ntk::{NtkBuilder, NtkOperator};
use ntk_spectrum::observer::{Progress, Stage};
use ntk_spectrum::{Dimensions, Error, ErrorKind};

/// n below and above dp.
const SHAPES: [(usize, usize, usize); 3] = [(150, 8, 30), (320, 9, 12), (90, 10, 9)];

fn kernel(n: usize, d: usize, p: usize) -> NtkOperator {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, d, p).unwrap(), Relu).with_seed(3);
    NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap()
}

fn targets(n: usize) -> Array1<f64> {
    let signs = Probe { seed: 9, index: 0 }.signs(0..n).unwrap();
    signs.into_iter().enumerate().map(|(i, sign)| sign * (1.0 + (i % 7) as f64)).collect()
}

fn by_cholesky(matrix: &Array2<f64>, lambda: f64, y: &Array1<f64>) -> Array1<f64> {
    let n = y.len();
    let ridge = |i, j| if i == j { lambda } else { 0.0 };
    let matrix = Mat::from_fn(n, n, |i, j| matrix[[i, j]] + ridge(i, j));
    let y = Mat::from_fn(n, 1, |i, _| y[i]);
    let solved = matrix.llt(Side::Lower).unwrap().solve(&y);
    (0..n).map(|i| solved[(i, 0)]).collect()
}

fn norm(v: &Array1<f64>) -> f64 {
    v.iter().fold(0.0, |norm: f64, entry| norm.hypot(*entry))
}

fn residual(matrix: &Array2<f64>, lambda: f64, u: &Array1<f64>, y: &Array1<f64>) -> f64 {
    norm(&(y - &matrix.dot(u) - u * lambda)) / norm(y)
}

#[test]
fn solutions_are_those_of_cholesky() {
    for (n, d, p) in SHAPES {
        let kernel = kernel(n, d, p);
        let (dense, y) = (kernel.to_dense().unwrap(), targets(n));
        for lambda in [1e-3, 0.1, 1.0, 100.0] {
            let exact = by_cholesky(&dense, lambda, &y);
            for tolerance in [1e-4, 1e-8, 1e-12] {
                let solver = RidgeSolver::new(lambda).unwrap().with_tolerance(tolerance).unwrap();
                let deflating = solver.clone().with_deflation(d + 1, 3 * d + 10).unwrap();
                for (name, solver) in [("plain", solver), ("deflated", deflating)] {
                    let found = solver.solve(&kernel, y.view()).unwrap();
                    let error = norm(&(&found.solution - &exact));
                    let case = format!("{name}: n = {n}, λ = {lambda}, {tolerance:e}");
                    assert!(found.residual_norm <= tolerance, "{case}");
                    assert!(
                        error
                            <= 1.01 * found.residual_norm * norm(&y) / lambda
                                + 1e-11 * norm(&exact),
                        "{case}: {error:e}"
                    );
                    let again = residual(&dense, lambda, &found.solution, &y);
                    assert!(
                        (again - found.residual_norm).abs() <= 1e-12 * (1.0 + 100.0 / lambda),
                        "{case}"
                    );
                    assert_eq!(found.residuals.len(), found.iterations + 1, "{case}");
                    assert!(*found.residuals.last().unwrap() <= tolerance, "{case}");
                }
            }
        }
    }
}

#[test]
fn outliers_set_aside_save_steps() {
    let (n, d, p) = (600, 20, 20);
    let (kernel, y) = (kernel(n, d, p), targets(n));
    let solver = RidgeSolver::new(0.1).unwrap().with_tolerance(1e-6).unwrap();
    let plain = solver.solve(&kernel, y.view()).unwrap();
    let deflating = solver.with_deflation(d + 1, 80).unwrap();
    let deflated = deflating.solve(&kernel, y.view()).unwrap();
    assert_eq!(deflated.set_aside.len(), d + 1);
    assert!(
        3 * deflated.iterations < 2 * plain.iterations,
        "{} {}",
        deflated.iterations,
        plain.iterations
    );
    assert!(norm(&(&deflated.solution - &plain.solution)) < 1e-5 * norm(&y) / 0.1);
    assert_eq!(plain.residuals[0], 1.0);
    assert!(deflated.residuals[0] < 1.0);
    for (tolerance, found) in [(1e-2, &plain), (1e-4, &plain), (1e-2, &deflated)] {
        let steps = found.iterations_to(tolerance).unwrap();
        assert!(found.residuals[steps] <= tolerance * found.residuals[0]);
        assert!(found.residuals[steps - 1] > tolerance * found.residuals[0]);
    }
    assert_eq!(plain.iterations_to(1e-9), None);
}

/// Steps to 10⁻², 10⁻⁴, 10⁻⁶ for random signs y, with the outliers set aside, as the law of the
/// kernel predicts them (in the limit; by the program of the reference values of learning).
#[test]
fn steps_are_those_of_the_law() {
    for (gamma1, lambda, predicted) in
        [(0.3, 0.01, [11_usize, 20, 30]), (0.7, 0.1, [10, 18, 27]), (2.0, 0.1, [15, 26, 38])]
    {
        let ensemble = TwoLayerEnsemble::from_ratios(gamma1, 1.0, 40, Relu).unwrap().with_seed(1);
        let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
        let signs = Probe { seed: 3, index: 0 }.signs(0..kernel.size()).unwrap();
        let solver = RidgeSolver::new(lambda).unwrap().with_tolerance(1e-7).unwrap();
        let solver = solver.with_deflation(41, 120).unwrap();
        let found = solver.solve(&kernel, Array1::from(signs).view()).unwrap();
        for (tolerance, predicted) in [1e-2, 1e-4, 1e-6].into_iter().zip(predicted) {
            let steps = found.iterations_to(tolerance).unwrap();
            assert!(steps.abs_diff(predicted) <= 1, "{gamma1} {lambda}: {steps} not {predicted}");
        }
    }
}

/// One step for each different eigenvalue.
#[test]
fn steps_are_the_different_eigenvalues() {
    let values = [1.0, 2.0, 5.0, 9.0];
    let matrix = Array2::from_diag(&Array1::from_shape_fn(40, |i| values[i % 4]));
    let y = targets(40);
    for lambda in [0.0, 0.5] {
        let solver = RidgeSolver::new(lambda).unwrap().with_tolerance(1e-10).unwrap();
        let found = solver.solve(&matrix, y.view()).unwrap();
        assert_eq!(found.iterations, 4);
        for (i, (u, y)) in found.solution.iter().zip(&y).enumerate() {
            let exact = y / (values[i % 4] + lambda);
            assert!((u - exact).abs() < 1e-9 * exact.abs());
        }
    }
}

#[test]
fn scales_do_not_matter() {
    let (n, d, p) = (120, 6, 10);
    let (dense, y) = (kernel(n, d, p).to_dense().unwrap(), targets(n));
    let solved = |operator_scale: f64, target_scale: f64, deflated: bool| {
        let matrix = &dense * operator_scale;
        let mut solver = RidgeSolver::new(0.125 * operator_scale).unwrap();
        if deflated {
            solver = solver.with_deflation(7, 40).unwrap();
        }
        let found = solver.solve(&matrix, (&y * target_scale).view()).unwrap();
        (found.iterations, found.solution * operator_scale / target_scale)
    };
    for deflated in [false, true] {
        let (steps, expected) = solved(1.0, 1.0, deflated);
        let two = |power: i32| 2.0_f64.powi(power);
        for (operator_scale, target_scale) in [
            (two(600), two(600)),
            (two(-600), two(-600)),
            (1.0, two(900)),
            (1.0, two(-900)),
            (two(1000), 1.0),
            (two(-900), two(-100)),
        ] {
            let (other_steps, found) = solved(operator_scale, target_scale, deflated);
            assert_eq!(steps, other_steps, "{operator_scale:e} {target_scale:e} {deflated}");
            let off = norm(&(&found - &expected));
            assert!(
                off <= 1e-12 * norm(&expected),
                "{operator_scale:e} {target_scale:e} {deflated}: {off:e}"
            );
        }
    }
}

#[test]
fn results_at_the_ends() {
    let solver = RidgeSolver::new(0.5).unwrap();
    let found = solver.solve(&Array2::eye(3), Array1::zeros(3).view()).unwrap();
    assert_eq!((found.iterations, found.residual_norm), (0, 0.0));
    assert_eq!(found.solution, Array1::<f64>::zeros(3));
    let one = Array2::from_elem((1, 1), 1.5);
    let deflating = solver.clone().with_deflation(3, 5).unwrap();
    for solver in [&solver, &deflating] {
        assert_eq!(solver.solve(&one, Array1::ones(1).view()).unwrap().solution[0], 0.5);
    }
    let none = solver.solve(&Array2::<f64>::zeros((0, 0)), Array1::zeros(0).view()).unwrap();
    assert_eq!(none.solution.len(), 0);
    // Of the zero operator the ridge is all there is.
    let zero = solver.solve(&Array2::zeros((4, 4)), Array1::ones(4).view()).unwrap();
    assert!(zero.solution.iter().all(|u| (u - 2.0).abs() < 1e-15));
    // Everything may be set aside.
    let some = Array2::from_diag(&Array1::from(vec![1.0, 2.0, 3.0]));
    let found = deflating.solve(&some, Array1::ones(3).view()).unwrap();
    assert!((found.solution[1] - 0.4).abs() < 1e-8);
}

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>, kind: ErrorKind, words: &str) {
    let error = outcome.unwrap_err();
    assert!(error.kind() == kind && error.to_string().contains(words), "{error}");
}

struct NotANumber;

impl SymmetricOperator for NotANumber {
    fn size(&self) -> usize {
        5
    }

    fn apply(&self, mut out: ArrayViewMut2<'_, f64>, _: ArrayView2<'_, f64>) -> Result<(), Error> {
        out.fill(f64::NAN);
        Ok(())
    }
}

#[test]
fn bad_input_is_refused() {
    use ErrorKind::{Computation, InvalidInput, Memory};
    for lambda in [-1.0, -1e-300, f64::NAN, f64::INFINITY] {
        refused(RidgeSolver::new(lambda), InvalidInput, "lambda = ");
    }
    let solver = RidgeSolver::new(0.1).unwrap();
    for tolerance in [0.0, -1.0, 1e-20, 0.6, f64::NAN] {
        refused(solver.clone().with_tolerance(tolerance), InvalidInput, "tolerance = ");
    }
    refused(solver.clone().with_steps(0), InvalidInput, "steps = 0");
    refused(solver.clone().with_deflation(0, 5), InvalidInput, "count = 0");
    refused(solver.clone().with_deflation(5, 0), InvalidInput, "steps = 0");
    let eye = Array2::eye(3);
    let y = |values: &[f64]| Array1::from(values.to_vec());
    refused(solver.solve(&eye, y(&[1.0]).view()), InvalidInput, "length of y = 1");
    refused(solver.solve(&eye, y(&[1.0, f64::NAN, 0.0]).view()), InvalidInput, "y[1] = NaN");
    refused(solver.solve(&eye, y(&[0.0, 1.0, f64::INFINITY]).view()), InvalidInput, "y[2] = inf");
    refused(solver.solve(&eye, y(&[f64::MAX; 3]).view()), InvalidInput, "the length of y = inf");
    refused(solver.solve(&NotANumber, Array1::ones(5).view()), InvalidInput, "not finite");
    let wide = Array2::zeros((3, 4));
    refused(solver.solve(&wide, Array1::ones(3).view()), InvalidInput, "columns of the matrix");
    let small = solver.clone().with_memory_limit(100);
    refused(small.solve(&eye, Array1::ones(3).view()), Memory, "the vectors of the solver");
    // A solution that no number is.
    let tiny = RidgeSolver::new(1e-300).unwrap();
    let zero = Array2::zeros((2, 2));
    refused(tiny.solve(&zero, y(&[1e200, 0.0]).view()), InvalidInput, "y is too large");
    // Steps that do not suffice say how far they came.
    let kernel = kernel(200, 8, 10);
    let targets = targets(200);
    let outcome = solver.clone().with_steps(15).unwrap().solve(&kernel, targets.view());
    let Err(Error::NotSettled { steps: 15, error, tolerance: 1e-8, .. }) = outcome else {
        panic!("{outcome:?}")
    };
    let dense = kernel.to_dense().unwrap();
    assert!((1e-8..1.0).contains(&error));
    assert!(residual(&dense, 0.1, &Array1::zeros(200), &targets) > error);
    // Nor does rounding let every tolerance be reached.
    let graded = Array2::from_diag(&Array1::from_shape_fn(60, |i| 10_f64.powf(-0.2 * i as f64)));
    let hard = RidgeSolver::new(1e-13).unwrap().with_tolerance(1e-14).unwrap();
    let outcome = hard.solve(&graded, Array1::ones(60).view());
    match outcome {
        Ok(found) => assert!(residual(&graded, 1e-13, &found.solution, &Array1::ones(60)) < 3e-14),
        Err(error) => assert_eq!(error.kind(), Computation),
    }
}

#[test]
fn operators_that_are_not_definite_are_refused() {
    use ErrorKind::InvalidInput;
    let none = RidgeSolver::new(0.0).unwrap();
    // n > dp: known without a product.
    let singular = kernel(100, 4, 5);
    refused(none.solve(&singular, targets(100).view()), InvalidInput, "lambda = 0 is not allowed");
    // Not known: found on the way, whatever y is.
    let dense = singular.to_dense().unwrap();
    assert!(none.solve(&dense, targets(100).view()).is_err());
    let flat = Array2::from_diag(&Array1::from(vec![0.0, 1.0, 2.0]));
    refused(none.solve(&flat, Array1::ones(3).view()), InvalidInput, "lambda = 0 is not allowed");
    let zero = Array2::zeros((3, 3));
    refused(none.solve(&zero, Array1::ones(3).view()), InvalidInput, "lambda = 0 is not allowed");
    // Below 0.
    let indefinite = Array2::from_diag(&Array1::from(vec![-1.0, 1.0, 2.0]));
    let solver = RidgeSolver::new(0.5).unwrap();
    let outcome = solver.solve(&indefinite, Array1::from(vec![3.0, 0.1, 0.1]).view());
    assert!(matches!(outcome, Err(Error::Indefinite { lambda: 0.5, .. })), "{outcome:?}");
    let deflating = solver.with_deflation(2, 3).unwrap();
    let negative = Array2::from_diag(&Array1::from(vec![-9.0, 1.0, 2.0]));
    let outcome = deflating.solve(&negative, Array1::ones(3).view());
    assert!(matches!(outcome, Err(Error::Indefinite { lambda: 0.5, .. })), "{outcome:?}");
}

#[test]
fn observers_see_every_step_and_may_end_the_work() {
    let (kernel, y) = (kernel(200, 8, 10), targets(200));
    let seen = std::sync::Arc::new(AtomicUsize::new(0));
    let counting = seen.clone();
    let solver = RidgeSolver::new(0.1).unwrap().with_observer(move |progress: Progress| {
        assert_eq!((progress.stage, progress.total), (Stage::ConjugateGradients, 10_000));
        counting.store(progress.done, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    let found = solver.solve(&kernel, y.view()).unwrap();
    assert_eq!(seen.load(Ordering::Relaxed), found.iterations);
    let impatient = solver.with_observer(|progress: Progress| match progress.done {
        0..3 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    });
    let outcome = impatient.solve(&kernel, y.view());
    assert!(matches!(outcome, Err(Error::Cancelled { done: 3, .. })), "{outcome:?}");
}
