//! What the spectrum is for: training and generalisation of the linearised network.
//!
//! A network whose weights hardly move is linear in them, $f(x) = \langle \beta, j(x) \rangle$
//! with the gradients j(x) at the beginning, and learns by the kernel $K = J J^\top$. Its
//! errors follow from the law μ of K and the population law ν alone:
//!
//! | question | answer |
//! | --- | --- |
//! | Test and training error of ridge regression? | [`Regression::ridge`], [`Regression::ridge_curve`] |
//! | The best ridge? | [`Regression::optimal_ridge`] |
//! | The errors along gradient flow, gradient descent, momentum? | [`Regression::errors`] with a [`ResidualFilter`], [`Regression::training_curve`] |
//! | When to stop? | [`Regression::stopping_time`] |
//! | The largest step? | [`Regression::largest_stable_step`] |
//! | What of a polynomial is learned? | [`PolynomialTarget`] |
//! | The evidence, what is known of f? | `log_evidence`, `information_gain`, `posterior_variance` of a law |
//! | How many steps do conjugate gradients take? | [`ConjugateGradient`] |
//! | The same at given n, d, p? | [`Regression::with_dimensions`]; of ridges, more accurate, [`FiniteSpectrum::ridge`](crate::spectrum::FiniteSpectrum::ridge) |
//!
//! **Conventions.** Nothing is divided by n: ridge regression minimises $\frac12 |y - J\beta|^2 +
//! \frac12 \lambda |\beta|^2$, so that K + λ is inverted; gradient flow is $\dot\beta =
//! J^\top (y - J\beta)$ from 0, and a step of gradient descent is η times that. With a loss
//! divided by n, λ is nλ here, t is t/n and η is η/n. Errors are mean squares, a sample each;
//! test errors are at a fresh x with fresh noise.
//!
//! Derivations, and what is exact in the limit, leading order or heuristic:
//! [learning](crate::guide::learning).
//!
//! # Examples
//!
//! ```
//! use ntk_spectrum::LimitingSpectrum;
//! use ntk_spectrum::activation::Relu;
//! use ntk_spectrum::learning::{GradientFlow, RandomEffects, Regression};
//!
//! let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
//! // Signal variance 1, noise variance 1/2.
//! let regression = Regression::new(&law, RandomEffects::new(1.0, 0.5)?);
//! let best = regression.optimal_ridge()?;
//! assert_eq!(best.lambda, 0.5);
//! let stop = regression.stopping_time()?;
//! // No filter beats the best ridge, and stopping in time loses next to nothing.
//! assert!(best.test < stop.test && stop.test < 1.002 * best.test);
//! assert!(regression.errors(&GradientFlow::new(100.0)?)?.test > 2.0 * best.test);
//! # Ok::<(), ntk_spectrum::Error>(())
//! ```

mod bayes;
mod conjugate_gradient;
mod curves;
mod effective_ridge;
mod filter;
mod finite_ridge;
mod finite_size;
mod iteration;
mod measures;
mod momentum;
mod polynomial_target;
mod quadratic_flow;
mod regression;
mod ridge;
mod risk;
mod step;
mod stopping;
mod target;

pub use conjugate_gradient::ConjugateGradient;
pub use curves::{RidgeCurve, TrainingCurve};
pub use effective_ridge::EffectiveRidge;
pub(crate) use filter::check_start;
pub use filter::{GradientDescent, GradientFlow, ResidualFilter, Ridge};
pub use finite_ridge::FiniteRidgeErrors;
pub use iteration::Iteration;
pub use momentum::{HeavyBall, Nesterov};
pub use polynomial_target::PolynomialTarget;
pub use regression::Regression;
pub use ridge::RidgeErrors;
pub use risk::FilterErrors;
pub use step::StableStep;
pub use stopping::StoppingTime;
pub use target::{RandomEffects, Target, Unexplained};
