//! One tile of the kernel, and the matrix cut into tiles.

use ndarray::{ArrayViewMut2, Axis};

use super::slabs::{SLAB, Slabs};
use crate::linalg::{Vectorised, product, vectorised};

/// Side of the squares in which a tile is transposed: one cache line.
const SQUARE: usize = 8;

/// A tile of the lower triangle, with its mirror image above the diagonal.
pub(super) struct Tile<'a> {
    /// Slab of rows, slab of columns: `column` ≤ `row`.
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

/// Cuts a view into pieces of [`SLAB`] rows or columns.
fn cut(view: ArrayViewMut2<'_, f64>, axis: Axis) -> Vec<ArrayViewMut2<'_, f64>> {
    let mut pieces = Vec::with_capacity(view.len_of(axis).div_ceil(SLAB));
    let mut rest = view;
    while rest.len_of(axis) > SLAB {
        let (piece, after) = rest.split_at(axis, SLAB);
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
        Self { gram: vec![0.0; SLAB * SLAB], features: vec![0.0; SLAB * SLAB] }
    }
}

impl Tile<'_> {
    /// Computes the tile from X and F D/√p and writes it on both sides of the
    /// diagonal. An entry is computed once, so the matrix is exactly symmetric.
    pub(super) fn build(&mut self, x: &Slabs, f: &Slabs, buffers: &mut Buffers) {
        let (height, width) = (x.height(self.row), x.height(self.column));
        let gram = &mut buffers.gram[..height * width];
        let features = &mut buffers.features[..height * width];
        let scale = (x.columns() as f64).recip();
        for (block, scale, slabs) in [(&mut *gram, scale, x), (&mut *features, 1.0, f)] {
            let columns = slabs.factor(self.column).transposed();
            product(block, scale, slabs.factor(self.row), columns, false);
        }
        let Some(upper) = &mut self.upper else {
            for j in 0..height {
                for i in j..height {
                    let entry = gram[j * height + i] * features[j * height + i];
                    self.lower[[i, j]] = entry;
                    self.lower[[j, i]] = entry;
                }
            }
            return;
        };
        match (rows(&mut self.lower), rows(upper)) {
            (Some(lower), Some(upper)) => {
                vectorised(Multiply { gram, features, height, lower, upper });
            }
            _ => self.multiply_strided(gram, features, height),
        }
    }

    /// Copies what is below the diagonal above it.
    pub(super) fn mirror(&mut self) {
        match &mut self.upper {
            Some(upper) => upper.assign(&self.lower.t()),
            None => {
                for i in 0..self.lower.nrows() {
                    for j in 0..i {
                        self.lower[[j, i]] = self.lower[[i, j]];
                    }
                }
            }
        }
    }

    /// Writes the products where rows are not contiguous.
    fn multiply_strided(&mut self, gram: &[f64], features: &[f64], height: usize) {
        let Some(upper) = &mut self.upper else { return };
        for (index, (g, f)) in gram.iter().zip(features).enumerate() {
            let (i, j) = (index % height, index / height);
            self.lower[[i, j]] = g * f;
            upper[[j, i]] = g * f;
        }
    }
}

/// The rows of a view, if they are contiguous.
fn rows<'a>(view: &'a mut ArrayViewMut2<'_, f64>) -> Option<Vec<&'a mut [f64]>> {
    view.rows_mut().into_iter().map(|row| row.into_slice()).collect()
}

/// The entrywise product of two blocks stored by columns of `height` entries:
/// column j goes to `upper[j]` and row i to `lower[i]`.
///
/// Rows of the kernel are far apart, so each side is written in runs as long as the
/// tile is wide; the product stays in `gram` in between.
struct Multiply<'a> {
    gram: &'a mut [f64],
    features: &'a [f64],
    height: usize,
    lower: Vec<&'a mut [f64]>,
    upper: Vec<&'a mut [f64]>,
}

impl Vectorised for Multiply<'_> {
    #[inline(always)]
    fn run(mut self) {
        let height = self.height;
        let columns = self.gram.chunks_exact_mut(height).zip(self.features.chunks_exact(height));
        for ((gram, features), upper) in columns.zip(&mut self.upper) {
            for ((gram, feature), entry) in gram.iter_mut().zip(features).zip(upper.iter_mut()) {
                *gram *= feature;
                *entry = *gram;
            }
        }
        for (strip, rows) in self.lower.chunks_mut(SQUARE).enumerate() {
            let top = strip * SQUARE;
            for (square, columns) in self.gram.chunks(SQUARE * height).enumerate() {
                let left = square * SQUARE;
                if transpose_square(columns, height, (top, left), rows) {
                    continue;
                }
                for (j, column) in columns.chunks_exact(height).enumerate() {
                    for (row, entry) in rows.iter_mut().zip(&column[top..]) {
                        row[left + j] = *entry;
                    }
                }
            }
        }
    }
}

/// Writes one full square, whose upper left corner in the tile is (top, left), to
/// eight rows; false if it is not full.
#[inline(always)]
fn transpose_square(
    columns: &[f64],
    height: usize,
    (top, left): (usize, usize),
    rows: &mut [&mut [f64]],
) -> bool {
    let Some(rows) = rows.first_chunk_mut::<SQUARE>() else { return false };
    if columns.len() < SQUARE * height {
        return false;
    }
    let mut square = [[0.0; SQUARE]; SQUARE];
    for (j, column) in square.iter_mut().enumerate() {
        let Some(entries) = columns[j * height + top..].first_chunk() else { return false };
        *column = *entries;
    }
    for (i, row) in rows.iter_mut().enumerate() {
        let Some(row) = row[left..].first_chunk_mut::<SQUARE>() else { return false };
        for j in 0..SQUARE {
            row[j] = square[j][i];
        }
    }
    true
}
