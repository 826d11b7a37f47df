//! What no kept library does: Gauss rules from a Jacobi matrix, Gaussian
//! moments, double-exponential rules, local Legendre series and their Cauchy
//! transforms, bracketed roots.

pub(crate) mod clenshaw_curtis;
pub(crate) mod complex;
pub(crate) mod decay;
pub(crate) mod double_exponential;
pub(crate) mod gauss;
pub(crate) mod gaussian;
pub(crate) mod lanes;
pub(crate) mod legendre;
pub(crate) mod parallel;
pub(crate) mod piece;
pub(crate) mod piece_integral;
mod piece_transform;
pub(crate) mod poles;
pub(crate) mod roots;
pub(crate) mod spherical;
