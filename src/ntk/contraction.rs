//! The products with the Jacobian J that the kernel and JᵀJ are made of.
//!
//! Vectors u of dp entries are matrices U, d × p, by columns. With
//! $\tilde F = F D/\sqrt p$,
//!
//! $$ \tfrac1{\sqrt d} J^\top v : \quad U = \tfrac1d X^\top \operatorname{diag}(v) \tilde F ,
//! \qquad \sqrt d J u : \quad y_i = \sum\_{a,k} x\_{ia} U\_{ak} \tilde f\_{ik} . $$
//!
//! The second after the first is $y = K v$; the first after the second, $J^\top J u$.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis, ShapeBuilder, Slice};
use rayon::prelude::*;

use super::features::FeatureSource;
use super::slabs::{SLAB, Slabs};
use crate::krylov::{Communicator, row_strips};
use crate::linalg::{Factor, product};
use crate::{Error, threads};

/// Sums into which the first product is cut, as far as there are slabs: the most
/// and the fewest, and the entries of all of them together in between. They enter
/// the order of the additions, hence do not depend on the number of threads.
const MOST_PARTS: usize = 32;
const FEWEST_PARTS: usize = 8;
const PART_ENTRIES: usize = 1 << 26;

/// Entries of the matrices U of several vectors that are made together: 1 MiB.
const TOGETHER: usize = 1 << 17;

/// X and F D/√p, as the two products read them.
#[derive(Debug, Clone)]
pub(super) struct Contraction {
    pub(super) x: Slabs,
    pub(super) features: FeatureSource,
}

impl Contraction {
    /// Entries of U.
    pub(super) fn entries(&self) -> usize {
        self.x.columns() * self.features.columns()
    }

    /// Writes $K V$, summed over the processes that hold other rows of X.
    pub(super) fn apply_kernel(
        &self,
        mut out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
        communicator: &dyn Communicator,
    ) -> Result<(), Error> {
        for columns in self.blocks(rhs.ncols()) {
            let mut u = self.vjp(rhs.slice_axis(Axis(1), columns))?;
            communicator.sum(&mut u)?;
            self.jvp(out.slice_axis_mut(Axis(1), columns), &u)?;
        }
        Ok(())
    }

    /// Writes $J^\top J U$, summed over the same processes.
    pub(super) fn apply_gram(
        &self,
        mut out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
        communicator: &dyn Communicator,
    ) -> Result<(), Error> {
        for columns in self.blocks(rhs.ncols()) {
            let given = rhs.slice_axis(Axis(1), columns);
            let vectors = given.ncols();
            let given: Vec<f64> = given.columns().into_iter().flatten().copied().collect();
            let mut images = Array2::zeros((self.x.rows(), vectors).f());
            self.jvp(images.view_mut(), &given)?;
            let mut u = self.vjp(images.view())?;
            communicator.sum(&mut u)?;
            let mut out = out.slice_axis_mut(Axis(1), columns);
            for (mut out, u) in out.axis_iter_mut(Axis(1)).zip(u.chunks(self.entries().max(1))) {
                out.iter_mut().zip(u).for_each(|(out, entry)| *out = *entry);
            }
        }
        Ok(())
    }

    /// Cuts `count` vectors into blocks that go through the products together.
    fn blocks(&self, count: usize) -> impl Iterator<Item = Slice> + use<> {
        let together = (TOGETHER / self.entries().max(1)).max(1);
        (0..count)
            .step_by(together)
            .map(move |first| Slice::from(first..(first + together).min(count)))
    }

    /// The vector–Jacobian products $\frac1{\sqrt d} J^\top v$ of the columns of `v`, one
    /// after the other.
    pub(super) fn vjp(&self, v: ArrayView2<'_, f64>) -> Result<Vec<f64>, Error> {
        let count = self.x.count();
        let parts = (PART_ENTRIES / self.entries().max(1)).clamp(FEWEST_PARTS, MOST_PARTS);
        let parts = parts.min(count).max(1);
        threads::ready();
        let sums: Vec<Vec<f64>> = (0..parts)
            .into_par_iter()
            .map(|part| self.vjp_part(part * count / parts..(part + 1) * count / parts, v))
            .collect::<Result<_, Error>>()?;
        let mut sums = sums.into_iter();
        let mut total = sums.next().unwrap_or_default();
        let rest: Vec<Vec<f64>> = sums.collect();
        total.par_chunks_mut(SLAB * SLAB).enumerate().for_each(|(chunk, total)| {
            for sum in &rest {
                let sum = &sum[chunk * SLAB * SLAB..];
                total.iter_mut().zip(sum).for_each(|(total, entry)| *total += entry);
            }
        });
        Ok(total)
    }

    fn vjp_part(&self, slabs: Range<usize>, v: ArrayView2<'_, f64>) -> Result<Vec<f64>, Error> {
        let (d, p) = (self.x.columns(), self.features.columns());
        let mut sum = vec![0.0; v.ncols() * d * p];
        if sum.is_empty() {
            return Ok(sum);
        }
        let (mut room, mut weighted) = (Vec::new(), Vec::new());
        let mut weights = vec![0.0; SLAB];
        for slab in slabs {
            let height = self.x.height(slab);
            let f = self.features.slab(slab, &self.x, &mut room)?;
            weighted.resize(height * p * v.ncols(), 0.0);
            let rows = v.slice_axis(Axis(0), Slice::from(slab * SLAB..slab * SLAB + height));
            for (column, weighted) in
                rows.columns().into_iter().zip(weighted.chunks_exact_mut(height * p))
            {
                weights.iter_mut().zip(column).for_each(|(weight, v)| *weight = *v);
                for (weighted, f) in weighted.chunks_exact_mut(height).zip(f.chunks_exact(height)) {
                    for ((weighted, f), weight) in weighted.iter_mut().zip(f).zip(&weights) {
                        *weighted = weight * f;
                    }
                }
            }
            product(
                &mut sum,
                (d as f64).recip(),
                self.x.factor(slab).transposed(),
                Factor::by_columns(&weighted, height, p * v.ncols()),
                true,
            );
        }
        Ok(sum)
    }

    /// Writes the Jacobian–vector products $\sqrt d J u$ of some vectors, laid out as by
    /// [`vjp`](Self::vjp).
    pub(super) fn jvp(&self, mut out: ArrayViewMut2<'_, f64>, u: &[f64]) -> Result<(), Error> {
        let (d, p) = (self.x.columns(), self.features.columns());
        if d * p == 0 {
            out.fill(0.0);
            return Ok(());
        }
        let vectors = out.ncols();
        let strips: Vec<_> = row_strips(out, SLAB).enumerate().collect();
        threads::ready();
        strips.into_par_iter().try_for_each_init(
            || (Vec::new(), Vec::new(), vec![0.0; SLAB]),
            |(room, images, sums), (slab, mut out)| {
                let height = self.x.height(slab);
                let f = self.features.slab(slab, &self.x, room)?;
                images.resize(height * p * vectors, 0.0);
                let factor = Factor::by_columns(u, d, p * vectors);
                product(images, 1.0, self.x.factor(slab), factor, false);
                for (mut out, images) in
                    out.axis_iter_mut(Axis(1)).zip(images.chunks_exact(height * p))
                {
                    sums.fill(0.0);
                    for (image, f) in images.chunks_exact(height).zip(f.chunks_exact(height)) {
                        for ((sum, image), f) in sums.iter_mut().zip(image).zip(f) {
                            *sum += image * f;
                        }
                    }
                    out.iter_mut().zip(&*sums).for_each(|(out, sum)| *out = *sum);
                }
                Ok(())
            },
        )
    }
}
