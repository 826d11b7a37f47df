//! What `NtkBuilder` says of data outside the model, and that it says nothing inside.

use ndarray::{Array1, Array2, Axis, Slice};
use ntk_spectrum::Dimensions;
use ntk_spectrum::activation::{Relu, Tanh};
use ntk_spectrum::ensemble::input::{
    Gaussian, InputLaw, Laplace, Rademacher, SparseGaussian, StudentT, Uniform,
};
use ntk_spectrum::ensemble::{InputEnsemble, TwoLayerEnsemble, WeightEnsemble};
use ntk_spectrum::ntk::{NtkBuilder, NtkWarning};

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

/// Three digits of what is said, for the table of docs/covariance.md.
#[test]
fn violations_are_named() {
    use NtkWarning as W;
    let of_x: [(&str, fn(&NtkWarning) -> bool); 12] = [
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
    let of_w: [(&str, fn(&NtkWarning) -> bool); 5] = [
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

fn check(wrong: &str, x: &Array2<f64>, w: &Array2<f64>, expected: fn(&NtkWarning) -> bool) {
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
