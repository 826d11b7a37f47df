//! Broken lines with no more points than one can see.

/// A line that stays within `tolerance` of the given one, through some of its
/// points, the first and the last among them: of each stretch the point furthest
/// from its chord is kept, as long as that is further away than the tolerance.
///
/// Source: D. Douglas and T. Peucker, Cartographica 10 (1973) 112,
/// doi:10.3138/FM57-6770-U75U-7727.
pub(super) fn simplified(points: &[(f64, f64)], tolerance: f64) -> Vec<(f64, f64)> {
    if points.len() < 3 {
        return points.to_vec();
    }
    let mut kept = vec![false; points.len()];
    let mut stretches = vec![(0, points.len() - 1)];
    while let Some((first, last)) = stretches.pop() {
        (kept[first], kept[last]) = (true, true);
        let furthest = (first + 1..last)
            .map(|k| (k, from_segment(points[k], points[first], points[last])))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        if let Some((k, distance)) = furthest
            && distance > tolerance
        {
            stretches.extend([(first, k), (k, last)]);
        }
    }
    points.iter().zip(kept).filter_map(|(point, kept)| kept.then_some(*point)).collect()
}

/// The distance of a point from a segment.
fn from_segment((x, y): (f64, f64), (x0, y0): (f64, f64), (x1, y1): (f64, f64)) -> f64 {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let square = dx * dx + dy * dy;
    let share = if square > 0.0 { ((x - x0) * dx + (y - y0) * dy) / square } else { 0.0 };
    let share = share.clamp(0.0, 1.0);
    (x - x0 - share * dx).hypot(y - y0 - share * dy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_points_stay_close() {
        let parabola: Vec<(f64, f64)> =
            (0..=1000).map(|k| f64::from(k) / 10.0).map(|x| (x, 0.1 * x * x)).collect();
        let few = simplified(&parabola, 0.1);
        assert!(few.len() < 100, "{}", few.len());
        assert_eq!((few[0], few[few.len() - 1]), (parabola[0], parabola[1000]));
        for point in &parabola {
            let nearest = few
                .windows(2)
                .map(|pair| from_segment(*point, pair[0], pair[1]))
                .fold(9.0, f64::min);
            assert!(nearest <= 0.1, "{point:?}");
        }
    }

    #[test]
    fn corners_and_closed_lines_stay() {
        let square = [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)];
        let few = simplified(&square, 0.01);
        assert_eq!(few, [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)]);
        assert_eq!(simplified(&square[..2], 1.0), square[..2]);
        assert!(simplified(&[], 1.0).is_empty());
    }
}
