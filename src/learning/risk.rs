//! Errors of linear methods, by their residual filter.

use super::{RandomEffects, Regression, ResidualFilter, check_start};
use crate::Error;
use crate::law::OverPopulation;

/// Mean squared errors of a linear method.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FilterErrors {
    /// At a fresh point, fresh noise included.
    pub test: f64,
    /// At the samples.
    pub training: f64,
}

impl<L: OverPopulation> Regression<'_, L, RandomEffects> {
    /// Computes the errors of the linear method with the residual filter r:
    ///
    /// $$ \text{training} = \int (\alpha^2 x + s^2)\\,r^2\\,d\mu , \qquad
    /// \text{test} = s^2 + \alpha^2 \int r^2\\,d\xi + s^2 \int_{x > 0} \frac{(1 - r)^2}{x}\\,
    /// d\xi , $$
    ///
    /// with ξ the spectral measure
    /// [weighted by the population](OverPopulation::weighted_by_population), of mass $\int
    /// t\\,d\nu$. Exact in the limit.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] where r is not finite on the support, or r(0) is not 1;
    /// [`Error::UnstableStep`] of a method whose step is above its limit; as the queries of the
    /// law and as [`TabulatedLaw::expectation`](crate::law::TabulatedLaw::expectation).
    ///
    /// # Complexity
    /// Two adaptive integrals, some 10,000 values of r.
    pub fn errors(&self, filter: &dyn ResidualFilter) -> Result<FilterErrors, Error> {
        let measures = self.measures()?;
        filter.check(measures.largest())?;
        check_start(filter)?;
        let (alpha2, noise) = (self.target().signal_variance(), self.target().noise_variance());
        let training = measures.spectrum(&|x| {
            let r = filter.residual(x);
            (alpha2 * x + noise) * r * r
        })?;
        let excess = measures.population(&|x| {
            let (r, learned) = (filter.residual(x), filter.learned(x));
            let from_noise = if x > 0.0 { noise * learned * (learned / x) } else { 0.0 };
            alpha2 * r * r + from_noise
        })?;
        Ok(FilterErrors { test: noise + excess, training })
    }
}
