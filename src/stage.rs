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
    /// Steps of conjugate gradients, one product with a vector each, at most.
    ConjugateGradients,
    /// The parameters of a teacher are drawn, and its targets, counted in blocks.
    Targets,
    /// The population law ν of a limit is solved for, counted in points at which its
    /// equations are; how many there will be is not known beforehand.
    PopulationLaw,
    /// The law μ over a population law is solved for, counted likewise.
    Law,
    /// The law at finite size is solved for, counted likewise.
    FiniteLaw,
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
            Self::ConjugateGradients => "solving by conjugate gradients",
            Self::Targets => "drawing targets",
            Self::PopulationLaw => "solving for the population law",
            Self::Law => "solving for the law over a population law",
            Self::FiniteLaw => "solving for the law at finite size",
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
    /// Steps in all; [`UNKNOWN`](Self::UNKNOWN) where work ends when it is good enough.
    pub total: usize,
}

impl Progress {
    /// The `total` of work whose steps are not known beforehand: the largest number there is.
    pub const UNKNOWN: usize = usize::MAX;

    /// Returns `done`/`total`, if the total is known.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// use ntk_spectrum::observer::Progress;
    ///
    /// let told = |progress: Progress| {
    ///     match progress.fraction() {
    ///         Some(share) => println!("{}: {:.0} %", progress.stage.words(), 100.0 * share),
    ///         None => println!("{}: {} steps", progress.stage.words(), progress.done),
    ///     }
    ///     ControlFlow::Continue(())
    /// };
    /// # let _: &dyn ntk_spectrum::observer::Observer = &told;
    /// ```
    #[must_use]
    pub fn fraction(self) -> Option<f64> {
        match self.total {
            Self::UNKNOWN => None,
            // Nothing to do is done.
            0 => Some(1.0),
            total => Some(self.done as f64 / total as f64),
        }
    }
}

/// The words " of `total`", for messages; none where it is not known.
pub(crate) fn of_total(total: usize) -> String {
    match total {
        Progress::UNKNOWN => String::new(),
        total => format!(" of {total}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fraction_of_what_is_known() {
        let of = |done, total| Progress { stage: Stage::Law, done, total }.fraction();
        assert_eq!(of(3, 4), Some(0.75));
        assert_eq!(of(0, 0), Some(1.0));
        assert_eq!(of(7, Progress::UNKNOWN), None);
    }
}
