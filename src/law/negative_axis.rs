//! The map z(w) on the negative axis, w = −κ and z = −λ: where ridges live.

use num_complex::Complex64;

use super::companion::TTransform;
use crate::Error;
use crate::numerics::legendre::RULE;

/// Part of the mass below which (mass − df1) is computed as such.
const CANCELLED: f64 = 0.1;

/// Steps of Newton's iteration: from above they halve κ at least, and there are no more
/// numbers than 2,000 halvings lead through.
const MOST_STEPS: usize = 2200;

/// A γ1 this close to the mass off 0 is that mass.
pub(super) const HARD: f64 = 8.0 * f64::EPSILON;

/// Length of the panels in log s.
const WIDTH: f64 = 2.0;

/// What is known of a population law at −κ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct AtKappa {
    pub(crate) kappa: f64,
    /// γ1 − df1 = λ/κ, and what df1 lacks of the mass off 0, both without cancellation where κ is
    /// small.
    pub(crate) gap: f64,
    pub(crate) lacking: f64,
    /// ∫ t/(t+κ) dν
    pub(crate) df1: f64,
    /// κA1 = ∫ κt/(t+κ)² dν, and df2 = ∫ t²/(t+κ)² dν.
    pub(crate) kappa_a1: f64,
    pub(crate) df2: f64,
}

/// λ(κ) = κ (γ1 − ∫ t/(t+κ) dν), increasing and convex where it is positive.
#[derive(Debug, Clone)]
pub(crate) struct NegativeAxis<T> {
    gamma1: f64,
    /// γ1 less the mass of the population off 0, to its own rounding.
    gap: f64,
    mass: f64,
    transform: T,
    mean: f64,
}

impl<T: TTransform> NegativeAxis<T> {
    /// Takes the map of a population with this mean; `gap` is γ1 less its mass off 0.
    pub(crate) fn new(gamma1: f64, gap: f64, transform: T, mean: f64) -> Self {
        Self { gamma1, gap, mass: transform.mass(), transform, mean }
    }

    /// The same where γ1 less the mass has no digits of its own.
    pub(crate) fn of(gamma1: f64, transform: T, mean: f64) -> Self {
        let gap = gamma1 - transform.mass();
        // A ratio that only rounding keeps from the mass.
        let gap = if gap.abs() <= HARD * gamma1 { 0.0 } else { gap };
        Self::new(gamma1, gap, transform, mean)
    }

    pub(crate) fn gamma1(&self) -> f64 {
        self.gamma1
    }

    /// ∫ t dν
    pub(crate) fn mean(&self) -> f64 {
        self.mean
    }

    pub(crate) fn transform(&self) -> &T {
        &self.transform
    }

    pub(crate) fn at(&self, kappa: f64) -> AtKappa {
        let (kappa_a1, df2) = self.transform.below_zero(kappa);
        let df1 = kappa_a1 + df2;
        let mut at =
            AtKappa { kappa, gap: self.gamma1 - df1, lacking: self.mass - df1, df1, kappa_a1, df2 };
        if at.lacking < CANCELLED * self.mass {
            at.lacking = self.transform.raised(Complex64::new(-kappa, 0.0)).0.re;
            at.gap = self.gap + at.lacking;
        }
        at
    }

    /// κ(0⁺): 0 unless γ1 is below the mass off 0.
    pub(crate) fn at_zero(&self) -> Result<AtKappa, Error> {
        if self.gap >= 0.0 {
            let (gap, mass) = (self.gap, self.mass);
            return Ok(AtKappa {
                kappa: 0.0,
                gap,
                lacking: 0.0,
                df1: mass,
                kappa_a1: 0.0,
                df2: mass,
            });
        }
        self.solve(0.0, None)
    }

    /// ∫ log(1 + t/κ) dν = ∫ df1(s) ds/s from κ to ∞: df1 is analytic in log s where
    /// |Im log s| < π.
    pub(crate) fn log_moment(&self, kappa: f64) -> Result<f64, Error> {
        let (mut total, mut from) = (0.0, kappa.ln());
        for _ in 0..MOST_STEPS {
            let terms = RULE.nodes.iter().zip(&RULE.weights).map(|(node, weight)| {
                let s = (from + 0.5 * WIDTH * (node + 1.0)).exp();
                let (slope, rest) = self.transform.below_zero(s);
                weight * (slope + rest)
            });
            let part = 0.5 * WIDTH * terms.sum::<f64>();
            total += part;
            from += WIDTH;
            // From the mean on df1 falls like 1/s.
            if part <= f64::EPSILON * total && from > self.mean.ln() || !part.is_finite() {
                break;
            }
        }
        if total.is_finite() {
            return Ok(total);
        }
        Err(Error::NotConverged {
            computation: "the logarithmic moment of a population",
            at: kappa,
            iterate: total.into(),
            residual: f64::NAN,
        })
    }

    /// The largest κ with λ(κ) = λ, by Newton's iteration, which from above the root goes
    /// down to it; a guess from below first leads above.
    pub(crate) fn solve(&self, lambda: f64, guess: Option<f64>) -> Result<AtKappa, Error> {
        // λ ≥ γ1 κ − ∫ t dν.
        let highest = (lambda + self.mean) / self.gamma1;
        let mut kappa = guess.filter(|kappa| *kappa > 0.0).unwrap_or(highest).min(highest);
        let mut last = f64::INFINITY;
        let mut at = self.at(kappa);
        for _ in 0..MOST_STEPS {
            let slope = at.gap + at.kappa_a1;
            let step = (kappa * at.gap - lambda) / slope;
            // Below the root of λ(κ) = 0 the slope may be that of the other branch.
            let next = if slope > 0.0 { (kappa - step).min(highest) } else { highest };
            let length = (next - kappa).abs();
            if !next.is_finite() {
                break;
            }
            if length <= 4.0 * f64::EPSILON * kappa || length >= last && length <= 1e-10 * kappa {
                return Ok(at);
            }
            last = length;
            kappa = next.max(f64::MIN_POSITIVE);
            at = self.at(kappa);
            // Quadratic convergence has made the next step negligible.
            if length <= 1e-9 * kappa {
                return Ok(at);
            }
        }
        Err(Error::NotConverged {
            computation: "the effective ridge",
            at: lambda,
            iterate: kappa.into(),
            residual: kappa * at.gap - lambda,
        })
    }
}
