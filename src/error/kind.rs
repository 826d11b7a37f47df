//! `ErrorKind`: what a caller can do about an error.

use super::Error;

/// What kind of thing went wrong: the variants of [`Error`], grouped by what a caller
/// can do about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument, a matrix, an activation or an operator is not what it has to be:
    /// change it.
    InvalidInput,
    /// A computation did not reach its tolerance, or failed its own checks: loosen the
    /// tolerance, allow more steps, or report it.
    Computation,
    /// Memory is short, or limited.
    Memory,
    /// An observer ended the work.
    Cancelled,
    /// Processes that work together disagree, or one of them failed.
    Processes,
    /// A file or a picture could not be read, written or drawn.
    File,
}

impl Error {
    /// Returns what kind of thing went wrong.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::{Dimensions, ErrorKind};
    ///
    /// assert_eq!(Dimensions::new(0, 40, 40).unwrap_err().kind(), ErrorKind::InvalidInput);
    /// ```
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidParameter { .. }
            | Self::InvalidEntry { .. }
            | Self::InvalidLength { .. }
            | Self::InvalidSize { .. }
            | Self::InvalidElement { .. }
            | Self::SizeMismatch { .. }
            | Self::InvalidValue { .. }
            | Self::UnstableStep { .. }
            | Self::UnknownName { .. }
            | Self::NonFiniteDerivative { .. }
            | Self::DivergentMoment { .. }
            | Self::TooManyValues { .. }
            | Self::OutsideDomain { .. }
            | Self::Indefinite { .. }
            | Self::NotSymmetric { .. }
            | Self::NonFiniteOperator { .. } => ErrorKind::InvalidInput,
            Self::NotConverged { .. }
            | Self::NotSolved { .. }
            | Self::Inconsistent { .. }
            | Self::Eigenvalues { .. }
            | Self::StepsExhausted { .. }
            | Self::NotSettled { .. } => ErrorKind::Computation,
            Self::MemoryLimit { .. } | Self::OutOfMemory { .. } => ErrorKind::Memory,
            Self::Cancelled { .. } => ErrorKind::Cancelled,
            Self::RanksDisagree { .. } | Self::OtherRankFailed { .. } | Self::Mpi { .. } => {
                ErrorKind::Processes
            }
            Self::NotRead { .. }
            | Self::OtherCheckpoint { .. }
            | Self::UnknownFormat { .. }
            | Self::NotWritten { .. }
            | Self::NotDrawn { .. } => ErrorKind::File,
        }
    }
}
