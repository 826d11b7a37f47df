//! Where a line is cut: equidistant in one of two variables, or in pieces.

use std::f64::consts::PI;
use std::sync::LazyLock;

use num_complex::Complex64;

use crate::numerics::decay;

/// Nodes of the coarsest equidistant cut; each finer one has twice as many, less one.
const COARSEST: usize = 49;

/// Equidistant cuts: 49 nodes suffice well off the spectrum, some hundred inside it, and the
/// finest are for points next to the axis.
const LEVELS: usize = 6;

/// The ratio of the largest to the least distance of singularities from which a line is cut by
/// their logarithm: 30 nodes to a power of ten, against a number that grows like the root.
const WIDE: f64 = 300.0;

/// Pieces of each half of a line to begin with.
const FIRST_PIECES: usize = 8;

/// Pieces of each half before the line is given up: some dozen on either side of a branch point
/// are usual.
const MOST_PIECES: usize = 100;

/// What an integral over pieces may be off by.
const RESOLVED: f64 = 1e-12;

/// How a line is to be cut.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cut {
    /// Equidistant, at one of the levels.
    Even(usize),
    /// Ends of the pieces of each half, as shares of its length in t, v = sinh t: what is singular
    /// next to the line, at a few points, is resolved there and nowhere else.
    Pieces(Vec<f64>),
}

/// Places v on the real line, symmetric, each with dv/2π, and what tells of their error.
pub(super) struct Places {
    pub(super) places: Vec<f64>,
    pub(super) weights: Vec<f64>,
    test: Test,
}

enum Test {
    /// e^{iMφ} for the highest frequencies M that the nodes tell apart: coefficients that alias
    /// with the mean are about the square of these.
    Waves([Vec<Complex64>; 2]),
    /// The decay of Legendre coefficients on each piece.
    Decay,
}

/// What is known of the error of integrals over a line.
#[derive(Debug, Clone, Default)]
pub(super) struct Resolved {
    /// The relative error, estimated; of pieces only whether it is large.
    pub(super) error: f64,
    /// Pieces that are too coarse.
    coarse: Vec<usize>,
}

impl Default for Cut {
    fn default() -> Self {
        Self::Even(0)
    }
}

impl Cut {
    /// A finer one, after an integral of that error; `None` if there is none.
    pub(super) fn finer(&self, resolved: &Resolved) -> Option<Self> {
        match self {
            Self::Even(level) if level + 1 < LEVELS => Some(Self::Even(level + 1)),
            Self::Even(_) => Some(Self::Pieces(
                (0..=FIRST_PIECES).map(|k| k as f64 / FIRST_PIECES as f64).collect(),
            )),
            Self::Pieces(ends) => {
                let halves = resolved.coarse.iter().map(|&k| 0.5 * (ends[k] + ends[k + 1]));
                let mut finer: Vec<f64> = ends.iter().copied().chain(halves).collect();
                finer.sort_by(f64::total_cmp);
                let possible = finer.len() > ends.len() && finer.len() <= MOST_PIECES + 1;
                possible.then_some(Self::Pieces(finer))
            }
        }
    }

    /// A coarser one for a point nearby, where this one was far better than was needed.
    pub(super) fn coarser(&self) -> Self {
        match self {
            Self::Even(level) => Self::Even(level.saturating_sub(1)),
            Self::Pieces(ends) if ends.len() == FIRST_PIECES + 1 => Self::Even(LEVELS - 1),
            pieces @ Self::Pieces(_) => pieces.clone(),
        }
    }

    /// Whether places are made for each line, by the logarithm of distances.
    pub(super) fn is_logarithmic(&self, reach: f64) -> bool {
        matches!(self, Self::Pieces(_)) || reach > WIDE
    }

    /// The places for singularities at distances from 1 to `reach`; to be stretched by the root
    /// of it if they are not logarithmic.
    pub(super) fn places(&self, reach: f64) -> Nodes {
        match self {
            Self::Pieces(ends) => Nodes::Made(Places::in_pieces(ends, reach)),
            Self::Even(level) if self.is_logarithmic(reach) => {
                Nodes::Made(Places::of_all_sizes(*level, reach))
            }
            Self::Even(level) => Nodes::Kept(&TANGENTS[*level]),
        }
    }
}

/// The places on a line: made once, or for this line.
pub(super) enum Nodes {
    Kept(&'static Places),
    Made(Places),
}

impl Nodes {
    pub(super) fn get(&self) -> &Places {
        match self {
            Self::Kept(places) => places,
            Self::Made(places) => places,
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
        let wave =
            |m: usize| (0..count).map(|j| Complex64::from_polar(1.0, m as f64 * phi(j))).collect();
        Places { places, weights, test: Test::Waves([wave(middle), wave(middle - 1)]) }
    };
    (0..LEVELS).map(places).collect()
});

/// Nodes of a level.
fn nodes(level: usize) -> usize {
    ((COARSEST - 1) << level) + 1
}

/// The t from which on integrands that fall like 1/v² beyond `reach` have nothing left.
fn end(reach: f64) -> f64 {
    (2.0 * reach / f64::EPSILON).ln()
}

impl Places {
    /// v = sinh t for equidistant t: of every size up to `reach`.
    fn of_all_sizes(level: usize, reach: f64) -> Self {
        let count = nodes(level);
        let step = 2.0 * end(reach) / (count - 1) as f64;
        let t = |j: usize| (j as f64 - (count / 2) as f64) * step;
        let wave = |m: f64| (0..count).map(|j| Complex64::from_polar(1.0, m * t(j))).collect();
        Self {
            places: (0..count).map(|j| t(j).sinh()).collect(),
            weights: (0..count).map(|j| t(j).cosh() * step / (2.0 * PI)).collect(),
            test: Test::Waves([wave(PI / step), wave(0.97 * PI / step)]),
        }
    }

    /// v = sinh t, by Gauss–Legendre rules between the ends.
    fn in_pieces(ends: &[f64], reach: f64) -> Self {
        let length = end(reach);
        let rule = &*decay::RULE;
        let (mut places, mut weights) = (Vec::new(), Vec::new());
        for pair in ends.windows(2) {
            let (middle, half) = (0.5 * (pair[0] + pair[1]), 0.5 * (pair[1] - pair[0]));
            for (node, weight) in rule.nodes.iter().zip(&rule.weights) {
                let t = length * (middle + half * node);
                places.push(t.sinh());
                weights.push(t.cosh() * length * half * weight / (2.0 * PI));
            }
        }
        let mirrored = |list: Vec<f64>, sign: f64| {
            list.iter().rev().map(|x| sign * x).chain(list.iter().copied()).collect()
        };
        Self { places: mirrored(places, -1.0), weights: mirrored(weights, 1.0), test: Test::Decay }
    }

    /// What these terms, a symmetric integrand times weights of this sum, say of their error.
    pub(super) fn resolved(&self, terms: &[Complex64], sum: Complex64) -> Resolved {
        let size = sum.norm();
        match &self.test {
            Test::Waves(waves) => {
                let coefficient = |sign: f64, wave: &[Complex64]| {
                    let turned = |z: &Complex64| Complex64::new(z.re, sign * z.im);
                    terms.iter().zip(wave).map(|(t, z)| t * turned(z)).sum::<Complex64>().norm()
                };
                let largest = waves
                    .iter()
                    .map(|wave| coefficient(1.0, wave).max(coefficient(-1.0, wave)))
                    .fold(0.0, f64::max);
                Resolved { error: (largest / size).powi(2), coarse: Vec::new() }
            }
            Test::Decay => {
                let (pieces, _) = terms[terms.len() / 2..].as_chunks::<{ decay::ORDER }>();
                let shows = |piece: &[Complex64; decay::ORDER]| {
                    decay::RULE.decay(piece, |z: Complex64| z.norm()).shows(RESOLVED, size)
                };
                let coarse: Vec<usize> =
                    (0..pieces.len()).filter(|k| !shows(&pieces[*k])).collect();
                Resolved { error: if coarse.is_empty() { 0.0 } else { 1.0 }, coarse }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ∫ dv/(2π) of 1/((v − a)(v + a)), Im a > 0, with poles as near to the line as Im a: i/2a.
    #[test]
    fn integrals_over_all_cuts() {
        for (a, cut, reach) in [
            (Complex64::new(0.3, 1.0), Cut::Even(2), 1.0),
            (Complex64::new(0.3, 1.0), Cut::Even(3), 1e6),
            (Complex64::new(0.5, 1e-4), Cut::Even(LEVELS), 1.0),
        ] {
            let mut cut = match cut {
                Cut::Even(LEVELS) => Cut::Even(LEVELS - 1).finer(&Resolved::default()).unwrap(),
                cut => cut,
            };
            let exact = 0.5 * Complex64::I / a;
            for _ in 0..20 {
                let nodes = cut.places(reach);
                let places = nodes.get();
                let terms: Vec<Complex64> = (places.places.iter().zip(&places.weights))
                    .map(|(v, w)| w / ((v - a) * (v + a)))
                    .collect();
                let sum = terms.iter().sum::<Complex64>();
                let resolved = places.resolved(&terms, sum);
                if resolved.error <= RESOLVED {
                    assert!((sum / exact - 1.0).norm() < 1e-11, "{a} {reach}: {sum} {exact}");
                    break;
                }
                cut = cut.finer(&resolved).unwrap();
            }
        }
    }
}
