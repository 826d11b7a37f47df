//! Transforms of a tabulated law, at arguments and of laws of every size.

use num_complex::Complex64;

use super::{Atom, TabulatedLaw};
use crate::numerics::complex::{reciprocal, size};
use crate::numerics::piece::Piece;

/// Arguments, in the unit of the law, beyond which only the first term of the expansion
/// in 1/z is left, by far, and squares come near to overflow.
const FAR: f64 = 1e140;

/// Relative distance to the next point at which a transform is taken where two pieces
/// meet, each of which has a logarithm there. Its derivative needs more than a point.
const NEXT: f64 = 4.0 * f64::EPSILON;

/// Which transform: how often it divides by a length, what an atom and a piece weigh in
/// it, and what a piece gives.
#[derive(Clone, Copy)]
struct Kind {
    degree: i32,
    atom: fn(&Atom) -> f64,
    weight: fn(&Piece) -> f64,
    piece: fn(&Piece, Complex64) -> (Complex64, Complex64),
}

const T: Kind = Kind {
    degree: 0,
    atom: |atom| atom.mass * atom.location,
    weight: Piece::first_moment,
    piece: Piece::t_transform,
};

const CAUCHY: Kind =
    Kind { degree: 1, atom: |atom| atom.mass, weight: |piece| piece.mass, piece: Piece::cauchy };

/// The Cauchy transform without an atom at 0.
const CAUCHY_OFF_ZERO: Kind =
    Kind { atom: |atom| if atom.location == 0.0 { 0.0 } else { atom.mass }, ..CAUCHY };

impl TabulatedLaw {
    /// Returns $T(z) = \int t\\,\mu(dt)/(z-t)$ and its derivative; not finite at an atom,
    /// at a hard edge, and where the density jumps.
    #[must_use]
    pub fn t_transform(&self, z: Complex64) -> (Complex64, Complex64) {
        self.transform(z, T)
    }

    /// Returns the Cauchy transform $G(z)$ and its derivative; not finite where
    /// [`t_transform`](Self::t_transform) is not.
    #[must_use]
    pub fn cauchy_with_derivative(&self, z: Complex64) -> (Complex64, Complex64) {
        self.transform(z, CAUCHY)
    }

    /// ∫ μ(dt)/(z−t) over t ≠ 0.
    pub(crate) fn cauchy_off_zero(&self, z: Complex64) -> Complex64 {
        self.transform(z, CAUCHY_OFF_ZERO).0
    }

    /// ∫ κt/(t+κ)² μ(dt) and ∫ t²/(t+κ)² μ(dt), in real numbers.
    pub(super) fn below_zero(&self, kappa: f64) -> (f64, f64) {
        let (mut value, mut slope) = (0.0, 0.0);
        for atom in &self.atoms {
            let inverse = (atom.location + kappa).recip();
            // An atom at 0 has nothing to add, not even where κ is 0.
            if atom.location > 0.0 {
                let share = atom.location * inverse;
                value += atom.mass * share * (kappa * inverse);
                slope += atom.mass * share * share;
            }
        }
        for part in &self.pieces {
            // Both have no unit of length.
            let (v, s) = if self.unit == 1.0 {
                part.below_zero(kappa)
            } else {
                part.in_unit(self.unit).below_zero(kappa / self.unit)
            };
            value += v;
            slope += s;
        }
        (value, slope)
    }

    fn transform(&self, z: Complex64, kind: Kind) -> (Complex64, Complex64) {
        // On the real axis: the boundary value from above, whatever the sign of zero.
        let above = Complex64::new(z.re, z.im.abs());
        let mut result = self.sum(above, kind);
        // Where two pieces meet, the next point does; at the ends of the support none.
        if !size(result.0).is_finite() && above.im == 0.0 && self.is_inside(above.re) {
            let next = Complex64::new(above.re * (1.0 + NEXT), 0.0);
            result = (self.sum(next, kind).0, f64::NAN.into());
        }
        let (value, slope) = result;
        if z.im < 0.0 { (value.conj(), slope.conj()) } else { (value, slope) }
    }

    /// Σ over atoms and pieces, at z in the closed upper half-plane.
    fn sum(&self, z: Complex64, kind: Kind) -> (Complex64, Complex64) {
        let (mut value, mut slope) = (Complex64::ZERO, Complex64::ZERO);
        for atom in &self.atoms {
            let weight = (kind.atom)(atom);
            if weight != 0.0 {
                let inverse = reciprocal(z - atom.location);
                let term = weight * inverse;
                value += term;
                slope -= term * inverse;
            }
        }
        // NaN is for the sums to pass on.
        if self.unit != 1.0 || size(z) >= FAR {
            let (v, s) = self.extreme(z, kind);
            return (value + v, slope + s);
        }
        for part in &self.pieces {
            let (v, s) = (kind.piece)(part, z);
            value += v;
            slope += s;
        }
        (value, slope)
    }

    /// Σ over pieces where they, or z, are of extreme size: lengths in the unit of the law.
    fn extreme(&self, z: Complex64, kind: Kind) -> (Complex64, Complex64) {
        let unit = self.unit;
        let scaled = Complex64::new(z.re / unit, z.im / unit);
        if size(scaled) >= FAR {
            let inverse = reciprocal(z);
            let value = self.pieces.iter().map(kind.weight).sum::<f64>() * inverse;
            return (value, -value * inverse);
        }
        let (mut value, mut slope) = (Complex64::ZERO, Complex64::ZERO);
        for part in &self.pieces {
            let (v, s) = (kind.piece)(&part.in_unit(unit), scaled);
            value += v;
            slope += s;
        }
        for _ in 0..kind.degree {
            (value, slope) = (value / unit, slope / unit);
        }
        (value, slope / unit)
    }

    /// Whether x has pieces on both sides, and no atom.
    fn is_inside(&self, x: f64) -> bool {
        self.pieces.iter().any(|p| p.lower < x && x <= p.upper)
            && self.pieces.iter().any(|p| p.lower <= x && x < p.upper)
            && self.atoms.iter().all(|atom| atom.location != x)
    }
}
