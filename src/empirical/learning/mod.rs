//! Learning on a sample: what a sampled or given kernel learns from targets, measured.
//!
//! It is the counterpart of [`learning`](crate::learning), which predicts the same from the
//! law of the kernel.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`SampledRegression`] | ridge regression and every other linear method, from (K, y): a [`Fit`] |
//! | [`RandomEffectsTeacher`], [`PolynomialTeacher`] | targets with parameters drawn from a seed |
//! | [`LearningExperiment`] | network, samples, teacher and test points drawn from a seed: a [`LearningSample`], and means over many |
//!
//! Errors are mean squares, a sample or a test point each; test errors include the noise of the
//! test targets. Nothing is divided by n: ridge regression inverts K + λ, gradient flow is
//! $\dot\beta = J^\top (y - J\beta)$ from 0.

mod experiment;
mod filtered;
mod fit;
mod polynomial;
mod random_effects;
mod regression;
mod teacher;

pub use experiment::{LearningExperiment, LearningSample, SampledErrors};
pub use fit::{Fit, test_error};
pub use polynomial::PolynomialTeacher;
pub use random_effects::RandomEffectsTeacher;
pub use regression::SampledRegression;
pub use teacher::Teacher;
