//! W alone.

use std::ops::Range;

use ndarray::Array2;
use rand_distr::{Distribution, StandardNormal};

use super::streams::{Matrix, Rows};
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Dimensions, Error, arguments};

/// The random matrix $W \in \mathbb R^{d \times p}$ with independent standard
/// normal entries.
///
/// The matrix is that of a [`TwoLayerEnsemble`](super::TwoLayerEnsemble) with
/// the same d, p and seed; n does not enter.
///
/// # Errors
///
/// Sampling fails with [`Error::InvalidSize`] for rows outside the matrix, and with [`Error::MemoryLimit`] or [`Error::OutOfMemory`]
/// for a matrix that cannot be stored.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::WeightEnsemble;
///
/// let w = WeightEnsemble::new(Dimensions::new(1000, 20, 30)?).with_seed(7).sample()?;
/// assert_eq!(w.dim(), (20, 30));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WeightEnsemble {
    dimensions: Dimensions,
    seed: u64,
    watch: Watch,
}

impl WeightEnsemble {
    /// Describes d rows and p columns (neurons), seed 0.
    #[must_use]
    pub fn new(dimensions: Dimensions) -> Self {
        Self { dimensions, seed: 0, watch: Watch::default() }
    }

    /// Sets the seed of the generator; the default is 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets who is told how far sampling is, and may end it with [`Error::Cancelled`];
    /// the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Draws the matrix.
    ///
    /// # Errors
    /// See [`WeightEnsemble`].
    pub fn sample(&self) -> Result<Array2<f64>, Error> {
        self.rows(0..self.dimensions.d())
    }

    /// Draws some rows of the matrix, the same as in the whole.
    ///
    /// # Errors
    /// See [`WeightEnsemble`].
    pub fn rows(&self, range: Range<usize>) -> Result<Array2<f64>, Error> {
        arguments::rows(&range, self.dimensions.d())?;
        let entry = |rng: &mut dyn rand::Rng| StandardNormal.sample(rng);
        Rows {
            matrix: Matrix::Weights,
            seed: self.seed,
            columns: self.dimensions.p(),
            entry: &entry,
        }
        .draw(range, &self.watch)
    }
}
