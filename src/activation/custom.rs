//! `FromDerivative`: an activation from a closure for σ′.

use std::fmt;
use std::sync::Arc;

use super::{Activation, Regularity, antiderivative};
use crate::{Error, arguments};

/// An activation from a closure for its derivative.
///
/// $$ \varphi(z) = \sigma^\prime(z), \qquad \sigma(z) = \int_0^z \varphi $$
///
/// unless σ is given by [`with_value`](FromDerivative::with_value).
///
/// Convention: nothing is assumed of φ. Points where it jumps or is not smooth
/// should be declared, which saves work; its regularity is
/// [`Regularity::OutsideTheorem`] unless told otherwise.
///
/// # Errors
///
/// [`moments`](Activation::moments) fails where φ is not finite or its moments
/// do not converge.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, FromDerivative, Regularity};
///
/// let tanh = FromDerivative::new(|z: f64| 1.0 / z.cosh().powi(2))
///     .with_value(f64::tanh)
///     .with_regularity(Regularity::PseudoLipschitz { order: 0 });
/// assert_eq!(tanh.moments()?.b(), 0.0);
///
/// let step = FromDerivative::new(|z: f64| if z > 0.37 { 1.0 } else { 0.0 }).with_kinks([0.37])?;
/// assert!((step.value(1.0) - 0.63).abs() < 1e-14);
///
/// assert!(FromDerivative::new(|z: f64| (z * z / 2.0).exp()).moments().is_err());
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "closure")]
#[doc(alias = "custom")]
#[derive(Clone)]
pub struct FromDerivative<F> {
    derivative: F,
    value: Option<Arc<dyn Fn(f64) -> f64 + Send + Sync>>,
    kinks: Vec<f64>,
    regularity: Regularity,
}

impl<F: Fn(f64) -> f64 + Send + Sync> FromDerivative<F> {
    /// Returns the activation with derivative `derivative`.
    #[must_use]
    pub fn new(derivative: F) -> Self {
        Self { derivative, value: None, kinks: Vec::new(), regularity: Regularity::OutsideTheorem }
    }

    /// Sets the points where the derivative jumps or is not smooth: finite numbers
    /// in any order, none by default.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEntry`] if a point is not finite.
    pub fn with_kinks(mut self, kinks: impl AsRef<[f64]>) -> Result<Self, Error> {
        let kinks = kinks.as_ref();
        arguments::finite_entries("kinks", kinks)?;
        self.kinks = kinks.to_vec();
        Ok(self)
    }

    /// Sets σ itself; by default the integral of the derivative from 0.
    #[must_use]
    pub fn with_value(mut self, value: impl Fn(f64) -> f64 + Send + Sync + 'static) -> Self {
        self.value = Some(Arc::new(value));
        self
    }

    /// Sets the regularity of the derivative, which is not checked.
    #[must_use]
    pub fn with_regularity(mut self, regularity: Regularity) -> Self {
        self.regularity = regularity;
        self
    }
}

impl<F: Fn(f64) -> f64 + Send + Sync> Activation for FromDerivative<F> {
    fn derivative(&self, z: f64) -> f64 {
        (self.derivative)(z)
    }

    fn value(&self, z: f64) -> f64 {
        match &self.value {
            Some(value) => value(z),
            None => antiderivative::from_zero(&self.derivative, &self.kinks, z),
        }
    }

    fn kinks(&self) -> Vec<f64> {
        self.kinks.clone()
    }

    fn regularity(&self) -> Regularity {
        self.regularity
    }
}

impl<F> fmt::Debug for FromDerivative<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromDerivative")
            .field("kinks", &self.kinks)
            .field("regularity", &self.regularity)
            .field("has_value", &self.value.is_some())
            .finish_non_exhaustive()
    }
}
