//! The spectrum of the neural tangent kernel: its limiting law, and the kernels of
//! finite networks beside it.
//!
//! For the kernel of the first layer of a two-layer network,
//!
//! $$ \mathrm{NTK} = \tfrac1d X X^\top \circ \tfrac1p\\,
//! \sigma^\prime\\!\left(\tfrac{XW}{\sqrt d}\right) D^2\\,
//! \sigma^\prime\\!\left(\tfrac{XW}{\sqrt d}\right)^{\\!\top}, \qquad
//! \tfrac{n}{dp} \to \gamma_1, \quad \tfrac pd \to \gamma_2, $$
//!
//! the eigenvalue distribution converges to a deterministic law μ that sees σ through two
//! numbers (Benigni and Paquette, arXiv:2508.20036). [`LimitingSpectrum`] is that law:
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
//! # From question to function
//!
//! | question | answer |
//! | --- | --- |
//! | What is the density, the distribution function, a quantile? | [`LimitingSpectrum::density`], [`cdf`](LimitingSpectrum::cdf), [`quantile`](LimitingSpectrum::quantile) |
//! | Where does the spectrum end, and how? | [`LimitingSpectrum::support`]: intervals, and the kinds of their edges |
//! | How many zero eigenvalues? | [`LimitingSpectrum::atoms`] |
//! | Which moments, free cumulants, transforms? | [`moment`](LimitingSpectrum::moment), [`free_cumulant`](LimitingSpectrum::free_cumulant), [`stieltjes`](LimitingSpectrum::stieltjes), [`s_transform`](LimitingSpectrum::s_transform) |
//! | What is the log-determinant, the effective dimension, the condition number at a ridge? | [`law::SpectralSums`], of laws, of eigenvalues and of estimates |
//! | What is the law for my activation, my law of D? | [`activation::FromDerivative`], [`activation::FromValue`], [`diagonal::DiagonalLaw`] |
//! | What is the law of a sample covariance over my population? | [`law::GeneralizedMarchenkoPastur`], [`law::TabulatedLaw::from_density`] |
//! | Which outliers has a finite kernel? | [`spectrum::PredictedOutliers`] |
#![cfg_attr(
    feature = "kernel",
    doc = "| What are the eigenvalues of the kernel of *my* network? | [`ntk::NtkBuilder`], [`ntk::Ntk::eigenvalues`] |
| How far is a sample from the law? | [`ensemble::TwoLayerEnsemble`], [`empirical::Comparison`] |
| What of a kernel that does not fit into memory? | [`ntk::NtkOperator`], [`krylov::StochasticQuadrature`], [`krylov::ExtremeEigenvalues`] |
| What does a sampled kernel learn, or one of my own? | [`empirical::learning::SampledRegression`], [`empirical::learning::LearningExperiment`] |
| How do I solve a ridge problem without the matrix? | [`krylov::RidgeSolver`] |
| What of one that does not fit on one machine? | [`ntk::DistributedOperator`], [`krylov::Communicator`] |"
)]
#![cfg_attr(
    feature = "plot",
    doc = "| What does it look like? | [`plot::Overlay`], [`plot::LearningCurve`] |"
)]
//!
//! The [`guide`] holds the theory with its conventions, the numerical methods and their
//! limits, how far finite kernels are from the law, and what things cost.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `kernel` (default) | everything that needs matrices: `ensemble`, `krylov`, `ntk`, `empirical`. Without it, the laws are left and no linear algebra is compiled |
//! | `plot` | pictures as SVG and PNG, without fonts or libraries of the system |
//! | `serde` | reports that can be stored and read back |
//! | `mpi` | kernels spread over the processes of `mpirun`; needs an MPI library and libclang |
//! | `openblas-system`, `openblas-static`, `netlib-system`, `netlib-static`, `intel-mkl-system`, `intel-mkl-static` | eigenvalues by that LAPACK |

pub mod activation;
// Some of the checks are of matrices.
#[cfg_attr(not(feature = "kernel"), allow(dead_code))]
mod arguments;
pub mod diagonal;
mod dimensions;
mod error;
mod forward;
pub mod guide;
pub mod law;
pub mod learning;
// Matrices are limited, and lists of points.
#[cfg_attr(not(feature = "kernel"), allow(dead_code))]
mod memory;
mod numerics;
pub mod observer;
pub mod spectrum;
mod stage;
// Without matrices nothing has to be made ready, only counted.
#[cfg_attr(not(feature = "kernel"), allow(dead_code))]
mod threads;
// Processes end work together.
#[cfg_attr(not(feature = "kernel"), allow(dead_code))]
mod watch;

// What needs matrices.
#[cfg(feature = "kernel")]
pub mod empirical;
#[cfg(feature = "kernel")]
pub mod ensemble;
#[cfg(feature = "kernel")]
mod files;
#[cfg(feature = "kernel")]
pub mod krylov;
#[cfg(feature = "kernel")]
mod linalg;
#[cfg(feature = "kernel")]
pub mod ntk;
#[cfg(feature = "plot")]
pub mod plot;

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
        Edge, EdgeKind, FiniteSpectrum, LimitingSpectrum, PredictedOutliers, SupportInterval,
    };
    pub use crate::{Dimensions, Error};

    #[cfg(feature = "plot")]
    pub use crate::plot::{CdfOverlay, Grid, LearningCurve, Overlay, QuantilePlot};
    #[cfg(feature = "kernel")]
    pub use crate::{
        empirical::{Comparison, EmpiricalSpectrum, PooledComparison, SpectralEstimate},
        ensemble::{DiagonalChoice, TwoLayerEnsemble, input::InputLaw},
        krylov::{StochasticQuadrature, SymmetricOperator},
        ntk::{Ntk, NtkBuilder, NtkOperator},
    };
}

/// Compiles the README's example with the documentation's.
#[cfg(all(doctest, feature = "kernel"))]
#[doc = include_str!("../README.md")]
struct Readme;
