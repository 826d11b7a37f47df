//! From an ensemble to the limit of its kernels.

use super::TwoLayerEnsemble;
use crate::spectrum::LimitingSpectrum;

impl LimitingSpectrum {
    /// Takes the limit of the kernels of an ensemble: its $n/(dp)$ and $p/d$ as they
    /// are, its σ, its law of D and the covariance of its inputs, if it has one. With the feature `kernel`.
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
        let law = Self::from_dimensions(ensemble.dimensions(), sigma, d);
        match ensemble.covariance() {
            Some(covariance) => law.with_covariance(covariance.law().clone()),
            None => law,
        }
    }
}
