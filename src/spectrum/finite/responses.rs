//! What the rows of J say of ridge regression: their degrees of freedom, and what is not known
//! at a fresh one.

use num_complex::Complex64;

use super::law::FiniteSpectrum;
use super::system::{System, Unknowns, row_sum};
use crate::Error;
use crate::numerics::complex::reciprocal;

/// Beyond this multiple of M_2/M_1 two terms of the expansion at infinity are better than a
/// solution, of which the trace of the identity takes as many digits as z has.
const FAR: f64 = 1e5;

/// Means over rows at a z. With G = (K − z)⁻¹, a row has 1 + q = −1/(z G_ii).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Responses {
    /// E q/(1 + q); at z = −λ the degrees of freedom, 1 − λ m(−λ), without their cancellation.
    pub(crate) fitted: Complex64,
    /// E 1/(1 + q) = −z m(z), without the cancellation of 1 minus them.
    pub(crate) left: Complex64,
    /// E q; at z = −λ, times λ, the posterior variance at a fresh row.
    pub(crate) fresh: Complex64,
}

impl FiniteSpectrum {
    /// Solves at points of the closed upper half-plane off \[0, ∞), each from the one before.
    pub(crate) fn responses(&self, points: &[Complex64]) -> Result<Vec<Responses>, Error> {
        let prepared = self.prepared()?;
        let Some(system) = &prepared.system else {
            let nothing =
                Responses { fitted: Complex64::ZERO, left: Complex64::ONE, fresh: Complex64::ZERO };
            return Ok(vec![nothing; points.len()]);
        };
        let mut near = None;
        let mut found = Vec::with_capacity(points.len());
        let (first, second) = prepared.moments;
        for z in points {
            let scaled = z / prepared.unit;
            if scaled.norm() * first >= FAR * second {
                let w = -reciprocal(scaled);
                let fitted = w * (first - second * w);
                found.push(Responses {
                    fitted,
                    left: 1.0 - fitted,
                    fresh: w * (first + prepared.fresh_second * w),
                });
                continue;
            }
            let state = system.solve(scaled, near.as_ref())?;
            found.push(system.responses(&state.unknowns));
            near = Some(state);
        }
        Ok(found)
    }
}

impl System {
    fn responses(&self, unknowns: &Unknowns) -> Responses {
        let [mut fitted, mut left, mut fresh] = [Complex64::ZERO; 3];
        for row in &self.scales.rows {
            let q = row_sum(row, unknowns);
            fitted += row.weight * q / (1.0 + q);
            left += row.weight / (1.0 + q);
            fresh += row.weight * q;
        }
        Responses { fitted, left, fresh }
    }
}
