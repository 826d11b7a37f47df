//! A line in the plane of u that separates the singularities of g(u) from those of
//! g(−1/β − u): its nodes, and the root g at each of them.

use std::f64::consts::{FRAC_PI_2, PI};

use num_complex::Complex64;

use super::places::{Cut, Nodes, Resolved};
use crate::numerics::poles::PoleSum;

/// Steps of Newton's method towards one root; from the root next to it two are usual.
const MOST_STEPS: usize = 40;

/// Damped steps, in attempts one after the other, where Newton's method strays.
const DAMPED: [usize; 3] = [40, 400, 4000];

/// A step of Newton's method below this is the last: the next would be rounding.
const LAST_STEP: f64 = 1e-9;

/// Poles up to which a plain loop is faster than vectors.
const FEW: usize = 16;

/// Directions of the line that are compared.
const DIRECTIONS: usize = 48;

/// How far below a half-plane rounding may put a root.
const ROUNDING: f64 = 1e-12;

/// u = 1/g + γ2 Σ w/(s/P − g): the equation of g.
pub(super) struct Equation {
    poles: Poles,
    gamma2: f64,
}

/// Σ w/(g − s/P).
enum Poles {
    /// A few, where vectors cost more than they gain.
    Few(Vec<(Complex64, f64)>),
    Many(PoleSum),
}

impl Poles {
    /// The sum and its derivative.
    #[inline]
    fn with_derivative(&self, g: Complex64) -> (Complex64, Complex64) {
        let few = match self {
            Self::Few(few) => few,
            Self::Many(many) => return many.with_derivative(g),
        };
        let (mut value, mut slope) = (Complex64::ZERO, Complex64::ZERO);
        for (place, weight) in few {
            let (re, im) = (g.re - place.re, g.im - place.im);
            let inverse = (re * re + im * im).recip();
            let (re, im) = (re * inverse, -im * inverse);
            value += Complex64::new(weight * re, weight * im);
            slope -= Complex64::new(weight * (re * re - im * im), 2.0 * weight * re * im);
        }
        (value, slope)
    }
}

/// The roots on a line, kept as a start for the next.
#[derive(Debug, Clone, Default)]
pub(super) struct Roots {
    cut: Cut,
    /// Whether the places on the line were logarithmic.
    logarithmic: bool,
    g: Vec<Complex64>,
}

impl Roots {
    /// Nothing known yet on a line that is cut finer; `None` if there is none.
    pub(super) fn finer(&self, resolved: &Resolved) -> Option<Self> {
        Some(Self { cut: self.cut.finer(resolved)?, ..Self::default() })
    }

    /// Nothing known yet on a line that is cut coarser, or these roots if there is none.
    pub(super) fn coarser(self) -> Self {
        let cut = self.cut.coarser();
        if cut == self.cut { self } else { Self { cut, ..Self::default() } }
    }
}

/// A line with the roots on it.
pub(super) struct Line<'a> {
    nodes: Nodes,
    /// e^{iψ}ℓ/i, by which a weight gives du/2πi.
    factor: Complex64,
    g: &'a [Complex64],
    /// g at u = −1/(2β).
    pub(super) centre: Complex64,
}

impl Equation {
    /// Takes the s/P of the columns, with their weights.
    pub(super) fn new(places: impl Iterator<Item = (Complex64, f64)>, gamma2: f64) -> Self {
        let few: Vec<(Complex64, f64)> = places.collect();
        let poles = match few.len() {
            0..=FEW => Poles::Few(few),
            _ => Poles::Many(PoleSum::new(few.into_iter().map(|(a, w)| (a, w.into())))),
        };
        Self { poles, gamma2 }
    }

    /// dg/du at a root.
    pub(super) fn slope(&self, g: Complex64) -> Complex64 {
        let (_, slope) = self.poles.with_derivative(g);
        (-(g * g).inv() - self.gamma2 * slope).inv()
    }

    /// The root at u with Im(e^{iψ} g) > 0, from a root nearby.
    fn root(&self, u: Complex64, turn: Complex64, near: Option<Complex64>) -> Option<Complex64> {
        let inside = |g: &Complex64| (turn * g).im > -ROUNDING * g.norm();
        if let Some(g) = near.and_then(|near| self.newton(u, near)).filter(inside) {
            return Some(g);
        }
        for steps in DAMPED {
            let mut g = u.inv();
            for _ in 0..steps {
                let (value, _) = self.poles.with_derivative(g);
                g = 0.5 * g + 0.5 * (u + self.gamma2 * value).inv();
            }
            if let Some(g) = self.newton(u, g).filter(inside) {
                return Some(g);
            }
        }
        None
    }

    fn newton(&self, u: Complex64, start: Complex64) -> Option<Complex64> {
        let mut g = start;
        for _ in 0..MOST_STEPS {
            let (value, slope) = self.poles.with_derivative(g);
            let inverse = g.inv();
            let residual = inverse - self.gamma2 * value - u;
            let mut step = residual / (-(inverse * inverse) - self.gamma2 * slope);
            let (size, room) = (step.norm(), 0.3 * g.norm());
            if !size.is_finite() {
                return None;
            }
            if size > room {
                step *= room / size;
            }
            g -= step;
            if size <= LAST_STEP * g.norm() {
                return Some(g);
            }
        }
        None
    }

    /// The line for a point with these s/P, 1/s and β, and its roots, from those of a point
    /// nearby; `None` where there is no such line, or a root is not found.
    pub(super) fn line<'a>(
        &self,
        places: impl Iterator<Item = Complex64>,
        beta: Complex64,
        roots: &'a mut Roots,
    ) -> Option<Line<'a>> {
        let half = 0.5 * beta.inv();
        let (mut least, mut most, mut reach) = (half.arg(), half.arg(), 0.0_f64);
        for place in places {
            let place = place.inv();
            (least, most) = (least.min(place.arg()), most.max(place.arg()));
            reach = reach.max(place.norm());
        }
        // In the closed upper half-plane, all of them.
        if !(least > -ROUNDING && most < PI + ROUNDING) {
            return None;
        }
        // The spectrum of Q is in a sector of this radius.
        let radius = reach * (1.0 + self.gamma2.sqrt()).powi(2);
        let turn = Complex64::from_polar(1.0, direction(half, radius, (least, most))?);
        // Singularities are at distances from |h| on.
        let reach = 1.0 + radius / half.norm();
        let logarithmic = roots.cut.is_logarithmic(reach);
        // Else the mean of them, in the sense of ratios.
        let length = half.norm() * if logarithmic { 1.0 } else { reach.sqrt() };
        let nodes = roots.cut.places(reach);
        let places = &nodes.get().places;
        let known = roots.g.len() == places.len() && roots.logarithmic == logarithmic;
        roots.logarithmic = logarithmic;
        roots.g.resize(places.len(), Complex64::ZERO);
        let mut previous = None;
        for (g, place) in roots.g.iter_mut().zip(places) {
            let u = turn * (length * place) - half;
            let near = if known { Some(*g) } else { previous };
            match self.root(u, turn, near) {
                Some(root) => *g = root,
                None => {
                    roots.g.clear();
                    return None;
                }
            }
            previous = Some(*g);
        }
        let middle = roots.g[roots.g.len() / 2];
        // A node only where their number is odd.
        let centre = match roots.g.len() % 2 {
            1 => middle,
            _ => self.root(-half, turn, Some(middle))?,
        };
        let factor = turn * Complex64::new(0.0, -length);
        Some(Line { nodes, factor, g: &roots.g, centre })
    }
}

/// The angle ψ of the line through −h, h = 1/(2β), that sees a sector around 0 at the widest
/// angle on its left: the sector has Q's spectrum in it, and the mirror image is on the right.
/// `None` if no line separates them.
fn direction(half: Complex64, radius: f64, (least, most): (f64, f64)) -> Option<f64> {
    let seen: Vec<f64> = [(0.0, 0.0), (0.3, least), (1.0, least), (0.3, most), (1.0, most)]
        .map(|(share, angle)| (half + Complex64::from_polar(share * radius, angle)).arg())
        .to_vec();
    let angle = |psi: f64| seen.iter().map(|seen| (seen - psi).sin()).fold(1.0, f64::min);
    let (first, step) = (half.arg() - PI, PI / DIRECTIONS as f64);
    let choice = (1..DIRECTIONS)
        .map(|k| first + step * k as f64)
        .chain([0.5 * (least + most) - FRAC_PI_2])
        .map(|psi| (psi, angle(psi)))
        .max_by(|l, r| l.1.total_cmp(&r.1))?;
    (choice.1 > 0.0).then_some(choice.0)
}

impl Line<'_> {
    /// The nodes, as (weight of du/2πi, g(u), g(−1/β − u)).
    pub(super) fn nodes(&self) -> impl Iterator<Item = (Complex64, Complex64, Complex64)> {
        let mirrored = self.g.iter().rev();
        let weights = self.nodes.get().weights.iter().map(|weight| self.factor * weight);
        weights.zip(self.g).zip(mirrored).map(|((weight, g), mirror)| (weight, *g, *mirror))
    }

    /// −∮ g g⁻ du = E 1/(1/β + y + y′), and what it says of the error of integrals over this
    /// line.
    pub(super) fn pairing(&self) -> (Complex64, Resolved) {
        let terms: Vec<Complex64> = self.nodes().map(|(w, g, mirror)| -w * g * mirror).collect();
        let sum = terms.iter().sum();
        (sum, self.nodes.get().resolved(&terms, sum))
    }
}
