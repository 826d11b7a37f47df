//! The threads that work is done on: those of rayon's pool, and the calling one alone
//! where no other can be started.

use std::error::Error as _;
use std::sync::OnceLock;

use rayon::ThreadPoolBuilder;

/// Makes sure that parallel work of this thread finds a pool. To be called before it: where
/// the operating system refuses threads, rayon itself would panic.
pub(crate) fn ready() {
    if rayon::current_thread_index().is_none() && !global_pool() {
        // A pool of nobody but this thread, which stays in it as long as it lives. An error
        // cannot be: the thread is in no pool, and none is started.
        let _ = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    }
}

/// Returns how many threads the pool of this thread has: by `RAYON_NUM_THREADS`, by the
/// caller's own pool, or one for each processor.
pub(crate) fn count() -> usize {
    ready();
    rayon::current_num_threads()
}

/// Whether there is a pool that all threads share.
fn global_pool() -> bool {
    static POOL: OnceLock<bool> = OnceLock::new();
    *POOL.get_or_init(|| match ThreadPoolBuilder::new().build_global() {
        Ok(()) => true,
        // Without a source: somebody has made it before.
        Err(error) => error.source().is_none(),
    })
}
