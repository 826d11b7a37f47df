//! Independent work on all threads.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

use crate::{Error, threads};

/// Maps the items on as many threads as rayon's pool has; results in order.
///
/// Threads of its own and not the pool's: a pool's worker that waits here
/// could be handed another query of the very law that is being solved, and would
/// wait for itself. Whatever number of callers there is, together they start no more than
/// the pool has; a caller that gets none works alone.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, Error> + Sync,
) -> Result<Vec<R>, Error> {
    let most = items.len() / 2;
    if most < 2 {
        return items.iter().map(work).collect();
    }
    let helpers = threads::count() - 1;
    let next = AtomicUsize::new(0);
    let run = &|| {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(index) else { return done };
            done.push((index, work(item)));
        }
    };
    let mut results: Vec<(usize, Result<R, Error>)> = std::thread::scope(|scope| {
        let mut workers = Vec::new();
        while workers.len() + 1 < most
            && let Some(helper) = Helper::one_of(helpers)
        {
            let started = Builder::new().spawn_scoped(scope, move || {
                let _counted = helper;
                run()
            });
            match started {
                Ok(worker) => workers.push(worker),
                // The operating system has no more.
                Err(_) => break,
            }
        }
        let mut results = run();
        for worker in workers {
            // A panic of the work is one of the caller, as on one thread.
            results.extend(worker.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        results
    });
    results.sort_by_key(|r| r.0);
    results.into_iter().map(|r| r.1).collect()
}

/// Threads that were started here and have not ended.
static HELPERS: AtomicUsize = AtomicUsize::new(0);

/// One of them.
struct Helper;

impl Helper {
    /// One more, unless there are as many as there may be.
    fn one_of(most: usize) -> Option<Self> {
        let add = |running| (running < most).then_some(running + 1);
        HELPERS.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add).ok().map(|_| Self)
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        HELPERS.fetch_sub(1, Ordering::Relaxed);
    }
}
