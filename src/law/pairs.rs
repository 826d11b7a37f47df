//! The density of ν at one x: integrals over the pairs (y, 1/b − y) of the
//! support of ρ_x.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::companion::{Root, reciprocal};
use super::segment::Part;
use super::slice::Slice;
use crate::Error;
use crate::numerics::decay::{Decay, ORDER, RULE};

/// Relative accuracy of the integrals, two digits better than any table.
const ACCURACY: f64 = 1e-13;

/// Size, against the whole integral, below which a piece may be noise.
const NOISE: f64 = 1e-10;

/// Halvings towards V = 0 after which the rest is integrated over log V: with weights down to
/// 0 that have a density with a power, ρ_x has a power there that no root makes regular.
const MOST_HALVINGS: i32 = 6;

/// Pieces of one part after which what is left must be rounding.
const MOST_PIECES: usize = 200;

/// The last nodes along a part, from which the next ones are extrapolated.
type Trail = Vec<Step>;

/// A node: the variable τ, η at V and at sum − V, what of that is extrapolated, and its slopes.
#[derive(Clone)]
struct Step {
    tau: f64,
    eta: [Complex64; 2],
    value: [Complex64; 2],
    slope: [Complex64; 2],
}

impl Slice<'_> {
    /// The density of ν at x; `guess` and the second result are η at the first
    /// node, for a neighbouring x to start from.
    pub(crate) fn density(&self, guess: Option<Complex64>) -> Result<(f64, Complex64), Error> {
        let singularities = self.singularities();
        let mut wholes = Vec::new();
        let mut first = None;
        for segment in &self.segments() {
            for part in segment.parts(&singularities, self.weight_scale()) {
                let trail = &mut Trail::new();
                let whole = self.piece(&part, (-1.0, 1.0), first.or(guess), trail)?;
                first = first.or(Some(whole.first));
                wholes.push((part, segment.rounding(), whole));
            }
        }
        // The integrand has one sign: all estimates tell how large the sum is.
        let mut total = wholes.iter().map(|(_, _, whole)| whole.estimate).sum();
        for (part, rounding, whole) in &wholes {
            self.refine(part, *rounding, whole, &mut total)?;
        }
        let mut density = 0.0 - self.model.gamma2 / PI * total;
        let zero_mass = self.zero_mass();
        if zero_mass > 0.0 && self.in_bulk(self.target()) {
            let eta = self.eta(self.target(), first.or(guess))?.w;
            density -= zero_mass * self.h(eta).im / PI;
        }
        Ok((density, first.unwrap_or(Complex64::ZERO)))
    }

    /// Makes the contribution of one part to `total`, the integral over all
    /// parts, accurate against it: pieces are halved until the coefficients of
    /// the integrand show that the rule is exact to the accuracy asked for.
    fn refine(
        &self,
        part: &Part,
        rounding: f64,
        whole: &PieceSum,
        total: &mut f64,
    ) -> Result<(), Error> {
        let rounding = rounding + self.rounding;
        // A density that is small against the mean one need not be as precise.
        let negligible = 1e-3 * PI / (self.model.gamma2 * self.model.bound());
        let settled = |piece: &PieceSum, total: f64| {
            let size = total.abs().max(negligible);
            let noise = piece.decay.stagnates() && piece.decay.tail <= NOISE * size;
            piece.decay.shows(ACCURACY, size) || piece.decay.tail <= rounding * size || noise
        };
        let mut pending = Vec::new();
        let halve = |pending: &mut Vec<_>, (from, to): (f64, f64), estimate: f64| {
            let middle = 0.5 * (from + to);
            pending.push((middle, to, 0.5 * estimate));
            pending.push((from, middle, 0.5 * estimate));
        };
        if !settled(whole, *total) {
            halve(&mut pending, (-1.0, 1.0), whole.estimate);
        }
        let mut trail = Trail::new();
        let mut pieces = 1;
        let last = 1.0 - 2.0 * 0.5_f64.powi(MOST_HALVINGS);
        while let Some((from, to, guessed)) = pending.pop() {
            if to == 1.0
                && from >= last
                && let Some(rest) = part.towards_zero(from, self.far_below)
            {
                let piece = self.piece(&rest, (-1.0, 1.0), Some(whole.first), &mut trail)?;
                *total += piece.estimate - guessed;
                self.refine(&rest, rounding, &piece, total)?;
                trail.clear();
                continue;
            }
            pieces += 1;
            let before = trail.clone();
            let piece = self.piece(part, (from, to), Some(whole.first), &mut trail)?;
            *total += piece.estimate - guessed;
            if settled(&piece, *total) {
                continue;
            }
            if pieces > MOST_PIECES || !total.is_finite() {
                return Err(Error::NotConverged {
                    computation: "the density of the population law",
                    at: self.x,
                    iterate: piece.estimate.into(),
                    residual: piece.decay.tail,
                });
            }
            trail = before;
            halve(&mut pending, (from, to), piece.estimate);
        }
        Ok(())
    }

    /// One rule on τ from `from` to `to`.
    fn piece(
        &self,
        part: &Part,
        (from, to): (f64, f64),
        guess: Option<Complex64>,
        trail: &mut Trail,
    ) -> Result<PieceSum, Error> {
        let rule = &*RULE;
        let mut values = [0.0; ORDER];
        let mut first = Complex64::ZERO;
        // With weights down to 0, η is a power of V next to 0, and its logarithm is extrapolated.
        let (one_weight, power) = (self.single.is_some(), self.far_below > 0.0);
        // All that is unresolved has one V and one η.
        let mut last: [Option<(f64, Root)>; 2] = [None, None];
        let mut eta = |i: usize, v: f64, guess: Option<Complex64>| match last[i] {
            Some((before, root)) if before == v => Ok(root),
            _ => self.eta(v, guess).inspect(|root| last[i] = Some((v, *root))),
        };
        for (k, (node, weight)) in rule.nodes.iter().zip(&rule.weights).enumerate() {
            let tau = 0.5 * (from + to) + 0.5 * (to - from) * node;
            let (here, there, rate) = part.place(tau);
            if rate == 0.0 || !here.is_finite() {
                // The end itself, to rounding; the integrand in τ vanishes there.
                continue;
            }
            let guesses = [0, 1].map(|i| match &trail[..] {
                _ if one_weight => None,
                [before, last] => {
                    let points =
                        [before, last].map(|step| (step.tau, step.value[i], step.slope[i]));
                    let next = hermite(points, tau);
                    let eta = if power { next.exp() } else { next };
                    Some(eta).filter(|eta| eta.im > 0.0).or(Some(last.eta[i]))
                }
                [last] => Some(last.eta[i]),
                _ => self.start([here, there][i]).or(guess),
            });
            let [here, there] = [here, there].map(|v| self.resolved(v));
            let (one, two) = (eta(0, here, guesses[0])?, eta(1, there, guesses[1])?);
            if k == 0 {
                first = one.w;
            }
            if !one_weight {
                if trail.len() == 2 {
                    trail.remove(0);
                }
                let eta = [one.w, two.w];
                let slope = [rate * reciprocal(one.derivative), -rate * reciprocal(two.derivative)];
                trail.push(if power {
                    let slope = [0, 1].map(|i| slope[i] / eta[i]);
                    Step { tau, eta, value: eta.map(|eta| eta.ln()), slope }
                } else {
                    Step { tau, eta, value: eta, slope }
                });
            }
            values[k] = 0.5 * (to - from) * weight * rate.abs() * self.pair(one.w, two.w);
        }
        let decay = rule.decay(&values, f64::abs);
        Ok(PieceSum { estimate: values.iter().sum(), decay, first })
    }

    /// The integrand at a pair (V, V′): ρ(V) Im H(V′) + ρ(V′) Im H(V) up to a factor.
    fn pair(&self, first: Complex64, second: Complex64) -> f64 {
        let density = |eta: Complex64| eta.im / eta.norm_sqr();
        (density(first) * self.h(second).im + density(second) * self.h(first).im) / PI
    }
}

/// A sum over one piece, and how its coefficients decay.
struct PieceSum {
    estimate: f64,
    decay: Decay,
    /// η at the first node.
    first: Complex64,
}

/// The cubic through two points with slopes, at u.
fn hermite(points: [(f64, Complex64, Complex64); 2], u: f64) -> Complex64 {
    let [(u0, f0, s0), (u1, f1, s1)] = points;
    let step = u1 - u0;
    let t = (u - u0) / step;
    let (square, cube) = (t * t, t * t * t);
    f0 * (2.0 * cube - 3.0 * square + 1.0)
        + s0 * (step * (cube - 2.0 * square + t))
        + f1 * (3.0 * square - 2.0 * cube)
        + s1 * (step * (cube - square))
}
