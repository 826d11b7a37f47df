//! Iterations by their kind, and the steps at which they are stable.

use crate::{Error, arguments};

/// A kind of iteration, with its momentum β.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Iteration {
    /// Stable for $\eta < 2/x_{\max}$.
    GradientDescent,
    /// Polyak's heavy ball, stable for $\eta < 2(1+\beta)/x_{\max}$.
    HeavyBall {
        /// β in [0, 1)
        momentum: f64,
    },
    /// Nesterov's method with constant momentum, stable for
    /// $\eta < \frac{2 + 2\beta}{(1 + 2\beta)\\,x_{\max}}$.
    Nesterov {
        /// β in [0, 1)
        momentum: f64,
    },
}

impl Iteration {
    /// Checks the momentum.
    pub(super) fn checked(self) -> Result<Self, Error> {
        if let Self::HeavyBall { momentum } | Self::Nesterov { momentum } = self {
            let valid = (0.0..1.0).contains(&momentum);
            arguments::parameter("momentum", momentum, valid, "a number in [0, 1)")?;
        }
        Ok(self)
    }

    /// The limit of the step times the largest eigenvalue.
    pub(super) fn limit(self) -> f64 {
        match self {
            Self::GradientDescent => 2.0,
            Self::HeavyBall { momentum } => 2.0 * (1.0 + momentum),
            Self::Nesterov { momentum } => (2.0 + 2.0 * momentum) / (1.0 + 2.0 * momentum),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::GradientDescent => "gradient descent",
            Self::HeavyBall { .. } => "the heavy ball",
            Self::Nesterov { .. } => "Nesterov's method",
        }
    }

    /// Checks that a number of steps is stable; none always are.
    pub(super) fn stable(self, step: f64, steps: usize, largest: f64) -> Result<(), Error> {
        let limit = self.limit() / largest;
        if steps == 0 || step < limit {
            return Ok(());
        }
        Err(Error::UnstableStep { method: self.name(), step, limit, largest })
    }
}
