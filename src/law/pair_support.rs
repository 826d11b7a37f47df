//! The pairs (y, 1/b − y) of the support of ρ_x: over them the density of ν at x is an
//! integral, of ρ_x(y) Im H(g(y′)) with H(g) = E\[1/(x−(c+g)D²)\].

use super::segment::{End, Segment};
use super::slice::{Bulk, Slice};

impl Slice<'_> {
    /// The size of the weights where they have no bound: x/c is then one of D².
    pub(super) fn weight_scale(&self) -> f64 {
        self.x / self.model.c
    }

    /// 1/b in the units of V.
    pub(super) fn target(&self) -> f64 {
        self.x / (self.model.b * self.model.gamma2)
    }

    /// Support of the pairs (y, 1/b − y) as segments of the right half-line.
    pub(super) fn segments(&self) -> Vec<Segment> {
        let sum = self.target();
        let mut found = Vec::new();
        for &Bulk { lower, upper, .. } in &self.bulks {
            for &Bulk { lower: other_lower, upper: other_upper, .. } in &self.bulks {
                // V in one bulk, sum − V in another.
                let start = if lower >= sum - other_upper {
                    End { here: lower, there: sum - lower }
                } else {
                    End { here: sum - other_upper, there: other_upper }
                };
                let end = if upper <= sum - other_lower {
                    End { here: upper, there: sum - upper }
                } else {
                    End { here: sum - other_lower, there: other_lower }
                };
                // Each pair of bulks is met twice; keep the half V ≥ sum/2.
                if start.here < end.here && end.here > 0.5 * sum {
                    self.split(start, end, &mut found);
                }
            }
        }
        found
    }

    /// Splits a range of V at the scars of ρ_x and of its mirror image.
    fn split(&self, start: End, end: End, found: &mut Vec<Segment>) {
        let sum = self.target();
        let mut ends = vec![start];
        let inside = |here: f64| here > 0.5 * sum && here > start.here && here < end.here;
        for &scar in &self.scars {
            for (here, there) in [(scar, sum - scar), (sum - scar, scar)] {
                if inside(here) {
                    ends.push(End { here, there });
                }
            }
        }
        if end.here.is_infinite() && inside(sum) {
            // On an unbounded range the natural centres of structure are 0 and the sum.
            ends.push(End { here: sum, there: 0.0 });
        }
        ends[1..].sort_by(|l, r| l.here.total_cmp(&r.here));
        ends.push(end);
        // What rounding cannot tell from the next end, or from sum/2, is dropped.
        let apart =
            |l: f64, r: f64| r.is_infinite() || r - l > 4.0 * f64::EPSILON * l.abs().max(r.abs());
        let first = start.here.max(0.5 * sum);
        let count = ends.len();
        let kept = (0..count).filter(|&k| {
            k == 0
                || k + 1 == count
                || apart(first, ends[k].here) && apart(ends[k].here, ends[k + 1].here)
        });
        let ends: Vec<End> = kept.map(|k| ends[k]).collect();
        for pair in ends.windows(2) {
            let centred = pair[0].here < 0.5 * sum;
            found.push(Segment { start: pair[0], end: pair[1], centred });
        }
    }

    /// Whether x carries density.
    pub(crate) fn carries_density(&self) -> bool {
        !self.segments().is_empty() || self.zero_mass() > 0.0 && self.in_bulk(self.target())
    }

    /// The singularities in V of ρ_x.
    ///
    /// 0 is one of them in any case: g has a pole there, on the sheet of the support if
    /// ρ_x has an atom at 0, and on the other one if not.
    pub(super) fn singularities(&self) -> Vec<f64> {
        let edges = self.bulks.iter().flat_map(|b| [b.lower, b.upper]);
        let finite = edges.filter(|v| v.is_finite());
        finite.chain(self.scars.iter().copied()).chain(self.shadow).chain([0.0]).collect()
    }

    /// How many edges ρ_x has, and for how many pairs of them the sum exceeds
    /// 1/b. Every edge decreases in x, so between two x with the same number of
    /// edges ν is singular exactly where the second count changes.
    pub(crate) fn signature(&self) -> (usize, usize) {
        let mut edges: Vec<f64> =
            self.bulks.iter().flat_map(|b| [b.lower, b.upper]).filter(|e| e.is_finite()).collect();
        let count = edges.len();
        if self.zero_mass() > 0.0 {
            edges.push(0.0);
        }
        let sum = self.target();
        let pairs = (0..edges.len())
            .map(|i| edges[i..].iter().filter(|&&other| edges[i] + other > sum).count())
            .sum();
        (count, pairs)
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use crate::diagonal::{Beta, DiagonalLaw};
    use crate::law::model::Model;
    use crate::law::slice::Slice;

    /// For D² of density s t^{s−1} on [0, 1] E[η/(η−t)] at η = −h is πs/sin(πs) h^s, but for a
    /// part of the order of h: V(−h) is largest at the edge of ρ next to 0.
    #[test]
    fn edges_next_to_0() {
        for (shape, above_one) in [(0.3, 3.7e-7), (0.3, 1e-3), (0.5, 1e-7), (0.25, 0.02)] {
            let squares = Beta::new(shape, 1.0, 0.0, 1.0).unwrap().square_law(1e-13).unwrap();
            let gamma2 = 1.0 + above_one;
            let model = Model { b: 1.0, c: 0.0, gamma2, squares };
            let (s, gap) = (0.5 * shape, (gamma2 - 1.0) / gamma2);
            let h = (gap * (PI * s).sin() / (PI * s * (1.0 + s))).powf(s.recip());
            let expected = h * gap * s / (1.0 + s);
            let found = Slice::new(&model, 1.0).bulks[0].lower;
            assert!((found / expected - 1.0).abs() < 1e-11, "{shape} {above_one}: {found:e}");
        }
    }
}
