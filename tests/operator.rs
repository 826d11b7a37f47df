//! The kernel as an operator, against its matrix; one suite for every operator.

use std::sync::Arc;

use ndarray::{Array1, Array2, Axis, ShapeBuilder, Slice};
use ntk_spectrum::activation::{
    Activation, Centring, Gelu, Polynomial, Relu, Sine, Softplus, Tanh,
};
use ntk_spectrum::ensemble::diagonal::{Bernoulli, Uniform};
use ntk_spectrum::ensemble::{TwoLayerEnsemble, TwoLayerSample};
use ntk_spectrum::krylov::{Probe, SingleProcess, SymmetricOperator};
use ntk_spectrum::ntk::{DistributedOperator, FeatureStorage, NtkBuilder, NtkOperator};
use ntk_spectrum::{Dimensions, Error};

/// n, d, p: n below, at and above multiples of a panel, d ≠ p, n above and below dp.
const SHAPES: [(usize, usize, usize); 8] = [
    (1, 1, 1),
    (7, 3, 2),
    (191, 12, 20),
    (192, 20, 12),
    (193, 9, 31),
    (500, 7, 5),
    (640, 40, 33),
    (1001, 25, 25),
];

fn ensemble(n: usize, d: usize, p: usize, sigma: Arc<dyn Activation>) -> TwoLayerEnsemble {
    TwoLayerEnsemble::new(Dimensions::new(n, d, p).unwrap(), sigma)
        .with_diagonal_law(Uniform::new(-0.5, 1.5).unwrap())
        .with_seed(11)
}

fn activations() -> Vec<Arc<dyn Activation>> {
    vec![
        Arc::new(Relu),
        Arc::new(Tanh),
        Arc::new(Gelu),
        Arc::new(Softplus),
        Arc::new(Sine::new(1.3).unwrap()),
        Arc::new(Polynomial::new([0.0, 1.0, 0.5]).unwrap()),
    ]
}

fn block(rows: usize, columns: usize) -> Array2<f64> {
    let mut block = Array2::zeros((rows, columns));
    for (k, mut column) in block.columns_mut().into_iter().enumerate() {
        let signs = Probe { seed: 5, index: k }.signs(0..rows).unwrap();
        for (i, (entry, sign)) in column.iter_mut().zip(signs).enumerate() {
            *entry = sign * (1.0 + (i % 17) as f64 / 3.0);
        }
    }
    block
}

/// The entries of J, one by one, in the definition's own scaling.
fn jacobian(sample: &TwoLayerSample, sigma: &dyn Activation, mean: f64) -> Array2<f64> {
    let (x, w, diagonal) = (sample.x(), sample.w(), sample.diagonal());
    let ((n, d), p) = (x.dim(), w.ncols());
    let z = x.dot(&w) / (d as f64).sqrt();
    Array2::from_shape_fn((n, d * p), |(i, place)| {
        let (a, k) = (place / p, place % p);
        let phi = sigma.derivative(z[[i, k]]) - mean;
        x[[i, a]] / (d as f64).sqrt() * phi * diagonal[k] / (p as f64).sqrt()
    })
}

#[test]
fn products_with_the_jacobian_are_those_of_its_matrix() {
    for (n, d, p) in SHAPES {
        for (law, centring) in [(1.0, Centring::Raw), (0.4, Centring::Centred)] {
            let sigma = Gelu;
            let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, d, p).unwrap(), sigma)
                .with_diagonal_law(Bernoulli::new(law).unwrap())
                .with_seed(5);
            let sample = ensemble.sample().unwrap();
            let mean = match centring {
                Centring::Raw => 0.0,
                Centring::Centred => sigma.moments().unwrap().a0,
            };
            let j = jacobian(&sample, &sigma, mean);
            for storage in [FeatureStorage::Stored, FeatureStorage::Recomputed] {
                let kernel = NtkBuilder::from_sample(&sample)
                    .with_centring(centring)
                    .with_features(storage)
                    .build_operator()
                    .unwrap();
                let theta = block(d, p);
                let flat = Array1::from_iter(theta.iter().copied());
                let (found, expected) = (kernel.jvp(theta.view()).unwrap(), j.dot(&flat));
                let bound = 1e-12 * theta.mapv(f64::abs).sum();
                assert_close(&found, &expected, bound);
                let u = block(n, 1).column(0).to_owned();
                let gradient = kernel.vjp(u.view()).unwrap();
                assert_eq!(gradient.dim(), (d, p));
                let bound = 1e-12 * u.mapv(f64::abs).sum();
                let flat = Array1::from_iter(gradient.iter().copied());
                assert_close(&flat, &j.t().dot(&u), bound);
                // ⟨u, Jθ⟩ = ⟨Jᵀu, θ⟩, and J Jᵀ = K.
                let (left, right) = (u.dot(&found), (&gradient * &theta).sum());
                assert!(
                    (left - right).abs() <= 1e-12 * u.mapv(f64::abs).dot(&found.mapv(f64::abs))
                );
                let twice = kernel.jvp(gradient.view()).unwrap();
                let dense = kernel.to_dense().unwrap();
                let bound = 1e-12 * dense.mapv(f64::abs).dot(&u.mapv(f64::abs)).sum();
                assert_close(&twice, &dense.dot(&u), bound);
            }
        }
    }
}

#[track_caller]
fn assert_close(found: &Array1<f64>, expected: &Array1<f64>, bound: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= bound, "{found} instead of {expected}");
    }
}

#[test]
fn products_with_the_jacobian_refuse_bad_input() {
    let ensemble = ensemble(20, 3, 4, Arc::new(Relu));
    let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    let refused = |outcome: Result<(), Error>, words: &str| {
        let message = outcome.unwrap_err().to_string();
        assert!(message.contains(words), "{message}");
    };
    let jvp = |theta: Array2<f64>| kernel.jvp(theta.view()).map(drop);
    let vjp = |u: Array1<f64>| kernel.vjp(u.view()).map(drop);
    refused(jvp(Array2::zeros((4, 4))), "rows of theta = 4");
    refused(jvp(Array2::zeros((3, 0))), "columns of theta = 0");
    let mut theta = Array2::zeros((3, 4));
    theta[[2, 1]] = f64::NAN;
    refused(jvp(theta), "theta[2, 1] = NaN");
    refused(vjp(Array1::zeros(19)), "length of u = 19");
    refused(vjp(Array1::from_elem(20, f64::INFINITY)), "u[0] = inf");
    let small = NtkBuilder::from_ensemble(&ensemble).with_memory_limit(8 * 80);
    let small = small.build_operator().unwrap();
    assert_eq!(small.vjp(Array1::zeros(20).view()).unwrap().sum(), 0.0);
}

/// What every operator must do, given its matrix. `scale` bounds what is summed
/// in an entry of the product.
fn assert_applies(name: &str, operator: &dyn SymmetricOperator, dense: &Array2<f64>) {
    let n = dense.nrows();
    assert_eq!(operator.size(), n, "{name}");
    assert_eq!(operator.layout().rows(), 0..n);
    for columns in [1, 2, 5, 70] {
        let v = block(n, columns);
        let expected = dense.dot(&v);
        let size = dense.mapv(f64::abs).dot(&v.mapv(f64::abs));
        let mut by_rows = Array2::from_elem((n, columns), f64::NAN);
        operator.apply(by_rows.view_mut(), v.view()).unwrap();
        for ((index, found), expected) in by_rows.indexed_iter().zip(&expected) {
            let error = (found - expected).abs();
            assert!(error <= 1e-12 * size[index], "{name} at {index:?}: {found} not {expected}");
        }
        // Any strides.
        let mut by_columns = Array2::from_elem((n, columns).f(), f64::NAN);
        let mut reversed = v.clone();
        reversed.invert_axis(Axis(0));
        let reversed = reversed.as_standard_layout().into_owned();
        operator
            .apply(by_columns.view_mut(), reversed.slice_axis(Axis(0), Slice::new(0, None, -1)))
            .unwrap();
        assert_eq!(by_columns, by_rows, "{name}");
    }
    let v = block(n, 1);
    let mut vector = Array1::zeros(n);
    operator.apply_vector(vector.view_mut(), v.column(0)).unwrap();
    let mut out = Array2::zeros((n, 1));
    operator.apply(out.view_mut(), v.view()).unwrap();
    assert_eq!(vector, out.column(0), "{name}");
    // No columns, nothing to do.
    operator.apply(Array2::zeros((n, 0)).view_mut(), Array2::zeros((n, 0)).view()).unwrap();

    for (out, rhs) in [((n + 1, 1), (n, 1)), ((n, 1), (n + 1, 1)), ((n, 2), (n, 1))] {
        let result = operator.apply(Array2::zeros(out).view_mut(), Array2::zeros(rhs).view());
        assert!(matches!(result, Err(Error::SizeMismatch { .. })), "{name}: {result:?}");
    }
}

fn stored(sample: &TwoLayerSample) -> NtkOperator {
    NtkBuilder::from_sample(sample).build_operator().unwrap()
}

#[test]
fn all_operators_agree_with_the_matrix() {
    for (n, d, p) in SHAPES {
        let ensemble = ensemble(n, d, p, Arc::new(Relu));
        let sample = ensemble.sample().unwrap();
        let dense = NtkBuilder::from_sample(&sample).build().unwrap().dense().unwrap();
        let name = format!("{n}, {d}, {p}");
        assert_applies(&format!("matrix {name}"), &dense, &dense);
        let by_columns = dense.t().to_owned().reversed_axes();
        assert_applies(&format!("matrix by columns {name}"), &by_columns, &dense);
        assert_applies(&format!("stored {name}"), &stored(&sample), &dense);
        let recomputed = NtkBuilder::from_sample(&sample).with_features(FeatureStorage::Recomputed);
        let recomputed = recomputed.build_operator().unwrap();
        assert_applies(&format!("recomputed {name}"), &recomputed, &dense);
        let alone = NtkBuilder::from_ensemble(&ensemble).build_operator();
        let alone = DistributedOperator::new(alone, SingleProcess).unwrap();
        assert_applies(&format!("alone {name}"), &alone, &dense);
    }
}

#[test]
fn every_activation() {
    for sigma in activations() {
        for centred in [false, true] {
            let name = format!("{sigma:?}, centred {centred}");
            let ensemble = ensemble(300, 17, 11, sigma.clone());
            let sample = ensemble.sample().unwrap();
            let builder = || {
                NtkBuilder::from_sample(&sample).with_centring(if centred {
                    Centring::Centred
                } else {
                    Centring::Raw
                })
            };
            let dense = builder().build().unwrap().dense().unwrap();
            assert_applies(&name, &builder().build_operator().unwrap(), &dense);
            let recomputed =
                builder().with_features(FeatureStorage::Recomputed).build_operator().unwrap();
            assert_applies(&name, &recomputed, &dense);
        }
    }
}

#[test]
fn stored_recomputed_and_drawn_features_give_the_same_bits() {
    let ensemble = ensemble(777, 24, 19, Arc::new(Tanh));
    let sample = ensemble.sample().unwrap();
    let v = block(777, 3);
    let image = |operator: NtkOperator| {
        let mut out = Array2::zeros((777, 3));
        operator.apply(out.view_mut(), v.view()).unwrap();
        out
    };
    let expected = image(stored(&sample));
    let recomputed = NtkBuilder::from_sample(&sample).with_features(FeatureStorage::Recomputed);
    assert_eq!(image(recomputed.build_operator().unwrap()), expected);
    let drawn = || NtkBuilder::from_ensemble(&ensemble);
    assert_eq!(image(drawn().build_operator().unwrap()), expected);
    let recomputed = drawn().with_features(FeatureStorage::Recomputed);
    assert_eq!(image(recomputed.build_operator().unwrap()), expected);
    // The dense kernel too, and that of some rows.
    let dense = NtkBuilder::from_sample(&sample).build().unwrap().dense().unwrap();
    assert_eq!(drawn().build().unwrap().dense().unwrap(), dense);
    let some =
        NtkBuilder::from_ensemble_rows(&ensemble, 100..500).build().unwrap().dense().unwrap();
    let part = dense.slice_axis(Axis(0), Slice::from(100..500));
    let part = part.slice_axis(Axis(1), Slice::from(100..500));
    assert!(some.iter().zip(&part).all(|(l, r)| (l - r).abs() <= 1e-14));
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let ensemble = ensemble(3000, 30, 26, Arc::new(Relu));
    let operator = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    let v = block(3000, 4);
    let images = [1, 2, 3].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut out = Array2::zeros((3000, 4));
            operator.apply(out.view_mut(), v.view()).unwrap();
            let inner = operator.compressed().unwrap();
            let w = block(inner.size(), 1);
            let mut companion = Array2::zeros((inner.size(), 1));
            inner.apply(companion.view_mut(), w.view()).unwrap();
            (out, companion)
        })
    });
    assert_eq!(images[0], images[1]);
    assert_eq!(images[0], images[2]);
}

#[test]
fn companion_is_the_gram_matrix_of_the_jacobian() {
    for (n, d, p) in SHAPES {
        let sample = ensemble(n, d, p, Arc::new(Gelu)).sample().unwrap();
        let operator = stored(&sample);
        match operator.compressed() {
            None => assert!(n <= d * p),
            Some(companion) => {
                assert!(n > d * p);
                let ntk = NtkBuilder::from_sample(&sample).build().unwrap();
                assert_applies("companion", &*companion, &ntk.jacobian_gram().unwrap());
            }
        }
    }
}

#[test]
fn neurons_with_zero_weight_take_no_part() {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(200, 10, 30).unwrap(), Relu)
        .with_diagonal_law(Bernoulli::new(0.5).unwrap())
        .with_seed(2);
    let sample = ensemble.sample().unwrap();
    let active = sample.diagonal().iter().filter(|entry| **entry != 0.0).count();
    assert!(active < 20);
    let operator = stored(&sample);
    assert_eq!(operator.dimensions().p(), 30);
    assert_eq!(operator.compressed().map(|inner| inner.size()), Some(10 * active));
    let dense = NtkBuilder::from_sample(&sample).build().unwrap().dense().unwrap();
    assert_applies("half of the neurons", &operator, &dense);

    // No neuron at all: K = 0.
    let zeros = Array1::zeros(30);
    for recomputed in [false, true] {
        let none = NtkBuilder::from_sample(&sample)
            .with_diagonal(&zeros)
            .with_features(if recomputed {
                FeatureStorage::Recomputed
            } else {
                FeatureStorage::Stored
            })
            .build_operator()
            .unwrap();
        assert_applies("no neuron", &none, &Array2::zeros((200, 200)));
        assert_eq!(none.trace().unwrap(), 0.0);
        assert_eq!(none.kernel_rows(3..5).unwrap(), Array2::<f64>::zeros((2, 200)));
    }
}

#[test]
fn entries_on_demand() {
    for (n, d, p) in SHAPES {
        let sample = ensemble(n, d, p, Arc::new(Relu)).sample().unwrap();
        let dense = NtkBuilder::from_sample(&sample).build().unwrap().dense().unwrap();
        for recomputed in [false, true] {
            let builder = NtkBuilder::from_sample(&sample).with_features(if recomputed {
                FeatureStorage::Recomputed
            } else {
                FeatureStorage::Stored
            });
            let operator = builder.build_operator().unwrap();
            let close = |found: f64, expected: f64, i: usize, j: usize| {
                let size = (dense[[i, i]] * dense[[j, j]]).sqrt();
                assert!((found - expected).abs() <= 1e-13 * size, "{found} not {expected}");
            };
            let diagonal = operator.diagonal().unwrap();
            for i in 0..n {
                close(diagonal[i], dense[[i, i]], i, i);
            }
            assert!((operator.trace().unwrap() / dense.diag().sum() - 1.0).abs() < 1e-12);
            for range in [0..n, n / 3..n / 2 + 1, n - 1..n, n..n, 0..0] {
                let rows = operator.kernel_rows(range.clone()).unwrap();
                assert_eq!(rows.dim(), (range.len(), n));
                for ((i, j), entry) in rows.indexed_iter() {
                    close(*entry, dense[[range.start + i, j]], range.start + i, j);
                }
            }
            for ((i, j), entry) in operator.to_dense().unwrap().indexed_iter() {
                close(*entry, dense[[i, j]], i, j);
            }
        }
    }
}

#[test]
fn frobenius_norm() {
    let sample = ensemble(600, 20, 20, Arc::new(Tanh)).sample().unwrap();
    let dense = NtkBuilder::from_sample(&sample).build().unwrap().dense().unwrap();
    let exact = dense.iter().map(|entry| entry * entry).sum::<f64>().sqrt();
    let found = stored(&sample).frobenius_norm(50, 3).unwrap();
    assert!((found / exact - 1.0).abs() < 0.1, "{found} not {exact}");
}

#[test]
fn refusals() {
    let sample = ensemble(50, 4, 5, Arc::new(Relu)).sample().unwrap();
    let operator = stored(&sample);
    assert!(matches!(
        operator.frobenius_norm(0, 0),
        Err(Error::InvalidSize { name: "probes", .. })
    ));
    #[expect(clippy::reversed_empty_ranges, reason = "what is refused")]
    for range in [40..51, 60..70, 7..3] {
        assert!(matches!(operator.kernel_rows(range), Err(Error::InvalidSize { .. })));
    }
    let limited = NtkBuilder::from_sample(&sample).with_memory_limit(8 * 50 * 40);
    let limited = limited.build_operator().unwrap();
    assert!(matches!(limited.to_dense(), Err(Error::MemoryLimit { rows: 50, .. })));
    assert!(limited.kernel_rows(0..40).is_ok());
    let oblong = Array2::<f64>::zeros((4, 3));
    let result = oblong.apply(Array2::zeros((4, 1)).view_mut(), Array2::zeros((4, 1)).view());
    assert!(matches!(result, Err(Error::SizeMismatch { name: "columns of the matrix", .. })));

    let ensemble = TwoLayerEnsemble::new(Dimensions::new(10, 3, 3).unwrap(), Relu);
    assert!(matches!(
        NtkBuilder::from_ensemble_rows(&ensemble, 5..11).build_operator(),
        Err(Error::InvalidSize { .. })
    ));
    assert!(matches!(
        NtkBuilder::from_ensemble_rows(&ensemble, 5..5).build_operator(),
        Err(Error::InvalidSize { name: "rows of x", .. })
    ));
}
