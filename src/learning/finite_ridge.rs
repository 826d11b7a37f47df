//! Errors of ridge regression at given n, d and p, by the law at finite size.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::RandomEffects;
use crate::spectrum::FiniteSpectrum;
use crate::{Error, arguments};

/// Points of the half circle around −λ that derivatives are taken from: they are right to this
/// power of [`RADIUS`], twice.
const POINTS: usize = 8;

/// Its radius, as a share of the distance λ from the spectrum: a smaller one costs digits of the
/// difference.
const RADIUS: f64 = 0.25;

/// The least λ, over the mean of the limit: below it the equations lose the digits of what is
/// next to the pole at 0. At it 1e-5 of the errors is lost.
const LEAST: f64 = 1e-12;

/// The errors of ridge regression of [`RandomEffects`] at given n, d and p, of
/// [`FiniteSpectrum::ridge`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FiniteRidgeErrors {
    /// λ
    pub lambda: f64,
    /// The mean squared error at a fresh point, fresh noise included.
    pub test: f64,
    /// The mean squared error at the samples.
    pub training: f64,
    /// $\frac1n \operatorname{tr} K(K+\lambda)^{-1} = 1 - \lambda m(-\lambda)$.
    pub degrees_of_freedom: f64,
    /// The training error over $(1 - \text{degrees of freedom})^2$, generalised cross-validation:
    /// in the limit the test error, here off it where rows are of unequal size.
    pub gcv: f64,
    /// The variance V(λ) of f at a fresh point given the samples, over that of a weight.
    pub posterior_variance: f64,
}

impl FiniteSpectrum {
    /// Computes the errors of ridge regression for given n, d and p.
    ///
    /// With V(λ) the posterior variance at a fresh point over α², and m the transform of the
    /// law, both errors are these for random effects, whatever the kernel:
    ///
    /// $$ \text{test} = \alpha^2 (V - \lambda V^\prime) + s^2 (1 + V^\prime) , \qquad
    /// \text{training} = \lambda^2 \bigl[ \alpha^2 (m - \lambda m^\prime) + s^2 m^\prime \bigr]
    /// \text{ at } -\lambda . $$
    ///
    /// V is the mean over rows of $1/G_{ii} - \lambda$, $G = (K + \lambda)^{-1}$, as the law has
    /// it: the variance at one row given the n − 1 others, relatively some 1/n from that given
    /// n. Against sampled networks see [finite size](crate::guide::finite_size).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless λ is finite, above 0 and at least 1e-12 of the mean of
    /// the [limit](Self::limit), and as every query.
    ///
    /// # Complexity
    ///
    /// Eight solutions of the equations, each from its neighbour: at d = p = 40 from 0.08 ms, for
    /// $a_1 = 0$, to 1.4 ms, for a law of D of eight values, on the machine of
    /// docs/benchmarks.md.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::learning::RandomEffects;
    /// use ntk_spectrum::spectrum::FiniteSpectrum;
    ///
    /// let law = FiniteSpectrum::new(Dimensions::new(280, 20, 20)?, Relu, 1.0);
    /// let errors = law.ridge(0.1, &RandomEffects::new(1.0, 0.5)?)?;
    /// // 96 sampled networks: 0.790 ± 0.003 and 0.160; the limit says 0.750 and 0.153.
    /// assert!((errors.test - 0.790).abs() < 0.006);
    /// assert!((errors.training - 0.160).abs() < 0.002);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn ridge(&self, lambda: f64, target: &RandomEffects) -> Result<FiniteRidgeErrors, Error> {
        arguments::positive("lambda", lambda)?;
        let (alpha2, noise) = (target.signal_variance(), target.noise_variance());
        let Means { fitted, fitted_slope, left, left_slope, fresh, fresh_slope } =
            self.means(lambda)?;
        // λm − λ²m′ and λ²m′, from what is small: 1 − λm at a large λ, λm at a small one.
        let (signal, rest) = if fitted < 0.5 {
            (fitted_slope, left - fitted_slope)
        } else {
            (left - left_slope, left_slope)
        };
        let training = alpha2 * lambda * signal + noise * rest;
        let test = alpha2 * lambda * fresh_slope + noise * (1.0 + fresh - fresh_slope);
        Ok(FiniteRidgeErrors {
            lambda,
            test: arguments::finite("the test error", test)?,
            training: arguments::finite("the training error", training)?,
            degrees_of_freedom: fitted,
            gcv: arguments::finite("generalised cross-validation", training / (left * left))?,
            posterior_variance: lambda * fresh,
        })
    }

    /// Computes the variance of f(x) at a fresh x given the samples, over that of a weight, for
    /// given n, d and p.
    ///
    /// # Errors
    ///
    /// As [`ridge`](Self::ridge).
    pub fn posterior_variance(&self, lambda: f64) -> Result<f64, Error> {
        arguments::positive("lambda", lambda)?;
        Ok(lambda * self.means(lambda)?.fresh)
    }

    /// By Cauchy's integrals over a circle around −λ, of which the half above the axis says all.
    fn means(&self, lambda: f64) -> Result<Means, Error> {
        if lambda < LEAST * self.limit().mean()? {
            let allowed = "at least 1e-12 of the mean of the limit";
            return Err(Error::InvalidParameter { name: "lambda", value: lambda, allowed });
        }
        let turns: Vec<Complex64> = (0..POINTS)
            .map(|k| Complex64::from_polar(1.0, PI * (k as f64 + 0.5) / POINTS as f64))
            .collect();
        let points: Vec<Complex64> =
            turns.iter().map(|turn| lambda * (RADIUS * turn - 1.0)).collect();
        let mut means = Means::default();
        let share = 1.0 / POINTS as f64;
        for (turn, found) in turns.iter().zip(self.responses(&points)?) {
            // λ d/dz.
            let slope = |value: Complex64| share / RADIUS * (value * turn.conj()).re;
            means.left += share * found.left.re;
            // λm = −(λ/z) left.
            means.left_slope += slope(found.left / (1.0 - RADIUS * turn));
            means.fitted += share * found.fitted.re;
            means.fitted_slope += slope(found.fitted);
            means.fresh += share * found.fresh.re;
            means.fresh_slope += slope(found.fresh);
        }
        Ok(means)
    }
}

/// 1 − λm, λm and V/λ at −λ, and λ times the derivatives of 1 − λm = 1 + zm, λm at fixed λ, and
/// V/λ in z.
#[derive(Debug, Clone, Copy, Default)]
struct Means {
    fitted: f64,
    fitted_slope: f64,
    left: f64,
    left_slope: f64,
    fresh: f64,
    fresh_slope: f64,
}
