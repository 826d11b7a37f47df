//! X alone.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use super::input::{Gaussian, InputLaw};
use super::streams::{self, Matrix, Rows};
use crate::observer::{Observer, Watch};
use crate::{Error, settings};

/// The random matrix $X \in \mathbb R^{n \times d}$ with independent entries of
/// mean 0 and variance 1.
///
/// The matrix is that of a [`TwoLayerEnsemble`](super::TwoLayerEnsemble) with
/// the same n, d, law and seed.
///
/// # Errors
///
/// Sampling fails with [`Error::InvalidSize`] for an n or d of 0, or rows
/// outside the matrix, and with [`Error::MemoryLimit`] or [`Error::OutOfMemory`]
/// for a matrix that cannot be stored.
///
/// # Examples
///
/// ```
/// use ndarray::{Axis, Slice};
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::Rademacher;
///
/// let inputs = InputEnsemble::new(1000, 20).with_law(Rademacher).with_seed(7);
/// let x = inputs.sample()?;
/// assert_eq!(x.dim(), (1000, 20));
/// assert_eq!(inputs.rows(300..500)?, x.slice_axis(Axis(0), Slice::from(300..500)));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct InputEnsemble {
    n: usize,
    d: usize,
    law: Arc<dyn InputLaw>,
    seed: u64,
    watch: Watch,
}

impl InputEnsemble {
    /// n = `n` rows (samples) of d = `d` standard normal entries, seed 0.
    #[must_use]
    pub fn new(n: usize, d: usize) -> Self {
        Self { n, d, law: Arc::new(Gaussian), seed: 0, watch: Watch::default() }
    }

    /// The law of the entries; the default is [`Gaussian`].
    #[must_use]
    pub fn with_law(self, law: impl InputLaw + 'static) -> Self {
        Self { law: Arc::new(law), ..self }
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
    /// See [`InputEnsemble`].
    pub fn sample(&self) -> Result<Array2<f64>, Error> {
        self.rows(0..self.n)
    }

    /// Some rows of the matrix, the same as in the whole.
    ///
    /// # Errors
    /// See [`InputEnsemble`].
    pub fn rows(&self, range: Range<usize>) -> Result<Array2<f64>, Error> {
        self.check(&range)?;
        let entry = |rng: &mut dyn rand::Rng| self.law.sample(rng);
        Rows { matrix: Matrix::Inputs, seed: self.seed, columns: self.d, entry: &entry }
            .draw(range, &self.watch)
    }

    /// Number of columns.
    pub(crate) fn d(&self) -> usize {
        self.d
    }

    /// Checks the sizes, and that `range` lies within the rows.
    pub(crate) fn check(&self, range: &Range<usize>) -> Result<(), Error> {
        settings::size("n", self.n)?;
        settings::size("d", self.d)?;
        streams::check(range, self.n)
    }
}
