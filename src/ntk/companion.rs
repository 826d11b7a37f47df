//! JᵀJ as an operator.

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, ShapeBuilder, Slice};

use super::contraction::Contraction;
use super::distributed::{Group, gather};
use super::symmetric::{SymmetricOperator, block_shapes};
use crate::Error;

/// $J^\top J$ on vectors of dp entries, the matrices U by columns; of the neurons
/// with D_k ≠ 0. Every process holds whole vectors, and `sum` has nothing to add.
pub(super) struct Companion<'a> {
    contraction: &'a Contraction,
    group: Option<&'a dyn Group>,
}

impl<'a> Companion<'a> {
    /// Of all samples: those of this process, and of the others of its group.
    pub(super) fn new(contraction: &'a Contraction, group: Option<&'a dyn Group>) -> Self {
        Self { contraction, group }
    }
}

impl SymmetricOperator for Companion<'_> {
    fn size(&self) -> usize {
        self.contraction.entries()
    }

    fn apply(
        &self,
        mut out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
    ) -> Result<(), Error> {
        block_shapes(self.size(), &out, rhs)?;
        let samples = self.contraction.x.rows();
        let together = self.contraction.together();
        for first in (0..rhs.ncols()).step_by(together) {
            let columns = first..(first + together).min(rhs.ncols());
            let columns = Slice::from(columns);
            let given = rhs.slice_axis(Axis(1), columns);
            let given: Vec<f64> = given.columns().into_iter().flatten().copied().collect();
            let mut images = Array2::zeros((samples, given.len() / self.size()).f());
            self.contraction.expand(images.view_mut(), &given)?;
            let mut u = self.contraction.collect(images.view())?;
            if let Some(group) = self.group {
                group.sum(&mut u)?;
            }
            let mut out = out.slice_axis_mut(Axis(1), columns);
            for (mut out, u) in out.axis_iter_mut(Axis(1)).zip(u.chunks(self.size())) {
                out.iter_mut().zip(u).for_each(|(out, entry)| *out = *entry);
            }
        }
        Ok(())
    }

    fn gather_over_ranks(&self, numbers: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
        match self.group {
            Some(group) => gather(group, numbers),
            None => Ok(vec![numbers.to_vec()]),
        }
    }
}
