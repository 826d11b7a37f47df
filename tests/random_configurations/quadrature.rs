//! Masses from the density, by a quadrature that shares nothing with the crate.

use std::f64::consts::PI;

use ntk_spectrum::law::{SupportInterval, TabulatedLaw};

/// Masses agree to this.
const TOLERANCE: f64 = 1e-8;

/// Panels, of which there are some hundred, are halved until they change by less.
const PANEL: f64 = 1e-11;

/// Nodes on a panel.
const NODES: usize = 16;

/// Distance from an end at which the integral ends, against where the end lies: nearer, a
/// diverging density changes too much with the rounding of x.
const CUT: f64 = 1e-9;

/// The same for an end at 0, against the length.
const CUT_AT_ZERO: f64 = 1e-32;

/// A law whose density is like y^{α−1} at distance y from an end has y/α times that below;
/// the smallest exponent here is 1/10 (D² where D has 1/5).
const LARGEST_TAIL: f64 = 20.0;

/// Two numbers that should agree.
pub struct Difference {
    pub what: &'static str,
    pub found: f64,
    pub expected: f64,
    pub tolerance: f64,
}

/// The Gauss–Legendre rule on [−1, 1], by Newton's method.
fn gauss_legendre() -> [(f64, f64); NODES] {
    let n = NODES as f64;
    std::array::from_fn(|k| {
        let mut x = (PI * (k as f64 + 0.75) / (n + 0.5)).cos();
        let mut slope = 1.0;
        for _ in 0..10 {
            let (mut before, mut value) = (1.0, x);
            for j in 2..=NODES {
                let j = j as f64;
                (before, value) = (value, ((2.0 * j - 1.0) * x * value - (j - 1.0) * before) / j);
            }
            slope = n * (before - x * value) / (1.0 - x * x);
            x -= value / slope;
        }
        (x, 2.0 / ((1.0 - x * x) * slope * slope))
    })
}

/// An interval in the variable u = log((x − lower)/(upper − x)), in which what happens at
/// either end happens on a scale of 1.
struct Logit {
    lower: f64,
    upper: f64,
}

impl Logit {
    /// x and dx/du.
    fn at(&self, u: f64) -> (f64, f64) {
        let (width, small) = (self.upper - self.lower, (-u.abs()).exp());
        let distance = width * small / (1.0 + small);
        let x = if u < 0.0 { self.lower + distance } else { self.upper - distance };
        (x, width * small / (1.0 + small).powi(2))
    }

    fn of(&self, x: f64) -> f64 {
        ((x - self.lower) / (self.upper - x)).ln()
    }
}

struct Quadrature<'a> {
    law: &'a TabulatedLaw,
    rule: [(f64, f64); NODES],
    variable: Logit,
}

impl Quadrature<'_> {
    fn panel(&self, from: f64, to: f64) -> f64 {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let term = |&(node, weight): &(f64, f64)| {
            let (x, slope) = self.variable.at(middle + half * node);
            weight * half * slope * self.law.density(x)
        };
        self.rule.iter().map(term).sum()
    }

    fn adaptive(&self, from: f64, to: f64, whole: f64, halvings: u32) -> f64 {
        let middle = 0.5 * (from + to);
        let (left, right) = (self.panel(from, middle), self.panel(middle, to));
        let change = (left + right - whole).abs();
        if halvings == 0 || change < PANEL || change.is_nan() {
            return left + right;
        }
        self.adaptive(from, middle, left, halvings - 1)
            + self.adaptive(middle, to, right, halvings - 1)
    }

    fn integral(&self, from: f64, to: f64) -> f64 {
        self.adaptive(from, to, self.panel(from, to), 30)
    }
}

/// Masses of the law's intervals and of parts of them, with what the density gives.
pub fn differences(law: &TabulatedLaw) -> Vec<Difference> {
    law.support().iter().flat_map(|interval| of_interval(law, interval)).collect()
}

fn of_interval(law: &TabulatedLaw, interval: &SupportInterval) -> Vec<Difference> {
    let (lower, upper) = (interval.lower.location, interval.upper.location);
    let cut = |end: f64| (CUT * end).max(CUT_AT_ZERO * (upper - lower));
    let (first, last) = (lower + cut(lower), upper - cut(upper));
    if last - first < 0.5 * (upper - lower) {
        // Too narrow for numbers between its ends.
        return Vec::new();
    }
    let variable = Logit { lower, upper };
    let (start, end) = (variable.of(first), variable.of(last));
    // One panel a unit, and one between any two of 64 quantiles, where the mass is.
    let mut places: Vec<f64> = (0..=(end - start) as u32).map(|k| start + f64::from(k)).collect();
    let below = law.cdf(lower);
    for k in 1..64 {
        let x = law.quantile(below + interval.mass * f64::from(k) / 64.0);
        places.extend(Some(variable.of(x)).filter(|u| start < *u && *u < end));
    }
    places.push(end);
    places.sort_by(f64::total_cmp);

    let quadrature = Quadrature { law, rule: gauss_legendre(), variable };
    let mut differences = Vec::new();
    let mut expect = |what, found, expected, tolerance| {
        differences.push(Difference { what, found, expected, tolerance });
    };
    let (mut found, at_first) = (0.0, law.cdf(quadrature.variable.at(start).0));
    for pair in places.windows(2) {
        found += quadrature.integral(pair[0], pair[1]);
        let reached = law.cdf(quadrature.variable.at(pair[1]).0) - at_first;
        expect("integral of the density", found, reached, TOLERANCE);
    }
    let tails = at_first - below + law.survival(last) - law.survival(upper);
    expect("mass of an interval", found + tails, interval.mass, TOLERANCE);
    for (x, end, tail) in
        [(first, lower, at_first - below), (last, upper, law.survival(last) - law.survival(upper))]
    {
        let largest = TOLERANCE + LARGEST_TAIL * law.density(x) * (x - end).abs();
        expect("mass next to an end", tail, 0.0, largest);
    }
    differences
}
