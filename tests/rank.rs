//! How many eigenvalues of a kernel are zero, beside outliers that hide them.

use ndarray::{Array1, Array2};
use ntk_spectrum::activation::{Activation, Centring, FromDerivative, Identity, Polynomial, Tanh};
use ntk_spectrum::diagonal::Bernoulli;
use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum, PooledComparison};
use ntk_spectrum::ensemble::{TwoLayerEnsemble, TwoLayerSample};
use ntk_spectrum::ntk::{Ntk, NtkBuilder};
use ntk_spectrum::spectrum::PredictedOutliers;
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};

/// What is left of a column of J counts as rounding below this, relative to the longest.
const ROUNDING: f64 = 1e-13;

fn sample(n: usize, d: usize, p: usize, sigma: impl Activation + 'static) -> TwoLayerSample {
    let dimensions = Dimensions::new(n, d, p).unwrap();
    TwoLayerEnsemble::new(dimensions, sigma).with_seed(5).sample().unwrap()
}

fn jacobian(sample: &TwoLayerSample, mean: f64) -> Array2<f64> {
    let (x, w, diagonal) = (sample.x(), sample.w(), sample.diagonal());
    let ((n, d), p) = (x.dim(), w.ncols());
    let z = x.dot(&w) / (d as f64).sqrt();
    Array2::from_shape_fn((n, d * p), |(i, column)| {
        let (k, a) = (column / d, column % d);
        diagonal[k] * (sample.activation().derivative(z[[i, k]]) - mean) * x[[i, a]]
    })
}

/// The rank by orthogonalisation with pivots, of J itself: of squares, as in JᵀJ, half
/// the digits would be left.
fn rank(mut j: Array2<f64>) -> usize {
    let lengths = |j: &Array2<f64>| j.columns().into_iter().map(|c| c.dot(&c).sqrt()).collect();
    let first: Array1<f64> = lengths(&j);
    let scale = first.iter().copied().fold(0.0, f64::max);
    let mut rank = 0;
    loop {
        let left: Array1<f64> = lengths(&j);
        let (pivot, length) =
            left.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap();
        if length <= ROUNDING * scale {
            return rank;
        }
        rank += 1;
        let unit = &j.column(pivot) / length;
        for _ in 0..2 {
            for mut column in j.columns_mut() {
                let along = unit.dot(&column);
                column.scaled_add(-along, &unit);
            }
        }
        j.column_mut(pivot).fill(0.0);
    }
}

fn kernel(sample: &TwoLayerSample) -> Ntk {
    NtkBuilder::from_sample(sample).build().unwrap()
}

#[test]
fn huge_outliers_hide_no_eigenvalues() {
    let mut hidden = 0;
    for size in [0.0, 1.0, 1e3, 1e4, 1e5, 1e6, 1e7] {
        let sigma = FromDerivative::new(move |z: f64| size + z.tanh());
        let sample = sample(120, 6, 12, sigma);
        let rank = rank(jacobian(&sample, 0.0));
        assert_eq!(rank, 72, "{size}");
        let kernel = kernel(&sample);
        assert_eq!(kernel.rank_bound(), 72);
        let spectrum = EmpiricalSpectrum::from_kernel(&kernel).unwrap();
        assert_eq!(spectrum.zeros(), 120 - rank, "{size}");
        // Of eigenvalues alone it is said how many cannot be told.
        let alone = EmpiricalSpectrum::new(kernel.eigenvalues().unwrap()).unwrap();
        assert_eq!(alone.zeros() - alone.undetermined(), 120 - rank);
        assert_eq!(alone.undetermined(), spectrum.undetermined());
        assert_eq!(alone.resolution(), spectrum.resolution());
        let below = spectrum.values().iter().filter(|x| **x <= spectrum.resolution()).count();
        assert_eq!(spectrum.zeros() + spectrum.undetermined(), below);
        hidden = spectrum.undetermined();
    }
    assert_eq!(hidden, 72 - 6, "all but the outliers");
}

/// The atom of the sample is that of the limit, and the report says what is not known.
#[test]
fn comparisons_count_the_zeros_of_the_rank() {
    let dimensions = Dimensions::new(700, 20, 20).unwrap();
    let sigma = FromDerivative::new(|z: f64| 1e6 + z.tanh());
    let ensemble = TwoLayerEnsemble::new(dimensions, sigma);
    let law = LimitingSpectrum::from_ensemble(&ensemble);
    let kernel = kernel(&ensemble.sample().unwrap());
    let predicted =
        PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring()).unwrap();
    let spectrum = EmpiricalSpectrum::from_kernel(&kernel).unwrap();
    let split = spectrum.split(&law, &predicted).unwrap();
    assert_eq!((split.zeros(), split.outliers().len()), (300, 21));
    assert_eq!(split.undetermined(), spectrum.undetermined());
    let comparison = Comparison::new(&split, &law).unwrap();
    assert!(comparison.atom.difference().abs() < 1e-12, "{:?}", comparison.atom);
    assert_eq!(comparison.bulk, 379);
    assert!(comparison.undetermined > 0);
    assert!(comparison.to_string().contains("not told from 0"), "{comparison}");
    let pooled = PooledComparison::new(&[comparison.clone(), comparison]).unwrap();
    assert!(pooled.atom.mean.abs() < 1e-12);
    // Pooled eigenvalues keep the counts.
    let both = EmpiricalSpectrum::pooled([&spectrum, &spectrum]).unwrap();
    assert_eq!((both.zeros(), both.undetermined()), (600, 2 * spectrum.undetermined()));
    // A bulk has no zeros, whatever rounding has made of it.
    assert_eq!(split.bulk().unwrap().zeros(), 0);
}

#[test]
fn the_rank_of_quadratic_activations() {
    let square = || Polynomial::new([0.0, 0.0, 1.0]).unwrap();
    let both = || Polynomial::new([0.0, 1.0, 1.0]).unwrap();
    let cubic = || Polynomial::new([0.0, 0.0, 0.0, 1.0]).unwrap();
    for (n, d, p) in [(90, 5, 9), (90, 5, 3), (90, 5, 1), (20, 5, 9), (90, 1, 7), (30, 6, 6)] {
        let samples = [
            sample(n, d, p, Identity),
            sample(n, d, p, square()),
            sample(n, d, p, both()),
            sample(n, d, p, Tanh),
            sample(n, d, p, cubic()),
            sample(n, d, p, FromDerivative::new(|z: f64| 3.0 - 2.0 * z)),
        ];
        for (number, sample) in samples.iter().enumerate() {
            for centring in [Centring::Raw, Centring::Centred] {
                let a0 = sample.activation().moments().unwrap().a0;
                let mean = if centring == Centring::Raw { 0.0 } else { a0 };
                let kernel =
                    NtkBuilder::from_sample(sample).with_centring(centring).build().unwrap();
                let expected = rank(jacobian(sample, mean));
                let bound = kernel.rank_bound();
                // Cubes of one number and of few directions are dependent too.
                let tight = number != 4;
                assert!(bound >= expected, "{number}: {bound} {expected}");
                assert!(
                    !tight || d == 1 || bound == expected,
                    "{n} {d} {p}, {number}: {bound} {expected}"
                );
                let spectrum = EmpiricalSpectrum::from_kernel(&kernel).unwrap();
                assert_eq!(spectrum.zeros(), n - bound);
            }
        }
    }
}

#[test]
fn neurons_that_are_off_have_no_rank() {
    let dimensions = Dimensions::new(200, 5, 30).unwrap();
    let off = TwoLayerEnsemble::new(dimensions, Tanh)
        .with_diagonal_law(Bernoulli::new(0.3).unwrap())
        .sample()
        .unwrap();
    let expected = rank(jacobian(&off, 0.0));
    assert!(expected < 150);
    assert_eq!(kernel(&off).rank_bound(), expected);
    assert_eq!(EmpiricalSpectrum::from_kernel(&kernel(&off)).unwrap().zeros(), 200 - expected);
}

#[test]
fn ranks_that_cannot_be() {
    let values = [1e-17, 0.5, 1.0];
    assert!(matches!(
        EmpiricalSpectrum::from_values_of_rank(values, 4),
        Err(Error::InvalidSize { name: "rank", size: 4, .. })
    ));
    // Two are certainly not 0.
    let refused = EmpiricalSpectrum::from_values_of_rank(values, 1);
    assert!(matches!(refused, Err(Error::InvalidEntry { value: 0.5, .. })), "{refused:?}");
    let negative = EmpiricalSpectrum::from_values_of_rank([-0.5, 1.0], 2);
    assert!(matches!(negative, Err(Error::InvalidEntry { value: -0.5, .. })));
    assert!(EmpiricalSpectrum::from_values_of_rank([f64::NAN], 1).is_err());
    assert!(EmpiricalSpectrum::from_values_of_rank([0.0; 0], 0).is_err());
    let whole = EmpiricalSpectrum::from_values_of_rank([0.0; 3], 0).unwrap();
    assert_eq!((whole.zeros(), whole.undetermined(), whole.resolution()), (3, 0, 0.0));
}
