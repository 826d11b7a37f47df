//! From an ensemble to the law of its kernels at their size.

use super::TwoLayerEnsemble;
use crate::spectrum::{FiniteSpectrum, LimitingSpectrum};

impl FiniteSpectrum {
    /// Takes the law of the kernels of an ensemble: its n, d, p, its σ, its law of D, and
    /// $\mathbb E X^4$ of its inputs. With the feature `kernel`.
    ///
    /// Inputs whose [`kurtosis`](super::input::InputLaw::kurtosis) is not known have to be told:
    /// without [`with_input_kurtosis`](Self::with_input_kurtosis), the first query is an error.
    ///
    /// Of an ensemble with a covariance every query is an error that names the covariance, whatever
    /// the kurtosis: the law at given size is that of isotropic inputs. Its
    /// [limit](Self::limit) is that of the covariance.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Silu;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::ensemble::input::Rademacher;
    /// use ntk_spectrum::spectrum::FiniteSpectrum;
    ///
    /// let ensemble = TwoLayerEnsemble::new(Dimensions::new(800, 30, 40)?, Silu)
    ///     .with_input_law(Rademacher);
    /// let law = FiniteSpectrum::from_ensemble(&ensemble);
    /// assert_eq!(law.dimensions(), ensemble.dimensions());
    /// assert_eq!(law.input_kurtosis(), 1.0);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn from_ensemble(ensemble: &TwoLayerEnsemble) -> Self {
        let (sigma, d) = (ensemble.activation().clone(), ensemble.diagonal_law().clone());
        let kurtosis = ensemble.input_law().kurtosis().unwrap_or(f64::NAN);
        Self::new(ensemble.dimensions(), sigma, d)
            .with_limit(LimitingSpectrum::from_ensemble(ensemble))
            .with_input_kurtosis(kurtosis)
    }
}
