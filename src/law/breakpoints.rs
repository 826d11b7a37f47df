//! Where the population law may be singular: ends of its support, and the points
//! inside where two edges of ρ_x add up to 1/b.

use std::f64::consts::PI;

use super::model::Model;
use super::slice::Slice;
use crate::Error;
use crate::watch::Tracker;

/// Where ν may be singular, ascending, from the lower to the upper end of its
/// convex support.
pub(super) fn breakpoints(model: &Model, tracker: &Tracker<'_>) -> Result<Vec<f64>, Error> {
    let Model { c, squares, .. } = model;
    let mut fixed: Vec<f64> = squares.support().iter().flat_map(|s| [c * s.0, c * s.1]).collect();
    fixed.push(model.bound());
    fixed.dedup();
    let mut found = fixed[..fixed.len() - 1].to_vec();
    let intervals = fixed.len() - 1;
    let reach = if intervals > 50 { 6 } else { 24 };
    for pair in fixed.windows(2) {
        breakpoints_between(model, (pair[0], pair[1]), reach, tracker, &mut found)?;
    }
    Ok(in_order(found))
}

/// Ascending, those that rounding cannot tell apart as one.
fn in_order(mut found: Vec<f64>) -> Vec<f64> {
    found.sort_by(f64::total_cmp);
    found.dedup_by(|r, l| *r - *l <= 1e-14 * *r);
    found
}

/// Those above `from`, which is not one of them.
pub(super) fn breakpoints_above(
    model: &Model,
    from: f64,
    tracker: &Tracker<'_>,
) -> Result<Vec<f64>, Error> {
    let ends = model.squares.support().iter().map(|s| model.c * s.1).filter(|&x| x > from);
    let mut fixed = vec![from];
    fixed.extend(ends);
    fixed.push(model.bound());
    let mut found = fixed[1..fixed.len() - 1].to_vec();
    for pair in fixed.windows(2) {
        breakpoints_between(model, (pair[0], pair[1]), 24, tracker, &mut found)?;
    }
    Ok(in_order(found))
}

/// Finds those between two ends of the support of c D², from `reach` points on either side
/// of the middle, which crowd at both ends.
fn breakpoints_between(
    model: &Model,
    (lower, upper): (f64, f64),
    reach: i32,
    tracker: &Tracker<'_>,
    found: &mut Vec<f64>,
) -> Result<(), Error> {
    let length = upper - lower;
    let mut last: Option<(f64, (usize, usize))> = None;
    for k in -reach..=reach {
        let growth = (PI * (3.2 * f64::from(k) / f64::from(reach)).sinh()).exp();
        let x = lower + length * growth / (1.0 + growth);
        if x <= lower || x >= upper {
            continue;
        }
        let here = (x, tracker.count(|| Slice::at(model, model.counted(x)).signature())?);
        if let Some(before) = last {
            changes(model, before, here, tracker, found)?;
        }
        last = Some(here);
    }
    Ok(())
}

/// Bisects to every change of the signature between two points.
fn changes(
    model: &Model,
    lower: (f64, (usize, usize)),
    upper: (f64, (usize, usize)),
    tracker: &Tracker<'_>,
    found: &mut Vec<f64>,
) -> Result<(), Error> {
    if lower.1 == upper.1 {
        return Ok(());
    }
    let middle = 0.5 * (lower.0 + upper.0);
    if upper.0 - lower.0 <= 2.0 * f64::EPSILON * upper.0 || middle <= lower.0 || middle >= upper.0 {
        let status = |x| Slice::at(model, model.counted(x)).carries_density();
        if lower.1.0 == upper.1.0 || status(lower.0) != status(upper.0) {
            found.push(middle);
        }
        return Ok(());
    }
    let centre = (middle, tracker.count(|| Slice::at(model, model.counted(middle)).signature())?);
    changes(model, lower, centre, tracker, found)?;
    changes(model, centre, upper, tracker, found)
}
