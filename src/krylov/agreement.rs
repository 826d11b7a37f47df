//! What the processes of a layout agree on before they go on.

use super::layout::Layout;
use crate::Error;
use crate::observer::Stage;
use crate::watch::{Tracker, Watch};

/// A name with its number.
pub(crate) type Named = (&'static str, f64);

impl Layout<'_> {
    /// The outcome of something that every process has done by itself. An error of one
    /// is an error of all, [`Error::OtherRankFailed`] on those that did not fail.
    pub(crate) fn agree<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        self.agree_with(outcome, |_| Vec::new()).map(|(value, _)| value)
    }

    /// The same, with some numbers of every process, in the order of their ranks.
    pub(crate) fn agree_with<T>(
        &self,
        outcome: Result<T, Error>,
        numbers: impl Fn(Option<&T>) -> Vec<f64>,
    ) -> Result<(T, Vec<Vec<f64>>), Error> {
        let mut row = numbers(outcome.as_ref().ok());
        row.insert(0, f64::from(u8::from(outcome.is_err())));
        let mut table = self.gather(&row)?;
        let value = outcome?;
        if let Some(rank) = table.iter().position(|row| row[0] != 0.0) {
            return Err(Error::OtherRankFailed { rank });
        }
        table.iter_mut().for_each(|row| _ = row.remove(0));
        Ok((value, table))
    }

    /// Checks that numbers are the same on all processes.
    pub(crate) fn same_everywhere(&self, numbers: &[Named]) -> Result<(), Error> {
        let values: Vec<f64> = numbers.iter().map(|(_, value)| *value).collect();
        same(&self.gather(&values)?, numbers.iter().map(|(what, _)| *what))
    }

    /// Announces `total` Lanczos steps, as [`announce`](Self::announce).
    pub(crate) fn start<'w>(&self, watch: &'w Watch, total: usize) -> Result<Tracker<'w>, Error> {
        self.announce(Stage::Lanczos, watch, total)
    }

    /// Announces `total` steps; an observer of one process that ends them ends the work of
    /// all.
    pub(crate) fn announce<'w>(
        &self,
        stage: Stage,
        watch: &'w Watch,
        total: usize,
    ) -> Result<Tracker<'w>, Error> {
        match self.agree(watch.start(stage, total)) {
            Err(Error::OtherRankFailed { .. }) => Err(Error::Cancelled { stage, done: 0, total }),
            started => started,
        }
    }

    /// Counts a step; one process that was cancelled ends the work of all.
    pub(crate) fn step(&self, tracker: &Tracker<'_>) -> Result<(), Error> {
        match self.agree(tracker.step()) {
            Err(Error::OtherRankFailed { .. }) => Err(tracker.cancelled()),
            counted => counted,
        }
    }
}

/// Checks that the rows of a table are the same; `names` are its columns.
pub(crate) fn same(
    table: &[Vec<f64>],
    names: impl Iterator<Item = &'static str>,
) -> Result<(), Error> {
    for (column, what) in names.enumerate() {
        let expected = table[0][column];
        let differs = |row: &Vec<f64>| row[column].to_bits() != expected.to_bits();
        if let Some(rank) = table.iter().position(differs) {
            return Err(Error::RanksDisagree { what, rank, value: table[rank][column], expected });
        }
    }
    Ok(())
}

/// A seed as numbers that processes can compare.
pub(crate) fn seed(seed: u64) -> [Named; 2] {
    [("seed", seed as f64), ("the last 32 bits of the seed", f64::from(seed as u32))]
}
