//! Spectra known beforehand.

use std::f64::consts::PI;

use ndarray::Array2;

use super::band::{Band, reduce_to_band};
use super::bulge::reduce_to_tridiagonal;
use super::{symmetric_eigenvalues, tridiagonal};
use crate::Error;
use faer::MatMut;

/// Sizes about the width of the band, its multiples, and those of a strip.
const SIZES: [usize; 24] = [
    1, 2, 3, 4, 7, 8, 31, 32, 33, 34, 35, 63, 64, 65, 66, 97, 127, 128, 129, 160, 161, 193, 255,
    300,
];

/// Numbers in (−1, 1).
fn noise(index: usize) -> f64 {
    let hash = (index as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (hash >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn symmetric(n: usize) -> Array2<f64> {
    Array2::from_shape_fn((n, n), |(i, j)| noise(i.max(j) * n + i.min(j)))
}

/// A matrix with these eigenvalues: a diagonal one between dense reflections.
fn with_spectrum(eigenvalues: &[f64]) -> Array2<f64> {
    let n = eigenvalues.len();
    let mut a = Array2::from_diag(&ndarray::arr1(eigenvalues));
    for round in 0..3 {
        let u: Vec<f64> = (0..n).map(|i| noise(i + 7919 * (round + 1))).collect();
        let square: f64 = u.iter().map(|x| x * x).sum();
        let mut w: Vec<f64> =
            a.rows().into_iter().map(|row| row.iter().zip(&u).map(|(x, y)| x * y).sum()).collect();
        let product: f64 = w.iter().zip(&u).map(|(x, y)| x * y).sum();
        for (w, u) in w.iter_mut().zip(&u) {
            *w = (*w - product / square * u) * 2.0 / square;
        }
        for i in 0..n {
            for j in 0..=i {
                a[[i, j]] -= u[i] * w[j] + w[i] * u[j];
                a[[j, i]] = a[[i, j]];
            }
        }
    }
    a
}

fn sorted(matrix: Array2<f64>) -> Vec<f64> {
    let mut eigenvalues = symmetric_eigenvalues(matrix).unwrap();
    eigenvalues.sort_by(f64::total_cmp);
    eigenvalues
}

fn assert_spectrum(name: &str, matrix: Array2<f64>, mut expected: Vec<f64>) {
    expected.sort_by(f64::total_cmp);
    let n = expected.len();
    let largest = expected.iter().fold(0.0, |largest, value| f64::max(largest, value.abs()));
    let found = sorted(matrix);
    assert_eq!(found.len(), n);
    for (found, expected) in found.iter().zip(&expected) {
        let error = (found - expected).abs();
        assert!(
            error <= 1e-15 * largest * (n + 10) as f64,
            "{name}, n = {n}: {found}, not {expected}"
        );
    }
}

#[test]
fn second_difference() {
    for n in SIZES {
        let entry = |(i, j): (usize, usize)| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        };
        let expected = (1..=n).map(|k| 2.0 - 2.0 * (k as f64 * PI / (n + 1) as f64).cos());
        assert_spectrum("tridiagonal", Array2::from_shape_fn((n, n), entry), expected.collect());
    }
}

#[test]
fn square_of_the_second_difference() {
    for n in [3, 5, 40, 100] {
        let second = Array2::from_shape_fn((n, n), |(i, j)| match i.abs_diff(j) {
            0 => 2.0,
            1 => -1.0,
            _ => 0.0,
        });
        let expected = (1..=n).map(|k| 2.0 - 2.0 * (k as f64 * PI / (n + 1) as f64).cos());
        assert_spectrum("five diagonals", second.dot(&second), expected.map(|x| x * x).collect());
    }
}

#[test]
fn conjugated() {
    for n in SIZES {
        let spectra: [(&str, &dyn Fn(usize) -> f64); 6] = [
            ("distinct", &|i| i as f64 - 0.3 * n as f64),
            ("repeated", &|i| [1.0, -2.0, 5.0][i % 3]),
            ("graded", &|i| 10f64.powf(-0.1 * i as f64)),
            ("graded upwards", &|i| 10f64.powf(-0.1 * (n - i) as f64)),
            ("one", &|i| if i == 0 { 3.0 } else { 0.0 }),
            ("equal", &|_| 1.0),
        ];
        for (name, value) in spectra {
            let expected: Vec<f64> = (0..n).map(value).collect();
            assert_spectrum(name, with_spectrum(&expected), expected);
        }
    }
}

#[test]
fn special_matrices() {
    for n in SIZES {
        assert_eq!(sorted(Array2::zeros((n, n))), vec![0.0; n]);
        assert_eq!(sorted(Array2::eye(n)), vec![1.0; n]);
        let mut expected = vec![0.0; n];
        expected[n - 1] = n as f64;
        assert_spectrum("ones", Array2::ones((n, n)), expected);
        // Entries far from the diagonal only.
        let exchange = Array2::from_shape_fn((n, n), |(i, j)| f64::from(i + j == n - 1));
        let expected = (0..n).map(|i| if i < n / 2 { -1.0 } else { 1.0 }).collect();
        assert_spectrum("exchange", exchange, expected);
    }
}

#[test]
fn trace_and_norm_of_each_stage() {
    const B: usize = 32;
    for n in SIZES {
        let mut a = symmetric(n);
        let trace = a.diag().sum();
        let square: f64 = a.iter().map(|x| x * x).sum();
        let check = |diagonal: f64, squares: f64| {
            assert!((diagonal - trace).abs() < 1e-13 * (n * n) as f64);
            assert!((squares - square).abs() < 1e-13 * n as f64 * square);
        };
        let entries = a.as_slice_mut().unwrap();
        let band = reduce_to_band::<B>(MatMut::from_column_major_slice_mut(entries, n, n));
        let (mut diagonal, mut squares) = (0.0, 0.0);
        for column in band.entries.chunks_exact(Band::<B>::COLUMN) {
            diagonal += column[0];
            squares += column[0] * column[0];
            squares += 2.0 * column[1..].iter().map(|x| x * x).sum::<f64>();
            assert!(column[B + 1..].iter().all(|x| *x == 0.0));
        }
        check(diagonal, squares);
        let (diagonal, beside) = reduce_to_tridiagonal(band);
        let squares = |entries: &[f64]| entries.iter().map(|x| x * x).sum::<f64>();
        check(diagonal.iter().sum(), squares(&diagonal) + 2.0 * squares(&beside));
        let eigenvalues = tridiagonal::eigenvalues(diagonal, &beside).unwrap();
        check(eigenvalues.iter().sum(), squares(&eigenvalues));
    }
}

#[test]
fn any_scale() {
    for n in [1, 2, 5, 40, 70] {
        let expected: Vec<f64> = (0..n).map(|i| (i + 1) as f64).collect();
        for scale in [1e150, 1e300, 1e-150, 1e-200, 1e-290, 1e29, 1e-32] {
            let spectrum = expected.iter().map(|x| scale * x).collect();
            assert_spectrum("scaled", with_spectrum(&expected) * scale, spectrum);
        }
        // Numbers with few bits left, and none.
        for scale in [1e-310, 5e-324] {
            let found = sorted(Array2::eye(n) * scale);
            assert_eq!(found, vec![scale; n]);
        }
        let mut mixed = symmetric(n);
        mixed[[0, 0]] = 1e150;
        mixed[[n - 1, n - 1]] = 1e-200;
        assert!(sorted(mixed).iter().all(|value| value.is_finite()));
    }
}

#[test]
fn refusals() {
    for n in [1, 2, 3, 50] {
        for entry in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let mut a = symmetric(n);
            a[[n - 1, 0]] = entry;
            a[[0, n - 1]] = entry;
            let error = symmetric_eigenvalues(a).unwrap_err();
            assert!(matches!(error, Error::Eigenvalues { size, .. } if size == n));
        }
    }
    let error = symmetric_eigenvalues(Array2::from_elem((4, 4), f64::MAX)).unwrap_err();
    assert!(matches!(error, Error::Eigenvalues { .. }));
}

#[test]
fn same_bits_on_any_number_of_threads() {
    let n = 450;
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| symmetric_eigenvalues(symmetric(n)).unwrap())
    };
    let one = on(1);
    for threads in [2, 3, 5] {
        assert!(one.iter().zip(on(threads)).all(|(x, y)| x.to_bits() == y.to_bits()));
    }
}
