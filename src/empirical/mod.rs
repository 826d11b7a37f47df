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
//! | [`PooledComparison`] | means and standard errors of them over repeated samples |
//!
//! Letters are those of `docs/theory.md`, section 8 for the outliers.
//!
//! # Examples
//!
//! A sample taken apart and compared:
//!
//! ```
//! use ntk_spectrum::LimitingSpectrum;
//! use ntk_spectrum::activation::Tanh;
//! use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum, PredictedOutliers};
//!
//! let (n, d, p) = (800, 30, 40);
//! let (gamma1, gamma2) = (n as f64 / (d * p) as f64, p as f64 / d as f64);
//! let law = LimitingSpectrum::new(gamma1, gamma2, Tanh, 1.0);
//! let outliers = PredictedOutliers::of_spectrum(&law, n, d, p)?;
//! // In place of the eigenvalues of a kernel: quantiles of the law, and outliers.
//! let mut values = Vec::new();
//! for k in 0..n - d {
//!     values.push(law.quantile((k as f64 + 0.5) / (n - d) as f64)?);
//! }
//! values.extend(outliers.locations());
//! let split = EmpiricalSpectrum::new(values)?.split(&law, &outliers)?;
//! assert_eq!(split.outliers().len(), 30);
//! let comparison = Comparison::new(&split, &law)?;
//! assert!(comparison.kolmogorov_smirnov < 1e-3);
//! println!("{comparison}");
//! # Ok::<(), ntk_spectrum::Error>(())
//! ```

mod bins;
mod comparison;
mod distance;
mod histogram;
mod outliers;
mod pooled;
mod spectrum;
mod split;
mod transforms;

pub use bins::Bins;
pub use comparison::{Comparison, Pair, QuantilePair};
pub use histogram::Histogram;
pub use outliers::{OutlierGroup, PredictedOutliers};
pub use pooled::{Estimate, PooledComparison, PooledQuantile};
pub use spectrum::EmpiricalSpectrum;
pub use split::Split;
