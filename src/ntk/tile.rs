//! One tile of the kernel, and the matrix cut into tiles.

use ndarray::{ArrayViewMut2, Axis};

use super::panels::{PANEL, Panels};
use crate::linalg::product;

/// Side of the squares in which a tile is transposed: one cache line.
const SQUARE: usize = 8;

/// A tile of the lower triangle, with its mirror image above the diagonal.
pub(super) struct Tile<'a> {
    /// Panel of rows, panel of columns: `column` ≤ `row`.
    pub(super) row: usize,
    pub(super) column: usize,
    lower: ArrayViewMut2<'a, f64>,
    /// None on the diagonal.
    upper: Option<ArrayViewMut2<'a, f64>>,
}

/// The tiles of a symmetric matrix, by rows of tiles.
pub(super) fn tiles(matrix: ArrayViewMut2<'_, f64>) -> Vec<Tile<'_>> {
    let mut lower = Vec::new();
    let mut upper = Vec::new();
    for (row, strip) in cut(matrix, Axis(0)).into_iter().enumerate() {
        for (column, tile) in cut(strip, Axis(1)).into_iter().enumerate() {
            if column <= row {
                lower.push((row, column, tile));
            } else {
                upper.push((column, row, tile));
            }
        }
    }
    // Both triangles in the same order, the upper one without the diagonal.
    upper.sort_by_key(|(row, column, _)| (*row, *column));
    let mut upper = upper.into_iter();
    lower
        .into_iter()
        .map(|(row, column, lower)| Tile {
            row,
            column,
            lower,
            upper: if column < row { upper.next().map(|(.., tile)| tile) } else { None },
        })
        .collect()
}

/// Cuts a view into pieces of [`PANEL`] rows or columns.
fn cut(view: ArrayViewMut2<'_, f64>, axis: Axis) -> Vec<ArrayViewMut2<'_, f64>> {
    let mut pieces = Vec::with_capacity(view.len_of(axis).div_ceil(PANEL));
    let mut rest = view;
    while rest.len_of(axis) > PANEL {
        let (piece, after) = rest.split_at(axis, PANEL);
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

/// Room for two Gram blocks.
pub(super) struct Buffers {
    gram: Vec<f64>,
    features: Vec<f64>,
}

impl Buffers {
    pub(super) fn new() -> Self {
        Self { gram: vec![0.0; PANEL * PANEL], features: vec![0.0; PANEL * PANEL] }
    }
}

impl Tile<'_> {
    /// Computes the tile from X/√d and F D/√p and writes it on both sides of the
    /// diagonal. An entry is computed once, so the matrix is exactly symmetric.
    pub(super) fn build(&mut self, x: &Panels, f: &Panels, buffers: &mut Buffers) {
        let (height, width) = (x.height(self.row), x.height(self.column));
        let gram = &mut buffers.gram[..height * width];
        let features = &mut buffers.features[..height * width];
        let block = |c: &mut [f64], panels: &Panels| {
            product(
                c,
                1.0,
                panels.factor(self.row),
                panels.factor(self.column).transposed(),
                false,
            );
        };
        block(gram, x);
        block(features, f);
        for (entry, factor) in gram.iter_mut().zip(features.iter()) {
            *entry *= factor;
        }
        match &mut self.upper {
            Some(upper) => {
                copy(upper, gram, height);
                transpose(&mut self.lower, gram, height, width);
            }
            None => {
                for j in 0..height {
                    for i in j..height {
                        let entry = gram[j * height + i];
                        self.lower[[i, j]] = entry;
                        self.lower[[j, i]] = entry;
                    }
                }
            }
        }
    }
}

/// Row j of `target` is column j of `entries`.
fn copy(target: &mut ArrayViewMut2<'_, f64>, entries: &[f64], height: usize) {
    for (mut row, column) in target.rows_mut().into_iter().zip(entries.chunks_exact(height)) {
        match row.as_slice_mut() {
            Some(row) => row.copy_from_slice(column),
            None => row.iter_mut().zip(column).for_each(|(to, from)| *to = *from),
        }
    }
}

/// Row i of `target` is row i of `entries`, which is stored by columns.
fn transpose(target: &mut ArrayViewMut2<'_, f64>, entries: &[f64], height: usize, width: usize) {
    let mut strip = [0.0; SQUARE * PANEL];
    for top in (0..height).step_by(SQUARE) {
        let rows = SQUARE.min(height - top);
        for (j, column) in entries.chunks_exact(height).enumerate() {
            for (i, entry) in column[top..top + rows].iter().enumerate() {
                strip[i * PANEL + j] = *entry;
            }
        }
        for i in 0..rows {
            let mut row = target.row_mut(top + i);
            let entries = &strip[i * PANEL..i * PANEL + width];
            match row.as_slice_mut() {
                Some(row) => row.copy_from_slice(entries),
                None => row.iter_mut().zip(entries).for_each(|(to, from)| *to = *from),
            }
        }
    }
}
