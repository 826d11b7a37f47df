//! κ(λ): one number by which a ridge acts on the population.

use crate::law::AtKappa;

/// The effective ridge $\kappa(\lambda) > 0$ of a law of ratio $\gamma_1$ over ν, and what
/// follows from it: the root of
///
/// $$ \lambda = \kappa \Bigl(\gamma_1 - \int \frac{t}{t + \kappa}\\,d\nu\Bigr) ,
/// \qquad m(-\lambda) = \frac{1}{\gamma_1 \kappa} , \qquad
/// \frac{d\lambda}{d\kappa} = \gamma_1 - \mathrm{df}_2 = \frac\lambda\kappa + \kappa A_1 , $$
///
/// with $\mathrm{df}_k = \int t^k/(t+\kappa)^k\\,d\nu$ and $A_1 = \int t/(t+\kappa)^2\\,d\nu$.
/// Kernel regression with the ridge λ on n samples learns what regression with the ridge κ on
/// the population would: of the direction of an eigenvalue t, the share $t/(t + \kappa)$.
///
/// At λ = 0 it is the largest root if $\gamma_1 < 1 - \nu\lbrace 0 \rbrace$, and 0 otherwise;
/// $\lambda/\kappa$ then stands for its limit.
///
/// Made by [`Regression::effective_ridge`](super::Regression::effective_ridge); known elsewhere
/// as implicit regularisation, signal capture threshold or eigenlearning constant.
///
/// Source: [learning](crate::guide::learning), 1.
#[doc(alias = "kappa")]
#[doc(alias = "implicit regularization")]
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct EffectiveRidge {
    /// λ
    pub lambda: f64,
    /// κ
    pub kappa: f64,
    /// $\gamma_1$
    pub gamma1: f64,
    /// $\mathrm{df}_1 = \int t/(t+\kappa)\\,d\nu$, degrees of freedom per weight.
    pub df1: f64,
    /// $\mathrm{df}_2 = \int t^2/(t+\kappa)^2\\,d\nu$.
    pub df2: f64,
    /// $\kappa A_1 = \mathrm{df}_1 - \mathrm{df}_2$.
    pub kappa_a1: f64,
    /// $\lambda/\kappa = \gamma_1 - \mathrm{df}_1$.
    pub ratio: f64,
    /// $\int t\\,d\nu$
    pub mean: f64,
}

impl EffectiveRidge {
    pub(super) fn new(lambda: f64, gamma1: f64, mean: f64, at: AtKappa) -> Self {
        let AtKappa { kappa, gap, df1, kappa_a1, df2, .. } = at;
        // λ/κ is exact where γ1 − df1 cancels.
        let ratio = if kappa > 0.0 { lambda / kappa } else { gap };
        Self { lambda, kappa, gamma1, df1, df2, kappa_a1, ratio, mean }
    }

    /// Computes $m(-\lambda) = 1/(\gamma_1\kappa)$.
    #[must_use]
    pub fn stieltjes(&self) -> f64 {
        (self.gamma1 * self.kappa).recip()
    }

    /// Computes $m^\prime(-\lambda) = \int \mu(dx)/(x + \lambda)^2$.
    #[must_use]
    pub fn stieltjes_slope(&self) -> f64 {
        (self.gamma1 * self.kappa).recip() / (self.kappa * self.slope())
    }

    /// Computes $d\lambda/d\kappa = \lambda/\kappa + \kappa A_1$, a sum of positive terms where
    /// $\gamma_1 - \mathrm{df}_2$ would cancel.
    #[must_use]
    pub fn slope(&self) -> f64 {
        self.ratio + self.kappa_a1
    }
}
