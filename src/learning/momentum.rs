//! Gradient descent with momentum.

use super::ResidualFilter;
use super::filter::stable;
use crate::{Error, arguments};

/// Steps that are taken one by one; more are squared together.
const ONE_BY_ONE: usize = 64;

/// An affine recurrence $u_{k+1} = a u_k - b u_{k-1} + c$ as a map of $(u_k, u_{k-1})$.
#[derive(Debug, Clone, Copy)]
struct Affine {
    matrix: [[f64; 2]; 2],
    shift: [f64; 2],
}

impl Affine {
    fn step(a: f64, b: f64, c: f64) -> Self {
        Self { matrix: [[a, -b], [1.0, 0.0]], shift: [c, 0.0] }
    }

    fn apply(&self, [u, v]: [f64; 2]) -> [f64; 2] {
        let row = |k: usize| self.matrix[k][0] * u + self.matrix[k][1] * v + self.shift[k];
        [row(0), row(1)]
    }

    /// This after `first`.
    fn after(&self, first: &Self) -> Self {
        let column = |j: usize| {
            let entry = |i: usize| {
                self.matrix[i][0] * first.matrix[0][j] + self.matrix[i][1] * first.matrix[1][j]
            };
            [entry(0), entry(1)]
        };
        let (left, right) = (column(0), column(1));
        Self { matrix: [[left[0], right[0]], [left[1], right[1]]], shift: self.apply(first.shift) }
    }

    /// $u_k$ after `steps` steps from $u_0 = u_{-1}$ = `start`.
    fn run(&self, start: f64, steps: usize) -> f64 {
        let mut state = [start, start];
        if steps <= ONE_BY_ONE {
            for _ in 0..steps {
                state = self.apply(state);
            }
            return state[0];
        }
        let (mut power, mut rest) = (*self, steps);
        while rest > 0 {
            if rest % 2 == 1 {
                state = power.apply(state);
            }
            power = power.after(&power);
            rest /= 2;
        }
        state[0]
    }
}

/// What both methods have in common: step η, momentum β in [0, 1), number of steps.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Momentum {
    step: f64,
    momentum: f64,
    steps: usize,
}

impl Momentum {
    fn new(step: f64, momentum: f64, steps: usize) -> Result<Self, Error> {
        let valid = (0.0..1.0).contains(&momentum);
        Ok(Self {
            step: arguments::positive("step", step)?,
            momentum: arguments::parameter("momentum", momentum, valid, "a number in [0, 1)")?,
            steps,
        })
    }
}

/// k steps of Polyak's heavy ball: $r_{k+1} = (1 + \beta - \eta x) r_k - \beta r_{k-1}$ with
/// $r_0 = 1$, $r_1 = 1 - \eta x$.
#[doc(alias = "momentum")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeavyBall(Momentum);

/// k steps of Nesterov's method with a constant momentum: $r_{k+1} = (1 - \eta x)
/// [(1 + \beta) r_k - \beta r_{k-1}]$ with $r_0 = 1$, $r_1 = 1 - \eta x$.
#[doc(alias = "momentum")]
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nesterov(Momentum);

impl HeavyBall {
    /// Takes the step η, the momentum β and the number of steps.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless η is finite and above 0, and β in [0, 1).
    pub fn new(step: f64, momentum: f64, steps: usize) -> Result<Self, Error> {
        Momentum::new(step, momentum, steps).map(Self)
    }

    fn recurrence(&self, x: f64, shift: f64) -> Affine {
        let Momentum { step, momentum, .. } = self.0;
        Affine::step(1.0 + momentum - step * x, momentum, shift)
    }
}

impl Nesterov {
    /// Takes the step η, the momentum β and the number of steps.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless η is finite and above 0, and β in [0, 1).
    pub fn new(step: f64, momentum: f64, steps: usize) -> Result<Self, Error> {
        Momentum::new(step, momentum, steps).map(Self)
    }

    fn recurrence(&self, x: f64, shift: f64) -> Affine {
        let Momentum { step, momentum, .. } = self.0;
        let rest = 1.0 - step * x;
        Affine::step(rest * (1.0 + momentum), rest * momentum, shift)
    }
}

impl ResidualFilter for HeavyBall {
    fn residual(&self, x: f64) -> f64 {
        self.recurrence(x, 0.0).run(1.0, self.0.steps)
    }

    /// 1 − r has the same recurrence, with ηx added in each step.
    fn learned(&self, x: f64) -> f64 {
        self.recurrence(x, self.0.step * x).run(0.0, self.0.steps)
    }

    fn check(&self, largest: f64) -> Result<(), Error> {
        let Momentum { step, momentum, steps } = self.0;
        stable("the heavy ball", step, steps, 2.0 * (1.0 + momentum) / largest, largest)
    }
}

impl ResidualFilter for Nesterov {
    fn residual(&self, x: f64) -> f64 {
        self.recurrence(x, 0.0).run(1.0, self.0.steps)
    }

    /// 1 − r has the same recurrence, with ηx added in each step.
    fn learned(&self, x: f64) -> f64 {
        self.recurrence(x, self.0.step * x).run(0.0, self.0.steps)
    }

    fn check(&self, largest: f64) -> Result<(), Error> {
        let Momentum { step, momentum, steps } = self.0;
        let limit = (2.0 + 2.0 * momentum) / ((1.0 + 2.0 * momentum) * largest);
        stable("Nesterov's method", step, steps, limit, largest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The recurrences as they stand.
    fn plain(steps: usize, next: impl Fn(f64, f64) -> f64) -> f64 {
        let (mut last, mut now) = (1.0, 1.0);
        for _ in 0..steps {
            (last, now) = (now, next(now, last));
        }
        now
    }

    #[test]
    fn many_steps_at_once() {
        let (step, beta) = (0.4, 0.9);
        for steps in [0, 1, 2, 63, 65, 1000, 12_345] {
            let ball = HeavyBall::new(step, beta, steps).unwrap();
            let nesterov = Nesterov::new(step, beta, steps).unwrap();
            for x in [0.0, 1e-6, 0.01, 0.5, 2.0] {
                let exact = plain(steps, |r, s| (1.0 + beta - step * x) * r - beta * s);
                assert!((ball.residual(x) - exact).abs() < 1e-10, "{steps} {x}");
                assert!((ball.learned(x) - (1.0 - exact)).abs() < 1e-10);
                let exact = plain(steps, |r, s| (1.0 - step * x) * ((1.0 + beta) * r - beta * s));
                assert!((nesterov.residual(x) - exact).abs() < 1e-10, "{steps} {x}");
                assert!((nesterov.learned(x) - (1.0 - exact)).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn without_momentum_it_is_gradient_descent() {
        let descent = super::super::GradientDescent::new(0.3, 100).unwrap();
        let ball = HeavyBall::new(0.3, 0.0, 100).unwrap();
        for x in [1e-12, 0.1, 3.0] {
            assert!((ball.residual(x) - descent.residual(x)).abs() < 1e-13);
            assert!((ball.learned(x) / descent.learned(x) - 1.0).abs() < 1e-12);
        }
    }
}
