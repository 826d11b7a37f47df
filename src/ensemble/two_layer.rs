//! The whole model.

use std::ops::Range;
use std::sync::Arc;

use ndarray::Array2;

use super::diagonal::DiagonalLaw;
use super::input::{Gaussian, InputLaw};
use super::{DiagonalChoice, DiagonalEnsemble, InputEnsemble, TwoLayerSample, WeightEnsemble};
use crate::activation::Activation;
use crate::observer::{Observer, Watch};
use crate::{Error, settings};

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
/// Sampling fails with [`Error::InvalidSize`] for an n, d or p of 0, with
/// [`Error::MemoryLimit`] or [`Error::OutOfMemory`] for a matrix that cannot be
/// stored, and with the error of [`DiagonalLaw::square_law`] for a law of D
/// whose parameters are not valid.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::Gelu;
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::ensemble::diagonal::Uniform;
/// use ntk_spectrum::ensemble::input::Rademacher;
///
/// let ensemble = TwoLayerEnsemble::from_ratios(0.7, 1.0, 40, Gelu)?
///     .with_input_law(Rademacher)
///     .with_diagonal_law(Uniform::new(0.5, 1.5)?)
///     .with_seed(7);
/// assert_eq!((ensemble.n(), ensemble.d(), ensemble.p()), (1120, 40, 40));
/// let sample = ensemble.sample()?;
/// assert_eq!(sample.x().dim(), (1120, 40));
///
/// // The limit that its kernel approaches.
/// let law = LimitingSpectrum::of_ensemble(&ensemble);
/// assert_eq!(law.gamma1(), ensemble.gamma1());
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct TwoLayerEnsemble {
    n: usize,
    d: usize,
    p: usize,
    activation: Arc<dyn Activation>,
    input_law: Arc<dyn InputLaw>,
    diagonal_law: Arc<dyn DiagonalLaw>,
    diagonal_choice: DiagonalChoice,
    seed: u64,
    watch: Watch,
}

impl TwoLayerEnsemble {
    /// n = `n` samples in dimension d = `d`, p = `p` neurons with activation
    /// `sigma`; Gaussian inputs, D = 1, seed 0.
    pub fn new(n: usize, d: usize, p: usize, sigma: impl Activation + 'static) -> Self {
        Self {
            n,
            d,
            p,
            activation: Arc::new(sigma),
            input_law: Arc::new(Gaussian),
            diagonal_law: Arc::new(1.0),
            diagonal_choice: DiagonalChoice::default(),
            seed: 0,
            watch: Watch::default(),
        }
    }

    /// The sizes nearest to the ratios $\gamma_1 = n/(dp)$ and $\gamma_2 = p/d$
    /// for d = `d`: p is $\gamma_2 d$ rounded, n is $\gamma_1 d p$ rounded. The
    /// ratios that result are [`gamma1`](Self::gamma1) and
    /// [`gamma2`](Self::gamma2).
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when `d` is 0, [`Error::InvalidParameter`] for a
    /// ratio that is not a finite number above 0, or whose size rounds to 0 or
    /// is above 2⁵³.
    pub fn from_ratios(
        gamma1: f64,
        gamma2: f64,
        d: usize,
        sigma: impl Activation + 'static,
    ) -> Result<Self, Error> {
        settings::size("d", d)?;
        let p = scaled("gamma2", gamma2, d as f64)?;
        let n = scaled("gamma1", gamma1, d as f64 * p as f64)?;
        Ok(Self::new(n, d, p, sigma))
    }

    /// The law of the entries of X; the default is [`Gaussian`].
    #[must_use]
    pub fn with_input_law(self, law: impl InputLaw + 'static) -> Self {
        Self { input_law: Arc::new(law), ..self }
    }

    /// The law of the entries of D, a plain number for constant D; the default is 1.
    #[must_use]
    pub fn with_diagonal_law(self, law: impl DiagonalLaw + 'static) -> Self {
        Self { diagonal_law: Arc::new(law), ..self }
    }

    /// How the entries of D come from their law; the default is by independent draws.
    #[must_use]
    pub fn with_diagonal_choice(self, choice: DiagonalChoice) -> Self {
        Self { diagonal_choice: choice, ..self }
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

    /// Number of samples.
    #[must_use]
    pub fn n(&self) -> usize {
        self.n
    }

    /// Dimension of the inputs.
    #[must_use]
    pub fn d(&self) -> usize {
        self.d
    }

    /// Number of neurons.
    #[must_use]
    pub fn p(&self) -> usize {
        self.p
    }

    /// n/(dp).
    #[must_use]
    pub fn gamma1(&self) -> f64 {
        self.n as f64 / (self.d as f64 * self.p as f64)
    }

    /// p/d.
    #[must_use]
    pub fn gamma2(&self) -> f64 {
        self.p as f64 / self.d as f64
    }

    /// σ.
    #[must_use]
    pub fn activation(&self) -> &Arc<dyn Activation> {
        &self.activation
    }

    /// The law of the entries of D.
    #[must_use]
    pub fn diagonal_law(&self) -> &Arc<dyn DiagonalLaw> {
        &self.diagonal_law
    }

    /// X alone, by the same seed.
    #[must_use]
    pub fn inputs(&self) -> InputEnsemble {
        InputEnsemble::new(self.n, self.d)
            .with_law(self.input_law.clone())
            .with_seed(self.seed)
            .with_observer(self.watch.clone())
    }

    /// W alone, by the same seed.
    #[must_use]
    pub fn weights(&self) -> WeightEnsemble {
        WeightEnsemble::new(self.d, self.p).with_seed(self.seed).with_observer(self.watch.clone())
    }

    /// D alone, by the same seed.
    #[must_use]
    pub fn diagonal(&self) -> DiagonalEnsemble {
        DiagonalEnsemble::new(self.p, self.diagonal_law.clone())
            .with_choice(self.diagonal_choice)
            .with_seed(self.seed)
            .with_observer(self.watch.clone())
    }

    /// X, W and D.
    ///
    /// # Errors
    /// See [`TwoLayerEnsemble`].
    pub fn sample(&self) -> Result<TwoLayerSample, Error> {
        for (name, size) in [("n", self.n), ("d", self.d), ("p", self.p)] {
            settings::size(name, size)?;
        }
        Ok(TwoLayerSample {
            activation: self.activation.clone(),
            x: self.inputs().sample()?,
            w: self.weights().sample()?,
            diagonal: self.diagonal().sample()?,
        })
    }

    /// Some rows of X, the same as in a whole sample.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for rows outside the matrix, and as
    /// [`InputEnsemble`].
    pub fn x_rows(&self, range: Range<usize>) -> Result<Array2<f64>, Error> {
        self.inputs().rows(range)
    }
}

/// `ratio` · `base`, rounded to a size.
fn scaled(name: &'static str, ratio: f64, base: f64) -> Result<usize, Error> {
    const LARGEST: f64 = 9_007_199_254_740_992.0;
    let size = (settings::ratio(name, ratio)? * base).round();
    if (1.0..=LARGEST).contains(&size) {
        return Ok(size as usize);
    }
    Err(Error::InvalidParameter {
        name,
        value: ratio,
        allowed: "a ratio whose size is at least 1 and at most 2^53",
    })
}
