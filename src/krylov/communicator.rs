//! `Communicator`: processes that compute together.

use std::fmt::Debug;
use std::ops::Range;
use std::sync::Arc;

use crate::Error;
use crate::forward::forward;

/// Processes that run the same program on parts of the same problem.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::krylov::{Communicator, SingleProcess};
///
/// assert_eq!((SingleProcess.rank(), SingleProcess.ranks()), (0, 1));
/// assert_eq!(SingleProcess.share(1000), 0..1000);
/// ```
#[doc(alias = "MPI")]
pub trait Communicator: Debug {
    /// Returns the number of this process, from 0.
    fn rank(&self) -> usize;

    /// Returns the number of processes.
    fn ranks(&self) -> usize;

    /// Replaces each number by its sum over the processes, the same bits on each.
    /// All processes call it with as many numbers.
    ///
    /// # Errors
    /// When the processes cannot be reached.
    fn sum(&self, values: &mut [f64]) -> Result<(), Error>;

    /// Returns the rows of `n` that fall to this process when all get as many, up to
    /// one.
    fn share(&self, n: usize) -> Range<usize> {
        // One that is no process of its communicator gets the last rows here, and an error
        // of everything that is computed together.
        let ranks = self.ranks().max(1);
        let rank = self.rank().min(ranks - 1);
        let bound = |rank: usize| (n as u128 * rank as u128 / ranks as u128) as usize;
        bound(rank)..bound(rank + 1)
    }
}

forward! {
    Communicator for [&T, Box<T>, Arc<T>] {
        fn rank(&self) -> usize;
        fn ranks(&self) -> usize;
        fn sum(&self, values: &mut [f64]) -> Result<(), Error>;
        fn share(&self, n: usize) -> Range<usize>;
    }
}

/// One process, all by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SingleProcess;

impl Communicator for SingleProcess {
    fn rank(&self) -> usize {
        0
    }

    fn ranks(&self) -> usize {
        1
    }

    fn sum(&self, _: &mut [f64]) -> Result<(), Error> {
        Ok(())
    }
}
