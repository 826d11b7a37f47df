//! Random matrices by blocks of rows, a stream of the generator for each block.

use std::ops::Range;

use ndarray::Array2;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rayon::prelude::*;

use crate::observer::Stage;
use crate::watch::Watch;
use crate::{Error, memory, threads};

/// Rows that share a stream. Part of the definition of every sample.
const BLOCK: usize = 64;

/// Which matrix a stream belongs to. Part of the definition of every sample.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Matrix {
    Inputs = 1,
    Weights = 2,
    Diagonal = 3,
    // 4 and 5 are those of `krylov::Probe`.
    Parameters = 6,
    Noise = 7,
    Directions = 8,
    Rotation = 9,
}

impl Matrix {
    /// The generator of a block; 2⁵⁶ blocks of 64 rows are beyond any memory.
    fn generator(self, seed: u64, block: usize) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(((self as u64) << 56) | block as u64);
        rng
    }

    fn stage(self) -> Stage {
        match self {
            Self::Inputs | Self::Rotation => Stage::Inputs,
            Self::Weights => Stage::Weights,
            Self::Diagonal => Stage::Diagonal,
            Self::Parameters | Self::Noise | Self::Directions => Stage::Targets,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Inputs => "X",
            Self::Weights => "W",
            Self::Diagonal => "the diagonal of D",
            Self::Parameters => "the parameters of a teacher",
            Self::Noise => "the noise of the targets",
            Self::Rotation => "the directions of the covariance of X",
            Self::Directions => "the directions of a teacher",
        }
    }
}

/// A matrix of independent entries, of which a range of rows is drawn.
pub(crate) struct Rows<'a> {
    pub(crate) matrix: Matrix,
    pub(crate) seed: u64,
    pub(crate) columns: usize,
    /// Draws one entry.
    pub(crate) entry: &'a (dyn Fn(&mut dyn Rng) -> f64 + Sync),
}

impl Rows<'_> {
    /// The rows `range`, drawn block by block, row by row within a block.
    ///
    /// A range that begins inside a block draws the rows before it too, to find
    /// its place in the stream.
    pub(crate) fn draw(&self, range: Range<usize>, watch: &Watch) -> Result<Array2<f64>, Error> {
        let rows = range.end.saturating_sub(range.start);
        let mut drawn = memory::zeros(self.matrix.name(), rows, self.columns, u64::MAX)?;
        let Some(mut rest) = drawn.as_slice_mut().filter(|slice| !slice.is_empty()) else {
            return Ok(drawn);
        };
        let mut blocks = Vec::with_capacity(rows / BLOCK + 2);
        let mut row = range.start;
        while row < range.end {
            let end = (row - row % BLOCK).saturating_add(BLOCK).min(range.end);
            let (block, after) = rest.split_at_mut((end - row) * self.columns);
            blocks.push((row, block));
            (row, rest) = (end, after);
        }
        let tracker = watch.start(self.matrix.stage(), blocks.len())?;
        threads::ready();
        blocks.into_par_iter().try_for_each(|(row, block)| {
            tracker.check()?;
            let mut rng = self.matrix.generator(self.seed, row / BLOCK);
            for _ in 0..(row % BLOCK) * self.columns {
                (self.entry)(&mut rng);
            }
            block.fill_with(|| (self.entry)(&mut rng));
            self.check(row, block)?;
            tracker.step()
        })?;
        Ok(drawn)
    }

    /// Whether a law gave numbers.
    fn check(&self, row: usize, block: &[f64]) -> Result<(), Error> {
        match block.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(place) => Err(Error::InvalidElement {
                name: self.matrix.name(),
                row: row + place / self.columns,
                column: place % self.columns,
                value: block[place],
                allowed: "a finite number, as its law has to give",
            }),
        }
    }
}
