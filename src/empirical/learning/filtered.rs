//! A residual filter applied to the components of y, and how far the result may be off.

use crate::krylov::Components;
use crate::{Error, arguments};

/// An eigenvalue may be below 0 by this, relative to the largest: rounding of a kernel that is
/// positive semi-definite, with room to spare.
const NEGATIVE: f64 = 1e-10;

/// What rounding does to eigenvalues, relative to the largest.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// An eigenvalue below this, relative to the largest, is 0 but for rounding. It has no part in
/// f̂, and h, which does not vary there, is taken at this place, where 1 − r(x) has some digits.
const ZERO: f64 = 64.0 * f64::EPSILON;

/// r and h, as functions of an eigenvalue.
pub(super) struct Filter<'a> {
    pub(super) residual: &'a dyn Fn(f64) -> f64,
    pub(super) coefficient: &'a dyn Fn(f64) -> f64,
    /// Whether r(x) is stable up to the largest x.
    pub(super) check: &'a dyn Fn(f64) -> Result<(), Error>,
}

/// For |y| = 1 in the basis of its components.
pub(super) struct Filtered {
    /// h(K) y
    pub(super) coefficients: Vec<f64>,
    /// |y − K h(K) y|
    pub(super) residual: f64,
}

/// $(1 - r(x))/x$ from $1 - r(x)$.
pub(super) fn quotient(learned: impl Fn(f64) -> f64) -> impl Fn(f64) -> f64 {
    move |x| {
        // Of a kernel that is 0 there is nothing larger.
        let x = x.max(f64::MIN_POSITIVE);
        learned(x) / x
    }
}

/// The values of h.
fn coefficients(filter: &Filter<'_>, values: &[f64], scale: f64) -> Result<Vec<f64>, Error> {
    let places: Vec<f64> = values.iter().map(|value| value.max(ZERO * scale)).collect();
    all(filter.coefficient, &places)
}

/// The eigenvalues of a positive semi-definite kernel, and the largest.
fn eigenvalues(components: &Components) -> Result<(Vec<f64>, f64), Error> {
    let values = &components.values;
    let (least, largest) = (values[0], values[values.len() - 1]);
    let scale = largest.max(-least);
    let allowed = "at least 0, but for rounding: a kernel is positive semi-definite";
    let name = "the smallest eigenvalue of the kernel";
    arguments::parameter(name, least, least >= -NEGATIVE * scale, allowed)?;
    Ok((values.iter().map(|value| value.max(0.0)).collect(), scale))
}

fn length(vector: &[f64]) -> f64 {
    vector.iter().fold(0.0, |length: f64, entry| length.hypot(*entry))
}

/// Applies the filter, and says how far that may be off, relative. The largest of
///
/// - the defect $|y - K a - r(K) y| = \beta_m |\langle q_m, a \rangle|$, exact,
/// - what fewer steps change in the residual, and in f̂ in the norm of the kernel,
/// - what eigenvalues that are off by rounding change in both.
pub(super) fn filtered(
    filter: &Filter<'_>,
    now: &Components,
    before: Option<&Components>,
) -> Result<(Filtered, f64), Error> {
    let (values, scale) = eigenvalues(now)?;
    (filter.check)(scale)?;
    let (r, h) = (all(filter.residual, &values)?, coefficients(filter, &values, scale)?);
    let moved: Vec<f64> = values.iter().map(|value| value + ROUNDING * scale).collect();
    let r_moved = all(filter.residual, &moved)?;
    let h_moved = coefficients(filter, &moved, scale)?;
    // Squares weighted by those of the components, and by the eigenvalues for the norm of the
    // kernel; what is large comes before what is small.
    let weighted = |numbers: &mut dyn Iterator<Item = f64>| {
        numbers.zip(&now.along).fold(0.0, |sum: f64, (number, along)| sum.hypot(number * along))
    };
    let root = |j: usize| if values[j] > ZERO * scale { values[j].sqrt() } else { 0.0 };
    let size = values.len();
    let whole = weighted(&mut (0..size).map(|j| root(j) * h[j]));
    let r_off = weighted(&mut (0..size).map(|j| r_moved[j] - r[j]));
    let h_off = weighted(&mut (0..size).map(|j| root(j) * (h_moved[j] - h[j])));
    let (residual, coordinates) = (now.combined(&r), now.combined(&h));
    let defect = now.next * coordinates[size - 1].abs();
    let (r_change, h_change) = match before {
        // All steps that there are.
        _ if now.next == 0.0 => (0.0, 0.0),
        Some(before) => changes(filter, (now, &residual, &coordinates), before)?,
        // Without fewer of them nothing is known.
        None => (f64::INFINITY, f64::INFINITY),
    };
    let parts = [defect, r_off, r_change, share(h_off, whole), share(h_change, whole)];
    let error = parts.into_iter().fold(0.0, |most: f64, part| {
        // What overflows on the way is not known.
        if part.is_nan() { f64::INFINITY } else { most.max(part) }
    });
    let residual = length(&residual).hypot(defect);
    Ok((Filtered { coefficients: coordinates, residual }, error))
}

/// What the results of fewer steps differ by: the residual, and f̂ in the norm of the kernel.
fn changes(
    filter: &Filter<'_>,
    (now, residual, coordinates): (&Components, &[f64], &[f64]),
    before: &Components,
) -> Result<(f64, f64), Error> {
    let (values, scale) = eigenvalues(before)?;
    let change = |vector: &[f64], numbers: &[f64]| -> Vec<f64> {
        let mut change = vector.to_vec();
        let fewer = before.combined(numbers);
        change.iter_mut().zip(&fewer).for_each(|(entry, fewer)| *entry -= fewer);
        change
    };
    let r_change = change(residual, &all(filter.residual, &values)?);
    let h_change = change(coordinates, &coefficients(filter, &values, scale)?);
    Ok((length(&r_change), now.energy(&h_change).sqrt()))
}

/// A part of a whole, none of nothing.
fn share(part: f64, whole: f64) -> f64 {
    if part == 0.0 { 0.0 } else { part / whole }
}

/// The values of a function of eigenvalues, all finite.
fn all(f: &dyn Fn(f64) -> f64, values: &[f64]) -> Result<Vec<f64>, Error> {
    let finite = |x: &f64| {
        let allowed = "a finite number on the spectrum of the kernel";
        arguments::value("the residual filter", *x, f(*x), allowed)
    };
    values.iter().map(finite).collect()
}
