//! Quantiles of |D| from the law of D².

use std::f64::consts::PI;
use std::ops::Range;

use num_complex::Complex64;

use crate::diagonal::SquareLaw;
use crate::numerics::roots;

/// Width at which the search for a quantile ends, relative to the largest |D|.
const WIDTH: f64 = 1e-15;

/// Writes the quantiles of |D| at $(k + \tfrac12)/p$ for k in `range`, ascending.
pub(super) fn midquantiles<'a>(
    law: &SquareLaw,
    p: usize,
    range: Range<usize>,
    entries: impl Iterator<Item = &'a mut f64>,
) {
    let atoms = law.support().iter().all(|(lower, upper)| lower == upper);
    for (k, entry) in range.zip(entries) {
        let level = (k as f64 + 0.5) / p as f64;
        *entry = if atoms { of_atoms(law, level).sqrt() } else { of_density(law, level) };
    }
}

/// The smallest atom at which the distribution function reaches `level`.
fn of_atoms(law: &SquareLaw, level: f64) -> f64 {
    let mut sum = 0.0;
    let mut last = 0.0;
    for (&node, weight) in law.nodes().iter().zip(law.weights()) {
        sum += weight;
        last = node;
        if sum >= level {
            break;
        }
    }
    last
}

/// |D| where P(D² ≤ t) = `level`, sought in |D|/max |D|.
fn of_density(law: &SquareLaw, level: f64) -> f64 {
    let lower = law.support().first().map_or(0.0, |interval| interval.0).sqrt();
    let upper = law.support().last().map_or(0.0, |interval| interval.1).sqrt();
    let excess = |r: f64| distribution(law, (r * upper).powi(2)) - level;
    let root = roots::bracketed(excess, (lower / upper, -level), (1.0, 1.0 - level), WIDTH);
    (root * upper).clamp(lower, upper)
}

/// P(D² ≤ t) for t within the support.
///
/// The boundary rule integrates 1/(t + i0 − D²), whose imaginary part is −π
/// times the density; this is its primitive. All nodes lie in the closed lower
/// half-plane, so the principal logarithm is continuous along the support.
fn distribution(law: &SquareLaw, t: f64) -> f64 {
    let log: Complex64 = law.boundary_rule().iter().map(|(node, w)| w * (t - node).ln()).sum();
    1.0 - log.im / PI
}
