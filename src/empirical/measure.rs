//! The law that one Gauss rule stands for.

use crate::Error;
use crate::ntk::lanczos::JacobiMatrix;

/// A Ritz value with a smaller residual, relative to the spectrum, is taken for
/// an eigenvalue.
const CONVERGED: f64 = 1e-7;

/// Nodes below this many roundings of the largest one are 0.
const ROUNDING: f64 = 64.0 * f64::EPSILON;

/// The spectral measure of one probe: nodes with weights, and its distribution
/// function.
///
/// A Gauss rule puts $F$ at a node near the middle of its step there. The weight of
/// a node that has converged to an eigenvalue stays where it is; that of any other
/// is spread evenly over the half gaps on its sides, each of them cut to the
/// other gap, so that nothing is spread over a true gap of the spectrum, nor below 0
/// when no node is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Measure {
    /// Ascending, with weights of sum 1.
    pub(super) nodes: Vec<f64>,
    pub(super) weights: Vec<f64>,
    /// Corners of the distribution function: place, value on the left, on the right.
    corners: Vec<(f64, f64, f64)>,
}

impl Measure {
    /// The measure of a rule, and an atom at 0 with mass `zeros`.
    pub(super) fn new(jacobi: &JacobiMatrix, zeros: f64) -> Result<Self, Error> {
        let (mut nodes, weights) = jacobi.gauss_rule()?;
        let bounds = jacobi.residual_bounds()?;
        let scale = nodes.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        for node in &mut nodes {
            if node.abs() <= ROUNDING * scale {
                *node = 0.0;
            }
        }
        // Nothing lies below 0 if no node does: the spectrum ends next to its nodes.
        let definite = nodes.first().is_some_and(|first| *first >= 0.0);
        let room = |node: f64| if definite { node } else { f64::INFINITY };
        let mut cells: Vec<(f64, f64, f64, f64)> = Vec::new();
        for (k, (node, weight)) in nodes.iter().zip(&weights).enumerate() {
            let left = if k > 0 { node - nodes[k - 1] } else { f64::INFINITY };
            let right = nodes.get(k + 1).map_or(f64::INFINITY, |next| next - node);
            let isolated = bounds[k] <= CONVERGED * scale || *node == 0.0 || nodes.len() == 1;
            let (below, above) = if isolated {
                (0.0, 0.0)
            } else {
                let narrow = left.min(right);
                (narrow.min(0.5 * left).min(room(*node)), narrow.min(0.5 * right))
            };
            cells.push((*node, below, above, (1.0 - zeros) * weight));
        }
        if zeros > 0.0 {
            let place = cells.partition_point(|cell| cell.0 < 0.0);
            cells.insert(place, (0.0, 0.0, 0.0, zeros));
        }
        let mut corners: Vec<(f64, f64, f64)> = Vec::with_capacity(3 * cells.len());
        let mut level: f64 = 0.0;
        for (node, below, above, weight) in &cells {
            let middle = level + 0.5 * weight;
            let after = level + weight;
            if *below > 0.0 || *above > 0.0 {
                corners.push((node - below, level, level));
                corners.push((*node, middle, middle));
                corners.push((node + above, after, after));
            } else {
                corners.push((*node, level, after));
            }
            level = after;
        }
        // The weights sum to 1 up to rounding.
        for corner in &mut corners {
            corner.1 /= level;
            corner.2 /= level;
        }
        let (nodes, weights) = cells.iter().map(|cell| (cell.0, cell.3 / level)).unzip();
        Ok(Self { nodes, weights, corners })
    }

    /// All mass at 0.
    pub(super) fn zero() -> Self {
        Self { nodes: vec![0.0], weights: vec![1.0], corners: vec![(0.0, 0.0, 1.0)] }
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
            Some((to, high, _)) if *to > from => low + (high - low) * (x - from) / (to - from),
            _ => low,
        }
    }

    /// ∫ f
    pub(super) fn integral(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.nodes.iter().zip(&self.weights).map(|(node, weight)| weight * f(*node)).sum()
    }
}
