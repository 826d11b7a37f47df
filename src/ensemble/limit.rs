//! From an ensemble to the limit of its kernels.

use super::TwoLayerEnsemble;
use crate::spectrum::LimitingSpectrum;

impl LimitingSpectrum {
    /// Takes the limit of the kernels of an ensemble: its $n/(dp)$ and $p/d$ as they
    /// are, its σ and its law of D. With the feature `kernel`.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Silu;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::{Dimensions, LimitingSpectrum};
    ///
    /// let ensemble = TwoLayerEnsemble::new(Dimensions::new(800, 30, 40)?, Silu);
    /// let law = LimitingSpectrum::from_ensemble(&ensemble);
    /// assert_eq!((law.gamma1(), law.gamma2()), (800.0 / 1200.0, 40.0 / 30.0));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn from_ensemble(ensemble: &TwoLayerEnsemble) -> Self {
        let (sigma, d) = (ensemble.activation().clone(), ensemble.diagonal_law().clone());
        Self::from_dimensions(ensemble.dimensions(), sigma, d)
    }
}
