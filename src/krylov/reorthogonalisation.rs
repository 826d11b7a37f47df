//! `Reorthogonalisation`: how Lanczos vectors are kept orthogonal.

/// How the vectors of a Lanczos process are kept orthogonal: by subtracting from
/// each new one its components along all earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reorthogonalisation {
    /// Once, and again where more than nine tenths of the vector cancel. Beside
    /// outliers far above the bulk some orthogonality is lost, about half of the
    /// digits at a ratio of $10^6$.
    Adaptive,
    /// Always twice, which leaves them orthogonal to rounding.
    #[default]
    Twice,
}

impl Reorthogonalisation {
    /// As a number that processes can compare.
    pub(crate) fn number(self) -> (&'static str, f64) {
        let passes = match self {
            Self::Adaptive => 1.0,
            Self::Twice => 2.0,
        };
        ("passes of reorthogonalisation", passes)
    }

    /// What files call it, whatever the code does.
    pub(crate) fn stored_name(self) -> &'static str {
        match self {
            Self::Adaptive => "Full",
            Self::Twice => "TwoPass",
        }
    }
}
