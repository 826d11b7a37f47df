//! What is being computed, and how far it is.

/// What is being computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Rows of X are drawn, counted in blocks.
    Inputs,
    /// Rows of W are drawn, counted in blocks.
    Weights,
    /// Entries of D are drawn, counted in blocks.
    Diagonal,
    /// σ′ is applied to XW/√d, counted in blocks of rows.
    Features,
    /// The kernel is built, counted in tiles of one triangle.
    Kernel,
    /// JᵀJ is built, counted in neurons, of which later ones take longer.
    JacobianGram,
    /// Eigenvalues are computed; one step, which cannot be cancelled half-way.
    Eigenvalues,
    /// Lanczos steps, one product with a vector each; of a search for extreme
    /// eigenvalues, which may end earlier, at most.
    Lanczos,
}

impl Stage {
    /// Says it in words: "building the kernel", for instance.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Inputs => "drawing X",
            Self::Weights => "drawing W",
            Self::Diagonal => "drawing D",
            Self::Features => "applying the derivative of the activation",
            Self::Kernel => "building the kernel",
            Self::JacobianGram => "building the Gram matrix of the Jacobian",
            Self::Eigenvalues => "computing eigenvalues",
            Self::Lanczos => "applying the operator in the Lanczos process",
        }
    }
}

/// How far a stage is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// Steps done, from 0 to `total`.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}
