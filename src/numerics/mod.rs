//! Numerical work that no kept library does.

pub(crate) mod gaussian;
