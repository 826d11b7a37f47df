//! Half a segment in the variable that absorbs the branch points at its end.

use super::segment::End;

/// A range of V that hangs on an end e of a segment.
#[derive(Debug)]
pub(super) enum Part {
    /// Next to e. With δ the distance from e to the next singularity outside,
    /// V = e ± δ sinh² u, 0 ≤ u ≤ `reach`, makes both branch points regular, and
    /// puts every other one outside at Im u = π/2.
    Near { end: End, direction: f64, delta: f64, reach: f64 },
    /// From e + `offset` to infinity, in the variable `offset`/(V − e).
    Far { end: End, offset: f64 },
}

impl Part {
    pub(super) fn near(end: End, direction: f64, length: f64, singularities: &[f64]) -> Self {
        let delta = singularities
            .iter()
            .map(|s| direction * (end.here - s))
            .filter(|&distance| distance > 1e-13 * length)
            .fold(length, f64::min);
        Self::Near { end, direction, delta, reach: (length / delta).sqrt().asinh() }
    }

    /// V, sum − V and dV/dτ at τ in \[−1, 1\], which runs outwards.
    pub(super) fn place(&self, tau: f64) -> (f64, f64, f64) {
        let (end, distance, rate) = match self {
            Self::Near { end, direction, delta, reach } => {
                let u = 0.5 * reach * (1.0 - tau);
                let sinh = u.sinh();
                let scale = direction * delta * sinh;
                (end, scale * sinh, -scale * reach * u.cosh())
            }
            Self::Far { end, offset } => {
                let s = 0.5 * (1.0 - tau);
                (end, offset / s, 0.5 * offset / (s * s))
            }
        };
        (end.here + distance, end.there - distance, rate)
    }
}
