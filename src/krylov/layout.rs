//! `Layout`: what each process holds of a vector, and what follows for its sums.

use std::ops::{Range, RangeInclusive};

use super::communicator::{Communicator, SingleProcess};
use crate::linalg::vectors::{largest, overlaps, power_of_two, square};
use crate::{Error, arguments, memory};

/// Sums of squares outside may have lost digits, or all of them, to the limits of the
/// exponent. Inside, a square that underflows is too small to matter.
const SAFE_SQUARES: RangeInclusive<f64> = 1e-250..=1e250;

/// What this process holds of the vectors that an operator acts on, and the processes
/// that hold the rest.
///
/// Vectors are *spread*, each process holding some of the rows, or *replicated*: every
/// process holds all of them, and computes the same with them. Inner products of
/// spread vectors are sums over the processes; of replicated ones every process has
/// them already. Either way processes can compare numbers that each has by itself
/// ([`gather`](Self::gather)).
///
/// An operator of one process need not mention its layout:
/// [`SymmetricOperator::layout`](super::SymmetricOperator::layout) is then
/// [`single`](Self::single).
///
/// # Examples
///
/// ```
/// use ntk_spectrum::krylov::{Layout, SingleProcess};
///
/// let layout = Layout::spread(&SingleProcess, 0..4);
/// assert_eq!(layout.rows(), 0..4);
/// assert_eq!(layout.inner_products(&[vec![1.0, 2.0, 3.0, 4.0]], &[1.0; 4])?, [10.0]);
/// assert_eq!(layout.norm(&[3.0, 0.0, 0.0, 4.0])?, 5.0);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Layout<'a> {
    communicator: &'a dyn Communicator,
    rows: Range<usize>,
    replicated: bool,
}

impl<'a> Layout<'a> {
    /// Puts whole vectors of `size` entries on one process.
    #[must_use]
    pub fn single(size: usize) -> Self {
        Self::replicated(&SingleProcess, size)
    }

    /// Spreads vectors over the processes of `communicator`, of which this one holds
    /// `rows`; those of the processes follow each other in the order of their ranks.
    #[must_use]
    pub fn spread(communicator: &'a dyn Communicator, rows: Range<usize>) -> Self {
        Self { communicator, rows, replicated: false }
    }

    /// Puts whole vectors of `size` entries on every process of `communicator`.
    #[must_use]
    pub fn replicated(communicator: &'a dyn Communicator, size: usize) -> Self {
        Self { communicator, rows: 0..size, replicated: true }
    }

    /// Returns the rows of vectors that this process holds.
    #[must_use]
    pub fn rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    /// Returns whether every process holds whole vectors.
    #[must_use]
    pub fn is_replicated(&self) -> bool {
        self.replicated
    }

    /// Adds up what belongs to vectors: replaces each number, a sum over the rows of
    /// this process, by the sum over all rows, the same bits on each process.
    ///
    /// # Errors
    /// Whatever the communicator fails with.
    pub fn sum(&self, partial: &mut [f64]) -> Result<(), Error> {
        if self.replicated { Ok(()) } else { self.communicator.sum(partial) }
    }

    /// Returns the inner products $\langle v_k, w \rangle$ of some vectors with w, of
    /// each the rows of this process.
    ///
    /// # Errors
    /// Whatever the communicator fails with.
    pub fn inner_products<V: AsRef<[f64]> + Sync>(
        &self,
        vectors: &[V],
        w: &[f64],
    ) -> Result<Vec<f64>, Error> {
        let mut products = overlaps(vectors, w);
        self.sum(&mut products)?;
        Ok(products)
    }

    /// Returns the length $|w|$ of a vector, right wherever it is a number that there is:
    /// squares that would overflow or underflow are those of a scaled vector.
    ///
    /// # Errors
    /// Whatever the communicator fails with.
    pub fn norm(&self, w: &[f64]) -> Result<f64, Error> {
        let mut sum = [square(w)];
        self.sum(&mut sum)?;
        if SAFE_SQUARES.contains(&sum[0]) || sum[0].is_nan() {
            return Ok(sum[0].sqrt());
        }
        // All processes come here, since all have the same sum.
        let largest = self.largest(w)?;
        if largest == 0.0 || largest == f64::INFINITY {
            return Ok(largest);
        }
        let scale = power_of_two(largest);
        let scaled: Vec<f64> = w.iter().map(|entry| entry / scale).collect();
        let mut sum = [square(&scaled)];
        self.sum(&mut sum)?;
        Ok(scale * sum[0].sqrt())
    }

    /// The largest absolute value of a vector's entries.
    fn largest(&self, w: &[f64]) -> Result<f64, Error> {
        let mine = largest(w);
        if self.replicated {
            return Ok(mine);
        }
        Ok(self.gather(&[mine])?.into_iter().flatten().fold(0.0, f64::max))
    }

    /// Returns numbers that each process has by itself, as many on each: those of
    /// every process, in the order of their ranks, on all of them.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for a communicator of no processes, or whose rank is not among
    /// them, [`Error::InvalidValue`] for one that does not add up;
    /// whatever the communicator fails with.
    pub fn gather(&self, numbers: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
        let (rank, ranks) = (self.communicator.rank(), self.communicator.ranks());
        arguments::size("the number of processes", ranks)?;
        arguments::size_if("the rank", rank, rank < ranks, "below the number of processes")?;
        let width = numbers.len();
        let table = memory::zeros("a table of all processes", ranks, width, memory::DEFAULT_LIMIT)?;
        let mut table = table.into_raw_vec_and_offset().0;
        table[rank * width..][..width].copy_from_slice(numbers);
        self.communicator.sum(&mut table)?;
        // Everybody else has added zeros to them.
        for (&value, &expected) in table[rank * width..].iter().zip(numbers) {
            if value != expected && !(value.is_nan() && expected.is_nan()) {
                let function = "the sum over the processes";
                let allowed = "the number itself, to which all others add 0";
                return Err(Error::InvalidValue { function, at: expected, value, allowed });
            }
        }
        Ok((0..ranks).map(|rank| table[rank * width..][..width].to_vec()).collect())
    }

    /// Checks that the processes hold the vectors of an operator of this size: whole ones,
    /// or rows that follow each other.
    pub(crate) fn check(&self, size: usize) -> Result<(), Error> {
        let rows = [self.rows.start, self.rows.end].map(|row| row as f64);
        let mut reached = 0.0;
        let table = self.gather(&rows)?;
        let last = table.len() - 1;
        for (rank, row) in table.iter().enumerate() {
            let (start, end) = (row[0], row[1]);
            let begin = if self.replicated { 0.0 } else { reached };
            let ends = self.replicated || rank == last;
            let end_is_right = end >= start && (!ends || end == size as f64);
            let (name, found, expected) = match start == begin {
                true if end_is_right => {
                    reached = end;
                    continue;
                }
                true => ("the end of the rows of a process", end, size),
                false => ("the start of the rows of a process", start, begin as usize),
            };
            let reason = "for the rows of the operator, one process after the other";
            arguments::same_size(name, found as usize, expected, reason)?;
        }
        Ok(())
    }

    /// Checks that `count` vectors fit into `limit` bytes on every process.
    pub(crate) fn check_memory(&self, count: usize, limit: u64) -> Result<(), Error> {
        let fits = memory::check("the Lanczos vectors", self.rows.len(), count, limit);
        self.agree(fits)
    }
}
