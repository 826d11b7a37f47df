//! The rows of X less their mean, in units of their root mean square.

use std::ops::Range;

use crate::linalg::{Factor, product};
use crate::ntk::slabs::{SLAB, Slabs};
use crate::ntk::standardise::Moments;

/// X, and what is known of its columns.
pub(super) struct Centred<'a> {
    x: &'a Slabs,
    means: Vec<f64>,
    /// What entries are multiplied by, so that the mean of the variances is 1.
    scale: f64,
    /// Variances and fourth moments of the columns after that.
    pub(super) variances: Vec<f64>,
    pub(super) fourths: Vec<f64>,
    /// What entries are multiplied by for columns of variance 1; 0 for constant ones.
    standardising: Vec<f64>,
}

impl<'a> Centred<'a> {
    /// Nothing where all columns are constant, or numbers leave the range of `f64`.
    pub(super) fn new(x: &'a Slabs, columns: &[Moments]) -> Option<Self> {
        let total = columns.iter().map(|column| column.variance).sum::<f64>();
        let scale = (columns.len() as f64 / total).sqrt();
        let scaled = |value: fn(&Moments) -> f64, power: i32| -> Vec<f64> {
            columns.iter().map(|column| value(column) * scale.powi(power)).collect()
        };
        let variances = scaled(|column| column.variance, 2);
        let fourths = scaled(|column| column.fourth, 4);
        let sum = fourths.iter().sum::<f64>();
        let means = columns.iter().map(|column| column.mean).collect();
        let standardising = |variance: &f64| {
            let factor = scale * variance.sqrt().recip();
            if factor.is_finite() { factor } else { 0.0 }
        };
        let standardising = variances.iter().map(standardising).collect();
        let usual = total.is_normal() && sum.is_normal();
        usual.then_some(Self { x, means, scale, variances, fourths, standardising })
    }

    pub(super) fn n(&self) -> usize {
        self.x.rows()
    }

    pub(super) fn d(&self) -> usize {
        self.means.len()
    }

    pub(super) fn slabs(&self) -> usize {
        self.x.count()
    }

    /// The mean of the fourth moments over that of the squares of variances.
    pub(super) fn kurtosis(&self) -> f64 {
        let squares = self.variances.iter().map(|variance| variance * variance);
        self.fourths.iter().sum::<f64>() / squares.sum::<f64>()
    }

    /// Some columns of one slab, by columns, and how many rows they have.
    pub(super) fn slab(&self, slab: usize, columns: Range<usize>) -> (Vec<f64>, usize) {
        self.scaled(slab, columns, |_| self.scale)
    }

    /// All columns of one slab, each of variance 1; constant ones 0.
    pub(super) fn standardised(&self, slab: usize) -> (Vec<f64>, usize) {
        self.scaled(slab, 0..self.d(), |column| self.standardising[column])
    }

    fn scaled(
        &self,
        slab: usize,
        columns: Range<usize>,
        factor: impl Fn(usize) -> f64,
    ) -> (Vec<f64>, usize) {
        let height = self.x.height(slab);
        let entries = &self.x.slab(slab)[columns.start * height..columns.end * height];
        let mut centred = Vec::with_capacity(entries.len());
        for (entries, column) in entries.chunks_exact(height).zip(columns) {
            let (mean, factor) = (self.means[column], factor(column));
            centred.extend(entries.iter().map(|entry| (entry - mean) * factor));
        }
        (centred, height)
    }

    /// One standardised column.
    pub(super) fn standardised_column(&self, column: usize) -> Vec<f64> {
        let (mean, factor) = (self.means[column], self.standardising[column]);
        self.x.column(column).map(|entry| (entry - mean) * factor).collect()
    }

    /// One standardised row.
    pub(super) fn standardised_row(&self, row: usize) -> impl Iterator<Item = f64> {
        let columns = self.means.iter().zip(&self.standardising);
        self.entries(row).zip(columns).map(|(entry, (mean, factor))| (entry - mean) * factor)
    }

    fn entries(&self, row: usize) -> impl Iterator<Item = f64> {
        let (slab, place) = (row / SLAB, row % SLAB);
        self.x.slab(slab)[place..].iter().step_by(self.x.height(slab)).copied()
    }

    /// At most `most` rows, evenly spaced, one after the other.
    pub(super) fn some_rows(&self, most: usize) -> Vec<f64> {
        let count = most.min(self.n());
        let row = |k: usize| (k as u128 * self.n() as u128 / count as u128) as usize;
        let entries = (0..count).flat_map(|k| self.entries(row(k)).zip(&self.means));
        entries.map(|(entry, mean)| (entry - mean) * self.scale).collect()
    }
}

/// The inner products of vectors of this length, one after the other in a list.
pub(super) fn inner_products(vectors: &[f64], length: usize) -> Vec<f64> {
    let count = vectors.len() / length;
    let mut products = vec![0.0; count * count];
    let rows = Factor::by_rows(vectors, count, length);
    product(&mut products, 1.0, rows, rows.transposed(), false);
    products
}
