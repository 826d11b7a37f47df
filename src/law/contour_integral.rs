//! The integral of G_ν along a line between the singularities of g(y) and those of g(1/b − y).

use std::f64::consts::PI;

use num_complex::Complex64;

use super::companion::reciprocal;
use super::contour_roots::{Root, Roots};
use crate::numerics::decay::{Decay, ORDER, RULE};

/// Relative accuracy of the integrals.
const ACCURACY: f64 = 1e-13;

/// Size, against the integral, below which coefficients that do not decay are noise.
const NOISE: f64 = 1e-11;

/// Part of the largest angle allowed at which the contour leaves the axis.
const ANGLE: f64 = 0.5;

/// Pieces of one contour at most, for the few points at which a series is made, two rules are
/// compared or a gap is looked for. A few are usual, some hundred next to the support.
pub(super) const MOST_PIECES_ONCE: usize = 3000;

/// What ν depends on: b, c, γ2 > 0 and the values of D² off 0, ascending, with their
/// probabilities.
#[derive(Debug)]
pub(super) struct Values {
    pub(super) b: f64,
    pub(super) c: f64,
    pub(super) gamma2: f64,
    pub(super) squares: Vec<(f64, f64)>,
}

/// What is integrated along a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Integrand {
    /// g(u) (H(g(1/b − u)) − H(0))
    Resolvent,
    /// g(u) g(1/b − u)
    Product,
}

impl Values {
    /// T and T′ at z in the closed upper half-plane off the support; `None` where the contour
    /// is not resolved.
    pub(super) fn t(&self, z: Complex64, most_pieces: usize) -> Option<(Complex64, Complex64)> {
        let [integral, slope] = self.integral(z, most_pieces)?;
        let (mut t, mut t_slope) = (z * integral, integral + z * slope);
        for &(square, weight) in &self.squares {
            let inverse = reciprocal(z - self.c * square);
            let term = weight * self.c * square * inverse;
            t += term;
            t_slope -= term * inverse;
        }
        Some((t, t_slope))
    }

    /// (1/2πi) ∮ g(u) (H(g(1/b − u)) − H(0)) du and its derivative in z.
    pub(super) fn integral(&self, z: Complex64, most_pieces: usize) -> Option<[Complex64; 2]> {
        AtPoint::new(self, z).along(Integrand::Resolvent, self.angle(z), most_pieces)
    }

    /// (1/2πi) ∮ g(u) g(1/b − u) du and its derivative in z.
    pub(super) fn product(&self, z: Complex64, most_pieces: usize) -> Option<[Complex64; 2]> {
        AtPoint::new(self, z).along(Integrand::Product, self.angle(z), most_pieces)
    }

    /// By how much the line falls.
    fn angle(&self, z: Complex64) -> f64 {
        // Seen from 0, all singularities of g lie in a cone below the real axis; for real z
        // on the axis, on the near side of 1/(2b).
        if z.im == 0.0 {
            0.5 * PI
        } else {
            ANGLE * self.squares.iter().map(|s| (z - self.c * s.0).arg()).fold(PI, f64::min)
        }
    }
}

/// What is integrated at one z.
struct AtPoint<'a> {
    law: &'a Values,
    z: Complex64,
    roots: Roots,
}

/// A node of the contour: its place τ, its distance s from the centre, and on both sides of that
/// 1/g, which is almost linear in u, and d(1/g)/du.
struct Node {
    tau: f64,
    s: f64,
    inverse: [Complex64; 2],
    slope: [Complex64; 2],
}

/// The integral over a piece, its derivative in z, and how the integrand decays.
struct Piece {
    sum: [Complex64; 2],
    decay: Decay,
    /// In ascending order.
    nodes: Vec<Node>,
}

impl<'a> AtPoint<'a> {
    fn new(law: &'a Values, z: Complex64) -> Self {
        let roots = Roots::new(z, (law.b, law.c, law.gamma2), &law.squares);
        Self { law, z, roots }
    }

    /// The integral along the straight line through 1/(2b) that falls at `angle`.
    fn along(
        &self,
        integrand: Integrand,
        angle: f64,
        most_pieces: usize,
    ) -> Option<[Complex64; 2]> {
        let line = Line {
            centre: 0.5 / self.law.b,
            direction: Complex64::from_polar(1.0, PI - angle),
            length: 0.5 / self.law.b,
        };
        let whole = self.piece(integrand, &line, (-1.0, 1.0), &[])?;
        let mut total = whole.sum;
        let mut pending = vec![((-1.0, 1.0), whole)];
        let mut pieces = 0;
        while let Some(((from, to), piece)) = pending.pop() {
            let size = total[0].l1_norm();
            let noise = piece.decay.stagnates() && piece.decay.tail <= NOISE * size;
            // The terms of a product cancel: their sum may be far below their rounding.
            let cancels = integrand == Integrand::Product;
            let exact = if cancels {
                piece.decay.suggests(ACCURACY, size)
            } else {
                piece.decay.shows(ACCURACY, size)
            };
            if exact || noise {
                continue;
            }
            pieces += 1;
            if pieces > most_pieces {
                return None;
            }
            let middle = 0.5 * (from + to);
            let halves = [(middle, to), (from, middle)];
            let changed = halves.map(|half| self.piece(integrand, &line, half, &piece.nodes));
            for (half, found) in halves.into_iter().zip(changed) {
                let found = found?;
                total = [0, 1].map(|k| total[k] + found.sum[k] - 0.5 * piece.sum[k]);
                pending.push((half, found));
            }
        }
        let factor = line.direction / Complex64::new(0.0, 2.0 * PI);
        Some(total.map(|sum| factor * sum))
    }

    /// One rule on τ from `from` to `to`, with roots continued from infinity, or from those
    /// of a piece that contains it.
    fn piece(
        &self,
        integrand: Integrand,
        line: &Line,
        (from, to): (f64, f64),
        known: &[Node],
    ) -> Option<Piece> {
        let rule = &*RULE;
        let mut values = [[Complex64::ZERO; ORDER]; 2];
        let mut nodes: Vec<Node> = Vec::with_capacity(ORDER);
        for k in (0..ORDER).rev() {
            let tau = 0.5 * (from + to) + 0.5 * (to - from) * rule.nodes[k];
            let s = line.distance(tau);
            let offset = line.direction * s;
            let places = [line.centre + offset, line.centre - offset];
            let around = neighbours(known, nodes.last(), tau);
            let root = |side: usize| {
                let u = places[side];
                // For real z the roots lie on the other side of the axis than u.
                let plane = if self.z.im > 0.0 {
                    -line.direction.conj()
                } else {
                    Complex64::new(u.im.signum(), 0.0)
                };
                let guess = line.guess(side, s, around).unwrap_or(u);
                self.roots.root(u, reciprocal(guess), plane)
            };
            let roots = [root(0)?, root(1)?];
            let [value, slope] = match integrand {
                Integrand::Resolvent => self.resolvent_pair(&roots),
                Integrand::Product => self.product_pair(&roots),
            };
            let weight = 0.5 * (to - from) * rule.weights[k] * line.rate(tau);
            values[0][k] = weight * value;
            values[1][k] = weight * slope;
            let inverse = [0, 1].map(|side: usize| reciprocal(roots[side].g));
            let slope = [0, 1].map(|side| -roots[side].slope * inverse[side] * inverse[side]);
            nodes.push(Node { tau, s, inverse, slope });
        }
        nodes.reverse();
        let decay = rule.decay(&values[0], |v| v.l1_norm());
        Some(Piece { sum: values.map(|v| v.iter().sum()), decay, nodes })
    }

    /// ∂g/∂z at fixed u.
    fn g_slope(&self, root: &Root) -> Complex64 {
        // ∂u/∂z = −γ2 Σ ω/t · 1/(g−a)².
        self.law.gamma2 * root.terms.change * root.slope
    }

    /// g h(g′) + g′ h(g) with h = H − H(0), and its derivative in z at fixed u.
    fn resolvent_pair(&self, pair: &[Root; 2]) -> [Complex64; 2] {
        let [(g, h, g_z, h_z), (other, other_h, other_g_z, other_h_z)] =
            pair.each_ref().map(|root| {
                let Root { g, ref terms, .. } = *root;
                let g_z = self.g_slope(root);
                let h_z = g * terms.resolvent_change + terms.change * g_z;
                (g, -g * terms.resolvent, g_z, h_z)
            });
        [g * other_h + other * h, g_z * other_h + g * other_h_z + other_g_z * h + other * h_z]
    }

    /// g g′ from both sides, and its derivative in z at fixed u.
    fn product_pair(&self, pair: &[Root; 2]) -> [Complex64; 2] {
        let [(g, g_z), (other, other_g_z)] = pair.each_ref().map(|r| (r.g, self.g_slope(r)));
        [2.0 * g * other, 2.0 * (g_z * other + g * other_g_z)]
    }
}

/// The next of the known nodes below τ, and the next above it, perhaps the last one computed.
fn neighbours<'a>(known: &'a [Node], last: Option<&'a Node>, tau: f64) -> [Option<&'a Node>; 2] {
    let above = known.partition_point(|node| node.tau <= tau);
    let nearest = [last, known.get(above)].into_iter().flatten();
    let after = nearest.min_by(|l, r| l.tau.total_cmp(&r.tau));
    [above.checked_sub(1).map(|k| &known[k]), after]
}

/// A straight line u = centre ± s·direction with s = length (1+τ)/(1−τ).
struct Line {
    centre: f64,
    direction: Complex64,
    length: f64,
}

impl Line {
    /// s at τ.
    fn distance(&self, tau: f64) -> f64 {
        self.length * (1.0 + tau) / (1.0 - tau)
    }

    /// ds/dτ.
    fn rate(&self, tau: f64) -> f64 {
        2.0 * self.length / (1.0 - tau).powi(2)
    }

    /// 1/g at the distance s, between two nodes or next to one, on one side of the centre: by its
    /// Hermite interpolation.
    fn guess(&self, side: usize, s: f64, [before, after]: [Option<&Node>; 2]) -> Option<Complex64> {
        // d(1/g)/ds.
        let direction = if side == 0 { self.direction } else { -self.direction };
        let slope = |node: &Node| direction * node.slope[side];
        let straight = |node: &Node| node.inverse[side] + slope(node) * (s - node.s);
        match [before, after] {
            [None, None] => None,
            [Some(node), None] | [None, Some(node)] => Some(straight(node)),
            [Some(before), Some(after)] => {
                let length = after.s - before.s;
                let t = (s - before.s) / length;
                // By how much the straight lines through both nodes differ from their secant.
                let secant = after.inverse[side] - before.inverse[side];
                let first = slope(before) * length - secant;
                let second = secant - slope(after) * length;
                let bent = t * (1.0 - t) * (first * (1.0 - t) + second * t);
                Some(before.inverse[side] + secant * t + bent)
            }
        }
    }
}
