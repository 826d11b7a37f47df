//! From a dense symmetric matrix to a band, by block reflections.

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};
use rayon::prelude::*;

use super::panel::{Reflections, reduce};

/// Rows of a strip, the unit of parallel work. It enters the order of the sums,
/// hence is fixed.
const STRIP: usize = 128;

/// The lower half of a symmetric band matrix of half-width `B`: column after
/// column, each from its diagonal down, with room for `2B` entries that the next
/// reduction needs, and for `B` columns of zeros at the end.
pub(super) struct Band<const B: usize> {
    pub(super) size: usize,
    pub(super) entries: Vec<f64>,
}

impl<const B: usize> Band<B> {
    /// Entries stored of each column.
    pub(super) const COLUMN: usize = 2 * B;

    fn zeros(size: usize) -> Self {
        Self { size, entries: vec![0.0; (size + B) * Self::COLUMN] }
    }

    /// Copies the lower half of a diagonal block that begins at `start`.
    fn set_diagonal(&mut self, start: usize, block: MatRef<'_, f64>) {
        for j in 0..block.ncols() {
            for i in j..block.ncols() {
                self.entries[(start + j) * Self::COLUMN + i - j] = block[(i, j)];
            }
        }
    }

    /// Copies a triangle that stands below the diagonal block at `start`.
    fn set_below(&mut self, start: usize, r: MatRef<'_, f64>) {
        let rows = B.min(self.size - start - B);
        for j in 0..B {
            for i in 0..rows.min(j + 1) {
                self.entries[(start + j) * Self::COLUMN + B + i - j] = r[(i, j)];
            }
        }
    }
}

/// V of a panel, left of the place for W.
struct Panel {
    vw: Mat<f64>,
    reflections: Reflections,
}

/// A band matrix with the eigenvalues of a symmetric matrix, of which the entries
/// (i, j), j ≤ i, are read at row j and column i of `matrix`, and all are used up.
///
/// Panel by panel of `B` columns, what is below the band becomes a triangle
/// R by $Q = I - V S V^\top$, and the rest $A - V W^\top - W V^\top$ where
/// $W = Y - \tfrac12 V S^\top V^\top Y$ and $Y = A V S$. The next panel is reduced
/// while the rest of the matrix is brought up to date.
///
/// # Complexity
/// $\tfrac43 n^3$ operations, all but O(n² B) of them in matrix products.
pub(super) fn reduce_to_band<const B: usize>(mut matrix: MatMut<'_, f64>) -> Band<B> {
    let n = matrix.nrows();
    let mut band = Band::zeros(n);
    let first = n.min(B);
    let mut panel = next_panel(matrix.as_mut().subrows_mut(0, first), 0, &mut band);
    let mut start = first;
    while let Some(Panel { mut vw, reflections }) = panel {
        let mut rest = matrix.as_mut().get_mut(start.., start..);
        let wv = complete(rest.as_ref(), vw.as_mut(), reflections.s.as_ref(), &cuts(start, n));
        let head = B.min(n - start);
        let (above, below) = rest.as_mut().split_at_row_mut(head);
        let below = below.get_mut(.., head..);
        let (vw, wv) = (vw.as_ref(), wv.as_ref());
        (panel, ()) = rayon::join(
            || {
                let mut above = above;
                let left = vw.subrows(0, head);
                matmul(above.as_mut(), Accum::Add, left, wv, -1.0, Par::Seq);
                next_panel(above, start, &mut band)
            },
            || update(below, vw.get(head.., ..), wv.get(.., head..), &cuts(start + head, n)),
        );
        start += head;
    }
    band
}

/// Takes the block on the diagonal at `start` to the band, and reduces what is
/// below it; `rows` holds both, transposed. None where nothing is below.
fn next_panel<const B: usize>(
    rows: MatMut<'_, f64>,
    start: usize,
    band: &mut Band<B>,
) -> Option<Panel> {
    let rows = rows.as_ref();
    let (diagonal, below) = rows.split_at_col(rows.nrows());
    band.set_diagonal(start, diagonal.transpose());
    if below.ncols() == 0 {
        return None;
    }
    let mut vw = Mat::zeros(below.ncols(), 2 * B);
    let mut v = vw.as_mut().subcols_mut(0, B);
    v.copy_from(below.transpose());
    let reflections = reduce(v);
    band.set_below(start, reflections.r.as_ref());
    Some(Panel { vw, reflections })
}

/// W beside V, and $(W\ V)^\top$.
fn complete(
    a: MatRef<'_, f64>,
    vw: MatMut<'_, f64>,
    s: MatRef<'_, f64>,
    cuts: &[Range<usize>],
) -> Mat<f64> {
    let (m, b) = (a.nrows(), s.nrows());
    let (v, w) = vw.split_at_col_mut(b);
    let v = v.as_ref();
    let mut wv = Mat::zeros(2 * b, m);
    let mut sums: Vec<Mat<f64>> = strips(wv.as_mut().subrows_mut(0, b), cuts)
        .into_par_iter()
        .zip(cuts)
        .with_max_len(1)
        .map(|(mut yt, cut)| {
            let (from, to) = (cut.start, cut.end);
            let mut xt = Mat::zeros(b, to - from);
            // Rows of the lower triangle up to and with the diagonal tile, and the
            // columns below it.
            let (left, right) = v.split_at_row(to);
            let tiles = a.get(..to, from..to);
            matmul(xt.as_mut(), Accum::Replace, left.transpose(), tiles, 1.0, Par::Seq);
            let tiles = a.get(from..to, to..).transpose();
            matmul(xt.as_mut(), Accum::Add, right.transpose(), tiles, 1.0, Par::Seq);
            matmul(yt.as_mut(), Accum::Replace, s.transpose(), xt.as_ref(), 1.0, Par::Seq);
            let mut sum = Mat::zeros(b, b);
            let v = v.get(from..to, ..);
            matmul(
                sum.as_mut(),
                Accum::Replace,
                v.transpose(),
                yt.as_ref().transpose(),
                1.0,
                Par::Seq,
            );
            sum
        })
        .collect();
    let mut vy = Mat::<f64>::zeros(b, b);
    for sum in sums.drain(..) {
        vy += sum;
    }
    // −½ (Sᵀ Vᵀ Y)ᵀ
    let mut correction = Mat::zeros(b, b);
    matmul(correction.as_mut(), Accum::Replace, vy.transpose(), s, -0.5, Par::Seq);
    let mut w = w;
    let mut blocks = Vec::new();
    for (block, cut) in strips(wv.as_mut(), cuts).into_iter().zip(cuts) {
        let (above, below) = w.split_at_row_mut(cut.len());
        blocks.push((cut.start, block, above));
        w = below;
    }
    blocks.into_par_iter().with_max_len(1).for_each(|(from, wv, mut w)| {
        let (mut wt, mut vt) = wv.split_at_row_mut(b);
        vt.copy_from(v.subrows(from, w.nrows()).transpose());
        matmul(wt.as_mut(), Accum::Add, correction.as_ref(), vt.as_ref(), 1.0, Par::Seq);
        w.copy_from(wt.transpose());
    });
    wv
}

/// A − V W^⊤ − W V^⊤, its lower triangle and the tiles on the diagonal.
fn update(a: MatMut<'_, f64>, vw: MatRef<'_, f64>, wv: MatRef<'_, f64>, cuts: &[Range<usize>]) {
    strips(a, cuts).into_par_iter().zip(cuts).with_max_len(1).for_each(|(tiles, cut)| {
        let tiles = tiles.subrows_mut(0, cut.end);
        let left = vw.subrows(0, cut.end);
        matmul(tiles, Accum::Add, left, wv.subcols(cut.start, cut.len()), -1.0, Par::Seq);
    });
}

/// The rows from `start` to `end` in strips, counted from `start`. The strips end
/// at multiples of [`STRIP`] whatever `start` is, so that a tile on the diagonal,
/// of which both halves are kept up to date, stays one.
fn cuts(start: usize, end: usize) -> Vec<Range<usize>> {
    let mut cuts = Vec::with_capacity((end - start).div_ceil(STRIP) + 1);
    let mut from = start;
    while from < end {
        let to = end.min((from / STRIP + 1) * STRIP);
        cuts.push(from - start..to - start);
        from = to;
    }
    cuts
}

/// The columns of a matrix in strips.
fn strips<'a>(mut matrix: MatMut<'a, f64>, cuts: &[Range<usize>]) -> Vec<MatMut<'a, f64>> {
    let mut strips = Vec::with_capacity(cuts.len());
    for cut in cuts {
        let (strip, rest) = matrix.split_at_col_mut(cut.len());
        strips.push(strip);
        matrix = rest;
    }
    strips
}
