//! One piece of a tabulated density, and the adaptive refinement that makes them.

use num_complex::Complex64;

use super::legendre::{self, N, RULE};
use crate::Error;

/// Pieces that one half may take before it is given up; a few dozen are usual.
const MOST_PIECES: usize = 1000;

/// The largest relative tail that may be taken for noise.
const NOISE: f64 = 1e-9;

/// Halvings after which a piece is kept as it is: it then has 10⁻⁴⁸ of the
/// length of its family.
const DEEPEST: u32 = 80;

/// The same at 0, and where distances are counted from the end: much mass may lie next to it.
const DEEPEST_COUNTED: u32 = 220;

/// How a density behaves at the end that a family of pieces hangs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum EndBehaviour {
    /// Bounded: the table holds f(s) = ρ(x(s)).
    Bounded,
    /// Grows like an inverse square root: the table holds q(s) = ρ(x(s)) |dx/ds|.
    InverseRoot,
}

/// A point x = end + offset, seen from an end that a family of pieces hangs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Point {
    pub(crate) end: f64,
    pub(crate) offset: f64,
}

impl Point {
    pub(crate) fn x(&self) -> f64 {
        self.end + self.offset
    }
}

impl From<f64> for Point {
    fn from(x: f64) -> Self {
        Self { end: 0.0, offset: x }
    }
}

/// The variable of a piece: x = end + direction·length·s², so that a density
/// with a square root at `end` is smooth in s.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RootMap {
    pub(crate) end: f64,
    pub(crate) length: f64,
    /// +1 if the piece lies above `end`, −1 below.
    pub(crate) direction: f64,
    pub(crate) behaviour: EndBehaviour,
}

impl RootMap {
    pub(super) fn x(&self, s: f64) -> f64 {
        self.point(s).x()
    }

    fn point(&self, s: f64) -> Point {
        Point { end: self.end, offset: self.direction * self.length * s * s }
    }

    #[inline]
    fn s(&self, x: f64) -> f64 {
        (self.direction * (x - self.end) / self.length).max(0.0).sqrt()
    }

    /// |dx/ds|.
    #[inline]
    pub(super) fn stretch(&self, s: f64) -> f64 {
        2.0 * self.length * s
    }
}

/// A density on x(\[s0, s1\]) as a Legendre series in s.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Piece {
    pub(super) map: RootMap,
    pub(super) middle: f64,
    pub(super) half: f64,
    /// f or q at the nodes, and its coefficients.
    pub(super) values: [f64; N],
    pub(super) coefficients: [f64; N],
    pub(super) slope: [f64; N],
    /// Mass between s0 and s, as a Legendre series.
    pub(super) accumulated: [f64; N + 2],
    /// Nodes in x, their masses, and node times mass.
    pub(crate) nodes: [f64; N],
    pub(crate) masses: [f64; N],
    pub(super) first_moments: [f64; N],
    pub(super) centre: f64,
    pub(super) near: f64,
    pub(crate) lower: f64,
    pub(crate) upper: f64,
    pub(crate) mass: f64,
    /// Estimated mass of the series' truncation error.
    pub(crate) truncation: f64,
}

impl Piece {
    fn new(map: RootMap, s0: f64, s1: f64, densities: &[f64; N]) -> Self {
        let (middle, half) = (0.5 * (s0 + s1), 0.5 * (s1 - s0));
        let s = RULE.nodes.map(|t| middle + half * t);
        let nodes = s.map(|s| map.x(s));
        let masses: [f64; N] =
            std::array::from_fn(|k| RULE.weights[k] * half * map.stretch(s[k]) * densities[k]);
        let values: [f64; N] = match map.behaviour {
            EndBehaviour::Bounded => *densities,
            EndBehaviour::InverseRoot => std::array::from_fn(|k| densities[k] * map.stretch(s[k])),
        };
        let coefficients = RULE.coefficients(&values);
        let mass_series = match map.behaviour {
            EndBehaviour::Bounded => legendre::times_affine(
                &coefficients,
                2.0 * map.length * middle * half,
                2.0 * map.length * half * half,
            ),
            EndBehaviour::InverseRoot => legendre::times_affine(&coefficients, half, 0.0),
        };
        let ends = [map.x(s0), map.x(s1)];
        let (lower, upper) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
        let span = match map.behaviour {
            EndBehaviour::Bounded => upper - lower,
            EndBehaviour::InverseRoot => 2.0 * half,
        };
        let mut piece = Self {
            map,
            middle,
            half,
            values,
            coefficients,
            slope: legendre::derivative(&coefficients),
            accumulated: legendre::antiderivative(&mass_series),
            first_moments: std::array::from_fn(|k| nodes[k] * masses[k]),
            nodes,
            masses,
            centre: 0.5 * (lower + upper),
            // Beyond this distance the Gauss sum over the nodes is exact to rounding.
            near: 3.3 * 0.5 * (upper - lower),
            lower,
            upper,
            mass: masses.iter().sum(),
            truncation: 0.0,
        };
        piece.truncation = piece.tail() * span;
        piece
    }

    /// The end that its family hangs on, where the density may be singular.
    pub(crate) fn end(&self) -> f64 {
        self.map.end
    }

    /// Size of the last coefficients.
    fn tail(&self) -> f64 {
        self.coefficients[N - 3..].iter().fold(0.0, |m, a| a.abs().max(m))
    }

    /// Size of the largest coefficient.
    pub(super) fn largest(&self) -> f64 {
        self.coefficients.iter().fold(0.0, |m, a| a.abs().max(m))
    }

    #[inline]
    fn local(&self, x: f64) -> f64 {
        ((self.map.s(x) - self.middle) / self.half).clamp(-1.0, 1.0)
    }

    /// ρ(x), not below 0.
    #[inline]
    pub(crate) fn density(&self, x: f64) -> f64 {
        let value = legendre::evaluate(&self.coefficients, self.local(x)).max(0.0);
        match self.map.behaviour {
            EndBehaviour::Bounded => value,
            EndBehaviour::InverseRoot => match self.map.stretch(self.map.s(x)) {
                // At the end itself, whatever rounding makes of q there.
                0.0 => f64::INFINITY,
                stretch => value / stretch,
            },
        }
    }

    /// Mass of this piece below x and above x, each without cancellation
    /// against the other where the piece hangs on a support edge.
    #[inline]
    pub(crate) fn split(&self, x: f64) -> (f64, f64) {
        if x <= self.lower {
            return (0.0, self.mass);
        }
        if x >= self.upper {
            return (self.mass, 0.0);
        }
        let near_end =
            legendre::evaluate(&self.accumulated, self.local(x)).max(0.0).min(self.mass.max(0.0));
        if self.map.direction > 0.0 {
            (near_end, self.mass - near_end)
        } else {
            (self.mass - near_end, near_end)
        }
    }

    /// $\int_{\mathrm{lower}}^x$ of the mass of this piece below t, dt.
    pub(crate) fn integrated_mass(&self, x: f64) -> f64 {
        let x = x.min(self.upper);
        if x <= self.lower {
            return 0.0;
        }
        let rising = self.map.direction > 0.0;
        let (from, to) = if rising { (-1.0, self.local(x)) } else { (self.local(x), 1.0) };
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        // Polynomials of degree N + 2 in the local variable: the rule is exact.
        let terms = RULE.nodes.iter().zip(&RULE.weights).map(|(node, weight)| {
            let t = middle + half * node;
            let hung = legendre::evaluate(&self.accumulated, t);
            let below = if rising { hung } else { self.mass - hung };
            weight * below * self.map.stretch(self.middle + self.half * t)
        });
        half * self.half * terms.sum::<f64>()
    }

    /// Ends where `next` begins, if only rounding is between them: families that hang on two
    /// ends meet in one number.
    pub(crate) fn close_gap(&mut self, next: &Self) {
        if (next.lower - self.upper).abs() <= 4.0 * f64::EPSILON * next.lower {
            self.upper = next.lower;
        }
    }

    /// The piece of `factor` times this density.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        let times = |list: &[f64; N]| list.map(|a| factor * a);
        Self {
            values: times(&self.values),
            coefficients: times(&self.coefficients),
            slope: times(&self.slope),
            accumulated: self.accumulated.map(|a| factor * a),
            masses: times(&self.masses),
            first_moments: times(&self.first_moments),
            mass: factor * self.mass,
            truncation: factor * self.truncation,
            ..*self
        }
    }

    /// The x with the given mass of this piece between `lower` and x, and
    /// `above` between x and `upper`.
    pub(crate) fn quantile(&self, below: f64, above: f64) -> f64 {
        let target = if self.map.direction > 0.0 { below } else { above };
        if target <= 0.0 {
            return self.map.x(self.middle - self.half);
        }
        // Illinois-safeguarded Newton would gain little: 60 bisections of a
        // Legendre series are a few microseconds.
        let (mut low, mut high) = (-1.0, 1.0);
        for _ in 0..60 {
            let t = 0.5 * (low + high);
            if legendre::evaluate(&self.accumulated, t) < target {
                low = t;
            } else {
                high = t;
            }
        }
        self.map.x(self.middle + self.half * 0.5 * (low + high)).clamp(self.lower, self.upper)
    }
}

/// What the refinement asks for: the density at x, given a guess for the
/// auxiliary quantity (w on the spectral curve) that the caller's solver
/// follows, and that quantity itself.
pub(crate) type NodeSolver<'a> =
    dyn Fn(Point, Option<Complex64>) -> Result<(f64, Complex64), Error> + Sync + 'a;

/// When a piece is good enough.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Accuracy<'a> {
    /// Truncation relative to the largest value in the piece.
    pub(crate) relative: f64,
    /// Truncated mass below which a piece is left as it is.
    pub(crate) mass: f64,
    /// Ends next to which much mass lies and from which the solver counts distances, so that
    /// rounding of x is none of the density.
    pub(crate) counted: &'a [f64],
}

/// Tabulates a density on x(\[0, 1\]), s ascending.
pub(crate) fn refine(
    map: RootMap,
    accuracy: Accuracy<'_>,
    solver: &NodeSolver<'_>,
) -> Result<Vec<Piece>, Error> {
    let mut pending =
        vec![Pending { s0: 0.0, s1: 1.0, level: 0, last_tail: f64::INFINITY, parent: None }];
    let mut finished = Vec::new();
    let mut visited = 0;
    let counted = map.end == 0.0 || accuracy.counted.contains(&map.end);
    let rounding = if counted { 0.0 } else { f64::EPSILON * map.end.abs() };
    let deepest = if counted { DEEPEST_COUNTED } else { DEEPEST };
    while let Some(Pending { s0, s1, level, last_tail, parent }) = pending.pop() {
        visited += 1;
        if visited > MOST_PIECES {
            return Err(Error::NotConverged {
                computation: "the table of a density",
                at: map.x(s0),
                iterate: Complex64::new(map.x(s1), 0.0),
                residual: last_tail,
            });
        }
        let (middle, half) = (0.5 * (s0 + s1), 0.5 * (s1 - s0));
        // Arguments near a non-zero end are rounded by this much of the distance.
        let distance = map.length * middle * middle;
        let relative = accuracy.relative.max(16.0 * rounding / distance);
        let mut densities = [0.0; N];
        let mut follow = [[0.0; N]; 2];
        let mut last = None;
        for (k, node) in RULE.nodes.iter().enumerate() {
            let guess = match &parent {
                Some((side, [re, im])) => {
                    let t = 0.5 * (side + node);
                    Some(Complex64::new(legendre::evaluate(re, t), legendre::evaluate(im, t)))
                }
                None => last,
            };
            let point = map.point(middle + half * node);
            let (density, state) = solver(point, guess)?;
            if !density.is_finite() {
                return Err(Error::NotConverged {
                    computation: "the table of a density",
                    at: point.x(),
                    iterate: state,
                    residual: density,
                });
            }
            densities[k] = density;
            follow[0][k] = state.re;
            follow[1][k] = state.im;
            last = Some(state);
        }
        let piece = Piece::new(map, s0, s1, &densities);
        let tail = piece.tail() / piece.largest().max(f64::MIN_POSITIVE);
        // A small tail that halving has not made smaller is the noise of the density.
        let noise = tail <= NOISE && tail > 0.5 * last_tail;
        if tail <= relative
            || noise
            || piece.truncation <= accuracy.mass
            || !counted && piece.upper - piece.lower <= 8.0 * rounding
            || level >= deepest
        {
            finished.push(piece);
        } else {
            let series = follow.map(|values| RULE.coefficients(&values));
            let child = |s0, s1, side| Pending {
                s0,
                s1,
                level: level + 1,
                last_tail: tail,
                parent: Some((side, series)),
            };
            pending.push(child(middle, s1, 1.0));
            pending.push(child(s0, middle, -1.0));
        }
    }
    if map.direction < 0.0 {
        finished.reverse();
    }
    Ok(finished)
}

/// A stretch of the variable s that still needs a piece.
struct Pending {
    s0: f64,
    s1: f64,
    level: u32,
    /// The relative tail of its parent.
    last_tail: f64,
    /// Which half of its parent it is (−1 or 1), and the series of the
    /// auxiliary quantity there.
    parent: Option<(f64, [[f64; N]; 2])>,
}
