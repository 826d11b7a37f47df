//! The three laws, and which eigenvalues are none of theirs.

use std::sync::Arc;

use ntk_spectrum::activation::DerivativeMoments;
use ntk_spectrum::diagonal::{DiagonalLaw, Discrete};
use ntk_spectrum::empirical::CovarianceSpectrum;
use ntk_spectrum::ndarray::Array1;
use ntk_spectrum::num_complex::Complex64;
use ntk_spectrum::prelude::*;
use ntk_spectrum::spectrum::FiniteSpectrum;

use crate::data::Data;

/// Points z in units of the mean of a law: left of the bulk, above its small and its large
/// eigenvalues.
const POINTS: [Complex64; 3] =
    [Complex64::new(-0.8, 0.0), Complex64::new(0.8, 0.8), Complex64::new(2.0, 1.2)];

pub struct Laws {
    /// Of isotropic rows of the same mean square.
    pub isotropic: LimitingSpectrum,
    /// With the covariance of the data.
    pub covarying: LimitingSpectrum,
    /// Of isotropic rows at this size.
    pub finite: FiniteSpectrum,
    /// Where outliers are expected: d from a0, one from a1.
    expected: Vec<f64>,
}

impl Laws {
    pub fn new(
        data: &Data,
        sigma: &Arc<dyn Activation>,
        covariance: CovarianceSpectrum,
    ) -> Result<Self, Error> {
        let dimensions = data.dimensions()?;
        let diagonal = law_of(&data.diagonal)?;
        let isotropic =
            LimitingSpectrum::from_dimensions(dimensions, sigma.clone(), diagonal.clone());
        let covarying = isotropic.clone().with_covariance(covariance.clone());
        let square = data.diagonal.dot(&data.diagonal) / data.diagonal.len() as f64;
        let scale = square * dimensions.n() as f64 / dimensions.d() as f64;
        // To leading order: a0² E D² X Xᵀ/d, and the mean row, a1 S W D along x ⊗ D.
        let DerivativeMoments { a0, a1, .. } = covarying.derivative_moments()?;
        let from_a0 = covariance.eigenvalues().iter().map(|s| a0 * a0 * scale * s);
        let from_a1 = a1 * a1 * scale * covariance.mean() * covariance.second_moment_ratio();
        Ok(Self {
            expected: from_a0.chain([from_a1]).collect(),
            covarying,
            finite: FiniteSpectrum::new(dimensions, sigma.clone(), diagonal),
            isotropic,
        })
    }

    /// How many outliers the kernel is expected to have.
    pub fn outliers(&self) -> usize {
        self.expected.iter().filter(|place| **place > 0.0).count()
    }

    /// What of a spectrum is compared with a law: all but the largest eigenvalues, as many as
    /// are expected above its end and lie there.
    pub fn bulk(
        &self,
        spectrum: &EmpiricalSpectrum,
        law: &dyn SpectralLaw,
    ) -> Result<EmpiricalSpectrum, Error> {
        let end = end(law)?;
        let values = spectrum.values();
        let above = values.iter().filter(|value| **value > end).count();
        let expected = self.expected.iter().filter(|place| **place > end).count();
        let rest = values.iter().take(values.len() - above.min(expected));
        EmpiricalSpectrum::from_values(rest.copied(), 0.0)
    }
}

/// The upper end of the support.
pub fn end(law: &dyn SpectralLaw) -> Result<f64, Error> {
    Ok(law.support()?.last().map_or(0.0, |interval| interval.upper.location))
}

/// The mean relative error of the Stieltjes transform at [`POINTS`].
pub fn transform_error(bulk: &EmpiricalSpectrum, law: &dyn SpectralLaw) -> Result<f64, Error> {
    let mean = law.mean()?;
    let mut sum = 0.0;
    for z in POINTS {
        sum += (law.stieltjes(mean * z)? / bulk.stieltjes(mean * z)? - 1.0).norm();
    }
    Ok(sum / POINTS.len() as f64)
}

/// The law of the entries of D: of one value, if all are the same.
pub fn law_of(diagonal: &Array1<f64>) -> Result<Arc<dyn DiagonalLaw>, Error> {
    let first = diagonal[0];
    if diagonal.iter().all(|entry| *entry == first) {
        return Ok(Arc::new(first));
    }
    let weights = vec![1.0 / diagonal.len() as f64; diagonal.len()];
    Ok(Arc::new(Discrete::new(&diagonal.to_vec(), &weights)?))
}
