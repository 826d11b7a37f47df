//! What is solved for once, kept, and shared by clones.

use std::sync::{Mutex, OnceLock, PoisonError};

use crate::Error;

/// A solution, or the error that there is none.
///
/// Work that an observer ended says nothing of the law: it is not kept, and whoever asks
/// next solves anew.
#[derive(Debug)]
pub(crate) struct Solution<T> {
    kept: OnceLock<Result<T, Error>>,
    /// Held by the one who solves.
    solving: Mutex<()>,
}

impl<T> Default for Solution<T> {
    fn default() -> Self {
        Self { kept: OnceLock::new(), solving: Mutex::new(()) }
    }
}

impl<T> Solution<T> {
    /// Returns what is kept; otherwise solves, and keeps it. Others wait meanwhile.
    #[inline]
    pub(crate) fn get(&self, solve: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
        match self.kept.get() {
            Some(Ok(found)) => Ok(found),
            _ => self.get_first(solve),
        }
    }

    /// The same where there may be nothing yet: apart, so that queries of what is kept are short.
    #[cold]
    fn get_first(&self, solve: impl FnOnce() -> Result<T, Error>) -> Result<&T, Error> {
        // A panic of an observer leaves nothing half-done behind.
        let _alone = self.solving.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = match self.kept.get() {
            Some(kept) => kept,
            None => match solve() {
                Err(cancelled @ Error::Cancelled { .. }) => return Err(cancelled),
                found => self.kept.get_or_init(|| found),
            },
        };
        kept.as_ref().map_err(Clone::clone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::Stage;

    #[test]
    fn errors_are_kept_but_not_that_of_an_observer() {
        let solution = Solution::default();
        let cancelled = || Error::Cancelled { stage: Stage::Law, done: 3, total: 5 };
        assert_eq!(solution.get(|| Err(cancelled())), Err(cancelled()));
        assert_eq!(solution.get(|| Ok(1)), Ok(&1));
        assert_eq!(solution.get(|| Ok(2)), Ok(&1));

        let refused = Error::Inconsistent { identity: "mass", expected: 1.0, found: 2.0 };
        let solution = Solution::default();
        assert_eq!(solution.get(|| Err(refused.clone())), Err::<&i32, _>(refused.clone()));
        assert_eq!(solution.get(|| Ok(1)), Err(refused));
    }
}
