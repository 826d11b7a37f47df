//! Evidence, information, posterior variance.

use super::{EffectiveRidge, RandomEffects, Regression, Target};
use crate::law::{GeneralizedMarchenkoPastur, OverPopulation, SpectralLaw};
use crate::{Error, LimitingSpectrum, arguments};

use std::f64::consts::PI;

impl<L: OverPopulation, T> Regression<'_, L, T> {
    /// Computes the variance of f(x) at a fresh x given the samples, over α², for a Gaussian
    /// process of covariance α² K under noise of variance $\lambda\alpha^2$:
    /// $\frac{1}{m(-\lambda)} - \lambda = \gamma_1\kappa - \lambda = \kappa\\,\mathrm{df}_1$.
    ///
    /// # Errors
    /// As [`effective_ridge`](Self::effective_ridge).
    #[doc(alias = "kriging")]
    pub fn posterior_variance(&self, lambda: f64) -> Result<f64, Error> {
        let EffectiveRidge { kappa, df1, .. } = self.effective_ridge(lambda)?;
        Ok(kappa * df1)
    }

    /// Computes $\frac1n \log\det(K + \lambda)$,
    ///
    /// $$ L(\lambda) = \log(\gamma_1\kappa) - \frac{\mathrm{df}_1}{\gamma_1} + \frac{1}{\gamma_1}
    /// \int \log\bigl(1 + \tfrac t\kappa\bigr)\\,d\nu . $$
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless λ is finite and above 0, or where it is 0 although K
    /// is singular; as the queries of the law.
    pub fn log_determinant(&self, lambda: f64) -> Result<f64, Error> {
        let at = self.effective_ridge(lambda)?;
        let allowed = "a number above 0 where the kernel is singular";
        arguments::parameter("lambda", lambda, at.kappa > 0.0, allowed)?;
        let axis = self.axis()?;
        let moment = axis.log_moment(at.kappa)?;
        Ok((at.gamma1 * at.kappa).ln() + (moment - at.df1) / at.gamma1)
    }

    /// Computes the information that the samples have of f, per sample and in nats,
    /// $\frac{1}{2n} \log\det(1 + K/\lambda)$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless λ is finite and above 0; as the queries of the law.
    pub fn information_gain(&self, lambda: f64) -> Result<f64, Error> {
        arguments::positive("lambda", lambda)?;
        let at = self.effective_ridge(lambda)?;
        let moment = self.axis()?.log_moment(at.kappa)?;
        // log(γ1 κ/λ), where γ1 κ − λ = κ df1 may be small.
        let ratio = (at.df1 / at.ratio).ln_1p();
        Ok(0.5 * (ratio + (moment - at.df1) / at.gamma1))
    }
}

impl<L: OverPopulation, T: Target<L>> Regression<'_, L, T> {
    /// Computes $\frac1n y^\top (K + \lambda)^{-1} y = m(-\lambda)(B(\kappa) + s^2)$, see
    /// [`Target`].
    ///
    /// # Errors
    /// As [`effective_ridge`](Self::effective_ridge), and where it is infinite, at λ = 0.
    pub fn quadratic_form(&self, lambda: f64) -> Result<f64, Error> {
        let at = self.effective_ridge(lambda)?;
        let allowed = "a number above 0 where the kernel is singular";
        arguments::parameter("lambda", lambda, at.kappa > 0.0, allowed)?;
        let left = self.target().unexplained(self.law(), &at)?.value;
        Ok(at.stieltjes() * (left + self.target().noise_variance()))
    }

    /// Computes the log evidence of λ per sample: the logarithm of the density of the samples
    /// under the model $y \sim N(0, \alpha^2 (K + \lambda))$, over n,
    ///
    /// $$ -\tfrac12 \bigl[\log 2\pi\alpha^2 + L(\lambda) + Q/\alpha^2\bigr] , \qquad
    /// Q = \tfrac1n y^\top (K+\lambda)^{-1} y . $$
    ///
    /// α² is the prior variance of the target; of one that has none, as a polynomial, the best
    /// one, α² = Q.
    ///
    /// # Errors
    /// As [`log_determinant`](Self::log_determinant); [`Error::InvalidParameter`] where the
    /// prior variance is 0.
    pub fn log_evidence(&self, lambda: f64) -> Result<f64, Error> {
        let (determinant, form) = (self.log_determinant(lambda)?, self.quadratic_form(lambda)?);
        let alpha2 = self.target().prior_variance().unwrap_or(form);
        arguments::positive("signal_variance", alpha2)?;
        Ok(-0.5 * ((2.0 * PI * alpha2).ln() + determinant + form / alpha2))
    }
}

/// The queries that need no target, or take it, as methods of the laws.
macro_rules! bayes_of {
    ($law:ty $(, $bounds:tt)*) => {
        impl$(<$bounds: SpectralLaw>)* $law {
            /// Computes the effective ridge κ(λ), see
            /// [`EffectiveRidge`](crate::learning::EffectiveRidge).
            ///
            /// # Errors
            /// [`Error::InvalidParameter`] unless λ is finite and at least 0; as every query.
            pub fn effective_ridge(&self, lambda: f64) -> Result<f64, Error> {
                Ok(untargeted(self)?.effective_ridge(lambda)?.kappa)
            }

            /// Computes the variance of f(x) at a fresh x given the samples, over that of a
            /// weight, see
            /// [`Regression::posterior_variance`](crate::learning::Regression::posterior_variance).
            ///
            /// # Errors
            /// As [`effective_ridge`](Self::effective_ridge).
            pub fn posterior_variance(&self, lambda: f64) -> Result<f64, Error> {
                untargeted(self)?.posterior_variance(lambda)
            }

            /// Computes the information that samples have of f, per sample and in nats,
            /// $\frac{1}{2n} \log\det(1 + K/\lambda)$.
            ///
            /// # Errors
            /// [`Error::InvalidParameter`] unless λ is finite and above 0; as every query.
            pub fn information_gain(&self, lambda: f64) -> Result<f64, Error> {
                untargeted(self)?.information_gain(lambda)
            }

            /// Computes the log evidence of λ per sample, see
            /// [`Regression::log_evidence`](crate::learning::Regression::log_evidence).
            ///
            /// # Errors
            /// As there.
            pub fn log_evidence(
                &self,
                lambda: f64,
                target: &impl Target<Self>,
            ) -> Result<f64, Error> {
                Regression::new(self, target).log_evidence(lambda)
            }
        }
    };
}

bayes_of!(LimitingSpectrum);
bayes_of!(GeneralizedMarchenkoPastur<L>, L);

/// A regression of which only the kernel matters.
fn untargeted<L: OverPopulation>(law: &L) -> Result<Regression<'_, L, RandomEffects>, Error> {
    Ok(Regression::new(law, RandomEffects::new(1.0, 0.0)?))
}
