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
