//! One line of a table: how far the limit and the law at this size are from a sample.

use ntk_spectrum::num_complex::Complex64;
use ntk_spectrum::prelude::*;
use ntk_spectrum::spectrum::FiniteSpectrum;

use crate::Failure;
use crate::sample::{Budget, Sample, smoothed};

/// Where transforms are compared, in units of twice the mean of the limit.
const PLACES: [(f64, f64); 3] = [(0.05, 0.05), (0.2, 0.1), (0.6, 0.2)];

/// The resolution at which distribution functions are compared.
const RESOLUTION: f64 = 0.05;

/// Points at which they are.
const POINTS: usize = 160;

/// The first of them, as a share of the last, where there is an atom at 0.
const FIRST: f64 = 1e-4;

/// Quantiles that stand for the limit when it is smoothed.
const QUANTILES: usize = 2000;

/// Places of transforms, and points of distribution functions.
pub struct Grid {
    pub z: [Complex64; 3],
    pub x: Vec<f64>,
}

/// What one law is off by.
#[derive(Clone, Copy, Default)]
pub struct Distances {
    /// The largest of three relative errors of the Stieltjes transform.
    pub transform: f64,
    /// The distance of Kolmogorov and Smirnov.
    pub ks: f64,
    /// Wasserstein's, as a share of the mean of the limit.
    pub w1: f64,
}

/// Both laws against one sample.
pub struct Line {
    pub limit: Distances,
    pub finite: Distances,
    /// Of the sampled transforms.
    pub error: f64,
    pub networks: usize,
}

impl Line {
    /// Samples an ensemble; `None` if nothing but outliers is left of its kernels.
    pub fn of(
        ensemble: &TwoLayerEnsemble,
        first_seed: u64,
        budget: &Budget,
    ) -> Result<Option<Self>, Failure> {
        let law = FiniteSpectrum::from_ensemble(ensemble).with_resolution(RESOLUTION);
        let limit = law.limit();
        let scale = limit.mean()?;
        if scale <= 0.0 {
            return Ok(None);
        }
        let z = PLACES.map(|(re, im)| 2.0 * scale * Complex64::new(re, im));
        let bulk = law.bulk()?;
        let (bottom, top) = (bulk.quantile(1e-3)?, bulk.quantile(1.0 - 1e-4)?);
        let way = (bottom / top).max(FIRST).ln();
        let step = way / (POINTS - 1) as f64;
        let x = (0..POINTS).rev().map(|k| top * (step * k as f64).exp()).collect();
        let grid = Grid { z, x };

        let outliers = law.outliers()?;
        let sample = budget.sample(ensemble, first_seed, &law, outliers.count(), &grid)?;
        let quantiles = (0..QUANTILES)
            .map(|k| limit.quantile((k as f64 + 0.5) / QUANTILES as f64))
            .collect::<Result<Vec<_>, _>>()?;
        let (n, count) = (ensemble.dimensions().n() as f64, bulk.count() as f64);
        let (mut limits, mut finites) = (Vec::new(), Vec::new());
        for &x in &grid.x {
            limits.push(smoothed(&law, x, &quantiles)?);
            // Without the outliers, as the transform is: each at its mean position.
            let mut sum = n * law.cdf(x)?;
            for group in outliers.groups() {
                sum -= group.count as f64 * law.smoothed_step(x, group.mean)?;
            }
            finites.push(sum / count);
        }
        let transforms = |transform: &dyn Fn(Complex64) -> Result<Complex64, _>| {
            let found = z.map(transform).into_iter().collect::<Result<Vec<_>, Error>>()?;
            Ok::<_, Failure>(found)
        };
        let limit_transforms = transforms(&|z| limit.stieltjes(z))?;
        let finite_transforms = transforms(&|z| law.bulk_stieltjes(z))?;
        Ok(Some(Self {
            limit: Distances::new(&grid, &sample, &limit_transforms, &limits, scale),
            finite: Distances::new(&grid, &sample, &finite_transforms, &finites, scale),
            error: sample.error,
            networks: sample.networks,
        }))
    }
}

impl Distances {
    fn new(
        grid: &Grid,
        sample: &Sample,
        transforms: &[Complex64],
        cdf: &[f64],
        scale: f64,
    ) -> Self {
        let off = transforms.iter().zip(&sample.transforms).map(|(m, s)| (m / s - 1.0).norm());
        let apart: Vec<f64> = cdf.iter().zip(&sample.cdf).map(|(f, s)| (f - s).abs()).collect();
        let trapezoids = grid.x.windows(2).zip(apart.windows(2));
        let area: f64 = trapezoids.map(|(x, f)| 0.5 * (x[1] - x[0]) * (f[0] + f[1])).sum();
        Self {
            transform: off.fold(0.0, f64::max),
            ks: apart.iter().copied().fold(0.0, f64::max),
            w1: area / scale,
        }
    }
}
