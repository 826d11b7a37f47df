//! `RitzValue`: an approximate eigenvalue, and how far it may be off.

/// An approximate eigenvalue.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RitzValue {
    /// The Ritz value θ.
    pub value: f64,
    /// An eigenvalue of the operator is at most this far away: the residual
    /// $|A y - \theta y|$ of the unit Ritz vector y, computed from a product with
    /// y, and what rounding may have hidden.
    pub residual_bound: f64,
}
