//! The two measures that errors of filters are integrals of.

use super::Regression;
use crate::Error;
use crate::law::{OverPopulation, SpectralLaw, TabulatedLaw};

/// The law μ of the kernel, and the measure ξ of the same eigenvalues weighted by the
/// population: a bulk in some unit of length, and single outliers.
pub(super) struct Measures<'m> {
    /// The law of the bulk.
    pub(super) law: &'m TabulatedLaw,
    /// The bulk of ξ as a law; none if it has no mass.
    pub(super) weighted: Option<&'m TabulatedLaw>,
    /// The unit of length.
    pub(super) scale: f64,
    /// Masses of the two bulks.
    pub(super) share: f64,
    pub(super) weight: f64,
    /// Eigenvalue, its part of μ, its part of ξ.
    pub(super) outliers: &'m [[f64; 3]],
    /// Where the largest of them is expected; 0 without any.
    pub(super) largest_outlier: f64,
}

impl Measures<'_> {
    /// ∫ f dμ
    pub(super) fn spectrum(&self, f: &dyn Fn(f64) -> f64) -> Result<f64, Error> {
        let bulk = self.law.expectation(|x| f(self.scale * x))?;
        let outliers: f64 = self.outliers.iter().map(|[x, mass, _]| mass * f(*x)).sum();
        Ok(self.share * bulk + outliers)
    }

    /// ∫ f dξ
    pub(super) fn population(&self, f: &dyn Fn(f64) -> f64) -> Result<f64, Error> {
        let bulk = self.weighted.map_or(Ok(0.0), |w| w.expectation(|x| f(self.scale * x)))?;
        let outliers: f64 = self.outliers.iter().map(|[x, _, weight]| weight * f(*x)).sum();
        Ok(self.weight * bulk + outliers)
    }

    /// The largest eigenvalue.
    pub(super) fn largest(&self) -> f64 {
        (self.scale * self.law.upper_end()).max(self.largest_outlier)
    }
}

impl<L: OverPopulation, T> Regression<'_, L, T> {
    pub(super) fn measures(&self) -> Result<Measures<'_>, Error> {
        if let Some(finite) = self.finite()? {
            let mean = finite.bulk.population().mean()?;
            return Ok(Measures {
                law: finite.bulk.solve()?,
                weighted: weighted(&finite.bulk, mean)?,
                scale: finite.scale,
                share: finite.share,
                // As many weights fewer, and samples fewer to find the others from.
                weight: mean * finite.scale / finite.share,
                outliers: &finite.outliers,
                largest_outlier: finite.largest,
            });
        }
        let weight = self.law().population().mean()?;
        Ok(Measures {
            law: self.law().tabulated()?,
            weighted: weighted(self.law(), weight)?,
            scale: 1.0,
            share: 1.0,
            weight,
            outliers: &[],
            largest_outlier: 0.0,
        })
    }
}

fn weighted<L: OverPopulation>(law: &L, mean: f64) -> Result<Option<&TabulatedLaw>, Error> {
    (mean > 0.0).then(|| law.weighted_by_population()).transpose()
}
