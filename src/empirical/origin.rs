//! What is known of the kernel that a comparison is of.

use crate::Dimensions;

/// What is known of where a comparison comes from.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct Origin {
    /// n, d and p.
    pub(super) dimensions: Option<(usize, usize, usize)>,
    /// What may be wrong with X and W, once asked.
    pub(super) causes: Option<Vec<String>>,
}

impl Origin {
    pub(super) fn of(dimensions: Option<Dimensions>) -> Self {
        let dimensions = dimensions.map(|sizes| (sizes.n(), sizes.d(), sizes.p()));
        Self { dimensions, causes: None }
    }
}
