//! What one observes: the eigenvalues of a sampled matrix, and how far they are
//! from a law.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`EmpiricalSpectrum`] | eigenvalues as a law: distribution function, quantiles, moments, transforms, distances to a law |
//! | [`Histogram`], [`Bins`] | a density of bars, with the mass that it stands for |
//! | [`PredictedOutliers`] | how many eigenvalues lie far above the bulk, and where |
//! | [`Split`] | a spectrum taken apart: zeros, bulk, outliers |
//! | [`Comparison`] | the figures of a sample against a law |
//! | [`StochasticQuadrature`], [`SpectralEstimate`] | the law of the eigenvalues of a matrix too large for them |
//! | [`PooledComparison`] | means and standard errors of them over repeated samples |
//!
//! Letters are those of `docs/theory.md`, section 8 for the outliers.
//!
//! # Examples
//!
//! A sampled kernel taken apart and compared with its limit:
//!
//! ```
//! use ntk_spectrum::LimitingSpectrum;
//! use ntk_spectrum::activation::Tanh;
//! use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum, PredictedOutliers};
//! use ntk_spectrum::ensemble::TwoLayerEnsemble;
//! use ntk_spectrum::ntk::NtkBuilder;
//!
//! let ensemble = TwoLayerEnsemble::new(400, 20, 30, Tanh).with_seed(1);
//! let law = LimitingSpectrum::of_ensemble(&ensemble);
//! let kernel = NtkBuilder::from_sample(&ensemble.sample()?).build()?;
//! let outliers = PredictedOutliers::of_kernel(&law, &kernel)?;
//! let split = EmpiricalSpectrum::from_kernel(&kernel)?.split(&law, &outliers)?;
//! assert_eq!(split.outliers().len(), 20); // tanh has a1 = 0
//! let comparison = Comparison::new(&split, &law)?;
//! assert!(comparison.kolmogorov_smirnov < 0.15);
//! println!("{comparison}");
//! # Ok::<(), ntk_spectrum::Error>(())
//! ```

mod bins;
mod checkpoint;
mod comparison;
mod distance;
mod estimated;
mod histogram;
mod measure;
mod outliers;
mod pooled;
mod quadrature;
mod spectrum;
mod split;
mod sums;
mod transforms;

pub use bins::Bins;
pub use checkpoint::Checkpoint;
pub use comparison::{Comparison, Pair, QuantilePair};
pub use estimated::SpectralEstimate;
pub use histogram::Histogram;
pub use outliers::{OutlierGroup, PredictedOutliers};
pub use pooled::{Estimate, PooledComparison, PooledQuantile};
pub use quadrature::StochasticQuadrature;
pub use spectrum::EmpiricalSpectrum;
pub use split::Split;
