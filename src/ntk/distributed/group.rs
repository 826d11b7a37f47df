//! `Group`: processes that compute together.

use std::fmt::Debug;
use std::ops::Range;

use crate::Error;

/// Processes that run the same program on parts of the same problem.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::ntk::distributed::{Alone, Group};
///
/// assert_eq!((Alone.rank(), Alone.ranks()), (0, 1));
/// assert_eq!(Alone.share(1000), 0..1000);
/// ```
pub trait Group: Debug {
    /// The number of this process, from 0.
    fn rank(&self) -> usize;

    /// The number of processes.
    fn ranks(&self) -> usize;

    /// Replaces each number by its sum over the processes, the same bits on each.
    /// All processes call it with as many numbers.
    ///
    /// # Errors
    /// When the processes cannot be reached.
    fn sum(&self, values: &mut [f64]) -> Result<(), Error>;

    /// The rows of `n` that fall to this process when all get as many, up to one.
    fn share(&self, n: usize) -> Range<usize> {
        let bound = |rank: usize| (n as u128 * rank as u128 / self.ranks() as u128) as usize;
        bound(self.rank())..bound(self.rank() + 1)
    }
}

impl<G: Group + ?Sized> Group for &G {
    fn rank(&self) -> usize {
        (**self).rank()
    }

    fn ranks(&self) -> usize {
        (**self).ranks()
    }

    fn sum(&self, values: &mut [f64]) -> Result<(), Error> {
        (**self).sum(values)
    }
}

/// One process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Alone;

impl Group for Alone {
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

/// The numbers of every process, one row for each, on every process.
pub(in crate::ntk) fn gather(group: &dyn Group, numbers: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
    let mut table = vec![0.0; group.ranks() * numbers.len()];
    let start = group.rank() * numbers.len();
    table[start..start + numbers.len()].copy_from_slice(numbers);
    group.sum(&mut table)?;
    Ok(table.chunks(numbers.len().max(1)).map(<[f64]>::to_vec).collect())
}
