//! W alone.

use std::ops::Range;

use ndarray::Array2;
use rand_distr::{Distribution, StandardNormal};

use super::streams::{self, Matrix, Rows};
use crate::observer::{Observer, Watch};
use crate::{Error, settings};

/// The random matrix $W \in \mathbb R^{d \times p}$ with independent standard
/// normal entries.
///
/// The matrix is that of a [`TwoLayerEnsemble`](super::TwoLayerEnsemble) with
/// the same d, p and seed.
///
/// # Errors
///
/// Sampling fails with [`Error::InvalidSize`] for a d or p of 0, or rows
/// outside the matrix, and with [`Error::MemoryLimit`] or [`Error::OutOfMemory`]
/// for a matrix that cannot be stored.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::ensemble::WeightEnsemble;
///
/// let w = WeightEnsemble::new(20, 30).with_seed(7).sample()?;
/// assert_eq!(w.dim(), (20, 30));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct WeightEnsemble {
    d: usize,
    p: usize,
    seed: u64,
    watch: Watch,
}

impl WeightEnsemble {
    /// d = `d` rows and p = `p` columns (neurons), seed 0.
    #[must_use]
    pub fn new(d: usize, p: usize) -> Self {
        Self { d, p, seed: 0, watch: Watch::default() }
    }

    /// The seed of the generator; the default is 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Who is told how far sampling is, and may end it with [`Error::Cancelled`];
    /// the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// The matrix.
    ///
    /// # Errors
    /// See [`WeightEnsemble`].
    pub fn sample(&self) -> Result<Array2<f64>, Error> {
        self.rows(0..self.d)
    }

    /// Some rows of the matrix, the same as in the whole.
    ///
    /// # Errors
    /// See [`WeightEnsemble`].
    pub fn rows(&self, range: Range<usize>) -> Result<Array2<f64>, Error> {
        settings::size("d", self.d)?;
        settings::size("p", self.p)?;
        streams::check(&range, self.d)?;
        let entry = |rng: &mut dyn rand::Rng| StandardNormal.sample(rng);
        Rows { matrix: Matrix::Weights, seed: self.seed, columns: self.p, entry: &entry }
            .draw(range, &self.watch)
    }
}
