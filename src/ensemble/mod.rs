//! The random ensembles of the model: so far the laws of the diagonal of D.

pub mod diagonal;
