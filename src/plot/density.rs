//! Densities as lines, and how high a picture of them is.

use super::axis::Scale;
use super::curve;
use crate::law::TabulatedLaw;

/// A bar: left end, right end, height.
pub(super) type Bar = (f64, f64, f64);

/// Points of a multiple of the density in the drawn variables, a line for each interval.
pub(super) fn lines(
    (table, factor): (&TabulatedLaw, f64),
    (x, y): (Scale, Scale),
    shown: (f64, f64),
) -> Vec<Vec<(f64, f64)>> {
    let point = |x_value: &f64| {
        let height = factor * table.density(*x_value) * x.slope(*x_value);
        (x.place(*x_value), y.place(height))
    };
    curve::abscissae(table, x, shown)
        .iter()
        .map(|points| {
            let line = points.iter().map(point);
            // A linear curve may be infinite at its end, a logarithmic one −∞.
            line.filter(|(u, v)| u.is_finite() && v.is_finite()).collect()
        })
        .collect()
}

/// The range of the vertical axis, in the drawn variable.
pub(super) fn heights(
    bars: &[Bar],
    curves: &[Vec<Vec<(f64, f64)>>],
    scale: Scale,
    shown: (f64, f64),
) -> (f64, f64) {
    let tallest = bars
        .iter()
        .filter(|(low, high, _)| *high >= shown.0 && *low <= shown.1)
        .map(|bar| bar.2)
        .fold(0.0, f64::max);
    // Without bars each curve has its say.
    let peaks = curves.iter().map(|lines| peak(lines, tallest, scale, shown));
    let top = peaks.fold(tallest, f64::max);
    let top = if top > 0.0 && top.is_finite() { top } else { 1.0 };
    match scale {
        Scale::Linear => (0.0, 1.1 * top),
        Scale::Logarithmic => {
            // Down to a fraction of the lowest bar, or to a thousandth.
            let lowest = bars.iter().map(|bar| bar.2).filter(|h| *h > 0.0);
            let lowest = lowest.fold(f64::INFINITY, f64::min).min(1e-2 * top);
            ((0.4 * lowest).log10(), (1.5 * top).log10())
        }
    }
}

/// How high one curve wants the picture to be.
fn peak(lines: &[Vec<(f64, f64)>], tallest: f64, scale: Scale, shown: (f64, f64)) -> f64 {
    let visible = |u: f64| (shown.0..=shown.1).contains(&u);
    let mut curve: Vec<f64> = lines
        .iter()
        .flatten()
        .filter(|point| visible(point.0))
        .map(|point| scale.value(point.1))
        .collect();
    curve.sort_by(f64::total_cmp);
    let peak = curve.last().copied().unwrap_or(0.0);
    // Without bars: what nine tenths of the points stay below, and half as much again.
    let most = if tallest > 0.0 {
        2.0 * tallest
    } else {
        1.5 * curve.get(curve.len() * 9 / 10).copied().unwrap_or(0.0)
    };
    peak.min(most)
}
