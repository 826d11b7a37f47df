//! Matrices and lists whose size comes from the caller.

use std::hint::black_box;

use ndarray::Array2;

use crate::Error;

/// Bytes that one dense matrix may take unless the caller says otherwise: 16 GiB.
pub(crate) const DEFAULT_LIMIT: u64 = 16 << 30;

/// Bytes of a matrix of `f64`, or [`Error::MemoryLimit`] if they exceed `limit`
/// or the address space.
pub(crate) fn check(
    what: &'static str,
    rows: usize,
    columns: usize,
    limit: u64,
) -> Result<(), Error> {
    let bytes = (rows as u128).saturating_mul(columns as u128).saturating_mul(8);
    let limit = limit.min(isize::MAX as u64);
    if bytes <= u128::from(limit) {
        return Ok(());
    }
    Err(Error::MemoryLimit { what, rows, columns, bytes, limit })
}

/// A matrix of zeros whose pages are not touched yet: threads that write it
/// first share the cost of them.
pub(crate) fn zeros(
    what: &'static str,
    rows: usize,
    columns: usize,
    limit: u64,
) -> Result<Array2<f64>, Error> {
    // Array2::zeros aborts where memory is short, so the allocator is asked
    // before, in a way that touches nothing.
    drop(black_box(reserved(what, rows, columns, limit)?));
    Ok(Array2::zeros((rows, columns)))
}

/// An empty list with room for so many numbers.
pub(crate) fn room(what: &'static str, length: usize, limit: u64) -> Result<Vec<f64>, Error> {
    reserved(what, length, 1, limit)
}

fn reserved(
    what: &'static str,
    rows: usize,
    columns: usize,
    limit: u64,
) -> Result<Vec<f64>, Error> {
    check(what, rows, columns, limit)?;
    let mut room = Vec::new();
    room.try_reserve_exact(rows * columns).map_err(|_| Error::OutOfMemory {
        what,
        rows,
        columns,
    })?;
    Ok(room)
}
