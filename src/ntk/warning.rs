//! What is allowed but not in the model.

use std::fmt;

use crate::error::Number;

/// X or W is far from what the limit theorem assumes.
///
/// The kernel is still the kernel of these matrices; its eigenvalues need not
/// follow the limiting law. A mean or variance is called far when it is off by
/// more than 0.1 and five standard errors, the latter estimated from the
/// sample's own fourth moment.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum NtkWarning {
    /// Columns of X have means far from 0.
    ColumnMeans {
        /// How many columns.
        count: usize,
        /// The column whose mean is the largest.
        column: usize,
        /// Its mean.
        mean: f64,
    },
    /// Columns of X have variances far from 1.
    ColumnVariances {
        /// How many columns.
        count: usize,
        /// The column whose variance is the furthest from 1, by its ratio to 1.
        column: usize,
        /// Its variance.
        variance: f64,
    },
    /// The entries of W have a mean far from 0.
    WeightMean {
        /// The mean.
        mean: f64,
    },
    /// The entries of W have a variance far from 1: 1/√d is applied by the
    /// kernel and must not be part of W.
    WeightVariance {
        /// The variance.
        variance: f64,
    },
}

impl fmt::Display for NtkWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ColumnMeans { count, column, mean } => write!(
                f,
                "{count} columns of x have means far from 0, column {column} has mean {}",
                Number(*mean)
            ),
            Self::ColumnVariances { count, column, variance } => write!(
                f,
                "{count} columns of x have variances far from 1, column {column} has variance \
                 {}",
                Number(*variance)
            ),
            Self::WeightMean { mean } => {
                write!(f, "the entries of w have mean {}, far from 0", Number(*mean))
            }
            Self::WeightVariance { variance } => {
                write!(f, "the entries of w have variance {}, far from 1", Number(*variance))
            }
        }
    }
}
