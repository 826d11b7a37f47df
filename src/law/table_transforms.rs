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

/// Which transform: what an atom weighs in it, and a piece gives.
#[derive(Clone, Copy)]
struct Kind {
    weight: fn(&Atom) -> f64,
    piece: fn(&Piece, Complex64) -> (Complex64, Complex64),
}

const T: Kind = Kind { weight: |atom| atom.mass * atom.location, piece: Piece::t_transform };
const CAUCHY: Kind = Kind { weight: |atom| atom.mass, piece: Piece::cauchy };

impl TabulatedLaw {
    /// Returns $T(z) = \int t\\,\mu(dt)/(z-t)$ and its derivative; not finite at an atom,
    /// at a hard edge, and where the density jumps.
    #[must_use]
    pub fn t_transform(&self, z: Complex64) -> (Complex64, Complex64) {
        if self.is_ordinary(z) {
            return self.transform(z, T);
        }
        let at = scaled(z, self.unit);
        if size(at) >= FAR {
            let (mean, inverse) = (self.node_sum(|t| t), reciprocal(z));
            let value = mean * inverse;
            return (value, -value * inverse);
        }
        let (value, slope) = self.in_unit().transform(at, T);
        (value, slope / self.unit)
    }

    /// Returns the Cauchy transform $G(z)$ and its derivative; not finite where
    /// [`t_transform`](Self::t_transform) is not.
    #[must_use]
    pub fn cauchy_with_derivative(&self, z: Complex64) -> (Complex64, Complex64) {
        if self.is_ordinary(z) {
            return self.transform(z, CAUCHY);
        }
        let at = scaled(z, self.unit);
        if size(at) >= FAR {
            let (mass, inverse) = (self.total_mass(), reciprocal(z));
            let value = mass * inverse;
            return (value, -value * inverse);
        }
        let (value, slope) = self.in_unit().transform(at, CAUCHY);
        (value / self.unit, slope / self.unit / self.unit)
    }

    /// Whether neither the law nor z is of extreme size. NaN is for the sums to pass on.
    #[inline]
    fn is_ordinary(&self, z: Complex64) -> bool {
        self.unit == 1.0 && !(size(z) >= FAR)
    }

    /// The law with lengths counted in its unit.
    fn in_unit(&self) -> Self {
        let atom = |a: &Atom| Atom { location: a.location / self.unit, ..*a };
        Self {
            intervals: Vec::new(),
            atoms: self.atoms.iter().map(atom).collect(),
            pieces: self.pieces.iter().map(|piece| piece.in_unit(self.unit)).collect(),
            cells: Vec::new(),
            unit: 1.0,
            ..*self
        }
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
    fn sum(&self, z: Complex64, Kind { weight, piece }: Kind) -> (Complex64, Complex64) {
        let (mut value, mut slope) = (Complex64::ZERO, Complex64::ZERO);
        for atom in &self.atoms {
            let weight = weight(atom);
            if weight != 0.0 {
                let inverse = reciprocal(z - atom.location);
                let term = weight * inverse;
                value += term;
                slope -= term * inverse;
            }
        }
        for part in &self.pieces {
            let (v, s) = piece(part, z);
            value += v;
            slope += s;
        }
        (value, slope)
    }

    /// Whether x has pieces on both sides, and no atom.
    fn is_inside(&self, x: f64) -> bool {
        self.pieces.iter().any(|p| p.lower < x && x <= p.upper)
            && self.pieces.iter().any(|p| p.lower <= x && x < p.upper)
            && self.atoms.iter().all(|atom| atom.location != x)
    }
}

fn scaled(z: Complex64, unit: f64) -> Complex64 {
    Complex64::new(z.re / unit, z.im / unit)
}
