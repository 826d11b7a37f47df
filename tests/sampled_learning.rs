//! Learning on a sample against dense algebra, and against what it refuses.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use faer::{Mat, Side};
use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};
use ntk_spectrum::activation::{Centring, Gelu, Relu};
use ntk_spectrum::empirical::learning::{
    Fit, LearningExperiment, PolynomialTeacher, RandomEffectsTeacher, SampledRegression, Teacher,
    test_error,
};
use ntk_spectrum::ensemble::{InputEnsemble, TwoLayerEnsemble};
use ntk_spectrum::krylov::{Probe, RidgeSolver, SymmetricOperator};
use ntk_spectrum::learning::{
    ConjugateGradient, GradientDescent, GradientFlow, HeavyBall, Nesterov, ResidualFilter, Ridge,
};
use ntk_spectrum::ntk::{NtkBuilder, NtkOperator};
use ntk_spectrum::observer::Progress;
use ntk_spectrum::{Dimensions, Error, ErrorKind, LimitingSpectrum};

/// Samples, d, p: samples below and above dp.
const SHAPES: [(usize, usize, usize); 3] = [(130, 9, 25), (260, 10, 12), (90, 9, 10)];

const TEST_POINTS: usize = 70;

/// The heavy ball as its recurrence stands, and with $1 - r$ by subtraction.
struct Plain {
    step: f64,
    momentum: f64,
    steps: usize,
}

impl ResidualFilter for Plain {
    fn residual(&self, x: f64) -> f64 {
        let (mut last, mut now) = (1.0, 1.0);
        for _ in 0..self.steps {
            let next = (1.0 + self.momentum - self.step * x) * now - self.momentum * last;
            (last, now) = (now, next);
        }
        now
    }
}

/// A network with samples and test points, and everything of both as matrices.
struct Problem {
    train: NtkOperator,
    test: NtkOperator,
    kernel: Array2<f64>,
    cross: Array2<f64>,
    y: Array1<f64>,
    truth: Array1<f64>,
}

fn problem((n, d, p): (usize, usize, usize)) -> Problem {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(n + TEST_POINTS, d, p).unwrap(), Gelu);
    let part = |rows| NtkBuilder::from_ensemble_rows(&ensemble, rows).build_operator().unwrap();
    let all = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap().to_dense().unwrap();
    let block = |rows: std::ops::Range<usize>| {
        let rows = all.slice_axis(Axis(0), Slice::from(rows));
        rows.slice_axis(Axis(1), Slice::from(0..n)).to_owned()
    };
    let (train, test) = (part(0..n), part(n..n + TEST_POINTS));
    let teacher = RandomEffectsTeacher::new(1.0, 0.25).unwrap();
    let y = teacher.targets(&train, 0, 4).unwrap();
    let truth = teacher.targets(&test, n, 4).unwrap();
    Problem { train, test, kernel: block(0..n), cross: block(n..n + TEST_POINTS), y, truth }
}

/// f(K) y by all eigenvectors.
fn function(kernel: &Array2<f64>, y: &Array1<f64>, f: &dyn Fn(f64) -> f64) -> Array1<f64> {
    let n = y.len();
    let matrix = Mat::from_fn(n, n, |i, j| kernel[[i, j]]);
    let eigen = matrix.self_adjoint_eigen(Side::Lower).unwrap();
    let (values, vectors) = (eigen.S().column_vector(), eigen.U());
    let mut sum = Array1::zeros(n);
    for j in 0..n {
        let vector: Array1<f64> = (0..n).map(|i| vectors[(i, j)]).collect();
        sum += &(&vector * (f(values[j].max(0.0)) * vector.dot(y)));
    }
    sum
}

fn norm(v: &Array1<f64>) -> f64 {
    v.iter().fold(0.0, |norm: f64, entry| norm.hypot(*entry))
}

/// The errors of a fit are those of dense algebra, by every way to them.
fn assert_errors(case: &str, fit: &Fit, problem: &Problem, coefficients: &Array1<f64>) {
    let Problem { train, test, kernel, cross, y, truth } = problem;
    let n = y.len() as f64;
    // What was returned fits together.
    let own = y - &kernel.dot(&fit.coefficients);
    let training = own.dot(&own) / n;
    assert!((fit.training_error - training).abs() < 1e-7 * y.dot(y) / n, "{case}");
    // And with the oracle.
    let exact = y - &kernel.dot(coefficients);
    let exact = exact.dot(&exact) / n;
    assert!((fit.training_error - exact).abs() < 1e-7 * y.dot(y) / n, "{case}");
    let prediction = fit.predict(cross.view()).unwrap();
    let expected = cross.dot(coefficients);
    assert!(norm(&(&prediction - &expected)) <= 1e-6 * norm(&expected), "{case}");
    let other = fit.predict_with(train, test).unwrap();
    assert!(norm(&(&prediction - &other)) <= 1e-11 * norm(&expected), "{case}");
    let error = test_error(prediction.view(), truth.view()).unwrap();
    let by_hand = (&expected - truth).mapv(|e| e * e).sum() / truth.len() as f64;
    assert!((error - by_hand).abs() < 1e-5 * by_hand, "{case}: {error} {by_hand}");
    assert!(fit.error <= 1e-8, "{case}");
}

#[test]
fn ridges_are_those_of_dense_algebra() {
    for shape in SHAPES {
        let problem = problem(shape);
        let (n, rank) = (problem.y.len(), shape.1 * shape.2);
        let mut sampled = SampledRegression::new(&problem.train, problem.y.view()).unwrap();
        let kernel = problem.kernel.view();
        let mut dense = SampledRegression::from_matrix(kernel, problem.y.view()).unwrap();
        let ridges: &[f64] =
            if n < rank { &[0.1, 1e-3, 10.0, 0.0] } else { &[0.1, 1e-3, 10.0, 1e6] };
        for &lambda in ridges {
            let solved = function(&problem.kernel, &problem.y, &|x| 1.0 / (x + lambda));
            let fits = [sampled.ridge(lambda).unwrap(), dense.ridge(lambda).unwrap()];
            assert!(fits[0].steps > 0 && fits[1].steps == 0);
            for fit in fits {
                assert_errors(&format!("{shape:?} {lambda}"), &fit, &problem, &solved);
            }
            if lambda > 0.0 {
                let filter = move |x: f64| lambda / (x + lambda);
                let fit = sampled.filtered(&filter).unwrap();
                assert_errors(&format!("{shape:?} {lambda} filter"), &fit, &problem, &solved);
                let solver = RidgeSolver::new(lambda).unwrap().with_tolerance(1e-10).unwrap();
                let solution = solver.solve(&problem.train, problem.y.view()).unwrap().solution;
                let off = norm(&(&solution - &solved));
                assert!(off <= 1.1e-10 * norm(&problem.y) / lambda + 1e-11 * norm(&solved));
            }
        }
    }
}

#[test]
fn filters_are_those_of_dense_algebra() {
    for shape in SHAPES {
        let problem = problem(shape);
        let mut sampled = SampledRegression::new(&problem.train, problem.y.view()).unwrap();
        let kernel = problem.kernel.view();
        let mut dense = SampledRegression::from_matrix(kernel, problem.y.view()).unwrap();
        let largest = problem.kernel.diag().sum();
        let step = 1.0 / largest;
        let filters: Vec<(&str, Box<dyn ResidualFilter>)> = vec![
            ("ridge", Box::new(Ridge::new(0.02).unwrap())),
            ("flow 0", Box::new(GradientFlow::new(0.0).unwrap())),
            ("flow 1", Box::new(GradientFlow::new(1.0).unwrap())),
            ("flow 300", Box::new(GradientFlow::new(300.0).unwrap())),
            ("flow 30, subtracted", Box::new(|x: f64| (-30.0 * x).exp())),
            ("descent 0", Box::new(GradientDescent::new(step, 0).unwrap())),
            ("descent 1", Box::new(GradientDescent::new(step, 1).unwrap())),
            ("descent 1000", Box::new(GradientDescent::new(step, 1000).unwrap())),
            ("ball 1", Box::new(HeavyBall::new(step, 0.9, 1).unwrap())),
            ("ball 400", Box::new(HeavyBall::new(step, 0.9, 400).unwrap())),
            ("ball 150, subtracted", Box::new(Plain { step, momentum: 0.9, steps: 150 })),
            ("Nesterov 400", Box::new(Nesterov::new(step, 0.9, 400).unwrap())),
        ];
        for (name, filter) in &filters {
            let h = |x: f64| {
                let x = x.max(1e-12);
                filter.learned(x) / x
            };
            let exact = function(&problem.kernel, &problem.y, &h);
            for (way, fit) in [
                ("steps", sampled.filtered(filter.as_ref()).unwrap()),
                ("matrix", dense.filtered(filter.as_ref()).unwrap()),
            ] {
                assert_errors(&format!("{shape:?} {name} {way}"), &fit, &problem, &exact);
            }
        }
        // Nothing is learned.
        let fit = sampled.filtered(&|_: f64| 1.0).unwrap();
        assert_eq!(norm(&fit.coefficients), 0.0);
        let null = problem.y.dot(&problem.y) / problem.y.len() as f64;
        assert!((fit.training_error / null - 1.0).abs() < 1e-12);
    }
}

/// The heavy ball, as it is done.
#[test]
fn filters_are_iterations() {
    let problem = problem(SHAPES[1]);
    let (kernel, y) = (&problem.kernel, &problem.y);
    let step = 1.0 / kernel.diag().sum();
    let (mut a, mut last) = (Array1::zeros(y.len()), Array1::zeros(y.len()));
    let (momentum, steps) = (0.8, 60);
    for _ in 0..steps {
        let next = &a + &((y - &kernel.dot(&a)) * step) + (&a - &last) * momentum;
        (last, a) = (a, next);
    }
    let mut regression = SampledRegression::new(&problem.train, y.view()).unwrap();
    let filters: [&dyn ResidualFilter; 2] =
        [&HeavyBall::new(step, momentum, steps).unwrap(), &Plain { step, momentum, steps }];
    for filter in filters {
        assert_errors("the heavy ball", &regression.filtered(filter).unwrap(), &problem, &a);
    }
}

/// Of a diagonal kernel, every sample is learned by itself.
#[test]
fn closed_forms() {
    let values = [0.0, 0.25, 1.0, 1.0, 4.0];
    let kernel = Array2::from_diag(&Array1::from(values.to_vec()));
    let y = Array1::from(vec![1.0, -2.0, 3.0, 0.5, -1.0]);
    let check = |fit: Fit, r: &dyn Fn(f64) -> f64| {
        let left: Array1<f64> = y.iter().zip(values).map(|(y, x)| y * r(x)).collect();
        assert!((fit.training_error - left.dot(&left) / 5.0).abs() < 1e-14);
        for ((a, y), x) in fit.coefficients.iter().zip(&y).zip(values) {
            assert!(x == 0.0 || (a - y * (1.0 - r(x)) / x).abs() < 1e-14);
        }
    };
    let mut ways = [
        SampledRegression::new(&kernel, y.view()).unwrap(),
        SampledRegression::from_matrix(kernel.view(), y.view()).unwrap(),
    ];
    for way in &mut ways {
        check(way.ridge(0.5).unwrap(), &|x| 0.5 / (x + 0.5));
        check(way.filtered(&|x: f64| (-x).exp()).unwrap(), &|x| (-x).exp());
        // In double precision, and not to the last bit.
        assert!(way.ridge(0.5).unwrap().error < 1e-14);
    }
    let mut single = SampledRegression::new(&kernel, Array1::zeros(5).view()).unwrap();
    let fit = single.ridge(0.5).unwrap();
    assert_eq!((fit.training_error, fit.error, norm(&fit.coefficients)), (0.0, 0.0, 0.0));
}

#[test]
fn scales_do_not_matter() {
    let problem = problem(SHAPES[0]);
    let fitted = |scale: f64, target: f64, dense: bool| {
        let (kernel, y) = (&problem.kernel * scale, &problem.y * target);
        let mut regression = match dense {
            true => SampledRegression::from_matrix(kernel.view(), y.view()).unwrap(),
            false => SampledRegression::new(&kernel, y.view()).unwrap(),
        };
        let fits = [
            regression.ridge(0.25 * scale).unwrap(),
            regression.filtered(&|x: f64| (-8.0 * x / scale).exp()).unwrap(),
        ];
        fits.map(|fit| (fit.coefficients * scale / target, fit.training_error / target / target))
    };
    for dense in [false, true] {
        let expected = fitted(1.0, 1.0, dense);
        let two = |power: i32| 2.0_f64.powi(power);
        for (scale, target) in [(two(600), two(400)), (two(-600), two(-400)), (two(900), 1.0)] {
            for (found, expected) in fitted(scale, target, dense).iter().zip(&expected) {
                assert!(norm(&(&found.0 - &expected.0)) < 1e-12 * norm(&expected.0));
                assert!((found.1 / expected.1 - 1.0).abs() < 1e-12);
            }
        }
    }
}

/// What a result may be off by is what it is off by, or more.
#[test]
fn errors_are_told() {
    for (shape, tolerance) in [
        ((130, 9, 25), 1e-2),
        ((130, 9, 25), 1e-4),
        ((130, 9, 25), 1e-6),
        ((400, 40, 8), 1e-2),
        ((400, 40, 8), 1e-5),
    ] {
        let problem = problem(shape);
        let (kernel, y) = (&problem.kernel, &problem.y);
        for (lambda, time) in [(1e-3, 1e3), (0.1, 10.0)] {
            let new = || SampledRegression::new(&problem.train, y.view()).unwrap();
            let mut regression = new().with_tolerance(tolerance).unwrap();
            let flow = move |x: f64| (-time * x).exp();
            let fits = [
                (regression.ridge(lambda).unwrap(), function(kernel, y, &|x| 1.0 / (x + lambda))),
                (
                    regression.filtered(&flow).unwrap(),
                    function(kernel, y, &|x: f64| -(-time * x).exp_m1() / x.max(1e-14)),
                ),
            ];
            for (fit, exact) in fits {
                let off = &fit.coefficients - &exact;
                let residual = norm(&kernel.dot(&off)) / norm(y);
                let energy = |v: &Array1<f64>| v.dot(&kernel.dot(v)).max(0.0).sqrt();
                let relative = energy(&off) / energy(&exact);
                assert!(fit.error <= tolerance);
                let case = format!("{shape:?} {lambda}: {residual:e}, {relative:e}");
                let told = fit.error + 1e-12;
                assert!(residual <= told && relative <= told, "{case}, {}", fit.error);
            }
        }
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, Error>, kind: ErrorKind, words: &str) {
    let error = outcome.unwrap_err();
    assert!(error.kind() == kind && error.to_string().contains(words), "{error}");
}

#[test]
fn bad_kernels_and_targets_are_refused() {
    use ErrorKind::InvalidInput;
    let eye: Array2<f64> = Array2::eye(3);
    let new = |y: &[f64]| {
        let y = Array1::from(y.to_vec());
        SampledRegression::new(&eye, y.view()).map(drop)
    };
    let from = |kernel: &Array2<f64>, y: &[f64]| {
        let y = Array1::from(y.to_vec());
        SampledRegression::from_matrix(kernel.view(), y.view()).map(drop)
    };
    for made in [&|y: &[f64]| new(y), &|y: &[f64]| from(&eye, y)] as [&dyn Fn(&[f64]) -> _; 2] {
        refused(made(&[1.0; 2]), InvalidInput, "length of y = 2");
        refused(made(&[1.0, f64::NAN, 1.0]), InvalidInput, "y[1] = NaN");
        refused(made(&[1.0, 1.0, f64::INFINITY]), InvalidInput, "y[2] = inf");
        refused(made(&[f64::MAX; 3]), InvalidInput, "not");
    }
    refused(from(&Array2::zeros((0, 0)), &[]), InvalidInput, "rows of the kernel = 0");
    refused(from(&Array2::zeros((3, 2)), &[0.0; 3]), InvalidInput, "columns of the kernel = 2");
    let mut kernel = eye.clone();
    kernel[[2, 0]] = 1e-3;
    refused(from(&kernel, &[1.0; 3]), InvalidInput, "the kernel[2, 0] = 0.001");
    kernel[[0, 1]] = f64::NAN;
    refused(from(&kernel, &[1.0; 3]), InvalidInput, "the kernel[0, 1] = NaN");
    let nothing = Array2::zeros((0, 0));
    let empty = Array1::zeros(0);
    refused(SampledRegression::new(&nothing, empty.view()), InvalidInput, "the size of the kernel");
    // Not positive semi-definite.
    let negative = Array2::from_diag(&Array1::from(vec![-0.1, 1.0, 2.0]));
    let ones = Array1::ones(3);
    let dense = SampledRegression::from_matrix(negative.view(), ones.view()).unwrap();
    let steps = SampledRegression::new(&negative, ones.view()).unwrap();
    for mut regression in [dense, steps] {
        refused(regression.ridge(1.0), InvalidInput, "the smallest eigenvalue of the kernel");
        let flow = regression.filtered(&|x: f64| (-x).exp());
        refused(flow, InvalidInput, "the smallest eigenvalue of the kernel");
    }
}

#[test]
fn bad_ridges_and_filters_are_refused() {
    use ErrorKind::{Computation, InvalidInput, Memory};
    let problem = problem(SHAPES[1]);
    let (kernel, y) = (problem.kernel.view(), problem.y.view());
    let new = || SampledRegression::new(&problem.train, y).unwrap();
    for mut regression in [new(), SampledRegression::from_matrix(kernel, y).unwrap()] {
        for lambda in [-1.0, f64::NAN, f64::INFINITY] {
            refused(regression.ridge(lambda), InvalidInput, "lambda = ");
        }
        // n > dp.
        refused(regression.ridge(0.0), InvalidInput, "lambda = 0 is not allowed");
        refused(regression.ridge(1e-30), Computation, "is wanted");
        let at_zero: [&dyn ResidualFilter; 3] =
            [&|_: f64| 0.5, &|_: f64| f64::NAN, &|x: f64| 1.0 / x];
        for filter in at_zero {
            refused(regression.filtered(filter), InvalidInput, "the residual filter is");
        }
        let nowhere = |x: f64| if x > 0.0 { f64::NAN } else { 1.0 };
        refused(regression.filtered(&nowhere), InvalidInput, "the residual filter is NaN at");
        let unstable: [&dyn ResidualFilter; 3] = [
            &GradientDescent::new(1.0, 10).unwrap(),
            &HeavyBall::new(1.0, 0.9, 10).unwrap(),
            &Nesterov::new(1.0, 0.9, 10).unwrap(),
        ];
        for filter in unstable {
            let outcome = regression.filtered(filter);
            assert!(matches!(outcome, Err(Error::UnstableStep { .. })), "{outcome:?}");
        }
        // Such errors leave the regression as it was.
        assert!(regression.ridge(0.1).is_ok());
    }
    for tolerance in [0.0, 1e-13, 0.1, f64::NAN] {
        refused(new().with_tolerance(tolerance), InvalidInput, "tolerance = ");
    }
    refused(new().with_steps(0), InvalidInput, "steps = 0");
    refused(new().with_memory_limit(1000).ridge(0.1), Memory, "the Lanczos vectors");
    for steps in [1, 3, 20] {
        let outcome = new().with_steps(steps).unwrap().ridge(0.01);
        assert!(matches!(outcome, Err(Error::NotSettled { steps: done, .. }) if done == steps));
    }
    let fit = new().ridge(0.1).unwrap();
    let cross = problem.cross.view();
    refused(fit.predict(cross.t()), InvalidInput, "columns of cross");
    refused(fit.predict(Array2::from_elem((1, 260), f64::NAN).view()), InvalidInput, "cross[0, 0]");
    let other = TwoLayerEnsemble::new(Dimensions::new(30, 10, 12).unwrap(), Gelu).with_seed(1);
    let other = NtkBuilder::from_ensemble(&other).build_operator().unwrap();
    refused(fit.predict_with(&problem.train, &other), InvalidInput, "the fingerprint of W");
    refused(fit.predict_with(&problem.test, &problem.train), InvalidInput, "length of u");
    let (one, two) = (Array1::ones(1), Array1::ones(2));
    let none = Array1::zeros(0);
    refused(test_error(one.view(), two.view()), InvalidInput, "length of prediction = 1");
    refused(test_error(none.view(), none.view()), InvalidInput, "targets has length 0");
    let nan = Array1::from(vec![f64::NAN]);
    refused(test_error(nan.view(), one.view()), InvalidInput, "prediction[0]");
}

#[test]
fn observers_may_end_the_steps() {
    let problem = problem(SHAPES[0]);
    let seen = Arc::new(AtomicUsize::new(0));
    let counting = seen.clone();
    let mut regression = SampledRegression::new(&problem.train, problem.y.view())
        .unwrap()
        .with_observer(move |progress: Progress| {
            counting.fetch_add(usize::from(progress.done > 0), Ordering::Relaxed);
            ControlFlow::Continue(())
        });
    let steps = regression.ridge(0.1).unwrap().steps;
    assert_eq!(seen.load(Ordering::Relaxed), steps);
    // What has been done is not done again.
    assert_eq!(regression.ridge(0.2).unwrap().steps, steps);
    assert_eq!(seen.load(Ordering::Relaxed), steps);
    let mut regression = regression.with_observer(|_: Progress| ControlFlow::Break(()));
    assert!(matches!(regression.ridge(1e-5), Err(Error::Cancelled { .. })));
    // What was ended at any step goes on from there.
    let mut whole = SampledRegression::new(&problem.train, problem.y.view()).unwrap();
    let expected = whole.ridge(1e-3).unwrap();
    for last in [1, 5, 15, 16, 17, 40] {
        let steps = AtomicUsize::new(0);
        let ended = SampledRegression::new(&problem.train, problem.y.view()).unwrap();
        let mut ended = ended.with_observer(move |progress: Progress| {
            let done = steps.fetch_add(usize::from(progress.done > 0), Ordering::Relaxed) + 1;
            if done >= last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(matches!(ended.ridge(1e-3), Err(Error::Cancelled { .. })));
        // Even if all that there may be are done.
        let mut few = ended.with_observer(()).with_steps(2).unwrap();
        assert!(matches!(few.ridge(1e-3), Err(Error::NotSettled { .. })));
        let fit = few.with_steps(1000).unwrap().ridge(1e-3).unwrap();
        assert!(
            norm(&(&fit.coefficients - &expected.coefficients))
                < 1e-6 * norm(&expected.coefficients)
        );
    }
}

/// With as many outliers as a sample has, and no more: at d = 20 forty of them would make it 53
/// steps.
#[test]
fn conjugate_gradients_find_as_many_outliers_as_there_are() {
    let ensemble = TwoLayerEnsemble::from_ratios(0.7, 1.0, 20, Relu).unwrap();
    let law = LimitingSpectrum::from_ensemble(&ensemble);
    let dimensions = ensemble.dimensions();
    let predicted = ConjugateGradient::new(&law, 0.1).unwrap().with_dimensions(dimensions);
    let solver = RidgeSolver::new(0.1).unwrap().with_tolerance(1e-7).unwrap();
    for tolerance in [1e-2, 1e-4, 1e-6] {
        let expected = predicted.iterations(tolerance).unwrap();
        for seed in 0..4 {
            let drawn = ensemble.clone().with_seed(seed);
            let kernel = NtkBuilder::from_ensemble(&drawn).build_operator().unwrap();
            let signs = Probe { seed: seed + 100, index: 0 }.signs(0..dimensions.n()).unwrap();
            let solution = solver.solve(&kernel, Array1::from(signs).view()).unwrap();
            let found = solution.iterations_to(tolerance).unwrap();
            assert!(found.abs_diff(expected) <= 3, "{tolerance} {seed}: {found}, not {expected}");
        }
    }
}

/// $\mathbb E\, y_i^2 = \alpha^2 K_{ii} + s^2$, and the noise of a row is its own.
#[test]
fn random_effects_have_their_variances() {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(300, 12, 9).unwrap(), Relu);
    let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    let mean_square = |signal: f64, noise: f64, seed: u64| {
        let teacher = RandomEffectsTeacher::new(signal, noise).unwrap();
        let y = teacher.targets(&kernel, 0, seed).unwrap();
        y.dot(&y) / 300.0
    };
    let trace = kernel.trace().unwrap() / 300.0;
    let seeds = 400;
    for (signal, noise) in [(2.0, 0.0), (0.0, 0.5), (2.0, 0.5)] {
        let mean = (0..seeds).map(|seed| mean_square(signal, noise, seed)).sum::<f64>();
        let expected = signal * trace + noise;
        // 2 tr (α² K + s²)²/n² is the variance of one of them.
        let spread = 2.0 * (signal * kernel.frobenius_norm(200, 1).unwrap()).powi(2) / 9e4;
        let spread =
            (spread + 4.0 * noise * signal * trace / 300.0 + 2.0 * noise * noise / 300.0).sqrt();
        let off = mean / seeds as f64 - expected;
        assert!(off.abs() < 4.0 * spread / (seeds as f64).sqrt(), "{signal} {noise}: {off}");
    }
    let noise = RandomEffectsTeacher::new(0.0, 1.0).unwrap();
    let (all, later) = (noise.targets(&kernel, 0, 3).unwrap(), noise.targets(&kernel, 100, 3));
    assert_eq!(
        all.slice_axis(Axis(0), Slice::from(100..)),
        later.unwrap().slice_axis(Axis(0), Slice::from(..200))
    );
    assert_ne!(all, noise.targets(&kernel, 0, 4).unwrap());
}

/// Variances of the parts, and none shared between them, for standard normal x.
#[test]
fn polynomials_have_their_variances() {
    let points = 200_000;
    let x = InputEnsemble::new(Dimensions::new(points, 7, 1).unwrap()).sample().unwrap();
    let teacher = |linear: f64, quadratic: f64, cubic: f64| {
        let teacher = PolynomialTeacher::new(quadratic, cubic, 0.0).unwrap();
        teacher.with_linear(linear).unwrap().targets(x.view(), 0, 5).unwrap()
    };
    let parts = [teacher(2.0, 0.0, 0.0), teacher(0.0, 0.5, 0.0), teacher(0.0, 0.0, 1.5)];
    let mean = |v: &Array1<f64>| v.sum() / points as f64;
    for (i, (part, variance)) in parts.iter().zip([2.0, 0.5, 1.5]).enumerate() {
        let square = mean(&part.mapv(|y| y * y));
        let fourth = mean(&part.mapv(|y| y.powi(4)));
        let error = ((fourth - square * square) / points as f64).sqrt();
        assert!((square - variance).abs() < 4.0 * error, "{i}: {square} ± {error}");
        assert!(mean(part).abs() < 4.0 * (variance / points as f64).sqrt(), "{i}");
        for other in &parts[..i] {
            let product = part * other;
            let error = (mean(&product.mapv(|y| y * y)) / points as f64).sqrt();
            assert!(mean(&product).abs() < 4.0 * error, "{i}");
        }
        // No radial part, which the kernel would see otherwise.
        let radial: Array1<f64> = x.rows().into_iter().map(|x| x.dot(&x) - 7.0).collect();
        let product = part * &radial;
        let error = (mean(&product.mapv(|y| y * y)) / points as f64).sqrt();
        assert!(mean(&product).abs() < 4.0 * error, "{i}");
    }
    let sum = teacher(2.0, 0.5, 1.5);
    assert!(norm(&(&sum - &parts[0] - &parts[1] - &parts[2])) < 1e-11 * norm(&sum));
    // Rows of a larger sample are the same points.
    let teacher = PolynomialTeacher::new(0.5, 0.25, 0.25).unwrap();
    let all = teacher.targets(x.view(), 0, 5).unwrap();
    let rows = x.slice_axis(Axis(0), Slice::from(5000..5100));
    let some = teacher.targets(rows, 5000, 5).unwrap();
    let expected = all.slice_axis(Axis(0), Slice::from(5000..5100)).to_owned();
    assert!(norm(&(&some - &expected)) < 1e-13 * norm(&expected));
}

#[test]
fn bad_teachers_are_refused() {
    use ErrorKind::InvalidInput;
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        refused(RandomEffectsTeacher::new(bad, 1.0), InvalidInput, "signal_variance = ");
        refused(RandomEffectsTeacher::new(1.0, bad), InvalidInput, "noise_variance = ");
        refused(PolynomialTeacher::new(bad, 0.0, 0.0), InvalidInput, "quadratic_variance = ");
        refused(PolynomialTeacher::new(0.0, bad, 0.0), InvalidInput, "cubic_variance = ");
        refused(PolynomialTeacher::new(0.0, 0.0, bad), InvalidInput, "noise_variance = ");
        let teacher = PolynomialTeacher::new(1.0, 0.0, 0.0).unwrap();
        refused(teacher.with_linear(bad), InvalidInput, "variance = ");
    }
    refused(RandomEffectsTeacher::new(0.0, 0.0), InvalidInput, "_variance = 0");
    let teacher = PolynomialTeacher::new(1.0, 1.0, 1.0).unwrap();
    let on = |x: ArrayView2<'_, f64>, first| teacher.targets(x, first, 0);
    let points = |value| Array2::from_elem((2, 3), value);
    refused(on(Array2::zeros((2, 0)).view(), 0), InvalidInput, "columns of x = 0");
    refused(on(Array2::zeros((2, 1)).view(), 0), InvalidInput, "columns of x = 1");
    refused(on(points(f64::NAN).view(), 0), InvalidInput, "x[0, 0] = NaN");
    refused(on(points(1e200).view(), 0), InvalidInput, "targets[0]");
    refused(on(points(1.0).view(), usize::MAX), InvalidInput, "first = ");
    assert_eq!(on(Array2::zeros((0, 3)).view(), 0).unwrap().len(), 0);
    let cubic = PolynomialTeacher::new(0.0, 1.0, 0.0).unwrap();
    assert!(cubic.targets(Array2::ones((2, 1)).view(), 0, 0).is_ok());
}

#[test]
fn outputs_are_pinned() {
    let x = InputEnsemble::new(Dimensions::new(3, 4, 1).unwrap()).sample().unwrap();
    let teacher = PolynomialTeacher::new(0.5, 0.25, 0.25).unwrap().with_linear(1.0).unwrap();
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(3, 4, 2).unwrap(), Relu);
    let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    let effects = RandomEffectsTeacher::new(1.0, 0.5).unwrap();
    let found = [teacher.targets(x.view(), 0, 7).unwrap(), effects.targets(&kernel, 0, 7).unwrap()];
    let expected = [
        [0.3676744651081374, 3.229690038147833, 0.8224921864192781],
        [0.26920918949093936, 0.4914118667340774, 0.12352746368203571],
    ];
    for (found, expected) in found.iter().flatten().zip(expected.as_flattened()) {
        assert!((found - expected).abs() < 1e-13, "{found:?} instead of {expected:?}");
    }
}

/// The parts of an experiment are those of the ensemble, and its errors those of the parts.
#[test]
fn experiments_are_what_they_are_made_of() {
    let dimensions = Dimensions::new(150, 9, 10).unwrap();
    let ensemble = TwoLayerEnsemble::new(dimensions, Relu);
    let teacher = PolynomialTeacher::new(0.5, 0.25, 0.25).unwrap();
    let experiment =
        LearningExperiment::new(ensemble, teacher, 80).unwrap().with_centring(Centring::Centred);
    let sample = experiment.draw(6).unwrap();
    let all = TwoLayerEnsemble::new(Dimensions::new(230, 9, 10).unwrap(), Relu).with_seed(6);
    let kernel = NtkBuilder::from_ensemble(&all).with_centring(Centring::Centred);
    let kernel = kernel.build_operator().unwrap().to_dense().unwrap();
    let targets = teacher.targets(all.x_rows(0..230).unwrap().view(), 0, 6).unwrap();
    let block = |rows: std::ops::Range<usize>| {
        let rows = kernel.slice_axis(Axis(0), Slice::from(rows));
        rows.slice_axis(Axis(1), Slice::from(0..150)).to_owned()
    };
    let y = targets.slice_axis(Axis(0), Slice::from(..150));
    let truth = targets.slice_axis(Axis(0), Slice::from(150..));
    assert!(
        norm(&(&sample.targets() - &y)) < 1e-12 && norm(&(&sample.test_targets() - &truth)) < 1e-12
    );
    assert_eq!(sample.kernel().size(), 150);
    assert_eq!(sample.test_kernel().size(), 80);
    let errors = sample.errors(&sample.regression().unwrap().ridge(0.3).unwrap()).unwrap();
    let mut dense = SampledRegression::from_matrix(block(0..150).view(), y).unwrap();
    let fit = dense.ridge(0.3).unwrap();
    let prediction = fit.predict(block(150..230).view()).unwrap();
    let test = test_error(prediction.view(), truth).unwrap();
    assert!((errors.test / test - 1.0).abs() < 1e-6);
    assert!((errors.training / fit.training_error - 1.0).abs() < 1e-6);
    let means = experiment
        .repeated(6..9, |sample| {
            let fit = sample.regression()?.ridge(0.3)?;
            Ok(vec![sample.errors(&fit)?.test, fit.training_error])
        })
        .unwrap();
    let one = |seed| {
        let sample = experiment.draw(seed).unwrap();
        let fit = sample.regression().unwrap().ridge(0.3).unwrap();
        sample.errors(&fit).unwrap().test
    };
    let ones = [one(6), one(7), one(8)];
    let mean = ones.iter().sum::<f64>() / 3.0;
    let spread = ones.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 2.0;
    assert!((means[0].mean - mean).abs() < 1e-14 && means.len() == 2);
    assert!((means[0].standard_error.unwrap() - (spread / 3.0).sqrt()).abs() < 1e-14);
}

#[derive(Debug)]
struct TooFew(f64);

impl Teacher for TooFew {
    fn draw(
        &self,
        x: ArrayView2<'_, f64>,
        _: &NtkOperator,
        _: usize,
        _: u64,
    ) -> Result<Array1<f64>, Error> {
        let length = if self.0.is_nan() { x.nrows() } else { x.nrows() - 1 };
        Ok(Array1::from_elem(length, self.0))
    }
}

#[test]
fn bad_experiments_are_refused() {
    use ErrorKind::{Cancelled, InvalidInput};
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(20, 3, 4).unwrap(), Relu);
    let teacher = RandomEffectsTeacher::new(1.0, 0.5).unwrap();
    let new = |points| LearningExperiment::new(ensemble.clone(), teacher, points);
    refused(new(0), InvalidInput, "test_points = 0");
    refused(new(usize::MAX), InvalidInput, "test_points = ");
    let experiment = new(5).unwrap();
    let nothing = experiment.repeated(3..3, |_| Ok(vec![]));
    refused(nothing, InvalidInput, "the number of seeds = 0");
    let mut calls = 0;
    let different = experiment.repeated(0..2, |_| {
        calls += 1;
        Ok(vec![0.0; calls])
    });
    refused(different, InvalidInput, "number of figures = 2");
    refused(experiment.repeated(0..2, |_| Ok(vec![f64::NAN])), InvalidInput, "figures[0] = NaN");
    let with = |teacher| LearningExperiment::new(ensemble.clone(), teacher, 5).unwrap().draw(0);
    refused(with(TooFew(1.0)), InvalidInput, "targets of the teacher = 19");
    refused(with(TooFew(f64::NAN)), InvalidInput, "targets of the teacher[0] = NaN");
    let ended = experiment.with_observer(|_: Progress| ControlFlow::Break(())).draw(0);
    refused(ended, Cancelled, "cancelled");
}
