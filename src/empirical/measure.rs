//! The law that one Gauss rule stands for.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use libm::erfc;

use crate::Error;
use crate::krylov::JacobiMatrix;

/// A Ritz value with a smaller residual, relative to the spectrum, is taken for
/// an eigenvalue.
const CONVERGED: f64 = 1e-7;

/// Nodes below this many roundings of the largest one are 0.
const ROUNDING: f64 = 64.0 * f64::EPSILON;

/// A node with its weight, and the ends between which that is spread.
struct Step {
    node: f64,
    weight: f64,
    ends: Option<[f64; 2]>,
}

/// In which variable distribution functions run straight between nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variable {
    /// $\sqrt x$, where no node is below 0: at a hard edge there F grows like it.
    Root,
    /// x
    Plain,
}

impl Variable {
    pub(super) fn of(self, x: f64) -> f64 {
        if self == Self::Root { x.max(0.0).sqrt() } else { x }
    }

    pub(super) fn inverse(self, s: f64) -> f64 {
        if self == Self::Root { s * s } else { s }
    }

    /// The value at x of the function that runs from `low` at `from` to `high` at `to`.
    fn between(self, (from, low): (f64, f64), (to, high): (f64, f64), x: f64) -> f64 {
        let width = self.of(to) - self.of(from);
        let share = (self.of(x) - self.of(from)) / width;
        if width > 0.0 { low + (high - low) * share.clamp(0.0, 1.0) } else { low }
    }
}

/// The spectral measure of one probe: nodes with weights, and its distribution
/// function.
///
/// A Gauss rule puts $F$ at a node near the middle of its step there. The weight of
/// a node that has converged to an eigenvalue stays where it is; that of any other
/// is spread evenly, in the [`Variable`], over the half gaps on its sides, each of
/// them cut to the other gap, so that nothing is spread over a true gap of the
/// spectrum, nor below 0 when no node is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    /// Ascending, with weights of sum 1.
    pub(super) nodes: Vec<f64>,
    pub(super) weights: Vec<f64>,
    pub(super) variable: Variable,
    /// Those of the random part, without what is known; the weights have sum 1.
    pub(super) random: Vec<(f64, f64)>,
    /// Corners of the distribution function: place, value on the left, on the right.
    corners: Vec<(f64, f64, f64)>,
}

/// What is known of a law without probes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Known {
    /// The mass of eigenvalues that are 0.
    pub(super) zeros: f64,
    /// Eigenvalues that were set aside, and the mass of one.
    pub(super) set_aside: Vec<f64>,
    pub(super) unit: f64,
    /// Nothing is below.
    pub(super) lower_bound: Option<f64>,
}

impl Known {
    /// The mass of what is left to the probes.
    pub(super) fn rest(&self) -> f64 {
        1.0 - self.zeros - self.unit * self.set_aside.len() as f64
    }

    /// ∫ f over what is known.
    pub(super) fn integral(&self, f: &dyn Fn(f64) -> f64) -> f64 {
        // 0 · ∞ is NaN.
        let zeros = if self.zeros > 0.0 { self.zeros * f(0.0) } else { 0.0 };
        zeros + self.set_aside.iter().map(|value| self.unit * f(*value)).sum::<f64>()
    }
}

impl Measure {
    /// The measure of a rule, and what is known beside it.
    pub(super) fn new(jacobi: &JacobiMatrix, known: &Known) -> Result<Self, Error> {
        let (mut nodes, mut weights) = jacobi.gauss_rule()?;
        let mut bounds = jacobi.residual_bounds()?;
        let scale = nodes.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        for node in &mut nodes {
            if node.abs() <= ROUNDING * scale {
                *node = 0.0;
            }
            *node = node.max(known.lower_bound.unwrap_or(f64::NEG_INFINITY));
        }
        let random = nodes.iter().copied().zip(weights.iter().copied()).collect();
        weights.iter_mut().for_each(|weight| *weight *= known.rest());
        for value in &known.set_aside {
            let place = nodes.partition_point(|node| node < value);
            nodes.insert(place, *value);
            weights.insert(place, known.unit);
            bounds.insert(place, 0.0);
        }
        let definite = nodes.first().is_some_and(|first| *first >= 0.0);
        let variable = if definite { Variable::Root } else { Variable::Plain };
        let places: Vec<f64> = nodes.iter().map(|node| variable.of(*node)).collect();
        let mut steps: Vec<Step> = Vec::new();
        for (k, (place, weight)) in places.iter().zip(&weights).enumerate() {
            let left = if k > 0 { place - places[k - 1] } else { f64::INFINITY };
            let right = places.get(k + 1).map_or(f64::INFINITY, |next| next - place);
            let converged = bounds[k] <= CONVERGED * scale || nodes[k] == 0.0 || nodes.len() == 1;
            let narrow = if converged { 0.0 } else { left.min(right) };
            let below = narrow.min(0.5 * left).min(if definite { *place } else { narrow });
            let above = narrow.min(0.5 * right);
            let ends = [variable.inverse(place - below), variable.inverse(place + above)];
            let ends = (narrow > 0.0).then_some(ends);
            steps.push(Step { node: nodes[k], weight: *weight, ends });
        }
        if known.zeros > 0.0 {
            let place = steps.partition_point(|step| step.node < 0.0);
            steps.insert(place, Step { node: 0.0, weight: known.zeros, ends: None });
        }
        // The weights sum to 1 up to rounding.
        let total: f64 = steps.iter().map(|step| step.weight).sum();
        let mut corners = Vec::with_capacity(3 * steps.len());
        let mut level: f64 = 0.0;
        for step in &mut steps {
            step.weight /= total;
            let (middle, after) = (level + 0.5 * step.weight, (level + step.weight).min(1.0));
            match step.ends {
                Some([below, above]) => {
                    corners.push((below, level, level));
                    corners.push((step.node, middle, middle));
                    corners.push((above, after, after));
                }
                None => corners.push((step.node, level, after)),
            }
            level = after;
        }
        let (nodes, weights) = steps.iter().map(|step| (step.node, step.weight)).unzip();
        Ok(Self { nodes, weights, variable, random, corners })
    }

    /// All mass at 0.
    pub(super) fn zero() -> Self {
        let (nodes, weights, corners) = (vec![0.0], vec![1.0], vec![(0.0, 0.0, 1.0)]);
        Self { nodes, weights, variable: Variable::Root, random: Vec::new(), corners }
    }

    /// Where the distribution function bends or jumps.
    pub(super) fn places(&self) -> impl Iterator<Item = f64> {
        self.corners.iter().map(|corner| corner.0)
    }

    /// F(x−) and F(x).
    pub(super) fn sides(&self, x: f64) -> (f64, f64) {
        let after = self.corners.partition_point(|corner| corner.0 <= x);
        let first = self.corners[..after].partition_point(|corner| corner.0 < x);
        let right = self.between(after, x);
        if first == after { (right, right) } else { (self.corners[first].1, right) }
    }

    /// F at x, which lies behind the first `passed` corners and before the others.
    fn between(&self, passed: usize, x: f64) -> f64 {
        let Some(behind) = passed.checked_sub(1) else { return 0.0 };
        let (from, _, low) = self.corners[behind];
        match self.corners.get(passed) {
            Some((to, high, _)) => self.variable.between((from, low), (*to, *high), x),
            None => low,
        }
    }

    /// The density at x of the law with this distribution function, smoothed by a
    /// Gaussian of standard deviation `width`.
    pub(super) fn density(&self, x: f64, width: f64) -> f64 {
        let distance = |place: f64| (place - x) / width;
        let normal = |t: f64| 0.5 * erfc(-t * FRAC_1_SQRT_2);
        let bell = |t: f64| FRAC_1_SQRT_2 / PI.sqrt() * (-0.5 * t * t).exp() / width;
        let atoms = self.corners.iter().filter(|(_, left, right)| right > left);
        let atoms = atoms.map(|(place, left, right)| (right - left) * bell(distance(*place)));
        let slopes = self.corners.windows(2).map(|pair| {
            let ((from, _, low), (to, high, _)) = (pair[0], pair[1]);
            if high > low && to > from {
                // On the side where the tail of the normal law keeps its digits.
                let (a, b) = (distance(from), distance(to));
                let mass = if a > 0.0 { normal(-a) - normal(-b) } else { normal(b) - normal(a) };
                (high - low) / (to - from) * mass
            } else {
                0.0
            }
        });
        atoms.sum::<f64>() + slopes.sum::<f64>()
    }

    /// ∫ f
    pub(super) fn integral(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.nodes.iter().zip(&self.weights).map(|(node, weight)| weight * f(*node)).sum()
    }
}
