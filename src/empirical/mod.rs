//! What one observes: the eigenvalues of a sampled matrix, and how far they are
//! from a law.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`EmpiricalSpectrum`] | eigenvalues as a law: distribution function, quantiles, moments, transforms, distances to a law |
//! | [`Histogram`], [`Bins`] | a density of bars, with the mass that it stands for |
//! | [`Split`] | a spectrum taken apart: zeros, bulk, outliers |
//! | [`Comparison`] | the figures of a sample against a law |
//! | [`FiniteComparison`], [`SmoothedDistance`] | the same against the law at finite size |
//! | [`Verdict`], [`Outside`] | whether it is as near as samples of the model are |
//! | [`SpectralEstimate`] | the law of the eigenvalues of a matrix too large for them, by [`StochasticQuadrature`](crate::krylov::StochasticQuadrature) |
//! | [`CovarianceSpectrum`], [`CovarianceConditions`] | the eigenvalues of the covariance of data, and what they say of the model |
//! | [`PooledComparison`] | means and standard errors of them over repeated samples |
//!
//! The errors of regression on a sampled kernel are those of [`learning`].
//!
//! Letters are those of the [theory](crate::guide::theory), section 8 for the outliers.
//! How many outliers to expect, and where:
//! [`PredictedOutliers`](crate::spectrum::PredictedOutliers).
//!
//! # Examples
//!
//! A sampled kernel taken apart and compared with its limit:
//!
//! ```
//! use ntk_spectrum::activation::Tanh;
//! use ntk_spectrum::prelude::*;
//!
//! let ensemble = TwoLayerEnsemble::new(Dimensions::new(400, 20, 30)?, Tanh).with_seed(1);
//! let law = LimitingSpectrum::from_ensemble(&ensemble);
//! let kernel = NtkBuilder::from_sample(&ensemble.sample()?).build()?;
//! let outliers =
//!     PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring())?;
//! let split = EmpiricalSpectrum::from_kernel(&kernel)?.split(&law, &outliers)?;
//! assert_eq!(split.outliers().len(), 20); // tanh has a1 = 0
//! let comparison = Comparison::new(&split, &law)?;
//! assert!(comparison.kolmogorov_smirnov < 0.15);
//! println!("{comparison}");
//! # Ok::<(), ntk_spectrum::Error>(())
//! ```

mod bins;
mod comparison;
mod covariance_conditions;
mod covariance_spectrum;
mod distance;
mod error_bars;
mod estimated;
mod figure;
mod finite_comparison;
mod for_data;
mod histogram;
pub mod learning;
mod measure;
mod origin;
mod outside;
mod pairs;
mod pooled;
mod smoothed;
mod spectrum;
mod split;
mod sums;
mod transforms;
mod verdict;

pub use bins::Bins;
pub use comparison::Comparison;
pub use covariance_conditions::CovarianceConditions;
pub use covariance_spectrum::CovarianceSpectrum;
pub use estimated::SpectralEstimate;
pub use finite_comparison::{DistancePair, FiniteComparison};
pub use for_data::Neurons;
pub use histogram::Histogram;
pub use outside::Outside;
pub use pairs::{FinitePair, Pair, QuantilePair};
pub use pooled::{Estimate, PooledComparison, PooledQuantile};
pub use smoothed::SmoothedDistance;
pub use spectrum::EmpiricalSpectrum;
pub use split::Split;
pub use verdict::Verdict;
