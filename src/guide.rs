//! The pages of `docs/`, to read beside the code.
//!
//! | page | answers |
//! | --- | --- |
//! | [`theory`] | what the law is, and why; normalisations, signs, the place of the atom |
//! | [`numerics`] | how each quantity is computed, how it is checked, where it ends |
//! | [`learning`] | errors of ridge regression and training, evidence, conjugate gradients: formulas and their derivation |
//! | [`covariance`] | the law of kernels whose inputs have a covariance: what is exact, what is approximate |
//! | [`convergence`] | how far sampled kernels of given size are from the law |
//! | [`finite_size`] | the law of kernels of given n, d, p, and where it fails |
//! | [`scaling`] | what a kernel costs that is never formed, at 10⁵ samples and beyond |
//! | [`benchmarks`] | how long things take, beside NumPy and SciPy |
//! | [`architecture`] | which file holds what |

// Rustdoc has no files beside its pages. Links between them are references, whose
// definitions at the end of a page lead to files; the first definition of a label
// wins, so those here lead to modules. tests/documentation finds what is missing.

/// The law derived, from the matrix to the edges; conventions of all transforms.
///
/// [numerics]: crate::guide::numerics
/// [numerics-density]: crate::guide::numerics#the-density-of-ν
///
#[doc = include_str!("../docs/theory.md")]
pub mod theory {}

/// How each quantity is computed, checked, and limited.
///
/// [theory]: crate::guide::theory
/// [convergence]: crate::guide::convergence
///
#[doc = include_str!("../docs/numerics.md")]
pub mod numerics {}

/// What follows from the law for training and generalisation, derived.
///
/// [theory]: crate::guide::theory
/// [numerics]: crate::guide::numerics
/// [finite]: crate::guide::finite_size
///
#[doc = include_str!("../docs/learning.md")]
pub mod learning {}

/// Inputs with a covariance: the law, its derivation, and how good it is.
///
/// [theory]: crate::guide::theory
/// [numerics]: crate::guide::numerics
/// [learning]: crate::guide::learning
/// [convergence]: crate::guide::convergence
/// [finite-size]: crate::guide::finite_size
///
#[doc = include_str!("../docs/covariance.md")]
pub mod covariance {}

/// Distances of sampled kernels to the law, for six activations, three laws of D
/// and three laws of X.
///
/// [theory]: crate::guide::theory
/// [theory-outliers]: crate::guide::theory#8-outliers
/// [numerics]: crate::guide::numerics
///
#[doc = include_str!("../docs/convergence.md")]
pub mod convergence {}

/// The law of kernels of given n, d and p: each step with its status, and where it fails.
///
/// [theory]: crate::guide::theory
/// [learning]: crate::guide::learning
///
#[doc = include_str!("../docs/finite-size.md")]
pub mod finite_size {}

/// Costs of kernels without a matrix: a model, what was measured, what it predicts.
///
/// [theory]: crate::guide::theory
/// [benchmarks]: crate::guide::benchmarks
/// [numerics]: crate::guide::numerics
///
#[doc = include_str!("../docs/scaling.md")]
pub mod scaling {}

/// Times and memory, and how to measure them again.
///
/// [scaling]: crate::guide::scaling
///
#[doc = include_str!("../docs/benchmarks.md")]
pub mod benchmarks {}

/// The rooms of the crate, and the files in them.
///
/// [theory]: crate::guide::theory
/// [numerics]: crate::guide::numerics
/// [learning]: crate::guide::learning
/// [convergence]: crate::guide::convergence
/// [scaling]: crate::guide::scaling
/// [benchmarks]: crate::guide::benchmarks
/// [finite-size]: crate::guide::finite_size
/// [covariance]: crate::guide::covariance
///
#[doc = include_str!("../docs/architecture.md")]
pub mod architecture {}
