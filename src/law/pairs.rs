//! The density of ν at one x: sums over the pairs (y, 1/b − y) of the support
//! of ρ_x.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::companion::{Root, reciprocal};
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
            let start = if i == 0 { guess } else { None };
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
            let sum = self.sum(&segment, if first.is_none() { guess } else { None }, known)?;
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

    /// The integral over a bounded segment by equal steps in θ, V = middle − half
    /// cos θ, which square-root edges leave analytic; `None` unless the cosine
    /// coefficients of the integrand show that few nodes are enough.
    fn cosine_sum(
        &self,
        segment: &Segment,
        guess: Option<Complex64>,
        known: f64,
    ) -> Result<Option<Sum>, Error> {
        for &n in &[16_usize, 40] {
            let Some(length) = segment.resolved_length() else {
                return Ok(None);
            };
            let step = PI / n as f64;
            // From the middle to the end, then from the middle to the start.
            let mut values = vec![0.0; n];
            let mut first = None;
            let halves: &[bool] = if segment.centred { &[false] } else { &[false, true] };
            for &lower in halves {
                let mut last: Option<(Root, Root, f64)> = None;
                for k in (0..n / 2).rev() {
                    let angle = (k as f64 + 0.5) * step;
                    let (here, there) = segment.place_angle(angle, lower);
                    // Continue along the tangents of the last node.
                    let guesses = match last {
                        Some((one, two, v)) => {
                            let by = here - v;
                            [
                                one.w + by * reciprocal(one.derivative),
                                two.w - by * reciprocal(two.derivative),
                            ]
                            .map(Some)
                        }
                        None => [guess, guess],
                    };
                    let upper_half = |w: Option<Complex64>, root: Option<Root>| match (w, root) {
                        (Some(w), Some(root)) if w.im <= 0.0 => Some(root.w),
                        (w, _) => w,
                    };
                    let one = self.eta(here, upper_half(guesses[0], last.map(|l| l.0)))?;
                    let two = self.eta(there, upper_half(guesses[1], last.map(|l| l.1)))?;
                    first = first.or(Some(one.w));
                    last = Some((one, two, here));
                    let value = 0.5 * length * angle.sin() * self.pair(one.w, two.w);
                    values[if lower { n - 1 - k } else { k }] = value;
                    if segment.centred {
                        values[n - 1 - k] = value;
                    }
                }
            }
            let coefficient = |j: usize| -> f64 {
                let wave = |k: usize| (j as f64 * (k as f64 + 0.5) * step).cos();
                2.0 / n as f64 * values.iter().enumerate().map(|(k, v)| v * wave(k)).sum::<f64>()
            };
            let largest = |range: std::ops::Range<usize>| {
                range.map(|j| coefficient(j).abs()).fold(0.0, f64::max)
            };
            let (middle, tail) = (largest(n / 2 - 2..n / 2 + 2), largest(n - 4..n));
            let share = if segment.centred { 0.5 } else { 1.0 };
            let estimate = share * step * values.iter().sum::<f64>();
            // Coefficients decay like q^j; the sum misses the one of order 2n.
            let size = self.size(estimate, known);
            if tail <= 1e-5 * size && tail * (tail / middle).powi(2) <= 1e-14 * size {
                return Ok(Some(Sum { estimate, change: 0.0, first, worst: None }));
            }
        }
        Ok(None)
    }

    /// One double-exponential sum, its step halved until it settles.
    fn sum(&self, segment: &Segment, guess: Option<Complex64>, known: f64) -> Result<Sum, Error> {
        const INTERVALS: u32 = 4;
        const HALVINGS: u32 = 6;
        if let Some(sum) = self.cosine_sum(segment, guess, known)? {
            return Ok(sum);
        }
        let centred = segment.centred;
        // The size of the weights on an unbounded segment, where x/c is one of D².
        let scale = self.x / self.model.c;
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
