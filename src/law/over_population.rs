//! `OverPopulation`: laws of sample covariances, which know their population law.

use super::{GeneralizedMarchenkoPastur, SpectralLaw, TabulatedLaw};
use crate::Error;

/// A law μ of ratio $\gamma_1$ over a population law ν, as
/// [`GeneralizedMarchenkoPastur`] and [`LimitingSpectrum`](crate::LimitingSpectrum) are.
///
/// It has the map $z(w) = \gamma_1 w + w\\,T_\nu(w)$ from the transform of ν to that of μ, and
/// this is what [`learning`](crate::learning) rests on. For a population of your own take
/// [`GeneralizedMarchenkoPastur`] over it.
pub trait OverPopulation: SpectralLaw {
    /// The population law ν.
    type Population: SpectralLaw;

    /// Returns $\gamma_1$.
    fn gamma1(&self) -> f64;

    /// Returns ν.
    fn population(&self) -> &Self::Population;

    /// Solves for the spectral measure weighted by the population, divided by its mass
    /// $\int t\\,\nu(dt)$: of matrices $M = \frac1N \Sigma^{1/2} G^\top G \Sigma^{1/2}$ it is the
    /// limit of
    ///
    /// $$ \frac{1}{\operatorname{tr}\Sigma} \sum_i \langle v_i, \Sigma v_i \rangle
    /// \delta_{\lambda_i} , \qquad M v_i = \lambda_i v_i , $$
    ///
    /// and its density at x > 0 is $\gamma_1 \operatorname{Im} w/(\pi x \int t\\,d\nu)$,
    /// where $z(w) = x$.
    ///
    /// # Errors
    /// As [`SpectralLaw::tabulated`]; [`Error::InvalidParameter`] if ν is $\delta_0$.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::law::{Discrete, GeneralizedMarchenkoPastur, OverPopulation, SpectralLaw};
    ///
    /// // Where Σ = I it is the law of M itself: of ratio γ1, and with its mean.
    /// let law = GeneralizedMarchenkoPastur::new(2.0, Discrete::new(&[1.0], &[1.0])?)?;
    /// let weighted = law.weighted_by_population()?;
    /// assert!((weighted.density(1.7) / (2.0 * law.density(1.7)?) - 1.0).abs() < 1e-9);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    ///
    /// Source: Ledoit and Péché, arXiv:0911.3010; [learning](crate::guide::learning), 1.
    #[doc(alias = "Ledoit")]
    #[doc(alias = "Péché")]
    fn weighted_by_population(&self) -> Result<&TabulatedLaw, Error>;
}

impl<L: SpectralLaw> OverPopulation for GeneralizedMarchenkoPastur<L> {
    type Population = L;

    fn gamma1(&self) -> f64 {
        self.gamma1()
    }

    fn population(&self) -> &L {
        self.population()
    }

    fn weighted_by_population(&self) -> Result<&TabulatedLaw, Error> {
        self.weighted()
    }
}
