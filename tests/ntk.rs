//! The kernel of a finite network: the formula, its two sides, refusals.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array1, Array2, ShapeBuilder, array};
use ntk_spectrum::activation::{
    self, Activation, Centring, FromDerivative, Gelu, Identity, Relu, Silu, Tanh,
};
use ntk_spectrum::ensemble::diagonal::{Bernoulli, Uniform};
use ntk_spectrum::ensemble::{TwoLayerEnsemble, TwoLayerSample};
use ntk_spectrum::ntk::{InputScaling, Ntk, NtkBuilder, NtkWarning};
use ntk_spectrum::observer::{Progress, Stage};
use ntk_spectrum::{Dimensions, Error};

fn sample(n: usize, d: usize, p: usize, sigma: impl Activation + 'static) -> TwoLayerSample {
    TwoLayerEnsemble::new(Dimensions::new(n, d, p).unwrap(), sigma)
        .with_diagonal_law(Uniform::new(-0.5, 1.5).unwrap())
        .with_seed(5)
        .sample()
        .unwrap()
}

fn ntk(n: usize, d: usize, p: usize, sigma: impl Activation + 'static) -> Ntk {
    NtkBuilder::from_sample(&sample(n, d, p, sigma)).build().unwrap()
}

/// What the kernel is, entry by entry, with the size of what is summed.
fn formula(
    x: &Array2<f64>,
    w: &Array2<f64>,
    diagonal: &Array1<f64>,
    derivative: impl Fn(f64) -> f64,
) -> (Array2<f64>, Array2<f64>) {
    let ((n, d), p) = (x.dim(), w.ncols());
    let f = Array2::from_shape_fn((n, p), |(i, k)| {
        let z: f64 = (0..d).map(|a| x[[i, a]] * w[[a, k]]).sum();
        derivative(z / (d as f64).sqrt()) * diagonal[k]
    });
    let dot = |rows: &Array2<f64>, i: usize, j: usize| -> f64 {
        rows.row(i).iter().zip(rows.row(j)).map(|(l, r)| l * r).sum()
    };
    let scale = 1.0 / (d as f64 * p as f64);
    let kernel = Array2::from_shape_fn((n, n), |(i, j)| scale * dot(x, i, j) * dot(&f, i, j));
    let size = Array2::from_shape_fn((n, n), |(i, j)| {
        scale * (dot(x, i, i) * dot(x, j, j) * dot(&f, i, i) * dot(&f, j, j)).sqrt()
    });
    (kernel, size)
}

fn assert_close(name: &str, found: &Array2<f64>, expected: &Array2<f64>, size: &Array2<f64>) {
    assert_eq!(found.dim(), expected.dim());
    for ((index, found), expected) in found.indexed_iter().zip(expected) {
        let error = (found - expected).abs();
        assert!(error <= 1e-13 * size[index], "{name} at {index:?}: {found} not {expected}");
    }
}

fn assert_symmetric(matrix: &Array2<f64>) {
    for ((i, j), entry) in matrix.indexed_iter() {
        assert_eq!(entry.to_bits(), matrix[[j, i]].to_bits(), "({i}, {j})");
    }
}

/// Positive semidefinite up to rounding.
fn assert_semidefinite(name: &str, matrix: &Array2<f64>) {
    let eigenvalues = symmetric_eigenvalues(matrix);
    let (least, largest) = (eigenvalues[0], eigenvalues[eigenvalues.len() - 1]);
    assert!(least >= -1e-12 * largest, "{name}: {least} {largest}");
}

#[test]
fn dense_is_the_formula_for_every_stock_activation() {
    // Two whole tiles and a part of one, not a multiple of 8.
    let sample = sample(413, 7, 10, Relu);
    let (x, w, diagonal) = sample.into_arrays();
    let ones = Array1::ones(10);
    for (name, example) in activation::NAMES {
        let sigma = activation::by_name(example).unwrap();
        let (expected, size) = formula(&x, &w, &diagonal, |z| sigma.derivative(z));
        let ntk = NtkBuilder::new(&x, &w, sigma.clone()).with_diagonal(&diagonal).build().unwrap();
        let found = ntk.dense().unwrap();
        assert_close(name, &found, &expected, &size);
        assert_symmetric(&found);
        assert_semidefinite(name, &found);

        let (expected, size) = formula(&x, &w, &ones, |z| sigma.derivative(z));
        let found = NtkBuilder::new(&x, &w, sigma.clone()).build().unwrap().dense().unwrap();
        assert_close(name, &found, &expected, &size);
        assert_symmetric(&found);
        assert_semidefinite(name, &found);
    }
}

#[test]
fn dense_is_the_formula_at_odd_sizes() {
    for (n, d, p) in [(1, 1, 1), (2, 3, 1), (7, 1, 5), (191, 2, 3), (192, 9, 4), (193, 4, 9)] {
        let sample = sample(n, d, p, Silu);
        let found = NtkBuilder::from_sample(&sample).build().unwrap().dense().unwrap();
        let (x, w, diagonal) = sample.into_arrays();
        let (expected, size) = formula(&x, &w, &diagonal, |z| Silu.derivative(z));
        assert_close(&format!("{n} {d} {p}"), &found, &expected, &size);
        assert_symmetric(&found);
    }
}

#[test]
fn buffers_of_any_strides_are_filled() {
    let ntk = ntk(411, 5, 6, Tanh);
    let expected = ntk.dense().unwrap();
    let mut rows = Array2::from_elem((411, 411), f64::NAN);
    ntk.dense_into(rows.view_mut()).unwrap();
    assert_eq!(rows, expected);
    let mut columns = Array2::from_elem((411, 411).f(), f64::NAN);
    ntk.dense_into(columns.view_mut()).unwrap();
    assert_eq!(columns, expected);
    let mut wide = Array2::from_elem((411, 2 * 411), 7.0);
    let every_second = ndarray::Slice::new(0, None, 2);
    ntk.dense_into(wide.slice_axis_mut(ndarray::Axis(1), every_second)).unwrap();
    for ((i, j), entry) in wide.indexed_iter() {
        assert_eq!(*entry, if j % 2 == 0 { expected[[i, j / 2]] } else { 7.0 });
    }
    for shape in [(410, 411), (411, 412), (0, 0)] {
        let mut wrong = Array2::zeros(shape);
        let error = ntk.dense_into(wrong.view_mut()).unwrap_err();
        assert!(matches!(error, Error::SizeMismatch { expected: 411, .. }));
    }
}

#[test]
fn inputs_of_any_strides_are_read() {
    let (x, w, diagonal) = sample(100, 5, 6, Tanh).into_arrays();
    let (xt, wt) = (x.t().as_standard_layout().to_owned(), w.t().as_standard_layout().to_owned());
    let plain = NtkBuilder::new(&x, &w, Tanh).with_diagonal(&diagonal).build().unwrap();
    let turned = NtkBuilder::new(xt.t(), wt.t(), Tanh).with_diagonal(&diagonal).build().unwrap();
    assert_eq!(plain.dense().unwrap(), turned.dense().unwrap());
}

#[test]
fn centring_subtracts_a0() {
    let (x, w, diagonal) = sample(200, 6, 5, Relu).into_arrays();
    let a0 = Gelu.moments().unwrap().a0;
    let (expected, size) = formula(&x, &w, &diagonal, |z| Gelu.derivative(z) - a0);
    let builder = NtkBuilder::new(&x, &w, Gelu).with_diagonal(&diagonal);
    let found = builder.with_centring(Centring::Centred).build().unwrap().dense().unwrap();
    assert_close("centred", &found, &expected, &size);
}

/// Without a0 the d outliers of size n/d are gone.
#[test]
fn centring_removes_the_outliers() {
    let sample = sample(600, 20, 30, Relu);
    let largest = |centred: bool| {
        let builder = NtkBuilder::from_sample(&sample).with_centring(if centred {
            Centring::Centred
        } else {
            Centring::Raw
        });
        let eigenvalues = builder.build().unwrap().eigenvalues().unwrap();
        // One more comes from a1.
        eigenvalues[eigenvalues.len() - 2]
    };
    assert!(largest(false) > 2.0 * largest(true));
}

#[test]
fn kernel_is_positive_semidefinite() {
    for ntk in [ntk(300, 10, 40, Relu), ntk(300, 40, 10, Gelu), ntk(250, 3, 4, Tanh)] {
        // The dense side, whatever the rank: D and X are generic.
        assert_semidefinite("dense", &ntk.dense().unwrap());
        let eigenvalues = ntk.eigenvalues().unwrap();
        assert!(eigenvalues[0] >= -1e-12 * eigenvalues[eigenvalues.len() - 1]);
    }
}

fn symmetric_eigenvalues(matrix: &Array2<f64>) -> Vec<f64> {
    faer::Mat::from_fn(matrix.nrows(), matrix.ncols(), |i, j| matrix[[i, j]])
        .self_adjoint_eigenvalues(faer::Side::Lower)
        .unwrap()
}

fn jacobian(sample: &TwoLayerSample) -> Array2<f64> {
    let (x, w, diagonal) = sample.clone().into_arrays();
    let ((n, d), p) = (x.dim(), w.ncols());
    let z = x.dot(&w) / (d as f64).sqrt();
    Array2::from_shape_fn((n, d * p), |(i, column)| {
        let (k, a) = (column / d, column % d);
        diagonal[k] * sample.activation().derivative(z[[i, k]]) * x[[i, a]]
            / (d as f64 * p as f64).sqrt()
    })
}

#[test]
fn jacobian_gram_is_the_formula() {
    // More pairs of neurons and of coordinates than go through one product.
    for (n, d, p) in [(400, 21, 3), (250, 2, 101), (30, 1, 1), (200, 6, 5)] {
        let sample = sample(n, d, p, Gelu);
        let found = NtkBuilder::from_sample(&sample).build().unwrap().jacobian_gram().unwrap();
        let j = jacobian(&sample);
        let expected = j.t().dot(&j);
        let size = Array2::from_shape_fn(found.dim(), |(r, c)| {
            (expected[[r, r]] * expected[[c, c]]).sqrt()
        });
        assert_close(&format!("{n} {d} {p}"), &found, &expected, &size);
        assert_symmetric(&found);
    }
}

#[test]
fn both_sides_have_the_same_spectrum() {
    for (n, d, p) in [(300, 8, 12), (90, 8, 12), (96, 8, 12), (97, 8, 12), (451, 21, 22)] {
        let ntk = ntk(n, d, p, Gelu);
        let by_kernel = symmetric_eigenvalues(&ntk.dense().unwrap());
        let mut by_jacobian = symmetric_eigenvalues(&ntk.jacobian_gram().unwrap());
        let eigenvalues = ntk.eigenvalues().unwrap().to_vec();
        assert_eq!(eigenvalues.len(), n);
        let largest = by_kernel[n - 1];
        by_jacobian.reverse();
        for (i, value) in by_kernel.iter().rev().enumerate() {
            let other = by_jacobian.get(i).copied().unwrap_or(0.0);
            assert!((value - other).abs() < 1e-13 * largest, "{i}: {value} {other}");
            assert!((value - eigenvalues[n - 1 - i]).abs() < 1e-13 * largest);
        }
        assert!(eigenvalues.is_sorted());
        let zeros = eigenvalues.iter().filter(|value| **value == 0.0).count();
        assert_eq!(zeros, n.saturating_sub(d * p));
    }
}

#[test]
fn neurons_that_are_off_make_exact_zeros() {
    let sample = TwoLayerEnsemble::new(Dimensions::new(100, 5, 30).unwrap(), Tanh)
        .with_diagonal_law(Bernoulli::new(0.3).unwrap())
        .with_seed(3)
        .sample()
        .unwrap();
    let on = sample.diagonal().iter().filter(|d| **d != 0.0).count();
    assert!((3..20).contains(&on));
    let ntk = NtkBuilder::from_sample(&sample).build().unwrap();
    let eigenvalues = ntk.eigenvalues().unwrap();
    assert_eq!(eigenvalues.iter().filter(|value| **value == 0.0).count(), 100 - 5 * on);
    let dense = symmetric_eigenvalues(&ntk.dense().unwrap());
    for (found, expected) in eigenvalues.iter().zip(&dense) {
        assert!((found - expected).abs() < 1e-13 * dense[99]);
    }
    let (x, w, _) = sample.into_arrays();
    let off = Array1::zeros(30);
    let ntk = NtkBuilder::new(&x, &w, Tanh).with_diagonal(&off).build().unwrap();
    assert_eq!(ntk.eigenvalues().unwrap(), Array1::<f64>::zeros(100));
}

#[test]
fn threads_do_not_change_a_bit() {
    // Large enough for the reduction to be cut into parts.
    let compute = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (wide, tall) = (ntk(500, 24, 30, Gelu), ntk(900, 20, 24, Relu));
            [
                wide.dense().unwrap().into_flat(),
                tall.jacobian_gram().unwrap().into_flat(),
                wide.eigenvalues().unwrap(),
                tall.eigenvalues().unwrap(),
            ]
            .map(|entries| entries.mapv(f64::to_bits))
        })
    };
    let one = compute(1);
    for threads in [2, 3] {
        assert!(one == compute(threads), "{threads} threads");
    }
}

#[test]
fn standardised_inputs() {
    let (x, w, _) = sample(500, 4, 3, Tanh).into_arrays();
    let skewed = &x * &array![1.0, 2.0, 100.0, 1e-3] + &array![0.0, 5.0, 1e4, 1.0];
    let builder = NtkBuilder::new(&skewed, &w, Tanh).with_input_scaling(InputScaling::Standardised);
    let ntk = builder.build().unwrap();
    assert!(ntk.warnings().is_empty(), "{:?}", ntk.warnings());
    let mean = skewed.mean_axis(ndarray::Axis(0)).unwrap();
    let standard = (&skewed - &mean) / &skewed.std_axis(ndarray::Axis(0), 0.0);
    let expected = NtkBuilder::new(&standard, &w, Tanh).build().unwrap().dense().unwrap();
    let found = ntk.dense().unwrap();
    let scale = expected.diag().iter().fold(0.0f64, |m, v| m.max(*v));
    assert!((&found - &expected).iter().all(|e| e.abs() < 1e-10 * scale));

    let warnings = NtkBuilder::new(&skewed, &w, Tanh).build().unwrap().warnings().to_vec();
    assert!(matches!(
        warnings[..],
        [
            NtkWarning::ColumnMeans { count: 3, column: 2, .. },
            NtkWarning::ColumnVariances { count: 3, column: 3, .. }
        ]
    ));
    assert!(warnings.iter().all(|warning| warning.to_string().contains("column")));

    let constant = Array2::from_elem((10, 4), 0.1);
    let builder =
        NtkBuilder::new(&constant, &w, Tanh).with_input_scaling(InputScaling::Standardised);
    let error = builder.build().unwrap_err();
    assert!(matches!(error, Error::InvalidEntry { index: 0, .. }), "{error}");
}

#[test]
fn warnings_are_rare_in_the_model_and_given_outside() {
    use ntk_spectrum::ensemble::input;
    for seed in 0..20 {
        let ensemble =
            TwoLayerEnsemble::new(Dimensions::new(400, 30, 20).unwrap(), Tanh).with_seed(seed);
        for sample in [
            ensemble.sample().unwrap(),
            ensemble.clone().with_input_law(input::Rademacher).sample().unwrap(),
            ensemble.with_input_law(input::Laplace).sample().unwrap(),
        ] {
            let ntk = NtkBuilder::from_sample(&sample).build().unwrap();
            assert!(ntk.warnings().is_empty(), "{:?}", ntk.warnings());
        }
    }
    let (x, w, _) = sample(400, 30, 20, Tanh).into_arrays();
    let (far, large) = (&w + 1.0, &w / 30f64.sqrt());
    let warnings = |w| NtkBuilder::new(&x, w, Tanh).build().unwrap().warnings().to_vec();
    assert!(matches!(warnings(&far)[..], [NtkWarning::WeightMean { .. }]));
    assert!(matches!(warnings(&large)[..], [NtkWarning::WeightVariance { .. }]));
}

#[test]
fn bad_input_is_refused() {
    let (x, w, diagonal) = sample(9, 4, 3, Tanh).into_arrays();
    let build = |x: &Array2<f64>, w: &Array2<f64>, diagonal: &Array1<f64>| {
        NtkBuilder::new(x, w, Tanh).with_diagonal(diagonal).build()
    };
    let empty = |rows, columns| Array2::<f64>::zeros((rows, columns));
    for (x, w, name) in [
        (empty(0, 4), w.clone(), "rows of x"),
        (empty(9, 0), empty(0, 3), "columns of x"),
        (x.clone(), empty(4, 0), "columns of w"),
    ] {
        let error = build(&x, &w, &Array1::zeros(w.ncols())).unwrap_err();
        assert!(matches!(error, Error::InvalidSize { name: n, size: 0, .. } if n == name));
    }
    let error = build(&x, &empty(5, 3), &diagonal).unwrap_err();
    assert_eq!(error.to_string(), "rows of w = 5 is not allowed: 4 is needed, the columns of x");
    let error = build(&x, &w, &Array1::zeros(4)).unwrap_err();
    assert!(matches!(error, Error::SizeMismatch { name: "length of the diagonal", .. }));

    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let (mut x1, mut w1, mut d1) = (x.clone(), w.clone(), diagonal.clone());
        (x1[[7, 2]], w1[[3, 1]], d1[2]) = (bad, bad, bad);
        let error = build(&x1, &w, &diagonal).unwrap_err();
        assert!(matches!(error, Error::InvalidElement { name: "x", row: 7, column: 2, .. }));
        let error = build(&x, &w1, &diagonal).unwrap_err();
        assert!(matches!(error, Error::InvalidElement { name: "w", row: 3, column: 1, .. }));
        let error = build(&x, &w, &d1).unwrap_err();
        assert!(matches!(error, Error::InvalidEntry { name: "diagonal", index: 2, .. }));
    }

    // Finite, but not their products.
    let huge = Array2::from_elem((9, 4), 1e200);
    let error = build(&huge, &Array2::from_elem((4, 3), 1e200), &diagonal).unwrap_err();
    assert!(matches!(error, Error::InvalidElement { row: 0, column: 0, .. }), "{error}");
    let error = NtkBuilder::new(&huge, &w, Identity).build().unwrap_err();
    assert!(matches!(error, Error::InvalidElement { name: "the kernel", .. }), "{error}");

    let undefined = FromDerivative::new(|z: f64| z.sqrt());
    let error = NtkBuilder::new(&x, &w, undefined).build().unwrap_err();
    assert!(matches!(error, Error::NonFiniteDerivative { value, .. } if value.is_nan()));
    // The kernel of this σ′ is finite, its Gaussian mean is not.
    let divergent = FromDerivative::new(|z: f64| (z * z).exp());
    assert!(NtkBuilder::new(&x, &w, divergent.clone()).build().is_ok());
    let centred = NtkBuilder::new(&x, &w, divergent).with_centring(Centring::Centred);
    assert!(matches!(centred.build(), Err(Error::DivergentMoment { .. })));
}

/// Entries of the kernel down among the subnormal numbers: whether a backend
/// still converges is its own affair, but it says so.
#[test]
fn eigenvalues_that_do_not_converge_are_an_error() {
    for n in [20, 50] {
        let (x, w, _) = sample(n, 5, 6, Tanh).into_arrays();
        for scale in [1e-160, 1e-158, 1e-156] {
            let ntk = NtkBuilder::new(&(&x * scale), &(&w / scale), Tanh).build().unwrap();
            match ntk.eigenvalues() {
                Ok(eigenvalues) => assert!(eigenvalues.iter().all(|value| value.is_finite())),
                Err(Error::Eigenvalues { size, message, .. }) => {
                    assert_eq!(size, n.min(30));
                    assert!(!message.is_empty());
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn memory_is_limited_before_it_is_taken() {
    let sample = sample(100, 4, 3, Tanh);
    let limited = |bytes| NtkBuilder::from_sample(&sample).with_memory_limit(bytes).build();
    let error = limited(80_000 - 1).unwrap().dense().unwrap_err();
    assert!(matches!(
        error,
        Error::MemoryLimit { rows: 100, columns: 100, bytes: 80_000, limit: 79_999, .. }
    ));
    assert!(limited(80_000).unwrap().dense().is_ok());
    assert!(matches!(limited(100), Err(Error::MemoryLimit { .. })));

    // 8n² bytes are beyond any machine; nothing but the error happens.
    let x = Array2::<f64>::ones((3_000_000, 1));
    let w = array![[1.0, 2.0]];
    let ntk = NtkBuilder::new(&x, &w, Tanh).build().unwrap();
    assert!(matches!(ntk.dense(), Err(Error::MemoryLimit { bytes: 72_000_000_000_000, .. })));
    // JᵀJ is 2 × 2.
    assert_eq!(ntk.eigenvalues().unwrap().len(), 3_000_000);

    // And so are 8(dp)² bytes; K is 2 × 2.
    let (x, w) = (Array2::<f64>::ones((2, 100_000)), Array2::ones((100_000, 1)));
    let ntk = NtkBuilder::new(&x, &w, Tanh).build().unwrap();
    let error = ntk.jacobian_gram().unwrap_err();
    assert!(matches!(error, Error::MemoryLimit { what: "JᵀJ", rows: 100_000, .. }), "{error}");
    assert_eq!(ntk.eigenvalues().unwrap().len(), 2);
}

#[test]
fn observers_see_every_step_and_may_end_the_work() {
    let calls = Arc::new(AtomicUsize::new(0));
    let count = calls.clone();
    let sample = sample(1000, 10, 10, Relu);
    let watched = |until: Stage, done: usize| {
        let count = count.clone();
        NtkBuilder::from_sample(&sample).with_observer(move |progress: Progress| {
            assert!(progress.done <= progress.total);
            count.fetch_add(1, Ordering::Relaxed);
            if progress.stage == until && progress.done >= done {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
    };
    let ntk = watched(Stage::Eigenvalues, 2).build().unwrap();
    assert_eq!(calls.swap(0, Ordering::Relaxed), 1000usize.div_ceil(192) + 1);
    ntk.dense().unwrap();
    assert_eq!(calls.swap(0, Ordering::Relaxed), 6 * 7 / 2 + 1);
    assert_eq!(ntk.eigenvalues().unwrap().len(), 1000);

    assert!(matches!(watched(Stage::Features, 0).build(), Err(Error::Cancelled { .. })));
    calls.store(0, Ordering::Relaxed);
    let error = watched(Stage::Kernel, 3).build().unwrap().dense().unwrap_err();
    assert!(matches!(error, Error::Cancelled { total: 21, .. }), "{error}");
    let threads = rayon::current_num_threads();
    assert!(calls.load(Ordering::Relaxed) < 7 + 5 + 2 * threads + 2);
    let error = watched(Stage::Eigenvalues, 0).build().unwrap().eigenvalues().unwrap_err();
    assert!(error.to_string().contains("eigenvalues"));
}
