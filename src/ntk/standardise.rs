//! Means and variances of what comes in, and how far they are from 0 and 1.

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::NtkWarning;
use super::slabs::Slabs;
use crate::{Error, threads};

/// A mean or variance may be off by this, besides its standard error.
const SLACK: f64 = 0.1;

/// Standard errors that count as chance.
const ERRORS: f64 = 5.0;

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
    fourth: f64,
    count: f64,
}

impl Moments {
    fn far_mean(&self) -> bool {
        self.mean.abs() > SLACK + ERRORS * (self.variance / self.count).sqrt()
    }

    fn far_variance(&self) -> bool {
        // An overflow is far, too.
        let error = ((self.fourth - self.variance.powi(2)) / self.count).max(0.0).sqrt();
        !self.variance.is_finite() || (self.variance - 1.0).abs() > SLACK + ERRORS * error
    }

    /// How far the variance is from 1 as a ratio, in either direction.
    fn distance(&self) -> f64 {
        self.variance.ln().abs()
    }
}

/// The moments of each column.
pub(super) fn of_columns(matrix: &Slabs) -> Vec<Moments> {
    threads::ready();
    (0..matrix.columns()).into_par_iter().map(|column| moments(|| matrix.column(column))).collect()
}

/// The same of a matrix of the caller's.
pub(super) fn of_view(matrix: ArrayView2<'_, f64>) -> Vec<Moments> {
    matrix.columns().into_iter().map(|column| moments(|| column.iter().copied())).collect()
}

/// In two passes.
fn moments<I: Iterator<Item = f64>>(entries: impl Fn() -> I) -> Moments {
    let count = entries().map(|_| 1.0).sum::<f64>();
    let mean = entries().map(|x| x / count).sum::<f64>();
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
        let varies = deviation > CONSTANT * moments.mean.abs() && scale.is_finite();
        if varies && deviation.is_finite() {
            return Ok((moments.mean, scale));
        }
        Err(Error::InvalidEntry {
            name: "variance of the columns of x",
            index,
            value: moments.variance,
            allowed: "a finite number above rounding: a constant column cannot be standardised",
        })
    };
    moments.iter().enumerate().map(scale).collect()
}

/// Warnings about X, from the moments of its columns.
pub(super) fn input_warnings(moments: &[Moments], warnings: &mut Vec<NtkWarning>) {
    let worst = |far: fn(&Moments) -> bool, distance: fn(&Moments) -> f64| {
        let far = moments.iter().enumerate().filter(|(_, moments)| far(moments));
        let count = far.clone().count();
        far.max_by(|l, r| distance(l.1).total_cmp(&distance(r.1)))
            .map(|(column, moments)| (count, column, *moments))
    };
    if let Some((count, column, Moments { mean, .. })) =
        worst(Moments::far_mean, |moments| moments.mean.abs())
    {
        warnings.push(NtkWarning::ColumnMeans { count, column, mean });
    }
    if let Some((count, column, Moments { variance, .. })) =
        worst(Moments::far_variance, Moments::distance)
    {
        warnings.push(NtkWarning::ColumnVariances { count, column, variance });
    }
}

/// Warnings about W, from the moments of its columns taken together.
pub(super) fn weight_warnings(columns: &[Moments], warnings: &mut Vec<NtkWarning>) {
    let average = |value: &dyn Fn(&Moments) -> f64| {
        columns.iter().map(value).sum::<f64>() / columns.len() as f64
    };
    let mean = average(&|column| column.mean);
    let all = Moments {
        mean,
        variance: average(&|column| column.variance + (column.mean - mean).powi(2)),
        fourth: average(&|column| column.fourth),
        count: columns.iter().map(|column| column.count).sum(),
    };
    if all.far_mean() {
        warnings.push(NtkWarning::WeightMean { mean });
    }
    if all.far_variance() {
        warnings.push(NtkWarning::WeightVariance { variance: all.variance });
    }
}
