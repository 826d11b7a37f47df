//! Errors at places: what is accepted, and where axes put them.

use ndarray::ArrayView1;

use super::axis::Scale;
use crate::{Error, arguments};

/// The largest number that leaves room for the margins of an axis.
const LARGEST: f64 = 1e300;

const PLACE: &str = "a number from -1e300 to 1e300";
const ERROR: &str = "a number from 0 to 1e300";

pub(super) fn check_places(
    x: ArrayView1<'_, f64>,
    errors: usize,
    name: &'static str,
) -> Result<(), Error> {
    arguments::non_empty("x", x.len())?;
    arguments::same_size(name, errors, x.len(), "one for each place x")?;
    arguments::entries("x", x, |x| x.abs() <= LARGEST, PLACE)
}

pub(super) fn check_errors<'e>(
    name: &'static str,
    errors: impl IntoIterator<Item = &'e f64>,
) -> Result<(), Error> {
    arguments::entries(name, errors, |e| (0.0..=LARGEST).contains(&e), ERROR)
}

pub(super) fn check_point((x, error): (f64, f64)) -> Result<(), Error> {
    arguments::within("x", x, -LARGEST..=LARGEST, PLACE)?;
    arguments::within("error", error, 0.0..=LARGEST, ERROR)?;
    Ok(())
}

/// The scales of two axes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plane {
    pub(super) x: Scale,
    pub(super) error: Scale,
}

impl Plane {
    /// A point in the drawn variables; none where an axis has no place for it.
    pub(super) fn place(self, (x, error): (f64, f64)) -> Option<(f64, f64)> {
        let (u, v) = (self.x.place(x), self.error.place(error));
        (u.is_finite() && v.is_finite()).then_some((u, v))
    }

    /// A line in the drawn variables, in pieces where an axis has no place for some of it.
    pub(super) fn pieces(
        self,
        points: &[(f64, f64)],
        name: &str,
    ) -> Result<Vec<Vec<(f64, f64)>>, Error> {
        let placed: Vec<Option<(f64, f64)>> = points.iter().map(|p| self.place(*p)).collect();
        let pieces = placed.split(Option::is_none).filter(|piece| piece.len() > 1);
        let pieces: Vec<Vec<_>> = pieces.map(|p| p.iter().flatten().copied().collect()).collect();
        if pieces.is_empty() { Err(nothing_positive(name)) } else { Ok(pieces) }
    }
}

pub(super) fn nothing_positive(name: &str) -> Error {
    let reason = format!("a logarithmic axis has nothing above 0 to show of \"{name}\"");
    Error::NotDrawn { reason }
}

/// The smallest and the largest of some numbers.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent(pub(super) f64, pub(super) f64);

impl Extent {
    pub(super) const NONE: Self = Self(f64::INFINITY, f64::NEG_INFINITY);

    pub(super) fn include(&mut self, u: f64) {
        *self = Self(self.0.min(u), self.1.max(u));
    }
}
