//! `Regularity`: what the limit theorem assumes of σ′.

/// Whether an activation satisfies the hypothesis of the limit theorem.
///
/// The theorem assumes $\varphi = \sigma^\prime$ pseudo-Lipschitz of some order k:
///
/// $$ |\varphi(x) - \varphi(y)| \le L (1 + |x|^k + |y|^k) |x - y|. $$
///
/// Activations like ReLU, whose derivative jumps, fall outside. In simulations
/// the same limit is seen for them, so they are never refused.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, Regularity, Relu, ReluPower, Tanh};
///
/// assert_eq!(Tanh.regularity(), Regularity::PseudoLipschitz { order: 0 });
/// assert_eq!(ReluPower::new(3)?.regularity(), Regularity::PseudoLipschitz { order: 1 });
/// assert_eq!(Relu.regularity(), Regularity::OutsideTheorem);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: L. Benigni and E. Paquette, *Eigenvalue distribution of the Neural
/// Tangent Kernel in the quadratic scaling*, arXiv:2508.20036 (2025).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Regularity {
    /// σ′ is pseudo-Lipschitz; order 0 means Lipschitz.
    PseudoLipschitz {
        /// The exponent k.
        order: u32,
    },
    /// σ′ has a jump, or nothing is known about it.
    OutsideTheorem,
}

impl Regularity {
    /// σ′ is Lipschitz.
    pub(super) const LIPSCHITZ: Self = Self::PseudoLipschitz { order: 0 };
}
