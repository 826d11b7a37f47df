//! Errors of ridge regression.

use super::{EffectiveRidge, RandomEffects, Regression, Target, Unexplained};
use crate::law::OverPopulation;
use crate::{Error, arguments};

/// The errors of ridge regression at one λ.
///
/// With κ and $A_1$ of [`EffectiveRidge`], and the noise variance s² and the bias of the
/// [`Target`] ($\alpha^2\kappa^2 A_1$ for random effects):
///
/// $$ \text{test} = \gamma_1 \frac{s^2 + \text{bias}}{\lambda/\kappa + \kappa A_1} , \qquad
/// \text{training} = \Bigl(\frac{\lambda}{\gamma_1\kappa}\Bigr)^2 \text{test} . $$
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RidgeErrors {
    /// λ
    pub lambda: f64,
    /// The mean squared error at a fresh point, fresh noise included.
    pub test: f64,
    /// The mean squared error at the samples.
    pub training: f64,
    /// The squared bias of the mean over samples (leading order: Gaussian features).
    pub bias: f64,
    /// The variance of the prediction that comes from the samples' places (leading order).
    pub sampling_variance: f64,
    /// The variance of the prediction that comes from the noise.
    pub noise_variance: f64,
    /// $\frac1n \operatorname{tr} K(K+\lambda)^{-1} = \mathrm{df}_1/\gamma_1$.
    pub degrees_of_freedom: f64,
    /// The training error over $(1 - \text{degrees of freedom})^2$, generalised cross-validation:
    /// in the limit the same as the test error.
    pub gcv: f64,
    /// The share of the signal's variance that the mean over samples explains, 1 − bias/signal,
    /// to the rounding of 1; 0 where there is no signal.
    pub learned: f64,
}

impl RidgeErrors {
    fn new(at: &EffectiveRidge, noise: f64, unexplained: Unexplained) -> Result<Self, Error> {
        let Unexplained { bias, signal, .. } = unexplained;
        let (wrong, slope) = (noise + bias, at.slope());
        let singular = slope <= 0.0 && wrong > 0.0;
        let allowed = "a number above 0 where gamma1 = 1 - nu{0}: the test error is infinite";
        arguments::parameter("lambda", at.lambda, !singular, allowed)?;
        let inflation = if slope > 0.0 { at.gamma1 / slope } else { 0.0 };
        let test = inflation * wrong;
        // 1 − the degrees of freedom, which would cancel where λ is small.
        let free = at.ratio / at.gamma1;
        let training = free * free * test;
        let excess = if slope > 0.0 { at.df2 / slope } else { 0.0 };
        Ok(Self {
            lambda: at.lambda,
            test,
            training,
            bias,
            sampling_variance: bias * excess,
            noise_variance: noise * excess,
            degrees_of_freedom: at.df1 / at.gamma1,
            gcv: test,
            learned: (1.0 - bias / signal).max(0.0),
        })
    }
}

impl<L: OverPopulation, T: Target<L>> Regression<'_, L, T> {
    /// Computes the errors of ridge regression; λ = 0 is the interpolator of least norm.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless λ is finite and at least 0, or where λ = 0 and the
    /// error is infinite ($\gamma_1 = 1 - \nu\lbrace 0 \rbrace$); as the queries of the law.
    ///
    /// # Complexity
    /// After the law is solved, some five sums over the table of ν: microseconds.
    pub fn ridge(&self, lambda: f64) -> Result<RidgeErrors, Error> {
        let at = self.effective_ridge(lambda)?;
        self.ridge_at(&at)
    }

    pub(super) fn ridge_at(&self, at: &EffectiveRidge) -> Result<RidgeErrors, Error> {
        let unexplained = self.target().unexplained(self.law(), at)?;
        RidgeErrors::new(at, self.target().noise_variance(), unexplained)
    }
}

impl<L: OverPopulation> Regression<'_, L, RandomEffects> {
    /// Returns the best ridge, $\lambda = s^2/\alpha^2$ for every law, and its errors.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where α² = 0: the larger λ the better; as
    /// [`ridge`](Self::ridge).
    pub fn optimal_ridge(&self) -> Result<RidgeErrors, Error> {
        let signal = self.target().signal_variance();
        let allowed = "a number above 0: without a signal no finite ridge is the best";
        arguments::parameter("signal_variance", signal, signal > 0.0, allowed)?;
        self.ridge(self.target().noise_variance() / signal)
    }
}
