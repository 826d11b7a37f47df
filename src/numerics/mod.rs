//! Numerical work that no kept library does.

pub(crate) mod clenshaw_curtis;
pub(crate) mod gaussian;
