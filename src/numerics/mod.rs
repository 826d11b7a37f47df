//! What no kept library does: local Legendre series and their Cauchy transforms,
//! bracketed roots, quadratures.

pub(crate) mod legendre;
pub(crate) mod piece;
pub(crate) mod roots;
