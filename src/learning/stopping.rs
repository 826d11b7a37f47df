//! When to stop gradient flow, and how much of it is there.

use std::cell::Cell;

use super::measures::Measures;
use super::{GradientFlow, RandomEffects, Regression};
use crate::law::OverPopulation;
use crate::numerics::roots;
use crate::{Error, arguments};

/// Accuracy of logarithms of times.
const ACCURACY: f64 = 1e-14;

/// A time before anything is learned, in units of the fastest direction.
const EARLY: f64 = 1e-3;

/// From one time to the next in the search for a change of sign, in log t: fine enough to meet
/// the first.
const STEP: f64 = 0.25;

/// Times looked at: they reach over 10¹⁷.
const MOST_TIMES: usize = 160;

/// Where a search for a half-life ends: nothing is as slow.
const LATEST: f64 = 600.0;

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
    /// [`Error::InvalidParameter`] where there is no noise: longer is better, for ever;
    /// [`Error::NotConverged`] where there is so little that the time is $10^{17}$ of the
    /// fastest direction's; as [`errors`](Self::errors).
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
        // −∂/∂t of the test error, but for a positive factor, in units of the largest eigenvalue
        // and of the variances, so that nothing is too small to be a number.
        let largest = measures.largest();
        let size = noise.max(alpha2 * largest);
        let (of_noise, of_signal) = (noise / size, alpha2 * largest / size);
        let slope = |log: f64| {
            let time = log.exp();
            measures.population(&|x| {
                let x = x / largest;
                let left = (-time * x).exp();
                left * (-of_noise * (-time * x).exp_m1() - of_signal * x * left)
            })
        };
        // Before the fastest direction is learned, and before noise is.
        let mut early = (EARLY * (of_signal / of_noise).min(1.0)).ln();
        let mut at_early = slope(early)?;
        for _ in 0..MOST_TIMES {
            let late = early + STEP;
            let at_late = slope(late)?;
            if at_late > 0.0 && at_early < 0.0 {
                let log = root(&slope, (early, at_early), (late, at_late))?;
                return at(log.exp() / largest);
            }
            (early, at_early) = (late, at_late);
        }
        Err(Error::NotConverged {
            computation: "the stopping time",
            at: early.exp() / largest,
            iterate: at_early.into(),
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
        let none = zeros(&measures);
        let allowed = "below 1: a kernel that is 0 learns nothing";
        arguments::parameter("the mass at 0", none, none < 1.0, allowed)?;
        let level = none + 0.5 * (1.0 - none);
        // In units of the largest eigenvalue.
        let largest = measures.largest();
        let excess = |log: f64| {
            Ok(level - measures.spectrum(&|x| (-2.0 * log.exp() * (x / largest)).exp())?)
        };
        let mut late = 0.0;
        let (mut early, mut at_early) = (EARLY.ln(), level - 1.0);
        let mut at_late = excess(late)?;
        while at_late < 0.0 && late < LATEST {
            (early, at_early) = (late, at_late);
            late += STEP;
            at_late = excess(late)?;
        }
        if at_late < 0.0 {
            return Err(Error::NotConverged {
                computation: "the half-life",
                at: late.exp() / largest,
                iterate: at_late.into(),
                residual: at_late,
            });
        }
        Ok(root(&excess, (early, at_early), (late, at_late))?.exp() / largest)
    }

    /// Computes the share $\int e^{-tx}\\,d\mu$ of random labels that gradient flow has not
    /// learned at the time t, the atom at 0 included.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless t is finite and at least 0; as the queries of the law.
    pub fn unlearned(&self, time: f64) -> Result<f64, Error> {
        unlearned(&self.measures()?, arguments::non_negative("time", time)?)
    }
}

fn unlearned(measures: &Measures<'_>, time: f64) -> Result<f64, Error> {
    measures.spectrum(&|x| (-time * x).exp())
}

/// The mass at 0.
fn zeros(measures: &Measures<'_>) -> f64 {
    measures.share * (1.0 - measures.law.mass_off_zero())
}

/// The root between two logarithms of times.
fn root(
    f: &dyn Fn(f64) -> Result<f64, Error>,
    (early, at_early): (f64, f64),
    (late, at_late): (f64, f64),
) -> Result<f64, Error> {
    let failure = Cell::new(None);
    let value = |log: f64| match f(log) {
        Ok(value) => value,
        Err(error) => {
            failure.set(Some(error));
            f64::NAN
        }
    };
    let found = roots::bracketed(value, (early, at_early), (late, at_late), ACCURACY);
    failure.into_inner().map_or(Ok(found), Err)
}
