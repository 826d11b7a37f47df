//! The random ensembles of the model: the laws of the diagonal of D.

pub mod diagonal;
