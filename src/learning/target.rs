//! What is to be learned: the trait `Target`, and a random signal.

use super::EffectiveRidge;
use crate::law::OverPopulation;
use crate::{Error, arguments};

/// What the samples y are made of: noise, and a signal of which the features of the population
/// leave a part unexplained at every effective ridge κ.
///
/// For $y = f(x) + \varepsilon$ let $B(\kappa)$ be the smallest value of $\mathbb E (f(x) -
/// \langle\beta, j(x)\rangle)^2 + \kappa |\beta|^2$ over β, in expectation over f. Then, with
/// the noise variance s² (all of the target that no β explains even for κ → 0 may count as
/// noise or as part of B),
///
/// $$ \tfrac1n\\,\mathbb E\\,y^\top (K + \lambda)^{-1} y = m(-\lambda)\\,(B(\kappa) + s^2) ,
/// \qquad \text{test error} = \gamma_1 \frac{B - \kappa B^\prime + s^2}{\lambda/\kappa +
/// \kappa A_1} . $$
///
/// The target is a parameter of [`Regression`](super::Regression); `L` is the law that it needs
/// to know. For a prior $\mathbb E \beta\beta^\top = g(\Sigma)$ of your own $B = \kappa \int
/// \frac{g(t)\\,t}{t+\kappa}\\,d\nu$ and $B - \kappa B^\prime = \kappa^2 \int
/// \frac{g(t)\\,t}{(t+\kappa)^2}\\,d\nu$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{Discrete, GeneralizedMarchenkoPastur};
/// use ntk_spectrum::learning::{EffectiveRidge, RandomEffects, Regression, Target, Unexplained};
/// use ntk_spectrum::Error;
///
/// /// A signal in the directions of the eigenvalue 1 of Σ alone, of variance 1 each.
/// struct Small;
///
/// type Law = GeneralizedMarchenkoPastur<Discrete>;
///
/// impl Target<Law> for Small {
///     fn noise_variance(&self) -> f64 {
///         0.3
///     }
///     fn unexplained(&self, _: &Law, ridge: &EffectiveRidge) -> Result<Unexplained, Error> {
///         let share = 0.5 / (1.0 + ridge.kappa);
///         let bias = ridge.kappa.powi(2) * share / (1.0 + ridge.kappa);
///         Ok(Unexplained { value: ridge.kappa * share, bias, signal: 0.5 })
///     }
///     fn prior_variance(&self) -> Option<f64> {
///         None
///     }
/// }
///
/// let law = Law::new(2.0, Discrete::new(&[1.0, 3.0], &[0.5, 0.5])?)?;
/// let error = Regression::new(&law, Small).ridge(0.1)?.test;
/// // Less than if all directions had a signal.
/// assert!(error < Regression::new(&law, RandomEffects::new(1.0, 0.3)?).ridge(0.1)?.test);
/// # Ok::<(), Error>(())
/// ```
pub trait Target<L: ?Sized> {
    /// Returns the variance s² of the noise, and of all that acts like it.
    fn noise_variance(&self) -> f64;

    /// Computes what is left of the signal at the effective ridge κ.
    ///
    /// # Errors
    /// As the queries of `law`, and whatever the target may fail with.
    fn unexplained(&self, law: &L, ridge: &EffectiveRidge) -> Result<Unexplained, Error>;

    /// Returns the variance α² of the weights, if the target is made by random ones.
    fn prior_variance(&self) -> Option<f64>;
}

impl<L: ?Sized, T: Target<L>> Target<L> for &T {
    fn noise_variance(&self) -> f64 {
        (**self).noise_variance()
    }

    fn unexplained(&self, law: &L, ridge: &EffectiveRidge) -> Result<Unexplained, Error> {
        (**self).unexplained(law, ridge)
    }

    fn prior_variance(&self) -> Option<f64> {
        (**self).prior_variance()
    }
}

/// What is left of a signal, see [`Target`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unexplained {
    /// B(κ)
    pub value: f64,
    /// $B(\kappa) - \kappa B^\prime(\kappa)$, the squared bias.
    pub bias: f64,
    /// The variance of the signal, B(∞).
    pub signal: f64,
}

/// A random signal in the span of the features: $y = J\beta + \varepsilon$ with $\mathbb E
/// \beta\beta^\top = \alpha^2 I$ and $\mathbb E \varepsilon\varepsilon^\top = s^2 I$; or a
/// Gaussian process of covariance $\alpha^2 K$ under noise.
///
/// Its errors are exact in the limit.
///
/// Source: Dobriban and Wager, arXiv:1507.03003; [learning](crate::guide::learning), 2.
#[doc(alias = "teacher")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomEffects {
    signal_variance: f64,
    noise_variance: f64,
}

impl RandomEffects {
    /// Takes the variances α² of a weight and s² of the noise.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless both are finite, at least 0, and not both 0.
    pub fn new(signal_variance: f64, noise_variance: f64) -> Result<Self, Error> {
        arguments::non_negative("signal_variance", signal_variance)?;
        arguments::non_negative("noise_variance", noise_variance)?;
        let some = signal_variance > 0.0 || noise_variance > 0.0;
        let allowed = "a number above 0 where there is no signal";
        arguments::parameter("noise_variance", noise_variance, some, allowed)?;
        Ok(Self { signal_variance, noise_variance })
    }

    /// Returns α².
    #[must_use]
    pub fn signal_variance(&self) -> f64 {
        self.signal_variance
    }

    /// Returns s².
    #[must_use]
    pub fn noise_variance(&self) -> f64 {
        self.noise_variance
    }
}

impl<L: OverPopulation + ?Sized> Target<L> for RandomEffects {
    fn noise_variance(&self) -> f64 {
        self.noise_variance
    }

    /// $B = \alpha^2\kappa\\,\mathrm{df}_1$, and $B - \kappa B^\prime = \alpha^2\kappa^2 A_1$.
    fn unexplained(&self, _: &L, ridge: &EffectiveRidge) -> Result<Unexplained, Error> {
        let alpha2 = self.signal_variance;
        Ok(Unexplained {
            value: alpha2 * ridge.kappa * ridge.df1,
            bias: alpha2 * ridge.kappa * ridge.kappa_a1,
            signal: alpha2 * ridge.mean,
        })
    }

    fn prior_variance(&self) -> Option<f64> {
        Some(self.signal_variance)
    }
}
