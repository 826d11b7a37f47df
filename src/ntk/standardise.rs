//! Means and variances of what comes in, and what is done to them on request.

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::slabs::Slabs;
use crate::{Error, threads};

/// Below this ratio of standard deviation to mean a column is constant up to rounding.
const CONSTANT: f64 = 1e-12;

/// What is done to the columns of X before the kernel is built.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum InputScaling {
    /// Nothing.
    #[default]
    AsGiven,
    /// Each is shifted and scaled to mean 0 and variance 1 (the mean square, divided by
    /// n).
    Standardised,
}

/// Mean and central moments of one column.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moments {
    pub(super) mean: f64,
    pub(super) variance: f64,
    pub(super) fourth: f64,
    pub(super) count: f64,
}

impl Moments {
    /// Whether the column is constant up to rounding.
    pub(super) fn constant(&self) -> bool {
        self.variance.sqrt() <= CONSTANT * self.mean.abs()
    }

    /// The moments after mean and variance are brought to 0 and 1.
    pub(super) fn standardised(&self) -> Self {
        let fourth = self.fourth / (self.variance * self.variance);
        Self { mean: 0.0, variance: 1.0, fourth, ..*self }
    }
}

/// The moments of each column.
pub(super) fn of_columns(matrix: &Slabs) -> Vec<Moments> {
    threads::ready();
    (0..matrix.columns()).into_par_iter().map(|column| moments(|| matrix.column(column))).collect()
}

/// The moments of all entries of a matrix of the caller's.
pub(super) fn of_all(matrix: ArrayView2<'_, f64>) -> Moments {
    moments(|| matrix.iter().copied())
}

/// In three passes: of a long constant column the first leaves rounding in the mean.
fn moments<I: Iterator<Item = f64>>(entries: impl Fn() -> I) -> Moments {
    let count = entries().map(|_| 1.0).sum::<f64>();
    let rough = entries().map(|x| x / count).sum::<f64>();
    let mean = rough + entries().map(|x| (x - rough) / count).sum::<f64>();
    let (variance, fourth) = entries().fold((0.0, 0.0), |(second, fourth), x| {
        let square = (x - mean).powi(2);
        (second + square / count, fourth + square * square / count)
    });
    Moments { mean, variance, fourth, count }
}

/// Subtracts the mean of each column and multiplies by its scale.
pub(super) fn apply(matrix: &mut Slabs, scales: &[(f64, f64)]) {
    matrix.slabs_mut().par_bridge().for_each(|slab| {
        let height = slab.len() / scales.len();
        for (column, (mean, scale)) in slab.chunks_exact_mut(height).zip(scales) {
            column.iter_mut().for_each(|entry| *entry = (*entry - mean) * scale);
        }
    });
}

/// The mean to subtract from each column, and what to multiply it by then.
pub(super) fn scales(moments: &[Moments]) -> Result<Vec<(f64, f64)>, Error> {
    let scale = |(index, moments): (usize, &Moments)| {
        let deviation = moments.variance.sqrt();
        let scale = deviation.recip();
        let varies = !moments.constant() && scale.is_finite();
        if varies && deviation.is_finite() {
            return Ok((moments.mean, scale));
        }
        Err(Error::InvalidEntry {
            name: "variance of the columns of x",
            index,
            value: moments.variance,
            allowed: "a finite number above rounding: a constant column cannot be standardised, \
                      without_constant_columns leaves it out",
        })
    };
    moments.iter().enumerate().map(scale).collect()
}
