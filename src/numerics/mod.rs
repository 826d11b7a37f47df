//! Numerical tools that no kept library offers.

pub(crate) mod double_exponential;
pub(crate) mod gauss;
