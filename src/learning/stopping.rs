//! When to stop gradient flow, and how much of it is there.

use super::measures::Measures;
use super::{GradientFlow, RandomEffects, Regression};
use crate::law::OverPopulation;
use crate::numerics::roots;
use crate::{Error, arguments};

/// Relative accuracy of times.
const ACCURACY: f64 = 1e-13;

/// From one time to the next in the search for a change of sign: fine enough to meet the first.
const RATIO: f64 = 1.3;

/// Times looked at: from the smallest to the largest that may matter, 10¹⁶ of the fastest.
const MOST_TIMES: usize = 160;

/// The best time to stop gradient flow, and the errors there.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct StoppingTime {
    /// t*
    pub time: f64,
    /// The test error at t*.
    pub test: f64,
    /// The training error at t*.
    pub training: f64,
}

impl<L: OverPopulation> Regression<'_, L, RandomEffects> {
    /// Computes the time at which the test error of gradient flow is least, the first root of
    ///
    /// $$ \int e^{-tx} \bigl[s^2 (1 - e^{-tx}) - \alpha^2 x e^{-tx}\bigr]\\,d\xi = 0 . $$
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] where there is no noise: longer is better, for ever; as
    /// [`errors`](Self::errors).
    #[doc(alias = "early stopping")]
    pub fn stopping_time(&self) -> Result<StoppingTime, Error> {
        let (alpha2, noise) = (self.target().signal_variance(), self.target().noise_variance());
        let allowed = "above 0: without noise gradient flow need never stop";
        arguments::parameter("noise_variance", noise, noise > 0.0, allowed)?;
        let measures = self.measures()?;
        let at = |time: f64| {
            let errors = self.errors(&GradientFlow::new(time)?)?;
            Ok(StoppingTime { time, test: errors.test, training: errors.training })
        };
        if alpha2 == 0.0 || measures.largest() == 0.0 {
            return at(0.0);
        }
        // −∂/∂t of the test error, over 2.
        let slope = |time: f64| {
            measures.population(&|x| {
                let left = (-time * x).exp();
                left * (-noise * (-time * x).exp_m1() - alpha2 * x * left)
            })
        };
        // Times at which the fastest direction, and one 10¹⁶ slower, are learned.
        let mut early = 1e-3 / measures.largest();
        let mut at_early = slope(early)?;
        while at_early > 0.0 {
            early /= RATIO.powi(16);
            at_early = slope(early)?;
        }
        for _ in 0..MOST_TIMES {
            let late = early * RATIO;
            let at_late = slope(late)?;
            if at_late >= 0.0 {
                return at(root(&slope, (early, at_early), (late, at_late)));
            }
            (early, at_early) = (late, at_late);
        }
        Err(Error::NotConverged {
            computation: "the stopping time",
            at: early,
            iterate: early.into(),
            residual: at_early,
        })
    }
}

impl<L: OverPopulation, T> Regression<'_, L, T> {
    /// Computes the time after which gradient flow has halved what it can of the squared
    /// residual of random labels, the root of $\int e^{-2tx}\\,d\mu = \mu_0 + \frac12 (1 -
    /// \mu_0)$ with $\mu_0 = \mu\lbrace 0 \rbrace$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] for a kernel that is 0; as the queries of the law.
    pub fn half_life(&self) -> Result<f64, Error> {
        let measures = self.measures()?;
        let left = |time: f64| left(&measures, 2.0 * time);
        let none = zeros(&measures);
        let allowed = "below 1: a kernel that is 0 learns nothing";
        arguments::parameter("the mass at 0", none, none < 1.0, allowed)?;
        let level = none + 0.5 * (1.0 - none);
        let excess = |time: f64| Ok(level - left(time)?);
        let mut late = 1.0 / measures.largest();
        let mut early = 0.0;
        let (mut at_early, mut at_late) = (level - 1.0, excess(late)?);
        while at_late < 0.0 && late.is_finite() {
            (early, at_early) = (late, at_late);
            late *= 2.0;
            at_late = excess(late)?;
        }
        Ok(root(&excess, (early, at_early), (late, at_late)))
    }

    /// Computes the share $\int e^{-tx}\\,d\mu$ of random labels that gradient flow has not
    /// learned at the time t, the atom at 0 included.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless t is finite and at least 0; as the queries of the law.
    pub fn unlearned(&self, time: f64) -> Result<f64, Error> {
        left(&self.measures()?, arguments::non_negative("time", time)?)
    }
}

fn left(measures: &Measures<'_>, time: f64) -> Result<f64, Error> {
    measures.spectrum(&|x| (-time * x).exp())
}

/// The mass at 0.
fn zeros(measures: &Measures<'_>) -> f64 {
    measures.share * (1.0 - measures.law.mass_off_zero())
}

/// The root between two times.
fn root(
    f: &dyn Fn(f64) -> Result<f64, Error>,
    (early, at_early): (f64, f64),
    (late, at_late): (f64, f64),
) -> f64 {
    let value = |time: f64| f(time).unwrap_or(f64::NAN);
    roots::bracketed(value, (early, at_early), (late, at_late), ACCURACY)
}
