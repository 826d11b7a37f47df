//! The integral of a function against tabulated densities, adaptive.
//!
//! Between its nodes a piece knows its density, a polynomial in s. What has to be resolved
//! is the function. Where a family of pieces hangs on an end, panels are graded towards it
//! before anything is known of the function: an exponential e^{−tx} with a huge t is 0 at
//! all nodes of a panel that is not.

use super::legendre::{N, RULE, evaluate};
use super::piece::{EndBehaviour, Piece};
use crate::{Error, arguments};

/// What the panels' errors may add up to, relative to ∫|f|: a tenth of what is promised,
/// since they are estimates.
const TOLERANCE: f64 = 1e-11;

/// Errors that need not be made smaller: sums of subnormal numbers have no more digits.
const SMALLEST: f64 = 1e-315;

/// Panels before a function is given up: some 300 are usual, and 100,000 evaluations of a
/// cheap function take milliseconds.
const MOST_PANELS: usize = 20_000;

/// What the distance to the end, in s, shrinks by from one graded panel to the next: four
/// times as much asks for panels that are split again, half as much for twice the panels.
const GRADE: f64 = 16.0;

/// Graded panels at most: they reach down to 16⁻¹⁴ of a piece in s, 10⁻³⁴ in x.
const MOST_GRADES: usize = 14;

/// What the values of f have to be.
pub(crate) const FINITE: &str = "a finite number wherever the law has mass";

/// Parts of each panel of a rule that is made before its functions are known: over one panel in
/// log s an exponential falls by more than 16 nodes resolve.
const PARTS: usize = 4;

/// Periods of a polynomial, times 2π, that a panel of 16 nodes resolves to rounding.
const PER_PANEL: f64 = 4.0;

/// A lower bound for the place of the first of the N nodes in a panel.
const FIRST_NODE: f64 = 5e-3;

/// A sum, and the sum of the absolute values of its terms.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Sum {
    pub(crate) value: f64,
    pub(crate) size: f64,
}

impl Sum {
    pub(crate) fn add(&mut self, term: f64) {
        self.value += term;
        self.size += term.abs();
    }
}

/// The variable that a panel is an interval of.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Variable {
    /// s
    Plain,
    /// log s
    Logarithm,
}

/// An interval, the integral over it, and what that may miss.
#[derive(Debug, Clone, Copy)]
struct Panel {
    piece: usize,
    variable: Variable,
    from: f64,
    to: f64,
    sum: Sum,
    error: f64,
}

/// Adds ∫ f over the pieces to `sum`, to [`TOLERANCE`] of the whole ∫|f|.
pub(crate) fn add_integral(
    sum: &mut Sum,
    pieces: &[Piece],
    f: &mut dyn FnMut(f64) -> f64,
) -> Result<(), Error> {
    let mut panels = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        for (variable, from, to) in layout(piece) {
            panels.push(Panel::new(pieces, index, variable, from, to, f)?);
        }
    }
    loop {
        let mut total = *sum;
        let mut error = 0.0;
        for panel in &panels {
            total.value += panel.sum.value;
            total.size += panel.sum.size;
            error += panel.error;
        }
        // What is too small to have all its digits cannot be told better.
        if error <= (TOLERANCE * total.size).max(SMALLEST) {
            *sum = total;
            return Ok(());
        }
        // The largest error is above the mean, so that there is always one to split.
        let most = TOLERANCE * total.size / panels.len() as f64;
        let (rest, coarse): (Vec<_>, Vec<_>) = panels.iter().partition(|p| p.error <= most);
        if panels.len() + coarse.len() > MOST_PANELS {
            return Err(unsettled(pieces, &panels, total.value, error));
        }
        panels = rest;
        for panel in coarse {
            let parts = panel.parts();
            if parts.iter().any(|(_, from, to)| !(from < to && to.is_finite())) {
                return Err(unsettled(pieces, &[panel], total.value, error));
            }
            for (variable, from, to) in parts {
                panels.push(Panel::new(pieces, panel.piece, variable, from, to, f)?);
            }
        }
    }
}

/// Names the place of the panel with the largest error.
fn unsettled(pieces: &[Piece], panels: &[Panel], value: f64, error: f64) -> Error {
    let worst = panels.iter().max_by(|a, b| a.error.total_cmp(&b.error));
    let at = worst.map_or(f64::NAN, |panel| {
        pieces[panel.piece].map.x(panel.s(0.5 * (panel.from + panel.to)))
    });
    Error::NotConverged {
        computation: "the integral of f over the density of a law",
        at,
        iterate: value.into(),
        residual: error,
    }
}

/// A rule for integrals over the pieces of functions that are smooth at the scale `finest` next
/// to the ends that families hang on, and far from them at that of the pieces: nodes x, the
/// lengths that they stand for, and the densities there.
pub(crate) fn graded_rule(
    pieces: &[Piece],
    finest: f64,
) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
    let panels = pieces.iter().flat_map(move |piece| {
        // In s, where x − end is length · s².
        let least = (finest / piece.map.length).sqrt();
        let mut panels = layout(piece);
        // Panels wholly below that are one.
        let below = panels
            .iter()
            .position(|(variable, _, to)| *variable == Variable::Logarithm && to.exp() < least);
        if let Some(first) = below {
            let top = panels[first].2.exp();
            panels.truncate(first);
            panels.push((Variable::Plain, 0.0, top));
        }
        panels.into_iter().flat_map(move |(variable, from, to)| {
            let step = (to - from) / PARTS as f64;
            let part = move |i: usize| (from + i as f64 * step, from + (i + 1) as f64 * step);
            (0..PARTS).map(part).map(move |(from, to)| (piece, (variable, from, to)))
        })
    });
    panels.flat_map(|(piece, (variable, from, to))| {
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        RULE.nodes.iter().zip(&RULE.weights).map(move |(node, weight)| {
            let place = middle + half * node;
            let (s, slope) = match variable {
                Variable::Plain => (place, 1.0),
                Variable::Logarithm => (place.exp(), place.exp()),
            };
            let stretch = piece.map.stretch(s);
            let length = half * weight * slope * stretch;
            (piece.map.x(s), length, piece.mass_per_s(s) / stretch)
        })
    })
}

/// Nodes and masses for polynomials of degree 2k on the support: next to its ends such a
/// polynomial has the period π/k in s, as cos kθ has in θ.
pub(crate) fn even_rule(pieces: &[Piece], k: usize) -> impl Iterator<Item = (f64, f64)> + '_ {
    let panels = pieces.iter().flat_map(move |piece| {
        let count = (2.0 * piece.half * k as f64 / PER_PANEL).ceil().max(1.0) as usize;
        let length = 2.0 * piece.half / count as f64;
        let start = piece.middle - piece.half;
        (0..count).map(move |i| (piece, start + (i as f64 + 0.5) * length, 0.5 * length))
    });
    panels.flat_map(|(piece, middle, half)| {
        RULE.nodes.iter().zip(&RULE.weights).map(move |(node, weight)| {
            let s = middle + half * node;
            (piece.map.x(s), half * weight * piece.mass_per_s(s))
        })
    })
}

/// The first panels of a piece.
fn layout(piece: &Piece) -> Vec<(Variable, f64, f64)> {
    let (from, to) = (piece.middle - piece.half, piece.middle + piece.half);
    if from > 0.0 {
        return vec![(Variable::Plain, from, to)];
    }
    // A panel that reaches the end has to be longer than this, so that no node is rounded to
    // the end, where f may be infinite.
    let resolved = (f64::EPSILON * piece.map.end.abs() / piece.map.length).sqrt() / FIRST_NODE;
    // The series itself is simple in log s only where its high degrees are small.
    let mut top = 0.25 * to;
    let mut panels = vec![(Variable::Plain, top, to)];
    for _ in 0..MOST_GRADES {
        if top <= GRADE * resolved {
            break;
        }
        panels.push((Variable::Logarithm, (top / GRADE).ln(), top.ln()));
        top /= GRADE;
    }
    panels.push((Variable::Plain, 0.0, top));
    panels
}

impl Panel {
    fn new(
        pieces: &[Piece],
        index: usize,
        variable: Variable,
        from: f64,
        to: f64,
        f: &mut dyn FnMut(f64) -> f64,
    ) -> Result<Self, Error> {
        let mut panel = Self { piece: index, variable, from, to, sum: Sum::default(), error: 0.0 };
        let (middle, half) = (0.5 * (from + to), 0.5 * (to - from));
        let mut integrand = [0.0; N];
        for ((value, node), weight) in integrand.iter_mut().zip(&RULE.nodes).zip(&RULE.weights) {
            let s = panel.s(middle + half * node);
            let at = pieces[index].map.x(s);
            let f = arguments::value("f", at, f(at), FINITE)?;
            let slope = if variable == Variable::Plain { 1.0 } else { s };
            *value = f * pieces[index].mass_per_s(s) * slope;
            panel.sum.add(half * weight * *value);
        }
        panel.error = 2.0 * half * missed(&integrand);
        Ok(panel)
    }

    fn s(&self, place: f64) -> f64 {
        if self.variable == Variable::Plain { place } else { place.exp() }
    }

    /// Two panels in its place; one that reaches an end leaves most of itself behind.
    fn parts(&self) -> [(Variable, f64, f64); 2] {
        let Self { variable, from, to, .. } = *self;
        if variable == Variable::Plain && from == 0.0 {
            let cut = to / GRADE;
            return [(Variable::Plain, 0.0, cut), (Variable::Logarithm, cut.ln(), to.ln())];
        }
        let middle = 0.5 * (from + to);
        [(variable, from, middle), (variable, middle, to)]
    }
}

/// What the mean of a function on a panel misses: its last coefficients, and less if they
/// decay, since the rule of N nodes is exact to twice their degree.
fn missed(values: &[f64; N]) -> f64 {
    let coefficients = RULE.coefficients(values);
    let largest = |list: &[f64]| list.iter().fold(0.0, |m: f64, a| a.abs().max(m));
    let (middle, last) =
        (largest(&coefficients[N / 2 - 2..N / 2 + 1]), largest(&coefficients[N - 3..]));
    if last < middle { last * (last / middle) } else { last }
}

impl Piece {
    /// dμ/ds.
    fn mass_per_s(&self, s: f64) -> f64 {
        let value = evaluate(&self.coefficients, (s - self.middle) / self.half);
        match self.map.behaviour {
            EndBehaviour::Bounded => value * self.map.stretch(s),
            EndBehaviour::InverseRoot => value,
        }
    }
}
