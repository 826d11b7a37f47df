//! A tall matrix as a stack of slabs, each stored by columns.

use crate::linalg::Factor;
use crate::{Error, memory};

/// Rows of a slab, and of a tile of the kernel. Part of the definition of every
/// result, down to the last bit.
pub(super) const SLAB: usize = 192;

/// A tall matrix cut into slabs of [`SLAB`] rows, the last one shorter. The
/// columns of a slab are contiguous, and so is the slab: it is what a product
/// reads, without repacking.
#[derive(Debug, Clone)]
pub(super) struct Slabs {
    entries: Vec<f64>,
    rows: usize,
    columns: usize,
}

impl Slabs {
    pub(super) fn zeros(
        what: &'static str,
        rows: usize,
        columns: usize,
        limit: u64,
    ) -> Result<Self, Error> {
        let entries = memory::zeros(what, rows, columns, limit)?.into_raw_vec_and_offset().0;
        Ok(Self { entries, rows, columns })
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn columns(&self) -> usize {
        self.columns
    }

    /// Number of slabs.
    pub(super) fn count(&self) -> usize {
        self.rows.div_ceil(SLAB)
    }

    /// Rows of one slab.
    pub(super) fn height(&self, slab: usize) -> usize {
        SLAB.min(self.rows - slab * SLAB)
    }

    /// One slab, by columns.
    pub(super) fn slab(&self, slab: usize) -> &[f64] {
        let start = slab * SLAB * self.columns;
        &self.entries[start..start + self.height(slab) * self.columns]
    }

    /// One slab as a factor of a product.
    pub(super) fn factor(&self, slab: usize) -> Factor<'_> {
        Factor::by_columns(self.slab(slab), self.height(slab), self.columns)
    }

    /// One column, from its top to its bottom.
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        (0..self.count()).flat_map(move |slab| {
            let height = self.height(slab);
            self.slab(slab)[column * height..(column + 1) * height].iter().copied()
        })
    }

    /// All slabs, to be written.
    pub(super) fn slabs_mut(&mut self) -> std::slice::ChunksMut<'_, f64> {
        self.entries.chunks_mut(SLAB * self.columns)
    }

    /// The columns that are not zero everywhere.
    pub(super) fn nonzero_columns(&self) -> Vec<usize> {
        let nonzero = |column: &usize| {
            (0..self.count()).any(|slab| {
                let height = self.height(slab);
                let start = column * height;
                self.slab(slab)[start..start + height].iter().any(|entry| *entry != 0.0)
            })
        };
        (0..self.columns).filter(nonzero).collect()
    }

    /// Some of the columns.
    pub(super) fn select(
        &self,
        what: &'static str,
        columns: &[usize],
        memory_limit: u64,
    ) -> Result<Self, Error> {
        let mut selected = Self::zeros(what, self.rows, columns.len(), memory_limit)?;
        if !columns.is_empty() {
            for (slab, entries) in selected.slabs_mut().enumerate() {
                let height = self.height(slab);
                for (column, entries) in columns.iter().zip(entries.chunks_exact_mut(height)) {
                    let start = column * height;
                    entries.copy_from_slice(&self.slab(slab)[start..start + height]);
                }
            }
        }
        Ok(selected)
    }
}
