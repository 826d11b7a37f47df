//! Sampled bulks: the mean of their Stieltjes transforms and smoothed distribution functions.

use ntk_spectrum::num_complex::Complex64;
use ntk_spectrum::prelude::*;
use ntk_spectrum::spectrum::FiniteSpectrum;

use crate::Failure;
use crate::distances::Grid;

/// Networks are drawn until the standard error of every transform is below this, …
const ERROR: f64 = 0.0028;

/// … at least so many, for an estimate of it, …
const FEWEST: f64 = 8.0;

/// … and at most so many.
const MOST: f64 = 600.0;

/// How many networks are drawn.
pub struct Budget {
    fewest: usize,
    most: usize,
}

/// Means over sampled networks.
pub struct Sample {
    pub networks: usize,
    pub transforms: [Complex64; 3],
    /// The largest of their relative standard errors.
    pub error: f64,
    pub cdf: Vec<f64>,
}

impl Budget {
    /// A share of all.
    pub fn new(share: f64) -> Self {
        let networks = |count: f64| ((share * count) as usize).max(2);
        Self { fewest: networks(FEWEST), most: networks(MOST) }
    }

    /// Samples the bulk: all eigenvalues but as many of the largest as the law has outliers.
    pub fn sample(
        &self,
        ensemble: &TwoLayerEnsemble,
        first_seed: u64,
        law: &FiniteSpectrum,
        outliers: usize,
        grid: &Grid,
    ) -> Result<Sample, Failure> {
        let mut transforms: Vec<[Complex64; 3]> = Vec::new();
        let mut cdf = vec![0.0; grid.x.len()];
        let (mut mean, mut error) = ([Complex64::ZERO; 3], f64::INFINITY);
        while transforms.len() < self.fewest || (error > ERROR && transforms.len() < self.most) {
            let seed = first_seed + transforms.len() as u64;
            let kernel = NtkBuilder::from_ensemble(&ensemble.clone().with_seed(seed)).build()?;
            let eigenvalues = kernel.eigenvalues()?;
            let count = eigenvalues.len() - outliers;
            // The 0 of a kernel that is not of full rank is rounded.
            let bulk: Vec<f64> = eigenvalues.iter().take(count).map(|x| x.max(0.0)).collect();
            let transform = |z: Complex64| bulk.iter().map(|x| (x - z).inv()).sum::<Complex64>();
            transforms.push(grid.z.map(|z| transform(z) / count as f64));
            for (sum, &x) in cdf.iter_mut().zip(&grid.x) {
                *sum += smoothed(law, x, &bulk)?;
            }
            (mean, error) = statistics(&transforms);
        }
        let networks = transforms.len();
        cdf.iter_mut().for_each(|sum| *sum /= networks as f64);
        Ok(Sample { networks, transforms: mean, error, cdf })
    }
}

/// The distribution function at x of these eigenvalues, smoothed as the law is.
pub fn smoothed(law: &FiniteSpectrum, x: f64, eigenvalues: &[f64]) -> Result<f64, Failure> {
    let mut sum = 0.0;
    for eigenvalue in eigenvalues {
        sum += law.smoothed_step(x, *eigenvalue)?;
    }
    Ok(sum / eigenvalues.len() as f64)
}

/// Means, and the largest of their relative standard errors.
fn statistics(transforms: &[[Complex64; 3]]) -> ([Complex64; 3], f64) {
    let count = transforms.len() as f64;
    let mut largest = 0.0_f64;
    let mean = std::array::from_fn(|k| {
        let mean = transforms.iter().map(|t| t[k]).sum::<Complex64>() / count;
        let squares: f64 = transforms.iter().map(|t| (t[k] - mean).norm_sqr()).sum();
        largest = largest.max((squares / (count * (count - 1.0))).sqrt() / mean.norm());
        mean
    });
    // The error of one network is not known.
    (mean, if largest.is_nan() { f64::INFINITY } else { largest })
}
