//! $h_2$ of the covariance of X, without what sampling adds to it.

use rayon::prelude::*;

use super::bounds::{RARITY, harmless};
use super::centred::{Centred, inner_products};
use crate::linalg::{Factor, product};
use crate::ntk::NtkWarning;
use crate::threads;

/// Columns up to which all rows are used, at nd² operations; beyond, some rows are.
const WIDEST: usize = 256;

/// Rows that are used then: their number squared times d operations.
const ROWS: usize = 256;

/// Columns that are multiplied at once. Part of the definition of the figures, down to the
/// last bit.
const BLOCK: usize = 32;

/// The second moment $h_2$ of the eigenvalues of S over the square of their mean.
///
/// From pairs of different rows, $\mathbb E \langle x, y \rangle^2 = \operatorname{tr} S^2$:
/// unlike the eigenvalues of $X^\top X/n$ they have nothing of d/n in the mean, whatever the
/// law of the entries.
pub(super) struct Spread {
    pub(super) h2: f64,
    /// $h_2$ of the variances of the columns, as if these were not correlated.
    uncorrelated: f64,
    /// How far $h_2$ may be above 1 by chance.
    chance: f64,
}

impl Spread {
    /// `lengths` are the squares of the lengths of the rows.
    pub(super) fn new(x: &Centred, lengths: &[f64]) -> Self {
        let (n, d) = (x.n() as f64, x.d() as f64);
        let (squares, rows) = if x.d() <= WIDEST {
            let own: f64 = lengths.iter().map(|length| length * length).sum();
            (all_pairs(x) - own, n)
        } else {
            some_pairs(x)
        };
        // The mean of the variances is 1: tr S = d.
        let h2 = (squares / (rows * (rows - 1.0) * d)).max(1.0);
        let column =
            |(variance, fourth): (&f64, &f64)| (n * variance * variance - fourth) / (n - 1.0);
        let diagonal = x.variances.iter().zip(&x.fourths).map(column).sum::<f64>() / d;
        let uncorrelated = diagonal.clamp(1.0, h2);
        Self { h2, uncorrelated, chance: chance(rows, d, x.kurtosis()) }
    }

    /// The warning, unless what there is of spread is that of constant columns, or has been
    /// said of the variances.
    pub(super) fn warning(
        &self,
        d: usize,
        varying: usize,
        variances_said: bool,
    ) -> Option<NtkWarning> {
        let dimension = d as f64;
        let constant = dimension / varying as f64;
        let explained = if variances_said { self.uncorrelated.max(constant) } else { constant };
        let allowed = explained * (1.0 + harmless(varying) + self.chance);
        (self.h2 > allowed).then(|| NtkWarning::EffectiveDimension {
            effective_dimension: dimension / self.h2,
            columns: varying,
            allowed: dimension / allowed,
        })
    }

    /// $d_{\mathrm{eff}}$ of the correlations alone.
    pub(super) fn directions(&self, d: usize) -> f64 {
        d as f64 * self.uncorrelated / self.h2
    }
}

/// For independent entries and S = I, $n d (h_2 - 1)$ is twice a centred $\chi^2$ of the
/// $d(d-1)/2$ correlations, and $\kappa_4 - 1$ times one of the d variances: their bounds.
fn chance(n: f64, d: f64, kurtosis: f64) -> f64 {
    let bound = |k: f64| 2.0 * (RARITY * k).sqrt() + 2.0 * RARITY;
    let correlations = 2.0 * bound(d * (d - 1.0) / 2.0);
    (correlations + (kurtosis - 1.0).max(0.0) * bound(d)) / (n * d)
}

/// The sum of $\langle x, y\rangle^2$ over all pairs of rows, equal ones too: that of the
/// squares of the entries of $X^\top X$.
fn all_pairs(x: &Centred) -> f64 {
    let blocks = x.d().div_ceil(BLOCK);
    let pairs: Vec<_> = (0..blocks).flat_map(|i| (0..=i).map(move |j| (i, j))).collect();
    let range = |block: usize| block * BLOCK..((block + 1) * BLOCK).min(x.d());
    let squares = |(i, j): (usize, usize)| {
        let (rows, columns) = (range(i).len(), range(j).len());
        let mut products = vec![0.0; rows * columns];
        for slab in 0..x.slabs() {
            let ((left, height), (right, _)) = (x.slab(slab, range(i)), x.slab(slab, range(j)));
            let left = Factor::by_columns(&left, height, rows).transposed();
            let right = Factor::by_columns(&right, height, columns);
            product(&mut products, 1.0, left, right, true);
        }
        let sum = products.iter().map(|product| product * product).sum::<f64>();
        if i == j { sum } else { 2.0 * sum }
    };
    threads::ready();
    let squares: Vec<f64> = pairs.into_par_iter().map(squares).collect();
    squares.iter().sum()
}

/// That over pairs of different rows among some, and how many these are.
fn some_pairs(x: &Centred) -> (f64, f64) {
    let products = inner_products(&x.some_rows(ROWS), x.d());
    let rows = x.n().min(ROWS);
    let squares = products.iter().map(|product| product * product).sum::<f64>();
    let own = products.iter().step_by(rows + 1).map(|length| length * length).sum::<f64>();
    (squares - own, rows as f64)
}
