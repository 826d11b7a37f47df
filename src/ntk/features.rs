//! F D/√p, slab by slab.

use std::sync::Arc;

use super::slabs::{SLAB, Slabs};
use crate::Error;
use crate::activation::Activation;
use crate::linalg::{Factor, product};

/// What turns rows of X into rows of $F D/\sqrt p$, $F = \varphi(XW/\sqrt d)$.
#[derive(Debug, Clone)]
pub(super) struct Features {
    /// W by rows.
    pub(super) w: Vec<f64>,
    /// Rows of W.
    pub(super) d: usize,
    pub(super) activation: Arc<dyn Activation>,
    /// What is subtracted from φ.
    pub(super) mean: f64,
    /// D_k/√p
    pub(super) factors: Vec<f64>,
}

impl Features {
    /// Number of neurons that are kept.
    pub(super) fn columns(&self) -> usize {
        self.factors.len()
    }

    /// Drops the neurons with D_k = 0; returns the numbers of the others.
    pub(super) fn keep_nonzero(&mut self) -> Vec<usize> {
        let factors = std::mem::take(&mut self.factors);
        let mut column = (0..factors.len()).cycle();
        self.w.retain(|_| column.next().is_some_and(|k| factors[k] != 0.0));
        let kept: Vec<usize> = (0..factors.len()).filter(|k| factors[*k] != 0.0).collect();
        self.factors = kept.iter().map(|k| factors[*k]).collect();
        kept
    }

    /// Writes the features of one slab of X, both by columns. `slab` is its
    /// number, for messages.
    pub(super) fn slab(&self, slab: usize, x: &[f64], f: &mut [f64]) -> Result<(), Error> {
        let (d, p) = (self.d, self.columns());
        let height = x.len() / d;
        product(
            f,
            (d as f64).sqrt().recip(),
            Factor::by_columns(x, height, d),
            Factor::by_rows(&self.w, d, p),
            false,
        );
        for (k, (column, factor)) in f.chunks_exact_mut(height).zip(&self.factors).enumerate() {
            for (i, entry) in column.iter_mut().enumerate() {
                *entry = self.feature(*entry, slab * SLAB + i, k)? * factor;
            }
        }
        Ok(())
    }

    /// φ(z) − mean for an entry z of XW/√d.
    fn feature(&self, z: f64, row: usize, column: usize) -> Result<f64, Error> {
        if !z.is_finite() {
            return Err(Error::InvalidElement {
                name: "x w / √d",
                row,
                column,
                value: z,
                allowed: "a finite number: x or w is too large",
            });
        }
        let value = self.activation.derivative(z);
        if value.is_finite() {
            Ok(value - self.mean)
        } else {
            Err(Error::NonFiniteDerivative { z, value })
        }
    }

    /// A number that differs, but for accidents, if W, D, σ′ or what is
    /// subtracted from it do: FNV-1a of their bits, σ′ at 64 points.
    pub(super) fn fingerprint(&self) -> u64 {
        let points = (0..64).map(|k| self.activation.derivative((f64::from(k) - 31.7) / 8.0));
        let numbers = self.w.iter().chain(&self.factors).copied().chain(points);
        numbers.chain([self.mean]).fold(0xcbf2_9ce4_8422_2325, |hash, number| {
            (number.to_bits().to_le_bytes().iter())
                .fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
        })
    }
}

/// Whether an operator stores the features $F = \varphi(XW/\sqrt d)$ of its samples.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum FeatureStorage {
    /// F is computed once: 8n(d + p) bytes.
    #[default]
    Stored,
    /// F is computed anew, slab by slab, each time the operator is applied: 8nd bytes,
    /// and twice the arithmetic.
    Recomputed,
}

/// F D/√p, or what it is computed from.
#[derive(Debug, Clone)]
pub(super) enum FeatureSource {
    Stored { f: Slabs, fingerprint: u64 },
    Recomputed(Features),
}

impl FeatureSource {
    /// Number of neurons that are kept.
    pub(super) fn columns(&self) -> usize {
        match self {
            Self::Stored { f, .. } => f.columns(),
            Self::Recomputed(features) => features.columns(),
        }
    }

    /// See [`Features::fingerprint`].
    pub(super) fn fingerprint(&self) -> u64 {
        match self {
            Self::Stored { fingerprint, .. } => *fingerprint,
            Self::Recomputed(features) => features.fingerprint(),
        }
    }

    /// The features of one slab of X, stored or written to `room`.
    pub(super) fn slab<'b>(
        &'b self,
        slab: usize,
        x: &Slabs,
        room: &'b mut Vec<f64>,
    ) -> Result<&'b [f64], Error> {
        match self {
            Self::Stored { f, .. } => Ok(f.slab(slab)),
            Self::Recomputed(features) => {
                room.resize(x.height(slab) * features.columns(), 0.0);
                features.slab(slab, x.slab(slab), room)?;
                Ok(room)
            }
        }
    }
}

/// Checks that the diagonal of K, hence all of it, is finite.
pub(super) fn check_diagonal(slab: usize, x: &[f64], f: &[f64], d: usize) -> Result<(), Error> {
    let height = x.len() / d;
    let (lengths, squares) = (row_squares(x, height), row_squares(f, height));
    for (i, (length, square)) in lengths.into_iter().zip(squares).enumerate() {
        let value = square * (length / d as f64);
        if !(value.is_finite() && square.is_finite() && length.is_finite()) {
            let row = slab * SLAB + i;
            return Err(Error::InvalidElement {
                name: "the kernel",
                row,
                column: row,
                value,
                allowed: "a finite number: x, the diagonal or the derivative is too large",
            });
        }
    }
    Ok(())
}

/// The sums of squares of the rows of a slab.
pub(super) fn row_squares(columns: &[f64], height: usize) -> Vec<f64> {
    let mut squares = vec![0.0; height];
    for column in columns.chunks_exact(height) {
        squares.iter_mut().zip(column).for_each(|(sum, entry)| *sum += entry * entry);
    }
    squares
}
