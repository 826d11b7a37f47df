//! The roots g of u(g) = u on a line that has the singularities of g on one side.

use num_complex::Complex64;

use super::companion::reciprocal;
use super::contour_sums::{ContourSums, Terms};

/// Relative accuracy of a root, and of u there.
const EXACT: f64 = 1e-13;

/// Relative length of a step below which rounding may be what keeps the next one from being
/// shorter.
const ROUNDING: f64 = 1e-6;

/// Steps of Halley's iteration, and corrections of its end.
const MOST_ITERATIONS: usize = 25;
const MOST_CORRECTIONS: usize = 5;

/// Distance, in units of the largest singularity, from which a root is followed.
const FAR: f64 = 30.0;

/// Steps in which it is followed.
const MOST_STEPS: usize = 300;

/// u(g) = 1/g − γ2 Σ ω/(g−a) with the poles a = z/t − c of one z.
pub(super) struct Roots {
    gamma2: f64,
    sums: ContourSums,
    /// What no singularity of g(u) or of g(1/b − u) exceeds.
    reach: f64,
}

/// A root g of u(g) = u, dg/du, and what the integrands are made of there.
pub(super) struct Root {
    pub(super) g: Complex64,
    pub(super) slope: Complex64,
    pub(super) terms: Terms,
}

impl Roots {
    /// Takes z and b, c, γ2 and the values t of D² with their probabilities ω.
    pub(super) fn new(
        z: Complex64,
        (b, c, gamma2): (f64, f64, f64),
        squares: &[(f64, f64)],
    ) -> Self {
        let largest = squares.iter().map(|&(t, _)| t / (z - c * t).norm()).fold(0.0, f64::max);
        let reach = 1.0 / b + (1.0 + gamma2.sqrt()).powi(2) * largest;
        Self { gamma2, sums: ContourSums::new(z, c, squares), reach }
    }

    /// u(g) and du/dg from Σ ω/(g−a) and Σ ω/(g−a)².
    fn u(&self, g: Complex64, [first, second]: [Complex64; 2]) -> [Complex64; 2] {
        let inverse = reciprocal(g);
        [inverse - self.gamma2 * first, self.gamma2 * second - inverse * inverse]
    }

    /// The root g of u(g) = `u` in the half-plane below `plane`: from a guess, or followed from
    /// far above, where it is 1/u. In the half-plane it is unique.
    pub(super) fn root(&self, u: Complex64, guess: Complex64, plane: Complex64) -> Option<Root> {
        let mut g = self.halley(u, guess, plane).or_else(|| self.descend(u, plane))?.0;
        let mut previous = f64::MAX;
        for _ in 0..MOST_CORRECTIONS {
            let terms = self.sums.terms(g);
            let [value, derivative] = self.u(g, terms.powers);
            let slope = reciprocal(derivative);
            let step = (value - u) * slope;
            let (length, size) = (step.l1_norm(), g.l1_norm());
            // Next to a pole u is off by more than g.
            let exact = length <= EXACT * size && (value - u).l1_norm() <= EXACT * u.l1_norm();
            if exact || length <= ROUNDING * size && length > 0.25 * previous {
                return is_below(g, plane).then_some(Root { g, slope, terms });
            }
            g -= step;
            previous = length;
        }
        None
    }

    /// The root, and dg/du, from far above the line.
    fn descend(&self, u: Complex64, plane: Complex64) -> Option<(Complex64, Complex64)> {
        let up = Complex64::I * plane.conj();
        let mut height = FAR * self.reach;
        let mut found = self.halley(u + up * height, reciprocal(u + up * height), plane)?;
        let mut ratio = 0.5_f64;
        for _ in 0..MOST_STEPS {
            let next = if height <= f64::EPSILON * u.norm() { 0.0 } else { ratio * height };
            let guess = found.0 + found.1 * up * (next - height);
            match self.halley(u + up * next, guess, plane) {
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

    /// Halley's iteration: its end, if that lies in the half-plane below `plane`, and dg/du before
    /// the last step.
    fn halley(
        &self,
        u: Complex64,
        guess: Complex64,
        plane: Complex64,
    ) -> Option<(Complex64, Complex64)> {
        let mut g = guess;
        let mut previous = f64::MAX;
        for _ in 0..MOST_ITERATIONS {
            let [first, second, third] = self.sums.powers(g);
            let [value, derivative] = self.u(g, [first, second]);
            let inverse = reciprocal(g);
            let half_curvature = inverse * inverse * inverse - self.gamma2 * third;
            let slope = reciprocal(derivative);
            let newton = (value - u) * slope;
            let bend = newton * half_curvature * slope;
            // Far from the root the second derivative says nothing of it.
            let bent = bend.l1_norm() < 0.5;
            let step = if bent { newton * reciprocal(1.0 - bend) } else { newton };
            let length = step.l1_norm();
            if !length.is_finite() {
                return None;
            }
            g -= step;
            let size = g.l1_norm();
            // Cubic convergence makes the next step negligible, against the distance of the nearest
            // pole too; or rounding stops it.
            let relative = bend.l1_norm().max(length / size);
            if bent && relative.powi(3) <= EXACT
                || length <= ROUNDING * size && length > 0.25 * previous
            {
                return is_below(g, plane).then_some((g, slope));
            }
            previous = length;
        }
        None
    }
}

fn is_below(g: Complex64, plane: Complex64) -> bool {
    (g * plane.conj()).im < 0.0
}
