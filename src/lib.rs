//! The limiting eigenvalue distribution of the neural tangent kernel.
//!
//! For the kernel of the first layer of a two-layer network,
//!
//! $$ \mathrm{NTK} = \tfrac1d X X^\top \circ \tfrac1p\,
//! \sigma^\prime\!\left(\tfrac{XW}{\sqrt d}\right) D^2\,
//! \sigma^\prime\!\left(\tfrac{XW}{\sqrt d}\right)^{\!\top}, \qquad
//! \tfrac{n}{dp} \to \gamma_1, \quad \tfrac pd \to \gamma_2, $$
//!
//! the eigenvalue distribution converges to the free multiplicative convolution
//! of a Marchenko–Pastur law with a deterministic law given by σ and D (Benigni
//! and Paquette, arXiv:2508.20036). [`LimitingSpectrum`] is that limit:
//!
//! ```
//! use ntk_spectrum::LimitingSpectrum;
//! use ntk_spectrum::activation::Gelu;
//!
//! let law = LimitingSpectrum::new(0.7, 1.0, Gelu, 1.0); // γ1, γ2, σ, D
//! println!("density at 0.5: {}, median: {}", law.density(0.5)?, law.quantile(0.5)?);
//! # Ok::<(), ntk_spectrum::Error>(())
//! ```
//!
//! | module | holds |
//! | --- | --- |
//! | [`activation`] | σ, the Gaussian moments of σ′, stock activations, one's own |
//! | [`ensemble`] | seeded random X, W, D; the laws of their entries |
//! | [`law`] | laws as analytic objects: Marchenko–Pastur, generalised Marchenko–Pastur, the population law |
//! | [`spectrum`] | [`LimitingSpectrum`] and its edges |
//! | [`ntk`] | the kernel of a finite network: matrices, eigenvalues; as an operator, on one process or several |
//! | [`empirical`] | eigenvalues, or estimates of their law; histograms, outliers, distances to a law |
#![cfg_attr(feature = "plot", doc = "| [`plot`] | pictures of a sample against a law |")]
//! | [`observer`] | progress of long work, and its cancellation |
//!
//! Conventions of all transforms stand at [`law::SpectralLaw`]. The derivation
//! is in `docs/theory.md`, the numerical methods in `docs/numerics.md`.

pub mod activation;
pub mod empirical;
pub mod ensemble;
mod error;
pub mod law;
mod linalg;
mod memory;
pub mod ntk;
mod numerics;
pub mod observer;
#[cfg(feature = "plot")]
pub mod plot;
mod settings;
pub mod spectrum;

pub use error::Error;
pub use spectrum::LimitingSpectrum;

/// What most programs need.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::prelude::*;
///
/// let law = LimitingSpectrum::new(0.5, 1.0, FromDerivative::new(|z: f64| z.cos()), 1.0);
/// assert!(law.density(law.mean()?)? > 0.0);
/// # Ok::<(), Error>(())
/// ```
pub mod prelude {
    pub use crate::Error;
    pub use crate::activation::{Activation, FromDerivative};
    pub use crate::empirical::{
        Comparison, EmpiricalSpectrum, PooledComparison, PredictedOutliers, SpectralEstimate,
        StochasticQuadrature,
    };
    pub use crate::ensemble::diagonal::DiagonalLaw;
    pub use crate::ensemble::input::InputLaw;
    pub use crate::ensemble::{DiagonalChoice, TwoLayerEnsemble};
    pub use crate::law::{Population, SpectralLaw};
    pub use crate::ntk::{Ntk, NtkBuilder, NtkOperator, SymmetricOperator};
    pub use crate::observer::Observer;
    #[cfg(feature = "plot")]
    pub use crate::plot::{CdfOverlay, Grid, Overlay, QuantilePlot};
    pub use crate::spectrum::{Edge, EdgeKind, LimitingSpectrum, SupportInterval};
}

/// Compiles the README's example with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
