//! A tall matrix as a stack of panels, each stored by columns.

use crate::linalg::Factor;
use crate::{Error, memory};

/// Rows of a panel, and of a tile of the kernel. Part of the definition of every
/// result, down to the last bit.
pub(super) const PANEL: usize = 192;

/// A tall matrix cut into panels of [`PANEL`] rows, the last one shorter. The
/// columns of a panel are contiguous, and so is the panel: it is what a product
/// reads, without repacking.
#[derive(Debug, Clone)]
pub(super) struct Panels {
    entries: Vec<f64>,
    rows: usize,
    columns: usize,
}

impl Panels {
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

    /// Number of panels.
    pub(super) fn count(&self) -> usize {
        self.rows.div_ceil(PANEL)
    }

    /// Rows of one panel.
    pub(super) fn height(&self, panel: usize) -> usize {
        PANEL.min(self.rows - panel * PANEL)
    }

    /// One panel, by columns.
    pub(super) fn panel(&self, panel: usize) -> &[f64] {
        let start = panel * PANEL * self.columns;
        &self.entries[start..start + self.height(panel) * self.columns]
    }

    /// One panel as a factor of a product.
    pub(super) fn factor(&self, panel: usize) -> Factor<'_> {
        Factor::by_columns(self.panel(panel), self.height(panel), self.columns)
    }

    /// One column, from its top to its bottom.
    pub(super) fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        (0..self.count()).flat_map(move |panel| {
            let height = self.height(panel);
            self.panel(panel)[column * height..(column + 1) * height].iter().copied()
        })
    }

    /// All panels, to be written.
    pub(super) fn panels_mut(&mut self) -> std::slice::ChunksMut<'_, f64> {
        self.entries.chunks_mut(PANEL * self.columns)
    }

    /// The columns that are not zero everywhere.
    pub(super) fn nonzero_columns(&self) -> Vec<usize> {
        let nonzero = |column: &usize| {
            (0..self.count()).any(|panel| {
                let height = self.height(panel);
                let start = column * height;
                self.panel(panel)[start..start + height].iter().any(|entry| *entry != 0.0)
            })
        };
        (0..self.columns).filter(nonzero).collect()
    }

    /// Some of the columns.
    pub(super) fn select(&self, columns: &[usize]) -> Result<Self, Error> {
        let mut selected = Self::zeros("the features", self.rows, columns.len(), u64::MAX)?;
        if !columns.is_empty() {
            for (panel, entries) in selected.panels_mut().enumerate() {
                let height = self.height(panel);
                for (column, entries) in columns.iter().zip(entries.chunks_exact_mut(height)) {
                    let start = column * height;
                    entries.copy_from_slice(&self.panel(panel)[start..start + height]);
                }
            }
        }
        Ok(selected)
    }
}
