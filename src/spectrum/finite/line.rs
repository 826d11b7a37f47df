//! A line in the plane of u that separates the singularities of g(u) from those of
//! g(−1/β − u): its nodes, and the root g at each of them.

use std::f64::consts::{FRAC_PI_2, PI};
use std::sync::LazyLock;

use num_complex::Complex64;

use crate::numerics::poles::PoleSum;

/// Nodes of the coarsest line; each finer one has twice as many, less one.
const COARSEST: usize = 49;

/// Lines from the coarsest to the finest: 49 nodes suffice well off the spectrum, some hundred
/// inside it, and the last are for points next to the axis and next to 0.
pub(super) const LEVELS: usize = 8;

/// Steps of Newton's method towards one root; from the root next to it two are usual.
const MOST_STEPS: usize = 40;

/// Damped steps, in attempts one after the other, where Newton's method strays.
const DAMPED: [usize; 3] = [40, 400, 4000];

/// A step of Newton's method below this is the last: the next would be rounding.
const LAST_STEP: f64 = 1e-9;

/// The ratio of the largest to the least distance of singularities from which a line is cut by
/// their logarithm: 30 of its nodes to a power of ten, against a number that grows like the root.
const WIDE: f64 = 300.0;

/// Poles up to which a plain loop is faster than vectors.
const FEW: usize = 16;

/// Directions of the line that are compared.
const DIRECTIONS: usize = 48;

/// How far below a half-plane rounding may put a root.
const ROUNDING: f64 = 1e-12;

/// Places v on the real line, each with dv/2π.
struct Places {
    places: Vec<f64>,
    weights: Vec<f64>,
    /// The highest frequencies that the nodes tell apart.
    waves: [Vec<Complex64>; 2],
}

impl Places {
    /// v = sinh t for equidistant t: of every size up to `reach`, beyond which integrands that
    /// fall like 1/v² have nothing left.
    fn of_all_sizes(level: usize, reach: f64) -> Self {
        let count = nodes(level);
        let end = (2.0 * reach / f64::EPSILON).ln();
        let step = 2.0 * end / (count - 1) as f64;
        let t = |j: usize| (j as f64 - (count / 2) as f64) * step;
        let wave = |m: f64| (0..count).map(|j| Complex64::from_polar(1.0, m * t(j))).collect();
        Self {
            places: (0..count).map(|j| t(j).sinh()).collect(),
            weights: (0..count).map(|j| t(j).cosh() * step / (2.0 * PI)).collect(),
            waves: [wave(PI / step), wave(0.97 * PI / step)],
        }
    }
}

/// v = tan(φ/2) for equidistant φ in (−π, π).
static TANGENTS: LazyLock<Vec<Places>> = LazyLock::new(|| {
    let places = |level: usize| {
        let count = nodes(level);
        let middle = (count - 1) / 2;
        let phi = |j: usize| (j as f64 - middle as f64) * 2.0 * PI / count as f64;
        let places: Vec<f64> = (0..count).map(|j| (0.5 * phi(j)).tan()).collect();
        let weights = places.iter().map(|t| 0.5 * (1.0 + t * t) / count as f64).collect();
        let wave = |m: usize| {
            (0..count).map(|j| Complex64::from_polar(1.0, m as f64 * phi(j))).collect()
        };
        Places { places, weights, waves: [wave(middle), wave(middle - 1)] }
    };
    (0..LEVELS).map(places).collect()
});

/// Nodes of a level.
pub(super) fn nodes(level: usize) -> usize {
    ((COARSEST - 1) << level) + 1
}

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
#[derive(Debug, Clone)]
pub(super) struct Roots {
    pub(super) level: usize,
    /// Whether the places on the line were of all sizes.
    all_sizes: bool,
    g: Vec<Complex64>,
}

impl Roots {
    /// Nothing known yet, on a line of this level.
    pub(super) fn at_level(level: usize) -> Self {
        Self { level, all_sizes: false, g: Vec::new() }
    }
}

/// The places on a line: made once, or for this line.
enum Nodes {
    Kept(&'static Places),
    Made(Places),
}

impl Nodes {
    fn places(&self) -> &Places {
        match self {
            Self::Kept(places) => places,
            Self::Made(places) => places,
        }
    }
}

/// A line with the roots on it.
pub(super) struct Line<'a> {
    line: Nodes,
    /// e^{iψ}ℓ/i, by which a weight gives du/2πi.
    factor: Complex64,
    pub(super) g: &'a [Complex64],
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
        let all_sizes = reach > WIDE;
        let (line, length) = match all_sizes {
            true => (Nodes::Made(Places::of_all_sizes(roots.level, reach)), half.norm()),
            // The mean of them, in the sense of ratios.
            false => (Nodes::Kept(&TANGENTS[roots.level]), half.norm() * reach.sqrt()),
        };
        let count = line.places().places.len();
        let mut previous = None;
        let known = roots.g.len() == count && roots.all_sizes == all_sizes;
        roots.all_sizes = all_sizes;
        roots.g.resize(count, Complex64::ZERO);
        for (g, place) in roots.g.iter_mut().zip(&line.places().places) {
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
        let factor = turn * Complex64::new(0.0, -length);
        Some(Line { line, factor, g: &roots.g })
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
        let weights = self.line.places().weights.iter().map(|weight| self.factor * weight);
        weights.zip(self.g).zip(mirrored).map(|((weight, g), mirror)| (weight, *g, *mirror))
    }

    /// g at u = −1/(2β).
    pub(super) fn centre(&self) -> Complex64 {
        self.g[self.g.len() / 2]
    }

    /// −∮ g g⁻ du = E 1/(1/β + y + y′), and an estimate of the relative error of integrals over
    /// this line: by the size of the highest Fourier coefficients, of which those that alias
    /// with the mean are about the square.
    pub(super) fn pairing(&self) -> (Complex64, f64) {
        let mut sum = Complex64::ZERO;
        let mut waves = [Complex64::ZERO; 4];
        let [first, second] = &self.line.places().waves;
        for ((weight, g, mirror), (one, two)) in self.nodes().zip(first.iter().zip(second)) {
            let term = weight * g * mirror;
            sum -= term;
            for (wave, factor) in waves.iter_mut().zip([*one, one.conj(), *two, two.conj()]) {
                *wave += term * factor;
            }
        }
        let largest = waves.iter().fold(0.0, |most: f64, wave| most.max(wave.norm()));
        (sum, (largest / sum.norm()).powi(2))
    }
}
