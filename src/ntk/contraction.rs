//! The two products that the kernel and JᵀJ are made of.
//!
//! $$ U = \tfrac1d X^\top \operatorname{diag}(v) \tilde F , \qquad
//! y_i = \sum\_{a,k} x\_{ia} U\_{ak} \tilde f\_{ik} , \qquad \tilde F = F D/\sqrt p . $$
//!
//! The second after the first is $y = K v$; the first after the second, JᵀJ.

use std::ops::Range;

use ndarray::{ArrayView2, ArrayViewMut2, Axis, Slice};
use rayon::prelude::*;

use super::features::FeatureSource;
use super::panels::{PANEL, Panels};
use super::symmetric::row_strips;
use crate::Error;
use crate::linalg::{Factor, product};

/// Sums into which the first product is cut, as far as there are panels: the most
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
    pub(super) x: Panels,
    pub(super) features: FeatureSource,
}

impl Contraction {
    /// Entries of U.
    pub(super) fn entries(&self) -> usize {
        self.x.columns() * self.features.columns()
    }

    /// Vectors that go through the products together.
    pub(super) fn together(&self) -> usize {
        (TOGETHER / self.entries().max(1)).max(1)
    }

    /// The matrices U of the columns of `v`, one after the other, each by columns.
    pub(super) fn collect(&self, v: ArrayView2<'_, f64>) -> Result<Vec<f64>, Error> {
        let count = self.x.count();
        let parts = (PART_ENTRIES / self.entries().max(1)).clamp(FEWEST_PARTS, MOST_PARTS);
        let parts = parts.min(count).max(1);
        let sums: Vec<Vec<f64>> = (0..parts)
            .into_par_iter()
            .map(|part| self.collect_part(part * count / parts..(part + 1) * count / parts, v))
            .collect::<Result<_, Error>>()?;
        let mut sums = sums.into_iter();
        let mut total = sums.next().unwrap_or_default();
        let rest: Vec<Vec<f64>> = sums.collect();
        total.par_chunks_mut(PANEL * PANEL).enumerate().for_each(|(chunk, total)| {
            for sum in &rest {
                let sum = &sum[chunk * PANEL * PANEL..];
                total.iter_mut().zip(sum).for_each(|(total, entry)| *total += entry);
            }
        });
        Ok(total)
    }

    fn collect_part(
        &self,
        panels: Range<usize>,
        v: ArrayView2<'_, f64>,
    ) -> Result<Vec<f64>, Error> {
        let (d, p) = (self.x.columns(), self.features.columns());
        let mut sum = vec![0.0; v.ncols() * d * p];
        if sum.is_empty() {
            return Ok(sum);
        }
        let (mut room, mut weighted) = (Vec::new(), Vec::new());
        let mut weights = vec![0.0; PANEL];
        for panel in panels {
            let height = self.x.height(panel);
            let f = self.features.panel(panel, &self.x, &mut room)?;
            weighted.resize(height * p * v.ncols(), 0.0);
            let rows = v.slice_axis(Axis(0), Slice::from(panel * PANEL..panel * PANEL + height));
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
                self.x.factor(panel).transposed(),
                Factor::by_columns(&weighted, height, p * v.ncols()),
                true,
            );
        }
        Ok(sum)
    }

    /// Writes the vectors y of some matrices U, laid out as by
    /// [`collect`](Self::collect).
    pub(super) fn expand(&self, mut out: ArrayViewMut2<'_, f64>, u: &[f64]) -> Result<(), Error> {
        let (d, p) = (self.x.columns(), self.features.columns());
        if d * p == 0 {
            out.fill(0.0);
            return Ok(());
        }
        let vectors = out.ncols();
        let strips: Vec<_> = row_strips(out, PANEL).enumerate().collect();
        strips.into_par_iter().try_for_each_init(
            || (Vec::new(), Vec::new(), vec![0.0; PANEL]),
            |(room, images, sums), (panel, mut out)| {
                let height = self.x.height(panel);
                let f = self.features.panel(panel, &self.x, room)?;
                images.resize(height * p * vectors, 0.0);
                let factor = Factor::by_columns(u, d, p * vectors);
                product(images, 1.0, self.x.factor(panel), factor, false);
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
