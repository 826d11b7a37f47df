//! Where the law of D² is not smooth: the ends of its pieces, folded at 0.

/// Two ends of opposite sign are one if their absolute values differ by less than this
/// part of the shorter piece beside them: edges that were meant to be symmetric differ
/// by rounding, and a piece of such a length would cost as much as any other.
const SAME_END: f64 = 1e-13;

/// The |ends| of the ascending intervals of D, ascending, with 0 where an interval holds it.
pub(super) fn folded(intervals: &[(f64, f64)]) -> Vec<f64> {
    let mut ends: Vec<(f64, f64)> = Vec::with_capacity(2 * intervals.len() + 1);
    for &(lower, upper) in intervals {
        let width = upper - lower;
        ends.extend([(lower.abs(), width), (upper.abs(), width)]);
        if lower < 0.0 && upper > 0.0 {
            ends.push((0.0, width));
        }
    }
    ends.sort_by(|l, r| l.0.total_cmp(&r.0));
    let mut merged: Vec<(f64, f64)> = Vec::with_capacity(ends.len());
    for (end, width) in ends {
        match merged.last_mut() {
            Some(last) if end - last.0 <= SAME_END * width.min(last.1) => {
                last.1 = width.min(last.1);
            }
            _ => merged.push((end, width)),
        }
    }
    merged.into_iter().map(|end| end.0).collect()
}

/// The index of the ascending interval that holds `x`; of two that meet there, the lower.
pub(super) fn holding(intervals: &[(f64, f64)], x: f64) -> Option<usize> {
    let index = intervals.partition_point(|interval| interval.1 < x);
    intervals.get(index).filter(|interval| interval.0 <= x).map(|_| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symmetric_ends_are_one_and_close_ends_are_not() {
        // 0.1 + 0.2 and 0.3 differ in the last place.
        let intervals = [(-0.1 - 0.2, 0.0), (0.0, 1e-20), (1e-20, 0.1), (0.1, 0.3)];
        assert_eq!(folded(&intervals), [0.0, 1e-20, 0.1, 0.3]);
        assert_eq!(folded(&[(-1.0, 5e-17), (5e-17, 1.0)]), [0.0, 1.0]);
    }

    #[test]
    fn intervals_hold_what_is_inside() {
        let intervals = [(-1.0, 0.0), (0.0, 1.0), (2.0, 3.0)];
        let found = [-2.0, -0.5, 0.5, 1.5, 2.5, 3.5].map(|x| holding(&intervals, x));
        assert_eq!(found, [None, Some(0), Some(1), None, Some(2), None]);
    }
}
