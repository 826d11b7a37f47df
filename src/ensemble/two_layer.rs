//! The whole model.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use super::input::{Gaussian, InputLaw};
use super::{
    DiagonalChoice, DiagonalEnsemble, InputCovariance, InputEnsemble, TwoLayerSample,
    WeightEnsemble,
};
use crate::activation::Activation;
use crate::diagonal::DiagonalLaw;
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Dimensions, Error};

/// The random two-layer network of the model: n samples in dimension d, p neurons.
///
/// $X \in \mathbb R^{n \times d}$ has independent entries of mean 0 and variance
/// 1, $W \in \mathbb R^{d \times p}$ independent standard normal ones, D is
/// diagonal with p independent bounded entries, and σ acts entry by entry. The
/// kernel follows its limit where n/(dp) and p/d are of order 1 and d is large.
///
/// How seeds, threads and samples belong together: see [`ensemble`](super).
///
/// # Errors
///
/// Sampling fails with [`Error::InvalidElement`] for a law that gives NaN or infinity,
/// with [`Error::MemoryLimit`] or [`Error::OutOfMemory`] for a matrix that cannot be
/// stored, and with the error of [`DiagonalLaw::square_law`] for a law of D
/// whose parameters are not valid.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Gelu;
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::ensemble::diagonal::Uniform;
/// use ntk_spectrum::ensemble::input::Rademacher;
/// use ntk_spectrum::{Dimensions, LimitingSpectrum};
///
/// let ensemble = TwoLayerEnsemble::from_ratios(0.7, 1.0, 40, Gelu)?
///     .with_input_law(Rademacher)
///     .with_diagonal_law(Uniform::new(0.5, 1.5)?)
///     .with_seed(7);
/// assert_eq!(ensemble.dimensions(), Dimensions::new(1120, 40, 40)?);
/// let sample = ensemble.sample()?;
/// assert_eq!(sample.x().dim(), (1120, 40));
///
/// // The limit that its kernel approaches.
/// let law = LimitingSpectrum::from_ensemble(&ensemble);
/// assert_eq!(law.gamma1(), ensemble.dimensions().gamma1());
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TwoLayerEnsemble {
    dimensions: Dimensions,
    activation: Arc<dyn Activation>,
    input_law: Arc<dyn InputLaw>,
    covariance: Option<InputCovariance>,
    diagonal_law: Arc<dyn DiagonalLaw>,
    diagonal_choice: DiagonalChoice,
    seed: u64,
    watch: Watch,
}

impl TwoLayerEnsemble {
    /// Describes a network of these dimensions with activation `sigma`; Gaussian inputs,
    /// D = 1, seed 0.
    #[must_use]
    pub fn new(dimensions: Dimensions, sigma: impl Activation + 'static) -> Self {
        Self {
            dimensions,
            activation: Arc::new(sigma),
            input_law: Arc::new(Gaussian),
            covariance: None,
            diagonal_law: Arc::new(1.0),
            diagonal_choice: DiagonalChoice::default(),
            seed: 0,
            watch: Watch::default(),
        }
    }

    /// Describes a network of the sizes nearest to the ratios $\gamma_1 = n/(dp)$ and
    /// $\gamma_2 = p/d$, see [`Dimensions::from_ratios`].
    ///
    /// # Errors
    /// As [`Dimensions::from_ratios`].
    pub fn from_ratios(
        gamma1: f64,
        gamma2: f64,
        d: usize,
        sigma: impl Activation + 'static,
    ) -> Result<Self, Error> {
        Ok(Self::new(Dimensions::from_ratios(gamma1, gamma2, d)?, sigma))
    }

    /// Sets the law of the entries of X; the default is [`Gaussian`].
    #[must_use]
    pub fn with_input_law(self, law: impl InputLaw + 'static) -> Self {
        Self { input_law: Arc::new(law), ..self }
    }

    /// Sets the covariance of the rows of X; by default entries are independent.
    #[must_use]
    pub fn with_covariance(self, covariance: InputCovariance) -> Self {
        Self { covariance: Some(covariance), ..self }
    }

    /// Sets the law of the entries of D, a plain number for constant D; the default is 1.
    #[must_use]
    pub fn with_diagonal_law(self, law: impl DiagonalLaw + 'static) -> Self {
        Self { diagonal_law: Arc::new(law), ..self }
    }

    /// Sets how the entries of D come from their law; the default is by independent draws.
    #[must_use]
    pub fn with_diagonal_choice(self, choice: DiagonalChoice) -> Self {
        Self { diagonal_choice: choice, ..self }
    }

    /// Sets the seed of the generator; the default is 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// The same network with `n` samples, of which the first ones are those of this.
    pub(crate) fn with_samples(self, n: usize) -> Result<Self, Error> {
        let (d, p) = (self.dimensions.d(), self.dimensions.p());
        Ok(Self { dimensions: Dimensions::new(n, d, p)?, ..self })
    }

    /// Sets who is told how far sampling is, and may end it with [`Error::Cancelled`];
    /// the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Returns n, d and p.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// Returns σ.
    #[must_use]
    pub fn activation(&self) -> &Arc<dyn Activation> {
        &self.activation
    }

    /// Returns the law of the entries of X.
    #[must_use]
    pub fn input_law(&self) -> &Arc<dyn InputLaw> {
        &self.input_law
    }

    /// Returns the covariance of the rows of X; `None` stands for S = I.
    #[must_use]
    pub fn covariance(&self) -> Option<&InputCovariance> {
        self.covariance.as_ref()
    }

    /// Returns the law of the entries of D.
    #[must_use]
    pub fn diagonal_law(&self) -> &Arc<dyn DiagonalLaw> {
        &self.diagonal_law
    }

    /// Returns the generator of X alone, by the same seed.
    #[must_use]
    pub fn inputs(&self) -> InputEnsemble {
        let inputs = InputEnsemble::new(self.dimensions)
            .with_law(self.input_law.clone())
            .with_seed(self.seed)
            .with_observer(self.watch.clone());
        match &self.covariance {
            Some(covariance) => inputs.with_covariance(covariance.clone()),
            None => inputs,
        }
    }

    /// Returns the generator of W alone, by the same seed.
    #[must_use]
    pub fn weights(&self) -> WeightEnsemble {
        WeightEnsemble::new(self.dimensions).with_seed(self.seed).with_observer(self.watch.clone())
    }

    /// Returns the generator of D alone, by the same seed.
    #[must_use]
    pub fn diagonal(&self) -> DiagonalEnsemble {
        DiagonalEnsemble::new(self.dimensions, self.diagonal_law.clone())
            .with_choice(self.diagonal_choice)
            .with_seed(self.seed)
            .with_observer(self.watch.clone())
    }

    /// Draws X, W and D.
    ///
    /// # Errors
    /// See [`TwoLayerEnsemble`].
    pub fn sample(&self) -> Result<TwoLayerSample, Error> {
        Ok(TwoLayerSample {
            activation: self.activation.clone(),
            x: self.inputs().sample()?,
            w: self.weights().sample()?,
            diagonal: self.diagonal().sample()?,
        })
    }

    /// Draws some rows of X, the same as in a whole sample.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for rows outside the matrix, and as
    /// [`InputEnsemble`].
    pub fn x_rows(&self, range: Range<usize>) -> Result<Array2<f64>, Error> {
        self.inputs().rows(range)
    }
}
