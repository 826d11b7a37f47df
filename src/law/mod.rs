//! Probability laws on $[0, \infty)$ as analytic objects.
//!
//! | law | what it is |
//! | --- | --- |
//! | [`MarchenkoPastur`] | limit of $\frac1N G G^\top$, closed form |
//! | [`Discrete`], [`Uniform`] | simple population laws |
//! | [`Population`] | the population law $\nu_{\sigma, D}$ of the kernel |
//! | [`GeneralizedMarchenkoPastur`] | the law of ratio $\gamma_1$ over any population law |
//! | [`PositivePart`] | any of them conditioned on $(0, \infty)$ |
//! | [`TabulatedLaw`] | atoms and a tabulated density: what the others are solved into |
//!
//! All implement [`SpectralLaw`], which states the transforms and their conventions, and
//! so [`SpectralSums`], expectations by the names that spectra and estimates have too.

mod breakpoints;
mod coarse;
mod companion;
mod contour;
mod contour_integral;
mod contour_roots;
mod contour_sums;
mod covariance;
mod covarying;
mod cumulants;
mod discrete;
mod expectation;
mod exterior;
mod from_density;
mod generalized_mp;
mod marchenko_pastur;
mod merged;
mod mixture;
mod model;
mod near_end;
mod negative_axis;
mod over_population;
mod pair_support;
mod pairs;
mod population;
mod population_transform;
mod positive_part;
mod prepared;
mod product;
mod quadratic_part;
mod scales;
mod segment;
mod slice;
mod solution;
mod source;
mod spectral_law;
mod stretch;
mod sums;
mod support;
mod table_series;
mod table_transforms;
mod tabulated;
pub(crate) mod tolerance;
mod transforms;
mod uniform;
mod value_gaps;

pub(crate) use companion::TTransform;
pub use discrete::Discrete;
pub use generalized_mp::GeneralizedMarchenkoPastur;
pub use marchenko_pastur::MarchenkoPastur;
pub(crate) use negative_axis::{AtKappa, NegativeAxis};
pub use over_population::OverPopulation;
pub use population::Population;
pub(crate) use population_transform::OffSupport;
pub use positive_part::PositivePart;
pub(crate) use solution::Solution;
pub use spectral_law::SpectralLaw;
pub(crate) use spectral_law::inherent_queries;
pub(crate) use stretch::Stretch;
pub use sums::SpectralSums;
pub use support::{Atom, Edge, EdgeKind, SupportInterval};
pub use tabulated::TabulatedLaw;
pub use uniform::Uniform;
