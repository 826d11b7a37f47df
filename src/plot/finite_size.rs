//! A law at finite size in a picture.

use super::colour::GREEN;
use super::line::Line;
use super::scene::{Dash, Stroke};
use crate::Error;
use crate::law::TabulatedLaw;
use crate::spectrum::SmoothedLaw;

/// Its line, and that of the limit over it.
const BOLD: f64 = 4.5;
const THIN: f64 = 1.2;

/// Of a law that is shown without a sample, the masses that lie below and above what is shown.
const TAIL: f64 = 1e-3;

/// A law at finite size, solved.
#[derive(Debug, Clone, Copy)]
pub(super) struct FiniteSize<'a> {
    pub(super) table: &'a TabulatedLaw,
}

impl<'a> FiniteSize<'a> {
    pub(super) const NAME: &'static str = "finite size";
    pub(super) const STROKE: Stroke = Stroke { colour: GREEN, width: BOLD, dash: Dash::None };

    pub(super) fn new(law: &'a impl SmoothedLaw) -> Result<Self, Error> {
        Ok(Self { table: law.smoothed()? })
    }

    /// How the limit is drawn beside it.
    pub(super) fn limit() -> Line {
        Line::thin("limit", THIN)
    }

    /// From where to where it has nearly all of its mass off 0.
    pub(super) fn range(&self) -> (f64, f64) {
        let mass = self.table.mass_off_zero();
        let atom = 1.0 - mass;
        let quantile = |q: f64| self.table.quantile((atom + q * mass).min(1.0));
        (quantile(TAIL), quantile(1.0 - TAIL))
    }
}
