//! A table of one's own density.

use num_complex::Complex64;

use super::stretch::Stretch;
use super::{Atom, TabulatedLaw, tolerance};
use crate::numerics::piece::Accuracy;
use crate::{Error, arguments};

impl TabulatedLaw {
    /// Tabulates the law with density `f` on `intervals`, and `atoms`.
    ///
    /// Between the ends of an interval f has to be smooth; at an end it may vanish like a
    /// square root, jump, or grow like an inverse square root. Where it is singular in
    /// between, two intervals meet. `tolerance`, between 1e-13 and 1e-3, is that of the
    /// table relative to the largest density nearby. Edges are
    /// [`EdgeKind::Unclassified`](super::EdgeKind::Unclassified).
    ///
    /// # Errors
    /// [`Error::InvalidEntry`] for intervals (their ends counted one after the other) that
    /// are not within $[0, \infty)$, ascending,
    /// and apart or touching, and for atoms at negative locations or without mass;
    /// [`Error::InvalidValue`] where f is negative or not finite;
    /// [`Error::Inconsistent`] unless the masses sum to 1 (to 1e-9, or ten times the
    /// tolerance); [`Error::NotConverged`] where 1000 pieces do not resolve f.
    ///
    /// # Complexity
    /// Some hundred evaluations of f for each interval, on all threads.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::f64::consts::PI;
    /// use ntk_spectrum::law::{GeneralizedMarchenkoPastur, SpectralLaw, TabulatedLaw};
    ///
    /// // The semicircle on [0, 4], and a sample covariance law over it.
    /// let density = |x: f64| (x * (4.0 - x)).max(0.0).sqrt() / (2.0 * PI);
    /// let semicircle = TabulatedLaw::from_density(density, &[(0.0, 4.0)], &[], 1e-10)?;
    /// assert!((semicircle.moment(2)? - 5.0).abs() < 1e-10);
    /// let law = GeneralizedMarchenkoPastur::new(0.5, semicircle)?;
    /// assert!((law.variance()? - 0.5 * 5.0).abs() < 1e-9);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_density(
        f: impl Fn(f64) -> f64 + Sync,
        intervals: &[(f64, f64)],
        atoms: &[Atom],
        tolerance: f64,
    ) -> Result<Self, Error> {
        let tolerance = tolerance::check(tolerance)?;
        let stretches = stretches(intervals)?;
        let locations = atoms.iter().map(|atom| &atom.location);
        let valid = |t: f64| t >= 0.0 && t.is_finite();
        arguments::entries("locations of atoms", locations, valid, "a finite number, at least 0")?;
        let masses = atoms.iter().map(|atom| &atom.mass);
        let valid = |mass: f64| mass > 0.0 && mass <= 1.0;
        arguments::entries("masses of atoms", masses, valid, "a number in (0, 1]")?;
        let accuracy = Accuracy { relative: tolerance, mass: 1e-3 * tolerance, counted: &[] };
        let table = Self::tabulate(&stretches, atoms.to_vec(), accuracy, &|point, _| {
            let x = point.x();
            let value = f(x);
            if value >= 0.0 && value.is_finite() {
                return Ok((value, Complex64::ZERO));
            }
            let allowed = "a finite number, at least 0, inside the intervals";
            Err(Error::InvalidValue { function: "the density", at: x, value, allowed })
        })?;
        tolerance::consistent("the mass of the law", 1.0, table.total_mass(), tolerance)?;
        Ok(table)
    }
}

/// The intervals, those that touch put together with a break between them.
fn stretches(intervals: &[(f64, f64)]) -> Result<Vec<Stretch>, Error> {
    let ends: Vec<f64> = intervals.iter().flat_map(|interval| [interval.0, interval.1]).collect();
    let ascending = |index: usize| {
        let (previous, end) =
            (index.checked_sub(1).map_or(0.0, |before| ends[before]), ends[index]);
        // An interval has a length; two may touch.
        end.is_finite() && if index % 2 == 1 { end > previous } else { end >= previous }
    };
    if let Some(index) = (0..ends.len()).find(|index| !ascending(*index)) {
        let allowed = "a finite number, at least 0, not below the end before it";
        return Err(Error::InvalidEntry {
            name: "ends of intervals",
            index,
            value: ends[index],
            allowed,
        });
    }
    let mut stretches = Vec::new();
    for &(lower, upper) in intervals {
        Stretch::extend(&mut stretches, lower, upper);
    }
    Ok(stretches)
}
