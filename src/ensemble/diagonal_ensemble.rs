//! D alone.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array1;

use super::midquantiles::midquantiles;
use super::streams::{Matrix, Rows};
use crate::diagonal::DiagonalLaw;
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Dimensions, Error, arguments, memory};

/// Accuracy of the quantiles of a law of D² with a density.
const QUANTILES: f64 = 1e-13;

/// How p entries of D come from their law.
///
/// The limit sees D through the empirical law of its entries only. Independent
/// draws miss their law by p^(−1/2), more than everything else that is finite
/// about the kernel; midquantiles miss it by 1/p.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiagonalChoice {
    /// Independent draws, which is the model.
    #[default]
    Drawn,
    /// $D_k \ge 0$ with $D_k^2$ the quantile of the law of $D^2$ at
    /// $(k - \tfrac12)/p$, ascending; no randomness. Signs of D do not enter the
    /// kernel, and columns of W are exchangeable, so nothing is lost.
    Midquantiles,
}

/// The p diagonal entries of D.
///
/// The entries are those of a [`TwoLayerEnsemble`](super::TwoLayerEnsemble)
/// with the same p, law, choice and seed; n and d do not enter.
///
/// # Errors
///
/// Sampling fails with [`Error::InvalidElement`] for a law that gives NaN or infinity,
/// with [`Error::InvalidSize`] for a range outside 0..p, with [`Error::MemoryLimit`] or [`Error::OutOfMemory`] for a vector that
/// cannot be stored, and with the error of [`DiagonalLaw::square_law`] for a
/// law whose parameters are not valid.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::diagonal::Uniform;
/// use ntk_spectrum::ensemble::{DiagonalChoice, DiagonalEnsemble};
///
/// let entries = DiagonalEnsemble::new(Dimensions::new(50, 5, 4)?, Uniform::new(0.5, 1.5)?);
/// assert_eq!(entries.sample()?.len(), 4);
/// let even = entries.with_choice(DiagonalChoice::Midquantiles).sample()?;
/// for (found, expected) in even.iter().zip([0.625, 0.875, 1.125, 1.375]) {
///     assert!((found - expected).abs() < 1e-11);
/// }
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct DiagonalEnsemble {
    dimensions: Dimensions,
    law: Arc<dyn DiagonalLaw>,
    choice: DiagonalChoice,
    seed: u64,
    watch: Watch,
}

impl DiagonalEnsemble {
    /// Describes p entries drawn from `law`, seed 0.
    #[must_use]
    pub fn new(dimensions: Dimensions, law: impl DiagonalLaw + 'static) -> Self {
        Self {
            dimensions,
            law: Arc::new(law),
            choice: DiagonalChoice::default(),
            seed: 0,
            watch: Watch::default(),
        }
    }

    /// Sets how the entries come from their law; the default is by draws.
    #[must_use]
    pub fn with_choice(self, choice: DiagonalChoice) -> Self {
        Self { choice, ..self }
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

    /// Draws the entries.
    ///
    /// # Errors
    /// See [`DiagonalEnsemble`].
    pub fn sample(&self) -> Result<Array1<f64>, Error> {
        self.entries(0..self.dimensions.p())
    }

    /// Draws some of the entries, the same as in the whole.
    ///
    /// # Errors
    /// See [`DiagonalEnsemble`].
    pub fn entries(&self, range: Range<usize>) -> Result<Array1<f64>, Error> {
        let p = self.dimensions.p();
        arguments::rows(&range, p)?;
        // Also where it is not needed: a law that does not check its parameters
        // when it is made, a plain number for instance, does so here.
        let square = self.law.square_law(QUANTILES)?;
        match self.choice {
            DiagonalChoice::Drawn => {
                let entry = |rng: &mut dyn rand::Rng| self.law.sample(rng);
                let column =
                    Rows { matrix: Matrix::Diagonal, seed: self.seed, columns: 1, entry: &entry }
                        .draw(range, &self.watch)?;
                Ok(column.into_flat())
            }
            DiagonalChoice::Midquantiles => {
                let rows = range.len();
                let mut entries =
                    memory::zeros("the diagonal of D", rows, 1, u64::MAX)?.into_flat();
                midquantiles(&square, p, range, entries.iter_mut());
                Ok(entries)
            }
        }
    }
}
