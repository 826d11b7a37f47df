//! A tall panel as a product of reflections and a triangle.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use super::reflector::{add_scaled, dot, reflector};
use crate::linalg::product::{Vectorised, vectorised};

/// Columns that are reflected one by one; what is to their right follows by
/// products.
const GROUP: usize = 16;

/// $Q = I - V S V^\top$, the product of the reflections of a panel.
pub(super) struct Reflections {
    /// Upper triangular.
    pub(super) s: Mat<f64>,
    /// The reduced panel, upper triangular: the panel is Q R.
    pub(super) r: Mat<f64>,
}

/// Reduces a panel of b columns to a triangle and leaves V in its place: unit
/// lower trapezoidal, with zeros above the diagonal.
///
/// # Complexity
/// O(m b²) for m rows.
pub(super) fn reduce(mut panel: MatMut<'_, f64>) -> Reflections {
    let (m, b) = (panel.nrows(), panel.ncols());
    let mut r = Mat::zeros(b, b);
    let mut taus = vec![0.0; b];
    for start in (0..b).step_by(GROUP) {
        let end = b.min(start + GROUP);
        let (group, mut right) = panel.as_mut().get_mut(.., start..).split_at_col_mut(end - start);
        let mut group = group;
        reduce_group(group.as_mut(), start, &mut taus[start..end], r.as_mut());
        if right.ncols() > 0 && start < m {
            let v = group.as_ref().get(start.., ..);
            let s = triangle(v, &taus[start..end]);
            apply_transposed(v, s.as_ref(), right.as_mut().get_mut(start.., ..));
        }
    }
    let s = triangle(panel.as_ref(), &taus);
    Reflections { s, r }
}

/// C := $(I - V S V^\top)^\top$ C.
fn apply_transposed(v: MatRef<'_, f64>, s: MatRef<'_, f64>, c: MatMut<'_, f64>) {
    let mut vc = Mat::zeros(v.ncols(), c.ncols());
    let mut svc = Mat::zeros(v.ncols(), c.ncols());
    matmul(vc.as_mut(), Accum::Replace, v.transpose(), c.as_ref(), 1.0, Par::Seq);
    matmul(svc.as_mut(), Accum::Replace, s.transpose(), vc.as_ref(), 1.0, Par::Seq);
    matmul(c, Accum::Add, v, svc.as_ref(), -1.0, Par::Seq);
}

/// The columns of a group, whose diagonal begins in row `start`; `r` takes what
/// is above their diagonal.
fn reduce_group(mut group: MatMut<'_, f64>, start: usize, taus: &mut [f64], r: MatMut<'_, f64>) {
    let mut columns: Vec<&mut [f64]> = Vec::with_capacity(group.ncols());
    for column in group.as_mut().col_iter_mut() {
        if let Some(column) = column.try_as_col_major_mut() {
            columns.push(column.as_slice_mut());
        }
    }
    vectorised(Group { columns, start, taus, r });
}

struct Group<'a> {
    columns: Vec<&'a mut [f64]>,
    start: usize,
    taus: &'a mut [f64],
    r: MatMut<'a, f64>,
}

impl Vectorised for Group<'_> {
    #[inline(always)]
    fn run(mut self) {
        for (index, tau) in self.taus.iter_mut().enumerate() {
            let row = self.start + index;
            let Some((column, right)) = self.columns[index..].split_first_mut() else { return };
            let above = row.min(column.len());
            for (i, entry) in column[..above].iter_mut().enumerate() {
                self.r[(i, row)] = *entry;
                *entry = 0.0;
            }
            let v = &mut column[above..];
            if v.is_empty() {
                continue;
            }
            (*tau, self.r[(row, row)]) = reflector(v);
            for column in right {
                let below = &mut column[above..];
                let factor = *tau * dot(v, below);
                add_scaled(below, -factor, v);
            }
        }
    }
}

/// S from V and the factors τ of the single reflections: the columns of S follow
/// one another, $S_{\cdot j} = -\tau_j S V^\top v_j$ above the diagonal and
/// $S_{jj} = \tau_j$.
fn triangle(v: MatRef<'_, f64>, taus: &[f64]) -> Mat<f64> {
    let b = taus.len();
    let mut gram = Mat::zeros(b, b);
    matmul(gram.as_mut(), Accum::Replace, v.transpose(), v, 1.0, Par::Seq);
    let mut s = Mat::zeros(b, b);
    for (j, tau) in taus.iter().enumerate() {
        s[(j, j)] = *tau;
        for k in 0..j {
            let factor = -tau * gram[(k, j)];
            for i in 0..=k {
                s[(i, j)] += factor * s[(i, k)];
            }
        }
    }
    s
}
