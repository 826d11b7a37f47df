//! Figures of a sample beside those of a law.

/// A figure of the sample beside that of the law.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Pair {
    /// Of the sample.
    pub empirical: f64,
    /// Of the law.
    pub limit: f64,
}

impl Pair {
    /// Returns sample minus law.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.empirical - self.limit
    }
}

/// A figure of the sample beside that of the law at finite size.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FinitePair {
    /// Of the sample.
    pub empirical: f64,
    /// Of the law at finite size.
    pub finite: f64,
}

impl FinitePair {
    /// Returns sample minus law.
    #[must_use]
    pub fn difference(&self) -> f64 {
        self.empirical - self.finite
    }
}

/// A quantile of the bulk beside that of the law, the limit or, with
/// [`FinitePair`], the law at finite size.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct QuantilePair<P = Pair> {
    /// The probability q.
    pub probability: f64,
    /// The two quantiles at q.
    pub value: P,
}
