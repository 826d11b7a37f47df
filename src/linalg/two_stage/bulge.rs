//! From a band to a tridiagonal matrix, by chasing bulges.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::band::Band;
use super::hop::Reflection;

/// Sweeps of a group, and hops that a task makes of each of them. With both the
/// same, a task and that of the next group two windows back have no column in
/// common.
const GROUP: usize = 4;

/// A tridiagonal matrix with the eigenvalues of a band matrix: its diagonal, and
/// what is below it.
///
/// Sweep s reduces column s by a reflection of the B rows from s + 1 on. That
/// fills the block below the same B columns, whose first column is reduced by the
/// next reflection, and so on down to the last row: hop k works on the columns
/// from s + 1 + kB on. Hop k of a sweep may follow as soon as hop k + 1 of the
/// sweep before is done. So the sweeps of a group are each one hop behind the one
/// before, in windows of as many hops, and the groups two windows: the windows
/// under way at a time have columns of their own.
///
/// # Complexity
/// 6n²B operations, in blocks that stay in the cache.
pub(super) fn reduce_to_tridiagonal<const B: usize>(mut band: Band<B>) -> (Vec<f64>, Vec<f64>) {
    let n = band.size;
    let mut reflections = vec![Reflection::<B>::NONE; n.saturating_sub(2)];
    let groups = reflections.len().div_ceil(GROUP);
    // The first sweep of a group is the longest, the others end as many hops later
    // as they are behind.
    let windows = |group: usize| ((n - 1 - group * GROUP).div_ceil(B) + GROUP - 1).div_ceil(GROUP);
    let steps = (0..groups).map(|group| 2 * group + windows(group)).max().unwrap_or(0);
    for step in 0..steps {
        let mut tasks = Vec::new();
        let mut rest = band.entries.as_mut_slice();
        let mut passed = 0;
        let mut reflections: Vec<_> = reflections.chunks_mut(GROUP).enumerate().collect();
        // From the last group back, the windows come in the order of the columns.
        while let Some((group, reflections)) = reflections.pop() {
            if step < 2 * group || step - 2 * group >= windows(group) {
                continue;
            }
            let (sweep, first) = (group * GROUP, (step - 2 * group) * GROUP);
            // The last sweep of the group is furthest behind.
            let start = match first {
                0 => sweep,
                _ => sweep + reflections.len() + (first + 1 - reflections.len()) * B,
            };
            let end = (sweep + 1 + (first + GROUP) * B).min(n + B);
            let (columns, after) =
                std::mem::take(&mut rest).split_at_mut((end - passed) * Band::<B>::COLUMN);
            let columns = &mut columns[(start - passed) * Band::<B>::COLUMN..];
            (rest, passed) = (after, end);
            tasks.push(Window { columns, start, size: n, sweep, first, reflections });
        }
        tasks.into_par_iter().with_max_len(1).for_each(|task| Arch::new().dispatch(task));
    }
    let entries = |offset: usize, count: usize| {
        band.entries.iter().skip(offset).step_by(Band::<B>::COLUMN).take(count).copied().collect()
    };
    (entries(0, n), entries(1, n.saturating_sub(1)))
}

/// Some hops of some sweeps.
struct Window<'a, const B: usize> {
    /// From column `start` on.
    columns: &'a mut [f64],
    start: usize,
    size: usize,
    /// The first sweep and its first hop; each other sweep is one hop behind.
    sweep: usize,
    first: usize,
    /// The latest reflection of each sweep.
    reflections: &'a mut [Reflection<B>],
}

impl<const B: usize> WithSimd for Window<'_, B> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let column = Band::<B>::COLUMN;
        for (index, reflection) in self.reflections.iter_mut().enumerate() {
            let sweep = self.sweep + index;
            if self.first == 0 {
                reflection.begin(&mut self.columns[(sweep - self.start) * column..]);
            }
            for hop in self.first.saturating_sub(index)..self.first + GROUP - index {
                let from = sweep + 1 + hop * B;
                if from >= self.size {
                    break;
                }
                let from = (from - self.start) * column;
                reflection.hop(simd, &mut self.columns[from..from + B * column]);
            }
        }
    }
}
