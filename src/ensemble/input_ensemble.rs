//! X alone.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use super::InputCovariance;
use super::input::{Gaussian, InputLaw};
use super::streams::{Matrix, Rows};
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Dimensions, Error, arguments};

/// The random matrix $X \in \mathbb R^{n \times d}$ with independent entries of
/// mean 0 and variance 1.
///
/// The matrix is that of a [`TwoLayerEnsemble`](super::TwoLayerEnsemble) with
/// the same n, d, law and seed; p does not enter.
///
/// # Errors
///
/// Sampling fails with [`Error::InvalidElement`] for a law that gives NaN or infinity,
/// with [`Error::InvalidSize`] for rows outside the matrix, and with [`Error::MemoryLimit`] or [`Error::OutOfMemory`]
/// for a matrix that cannot be stored, and with [`Error::SizeMismatch`] for a covariance that
/// has not d eigenvalues.
///
/// # Examples
///
/// ```
/// use ndarray::{Axis, Slice};
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::Rademacher;
///
/// let dimensions = Dimensions::new(1000, 20, 30)?;
/// let inputs = InputEnsemble::new(dimensions).with_law(Rademacher).with_seed(7);
/// let x = inputs.sample()?;
/// assert_eq!(x.dim(), (1000, 20));
/// assert_eq!(inputs.rows(300..500)?, x.slice_axis(Axis(0), Slice::from(300..500)));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct InputEnsemble {
    dimensions: Dimensions,
    law: Arc<dyn InputLaw>,
    covariance: Option<InputCovariance>,
    seed: u64,
    watch: Watch,
}

impl InputEnsemble {
    /// Describes n rows (samples) of d standard normal entries, seed 0.
    #[must_use]
    pub fn new(dimensions: Dimensions) -> Self {
        let (law, watch) = (Arc::new(Gaussian), Watch::default());
        Self { dimensions, law, covariance: None, seed: 0, watch }
    }

    /// Sets the law of the entries; the default is [`Gaussian`].
    #[must_use]
    pub fn with_law(self, law: impl InputLaw + 'static) -> Self {
        Self { law: Arc::new(law), ..self }
    }

    /// Sets the covariance of the rows; by default entries are independent.
    #[must_use]
    pub fn with_covariance(self, covariance: InputCovariance) -> Self {
        Self { covariance: Some(covariance), ..self }
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
    /// See [`InputEnsemble`].
    pub fn sample(&self) -> Result<Array2<f64>, Error> {
        self.rows(0..self.dimensions.n())
    }

    /// Draws some rows of the matrix, the same as in the whole.
    ///
    /// # Errors
    /// See [`InputEnsemble`].
    pub fn rows(&self, range: Range<usize>) -> Result<Array2<f64>, Error> {
        self.check(&range)?;
        let entry = |rng: &mut dyn rand::Rng| self.law.sample(rng);
        let matrix = Matrix::Inputs;
        let mut rows = Rows { matrix, seed: self.seed, columns: self.d(), entry: &entry }
            .draw(range, &self.watch)?;
        if let Some(covariance) = &self.covariance {
            covariance.apply(&mut rows, self.seed, &self.watch)?;
        }
        Ok(rows)
    }

    /// Number of columns.
    pub(crate) fn d(&self) -> usize {
        self.dimensions.d()
    }

    /// Checks that `range` lies within the rows.
    pub(crate) fn check(&self, range: &Range<usize>) -> Result<(), Error> {
        arguments::rows(range, self.dimensions.n())
    }
}
