//! The limiting eigenvalue distribution of the neural tangent kernel.
//!
//! For the kernel of the first layer of a two-layer network,
//!
//! $$ \mathrm{NTK} = \tfrac1d X X^\top \circ \tfrac1p\\,
//! \sigma^\prime\\!\left(\tfrac{XW}{\sqrt d}\right) D^2\\,
//! \sigma^\prime\\!\left(\tfrac{XW}{\sqrt d}\right)^{\\!\top}, \qquad
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
// Some of the checks are of matrices.
#[cfg_attr(not(feature = "kernel"), allow(dead_code))]
mod arguments;
pub mod diagonal;
mod dimensions;
mod error;
mod forward;
pub mod law;
mod numerics;
pub mod observer;
pub mod spectrum;
mod stage;

// What needs matrices.
#[cfg(feature = "kernel")]
pub mod empirical;
#[cfg(feature = "kernel")]
pub mod ensemble;
#[cfg(feature = "kernel")]
pub mod krylov;
#[cfg(feature = "kernel")]
mod linalg;
#[cfg(feature = "kernel")]
mod memory;
#[cfg(feature = "kernel")]
pub mod ntk;
#[cfg(feature = "plot")]
pub mod plot;
#[cfg(feature = "kernel")]
mod watch;

/// The laws of D, by the path that they have with the feature `kernel` too.
#[cfg(not(feature = "kernel"))]
pub mod ensemble {
    #[doc(inline)]
    pub use crate::diagonal;
}

pub use dimensions::Dimensions;
pub use error::{Cause, Error, ErrorKind};
pub use spectrum::LimitingSpectrum;
pub use {ndarray, num_complex, rand, rand_distr};

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
    pub use crate::activation::{Activation, Centring, FromDerivative};
    pub use crate::diagonal::DiagonalLaw;
    pub use crate::law::{Population, SpectralLaw, SpectralSums};
    pub use crate::observer::Observer;
    pub use crate::spectrum::{
        Edge, EdgeKind, LimitingSpectrum, PredictedOutliers, SupportInterval,
    };
    pub use crate::{Dimensions, Error};

    #[cfg(feature = "plot")]
    pub use crate::plot::{CdfOverlay, Grid, Overlay, QuantilePlot};
    #[cfg(feature = "kernel")]
    pub use crate::{
        empirical::{Comparison, EmpiricalSpectrum, PooledComparison, SpectralEstimate},
        ensemble::{DiagonalChoice, TwoLayerEnsemble, input::InputLaw},
        krylov::{StochasticQuadrature, SymmetricOperator},
        ntk::{Ntk, NtkBuilder, NtkOperator},
    };
}

/// Compiles the README's example with the documentation's.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
