//! One sample of the model.

use std::sync::Arc;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use crate::activation::Activation;

/// X, W and the diagonal of D, with the activation they were drawn for.
///
/// Made by [`TwoLayerEnsemble::sample`](super::TwoLayerEnsemble::sample).
#[derive(Debug, Clone)]
pub struct TwoLayerSample {
    pub(super) activation: Arc<dyn Activation>,
    pub(super) x: Array2<f64>,
    pub(super) w: Array2<f64>,
    pub(super) diagonal: Array1<f64>,
}

impl TwoLayerSample {
    /// Returns σ.
    #[must_use]
    pub fn activation(&self) -> &Arc<dyn Activation> {
        &self.activation
    }

    /// Returns X, n × d.
    #[must_use]
    pub fn x(&self) -> ArrayView2<'_, f64> {
        self.x.view()
    }

    /// Returns W, d × p.
    #[must_use]
    pub fn w(&self) -> ArrayView2<'_, f64> {
        self.w.view()
    }

    /// Returns the p diagonal entries of D.
    #[must_use]
    pub fn diagonal(&self) -> ArrayView1<'_, f64> {
        self.diagonal.view()
    }

    /// Returns X, W and the diagonal of D.
    #[must_use]
    pub fn into_arrays(self) -> (Array2<f64>, Array2<f64>, Array1<f64>) {
        (self.x, self.w, self.diagonal)
    }
}
