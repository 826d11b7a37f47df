//! A law of |D| with a piecewise constant density.

use num_complex::Complex64;

use super::SquareLaw;
use super::ladder::{Ladder, Top};
use crate::Error;
use crate::numerics::gauss::rule_of_measure;
use crate::numerics::legendre::gauss_legendre;

/// Nodes of the Gauss rule of D². Its moments are right up to twice that order.
const MOMENT_NODES: usize = 28;

/// Gauss–Legendre nodes on a step of width w of the largest |D|: from `LEAST_NODES` in steps
/// of `NODES_PER_ROOT` √w, enough for polynomials of order 4 `MOMENT_NODES`, whose waves are
/// closest at the largest |D|, and at most `MOST_NODES`, which are exact.
const LEAST_NODES: f64 = 12.0;
const NODES_PER_ROOT: f64 = 80.0;
const MOST_NODES: f64 = 64.0;

/// How deep the path below a step runs, in units of its length in t. Deeper, the ladders
/// at its ends take a node for each 0.35 of the logarithm; less deep, poles on the axis are
/// closer to the nodes between.
const DEPTH: f64 = 2.0;

/// Gauss–Legendre nodes of a straight part of the path whose distance to the axis is at
/// least its length: for poles at that distance the error is 1e-12.
const STRAIGHT_NODES: usize = 9;

/// Jumps of the density that are no more than this part of it are rounding.
const SAME_DENSITY: f64 = 1e-14;

/// The density ρ of R = |D|: constant between the ends of steps.
#[derive(Debug)]
pub(super) struct Staircase {
    steps: Vec<Step>,
}

/// Density ρ on \[r1, r2\].
#[derive(Debug, Clone, Copy)]
struct Step {
    r1: f64,
    r2: f64,
    density: f64,
}

impl Step {
    /// Length in t.
    fn length(&self) -> f64 {
        (self.r2 - self.r1) * (self.r2 + self.r1)
    }
}

impl Staircase {
    /// The staircase with ascending `ends` and a density between each and the next.
    /// Steps of one height are put together.
    pub(super) fn new(ends: &[f64], densities: Vec<f64>) -> Self {
        let mut steps: Vec<Step> = Vec::new();
        for (pair, density) in ends.windows(2).zip(densities).filter(|step| step.1 > 0.0) {
            let (r1, r2) = (pair[0], pair[1]);
            match steps.last_mut() {
                Some(last)
                    if last.r2 == r1
                        && (last.density - density).abs() <= SAME_DENSITY * density =>
                {
                    last.r2 = r2;
                }
                _ => steps.push(Step { r1, r2, density }),
            }
        }
        Self { steps }
    }

    /// The two quadratures of D² = R².
    pub(super) fn square_law(&self) -> Result<SquareLaw, Error> {
        let support: Vec<(f64, f64)> =
            self.steps.iter().map(|step| (step.r1 * step.r1, step.r2 * step.r2)).collect();
        let (Some(first), Some(last)) = (self.steps.first(), self.steps.last()) else {
            return Ok(SquareLaw::from_checked_atoms(&[0.0], &[1.0]));
        };
        if first.r1 * first.r1 == last.r2 * last.r2 {
            // D² is constant to rounding, or underflows to 0.
            return Ok(SquareLaw::from_checked_atoms(&[last.r2], &[1.0]));
        }
        let fine = self.real_nodes(last.r2);
        let (positions, weights): (Vec<f64>, Vec<f64>) = fine.iter().copied().unzip();
        let mut rule = rule_of_measure(&positions, &weights, MOMENT_NODES)?;
        let unit = last.r2 * last.r2;
        rule.nodes.iter_mut().for_each(|t| *t = (*t * unit).min(unit));
        let fine = fine.into_iter().map(|(t, weight)| (t * unit, weight)).collect();
        let boundary = self.boundary_rule();
        // With exactly the sum 1, what is left of a transform next to 0 is not its error.
        let mass: Complex64 = boundary.iter().map(|node| node.1).sum();
        let boundary = boundary.into_iter().map(|(t, weight)| (t, weight / mass)).collect();
        let law = SquareLaw::from_quadratures(rule.nodes, rule.weights, boundary, support);
        Ok(law.with_fine_nodes(fine))
    }

    /// Gauss–Legendre nodes on the steps, in units of the largest D², with their masses.
    fn real_nodes(&self, largest: f64) -> Vec<(f64, f64)> {
        let mut found = Vec::new();
        for step in &self.steps {
            let half = 0.5 * (step.r2 - step.r1) / largest;
            let count = (LEAST_NODES + NODES_PER_ROOT * half.sqrt()).min(MOST_NODES);
            let (nodes, shares) = gauss_legendre(count as usize);
            for (node, share) in nodes.iter().zip(&shares) {
                let r = step.r1 / largest + half * (1.0 + node);
                found.push((r * r, share * half * (step.density * largest)));
            }
        }
        found
    }

    /// Nodes in the lower half-plane, see [`SquareLaw::boundary_rule`].
    ///
    /// The mass element ρ dr = ρ dt/(2√t) of a step is analytic below the axis, so the path
    /// of a step may leave it: straight down from its lower end, across, and up to its upper
    /// end. Two steps share the vertical part at the end where they meet, with the
    /// difference of their densities: a jump costs one [`Ladder`].
    fn boundary_rule(&self) -> Vec<(Complex64, Complex64)> {
        let mut nodes = Vec::new();
        let straight = gauss_legendre(STRAIGHT_NODES);
        let depths: Vec<f64> = self.steps.iter().map(|step| DEPTH * step.length()).collect();
        let touches = |i: usize| i > 0 && self.steps[i - 1].r2 == self.steps[i].r1;
        let shared = |i: usize| depths[i - 1].min(depths[i]);
        for (i, step) in self.steps.iter().enumerate() {
            let before = if touches(i) { self.steps[i - 1].density } else { 0.0 };
            let top = if touches(i) { shared(i) } else { depths[i] };
            Ladder::new(Top::at(step.r1), top).visit(|t, dr| {
                nodes.push((t, dr * (before - step.density)));
            });
            let last = !(i + 1 < self.steps.len() && touches(i + 1));
            let bottom = if last { depths[i] } else { shared(i + 1) };
            if last {
                Ladder::new(Top::at(step.r2), bottom)
                    .visit(|t, dr| nodes.push((t, dr * step.density)));
            }
            let corners = corners(step, top, bottom, depths[i]);
            for pair in corners.windows(2) {
                across(pair[0], pair[1], &straight, |t, dr| nodes.push((t, dr * step.density)));
            }
        }
        nodes
    }
}

/// The path below a step from the foot of one ladder to that of the other: down to at
/// least half of `depth`, each time to twice the depth, across, and up again.
fn corners(step: &Step, first: f64, last: f64, depth: f64) -> Vec<Complex64> {
    let column = |r: f64, foot: f64| {
        let mut depths = vec![foot];
        let mut reached = foot;
        while 2.0 * reached < depth {
            reached *= 2.0;
            depths.push(reached);
        }
        depths.into_iter().map(move |depth| Complex64::new(r * r, -depth)).collect::<Vec<_>>()
    };
    let mut corners = column(step.r1, first);
    corners.extend(column(step.r2, last).into_iter().rev());
    corners
}

/// Visits Gauss–Legendre nodes t on a straight line, with dr = dt/(2√t).
fn across(
    from: Complex64,
    to: Complex64,
    (nodes, shares): &(Vec<f64>, Vec<f64>),
    mut visit: impl FnMut(Complex64, Complex64),
) {
    let half = 0.5 * (to - from);
    for (node, share) in nodes.iter().zip(shares) {
        let t = from + half * (1.0 + node);
        visit(t, share * half / (2.0 * t.sqrt()));
    }
}
