//! Watching long work, and ending it early.

use std::ops::ControlFlow;
use std::sync::Arc;

pub use crate::stage::{Progress, Stage};

/// Someone who is told how far long work is, and may end it.
///
/// A stage calls with `done` = 0 before its work and once after each step, from
/// whichever thread did the step: every value of `done` comes once, but not
/// always in order. `ControlFlow::Break` ends the work with [`Error::Cancelled`](crate::Error::Cancelled);
/// steps under way on other threads are finished first. What is computed does
/// not depend on the observer, which must not ask for what it is told of: it would wait for
/// itself.
///
/// Closures are observers, so is an `Arc` of one (to share it), and `()` is the
/// one that does nothing.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "kernel")] {
/// use std::ops::ControlFlow;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::observer::Progress;
/// use ntk_spectrum::{Dimensions, Error};
///
/// let impatient = |progress: Progress| match progress.done {
///     0..3 => ControlFlow::Continue(()),
///     _ => ControlFlow::Break(()),
/// };
/// let dimensions = Dimensions::new(1000, 8, 8)?;
/// let ensemble = TwoLayerEnsemble::new(dimensions, Relu).with_observer(impatient);
/// assert!(matches!(ensemble.sample(), Err(Error::Cancelled { .. })));
/// # }
/// # Ok::<(), ntk_spectrum::Error>(())
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
