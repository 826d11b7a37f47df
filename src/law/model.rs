//! `Model`: what the population law depends on, and what follows in closed form.

use super::Atom;
use crate::diagonal::{SquareLaw, SteepEnd};
use crate::numerics::piece::Point;

/// Relative distance from an end of c D² below which x − cD² is rounding: nearer, a
/// density is computed this far away.
const DISTANCE: f64 = 1e-10;

/// b, c, γ2 and the law of D²: all that ν depends on.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) b: f64,
    pub(crate) c: f64,
    pub(crate) gamma2: f64,
    pub(crate) squares: SquareLaw,
}

impl Model {
    /// First and second moment of ν, in closed form.
    pub(super) fn moments(&self) -> (f64, f64) {
        let Self { b, c, gamma2, squares } = self;
        let (first, second) = (squares.moment(1), squares.moment(2));
        ((b + c) * first, (b + c).powi(2) * second + 2.0 * gamma2 * (b * first).powi(2))
    }

    /// 1 − γ2 P(D ≠ 0), rounded once: the part of 0 in the law of WD²Wᵀ/d where it is
    /// positive. 0, and 0 is a hard edge of that law, if only rounding keeps it from 0.
    pub(super) fn surplus(&self) -> f64 {
        let surplus = (-self.gamma2).mul_add(1.0 - self.squares.mass_at_zero(), 1.0);
        if surplus.abs() <= 4.0 * f64::EPSILON { 0.0 } else { surplus }
    }

    /// The ends of c D² next to which so much mass lies that distances from them count.
    pub(super) fn steep_ends(&self) -> Vec<f64> {
        self.squares.steep_ends().iter().map(|end| self.c * end.t).collect()
    }

    /// The steep end t of D² from whose image c t a point is seen.
    pub(super) fn anchor(&self, point: Point) -> Option<f64> {
        self.steep_end(point.end).map(|end| end.t)
    }

    /// x, counted from a steep end if one is near: a difference that is exact.
    pub(super) fn counted(&self, x: f64) -> Point {
        let near = |end: &f64| (x - end).abs() < 0.5 * end;
        match self.steep_ends().into_iter().find(near) {
            Some(end) => Point { end, offset: x - end },
            None => x.into(),
        }
    }

    fn steep_end(&self, x: f64) -> Option<&SteepEnd> {
        let mut ends = self.squares.steep_ends().iter();
        ends.find(|end| self.c * end.t == x && (self.c > 0.0 || end.t == 0.0))
    }

    /// The distance of x from a steep end below which next to nothing of c D² lies.
    pub(super) fn depth(&self, end: f64) -> Option<f64> {
        // Without c, that of the b (y + y′).
        let unit = if self.c > 0.0 { self.c } else { self.b };
        self.steep_end(end).map(|found| unit * found.depth)
    }

    /// x, or the nearest point to it at which x − cD² is not mere rounding: next
    /// to an end of c D² that is not an atom of ν.
    pub(super) fn resolved(&self, point: Point) -> Point {
        if self.anchor(point).is_some() {
            return point;
        }
        let x = point.x();
        let Self { c, squares, .. } = self;
        let ends = squares.support().iter().filter(|s| s.0 < s.1).flat_map(|s| [c * s.0, c * s.1]);
        let close = |end: &f64| (x - end).abs() < DISTANCE * end;
        match ends.into_iter().find(close) {
            Some(end) => (end + (DISTANCE * end).copysign(x - end)).into(),
            None => point,
        }
    }

    /// The largest point of ν's support cannot exceed this.
    pub(super) fn bound(&self) -> f64 {
        let largest = self.squares.support().last().map_or(0.0, |s| s.1);
        largest * (self.c + 2.5 * self.b * (1.0 + self.gamma2.sqrt()).powi(2))
    }

    /// The atoms of ν, some of mass 0.
    pub(super) fn atoms(&self) -> Vec<Atom> {
        let Self { b, c, gamma2, squares } = self;
        let saturated = |mass: f64| {
            let gamma = mass * gamma2;
            mass * if gamma >= 1.0 { 1.0 - 0.5 / gamma } else { 0.5 * gamma }
        };
        let zero = squares.mass_at_zero();
        if *c == 0.0 {
            return vec![Atom { location: 0.0, mass: zero + saturated(1.0 - zero) }];
        }
        // Atoms of D² are among the nodes of its rule.
        squares
            .nodes()
            .iter()
            .zip(squares.weights())
            .filter(|(t, _)| squares.support().contains(&(**t, **t)))
            .map(|(&t, &weight)| {
                let mass = if t == 0.0 || *b == 0.0 { weight } else { saturated(weight) };
                Atom { location: c * t, mass }
            })
            .collect()
    }
}
