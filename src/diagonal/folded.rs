//! The law of |D| for a density of D: pieces on which it is analytic, and nodes on and
//! below them.

use std::f64::consts::{FRAC_PI_2, LN_2, PI};

use num_complex::Complex64;

use super::density::{Density, Place};
use super::square_law::LOWER_TAIL;
use crate::Error;
use crate::numerics::double_exponential::DoubleExponential;
use crate::numerics::gauss::{Rule, rule_of_measure};

/// Distances, as −log, between which the nodes near an end at 0 begin to spread:
/// a singularity at a distance of 1e-10 of the support is resolved fully.
const RESOLVED_AT_ZERO: (f64, f64) = (26.0, 320.0);

/// How far they begin where even that leaves mass: there is no use in more.
const UNRESOLVABLE_AT_ZERO: f64 = 100.0;

/// The same for an end away from 0. There a node, a number of size 1, is
/// itself rounded at 1e-16, and so is ζ.
const RESOLVED_ELSEWHERE: (f64, f64) = (20.0, 30.0);

/// Mass next to an end away from 0 that need not be resolved fully.
const UNRESOLVED: f64 = 1e-9;

/// The −log of a distance at which more mass than that makes an end away from 0 steep: so
/// much lies next to it that nodes are counted from it, and ζ too. Less does where the density
/// diverges: ν's is taken at a distance of e^−23 from the end, and is too small there.
const STEEP: f64 = 24.0;
const STEEP_IF_SINGULAR: f64 = 21.0;

/// The power of the distance to which mass grows next to an end, below which the density
/// counts as singular, and the −log of the distance at which it is found.
const SINGULAR: f64 = 0.97;
const NEXT_TO_END: f64 = 21.0;

/// The same at 0, for `LOWER_TAIL`.
const STEEP_AT_ZERO: f64 = 70.0;

/// [`RESOLVED_ELSEWHERE`] next to a steep end, until `LOWER_TAIL` is left.
const RESOLVED_WHERE_STEEP: (f64, f64) = (30.0, 320.0);

/// Nodes that weigh less than this are dropped: at a ζ that is 1e-10 of the
/// support away they would still contribute 1e-18.
pub(super) const NEGLIGIBLE: f64 = 1e-28;

/// |x| beyond which the mass element of every admitted density decays.
const TAIL: f64 = 60.0;

/// How far Σ|ω| may exceed 1 on a complex path before cancellation costs digits.
const GROWTH: f64 = 4.0;

/// Attempts at an angle, each 0.8 of the one before.
const MAX_ANGLES: usize = 32;

/// Attempts at a step on the real axis, each half of the one before.
const MAX_HALVINGS: usize = 10;

/// The step of [`Folded::finer_nodes`].
const FINER_STEP: f64 = 1.0 / 64.0;

/// Nodes closer to 0 are left out there: their inverses are no numbers.
const LEAST_NODE: f64 = 1e-290;

/// Relative change on halving the step at which the finer sum is exact to
/// rounding: halving squares the error of a trapezoidal sum.
const HALVED: f64 = 1e-11;

/// A node on a path: the logarithm y = log((t − t1)/(t2 − t)), the fraction
/// (t − t1)/(t2 − t1) of its segment, t, its offset from the nearer end and its weight.
pub(super) struct Node {
    pub(super) y: f64,
    pub(super) fraction: Complex64,
    pub(super) t: Complex64,
    /// t − t1 if y < 0, else t − t2.
    pub(super) offset: Complex64,
    pub(super) weight: Complex64,
}

/// Sums that must agree on all paths: of 1, of the fraction f of the segment,
/// and of the transform at one segment's length below and above it.
fn probes(nodes: &[Node]) -> [Complex64; 4] {
    nodes.iter().fold([Complex64::ZERO; 4], |mut sums, node| {
        let values = [
            Complex64::ONE,
            node.fraction,
            (1.0 + node.fraction).inv(),
            (2.0 - node.fraction).inv(),
        ];
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += node.weight * value;
        }
        sums
    })
}

/// Largest difference of two sets of [`probes`].
fn difference(a: &[Complex64; 4], b: &[Complex64; 4]) -> f64 {
    (a.iter().zip(b)).fold(0.0, |worst: f64, (x, y)| worst.max((x - y).norm()))
}

/// A piece of the law of R = |D|, on \[r1, r2\], on which it is analytic.
pub(super) struct Segment {
    pub(super) r1: f64,
    pub(super) r2: f64,
    /// Whether D = R and D = −R belong to the piece.
    branches: (bool, bool),
}

/// The density of D in units of the interval's width, folded at 0.
pub(super) struct Folded<'a, L: Density> {
    law: &'a L,
    /// lower and upper end in units of the width.
    lower: f64,
    upper: f64,
    pub(super) segments: Vec<Segment>,
}

impl<'a, L: Density> Folded<'a, L> {
    fn new(law: &'a L, lower: f64, upper: f64) -> Self {
        let (near, far) = if lower.abs() < upper.abs() {
            (lower.abs(), upper.abs())
        } else {
            (upper.abs(), lower.abs())
        };
        let single = (far == upper, far != upper);
        let segment = |r1, r2, branches| Segment { r1, r2, branches };
        let segments = if lower < 0.0 && upper > 0.0 {
            let mut pieces = vec![segment(0.0, near, (true, true))];
            if near < far {
                pieces.push(segment(near, far, single));
            }
            pieces
        } else {
            vec![segment(near, far, single)]
        };
        Self { law, lower, upper, segments }
    }

    /// The density of D on the law's own interval.
    pub(super) fn of(law: &'a L) -> Self {
        let (lower, upper) = law.interval();
        let width = upper - lower;
        Self::new(law, lower / width, upper / width)
    }

    /// The interval's width, the unit of everything here.
    pub(super) fn width(&self) -> f64 {
        let (lower, upper) = self.law.interval();
        upper - lower
    }

    /// Ends of the support of |D| in units of the width.
    fn ends(&self) -> (f64, f64) {
        let last = self.segments.len() - 1;
        (self.segments[0].r1, self.segments[last].r2)
    }

    /// The node at y = x − iθ, its weight being the mass per unit of y:
    /// t = t1 + (t2 − t1) e^y/(1 + e^y).
    ///
    /// For θ = 0 this is the segment itself, and for 0 < θ < π an arc of a
    /// circle through its ends that leaves them downwards at the angle θ.
    /// The real axis inside the segment is Im y = 0, outside it Im y = ±π, so
    /// θ = π/2 is as far as possible from all poles of 1/(ζ − t), Im ζ ≥ 0.
    fn element(&self, segment: &Segment, y: Complex64) -> Node {
        let &Segment { r1, r2, branches } = segment;
        let length = (r2 - r1) * (r2 + r1);
        let (ln_left, ln_right) = (ln_logistic(y), ln_logistic(-y));
        let (end, offset) = if y.re < 0.0 {
            (r1 * r1, length * ln_left.exp())
        } else {
            (r2 * r2, -length * ln_right.exp())
        };
        let t = end + offset;
        let r = t.sqrt();
        let (ln_r, ln_above) = if r1 == 0.0 {
            let ln_r = 0.5 * (length.ln() + ln_left);
            (ln_r, ln_r)
        } else {
            (r.ln(), length.ln() + ln_left - (r + r1).ln())
        };
        let above = (ln_above.exp(), ln_above);
        let ln_below = length.ln() + ln_right - (r + r2).ln();
        let below = (ln_below.exp(), ln_below);
        // dt = length · left · right dy and dr = dt/(2r).
        let ln_jacobian = length.ln() + ln_left + ln_right - LN_2 - ln_r;
        let mut weight = Complex64::ZERO;
        if branches.0 {
            let place =
                Place::new(shifted(above, r1 - self.lower), shifted(below, self.upper - r2));
            weight += (self.law.ln_density(&place) + ln_jacobian).exp();
        }
        if branches.1 {
            let place =
                Place::new(shifted(below, -r2 - self.lower), shifted(above, self.upper + r1));
            weight += (self.law.ln_density(&place) + ln_jacobian).exp();
        }
        Node { y: y.re, fraction: ln_left.exp(), t, offset, weight }
    }

    /// Trapezoidal nodes on y = x − iθ, the weights not normalised.
    fn nodes(&self, segment: &Segment, angle: f64, rule: DoubleExponential) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut total = 0.0;
        rule.visit(|x, weight| {
            let mut node = self.element(segment, Complex64::new(x, -angle));
            node.weight *= weight;
            let size = node.weight.norm();
            total += size;
            nodes.push(node);
            x.abs() < TAIL || size > 1e-3 * NEGLIGIBLE * total
        });
        nodes
    }

    /// Nodes t on all segments and their probabilities, ascending, so fine that a Gauss rule of
    /// some hundred nodes can be made from them.
    pub(super) fn finer_nodes(&self, mass: f64) -> Vec<(f64, f64)> {
        let rule = DoubleExponential { step: FINER_STEP, left: 3.0, right: 3.0 };
        let nodes = self.segments.iter().flat_map(|segment| self.nodes(segment, 0.0, rule));
        let mut nodes: Vec<(f64, f64)> = nodes
            .map(|node| (node.t.re, node.weight.re / mass))
            .filter(|&(t, weight)| t > LEAST_NODE && weight > NEGLIGIBLE)
            .collect();
        nodes.sort_by(|l, r| l.0.total_cmp(&r.0));
        nodes
    }

    /// Nodes on the segment itself, fine enough for sums exact to rounding.
    ///
    /// The sum of their weights is the constant that [`Density::ln_density`]
    /// leaves open.
    pub(super) fn real_nodes(&self, segment: &Segment) -> Result<Vec<Node>, Error> {
        let rule = |step| DoubleExponential { step, left: 3.0, right: 3.0 };
        let mut step = 0.25;
        let mut before = probes(&self.nodes(segment, 0.0, rule(step)));
        let mut change = f64::INFINITY;
        for _ in 0..MAX_HALVINGS {
            step *= 0.5;
            let nodes = self.nodes(segment, 0.0, rule(step));
            let now = probes(&nodes);
            // A piece may carry next to nothing, or underflow altogether.
            change = difference(&now, &before) / now[0].re.max(NEGLIGIBLE);
            if change <= HALVED {
                return Ok(nodes);
            }
            before = now;
        }
        Err(Error::NotConverged {
            computation: "normalisation of the law of D",
            at: step,
            iterate: before[0],
            residual: change,
        })
    }

    /// The Gauss rule of D², from the Lanczos process on the fine real nodes.
    pub(super) fn gauss_rule(
        &self,
        fine: &[Vec<Node>],
        mass: f64,
        tolerance: f64,
    ) -> Result<Rule, Error> {
        let (low, high) = self.ends();
        let length = (high - low) * (high + low);
        let (mut positions, mut weights) = (Vec::new(), Vec::new());
        for (segment, nodes) in self.segments.iter().zip(fine) {
            let start = (segment.r1 - low) * (segment.r1 + low) / length;
            let span = (segment.r2 - segment.r1) * (segment.r2 + segment.r1) / length;
            for node in nodes.iter().filter(|node| node.weight.re > 0.0) {
                positions.push(start + span * node.fraction.re);
                weights.push(node.weight.re / mass);
            }
        }
        let count = (-tolerance.ln()).ceil() as usize;
        let mut rule = rule_of_measure(&positions, &weights, count.max(8))?;
        for position in &mut rule.nodes {
            *position = low * low + length * *position;
        }
        Ok(rule)
    }

    /// Nodes on an arc below the segment, see [`SquareLaw::boundary_rule`].
    ///
    /// A pole at a distance θ above the line changes the trapezoidal sum by
    /// 2π·density/(e^{2πθ/step} − 1), which fixes the step. Below the line the
    /// density itself may grow; the angle is therefore the largest at which
    /// neither cancellation nor a wrong `exact` sum shows.
    pub(super) fn boundary_nodes(
        &self,
        segment: &Segment,
        real: &[Node],
        mass: f64,
        tolerance: f64,
    ) -> Result<Vec<Node>, Error> {
        let exact = probes(real);
        let [left, right] = self.resolved(segment, real, mass).map(|end| end.reach);
        let mut angle = FRAC_PI_2;
        let mut found = f64::NAN;
        for _ in 0..MAX_ANGLES {
            let rule =
                DoubleExponential { step: 2.0 * PI * angle / (2.0 / tolerance).ln(), left, right };
            let nodes = self.nodes(segment, angle, rule);
            let size: f64 = nodes.iter().map(|node| node.weight.norm()).sum();
            found = difference(&probes(&nodes), &exact) / mass;
            if size <= GROWTH * exact[0].re.max(NEGLIGIBLE * mass) && found <= tolerance {
                return Ok(nodes);
            }
            angle *= 0.8;
        }
        Err(Error::Inconsistent {
            identity: "the difference of a sum over the law of D on two paths",
            expected: 0.0,
            found,
        })
    }

    /// How far the logarithms y of [`Node`] must be resolved towards the lower and
    /// the upper end of a segment: until next to no mass is left, as far as the end allows.
    pub(super) fn resolved(&self, segment: &Segment, nodes: &[Node], mass: f64) -> [End; 2] {
        let mut sorted: Vec<(f64, f64)> =
            nodes.iter().map(|node| (node.y, node.weight.re)).collect();
        sorted.sort_by(|l, r| l.0.total_cmp(&r.0));
        let elsewhere = |sorted: &[(f64, f64)], side: f64| {
            let singular = self.exponent(segment, side) < SINGULAR;
            let least = if singular { STEEP_IF_SINGULAR } else { STEEP };
            let steep = reach(sorted, UNRESOLVED * mass, (0.0, f64::INFINITY)) > least;
            let (unresolved, limits) = if steep {
                (LOWER_TAIL, RESOLVED_WHERE_STEEP)
            } else {
                (UNRESOLVED, RESOLVED_ELSEWHERE)
            };
            End { reach: reach(sorted, unresolved * mass, limits), steep }
        };
        let lower = if segment.r1 == 0.0 {
            let reach = reach(&sorted, LOWER_TAIL * mass, RESOLVED_AT_ZERO);
            let resolved = reach < RESOLVED_AT_ZERO.1;
            let reach = if resolved { reach } else { UNRESOLVABLE_AT_ZERO };
            End { reach, steep: reach > STEEP_AT_ZERO }
        } else {
            elsewhere(&sorted, -1.0)
        };
        sorted.reverse();
        [lower, elsewhere(&sorted, 1.0)]
    }

    /// The power of the distance from the lower (`side` = −1) or the upper end of a segment to
    /// which mass grows next to it.
    fn exponent(&self, segment: &Segment, side: f64) -> f64 {
        let mass = |y: f64| self.element(segment, (side * y).into()).weight.re;
        (mass(NEXT_TO_END) / mass(NEXT_TO_END + 1.0)).ln()
    }
}

/// How an end of a segment is resolved.
#[derive(Clone, Copy)]
pub(super) struct End {
    /// The |y| up to which it is.
    pub(super) reach: f64,
    /// Whether so much mass lies next to it that distances from it count.
    pub(super) steep: bool,
}

/// The |y| up to which less than `unresolved` of the mass has come, of nodes in order from
/// one end.
fn reach(nodes: &[(f64, f64)], unresolved: f64, (least, most): (f64, f64)) -> f64 {
    let mut come = 0.0;
    for (y, weight) in nodes {
        come += weight;
        if come > unresolved {
            return y.abs().clamp(least, most);
        }
    }
    least
}

/// A distance and its logarithm after adding `shift` ≥ 0.
fn shifted(distance: (Complex64, Complex64), shift: f64) -> (Complex64, Complex64) {
    if shift == 0.0 {
        return distance;
    }
    let sum = distance.0 + shift;
    (sum, sum.ln())
}

/// log(e^y/(1 + e^y)) for |Im y| < π.
fn ln_logistic(y: Complex64) -> Complex64 {
    if y.re < 0.0 { y - (1.0 + y.exp()).ln() } else { -(1.0 + (-y).exp()).ln() }
}
