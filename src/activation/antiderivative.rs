//! σ as the integral of σ′.

use crate::numerics::clenshaw_curtis;

/// Returns ∫ f over [0, z], or NaN if it does not converge.
pub(super) fn from_zero(f: impl Fn(f64) -> f64, kinks: &[f64], z: f64) -> f64 {
    if !z.is_finite() {
        return f64::NAN;
    }
    let end = z.abs();
    let sign = z.signum();
    // Intervals grow geometrically: σ′ is taken to vary most near 0.
    let mut breaks: Vec<f64> = std::iter::successors(Some(1.0), |t| Some(2.0 * t))
        .take_while(|&t| t < end)
        .chain(kinks.iter().map(|k| sign * k).filter(|&k| 0.0 < k && k < end))
        .chain([0.0, end])
        .collect();
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();
    clenshaw_curtis::integrate(|t| f(sign * t), &breaks)
        .map_or(f64::NAN, |integral| sign * integral)
}
