//! Activations σ and the Gaussian moments of their derivatives.
//!
//! The limiting spectrum depends on σ only through two numbers of its
//! derivative $\varphi = \sigma^\prime$. With $Z \sim N(0, 1)$,
//!
//! $$ a_0 = \mathbb E \varphi(Z), \qquad a_1 = \mathbb E Z \varphi(Z), \qquad
//! m_2 = \mathbb E \varphi(Z)^2, $$
//! $$ b = a_1^2, \qquad c = m_2 - a_0^2 - a_1^2
//! = \mathbb E (\varphi(Z) - a_0 - a_1 Z)^2, $$
//!
//! and only b and c enter. Odd σ have $b = 0$, affine σ have $b = c = 0$,
//! quadratic σ have $c = 0$, and these zeros are exact in floating point too.
//!
//! # Activations of one's own
//!
//! From a closure for σ′, with [`FromDerivative`], or for σ, with [`FromValue`]; from
//! nothing but moments, with [`FromMoments`]; by name, with [`by_name`]; or by
//! implementing [`Activation`], whose only required method is the derivative:
//!
//! ```
//! use ntk_spectrum::activation::Activation;
//!
//! #[derive(Debug)]
//! struct SquaredTanh;
//!
//! impl Activation for SquaredTanh {
//!     fn derivative(&self, z: f64) -> f64 {
//!         2.0 * z.tanh() / z.cosh().powi(2)
//!     }
//! }
//!
//! let moments = SquaredTanh.moments()?;
//! assert_eq!(moments.a0, 0.0);
//! assert!((SquaredTanh.value(0.7) - 0.7f64.tanh().powi(2)).abs() < 1e-14);
//! # Ok::<(), ntk_spectrum::Error>(())
//! ```

mod antiderivative;
mod bump;
mod by_name;
mod centring;
mod custom;
mod differences;
mod exponential;
mod forward;
mod from_moments;
mod from_value;
mod gated;
mod lipschitz;
mod moments;
mod periodic;
mod polynomial;
mod rectifier;
mod regularity;
mod sigmoidal;

pub use bump::Gaussian;
pub use by_name::{NAMES, by_name};
pub use centring::Centring;
pub use custom::FromDerivative;
pub use exponential::{Elu, Selu};
pub use from_moments::FromMoments;
pub use from_value::FromValue;
pub use gated::{Gelu, GeluTanh, Mish, Silu, Softplus};
pub use moments::DerivativeMoments;
pub use periodic::{Cosine, Sine};
pub use polynomial::{Identity, Polynomial};
pub use rectifier::{HardTanh, LeakyRelu, Relu, ReluPower};
pub use regularity::Regularity;
pub use sigmoidal::{Arctan, Erf, Sigmoid, Softsign, Tanh};

use crate::{Error, arguments};

/// An activation σ, given by its derivative.
///
/// Convention: $\varphi = \sigma^\prime$ is the derivative where it exists; at
/// a jump it may take any finite value. Parameters are checked where an
/// activation is made; what is left to [`moments`](Activation::moments) is whether
/// the moments exist and are finite.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, LeakyRelu, Tanh};
///
/// let stock: Vec<Box<dyn Activation>> = vec![Box::new(Tanh), Box::new(LeakyRelu::new(0.1)?)];
/// for activation in &stock {
///     let moments = activation.moments()?;
///     println!("{activation:?}: b = {}, c = {}", moments.b(), moments.c());
/// }
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub trait Activation: std::fmt::Debug + Send + Sync {
    /// Returns $\sigma^\prime(z)$.
    fn derivative(&self, z: f64) -> f64;

    /// Returns $\sigma(z)$.
    ///
    /// By default $\int_0^z \sigma^\prime$, that is σ with $\sigma(0) = 0$, by
    /// adaptive quadrature split at the [`kinks`](Activation::kinks), to about
    /// $10^{-14}$ of $\int_0^z |\sigma^\prime|$ and never worse than
    /// $10^{-11}$; NaN where that fails.
    fn value(&self, z: f64) -> f64 {
        antiderivative::from_zero(|t| self.derivative(t), &self.kinks(), z)
    }

    /// Returns the points where σ′ jumps or is not smooth, in any order.
    ///
    /// Empty by default. A missing point costs time, not accuracy.
    fn kinks(&self) -> Vec<f64> {
        Vec::new()
    }

    /// Says whether σ satisfies the hypothesis of the limit theorem.
    ///
    /// [`Regularity::OutsideTheorem`] by default, which promises nothing.
    fn regularity(&self) -> Regularity {
        Regularity::OutsideTheorem
    }

    /// Computes the Gaussian moments of σ′.
    ///
    /// By default by adaptive quadrature of the even and odd parts of σ′,
    /// split at 0 and at the [`kinks`](Activation::kinks). Relative errors are
    /// usually below $10^{-14}$, for c below $10^{-16} \sqrt{m_2 / c}$ if that is
    /// larger; estimated ones above $10^{-11}$ are refused. Undeclared jumps and
    /// kinks are found, but a spike narrower than the first nodes are apart
    /// (0.05) has to be announced by kinks. Stock activations with a closed form
    /// use that instead.
    ///
    /// # Errors
    ///
    /// - [`Error::InvalidParameter`] if a moment overflows,
    /// - [`Error::InvalidEntry`] if a kink is not finite,
    /// - [`Error::NonFiniteDerivative`] if σ′ is NaN or infinite at a node,
    /// - [`Error::DivergentMoment`] if a moment does not converge.
    fn moments(&self) -> Result<DerivativeMoments, Error> {
        DerivativeMoments::by_quadrature(|z| self.derivative(z), &self.kinks())
    }

    /// Computes the Gaussian moments of $\varphi(s\\,\cdot)$, those that count where
    /// preactivations have variance $s^2$: [`moments`](Activation::moments) for $s = 1$, and
    /// the same by quadrature otherwise.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless `scale` is finite and above 0, and for an activation
    /// of which nothing but moments is known ([`FromMoments`]) unless it is 1; and as
    /// [`moments`](Activation::moments).
    fn scaled_moments(&self, scale: f64) -> Result<DerivativeMoments, Error> {
        arguments::positive("scale", scale)?;
        if scale == 1.0 {
            return self.moments();
        }
        let kinks: Vec<f64> = self.kinks().into_iter().map(|kink| kink / scale).collect();
        DerivativeMoments::by_quadrature(|z| self.derivative(scale * z), &kinks)
    }
}
