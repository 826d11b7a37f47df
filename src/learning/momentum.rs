//! Gradient descent with momentum.

use super::{Iteration, ResidualFilter};
use crate::{Error, arguments};

/// How far roots are apart, of what they are where x = 0.
const APART: f64 = 0.25;

/// $u_k$ of $u_{k+1} = a u_k - b u_{k-1}$ with $u_0 = u_{-1} = 1$, by powers of its matrix.
fn by_powers(a: f64, b: f64, steps: usize) -> f64 {
    let mut power = [[a, -b], [1.0, 0.0]];
    let (mut state, mut rest) = ([1.0, 1.0], steps);
    while rest > 0 {
        let [left, right] = power;
        let applied = |[u, v]: [f64; 2]| [left[0] * u + left[1] * v, right[0] * u + right[1] * v];
        if rest % 2 == 1 {
            state = applied(state);
        }
        let (first, second) = (applied([left[0], right[0]]), applied([left[1], right[1]]));
        power = [[first[0], second[0]], [first[1], second[1]]];
        rest /= 2;
    }
    state[0]
}

/// The recurrence of a method, by $b$ and by $e = \eta x = 1 - a + b$, which is small where x is.
#[derive(Debug, Clone, Copy)]
struct Recurrence {
    b: f64,
    e: f64,
}

impl Recurrence {
    fn a(self) -> f64 {
        1.0 + self.b - self.e
    }

    /// 1 − ρ of the root ρ next to 1 of $\rho^2 - a\rho + b$, and the distance of the other, if
    /// they are real and far apart: elsewhere both are well below 1, and powers of a matrix do.
    fn roots(self) -> Option<(f64, f64)> {
        let twice = 2.0 - self.a();
        let distance = (twice * twice - 4.0 * self.e).sqrt();
        (distance > APART * twice).then(|| (2.0 * self.e / (twice + distance), distance))
    }

    /// $r_k$ and $1 - r_k$.
    fn run(self, steps: usize) -> (f64, f64) {
        let e = self.e;
        if let Some((delta, distance)) = self.roots().filter(|_| steps > 0) {
            // r_k = (1 − B) ρ₊^k + B ρ₋^k with r_0 = 1, r_1 = 1 − e.
            let second = (e - delta) / distance;
            let left = (steps as f64 * (-delta).ln_1p()).exp();
            let gone = -(steps as f64 * (-delta).ln_1p()).exp_m1();
            let other = 1.0 - delta - distance;
            let power = other.abs().powf(steps as f64);
            let power = if other < 0.0 && steps % 2 == 1 { -power } else { power };
            let r = (1.0 - second) * left + second * power;
            return (r, (1.0 - second) * gone + second * (1.0 - power));
        }
        // x is not small here.
        let r = by_powers(self.a(), self.b, steps);
        (r, 1.0 - r)
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
        let step = arguments::positive("step", step)?;
        Iteration::HeavyBall { momentum }.checked()?;
        Ok(Self { step, momentum, steps })
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

    fn recurrence(&self, x: f64) -> Recurrence {
        Recurrence { b: self.0.momentum, e: self.0.step * x }
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

    fn recurrence(&self, x: f64) -> Recurrence {
        let e = self.0.step * x;
        Recurrence { b: (1.0 - e) * self.0.momentum, e }
    }
}

impl ResidualFilter for HeavyBall {
    fn residual(&self, x: f64) -> f64 {
        self.recurrence(x).run(self.0.steps).0
    }

    fn learned(&self, x: f64) -> f64 {
        self.recurrence(x).run(self.0.steps).1
    }

    fn check(&self, largest: f64) -> Result<(), Error> {
        let Momentum { step, momentum, steps } = self.0;
        Iteration::HeavyBall { momentum }.stable(step, steps, largest)
    }
}

impl ResidualFilter for Nesterov {
    fn residual(&self, x: f64) -> f64 {
        self.recurrence(x).run(self.0.steps).0
    }

    fn learned(&self, x: f64) -> f64 {
        self.recurrence(x).run(self.0.steps).1
    }

    fn check(&self, largest: f64) -> Result<(), Error> {
        let Momentum { step, momentum, steps } = self.0;
        Iteration::Nesterov { momentum }.stable(step, steps, largest)
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
        let (step, beta) = (0.4_f64, 0.9);
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
    fn nothing_is_learned_at_zero_and_digits_are_kept_next_to_it() {
        for (beta, steps) in [(0.9, 1000), (0.99, 100_000), (0.5, usize::MAX), (0.0, 7)] {
            let filters: [Box<dyn ResidualFilter>; 2] = [
                Box::new(HeavyBall::new(0.1, beta, steps).unwrap()),
                Box::new(Nesterov::new(0.1, beta, steps).unwrap()),
            ];
            for filter in filters {
                assert_eq!((filter.residual(0.0), filter.learned(0.0)), (1.0, 0.0));
                // In the end as one step of η/(1 − β) each.
                let x = 1e-10 * (1.0 - beta) / (0.1 * steps as f64);
                if steps > 100 {
                    let off = filter.learned(x) / 1e-10 - 1.0;
                    assert!(off.abs() < 2.0 / ((1.0 - beta) * steps as f64) + 1e-9, "{off}");
                }
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
