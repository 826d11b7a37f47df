//! The population law at one real argument x.
//!
//! At fixed x the law ρ_x of Q(x) = (1/d) W \[D²/(x−cD²)\] Wᵀ is itself a
//! generalised Marchenko–Pastur law, over the signed weights
//! m = x D²/(x−cD²) and with ratio 1/γ2: with g = x/η,
//!
//! γ2 V = x y = η (1 + γ2 E\[m/(η−m)\]),  V = z_{1/γ2}(η).

use num_complex::Complex64;

use super::companion::{
    ACCURACY, CompanionMap, Gap, GapImage, Image, RESOLUTION, Root, TTransform, reciprocal,
};
use super::model::Model;
use crate::Error;
use crate::numerics::piece::Point;
use crate::numerics::poles::PoleSum;

/// V, relative to the weights, below which an edge is a hard edge at 0.
const ROUNDING: f64 = 1e-20;

/// V, in units of the D² below which only the unresolved tail of its law lies, up to which ρ_x is
/// not looked into: V is η times what lies below η, some 1e-13, if γ2 = 1, and more otherwise.
const UNRESOLVED: f64 = 1e-12;

/// Weights, relative to the largest, that count as 0 in the size of sums next to 0.
const NEAR: f64 = 1e-6;

/// An interval of the support of ρ_x: its ends in V, possibly infinite, and η there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bulk {
    pub(super) lower: f64,
    pub(super) upper: f64,
    eta: (f64, f64),
}

/// The weights at one x.
pub(crate) struct Slice<'a> {
    pub(super) model: &'a Model,
    pub(super) x: f64,
    /// The steep end of D² that x is seen from, and x less its image.
    anchor: Option<(f64, f64)>,
    /// E\[m/(η−m)\] as a sum over the nodes t of the law of D².
    t: PoleSum,
    /// E\[1/(η−m)\] over D ≠ 0, and E\[(x−cD²)⁻¹/(η−m)\], likewise.
    cauchy: PoleSum,
    resolvent: PoleSum,
    /// m and ω m² of the atoms of D².
    atoms: Vec<(f64, f64)>,
    /// m, if there is only one weight: everything is in closed form then.
    pub(super) single: Option<f64>,
    scale: f64,
    /// E\[1/|m|\], less what weights below `NEAR` of the largest add.
    inverse: f64,
    /// Relative rounding error of the weights, large next to an end of c D².
    pub(super) rounding: f64,
    /// V below which ρ_x carries next to nothing, if weights reach down to 0; else 0.
    pub(super) far_below: f64,
    /// Support of ρ_x, ascending.
    pub(super) bulks: Vec<Bulk>,
    /// Points of the support where a gap has just closed.
    pub(super) scars: Vec<f64>,
    /// How far below 0 a branch point lies on another sheet, if the support begins at 0.
    pub(super) shadow: Option<f64>,
}

impl TTransform for Slice<'_> {
    fn t(&self, eta: Complex64) -> (Complex64, Complex64) {
        self.t.with_derivative(eta)
    }

    fn mass(&self) -> f64 {
        1.0 - self.model.squares.mass_at_zero()
    }

    fn raised(&self, eta: Complex64) -> (Complex64, f64) {
        let value = eta * self.cauchy.value(eta);
        (value, value.l1_norm() + self.inverse * eta.l1_norm())
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
        Self::at(model, x.into())
    }

    /// The weights at a point, counted from the end that it is seen from if that is steep.
    pub(crate) fn at(model: &'a Model, point: Point) -> Self {
        let x = point.x();
        let anchor = model.anchor(point).map(|t| (t, point.offset));
        let distances: Vec<Complex64> = match anchor {
            Some((end, offset)) => {
                let from_end = model.squares.distances_from(end);
                from_end.map(|distance| offset - model.c * distance).collect()
            }
            None => model.squares.boundary_rule().iter().map(|(t, _)| x - model.c * t).collect(),
        };
        // (t, ω, x − c t, m) off t = 0.
        let nodes: Vec<_> = model
            .squares
            .boundary_rule()
            .iter()
            .zip(distances)
            .filter(|((t, _), _)| *t != Complex64::ZERO)
            .map(|(&(t, omega), distance)| {
                // Real nodes by real arithmetic, to be found again as obstacles.
                let m =
                    if t.im == 0.0 { (x * t.re / distance.re).into() } else { x * t / distance };
                (omega, distance, m)
            })
            .collect();
        let single = match nodes[..] {
            [(_, _, m)] if m.im == 0.0 => Some(m.re),
            _ => None,
        };
        let closest = model
            .squares
            .support()
            .iter()
            .flat_map(|&(lower, upper)| [lower, upper])
            .filter(|t| anchor.is_none_or(|(end, _)| *t != end))
            .map(|t| (x - model.c * t).abs())
            .fold(x, f64::min);
        let scale = nodes.iter().fold(0.0, |s, (_, _, m)| m.l1_norm().max(s));
        let inverse = |m: Complex64| 1.0 / m.l1_norm().max(NEAR * scale);
        let mut slice = Self {
            model,
            x,
            anchor,
            t: PoleSum::new(nodes.iter().map(|&(omega, _, m)| (m, omega * m))),
            cauchy: PoleSum::new(nodes.iter().map(|&(omega, _, m)| (m, omega))),
            resolvent: PoleSum::new(
                nodes.iter().map(|&(omega, distance, m)| (m, omega / distance)),
            ),
            atoms: nodes
                .iter()
                .filter(|(_, _, m)| m.im == 0.0)
                .map(|(omega, _, m)| (m.re, omega.re * m.re * m.re))
                .collect(),
            single,
            scale,
            inverse: nodes.iter().map(|&(omega, _, m)| omega.norm() * inverse(m)).sum(),
            rounding: 64.0 * f64::EPSILON * (1.0 + x / closest),
            far_below: UNRESOLVED * model.squares.lower_tail(),
            bulks: Vec::new(),
            scars: Vec::new(),
            shadow: None,
        };
        (slice.bulks, slice.scars) = match slice.single {
            Some(m) => (vec![slice.bulk_of_one_weight(m)], Vec::new()),
            None => slice.find_bulks(),
        };
        if slice.bulks.iter().any(|bulk| bulk.lower == 0.0) {
            slice.shadow = slice.find_shadow();
        }
        slice
    }

    fn map(&self) -> CompanionMap<'_, Self> {
        let gamma = 1.0 / self.model.gamma2;
        let noise = ACCURACY + 4.0 * self.rounding;
        // Atoms are nodes themselves; a rule for a density sees its ends rounded,
        // and does not vanish exactly off the support.
        let (resolution, leak) = if self.atoms.is_empty() {
            (RESOLUTION.max(8.0 * self.rounding), ACCURACY)
        } else {
            (RESOLUTION, 0.0)
        };
        let gap = gamma * self.model.surplus();
        CompanionMap { gamma, gap, population: self, scale: self.scale, noise, resolution, leak }
    }

    /// Adds the points of the support of ρ_x where η passes over the image of a
    /// jump of the density of D², at which T has a logarithm: structure that may
    /// be too narrow to be met by chance.
    pub(crate) fn with_jumps(mut self) -> Self {
        let support = self.model.squares.support();
        for pair in support.windows(2).filter(|pair| pair[0].1 == pair[1].0) {
            let t = pair[0].1;
            self.scars.extend(self.passing(self.weight(t)));
        }
        self
    }

    /// The V with Re η(V) = m for an m inside the image of the support of D²;
    /// none, if it is not found.
    fn passing(&self, m: f64) -> Option<f64> {
        let map = self.map();
        let mut v = map.z(Complex64::new(m, 0.1 * m.abs())).0.re;
        let mut guess = None;
        for _ in 0..50 {
            let root = self.eta(v, guess).ok()?;
            let miss = m - root.w.re;
            // Close enough to be within the width of what lies there.
            if miss.abs() <= 0.01 * root.w.im {
                return Some(v);
            }
            v += miss / reciprocal(root.derivative).re;
            guess = Some(root.w);
        }
        None
    }

    /// x − c t for an end t of D².
    fn distance(&self, t: f64) -> f64 {
        match self.anchor {
            Some((end, offset)) if end == t => offset,
            _ => self.x - self.model.c * t,
        }
    }

    /// The weight m of an end t of D².
    fn weight(&self, t: f64) -> f64 {
        self.x * t / self.distance(t)
    }

    /// Images m of the intervals that carry D², ascending; and whether one of
    /// them passes through infinity.
    fn obstacles(&self) -> (Vec<(f64, f64)>, bool) {
        let image = |t: f64| self.weight(t);
        let below_pole = |t: f64| self.distance(t) > 0.0;
        let (mut below, mut above) = (Vec::new(), Vec::new());
        let mut through_infinity = false;
        for &(lower, upper) in self.model.squares.support() {
            if upper == 0.0 {
                continue;
            }
            if below_pole(lower) && self.distance(upper) < 0.0 {
                through_infinity = true;
                // m runs from image(lower) > 0 up to ∞ and from −∞ to image(upper) < 0.
                above.insert(0, (f64::NEG_INFINITY, image(upper)));
                below.push((image(lower), f64::INFINITY));
            } else if self.distance(upper) >= 0.0 {
                below.push((image(lower), image(upper)));
            } else {
                above.push((image(lower), image(upper)));
            }
        }
        above.append(&mut below);
        (above, through_infinity)
    }

    /// Where weights reach down to 0 and ρ_x has a small atom m0 there, the density changes
    /// its behaviour at the distance from 0 at which the edge would lie if γ2 exceeded 1 by
    /// as much as it falls short of it.
    ///
    /// Without the atom it does so at no distance: a logarithmic scale then, from far below.
    fn find_shadow(&self) -> Option<f64> {
        let map = self.map();
        if map.gap == 0.0 {
            return (self.far_below > 0.0).then_some(-self.far_below);
        }
        let beyond = CompanionMap { gamma: map.gamma - 2.0 * map.gap, gap: -map.gap, ..map };
        let (obstacles, _) = self.obstacles();
        let lower = obstacles
            .iter()
            .map(|o| o.1)
            .filter(|&end| end < 0.0)
            .fold(f64::NEG_INFINITY, f64::max);
        if beyond.gamma <= 0.0 {
            return None;
        }
        match beyond.gap_image(Gap { lower, upper: 0.0, strengths: (0.0, 0.0), open: None }) {
            Image::Open(image) if image.upper.x > 0.0 => Some(-image.upper.x),
            _ => None,
        }
    }

    /// The edges V = m (1 ± r)²/γ2 at η = m (1 ± r), r² = γ2 P(D ≠ 0), of a weight m.
    fn bulk_of_one_weight(&self, m: f64) -> Bulk {
        let Model { gamma2, ref squares, .. } = *self.model;
        let root = (gamma2 * (1.0 - squares.mass_at_zero())).sqrt();
        // 1 − r, without cancellation.
        let parts = [self.model.surplus() / (1.0 + root), 1.0 + root];
        let [first, last] = parts.map(|part| (m * part * part / gamma2, m * part));
        let (lower, upper) = if m > 0.0 { (first, last) } else { (last, first) };
        Bulk { lower: lower.0, upper: upper.0, eta: (lower.1, upper.1) }
    }

    fn find_bulks(&self) -> (Vec<Bulk>, Vec<f64>) {
        let (obstacles, through_infinity) = self.obstacles();
        // Atoms of D² are real nodes; their weights bound φ from below.
        let strength = |m: f64| self.atoms.iter().find(|a| a.0 == m).map_or(0.0, |a| a.1);
        let map = self.map();
        let mut images: Vec<GapImage> = Vec::new();
        let mut scars = Vec::new();
        // At a hard edge at 0 it is only rounding that keeps the edge from there.
        let hard = self.model.surplus() == 0.0;
        let rounding = if self.far_below > 0.0 { self.far_below } else { ROUNDING * self.scale };
        let snap = |v: f64| if hard && v.abs() <= rounding { 0.0 } else { v };
        let mut push = |lower: f64, upper: f64| {
            let strengths = (strength(lower), strength(upper));
            match map.gap_image(Gap { lower, upper, strengths, open: None }) {
                Image::Open(mut image) => {
                    image.lower.x = snap(image.lower.x);
                    image.upper.x = snap(image.upper.x);
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
        // The bulks lie between the images; on the projective line, if a weight
        // passes through infinity.
        let mut starts: Vec<_> = images.iter().map(|i| (i.upper.x, i.upper.w)).collect();
        let mut ends: Vec<_> = images.iter().map(|i| (i.lower.x, i.lower.w)).collect();
        if through_infinity {
            starts.insert(0, (f64::NEG_INFINITY, f64::NEG_INFINITY));
            ends.push((f64::INFINITY, f64::INFINITY));
        } else if !images.is_empty() {
            starts.pop();
            ends.remove(0);
        }
        let bulks = starts.iter().zip(&ends).map(|(start, end)| Bulk {
            lower: start.0,
            upper: end.0,
            eta: (start.1, end.1),
        });
        (bulks.collect(), scars)
    }

    /// A guess for η at V: between two edges it runs roughly along a half-circle.
    pub(super) fn start(&self, v: f64) -> Option<Complex64> {
        let bulk = self.bulks.iter().find(|b| b.lower < v && v < b.upper)?;
        let (from, to) = bulk.eta;
        let cosine = 1.0 - 2.0 * (v - bulk.lower) / (bulk.upper - bulk.lower);
        let radius = 0.5 * (to - from);
        let height = radius * (1.0 - cosine * cosine).sqrt();
        Some(Complex64::new(0.5 * (from + to) - radius * cosine, height)).filter(|w| w.im > 0.0)
    }

    /// V, or the nearest point to it at which ρ_x is resolved.
    pub(super) fn resolved(&self, v: f64) -> f64 {
        if v.abs() < self.far_below { self.far_below.copysign(v) } else { v }
    }

    /// η at V, the root in the upper half-plane.
    pub(super) fn eta(&self, v: f64, guess: Option<Complex64>) -> Result<Root, Error> {
        if let Some(m) = self.single {
            // One weight: V (η−m) = η (η−m)/γ2 + η ω m is quadratic.
            let ratio = self.model.gamma2;
            let middle = 0.5 * (m * self.model.surplus() + ratio * v);
            let height = (ratio * v * m - middle * middle).max(0.0).sqrt();
            let w = Complex64::new(middle, height);
            let derivative = 2.0 * Complex64::new(0.0, height) * reciprocal(w - m) / ratio;
            return Ok(Root { w, derivative });
        }
        self.map().solve(v, guess.or_else(|| self.start(v))).map_err(|error| match error {
            // The caller knows x, not V.
            Error::NotConverged { iterate, residual, .. } => Error::NotConverged {
                computation: "the density of the population law",
                at: self.x,
                iterate,
                residual,
            },
            other => other,
        })
    }

    /// H(g) = E\[1/(x−(c+g)D²)\] at g = x/η, less its real part from D = 0.
    pub(super) fn h(&self, eta: Complex64) -> Complex64 {
        eta * self.resolvent.value(eta)
    }

    /// Mass of ρ_x at 0.
    pub(super) fn zero_mass(&self) -> f64 {
        self.model.surplus().max(0.0)
    }

    pub(super) fn in_bulk(&self, v: f64) -> bool {
        self.bulks.iter().any(|b| b.lower < v && v < b.upper)
    }
}
