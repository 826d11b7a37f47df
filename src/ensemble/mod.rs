//! The random matrices of the model: laws of their entries, seeded generators.
//!
//! | matrix | shape | entries | generator |
//! | --- | --- | --- | --- |
//! | X | n × d | independent, mean 0, variance 1: a law of [`input`] | [`InputEnsemble`] |
//! | | | or with a covariance: an [`InputCovariance`] | |
//! | W | d × p | independent, standard normal | [`WeightEnsemble`] |
//! | D | p × p, diagonal | independent, bounded: a law of [`diagonal`] | [`DiagonalEnsemble`] |
//!
//! [`TwoLayerEnsemble`] is all three with an activation, and its samples are
//! what a kernel is built from.
//!
//! # Reproducibility
//!
//! Everything is drawn by ChaCha8, seeded, with one stream for each block of 64
//! rows of each matrix. The same seed therefore gives the same matrices, bit for
//! bit, on any machine and any number of threads, whether a matrix is drawn
//! whole or a range of its rows alone, by itself or with the others. A different
//! number of columns gives unrelated entries; more rows leave the first ones as
//! they are.
//!
//! The entries come from the sampling algorithms of `rand_distr`, which its
//! minor versions may change, and then the same seed gives another sample.
//! Tests pin the outputs, and the changelog marks such a change as
//! value-breaking.

mod diagonal_ensemble;
mod finite;
pub mod input;
mod input_covariance;
mod input_ensemble;
mod limit;
mod midquantiles;
mod sample;
mod streams;
mod two_layer;
mod weight_ensemble;

#[doc(inline)]
pub use crate::diagonal;
pub use diagonal_ensemble::{DiagonalChoice, DiagonalEnsemble};
pub use input_covariance::InputCovariance;
pub use input_ensemble::InputEnsemble;
pub use sample::TwoLayerSample;
pub(crate) use streams::{Matrix, Rows};
pub use two_layer::TwoLayerEnsemble;
pub use weight_ensemble::WeightEnsemble;
