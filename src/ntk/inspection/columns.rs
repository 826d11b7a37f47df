//! Means and variances of columns against 0 and 1.

use super::bounds::{ERRORS, FEWEST, chi_square, errors};
use crate::ntk::NtkWarning;
use crate::ntk::standardise::Moments;

/// A mean or variance may be off by this, besides its standard error.
const SLACK: f64 = 0.1;

/// Standard errors below 1 that count as chance, of the logarithm of a variance: its lower
/// tail is longer than that of the normal law.
const ERRORS_BELOW: f64 = 6.0;

/// Warnings from the moments of the columns of X that are not constant; their kurtosis is
/// that of all together.
///
/// $d_{\mathrm{eff}}$ of all of X is what their joint mean depends on.
pub(super) fn warnings(
    columns: &[(usize, Moments)],
    kurtosis: f64,
    effective_dimension: f64,
) -> Vec<NtkWarning> {
    let mut warnings = Vec::new();
    if columns.first().is_none_or(|(_, column)| column.count < FEWEST as f64) {
        return warnings;
    }
    let means = columns.iter().filter_map(|(column, moments)| {
        far_mean(moments).map(|allowed| (*column, moments.mean, allowed))
    });
    if let Some((count, (column, mean, allowed))) = worst(means, |mean| mean.abs()) {
        warnings.push(NtkWarning::ColumnMeans { count, column, mean, allowed });
    } else {
        warnings.extend(joint_mean(columns, effective_dimension));
    }
    let variances = columns.iter().filter_map(|(column, moments)| {
        far_variance(moments, kurtosis).map(|allowed| (*column, moments.variance, allowed))
    });
    if let Some((count, (column, variance, allowed))) = worst(variances, |x| x.ln().abs()) {
        warnings.push(NtkWarning::ColumnVariances { count, column, variance, allowed });
    }
    warnings
}

/// How many there are, and the one whose value is the farthest.
fn worst(
    far: impl Iterator<Item = (usize, f64, f64)> + Clone,
    distance: impl Fn(f64) -> f64,
) -> Option<(usize, (usize, f64, f64))> {
    let count = far.clone().count();
    let farthest = far.max_by(|l, r| distance(l.1).total_cmp(&distance(r.1)));
    farthest.map(|worst| (count, worst))
}

/// How far from 0 the mean might be, if it is farther.
pub(super) fn far_mean(moments: &Moments) -> Option<f64> {
    let n = moments.count;
    let allowed = SLACK + errors(n) * (moments.variance / n).sqrt();
    (moments.mean.abs() > allowed).then_some(allowed)
}

/// The largest or smallest that the variance might be, if it is farther from 1.
///
/// Its standard error is the larger of those that its own fourth moment and the kurtosis of
/// all columns give: a small variance by chance has a small one of its own, and what a heavy
/// tail adds to one column the others do not know.
pub(super) fn far_variance(moments: &Moments, kurtosis: f64) -> Option<f64> {
    let Moments { mean, variance, fourth, count } = *moments;
    let usual = ((kurtosis - 1.0).max(0.0) / count).sqrt();
    let own = ((fourth - variance * variance).max(0.0) / count).sqrt();
    let largest = 1.0 + SLACK + ERRORS * own.max(usual);
    let smallest = (-SLACK - ERRORS_BELOW * usual).exp();
    // What the mean of the sample takes away from the variance, as far as that is chance.
    let taken = (mean * mean).min(ERRORS * ERRORS / count);
    // An overflow is far, too.
    if !variance.is_finite() || variance > largest {
        return Some(largest);
    }
    (variance + taken < smallest).then_some(smallest)
}

/// The means of all columns together: $n |\bar x|^2/\operatorname{tr} S$ is 1 with the
/// fluctuations of $\chi^2_k/k$, $k = d_{\mathrm{eff}}$.
fn joint_mean(columns: &[(usize, Moments)], effective_dimension: f64) -> Option<NtkWarning> {
    let sum = |value: &dyn Fn(&Moments) -> f64| columns.iter().map(|(_, m)| value(m)).sum::<f64>();
    let trace = sum(&|column| column.variance);
    let square = sum(&|column| column.mean * column.mean) / trace;
    let fluctuation = chi_square(effective_dimension);
    let allowed = SLACK * SLACK + (1.0 + fluctuation) / (columns[0].1.count - 1.0);
    (square > allowed).then_some(NtkWarning::Mean { square, allowed })
}
