//! The integral of G_ν along a line between the singularities of g(y) and those of g(1/b − y).

use std::f64::consts::PI;

use num_complex::Complex64;

use super::companion::reciprocal;
use crate::numerics::decay::{Decay, ORDER, RULE};
use crate::numerics::poles::PoleSum;

/// Relative accuracy of the integrals.
const ACCURACY: f64 = 1e-13;

/// Size, against the integral, below which coefficients that do not decay are noise.
const NOISE: f64 = 1e-11;

/// Part of the largest angle allowed at which the contour leaves the axis.
const ANGLE: f64 = 0.5;

/// Distance, in units of the largest singularity, from which a root is followed.
const FAR: f64 = 30.0;

/// Pieces of one contour at most, for the few points at which a series is made, two rules are
/// compared or a gap is looked for. A few are usual, some hundred next to the support.
pub(super) const MOST_PIECES_ONCE: usize = 3000;

/// Steps in which it is followed.
const MOST_STEPS: usize = 300;

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

/// What depends on z: poles a = z/t − c in the plane of g.
pub(super) struct AtPoint<'a> {
    law: &'a Values,
    z: Complex64,
    /// Σ ω/(g − a), with weights ω/t, and with ω/(z − ct).
    plain: PoleSum,
    inverse: PoleSum,
    resolvent: PoleSum,
    /// With weights ω/(t²a) and ω/(t²a²): what they add up to is small where z is large.
    square: [PoleSum; 2],
    /// What no singularity of g(u) or of g(1/b − u) exceeds.
    reach: f64,
}

/// A node of the contour: its place τ, g on both sides of the centre, and dg/du.
type Node = (f64, [Complex64; 2], [Complex64; 2]);

/// The integral over a piece, its derivative in z, and how the integrand decays.
struct Piece {
    sum: [Complex64; 2],
    decay: Decay,
    nodes: Vec<Node>,
}

impl<'a> AtPoint<'a> {
    pub(super) fn new(law: &'a Values, z: Complex64) -> Self {
        let sum = |weight: &dyn Fn(f64) -> Complex64| {
            PoleSum::new(law.squares.iter().map(|&(t, w)| (z / t - law.c, w * weight(t))))
        };
        // t a
        let shifted = |t: f64| z - law.c * t;
        let square =
            [sum(&|t| reciprocal(t * shifted(t))), sum(&|t| reciprocal(shifted(t) * shifted(t)))];
        let largest =
            law.squares.iter().map(|&(t, _)| t / (z - law.c * t).norm()).fold(0.0, f64::max);
        let reach = 1.0 / law.b + (1.0 + law.gamma2.sqrt()).powi(2) * largest;
        Self {
            law,
            z,
            plain: sum(&|_| 1.0.into()),
            inverse: sum(&|t| t.recip().into()),
            square,
            resolvent: sum(&|t| reciprocal(shifted(t))),
            reach,
        }
    }

    /// u(g) and du/dg.
    fn u(&self, g: Complex64) -> (Complex64, Complex64) {
        let (sum, slope) = self.plain.with_derivative(g);
        let inverse = reciprocal(g);
        (inverse - self.law.gamma2 * sum, -inverse * inverse - self.law.gamma2 * slope)
    }

    /// The root g of u(g) = `u` in the half-plane that it lies in, and dg/du: from a guess, or
    /// followed from far above, where it is 1/u. In the half-plane it is unique.
    fn g(
        &self,
        u: Complex64,
        guess: Complex64,
        plane: Complex64,
    ) -> Option<(Complex64, Complex64)> {
        if let Some(found) = self.newton(u, guess, plane) {
            return Some(found);
        }
        let up = Complex64::I * plane.conj();
        let mut height = FAR * self.reach;
        let mut found = self.newton(u + up * height, reciprocal(u + up * height), plane)?;
        let mut ratio = 0.5_f64;
        for _ in 0..MOST_STEPS {
            let next = if height <= f64::EPSILON * u.norm() { 0.0 } else { ratio * height };
            let guess = found.0 + found.1 * up * (next - height);
            match self.newton(u + up * next, guess, plane) {
                Some(root) if next == 0.0 => return Some(root),
                Some(root) => {
                    (found, height) = (root, next);
                    ratio = (ratio * ratio).max(0.1);
                }
                None if ratio > 0.999 => return None,
                None => ratio = ratio.sqrt(),
            }
        }
        None
    }

    /// Newton's iteration, and its end if that lies in the half-plane below `plane`.
    fn newton(
        &self,
        u: Complex64,
        guess: Complex64,
        plane: Complex64,
    ) -> Option<(Complex64, Complex64)> {
        let mut g = guess;
        let mut previous = f64::MAX;
        for _ in 0..25 {
            let (value, slope) = self.u(g);
            let step = (value - u) * reciprocal(slope);
            let length = step.l1_norm();
            if !length.is_finite() {
                return None;
            }
            g -= step;
            let size = g.l1_norm();
            // Quadratic convergence makes the next step negligible; or rounding stops it.
            if length <= 1e-9 * size || length <= 1e-6 * size && length > 0.25 * previous {
                let below = (g * plane.conj()).im < 0.0;
                return below.then_some((g, reciprocal(slope)));
            }
            previous = length;
        }
        None
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
            let offset = line.offset(tau);
            let places = [line.centre + offset, line.centre - offset];
            let nearest = (known.iter().chain(nodes.last()))
                .min_by(|l, r| (l.0 - tau).abs().total_cmp(&(r.0 - tau).abs()));
            let mut found = [(Complex64::ZERO, Complex64::ZERO); 2];
            for side in 0..2 {
                let u = places[side];
                // For real z the roots lie on the other side of the axis than u.
                let plane = if self.z.im > 0.0 {
                    -line.direction.conj()
                } else {
                    Complex64::new(u.im.signum(), 0.0)
                };
                let guess = match nearest {
                    Some((at, g, slope)) => {
                        let before = line.offset(*at);
                        let change = if side == 0 { offset - before } else { before - offset };
                        // In 1/g, which is almost linear in u.
                        reciprocal(
                            reciprocal(g[side])
                                - slope[side] * change * reciprocal(g[side] * g[side]),
                        )
                    }
                    None => reciprocal(u),
                };
                found[side] = self.g(u, guess, plane)?;
            }
            let roots = found.map(|f| f.0);
            let [value, slope] = match integrand {
                Integrand::Resolvent => self.resolvent_pair(roots),
                Integrand::Product => self.product_pair(roots),
            };
            let weight = 0.5 * (to - from) * rule.weights[k] * line.rate(tau);
            values[0][k] = weight * value;
            values[1][k] = weight * slope;
            nodes.push((tau, found.map(|f| f.0), found.map(|f| f.1)));
        }
        nodes.reverse();
        let decay = rule.decay(&values[0], |v| v.l1_norm());
        Some(Piece { sum: values.map(|v| v.iter().sum()), decay, nodes })
    }

    /// ∂g/∂z at fixed u.
    fn g_slope(&self, g: Complex64) -> Complex64 {
        // ∂u/∂z = γ2 Σ ω/t · (−1)/(g−a)².
        let (_, inverse) = self.inverse.with_derivative(g);
        -(self.law.gamma2 * inverse) * reciprocal(self.u(g).1)
    }

    /// g h(g′) + g′ h(g) with h = H − H(0), and its derivative in z at fixed u.
    fn resolvent_pair(&self, pair: [Complex64; 2]) -> [Complex64; 2] {
        let at = pair.map(|g| {
            let (_, inverse) = self.inverse.with_derivative(g);
            // −Σ ω/t² (1/(g−a)² − 1/a²), as a multiple of g.
            let square = g * (self.square[0].with_derivative(g).1 + self.square[1].value(g));
            let g_z = self.g_slope(g);
            let h = -g * self.resolvent.value(g);
            let h_z = square - inverse * g_z;
            (h, g_z, h_z)
        });
        let [g, other] = pair;
        let [(h, g_z, h_z), (other_h, other_g_z, other_h_z)] = at;
        [g * other_h + other * h, g_z * other_h + g * other_h_z + other_g_z * h + other * h_z]
    }

    /// g g′ from both sides, and its derivative in z at fixed u.
    fn product_pair(&self, pair: [Complex64; 2]) -> [Complex64; 2] {
        let slopes = pair.map(|g| self.g_slope(g));
        [2.0 * pair[0] * pair[1], 2.0 * (slopes[0] * pair[1] + pair[0] * slopes[1])]
    }
}

/// A straight line u = centre ± s·direction with s = length (1+τ)/(1−τ).
struct Line {
    centre: f64,
    direction: Complex64,
    length: f64,
}

impl Line {
    fn offset(&self, tau: f64) -> Complex64 {
        self.direction * (self.length * (1.0 + tau) / (1.0 - tau))
    }

    /// ds/dτ.
    fn rate(&self, tau: f64) -> f64 {
        2.0 * self.length / (1.0 - tau).powi(2)
    }
}
