//! The population law at one real argument x.
//!
//! At fixed x the law ρ_x of Q(x) = (1/d) W \[D²/(x−cD²)\] Wᵀ is itself a
//! generalised Marchenko–Pastur law, over the signed weights
//! m = x D²/(x−cD²) and with ratio 1/γ2: with g = x/η,
//!
//! γ2 V = x y = η (1 + γ2 E\[m/(η−m)\]),  V = z_{1/γ2}(η).
//!
//! The density of ν at x is the integral, over the pairs y + y′ = 1/b of the
//! support of ρ_x, of ρ_x(y) Im H(g(y′)) with H(g) = E\[1/(x−(c+g)D²)\].

use std::f64::consts::PI;

use num_complex::Complex64;

use super::companion::{
    ACCURACY, CompanionMap, Gap, GapImage, Image, Root, TTransform, reciprocal,
};
use super::segment::{End, Node, Segment, settled};
use crate::{Error, ensemble::diagonal::SquareLaw, numerics::poles::PoleSum};

/// b, c, γ2 and the law of D²: all that ν depends on.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) b: f64,
    pub(crate) c: f64,
    pub(crate) gamma2: f64,
    pub(crate) squares: SquareLaw,
}

/// The weights at one x.
pub(crate) struct Slice<'a> {
    model: &'a Model,
    x: f64,
    /// E\[m/(η−m)\] as a sum over the nodes t of the law of D².
    t: PoleSum,
    /// E\[(x−cD²)⁻¹/(η−m)\], likewise.
    resolvent: PoleSum,
    /// m and ω m² of the atoms of D².
    atoms: Vec<(f64, f64)>,
    /// m and its probability, if there is only one weight.
    single: Option<(f64, f64)>,
    scale: f64,
    /// Relative rounding error of the weights, large next to an end of c D².
    noise: f64,
    /// Support of ρ_x in V, ascending, ends possibly infinite.
    bulks: Vec<(f64, f64)>,
    /// Points of the support where a gap has just closed.
    scars: Vec<f64>,
}

impl TTransform for Slice<'_> {
    fn t(&self, eta: Complex64) -> (Complex64, Complex64) {
        self.t.with_derivative(eta)
    }

    fn covers(&self, eta: f64) -> bool {
        self.obstacles()
            .0
            .iter()
            .any(|&(lower, upper)| lower < upper && lower <= eta && eta <= upper)
    }
}

impl<'a> Slice<'a> {
    pub(crate) fn new(model: &'a Model, x: f64) -> Self {
        // (t, ω, x − c t, m) off t = 0.
        let nodes: Vec<_> = model
            .squares
            .boundary_rule()
            .iter()
            .filter(|(t, _)| *t != Complex64::ZERO)
            .map(|&(t, omega)| {
                let distance = x - model.c * t;
                // Real nodes by real arithmetic, to be found again as obstacles.
                let m =
                    if t.im == 0.0 { (x * t.re / distance.re).into() } else { x * t / distance };
                (omega, distance, m)
            })
            .collect();
        let single = match nodes[..] {
            [(omega, _, m)] if m.im == 0.0 => Some((m.re, omega.re)),
            _ => None,
        };
        let closest = model
            .squares
            .support()
            .iter()
            .flat_map(|&(lower, upper)| [lower, upper])
            .map(|t| (x - model.c * t).abs())
            .fold(x, f64::min);
        let mut slice = Self {
            model,
            x,
            t: PoleSum::new(nodes.iter().map(|&(omega, _, m)| (m, omega * m))),
            resolvent: PoleSum::new(
                nodes.iter().map(|&(omega, distance, m)| (m, omega / distance)),
            ),
            atoms: nodes
                .iter()
                .filter(|(_, _, m)| m.im == 0.0)
                .map(|(omega, _, m)| (m.re, omega.re * m.re * m.re))
                .collect(),
            single,
            scale: nodes.iter().fold(0.0, |s, (_, _, m)| m.l1_norm().max(s)),
            noise: ACCURACY + 64.0 * f64::EPSILON * x / closest,
            bulks: Vec::new(),
            scars: Vec::new(),
        };
        (slice.bulks, slice.scars) = slice.find_bulks();
        slice
    }

    fn map(&self) -> CompanionMap<'_, Self> {
        let gamma = 1.0 / self.model.gamma2;
        CompanionMap { gamma, population: self, scale: self.scale, noise: self.noise }
    }

    /// Images m of the intervals that carry D², ascending; and whether one of
    /// them passes through infinity.
    fn obstacles(&self) -> (Vec<(f64, f64)>, bool) {
        let pole = if self.model.c > 0.0 { self.x / self.model.c } else { f64::INFINITY };
        let image = |t: f64| self.x * t / (self.x - self.model.c * t);
        let (mut below, mut above) = (Vec::new(), Vec::new());
        let mut through_infinity = false;
        for &(lower, upper) in self.model.squares.support() {
            if upper == 0.0 {
                continue;
            }
            if lower < pole && pole < upper {
                through_infinity = true;
                // m runs from image(lower) > 0 up to ∞ and from −∞ to image(upper) < 0.
                above.insert(0, (f64::NEG_INFINITY, image(upper)));
                below.push((image(lower), f64::INFINITY));
            } else if upper <= pole {
                below.push((image(lower), image(upper)));
            } else {
                above.push((image(lower), image(upper)));
            }
        }
        above.append(&mut below);
        (above, through_infinity)
    }

    fn find_bulks(&self) -> (Vec<(f64, f64)>, Vec<f64>) {
        let (obstacles, through_infinity) = self.obstacles();
        // Atoms of D² are real nodes; their weights bound φ from below.
        let strength = |m: f64| self.atoms.iter().find(|a| a.0 == m).map_or(0.0, |a| a.1);
        let map = self.map();
        let mut images: Vec<GapImage> = Vec::new();
        let mut scars = Vec::new();
        // An edge that only rounding keeps from 0 is a hard edge at 0.
        let snap = |v: f64| if v.abs() <= 1e-20 * self.scale { 0.0 } else { v };
        let mut push = |lower: f64, upper: f64| {
            let strengths = (strength(lower), strength(upper));
            match map.gap_image(Gap { lower, upper, strengths }) {
                Image::Open(mut image) => {
                    image.lower.0 = snap(image.lower.0);
                    image.upper.0 = snap(image.upper.0);
                    images.push(image);
                }
                Image::Almost(v) => scars.push(v),
                Image::Closed => {}
            }
        };
        if !through_infinity && let Some(first) = obstacles.first() {
            push(f64::NEG_INFINITY, first.0);
        }
        for pair in obstacles.windows(2) {
            if pair[0].1 < pair[1].0 {
                push(pair[0].1, pair[1].0);
            }
        }
        if !through_infinity && let Some(last) = obstacles.last() {
            push(last.1, f64::INFINITY);
        }
        let mut bulks = Vec::with_capacity(images.len() + 1);
        if through_infinity {
            let first = images.first().map_or(f64::INFINITY, |i| i.lower.0);
            bulks.push((f64::NEG_INFINITY, first));
        }
        for pair in images.windows(2) {
            bulks.push((pair[0].upper.0, pair[1].lower.0));
        }
        if through_infinity && let Some(last) = images.last() {
            bulks.push((last.upper.0, f64::INFINITY));
        }
        (bulks, scars)
    }

    /// η at V, the root in the upper half-plane.
    fn eta(&self, v: f64, guess: Option<Complex64>) -> Result<Root, Error> {
        if let Some((m, mass)) = self.single {
            // One weight: V (η−m) = η (η−m)/γ2 + η ω m is quadratic.
            let ratio = self.model.gamma2;
            let middle = 0.5 * (m + ratio * (v - mass * m));
            let height = (ratio * v * m - middle * middle).max(0.0).sqrt();
            let w = Complex64::new(middle, height);
            let derivative = 2.0 * Complex64::new(0.0, height) * reciprocal(w - m) / ratio;
            return Ok(Root { w, derivative });
        }
        self.map().solve(v, guess)
    }

    /// 1/b in the units of V.
    fn target(&self) -> f64 {
        self.x / (self.model.b * self.model.gamma2)
    }

    /// Mass of ρ_x at 0.
    fn zero_mass(&self) -> f64 {
        (1.0 - self.model.gamma2 * (1.0 - self.model.squares.mass_at_zero())).max(0.0)
    }

    /// Support of the pairs (y, 1/b − y) as segments of the right half-line.
    fn segments(&self) -> Vec<Segment> {
        let sum = self.target();
        let mut found = Vec::new();
        for &(lower, upper) in &self.bulks {
            for &(other_lower, other_upper) in &self.bulks {
                // V in one bulk, sum − V in another.
                let start = if lower >= sum - other_upper {
                    End { here: lower, there: sum - lower, edge: lower }
                } else {
                    End { here: sum - other_upper, there: other_upper, edge: other_upper }
                };
                let end = if upper <= sum - other_lower {
                    End { here: upper, there: sum - upper, edge: upper }
                } else {
                    End { here: sum - other_lower, there: other_lower, edge: other_lower }
                };
                // Each pair of bulks is met twice; keep the half V ≥ sum/2.
                if start.here < end.here && end.here > 0.5 * sum {
                    self.split(start, end, &mut found);
                }
            }
        }
        found
    }

    /// Splits a range of V at the scars of ρ_x and of its mirror image.
    fn split(&self, start: End, end: End, found: &mut Vec<Segment>) {
        let sum = self.target();
        let mut ends = vec![start];
        let inside = |here: f64| here > 0.5 * sum && here > start.here && here < end.here;
        for &scar in &self.scars {
            for (here, there) in [(scar, sum - scar), (sum - scar, scar)] {
                if inside(here) {
                    ends.push(End { here, there, edge: 0.0 });
                }
            }
        }
        if end.here.is_infinite() && inside(sum) {
            // On an unbounded range the natural centres of structure are 0 and the sum.
            ends.push(End { here: sum, there: 0.0, edge: 0.0 });
        }
        ends[1..].sort_by(|l, r| l.here.total_cmp(&r.here));
        ends.push(end);
        for pair in ends.windows(2) {
            let centred = pair[0].here < 0.5 * sum;
            found.push(Segment { start: pair[0], end: pair[1], centred });
        }
    }

    /// Whether x carries density.
    pub(crate) fn carries_density(&self) -> bool {
        !self.segments().is_empty() || self.zero_mass() > 0.0 && self.in_bulk(self.target())
    }

    fn in_bulk(&self, v: f64) -> bool {
        self.bulks.iter().any(|&(lower, upper)| lower < v && v < upper)
    }

    /// How many edges ρ_x has, and for how many pairs of them the sum exceeds
    /// 1/b. Every edge decreases in x, so between two x with the same number of
    /// edges ν is singular exactly where the second count changes.
    pub(crate) fn signature(&self) -> (usize, usize) {
        let mut edges: Vec<f64> =
            self.bulks.iter().flat_map(|b| [b.0, b.1]).filter(|e| e.is_finite()).collect();
        let count = edges.len();
        if self.zero_mass() > 0.0 {
            edges.push(0.0);
        }
        let sum = self.target();
        let pairs = (0..edges.len())
            .map(|i| edges[i..].iter().filter(|&&other| edges[i] + other > sum).count())
            .sum();
        (count, pairs)
    }

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

    /// H(g) = E\[1/(x−(c+g)D²)\] at g = x/η, less its real part from D = 0.
    fn h(&self, eta: Complex64) -> Complex64 {
        eta * self.resolvent.value(eta)
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

    /// One double-exponential sum, its step halved until it settles.
    fn sum(&self, segment: &Segment, guess: Option<Complex64>, known: f64) -> Result<Sum, Error> {
        const INTERVALS: u32 = 4;
        const HALVINGS: u32 = 6;
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
            let density = |eta: Complex64| eta.im / eta.norm_sqr();
            let value =
                density(first.w) * self.h(second.w).im + density(second.w) * self.h(first.w).im;
            let share = if own_mirror { 0.5 } else { 1.0 };
            let slope =
                [weight * reciprocal(first.derivative), -weight * reciprocal(second.derivative)];
            let term = share * weight * value / PI;
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
        // A density that is small against the mean one need not be as precise.
        let negligible = 1e-3 * PI / (self.model.gamma2 * self.model.bound());
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
            let size = estimate.abs().max(known).max(negligible);
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
