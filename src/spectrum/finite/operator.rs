//! The operator K(Z) = Z VᵀV + V Zᵀ V of the linear part: traces of (s + β K)⁻¹ by blocks.

use num_complex::Complex64;

use super::line::{Equation, Roots};
use super::places::Resolved;
use crate::numerics::poles::PoleSum;

/// What K depends on: γ2, d, θ̂ = (E X⁴ − 3)/2, and the profile P_L with weights.
#[derive(Debug, Clone)]
pub(super) struct Operator {
    pub(super) d: f64,
    pub(super) gamma2: f64,
    pub(super) theta: f64,
    /// P_L and weight of each column.
    pub(super) profile: Vec<(f64, f64)>,
}

/// Traces of (s + βK)⁻¹.
pub(super) struct Traces {
    /// H_k = tr/d of block k.
    pub(super) blocks: Vec<Complex64>,
    /// Ḡ = E 1/(1/β + y + y′).
    pub(super) pairing: Complex64,
    /// What is known of the error of the integrals over the line.
    pub(super) resolved: Resolved,
}

impl Operator {
    /// The traces at s_k and β; `None` where the line or a root on it is not found.
    pub(super) fn traces(
        &self,
        s: &[Complex64],
        beta: Complex64,
        roots: &mut Roots,
    ) -> Option<Traces> {
        // Columns that D switches off are not seen.
        let seen = || s.iter().zip(&self.profile).filter(|(_, profile)| profile.0 > 0.0);
        let places = || seen().map(|(s, &(p, w))| (s / p, w));
        let equation = Equation::new(places(), self.gamma2);
        let line = equation.line(places().map(|(place, _)| place), beta, roots)?;
        let (pairing, resolved) = line.pairing();
        // 1/(s − g⁻P) − 1/s = (1/s) g⁻/(s/P − g⁻).
        let free = PoleSum::new(line.nodes().map(|(w, g, mirror)| (mirror, w * g * mirror)));
        let centre = line.centre;
        let d = self.d;
        // θ̂/(1 + θ̂μ) (2/dβ) ∮ g′⁻ [1/(s − gP) − 1/s] du
        let diagonal = (self.theta != 0.0).then(|| {
            let mu = 1.0 - pairing / beta;
            let factor = self.theta / (1.0 + self.theta * mu) * (2.0 / d) / beta;
            let slopes = line.nodes().map(|(w, g, mirror)| (g, w * g * equation.slope(mirror)));
            (factor, PoleSum::new(slopes))
        });
        let block = |(&s, &(p, _)): (&Complex64, &(f64, f64))| {
            let inverse = s.inv();
            if p == 0.0 {
                return inverse;
            }
            let place = s / p;
            let mut sum = 1.0 + free.value(place) + 0.5 / d * centre / (place - centre);
            if let Some((factor, diagonal)) = &diagonal {
                sum += factor * diagonal.value(place);
            }
            sum * inverse
        };
        let blocks: Vec<Complex64> = s.iter().zip(&self.profile).map(block).collect();
        let finite = blocks.iter().all(|block| block.is_finite()) && pairing.is_finite();
        finite.then_some(Traces { blocks, pairing, resolved })
    }
}
