//! The density of ν next to ends at which it behaves like a power of the distance: a series
//! in the logarithm of the distance, in which a power is a straight line.

use super::model::Model;
use super::slice::Slice;
use crate::Error;
use crate::numerics::legendre::{N, RULE, evaluate};
use crate::numerics::parallel::in_parallel;
use crate::numerics::piece::Point;
use crate::watch::Tracker;

/// Where the series begin, in units of the distance to the middle between two singular
/// points: further out there is structure, and nothing is gained.
const NEXT_TO: f64 = 1e-3;

/// Length of the first pieces in log distance: they may then be halved.
const FIRST: f64 = 24.0;
const SHORTEST: f64 = 0.1;

/// Relative accuracy of the density, a tenth of the accuracy of its table.
const ACCURACY: f64 = 2e-12;

/// Mass that need not be looked at.
const NEGLIGIBLE: f64 = 1e-15;

/// Coefficients that halving does not make smaller are noise if they are below this.
const NOISE: f64 = 1e-9;

/// Mass that may be taken from a power where nothing is solved: next to an edge of ρ at 1e-100
/// there may be no root. It is a part of what a table may miss, and the power is known to
/// several digits.
const UNSOLVED: f64 = 1e-9;

/// The density next to the ends of the support of c D² that are steep.
#[derive(Debug)]
pub(super) struct NearEnds {
    pieces: Vec<Piece>,
}

/// The logarithm of the density as a Legendre series in the logarithm of the distance.
#[derive(Debug)]
struct Piece {
    range: Range,
    coefficients: [f64; N],
}

/// Logarithms of distances on one side of an end.
#[derive(Debug, Clone, Copy)]
struct Range {
    end: f64,
    direction: f64,
    from: f64,
    to: f64,
    /// Nothing of the end is resolved further in.
    innermost: bool,
}

impl Range {
    /// Whether both are on the same side of the same end.
    fn is_beside(&self, other: &Self) -> bool {
        self.end == other.end && self.direction == other.direction
    }

    fn point(&self, log: f64) -> Point {
        Point { end: self.end, offset: self.direction * log.exp() }
    }
}

impl NearEnds {
    /// Takes the density of `model` next to those ends of its support among `halves`, pairs
    /// of an end and the signed distance to the middle, that are steep.
    pub(super) fn new(
        model: &Model,
        halves: impl Iterator<Item = (f64, f64)>,
        tracker: &Tracker<'_>,
    ) -> Result<Self, Error> {
        let mut ranges = Vec::new();
        for (end, reach) in halves {
            let Some(depth) = model.depth(end) else { continue };
            let (from, to) = (depth.ln(), (NEXT_TO * reach.abs()).ln());
            let count = ((to - from) / FIRST).ceil().max(0.0) as usize;
            let place = |k: usize| from + (to - from) * (k as f64 / count as f64);
            ranges.extend((0..count).map(|k| Range {
                end,
                direction: reach.signum(),
                from: place(k),
                to: place(k + 1),
                innermost: k == 0,
            }));
        }
        let density =
            |point| tracker.count(|| Slice::at(model, point).with_jumps().density(None))?;
        let found = in_parallel(&ranges, |range| match refine(*range, &|at| Ok(density(at)?.0)) {
            Err(cancelled @ Error::Cancelled { .. }) => Err(cancelled),
            found => Ok(found),
        })?;
        let mut pieces: Vec<Piece> = Vec::new();
        // Of what has no solution nothing is known, nor of what lies further in on that side.
        let mut unsolved: Option<(Range, Error)> = None;
        for (range, found) in ranges.iter().zip(found) {
            match (found, unsolved.take()) {
                (Err(error), _) => {
                    pieces.retain(|piece| !piece.range.is_beside(range));
                    unsolved = Some((*range, error));
                }
                (Ok(mut more), Some((inner, error))) if inner.is_beside(range) => {
                    let first = more.first_mut().filter(|piece| piece.mass_within() <= UNSOLVED);
                    first.ok_or(error)?.range.innermost = true;
                    pieces.extend(more);
                }
                (Ok(more), None) => pieces.extend(more),
                (Ok(_), Some((_, error))) => return Err(error),
            }
        }
        unsolved.map_or(Ok(Self { pieces }), |(_, error)| Err(error))
    }

    /// The density at a point, if that is next to a steep end.
    pub(super) fn density(&self, point: Point) -> Option<f64> {
        let log = point.offset.abs().ln();
        let holds = |range: &Range| {
            range.end == point.end
                && range.direction == point.offset.signum()
                && (range.from <= log || range.innermost)
                && log < range.to
        };
        let piece = self.pieces.iter().find(|piece| holds(&piece.range))?;
        Some(piece.density(log))
    }
}

impl Piece {
    /// The mass further in than this piece if the density is the same power there.
    fn mass_within(&self) -> f64 {
        let Range { from, to, .. } = self.range;
        let step = 0.05 * (to - from);
        let (last, before) = (self.density(from) * from.exp(), self.density(from + step));
        let power = (before * (from + step).exp() / last).ln() / step;
        if power > 0.0 { last / power } else { f64::INFINITY }
    }

    fn density(&self, log: f64) -> f64 {
        let Range { from, to, .. } = self.range;
        let local = (2.0 * log - (from + to)) / (to - from);
        if local >= -1.0 {
            return evaluate(&self.coefficients, local).exp();
        }
        // Further in than anything is resolved: the same power.
        let (last, before) =
            (evaluate(&self.coefficients, -1.0), evaluate(&self.coefficients, -0.9));
        (last + (local + 1.0) * (before - last) / 0.1).exp()
    }
}

/// Halves a range until the density is a series on each piece. No piece where it vanishes,
/// or where the range is too short to tell: there it is solved for as elsewhere.
fn refine(
    range: Range,
    density: &dyn Fn(Point) -> Result<f64, Error>,
) -> Result<Vec<Piece>, Error> {
    let mut pending = vec![(range, f64::INFINITY)];
    let mut finished = Vec::new();
    while let Some((range, last_tail)) = pending.pop() {
        let (middle, half) = (0.5 * (range.from + range.to), 0.5 * (range.to - range.from));
        let mut values = [0.0; N];
        let mut mass = 0.0;
        for (k, node) in RULE.nodes.iter().enumerate() {
            let log = middle + half * node;
            let value = density(range.point(log))?;
            mass += half * RULE.weights[k] * value * log.exp();
            // No finite number where there is no density.
            values[k] = value.ln();
        }
        if !values.iter().all(|value| value.is_finite()) {
            // It vanishes here, or further in: this is not a power.
            if half > SHORTEST && mass > NEGLIGIBLE {
                pending.push((Range { from: middle, innermost: false, ..range }, f64::INFINITY));
                pending.push((Range { to: middle, ..range }, f64::INFINITY));
            }
            continue;
        }
        let coefficients = RULE.coefficients(&values);
        let tail = coefficients[N - 3..].iter().fold(0.0, |most: f64, a| a.abs().max(most));
        let settled = tail <= ACCURACY
            || tail * mass <= NEGLIGIBLE
            || tail <= NOISE && tail > 0.5 * last_tail;
        if settled {
            finished.push(Piece { range, coefficients });
        } else if half > SHORTEST {
            pending.push((Range { from: middle, innermost: false, ..range }, tail));
            pending.push((Range { to: middle, ..range }, tail));
        }
    }
    Ok(finished)
}
