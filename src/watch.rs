//! How the crate tells an observer, and hears it.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::Error;
use crate::observer::Observer;
use crate::stage::{Progress, Stage};

/// Not cancelled.
const RUNNING: usize = usize::MAX;

/// The observer of a configuration; nobody by default.
#[derive(Clone)]
pub(crate) struct Watch(Arc<dyn Observer>);

impl Watch {
    pub(crate) fn new(observer: impl Observer + 'static) -> Self {
        Self(Arc::new(observer))
    }

    /// Announces a stage of `total` steps, which may be `Progress::UNKNOWN`.
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
    /// Does a step, unless the observer has ended the work, and tells of it.
    pub(crate) fn count<T>(&self, step: impl FnOnce() -> T) -> Result<T, Error> {
        self.check()?;
        let result = step();
        self.step().map(|()| result)
    }

    /// To be called before a step: an error once the observer has ended the work.
    pub(crate) fn check(&self) -> Result<(), Error> {
        match self.cancelled.load(Ordering::Relaxed) {
            RUNNING => Ok(()),
            done => Err(Error::Cancelled { stage: self.stage, done, total: self.total }),
        }
    }

    /// To be called after a step.
    pub(crate) fn step(&self) -> Result<(), Error> {
        self.report(self.done.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// The error of work that was ended elsewhere.
    pub(crate) fn cancelled(&self) -> Error {
        let done = self.done.load(Ordering::Relaxed);
        Error::Cancelled { stage: self.stage, done, total: self.total }
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
