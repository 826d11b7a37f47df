//! Watching long work, and ending it early.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Error;

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
    /// In words: "building the kernel", for instance.
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
pub struct Progress {
    /// The stage.
    pub stage: Stage,
    /// Steps done, from 0 to `total`.
    pub done: usize,
    /// Steps in all.
    pub total: usize,
}

/// Someone who is told how far long work is, and may end it.
///
/// A stage calls with `done` = 0 before its work and once after each step, from
/// whichever thread did the step: every value of `done` comes once, but not
/// always in order. `ControlFlow::Break` ends the work with [`Error::Cancelled`];
/// steps under way on other threads are finished first. What is computed does
/// not depend on the observer.
///
/// Closures are observers, so is an `Arc` of one (to share it), and `()` is the
/// one that does nothing.
///
/// # Examples
///
/// ```
/// use std::ops::ControlFlow;
/// use ntk_spectrum::Error;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::observer::Progress;
///
/// let impatient = |progress: Progress| match progress.done {
///     0..3 => ControlFlow::Continue(()),
///     _ => ControlFlow::Break(()),
/// };
/// let ensemble = TwoLayerEnsemble::new(1000, 8, 8, Relu).with_observer(impatient);
/// assert!(matches!(ensemble.sample(), Err(Error::Cancelled { .. })));
/// ```
pub trait Observer: Send + Sync {
    /// Takes note; `Break` ends the work.
    fn observe(&self, progress: Progress) -> ControlFlow<()>;
}

impl<F: Fn(Progress) -> ControlFlow<()> + Send + Sync> Observer for F {
    fn observe(&self, progress: Progress) -> ControlFlow<()> {
        self(progress)
    }
}

impl Observer for () {
    fn observe(&self, _: Progress) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

impl<T: Observer + ?Sized> Observer for Arc<T> {
    fn observe(&self, progress: Progress) -> ControlFlow<()> {
        (**self).observe(progress)
    }
}

/// The observer of a configuration; nobody by default.
#[derive(Clone)]
pub(crate) struct Watch(Arc<dyn Observer>);

impl Watch {
    pub(crate) fn new(observer: impl Observer + 'static) -> Self {
        Self(Arc::new(observer))
    }

    /// Announces a stage of `total` steps.
    pub(crate) fn start(&self, stage: Stage, total: usize) -> Result<Tracker<'_>, Error> {
        let done = AtomicUsize::new(0);
        let cancelled = AtomicUsize::new(RUNNING);
        let tracker = Tracker { observer: &*self.0, stage, total, done, cancelled };
        tracker.report(0)?;
        Ok(tracker)
    }
}

impl Observer for Watch {
    fn observe(&self, progress: Progress) -> ControlFlow<()> {
        self.0.observe(progress)
    }
}

impl Default for Watch {
    fn default() -> Self {
        Self::new(())
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

/// Not cancelled.
const RUNNING: usize = usize::MAX;

/// Counts the steps of one stage, on any number of threads.
pub(crate) struct Tracker<'a> {
    observer: &'a dyn Observer,
    stage: Stage,
    total: usize,
    done: AtomicUsize,
    /// The step after which the observer ended the work.
    cancelled: AtomicUsize,
}

impl Tracker<'_> {
    /// To be called before a step: an error once the observer has ended the work.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.cancelled.load(Ordering::Relaxed) {
            RUNNING => Ok(()),
            done => Err(Error::Cancelled { stage: self.stage.words(), done, total: self.total }),
        }
    }

    /// To be called after a step.
    pub(crate) fn step(&self) -> Result<(), Error> {
        self.report(self.done.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// The error of work that was ended elsewhere.
    pub(crate) fn cancelled(&self) -> Error {
        let done = self.done.load(Ordering::Relaxed);
        Error::Cancelled { stage: self.stage.words(), done, total: self.total }
    }

    fn report(&self, done: usize) -> Result<(), Error> {
        let progress = Progress { stage: self.stage, done, total: self.total };
        if self.observer.observe(progress).is_break() {
            let _ = self.cancelled.compare_exchange(
                RUNNING,
                done,
                Ordering::Relaxed,
                Ordering::Relaxed,
            );
        }
        self.check()
    }
}
