//! What the processes that share an operator agree on before they go on.

use super::SymmetricOperator;
use crate::Error;
use crate::observer::{Stage, Tracker, Watch};

/// The outcome of something that every process has done by itself. An error of one
/// is an error of all, [`Error::OtherRankFailed`] on those that did not fail.
pub(crate) fn agree<T>(
    operator: &dyn SymmetricOperator,
    outcome: Result<T, Error>,
) -> Result<T, Error> {
    let table = operator.gather_over_ranks(&[failure(&outcome)])?;
    let outcome = outcome?;
    others(&table)?;
    Ok(outcome)
}

/// 1 for an error.
pub(super) fn failure<T>(outcome: &Result<T, Error>) -> f64 {
    f64::from(u8::from(outcome.is_err()))
}

/// The error of a process that did not fail itself, when one of them did; the
/// table has [`failure`] in its first column.
pub(super) fn others(table: &[Vec<f64>]) -> Result<(), Error> {
    match table.iter().position(|row| row[0] != 0.0) {
        Some(rank) => Err(Error::OtherRankFailed { rank }),
        None => Ok(()),
    }
}

/// Checks that numbers are the same on all processes.
pub(crate) fn same_everywhere(
    operator: &dyn SymmetricOperator,
    numbers: &[(&'static str, f64)],
) -> Result<(), Error> {
    let values: Vec<f64> = numbers.iter().map(|(_, value)| *value).collect();
    agreeing(&operator.gather_over_ranks(&values)?, numbers.iter().map(|(what, _)| *what))
}

/// Checks that the rows of a table are the same; `names` are its columns.
pub(super) fn agreeing(
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
pub(crate) fn seed(seed: u64) -> [(&'static str, f64); 2] {
    [("seed", seed as f64), ("the last 32 bits of the seed", f64::from(seed as u32))]
}

/// Announces `total` Lanczos steps; an observer of one process that ends them ends
/// the work of all.
pub(crate) fn start<'w>(
    watch: &'w Watch,
    total: usize,
    operator: &dyn SymmetricOperator,
) -> Result<Tracker<'w>, Error> {
    let stage = Stage::Lanczos;
    match agree(operator, watch.start(stage, total)) {
        Err(Error::OtherRankFailed { .. }) => {
            Err(Error::Cancelled { stage: stage.words(), done: 0, total })
        }
        started => started,
    }
}

/// Counts a step; one process that was cancelled ends the work of all.
pub(crate) fn step(tracker: &Tracker<'_>, operator: &dyn SymmetricOperator) -> Result<(), Error> {
    match agree(operator, tracker.step()) {
        Err(Error::OtherRankFailed { .. }) => Err(tracker.cancelled()),
        counted => counted,
    }
}
