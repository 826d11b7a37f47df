//! JᵀJ as an operator.

use ndarray::{ArrayView2, ArrayViewMut2};

use super::contraction::Contraction;
use crate::Error;
use crate::krylov::{Communicator, Layout, SymmetricOperator, block_shapes};

/// $J^\top J$ on vectors of dp entries, the matrices U by columns; of the neurons
/// with D_k ≠ 0. Every process holds whole vectors.
pub(super) struct GramOperator<'a> {
    pub(super) contraction: &'a Contraction,
    /// Of the processes that hold the samples.
    pub(super) communicator: &'a dyn Communicator,
}

impl SymmetricOperator for GramOperator<'_> {
    fn size(&self) -> usize {
        self.contraction.entries()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        block_shapes(self.size(), &out, rhs)?;
        self.contraction.apply_gram(out, rhs, self.communicator)
    }

    fn layout(&self) -> Layout<'_> {
        Layout::replicated(self.communicator, self.size())
    }

    fn lower_bound(&self) -> Option<f64> {
        Some(0.0)
    }
}
