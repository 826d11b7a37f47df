//! Errors at many ridges, and at many times.

use ndarray::Array1;

use super::{GradientFlow, RandomEffects, Regression, Target};
use crate::law::{OverPopulation, TabulatedLaw};
use crate::numerics::parallel::in_parallel;
use crate::numerics::piece_integral::graded_rule;
use crate::{Error, arguments};

/// Ridges or times of one piece of work.
const CHUNK: usize = 32;

/// How far the rule for all times may be from the adaptive integral, of the largest error: more,
/// and every time gets an integral of its own.
const AGREEMENT: f64 = 1e-10;

/// Intervals of times at whose ends the two are compared.
const CHECKS: usize = 8;

/// t x above which e^{−tx} is nothing beside 1.
const GONE: f64 = 38.0;

/// Errors of ridge regression at many λ.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RidgeCurve {
    /// λ
    pub lambdas: Array1<f64>,
    /// Test errors.
    pub test: Array1<f64>,
    /// Training errors.
    pub training: Array1<f64>,
}

/// Errors along gradient flow.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TrainingCurve {
    /// t
    pub times: Array1<f64>,
    /// Test errors.
    pub test: Array1<f64>,
    /// Training errors.
    pub training: Array1<f64>,
}

/// A rule for integrals of $e^{-tx}$ and its like, for all t up to some time.
#[derive(Debug, Clone)]
pub(super) struct Nodes {
    /// Eigenvalue, ascending, with its parts of μ and of ξ.
    nodes: Vec<[f64; 3]>,
    /// What is at 0.
    zero: [f64; 2],
}

/// Checks the ridges or times of a curve.
fn checked<'x>(name: &'static str, places: impl IntoIterator<Item = &'x f64>) -> Result<(), Error> {
    arguments::entries(name, places, |x| x >= 0.0 && x.is_finite(), "at least 0, finite")
}

impl<L: OverPopulation, T: Target<L> + Sync> Regression<'_, L, T>
where
    L::Population: Sync,
{
    /// Computes the errors at many ridges, in any order.
    ///
    /// # Errors
    /// [`Error::InvalidEntry`] for a λ that is not finite or below 0; as
    /// [`ridge`](Self::ridge).
    ///
    /// # Complexity
    /// Some three sums over the table of ν for each λ, if they are sorted.
    pub fn ridge_curve<'l>(
        &self,
        lambdas: impl IntoIterator<Item = &'l f64>,
    ) -> Result<RidgeCurve, Error> {
        let lambdas: Array1<f64> = lambdas.into_iter().copied().collect();
        checked("lambdas", &lambdas)?;
        self.axis()?;
        let values = lambdas.to_vec();
        let chunks: Vec<&[f64]> = values.chunks(CHUNK).collect();
        let errors = in_parallel(&chunks, |chunk| {
            let mut guess: Option<(f64, f64, f64)> = None;
            let mut errors = Vec::with_capacity(chunk.len());
            for &lambda in chunk.iter() {
                // Along the tangent in log λ and log κ.
                let near = guess.map(|(kappa, at, rate)| kappa * (lambda / at).powf(rate));
                let at = self.effective_ridge_near(lambda, near)?;
                let rate = lambda / (at.kappa * at.slope());
                guess = (lambda > 0.0 && at.kappa > 0.0).then_some((at.kappa, lambda, rate));
                let found = self.ridge_at(&at)?;
                errors.push((found.test, found.training));
            }
            Ok(errors)
        })?;
        let (test, training) = errors.into_iter().flatten().unzip::<_, _, Vec<_>, Vec<_>>();
        Ok(RidgeCurve { lambdas, test: test.into(), training: training.into() })
    }
}

impl<L: OverPopulation> Regression<'_, L, RandomEffects> {
    /// Computes the errors of gradient flow at many times, in any order.
    ///
    /// # Errors
    /// [`Error::InvalidEntry`] for a time that is not finite or below 0; as
    /// [`errors`](Self::errors).
    ///
    /// # Complexity
    /// One value of $e^{-tx}$ at each of some thousand nodes, for each time; nine of
    /// the times are compared with [`errors`](Self::errors).
    pub fn training_curve<'t>(
        &self,
        times: impl IntoIterator<Item = &'t f64>,
    ) -> Result<TrainingCurve, Error> {
        let times: Vec<f64> = times.into_iter().copied().collect();
        checked("times", &times)?;
        let mut sorted = times.clone();
        sorted.sort_by(f64::total_cmp);
        let Some(&latest) = sorted.last() else {
            let none = || Array1::zeros(0);
            return Ok(TrainingCurve { times: none(), test: none(), training: none() });
        };
        let nodes = self.nodes(latest)?;
        let found = |time: f64| self.errors_by_nodes(&nodes, time);
        let exact = |time: f64| {
            let errors = self.errors(&GradientFlow::new(time)?)?;
            Ok((errors.test, errors.training))
        };
        let mut agree = true;
        for check in 0..=CHECKS {
            let time = sorted[check * (sorted.len() - 1) / CHECKS];
            let ((a, b), (test, training)) = (found(time), exact(time)?);
            agree &= (a - test).abs() <= AGREEMENT * test
                && (b - training).abs() <= AGREEMENT * test.max(training);
        }
        let chunks: Vec<&[f64]> = times.chunks(CHUNK).collect();
        let errors = in_parallel(&chunks, |chunk| {
            chunk.iter().map(|time| if agree { Ok(found(*time)) } else { exact(*time) }).collect()
        })?;
        let errors: Vec<Vec<(f64, f64)>> = errors;
        let (test, training) = errors.into_iter().flatten().unzip::<_, _, Vec<_>, Vec<_>>();
        let times = Array1::from(times);
        Ok(TrainingCurve { times, test: test.into(), training: training.into() })
    }

    fn nodes(&self, latest: f64) -> Result<Nodes, Error> {
        let measures = self.measures()?;
        let scale = measures.scale;
        let finest = if latest > 0.0 { 0.1 / (latest * scale) } else { f64::INFINITY };
        let mut nodes: Vec<[f64; 3]> = Vec::new();
        if let Some(weighted) = measures.weighted {
            nodes.extend(graded_rule(&weighted.pieces, finest).map(|(x, length, density)| {
                let mass = length * measures.law.density(x);
                [scale * x, measures.share * mass, measures.weight * length * density]
            }));
        }
        let at_zero = |law: &TabulatedLaw| 1.0 - law.mass_off_zero();
        let zero = [
            measures.share * at_zero(measures.law),
            measures.weight * measures.weighted.map_or(0.0, at_zero),
        ];
        let off_zero = |law: &TabulatedLaw| {
            law.atoms().iter().filter(|a| a.location > 0.0).copied().collect::<Vec<_>>()
        };
        for atom in off_zero(measures.law) {
            nodes.push([scale * atom.location, measures.share * atom.mass, 0.0]);
        }
        for atom in measures.weighted.map_or(Vec::new(), off_zero) {
            nodes.push([scale * atom.location, 0.0, measures.weight * atom.mass]);
        }
        nodes.extend(measures.outliers);
        nodes.sort_by(|a, b| a[0].total_cmp(&b[0]));
        Ok(Nodes { nodes, zero })
    }

    fn errors_by_nodes(&self, rule: &Nodes, time: f64) -> (f64, f64) {
        let (alpha2, noise) = (self.target().signal_variance(), self.target().noise_variance());
        let mut training = noise * rule.zero[0];
        let mut test = noise + alpha2 * rule.zero[1];
        for [x, mass, weight] in &rule.nodes {
            let moved = time * x;
            let (r, learned) = if moved < GONE {
                let change = (-moved).exp_m1();
                (1.0 + change, -change)
            } else {
                (0.0, 1.0)
            };
            training += mass * (alpha2 * x + noise) * r * r;
            test += weight * (alpha2 * r * r + noise * learned * (learned / x));
        }
        (test, training)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LimitingSpectrum;
    use crate::activation::Relu;

    /// The rule for all times does, with a hard edge too.
    #[test]
    fn one_rule_for_many_times() {
        for gamma1 in [0.3, 0.7, 1.0, 2.0] {
            let law = LimitingSpectrum::new(gamma1, 1.0, Relu, 1.0);
            for noise in [0.0, 0.5] {
                if noise == 0.0 && gamma1 > 1.0 {
                    // Nothing is left of the errors but what rounding of the edge makes of them.
                    continue;
                }
                let regression = Regression::new(&law, RandomEffects::new(1.0, noise).unwrap());
                let nodes = regression.nodes(1e4).unwrap();
                for power in -8..=16 {
                    let time = 10.0_f64.powf(0.25 * f64::from(power));
                    let exact = regression.errors(&GradientFlow::new(time).unwrap()).unwrap();
                    let (test, training) = regression.errors_by_nodes(&nodes, time);
                    let size = AGREEMENT * exact.test.max(exact.training);
                    assert!((test - exact.test).abs() < size, "{gamma1} {noise} {time}");
                    assert!((training - exact.training).abs() < size, "{gamma1} {noise} {time}");
                }
            }
        }
    }
}
