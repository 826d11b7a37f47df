//! Segments of the support of pairs (y, 1/b − y), and the double-exponential
//! nodes on them.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::part::Part;

/// Whether a double-exponential sum needs no further halving.
///
/// Its errors at successive halvings behave like A q, A q², A q⁴ times an
/// oscillation. So the error left is `last³/middle²`, where an accidentally
/// small last change is replaced by what the two before it predict.
pub(super) fn settled([first, middle, last]: [f64; 3], size: f64, rounding: f64) -> bool {
    if last <= rounding * size && middle <= 1e-4 * size {
        return true;
    }
    let expected = last.max(middle * (middle / first).powi(2));
    first <= size && middle <= 1e-2 * size && expected * (expected / middle).powi(2) <= 1e-14 * size
}

/// A double-exponential node: its position, η at V and at sum − V with their
/// slopes in v, and its term.
pub(super) struct Node {
    pub(super) v: f64,
    pub(super) eta: [Complex64; 2],
    pub(super) slope: [Complex64; 2],
    pub(super) term: f64,
}

/// An end of a segment: V, sum − V, and whichever of the two is an edge of ρ_x.
#[derive(Debug, Clone, Copy)]
pub(super) struct End {
    pub(super) here: f64,
    pub(super) there: f64,
    pub(super) edge: f64,
}

impl End {
    /// The double-exponential variable at which nodes can no longer be told
    /// from the edge, when they approach it like `size`·e^{−`rate`·sinh v}.
    fn reach(&self, size: f64, rate: f64) -> f64 {
        let resolution = 8.0 * f64::EPSILON * self.edge.abs();
        if resolution == 0.0 {
            FARTHEST
        } else {
            ((size / resolution).ln() / rate).asinh().min(FARTHEST)
        }
    }
}

/// Where the weights of a double-exponential sum have fallen below rounding,
/// even against an inverse square root.
const FARTHEST: f64 = 3.8;

/// A range of V, to be integrated together with its mirror image.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) start: End,
    pub(super) end: End,
    /// Symmetric about sum/2: only the right half is visited.
    pub(super) centred: bool,
}

impl Segment {
    /// Relative rounding error of an integral over the segment, whose ends are
    /// differences of numbers of their own size.
    pub(super) fn rounding(&self) -> f64 {
        let length = self.length();
        let size = self.end.edge.abs().max(self.start.edge.abs());
        1024.0 * f64::EPSILON * if length.is_finite() { 1.0 + size / length } else { 1.0 }
    }

    fn length(&self) -> f64 {
        if self.centred { self.end.here - self.end.there } else { self.end.here - self.start.here }
    }

    /// Range of the double-exponential variable; `None` if the segment is not
    /// wider than rounding.
    pub(super) fn range(&self, scale: f64) -> Option<(f64, f64)> {
        let (from, to) = if self.end.here.is_infinite() {
            (-self.start.reach(scale, 0.5 * PI), FARTHEST + 0.1)
        } else {
            let from = if self.centred { 0.0 } else { -self.start.reach(self.length(), PI) };
            (from, self.end.reach(self.length(), PI))
        };
        (from <= 0.0 && to > 0.0).then_some((from, to))
    }

    /// The segment as parts that each hang on one of its ends; `None` if it is
    /// hardly wider than rounding. `singularities` are all points where the
    /// integrand is singular, `scale` is the size of the weights.
    pub(super) fn parts(&self, singularities: &[f64], scale: f64) -> Option<Vec<Part>> {
        let length = self.length();
        if length.is_infinite() {
            // Far enough for all singularities to be within the inverse variable's unit disc.
            let offset =
                singularities.iter().map(|s| (s - self.start.here).abs()).fold(scale, f64::max);
            return Some(vec![
                Part::near(self.start, 1.0, offset, singularities),
                Part::Far { end: self.start, offset },
            ]);
        }
        let size = self.end.edge.abs().max(self.start.edge.abs());
        if length <= 1e-7 * size {
            return None;
        }
        let mut parts = vec![Part::near(self.end, -1.0, 0.5 * length, singularities)];
        if !self.centred {
            parts.push(Part::near(self.start, 1.0, 0.5 * length, singularities));
        }
        Some(parts)
    }

    /// V, sum − V and dV/dv at the double-exponential variable v; distances to
    /// the ends are kept relative to the end itself.
    pub(super) fn place(&self, v: f64, scale: f64) -> (f64, f64, f64) {
        let Self { start, end, .. } = self;
        if end.here.is_infinite() {
            let distance = scale * (0.5 * PI * v.sinh()).exp();
            let weight = distance * 0.5 * PI * v.cosh();
            return (start.here + distance, start.there - distance, weight);
        }
        let growth = (PI * v.abs().sinh()).exp();
        let distance = self.length() / (1.0 + growth);
        let weight = distance * growth / (1.0 + growth) * PI * v.cosh();
        if v >= 0.0 {
            (end.here - distance, end.there + distance, weight)
        } else {
            (start.here + distance, start.there - distance, weight)
        }
    }
}
