//! The largest step of an iteration.

use super::{Iteration, Regression};
use crate::law::OverPopulation;
use crate::{Error, arguments};

/// Steps that an iteration has to stay below.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StableStep {
    /// With all eigenvalues. Of given dimensions, the predicted outliers included; sampled ones
    /// are within a few per cent of these, so a margin is wise.
    pub whole: f64,
    /// With the outliers set aside: from the edge of the bulk.
    pub deflated: f64,
}

impl<L: OverPopulation, T> Regression<'_, L, T> {
    /// Computes the steps below which an iteration is stable. Without dimensions there are no
    /// outliers, and both are the same.
    ///
    /// The ratio of the two grows like $\gamma_1 p$: the outliers set the step, and the bulk
    /// waits.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a momentum outside [0, 1), or a law that is $\delta_0$;
    /// as the queries of the law.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::learning::{Iteration, RandomEffects, Regression};
    /// use ntk_spectrum::{Dimensions, LimitingSpectrum};
    ///
    /// let dimensions = Dimensions::new(1120, 40, 40)?;
    /// let law = LimitingSpectrum::from_dimensions(dimensions, Relu, 1.0);
    /// let regression = Regression::new(&law, RandomEffects::new(1.0, 0.5)?);
    /// let step = regression.with_dimensions(dimensions);
    /// let step = step.largest_stable_step(&Iteration::GradientDescent)?;
    /// // λ_max is 10.1 with the outliers, and 1.4 without.
    /// assert!((step.whole - 0.198).abs() < 1e-3 && (step.deflated - 1.5).abs() < 0.1);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn largest_stable_step(&self, iteration: &Iteration) -> Result<StableStep, Error> {
        let limit = iteration.checked()?.limit();
        let measures = self.measures()?;
        let bulk = measures.scale * measures.law.upper_end();
        let whole = measures.largest();
        let allowed = "above 0: a kernel that is 0 has no largest step";
        arguments::parameter("the largest eigenvalue", whole, whole > 0.0, allowed)?;
        Ok(StableStep { whole: limit / whole, deflated: limit / bulk })
    }
}
