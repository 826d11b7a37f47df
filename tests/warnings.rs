//! What `NtkBuilder` says of data outside the model, and that it says nothing inside.

use ndarray::{Array1, Array2, Axis, Slice, array};
use ntk_spectrum::activation::{Relu, Tanh};
use ntk_spectrum::empirical::CovarianceSpectrum;
use ntk_spectrum::ensemble::input::{
    Gaussian, InputLaw, Laplace, Rademacher, SparseGaussian, StudentT, Uniform,
};
use ntk_spectrum::ensemble::{InputEnsemble, TwoLayerEnsemble, WeightEnsemble};
use ntk_spectrum::law::{Discrete, MarchenkoPastur, TabulatedLaw};
use ntk_spectrum::ntk::{InputScaling, NtkWarning};
use ntk_spectrum::prelude::*;

/// Whether a warning is the one that belongs to a violation.
type Expected = fn(&NtkWarning) -> bool;

const N: usize = 1120;
const D: usize = 40;
const P: usize = 40;

fn normals(n: usize, d: usize, seed: u64) -> Array2<f64> {
    let dimensions = Dimensions::new(n, d, 1).unwrap();
    InputEnsemble::new(dimensions).with_seed(seed).sample().unwrap()
}

fn weights() -> Array2<f64> {
    WeightEnsemble::new(Dimensions::new(1, D, P).unwrap()).with_seed(7).sample().unwrap()
}

fn warnings(x: &Array2<f64>, w: &Array2<f64>) -> Vec<NtkWarning> {
    let built = NtkBuilder::new(x, w, Relu).build().unwrap().warnings().to_vec();
    let operator = NtkBuilder::new(x, w, Relu).build_operator().unwrap();
    assert_eq!(operator.warnings(), built);
    built
}

/// X with something wrong, standard normal otherwise.
fn spoilt(wrong: &str) -> Array2<f64> {
    let mut x = normals(N, D, 3);
    match wrong {
        // AR(1): each column is 0.9 of the one before, and new noise.
        "correlated columns" => {
            for column in 1..D {
                let before = x.column(column - 1).mapv(|entry| 0.9 * entry);
                let noise = x.column(column).mapv(|entry| 0.19_f64.sqrt() * entry);
                x.column_mut(column).assign(&(before + noise));
            }
        }
        "unequal variances" => x *= &Array1::from_shape_fn(D, |k| [0.4f64, 1.6][k % 2].sqrt()),
        "uneven row norms" => {
            x *= &Array2::from_shape_fn((N, 1), |(k, _)| [0.5f64, 1.5][k % 2].sqrt());
        }
        "heavy tails" => {
            let law = SparseGaussian::new(0.02).unwrap();
            let dimensions = Dimensions::new(N, D, 1).unwrap();
            x = InputEnsemble::new(dimensions).with_law(law).with_seed(3).sample().unwrap();
        }
        "one entry of 1000" => x[[17, 5]] = 1000.0,
        "every sample twice" => {
            let (half, mut other) = x.view_mut().split_at(Axis(0), N / 2);
            other.assign(&half);
        }
        "every other sample nearly the one before" => {
            for row in 0..N / 2 {
                let near = &x.row(2 * row) + &(0.02 * &x.row(2 * row + 1));
                x.row_mut(2 * row + 1).assign(&near);
            }
        }
        "constant columns" => {
            for column in [0, 7, 39] {
                x.column_mut(column).fill(0.1 * column as f64);
            }
        }
        "mean" => x += 0.5,
        "mean in a small sample" => x = normals(60, D, 3) + 0.5,
        "fewer samples than dimensions" => x = normals(25, D, 3),
        "scale" => x *= 3.0,
        other => panic!("{other}"),
    }
    x
}

/// W with something wrong; `x` is that of the same network.
fn spoilt_weights(wrong: &str, x: &Array2<f64>) -> Array2<f64> {
    let mut w = weights();
    match wrong {
        "w with a spike" => {
            let direction = normals(D, 1, 8).dot(&normals(1, P, 9));
            w.scaled_add(0.5, &direction);
        }
        "w of variance 1/d" => w /= (D as f64).sqrt(),
        "w with a mean" => w += 0.5,
        "neurons of different lengths" => {
            w *= &Array1::from_shape_fn(P, |k| [0.3, 1.7][k % 2]);
        }
        // Along the rows of x of an anisotropic sample.
        "w made of samples" => w = x.slice_axis(Axis(0), Slice::from(..P)).t().to_owned(),
        other => panic!("{other}"),
    }
    w
}

/// Prints the table of docs/covariance.md.
#[test]
fn violations_are_named() {
    use NtkWarning as W;
    let of_x: [(&str, Expected); 12] = [
        ("correlated columns", |w| {
            matches!(w, W::EffectiveDimension { effective_dimension, columns: D, .. }
                if (3.0..7.0).contains(effective_dimension))
        }),
        ("unequal variances", |w| matches!(w, W::ColumnVariances { count: 30..=40, .. })),
        ("uneven row norms", |w| {
            matches!(w, W::RowNorms { deviation, expected, .. }
                if *deviation > 0.5 && *expected < 0.3)
        }),
        ("heavy tails", |w| matches!(w, W::HeavyTails { kurtosis, .. } if *kurtosis > 100.0)),
        (
            "one entry of 1000",
            |w| matches!(w, W::HeavyTails { kurtosis, .. } if *kurtosis > 1000.0),
        ),
        ("every sample twice", |w| matches!(w, W::Duplicates { count: 560, pair: (0, 560), .. })),
        (
            "every other sample nearly the one before",
            |w| matches!(w, W::Duplicates { count: 500..=560, pair: (a, b), .. } if *b == a + 1),
        ),
        (
            "constant columns",
            |w| matches!(w, W::ConstantColumns { columns, .. } if columns == &[0, 7, 39]),
        ),
        ("mean", |w| matches!(w, W::ColumnMeans { count: D, .. })),
        (
            "mean in a small sample",
            |w| matches!(w, W::Mean { square, .. } if (0.15..0.4).contains(square)),
        ),
        ("fewer samples than dimensions", |w| {
            matches!(w, W::FewSamples { samples: 25, columns: D, .. })
        }),
        ("scale", |w| matches!(w, W::ColumnVariances { count: D, .. })),
    ];
    for (wrong, expected) in of_x {
        check(wrong, &spoilt(wrong), &weights(), expected);
    }
    let of_w: [(&str, Expected); 5] = [
        (
            "w with a spike",
            |w| matches!(w, W::WeightSpike { eigenvalue, allowed, .. } if eigenvalue > allowed),
        ),
        (
            "w of variance 1/d",
            |w| matches!(w, W::WeightVariance { variance, .. } if (0.02..0.03).contains(variance)),
        ),
        ("w with a mean", |w| matches!(w, W::WeightMean { mean, .. } if (mean - 0.5).abs() < 0.1)),
        (
            "neurons of different lengths",
            |w| matches!(w, W::NeuronScales { deviation, expected, .. } if deviation > expected),
        ),
        ("w made of samples", |w| matches!(w, W::WeightAlignment { ratio, .. } if *ratio > 1.2)),
    ];
    for (wrong, expected) in of_w {
        let x = match wrong {
            "w made of samples" => spoilt("correlated columns"),
            _ => normals(N, D, 3),
        };
        check(wrong, &x, &spoilt_weights(wrong, &x), expected);
    }
}

fn check(wrong: &str, x: &Array2<f64>, w: &Array2<f64>, expected: Expected) {
    let said = warnings(x, w);
    for warning in &said {
        println!("| {wrong} | {warning} |");
    }
    assert!(said.iter().any(expected), "{wrong}: {said:?}");
}

/// Sizes from d = 10 on, all stock laws whose tails are light enough for them.
#[test]
fn clean_ensembles_are_silent() {
    let student = StudentT::new(8.0).unwrap();
    let sparse = SparseGaussian::new(0.5).unwrap();
    let cases: [(usize, f64, f64, &'static dyn InputLaw); 22] = [
        (10, 0.3, 0.5, &Gaussian),
        (10, 0.3, 0.5, &Laplace),
        (10, 0.7, 1.0, &Rademacher),
        (10, 3.0, 3.0, &Rademacher),
        (10, 3.0, 1.0, &Laplace),
        (10, 2.0, 4.0, &Uniform),
        (20, 0.3, 1.0, &Gaussian),
        (20, 0.7, 1.0, &Rademacher),
        (20, 0.7, 1.0, &Laplace),
        (20, 2.0, 2.0, &Uniform),
        (40, 0.7, 1.0, &Gaussian),
        (40, 0.7, 2.0, &Laplace),
        (40, 2.0, 0.5, &Rademacher),
        (40, 0.2, 1.0, &Uniform),
        (80, 0.7, 1.0, &Gaussian),
        (80, 0.3, 0.5, &Laplace),
        (80, 0.5, 2.0, &Rademacher),
        (120, 0.2, 1.0, &Uniform),
        (200, 0.2, 0.5, &Gaussian),
        (200, 0.2, 0.5, &Laplace),
        (300, 0.05, 0.5, &Gaussian),
        (300, 0.05, 0.5, &Rademacher),
    ];
    for (place, (d, gamma1, gamma2, law)) in cases.into_iter().enumerate() {
        silent(d, gamma1, gamma2, law, 100 + place as u64);
    }
    let own: [&'static dyn InputLaw; 2] =
        [Box::leak(Box::new(student)), Box::leak(Box::new(sparse))];
    own.into_iter().for_each(|law| silent(30, 0.7, 1.0, law, 5));
}

fn silent(d: usize, gamma1: f64, gamma2: f64, law: &'static dyn InputLaw, seed: u64) {
    let ensemble = TwoLayerEnsemble::from_ratios(gamma1, gamma2, d, Tanh).unwrap();
    let ensemble = ensemble.with_input_law(law).with_seed(seed);
    let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    assert!(kernel.warnings().is_empty(), "{ensemble:?}: {:?}", kernel.warnings());
}

/// Of the sample against the isotropic law.
fn compared(x: &Array2<f64>, w: &Array2<f64>) -> Comparison {
    let kernel = NtkBuilder::new(x, w, Relu).build().unwrap();
    let dimensions = kernel.dimensions();
    let law = LimitingSpectrum::from_dimensions(dimensions, Relu, 1.0);
    let outliers = PredictedOutliers::of_dimensions(&law, dimensions, kernel.centring()).unwrap();
    let split = EmpiricalSpectrum::from_kernel(&kernel).unwrap().split(&law, &outliers).unwrap();
    Comparison::new(&split, &law).unwrap().with_warnings(kernel.warnings())
}

#[test]
fn verdicts_say_what_is_likely_the_reason() {
    let clean = compared(&normals(N, D, 3), &weights());
    assert_eq!(clean.verdict().agrees(), Some(true), "{clean}");
    assert_eq!(clean.verdict().cause(), None);
    assert!(clean.to_string().ends_with(&format!("\n{}\n", clean.verdict())));
    let outside = clean.outside.unwrap();
    assert!(outside.count < 50 && outside.distance < 0.5, "{outside:?}");
    println!("clean: {}", clean.verdict());
    for (wrong, reason) in [
        ("correlated columns", "columns of x are correlated"),
        ("uneven row norms", "rows of x are of different lengths"),
        ("heavy tails", "entries of x have heavy tails"),
        ("every sample twice", "samples are repeated"),
        ("mean", "the mean of x is not removed"),
        ("scale", "columns of x have variances far from 1"),
    ] {
        let comparison = compared(&spoilt(wrong), &weights());
        let verdict = comparison.verdict();
        println!("{wrong}: {verdict}");
        assert_eq!(verdict.cause(), Some(reason), "{wrong}");
        let text = verdict.to_string();
        assert!(text.contains(reason) && text.contains("d = 40"), "{text}");
        if matches!(wrong, "correlated columns" | "every sample twice" | "scale") {
            assert_eq!(verdict.agrees(), Some(false), "{text}");
            assert!(text.contains("does not follow"), "{text}");
        }
    }
    // Without outliers that know them, dimensions are asked for.
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    let values: Vec<f64> = (1..50).map(|k| law.quantile(f64::from(k) / 50.0).unwrap()).collect();
    let split = EmpiricalSpectrum::new(values).unwrap();
    let split = split.split(&law, &PredictedOutliers::none()).unwrap();
    let comparison = Comparison::new(&split, &law).unwrap();
    assert_eq!((comparison.verdict().agrees(), comparison.outside.unwrap().count), (None, 0));
    assert!(comparison.to_string().contains("with_dimensions"));
    // The bound was measured for d, γ1 and γ2 of some size only.
    let judged = |n, d, p| {
        let comparison = comparison.clone().with_dimensions(Dimensions::new(n, d, p).unwrap());
        (comparison.verdict().agrees(), comparison.to_string().contains("was not measured"))
    };
    assert_eq!(judged(49, 10, 7), (Some(true), false));
    assert_eq!(judged(49, 5, 14), (None, true));
    assert_eq!(judged(49, 20, 50), (None, true));
    assert_eq!(judged(200, 100, 2), (None, true));
    assert_eq!(judged(1000, 10, 70), (None, true));
    assert_eq!(judged(1000, 10, 10), (None, true));
    let mut not_a_number = comparison.clone();
    not_a_number.kolmogorov_smirnov = f64::NAN;
    let verdict = not_a_number.with_dimensions(Dimensions::new(49, 10, 7).unwrap());
    assert_eq!(verdict.verdict().agrees(), Some(false));
}

/// Columns that are all but equal: one direction, whose mean fluctuates as that of one.
#[test]
fn the_mean_of_few_directions_is_chance() {
    for n in [30, 100] {
        for seed in 0..60 {
            let (one, rest) = (normals(n, 1, 1000 + seed), normals(n, D, 2000 + seed));
            let x = Array2::from_shape_fn((n, D), |(i, j)| one[[i, 0]] + 0.05 * rest[[i, j]]);
            let said = warnings(&x, &weights());
            let of_mean = |warning: &NtkWarning| matches!(warning, NtkWarning::Mean { .. });
            assert!(!said.iter().any(of_mean), "{n} {seed}: {said:?}");
        }
    }
}

/// From the lower end of the support, not from the atom at 0.
#[test]
fn what_lies_in_a_gap_is_outside() {
    let law = MarchenkoPastur::new(2.0).unwrap();
    let [lower, upper] = [2.0_f64.sqrt() - 1.0, 2.0_f64.sqrt() + 1.0].map(|root| root * root);
    let mut values = vec![0.0; 50];
    values.extend((0..49).map(|k| law.quantile(0.505 + 0.01 * f64::from(k)).unwrap()));
    values.push(1e-3);
    let split = EmpiricalSpectrum::new(values).unwrap();
    let split = split.split(&law, &PredictedOutliers::none()).unwrap();
    let outside = Comparison::new(&split, &law).unwrap().outside.unwrap();
    assert_eq!((outside.count, outside.farthest), (1, 1e-3));
    assert!((outside.distance - (lower - 1e-3) / upper).abs() < 1e-9, "{outside:?}");
}

#[test]
fn of_one_weight_nothing_is_said() {
    let (x, w) = (normals(60, 1, 1), Array2::from_elem((1, 1), 0.5));
    assert!(NtkBuilder::new(&x, &w, Relu).build().unwrap().warnings().is_empty());
}

#[test]
fn constant_columns_are_left_out_with_their_rows_of_w() {
    let (x, w) = (spoilt("constant columns"), weights());
    let kept: Vec<usize> = (0..D).filter(|column| ![0, 7, 39].contains(column)).collect();
    let (less, rows) = (x.select(Axis(1), &kept), w.select(Axis(0), &kept));
    let without = NtkBuilder::new(&x, &w, Relu).without_constant_columns();
    let kernel = without.build_operator().unwrap();
    let expected = NtkBuilder::new(&less, &rows, Relu).build_operator().unwrap();
    assert_eq!(kernel.dimensions(), Dimensions::new(N, 37, P).unwrap());
    assert_eq!(kernel.kernel_rows(5..9).unwrap(), expected.kernel_rows(5..9).unwrap());
    assert!(kernel.warnings().is_empty(), "{:?}", kernel.warnings());
    // They can be standardised then, and not before.
    let scaled = || NtkBuilder::new(&x, &w, Relu).with_input_scaling(InputScaling::Standardised);
    let error = scaled().build().unwrap_err();
    assert!(error.to_string().contains("without_constant_columns"), "{error}");
    assert!(scaled().without_constant_columns().build().unwrap().warnings().is_empty());
    // Long ones, whose mean is a sum of 300,000 roundings.
    let (mut long, w) = (normals(300_000, 2, 2), normals(2, 3, 1));
    long.column_mut(1).fill(0.1);
    let kernel = NtkBuilder::new(&long, &w, Relu).build_operator().unwrap();
    assert!(matches!(
        kernel.warnings(),
        [NtkWarning::ConstantColumns { columns, .. }] if columns == &[1]
    ));
    // Where nothing is left.
    let constant = Array2::from_elem((12, 4), 0.1);
    let w = normals(4, 5, 1);
    let builder = || NtkBuilder::new(&constant, &w, Relu);
    assert!(matches!(
        builder().build().unwrap().warnings(),
        [NtkWarning::ConstantColumns { columns, .. }] if columns == &[0, 1, 2, 3]
    ));
    let error = builder().without_constant_columns().build().unwrap_err();
    assert!(matches!(error, Error::InvalidSize { .. }), "{error}");
}

/// What standardising repairs is not spoken of, what it leaves is.
#[test]
fn standardised_inputs_are_judged_as_they_are_then() {
    let w = weights();
    let said = |wrong: &str| {
        let x = spoilt(wrong);
        let builder = NtkBuilder::new(&x, &w, Relu).with_input_scaling(InputScaling::Standardised);
        builder.build_operator().unwrap().warnings().to_vec()
    };
    for repaired in ["unequal variances", "mean", "scale"] {
        assert!(said(repaired).is_empty(), "{repaired}: {:?}", said(repaired));
    }
    assert!(matches!(said("correlated columns")[..], [NtkWarning::EffectiveDimension { .. }]));
    assert!(matches!(said("every sample twice")[..], [NtkWarning::Duplicates { .. }]));
}

#[test]
fn figures_are_those_of_the_definitions() {
    // Beyond 256 columns some rows stand for all; h2 of halves 0.4 and 1.6 is 1.36.
    for d in [60, 256, 257, 500] {
        let mut x = normals(2000, d, 4);
        let direction = Array1::from_elem(d, (d as f64).sqrt().recip());
        // One eigenvalue of 1 + d/4 among ones: h2 = (d + d/2 + d²/16)/d / (1 + 1/4)².
        let along = x.dot(&direction);
        let more = (1.0 + d as f64 / 4.0).sqrt() - 1.0;
        for (mut row, share) in x.rows_mut().into_iter().zip(along) {
            row.scaled_add(more * share, &direction);
        }
        let w = normals(d, 30, 5);
        let said = warnings(&x, &w);
        let h2 = (1.5 + d as f64 / 16.0) / 1.5625;
        let found = said.iter().find_map(|warning| match warning {
            NtkWarning::EffectiveDimension { effective_dimension, .. } => {
                Some(d as f64 / effective_dimension)
            }
            _ => None,
        });
        let found = found.unwrap();
        assert!((found / h2 - 1.0).abs() < 0.15, "{d}: {found} {h2}");
        if d <= 256 {
            let spectrum = CovarianceSpectrum::from_centred_samples(x.view()).unwrap();
            let of_spectrum = spectrum.second_moment_ratio();
            assert!((found / of_spectrum - 1.0).abs() < 0.01, "{found} {of_spectrum}");
        }
    }
}

#[test]
fn threads_and_slices_say_the_same() {
    let (x, w) = (spoilt("uneven row norms"), weights());
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| warnings(&x, &w))
    };
    assert_eq!(on(1), on(3));
    // Numbers that leave the range of f64 when they are squared: no figure, no panic.
    for size in [1e160, 1e-160, 1e80] {
        let scaled = &x * size;
        let w = &w / size;
        match NtkBuilder::new(&scaled, &w, Relu).build_operator() {
            Ok(kernel) => assert!(size < 1e160 && !kernel.warnings().is_empty(), "{size}"),
            Err(error) => {
                let infinite = matches!(error, Error::InvalidElement { name: "the kernel", .. });
                assert!(size == 1e160 && infinite, "{size}: {error}");
            }
        }
    }
    for (n, d, p) in [(1, 1, 1), (1, 3, 2), (2, 1, 5), (2, 2, 2), (3, 300, 4), (11, 1, 3)] {
        let (x, w) = (normals(n, d, 1), normals(d, p, 2));
        let _ = warnings(&x, &w);
    }
}

#[test]
fn bad_covariances_and_data_are_named() {
    // H with mass on negatives, all zero, empty.
    assert!(matches!(
        Discrete::new(&[-1.0, 2.0], &[0.5, 0.5]),
        Err(Error::InvalidEntry { name: "locations", index: 0, .. })
    ));
    assert!(TabulatedLaw::from_density(|_| 0.5, &[(-1.0, 1.0)], &[], 1e-6).is_err());
    let of = CovarianceSpectrum::from_eigenvalues;
    assert!(matches!(of(&[1.0, -0.1]), Err(Error::InvalidEntry { index: 1, .. })));
    assert!(matches!(of(&[0.0, 0.0]), Err(Error::InvalidParameter { .. })));
    assert!(matches!(of(&[]), Err(Error::InvalidLength { .. })));
    // A covariance that is none.
    let of = |s: Array2<f64>| CovarianceSpectrum::from_matrix(s.view());
    let asymmetric = of(array![[1.0, 0.5], [0.2, 1.0]]);
    assert!(matches!(asymmetric, Err(Error::InvalidElement { name: "S", row: 1, .. })));
    let negative = of(array![[1.0, 2.0], [2.0, 1.0]]);
    assert!(matches!(negative, Err(Error::InvalidEntry { index: 0, .. })));
    // Fewer samples than dimensions: a law, and a warning.
    let few = normals(25, D, 3);
    let spectrum = CovarianceSpectrum::from_samples(few.view()).unwrap();
    assert!(spectrum.conditions(P).sampling >= 1.0);
    assert!(spectrum.conditions(P).to_string().contains("fewer samples than dimensions"));
    assert!(matches!(warnings(&few, &weights())[..], [NtkWarning::FewSamples { .. }]));
    // X constant: one large eigenvalue as it is, an error once its mean is gone.
    let constant = Array2::from_elem((30, 4), 2.0);
    let spectrum = CovarianceSpectrum::from_samples(constant.view()).unwrap();
    assert!((spectrum.effective_dimension() - 1.0).abs() < 0.1);
    let centred = CovarianceSpectrum::from_centred_samples(constant.view());
    assert!(matches!(centred, Err(Error::InvalidParameter { .. })), "{centred:?}");
    // The first mean of many equal numbers is off by its rounding.
    for rows in [100, 1000, 10_000] {
        let constant = Array2::from_elem((rows, 4), 0.1);
        let centred = CovarianceSpectrum::from_centred_samples(constant.view());
        assert!(matches!(centred, Err(Error::InvalidParameter { .. })), "{rows}: {centred:?}");
    }
    // What is small is not 0.
    let small = CovarianceSpectrum::from_matrix(array![[1.0, 0.0], [0.0, 1e-11]].view()).unwrap();
    assert_eq!(small.eigenvalues()[0], 1e-11);
    let zero = LimitingSpectrum::for_data(Array2::zeros((30, 4)).view(), 5, Relu, 1.0);
    assert!(matches!(zero, Err(Error::InvalidParameter { .. })), "{zero:?}");
}
