//! Linear methods by what they leave of the residual.

use super::Iteration;
use crate::{Error, arguments};

/// Below this |ηx| a power is that of an exponential, not of a sign.
const LIMIT: f64 = 1.0;

/// How far r(0) may be from 1.
const ROUNDING: f64 = 1e-12;

/// A linear method of learning, by its residual filter r: after it, $y - \hat y = r(K)\\,y$ at
/// the samples, and $\beta = J^\top h(K)\\,y$ with $h(x) = (1 - r(x))/x$.
///
/// r is defined on [0, ∞), with r(0) = 1: of what the features do not see nothing is learned.
/// Closures are filters.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::learning::{GradientFlow, ResidualFilter};
///
/// let flow = GradientFlow::new(10.0)?;
/// assert_eq!(flow.residual(0.3), (-3.0_f64).exp());
/// assert!((flow.learned(1e-20) - 1e-19).abs() < 1e-34);
/// let same = |x: f64| (-10.0 * x).exp();
/// assert_eq!(same.residual(0.3), flow.residual(0.3));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub trait ResidualFilter {
    /// Computes r(x).
    fn residual(&self, x: f64) -> f64;

    /// Computes 1 − r(x), without cancellation where x is small.
    fn learned(&self, x: f64) -> f64 {
        1.0 - self.residual(x)
    }

    /// Checks that the method is stable on [0, `largest`].
    ///
    /// # Errors
    /// [`Error::UnstableStep`] with the limit.
    fn check(&self, largest: f64) -> Result<(), Error> {
        let _ = largest;
        Ok(())
    }
}

impl<F: Fn(f64) -> f64> ResidualFilter for F {
    fn residual(&self, x: f64) -> f64 {
        self(x)
    }
}

/// Ridge regression, $r(x) = \frac{\lambda}{x + \lambda}$.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ridge {
    lambda: f64,
}

impl Ridge {
    /// Takes λ.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless it is finite and above 0.
    pub fn new(lambda: f64) -> Result<Self, Error> {
        Ok(Self { lambda: arguments::positive("lambda", lambda)? })
    }
}

impl ResidualFilter for Ridge {
    fn residual(&self, x: f64) -> f64 {
        self.lambda / (x + self.lambda)
    }

    fn learned(&self, x: f64) -> f64 {
        x / (x + self.lambda)
    }
}

/// Gradient flow for a time t, $r(x) = e^{-tx}$.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientFlow {
    time: f64,
}

impl GradientFlow {
    /// Takes t.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless it is finite and at least 0.
    pub fn new(time: f64) -> Result<Self, Error> {
        Ok(Self { time: arguments::non_negative("time", time)? })
    }

    /// Returns t.
    #[must_use]
    pub fn time(&self) -> f64 {
        self.time
    }
}

impl ResidualFilter for GradientFlow {
    fn residual(&self, x: f64) -> f64 {
        (-self.time * x).exp()
    }

    fn learned(&self, x: f64) -> f64 {
        -(-self.time * x).exp_m1()
    }
}

/// k steps of gradient descent, $r(x) = (1 - \eta x)^k$.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GradientDescent {
    step: f64,
    steps: usize,
}

impl GradientDescent {
    /// Takes the length η of a step and their number k; after 0 steps nothing is learned.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless η is finite and above 0.
    pub fn new(step: f64, steps: usize) -> Result<Self, Error> {
        Ok(Self { step: arguments::positive("step", step)?, steps })
    }
}

impl ResidualFilter for GradientDescent {
    fn residual(&self, x: f64) -> f64 {
        let moved = self.step * x;
        if self.steps == 0 {
            return 1.0;
        }
        if moved < LIMIT {
            return (self.steps as f64 * (-moved).ln_1p()).exp();
        }
        let size = (self.steps as f64 * (moved - 1.0).ln()).exp();
        if self.steps.is_multiple_of(2) { size } else { -size }
    }

    fn learned(&self, x: f64) -> f64 {
        let moved = self.step * x;
        if moved < LIMIT {
            return -(self.steps as f64 * (-moved).ln_1p()).exp_m1();
        }
        1.0 - self.residual(x)
    }

    fn check(&self, largest: f64) -> Result<(), Error> {
        Iteration::GradientDescent.stable(self.step, self.steps, largest)
    }
}

/// Checks that r(0) = 1: what the features do not see cannot be learned.
pub(crate) fn check_start(filter: &dyn ResidualFilter) -> Result<(), Error> {
    let value = filter.residual(0.0);
    if (value - 1.0).abs() <= ROUNDING {
        return Ok(());
    }
    let allowed = "1 at x = 0, where the features see nothing";
    Err(Error::InvalidValue { function: "the residual filter", at: 0.0, value, allowed })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers() {
        for (step, steps) in [(0.3, 7), (0.3, 8), (1.7, 3), (1.7, 4), (0.5, 0)] {
            let filter = GradientDescent::new(step, steps).unwrap();
            for x in [0.0, 1e-9, 0.4, 1.0, 1.1, 2.0] {
                let exact = (1.0 - step * x).powi(steps as i32);
                assert!((filter.residual(x) - exact).abs() < 1e-14, "{step} {steps} {x}");
                assert!((filter.learned(x) - (1.0 - exact)).abs() < 1e-14);
            }
        }
        // The edge of stability, where 1 − ηx = 0.
        assert_eq!(GradientDescent::new(1.0, 3).unwrap().residual(1.0), 0.0);
        let small = GradientDescent::new(1.0, 1000).unwrap().learned(1e-18);
        assert!((small / 1e-15 - 1.0).abs() < 1e-12);
        assert!(GradientDescent::new(0.5, 3).unwrap().check(4.0).is_err());
        assert!(GradientDescent::new(0.5, 3).unwrap().check(3.9).is_ok());
        assert!(GradientDescent::new(0.5, 0).unwrap().check(9.0).is_ok());
    }
}
