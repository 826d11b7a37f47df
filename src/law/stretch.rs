//! `Stretch`: an interval to be tabulated.

use super::{Edge, EdgeKind};

/// An interval to be tabulated: its ends, and where inside it the density is singular.
#[derive(Debug, Clone)]
pub(crate) struct Stretch {
    pub(crate) lower: Edge,
    pub(crate) upper: Edge,
    pub(crate) breaks: Vec<f64>,
}

impl Stretch {
    /// One interval, with nothing known of its edges.
    pub(crate) fn new(lower: f64, upper: f64) -> Self {
        let edge = |location| Edge { location, kind: EdgeKind::Unclassified };
        Self { lower: edge(lower), upper: edge(upper), breaks: Vec::new() }
    }

    /// Every stretch between two singular points, as two halves that hang on them: the index
    /// of the stretch, the point, and the signed distance to the middle.
    pub(crate) fn halves(stretches: &[Self]) -> Vec<(usize, f64, f64)> {
        let of_one = |(i, stretch): (usize, &Self)| {
            let mut points = vec![stretch.lower.location];
            points.extend(&stretch.breaks);
            points.push(stretch.upper.location);
            let ends = points.windows(2).flat_map(|pair| {
                let half = 0.5 * (pair[1] - pair[0]);
                [(pair[0], half), (pair[1], -half)]
            });
            ends.map(move |(end, reach)| (i, end, reach)).collect::<Vec<_>>()
        };
        stretches.iter().enumerate().flat_map(of_one).collect()
    }

    /// Appends an interval to a support: to its last stretch, if that ends there.
    pub(crate) fn extend(stretches: &mut Vec<Self>, lower: f64, upper: f64) {
        let next = Self::new(lower, upper);
        match stretches.last_mut() {
            Some(last) if last.upper.location == lower => {
                last.breaks.push(lower);
                last.upper = next.upper;
            }
            _ => stretches.push(next),
        }
    }
}
