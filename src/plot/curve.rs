//! Points at which a law is drawn.

use std::f64::consts::PI;

use super::axis::Scale;
use crate::Error;
use crate::empirical::EmpiricalSpectrum;
use crate::law::{SpectralLaw, TabulatedLaw};

/// Points of each family on an interval of the support.
const POINTS: usize = 500;

/// Points for each interval of the support that fill it in the drawn variable
/// and crowd at its ends, where densities bend; the ends themselves included.
/// Up to the end of what is `shown`, and on a logarithmic scale from its beginning on.
pub(super) fn abscissae(law: &TabulatedLaw, scale: Scale, shown: (f64, f64)) -> Vec<Vec<f64>> {
    let intervals = law.support().iter().filter_map(|interval| {
        let (mut lower, mut upper) = (interval.lower.location, interval.upper.location);
        if scale == Scale::Logarithmic {
            lower = lower.max(shown.0);
        }
        upper = upper.min(shown.1);
        (lower < upper).then_some((lower, upper))
    });
    let shares = |k: usize| (0.5 * PI * k as f64 / POINTS as f64).sin().powi(2);
    intervals
        .map(|(lower, upper)| {
            let places = (scale.place(lower), scale.place(upper));
            let mut points: Vec<f64> = (0..=POINTS)
                .flat_map(|k| {
                    let share = shares(k);
                    let drawn = scale.value(places.0 + share * (places.1 - places.0));
                    [lower + share * (upper - lower), drawn]
                })
                .map(|x| x.clamp(lower, upper))
                .collect();
            points.sort_by(f64::total_cmp);
            points.dedup();
            points
        })
        .collect()
}

/// The positive eigenvalues, ascending.
pub(super) fn positive(spectrum: &EmpiricalSpectrum) -> &[f64] {
    above_zero(&spectrum.sorted()[spectrum.zeros()..])
}

/// Without those that rounding has made 0, which have no place on a logarithmic axis.
pub(super) fn above_zero(values: &[f64]) -> &[f64] {
    &values[values.partition_point(|x| *x <= 0.0)..]
}

/// The range of positive numbers that a logarithmic axis has to show: the given
/// values and the support; a support that reaches 0 only as far down as the
/// values do, or the quantile at 1/1000 of the law where there are no values.
pub(super) fn logarithmic_range(
    values: &[f64],
    law: &(impl SpectralLaw + ?Sized),
) -> Result<(f64, f64), Error> {
    let table = law.tabulated()?;
    let atom = 1.0 - table.mass_off_zero();
    let atoms = table.atoms().iter().map(|a| a.location);
    let mut lower = table
        .support()
        .iter()
        .map(|i| i.lower.location)
        .chain(atoms)
        .filter(|x| *x > 0.0)
        .chain(values.first().copied())
        .fold(f64::INFINITY, f64::min);
    let hard = table.support().first().is_some_and(|i| i.lower.location == 0.0);
    if hard && values.is_empty() {
        lower = table.quantile((atom + 1e-3 * (1.0 - atom)).min(1.0));
    }
    let upper = values.last().copied().unwrap_or(0.0).max(table.upper_end());
    if lower > 0.0 && lower.is_finite() && lower <= upper {
        return Ok((lower, upper));
    }
    Err(Error::NotDrawn { reason: "a logarithmic axis has no positive number to show".into() })
}
