//! Covariances of data and of sampled inputs, against laws.

use ndarray::{Array2, Axis, Slice, array};
use ntk_spectrum::activation::{Relu, Tanh};
use ntk_spectrum::empirical::CovarianceSpectrum;
use ntk_spectrum::ensemble::{InputCovariance, InputEnsemble, TwoLayerEnsemble};
use ntk_spectrum::prelude::*;
use ntk_spectrum::{Error, LimitingSpectrum};
use num_complex::Complex64;

fn halves(d: usize) -> Vec<f64> {
    (0..d).map(|k| if k % 2 == 0 { 0.4 } else { 1.6 }).collect()
}

fn inputs(n: usize, eigenvalues: &[f64], rotated: bool) -> InputEnsemble {
    let covariance = InputCovariance::new(eigenvalues).unwrap();
    let covariance = if rotated { covariance.with_rotation() } else { covariance };
    let dimensions = Dimensions::new(n, eigenvalues.len(), 3).unwrap();
    InputEnsemble::new(dimensions).with_covariance(covariance).with_seed(11)
}

#[test]
fn sampled_rows_have_the_covariance() {
    let eigenvalues = halves(20);
    let plain = InputEnsemble::new(Dimensions::new(500, 20, 3).unwrap()).with_seed(11);
    let (g, x) = (plain.sample().unwrap(), inputs(500, &eigenvalues, false).sample().unwrap());
    for ((row, column), value) in x.indexed_iter() {
        assert_eq!(*value, g[[row, column]] * eigenvalues[column].sqrt());
    }
    // Turned: the same lengths and inner products of rows, and no column is small.
    let turned = inputs(500, &eigenvalues, true);
    let y = turned.sample().unwrap();
    let off = &x.dot(&x.t()) - &y.dot(&y.t());
    assert!(off.iter().all(|entry| entry.abs() < 1e-12));
    assert!(y.map_axis(Axis(0), |c| c.dot(&c)).iter().all(|square| *square > 0.5 * 500.0));
    // A range of rows is that of the whole, bit for bit.
    assert_eq!(turned.rows(100..230).unwrap(), y.slice_axis(Axis(0), Slice::from(100..230)));
    let wrong = InputEnsemble::new(Dimensions::new(5, 19, 3).unwrap())
        .with_covariance(InputCovariance::new(&eigenvalues).unwrap());
    assert!(matches!(wrong.sample(), Err(Error::SizeMismatch { name: "eigenvalues", .. })));
    assert!(InputCovariance::new(&[0.0, 0.0]).is_err() && InputCovariance::new(&[]).is_err());
}

#[test]
fn shrinkage_puts_the_second_moment_right() {
    for (eigenvalues, h2) in [(halves(60), 1.36), (vec![1.0; 60], 1.0)] {
        let x = inputs(1200, &eigenvalues, true).sample().unwrap();
        let found = CovarianceSpectrum::from_samples(x.view()).unwrap();
        assert!((found.second_moment_ratio() - h2).abs() < 0.01, "{h2}: {found:?}");
        let matrix: Array2<f64> = x.t().dot(&x) / 1200.0;
        let raw = CovarianceSpectrum::from_matrix(matrix.view()).unwrap();
        let excess = raw.second_moment_ratio() - h2;
        assert!(excess > 0.04 && excess < 0.07, "d/n = 0.05: {excess}");
        assert!((raw.mean() / found.mean() - 1.0).abs() < 1e-12);
        assert!((found.normalised().unwrap().mean() - 1.0).abs() < 1e-12);
        let conditions = found.conditions(60);
        assert!((conditions.overlap - h2.powi(3) / 60.0).abs() < 1e-3);
        assert_eq!(conditions.sampling, 0.05);
    }
}

#[test]
fn bad_data_are_named() {
    let of = |x: Array2<f64>| CovarianceSpectrum::from_samples(x.view());
    assert!(matches!(of(Array2::zeros((0, 3))), Err(Error::InvalidSize { .. })));
    assert!(matches!(of(Array2::zeros((4, 0))), Err(Error::InvalidSize { .. })));
    assert!(matches!(of(Array2::zeros((4, 3))), Err(Error::InvalidParameter { .. })));
    assert!(matches!(
        of(array![[1.0, 2.0], [f64::NAN, 1.0]]),
        Err(Error::InvalidElement { name: "X", row: 1, column: 0, .. })
    ));
    let constant = Array2::from_elem((9, 4), 0.1);
    assert!(CovarianceSpectrum::from_centred_samples(constant.view()).is_err());
    assert!(CovarianceSpectrum::from_samples(constant.view()).is_ok());
    let of = |s: Array2<f64>| CovarianceSpectrum::from_matrix(s.view());
    assert!(matches!(of(array![[1.0, 0.5], [0.2, 1.0]]), Err(Error::InvalidElement { .. })));
    assert!(matches!(of(array![[1.0, 2.0], [2.0, 1.0]]), Err(Error::InvalidEntry { .. })));
    assert!(matches!(of(array![[1.0, 0.0]]), Err(Error::SizeMismatch { .. })));
    assert!(of(array![[1.0, 1.0], [1.0, 1.0]]).is_ok());
    // Fewer samples than dimensions: said, and zeros for the rest.
    let few = inputs(10, &halves(20), true).sample().unwrap();
    let found = CovarianceSpectrum::from_samples(few.view()).unwrap();
    assert_eq!(found.eigenvalues().len(), 20);
    assert!(found.conditions(5).to_string().contains("fewer samples than dimensions"));
}

/// Transforms of sampled kernels: near the law with the covariance, far from that without.
#[test]
fn sampled_kernels_follow_the_law() {
    for rotated in [false, true] {
        let covariance = InputCovariance::new(&halves(40)).unwrap();
        let covariance = if rotated { covariance.with_rotation() } else { covariance };
        let dimensions = Dimensions::from_ratios(0.7, 1.0, 40).unwrap();
        let ensemble =
            TwoLayerEnsemble::new(dimensions, Relu).with_covariance(covariance).with_seed(5);
        let sample = ensemble.sample().unwrap();
        let kernel = NtkBuilder::from_sample(&sample).build().unwrap();
        let spectrum = EmpiricalSpectrum::from_kernel(&kernel).unwrap();
        let known = LimitingSpectrum::from_ensemble(&ensemble);
        let data = LimitingSpectrum::for_data(sample.x(), 40, Relu, 1.0).unwrap();
        let ignored = LimitingSpectrum::from_dimensions(dimensions, Relu, 1.0);
        let error = |law: &LimitingSpectrum| {
            let points = [(-0.2, 0.0), (0.2, 0.2), (0.5, 0.3)].map(|(x, y)| Complex64::new(x, y));
            let errors = points.map(|z| {
                let expected = spectrum.stieltjes(z).unwrap();
                (law.stieltjes(z).unwrap() / expected - 1.0).norm()
            });
            errors.iter().sum::<f64>() / 3.0
        };
        let (known, data, ignored) = (error(&known), error(&data), error(&ignored));
        println!("{known} {data} {ignored}");
        assert!(known < 0.03 && ignored > 0.06, "{known} {ignored}");
        assert!(data < 1.34 * known + 0.003, "{data} {known}");
    }
}

/// Means over networks of relative errors of the transform: of the law from the data and of the
/// law from what they were drawn from, and the standard error of their difference.
fn errors_from_data_and_truth(d: usize, eigenvalues: &[f64], networks: u64) -> (f64, f64, f64) {
    let dimensions = Dimensions::from_ratios(0.7, 1.0, d).unwrap();
    let ensemble = TwoLayerEnsemble::new(dimensions, Relu)
        .with_covariance(InputCovariance::new(eigenvalues).unwrap());
    let known = LimitingSpectrum::from_ensemble(&ensemble);
    let errors: Vec<(f64, f64)> = (0..networks)
        .map(|seed| {
            let sample = ensemble.clone().with_seed(seed).sample().unwrap();
            let kernel = NtkBuilder::from_sample(&sample).build().unwrap();
            let values = EmpiricalSpectrum::from_kernel(&kernel).unwrap().values().to_vec();
            // Without the d + 1 outliers.
            let bulk = values[..values.len() - d - 1].iter().copied();
            let bulk = EmpiricalSpectrum::new(bulk).unwrap();
            let data = LimitingSpectrum::for_data(sample.x(), d, Relu, 1.0).unwrap();
            let error = |law: &LimitingSpectrum| {
                let points = [(-0.2, 0.0), (0.2, 0.2), (0.5, 0.3)];
                let off = points.map(|(x, y)| {
                    let z = Complex64::new(x, y);
                    (law.stieltjes(z).unwrap() / bulk.stieltjes(z).unwrap() - 1.0).norm()
                });
                off.iter().sum::<f64>() / 3.0
            };
            (error(&data), error(&known))
        })
        .collect();
    let count = networks as f64;
    let mean = |f: &dyn Fn(&(f64, f64)) -> f64| errors.iter().map(f).sum::<f64>() / count;
    let (data, known) = (mean(&|e| e.0), mean(&|e| e.1));
    let spread = mean(&|e| (e.0 - e.1 - data + known).powi(2));
    (data, known, (spread / (count - 1.0)).sqrt())
}

/// Estimating the covariance costs next to nothing.
#[test]
fn laws_from_data_are_as_good_as_those_from_the_truth() {
    let count = std::env::var("NTK_NETWORKS").map_or(12, |n| n.parse().unwrap());
    for d in [20, 40] {
        let networks = if d == 20 { count } else { count / 3 };
        let (data, known, noise) = errors_from_data_and_truth(d, &vec![1.0; d], networks);
        println!("isotropic, d = {d}: {data:.4} from data, {known:.4} ± {noise:.4}");
        assert!(data < known + 2.0 * noise, "isotropic: {data} {known} {noise}");
        let (data, known, noise) = errors_from_data_and_truth(d, &halves(d), networks);
        println!("{{0.4, 1.6}}, d = {d}: {data:.4} from data, {known:.4} ± {noise:.4}");
        assert!(data < 1.1 * known + 2.0 * noise, "{data} {known} {noise}");
    }
}

#[test]
fn weights_stand_for_their_number() {
    let dimensions = Dimensions::new(300, 10, 8).unwrap();
    let sample = TwoLayerEnsemble::new(dimensions, Tanh).with_seed(3).sample().unwrap();
    let from_w = LimitingSpectrum::for_data(sample.x(), sample.w(), Tanh, 1.0).unwrap();
    let from_p = LimitingSpectrum::for_data(sample.x(), 8, Tanh, 1.0).unwrap();
    assert_eq!((from_w.gamma1(), from_w.gamma2()), (300.0 / 80.0, 0.8));
    assert_eq!(from_w.solve().unwrap(), from_p.solve().unwrap());
    let wrong = LimitingSpectrum::for_data(sample.x(), sample.w().t(), Tanh, 1.0);
    assert!(matches!(wrong, Err(Error::SizeMismatch { name: "rows of W", size: 8, .. })));
    let mut w = sample.w().to_owned();
    w[[2, 5]] = f64::NAN;
    assert!(matches!(
        LimitingSpectrum::for_data(sample.x(), &w, Tanh, 1.0),
        Err(Error::InvalidElement { name: "W", row: 2, column: 5, .. })
    ));
    assert!(LimitingSpectrum::for_data(sample.x(), 0, Tanh, 1.0).is_err());
}

#[test]
fn isotropic_data_give_the_isotropic_law() {
    let x = InputEnsemble::new(Dimensions::new(1600, 40, 40).unwrap()).with_seed(2).sample();
    let law = LimitingSpectrum::for_data(x.unwrap().view(), 40, Tanh, 1.0).unwrap();
    let isotropic = LimitingSpectrum::new(1.0, 1.0, Tanh, 1.0);
    let z = Complex64::new(-0.05, 0.0);
    let (found, expected) = (law.stieltjes(z).unwrap(), isotropic.stieltjes(z).unwrap());
    assert!((found / expected - 1.0).norm() < 0.01, "{found} {expected}");
    assert!((law.mean().unwrap() / isotropic.mean().unwrap() - 1.0).abs() < 0.02);
}
