//! What a picture shows, before it is drawn: axes, layers, legend.

use plotters::style::RGBColor;

use super::axis::Axis;

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stroke {
    pub(super) colour: RGBColor,
    pub(super) width: f64,
    pub(super) dash: Dash,
}

/// How a line is broken.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Dash {
    None,
    Short,
    Long,
    LongAndPoint,
    Point,
}

impl Dash {
    /// Lengths of strokes and gaps in turn.
    pub(super) fn pattern(self) -> &'static [f64] {
        match self {
            Self::None => &[],
            Self::Short => &[6.0, 4.0],
            Self::Long => &[10.0, 5.0],
            Self::LongAndPoint => &[10.0, 4.0, 2.0, 4.0],
            Self::Point => &[2.0, 4.0],
        }
    }
}

impl Stroke {
    pub(super) fn solid(colour: RGBColor, width: f64) -> Self {
        Self { colour, width, dash: Dash::None }
    }

    pub(super) fn dashed(colour: RGBColor, width: f64) -> Self {
        Self { colour, width, dash: Dash::Short }
    }
}

/// How a point is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dot {
    pub(super) colour: RGBColor,
    pub(super) radius: f64,
    /// Width of a white rim, which sets it off from lines.
    pub(super) rim: f64,
}

/// Something drawn inside the axes, in the drawn variables.
#[derive(Debug, Clone)]
pub(super) enum Layer {
    /// Left end, right end, height of each.
    Bars(Vec<(f64, f64, f64)>),
    /// Broken lines.
    Lines(Vec<Vec<(f64, f64)>>, Stroke),
    Points(Vec<(f64, f64)>, Dot),
    /// Place, lower and upper end of each: upright, with a bar across both ends.
    ErrorBars(Vec<(f64, f64, f64)>, RGBColor),
    /// A line over the whole height, with a label above it where there is room.
    Vertical {
        place: f64,
        label: Option<String>,
        stroke: Stroke,
    },
    /// A point mass: a stem with a head, as high as the axes allow, and its label.
    Stem {
        place: f64,
        label: String,
    },
}

/// What the legend shows beside a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Sign {
    Bar,
    Line(Stroke),
    Point(Dot),
    Stem,
}

/// A picture of one pair of axes.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) title: Option<String>,
    pub(super) notes: Vec<String>,
    pub(super) legend: Vec<(Sign, String)>,
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) layers: Vec<Layer>,
}

/// The parts of a broken line inside a rectangle.
pub(super) fn clip(
    line: &[(f64, f64)],
    (left, right): (f64, f64),
    (bottom, top): (f64, f64),
) -> Vec<Vec<(f64, f64)>> {
    let mut parts: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut open = false;
    for pair in line.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        // Of the segment start + t (end − start), the t that are inside.
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        for (start, step, low, high) in [(x0, x1 - x0, left, right), (y0, y1 - y0, bottom, top)] {
            if step == 0.0 {
                if !(low..=high).contains(&start) {
                    to = -1.0;
                }
                continue;
            }
            let (a, b) = ((low - start) / step, (high - start) / step);
            (from, to) = (from.max(a.min(b)), to.min(a.max(b)));
        }
        if from.is_nan() || to.is_nan() || from > to || !(x1 - x0 + y1 - y0).is_finite() {
            open = false;
            continue;
        }
        let at = |t: f64| match t {
            1.0 => (x1, y1),
            _ => (x0 + t * (x1 - x0), y0 + t * (y1 - y0)),
        };
        match parts.last_mut() {
            Some(part) if open && from == 0.0 => part.push(at(to)),
            _ => parts.push(vec![at(from), at(to)]),
        }
        open = to == 1.0;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_clipped_where_they_leave() {
        let square = ((0.0, 1.0), (0.0, 1.0));
        let inside = [(0.1, 0.2), (0.5, 0.9), (0.6, 0.1)];
        assert_eq!(clip(&inside, square.0, square.1), [inside.to_vec()]);
        let peak = [(0.0, 0.0), (0.5, 2.0), (1.0, 0.0)];
        let parts = clip(&peak, square.0, square.1);
        assert_eq!(parts, [vec![(0.0, 0.0), (0.25, 1.0)], vec![(0.75, 1.0), (1.0, 0.0)]]);
        assert!(clip(&[(2.0, 2.0), (3.0, 0.5)], square.0, square.1).is_empty());
        let singular = [(0.0, f64::INFINITY), (0.5, 0.5), (1.0, f64::NAN)];
        assert!(clip(&singular, square.0, square.1).is_empty());
    }
}
