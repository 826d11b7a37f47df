//! What is left of a quadratic function of the inputs, given the features: q(κ).

use num_complex::Complex64;

use super::Population;
use super::contour_integral::Values;
use crate::Error;

/// Pieces of the contour at most.
const MOST_PIECES: usize = 1000;

impl Population {
    /// q(κ) and q′(κ) at κ = −z, with Y, Y′ independent from the law of
    /// $\frac1d W \frac{D^2}{\kappa + c D^2} W^\top$:
    ///
    /// $$ q(\kappa) = \mathbb E \frac{1}{1 + b(Y + Y^\prime)} = \frac{1}{2\pi i b}
    /// \oint g(u)\\, g(\tfrac1b - u)\\, du , $$
    ///
    /// with g of the [theory](crate::guide::theory), (2), at z = −κ off the support.
    pub(crate) fn quadratic_part(&self, kappa: Complex64) -> Result<[Complex64; 2], Error> {
        self.check_isotropic()?;
        let (model, unit) = self.model()?;
        if model.b == 0.0 {
            return Ok([1.0.into(), 0.0.into()]);
        }
        if kappa == Complex64::ZERO && model.c == 0.0 {
            // What no p directions of d see.
            let seen = model.gamma2 * (1.0 - model.squares.mass_at_zero());
            return Ok([(1.0 - seen).max(0.0).powi(2).into(), 0.0.into()]);
        }
        let squares = model.squares.real_nodes().filter(|s| s.0 > 0.0).collect();
        let values = Values { b: model.b, c: model.c, gamma2: model.gamma2, squares };
        // In the closed upper half-plane of z.
        let z = -kappa / unit;
        let above = Complex64::new(z.re, z.im.abs());
        let unresolved = || Error::NotConverged {
            computation: "the quadratic part of a target",
            at: kappa.re,
            iterate: kappa,
            residual: f64::NAN,
        };
        let [product, slope] = values.product(above, MOST_PIECES).ok_or_else(unresolved)?;
        // d/dκ = −d/dz.
        let found = [product / model.b, -slope / (model.b * unit)];
        Ok(if z.im < 0.0 { found.map(|value| value.conj()) } else { found })
    }
}
