//! The density of ν at one x: sums over the pairs (y, 1/b − y) of the support
//! of ρ_x.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::companion::reciprocal;
use super::part::{Part, PartRule, RULES, hermite};
use super::segment::{End, Node, Segment, settled};
use super::slice::Slice;
use crate::Error;

impl Slice<'_> {
    /// The density of ν at x; `guess` and the second result are η at the first
    /// node, for a neighbouring x to start from.
    pub(crate) fn density(&self, guess: Option<Complex64>) -> Result<(f64, Complex64), Error> {
        let mut state = guess.unwrap_or(Complex64::ZERO);
        let mut total = 0.0;
        for (i, segment) in self.segments().iter().enumerate() {
            let start = if i == 0 { guess } else { Some(state) };
            let (part, first) = self.integrate(segment, start, total)?;
            total += part;
            if i == 0 {
                state = first;
            }
        }
        total *= self.model.gamma2;
        let zero_mass = self.zero_mass();
        if zero_mass > 0.0 && self.in_bulk(self.target()) {
            let eta = self.eta(self.target(), None)?.w;
            total += zero_mass * self.h(eta).im;
        }
        Ok((-total / PI, state))
    }

    /// ∫ ρ_x(V) Im H(sum − V) over a segment and its mirror image; and η at the
    /// first node. A segment whose sums do not settle has a branch point of η
    /// close by, and is split there. `others` is the integral over other
    /// segments, against which accuracy is judged as well.
    fn integrate(
        &self,
        segment: &Segment,
        guess: Option<Complex64>,
        others: f64,
    ) -> Result<(f64, Complex64), Error> {
        const SPLITS: usize = 60;
        let mut total = 0.0;
        let mut first = None;
        let mut splits = 0;
        let mut pending = vec![*segment];
        while let Some(segment) = pending.pop() {
            let known = (others + total).abs();
            let sum = self.sum(&segment, first.or(guess), known)?;
            first = first.or(sum.first);
            match sum.worst {
                None => total += sum.estimate,
                Some(end) if splits < SPLITS => {
                    splits += 1;
                    pending.push(Segment { start: end, centred: false, ..segment });
                    pending.push(Segment { end, ..segment });
                }
                // What splitting no longer improves is rounding, unless it is large.
                Some(_) if sum.change <= self.noise.max(1e-10) * (sum.estimate.abs() + known) => {
                    total += sum.estimate;
                }
                Some(_) => {
                    return Err(Error::NotConverged {
                        computation: "the density of the population law",
                        at: self.x,
                        iterate: sum.estimate.into(),
                        residual: sum.change,
                    });
                }
            }
        }
        Ok((total, first.or(guess).unwrap_or(Complex64::ZERO)))
    }

    /// What an integral must not miss by more than a rounding error: itself, the
    /// integrals known already, or a density that is small against the mean one.
    fn size(&self, estimate: f64, known: f64) -> f64 {
        let negligible = 1e-3 * PI / (self.model.gamma2 * self.model.bound());
        estimate.abs().max(known).max(negligible)
    }

    /// The integrand at a pair (V, V′): ρ(V) Im H(V′) + ρ(V′) Im H(V) up to a factor.
    fn pair(&self, first: Complex64, second: Complex64) -> f64 {
        let density = |eta: Complex64| eta.im / eta.norm_sqr();
        (density(first) * self.h(second).im + density(second) * self.h(first).im) / PI
    }

    /// The integral over a segment by Gauss–Legendre rules in variables that
    /// absorb the singularities of its ends; `None` unless the coefficients of
    /// the integrand show that few nodes are enough.
    fn graded_sum(
        &self,
        segment: &Segment,
        guess: Option<Complex64>,
        known: f64,
    ) -> Result<Option<Sum>, Error> {
        let Some(parts) = segment.parts(&self.singularities(), self.weight_scale()) else {
            return Ok(None);
        };
        let mut total = Sum { estimate: 0.0, change: 0.0, first: None, worst: None };
        for part in parts {
            let start = total.first.or(guess);
            let found = self.part_sum(&part, start, &RULES[0], known)?;
            let found = match found {
                Some(found) => Some(found),
                None => self.part_sum(&part, start, &RULES[1], known)?,
            };
            let Some((estimate, first)) = found else {
                return Ok(None);
            };
            total.estimate += estimate;
            total.first = total.first.or(Some(first));
        }
        Ok(Some(total))
    }

    /// One rule on one part, from its inner end outwards; and η at the first node.
    fn part_sum(
        &self,
        part: &Part,
        guess: Option<Complex64>,
        rule: &PartRule,
        known: f64,
    ) -> Result<Option<(f64, Complex64)>, Error> {
        let mut values = Vec::with_capacity(rule.nodes.len());
        // The last two nodes, to extrapolate from: variable, η and its slope.
        let mut trail: Vec<(f64, [Complex64; 2], [Complex64; 2])> = Vec::with_capacity(2);
        let mut first = Complex64::ZERO;
        for (node, weight) in rule.nodes.iter().zip(&rule.weights) {
            let (here, there, rate) = part.place(*node);
            let guesses = [0, 1].map(|i| match trail[..] {
                [(u0, eta0, slope0), (u1, eta1, slope1)] => {
                    let at = [(u0, eta0[i], slope0[i]), (u1, eta1[i], slope1[i])];
                    Some(hermite(at, *node)).filter(|w| w.im > 0.0).or(Some(eta1[i]))
                }
                [(_, eta, _)] => Some(eta[i]),
                _ => self.start([here, there][i]).or(guess),
            });
            let (one, two) = (self.eta(here, guesses[0])?, self.eta(there, guesses[1])?);
            if trail.is_empty() {
                first = one.w;
            }
            if trail.len() == 2 {
                trail.remove(0);
            }
            let slope = [rate * reciprocal(one.derivative), -rate * reciprocal(two.derivative)];
            trail.push((*node, [one.w, two.w], slope));
            values.push(weight * rate.abs() * self.pair(one.w, two.w));
        }
        let estimate = values.iter().sum::<f64>();
        let largest = |rows: &[Vec<f64>]| {
            rows.iter()
                .map(|row| row.iter().zip(&values).map(|(p, v)| p * v).sum::<f64>().abs())
                .fold(0.0, f64::max)
        };
        let (middle, tail) = (largest(&rule.middle), largest(&rule.tail));
        // Coefficients decay like q^j; the rule misses those from order 2n on.
        let size = self.size(estimate, known);
        let good = tail <= 1e-4 * size && tail * (tail / middle).powi(2) <= 1e-14 * size;
        Ok(good.then_some((estimate, first)))
    }

    /// One double-exponential sum, its step halved until it settles.
    fn sum(&self, segment: &Segment, guess: Option<Complex64>, known: f64) -> Result<Sum, Error> {
        const INTERVALS: u32 = 4;
        const HALVINGS: u32 = 6;
        if let Some(sum) = self.graded_sum(segment, guess, known)? {
            return Ok(sum);
        }
        let centred = segment.centred;
        let scale = self.weight_scale();
        let Some((from, to)) = segment.range(scale) else {
            return Ok(Sum { estimate: 0.0, change: 0.0, first: None, worst: None });
        };
        let pair = |v: f64, guess: [Option<Complex64>; 2]| -> Result<Node, Error> {
            let (here, there, weight) = segment.place(v, scale);
            let own_mirror = centred && v == 0.0;
            let first = self.eta(here, guess[0])?;
            let second = if own_mirror { first } else { self.eta(there, guess[1])? };
            let value = self.pair(first.w, second.w);
            let share = if own_mirror { 0.5 } else { 1.0 };
            let slope =
                [weight * reciprocal(first.derivative), -weight * reciprocal(second.derivative)];
            let term = share * weight * value;
            Ok(Node { v, eta: [first.w, second.w], slope, term })
        };
        // Outwards from the middle, so that each node has a neighbour to start from.
        let intervals = if centred { INTERVALS } else { 2 * INTERVALS };
        let middle = if centred { 0 } else { INTERVALS };
        let mut step = (to - from) / f64::from(intervals);
        let position = |k: u32| from + f64::from(k) * step;
        let centre_v = position(middle);
        let centre = pair(centre_v, [guess, guess])?;
        let first = centre.eta[0];
        let mut nodes: Vec<Node> = Vec::new();
        let mut last = centre.eta;
        for k in (0..middle).rev() {
            nodes.push(pair(position(k), last.map(Some))?);
            last = nodes[nodes.len() - 1].eta;
        }
        nodes.reverse();
        last = centre.eta;
        nodes.push(centre);
        for k in middle + 1..=intervals {
            nodes.push(pair(position(k), last.map(Some))?);
            last = nodes[nodes.len() - 1].eta;
        }
        let mut sum: f64 = nodes.iter().map(|n| n.term).sum();
        let mut estimate = step * sum;
        let mut changes = [f64::INFINITY; 3];
        let (mut worst, mut miss) = (centre_v, 0.0);
        for halving in 1..=HALVINGS {
            let mut between = Vec::with_capacity(nodes.len());
            for window in nodes.windows(2) {
                let [left, right] = [&window[0], &window[1]];
                // Cubic Hermite interpolation halfway.
                let guess = [0, 1].map(|i| {
                    let bend = 0.25 * step * (left.slope[i] - right.slope[i]);
                    0.5 * (left.eta[i] + right.eta[i] + bend)
                });
                let node = pair(0.5 * (left.v + right.v), guess.map(Some))?;
                let off = (0..2)
                    .map(|i| (node.eta[i] - guess[i]).norm() / node.eta[i].norm())
                    .fold(0.0, f64::max);
                if halving == HALVINGS && off * node.term.abs() > miss {
                    (worst, miss) = (node.v, off * node.term.abs());
                }
                between.push(node);
            }
            step *= 0.5;
            sum += between.iter().map(|n| n.term).sum::<f64>();
            let next = (step * sum - estimate).abs();
            changes = [changes[1], changes[2], next];
            estimate = step * sum;
            let size = self.size(estimate, known);
            if settled(changes, size, segment.rounding()) {
                return Ok(Sum { estimate, change: next, first: Some(first), worst: None });
            }
            nodes.append(&mut between);
            nodes.sort_by(|l, r| l.v.total_cmp(&r.v));
        }
        let (here, there, _) = segment.place(worst, scale);
        let worst = Some(End { here, there, edge: 0.0 });
        Ok(Sum { estimate, change: changes[2], first: Some(first), worst })
    }
}

/// A double-exponential sum over a segment.
struct Sum {
    estimate: f64,
    /// What the last halving changed.
    change: f64,
    /// η at the first node.
    first: Option<Complex64>,
    /// If the sum has not settled: where η departs most from a cubic.
    worst: Option<End>,
}
