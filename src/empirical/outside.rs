//! `Outside`: eigenvalues where the law has none.

use crate::law::TabulatedLaw;

/// What counts as outside the support, in units of its upper end: rounding does not.
const ROUNDING: f64 = 1e-9;

/// Eigenvalues of the bulk outside the support of the law.
///
/// A kernel of the model has some: its largest and smallest ones fluctuate about the ends of
/// the support, and finite size moves these.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Outside {
    /// How many.
    pub count: usize,
    /// The one that is the farthest from the support; 0 without any.
    pub farthest: f64,
    /// Its distance from the support, over the upper end of that.
    pub distance: f64,
}

impl Outside {
    /// Of these eigenvalues, against the intervals and atoms of a law.
    pub(super) fn of<'a>(bulk: impl IntoIterator<Item = &'a f64>, law: &TabulatedLaw) -> Self {
        let intervals = law.support().iter().map(|i| (i.lower.location, i.upper.location));
        // Zeros are no part of the bulk.
        let positive = law.atoms().iter().filter(|atom| atom.location > 0.0);
        let atoms = positive.map(|atom| (atom.location, atom.location));
        let support: Vec<(f64, f64)> = intervals.chain(atoms).collect();
        let end = law.upper_end();
        let mut outside = Self::default();
        for &value in bulk {
            let away = |(lower, upper): &(f64, f64)| (lower - value).max(value - upper).max(0.0);
            let distance = support.iter().map(away).fold(f64::INFINITY, f64::min) / end;
            if distance > ROUNDING {
                outside.count += 1;
                if distance > outside.distance {
                    outside = Self { farthest: value, distance, ..outside };
                }
            }
        }
        outside
    }
}
