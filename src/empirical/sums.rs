//! Spectral sums of an estimate.

use super::error_bars::{Regression, sampling_error};
use super::estimated::Radau;
use super::measure::Measure;
use super::{Estimate, SpectralEstimate};
use crate::law::SpectralSums;
use crate::{Error, arguments};

/// Roundings that the products with the operator, its trace and the sums are allowed to have
/// together, relative to the size of what is added: more would hide what the steps leave out,
/// fewer would call an exact trace wrong.
const ROUNDINGS: f64 = 4.0 * f64::EPSILON;

/// Sums over the nodes, $\frac1n \operatorname{tr} f(K)$ in expectation.
/// [`Estimate::times`] makes totals of them.
///
/// **Steps.** Where a lower bound of the spectrum is known, as for kernels, and the ridge lifts
/// it above 0, the sums with a ridge lie between that of the Gauss rules and that of the
/// Gauss–Radau rules with a node there, for each probe: the [`bracket`](Estimate::bracket).
/// Both go on towards the exact value with every step, and the mean stands where they would
/// meet if each kept the pace of the last eighth of the steps. Elsewhere what the finite
/// number of steps leaves out is estimated by the change (in the root mean square) when some
/// of the last eighth of the steps are left out.
///
/// **Probes.** A quadratic form of random signs in a space of dimension N has at most the
/// variance $2 N \operatorname{Var} f$, Var under the law of the eigenvalues. Where the trace
/// of the operator is known exactly, the straight line closest to f takes part of that away,
/// since it is known by how much the probes are wrong about x. The error of the mean is what
/// that bound leaves, or what the spread over the probes allows for, if that is less. Masses
/// have no such bound; the spread has to do there, with the factor of Student's law by which
/// two errors hold as often as those of a normal law.
///
/// The standard error is $\sqrt{s^2 + h^2 + r^2}$, of the error s of the probes, half the width
/// of the bracket, or the change, h, and an allowance r of four roundings of what is added.
///
/// The condition number is the mean over the probes of that between the extreme nodes,
/// which lie inside the spectrum: a lower bound. Its bracket reaches up to what the lower
/// bound of the spectrum leaves possible, if $\lambda$ lifts that above 0.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Tanh;
/// use ntk_spectrum::prelude::*;
///
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(300, 20, 20)?, Tanh);
/// let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
/// let estimate = StochasticQuadrature::new(10, 30)?.estimate(&kernel)?;
/// let determinant = estimate.log_determinant(0.1)?.times(300.0);
/// let exact = NtkBuilder::from_ensemble(&ensemble).build()?.eigenvalues()?;
/// let exact: f64 = exact.iter().map(|x| (x + 0.1).ln()).sum();
/// assert!((determinant.mean - exact).abs() < 3.0 * determinant.standard_error.unwrap());
/// // The trace is known.
/// let trace = estimate.expectation(&|x| x)?.times(300.0);
/// assert!((trace.mean / kernel.trace()? - 1.0).abs() < 1e-12);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
impl SpectralSums for SpectralEstimate {
    type Sum = Estimate;

    fn expectation(&self, f: &dyn Fn(f64) -> f64) -> Result<Estimate, Error> {
        for measure in self.measures.iter().chain(self.shorter.iter().flatten()) {
            if let Some(node) = measure.nodes.iter().find(|node| !f(**node).is_finite()) {
                return Err(Error::InvalidParameter {
                    name: "f at a node",
                    value: *node,
                    allowed: "a place where f is finite",
                });
            }
        }
        let truncation = self.truncation(|measure| measure.integral(f));
        let random = self.measures.iter().map(|measure| &measure.random);
        let sums = random.map(|rule| self.sum(rule, f)).collect();
        Ok(self.estimate(sums, truncation, f))
    }

    fn effective_dimension(&self, lambda: f64) -> Result<Estimate, Error> {
        arguments::positive("lambda", lambda)?;
        self.ridge_sum(lambda, &|x| x / (x + lambda))
    }

    fn log_determinant(&self, lambda: f64) -> Result<Estimate, Error> {
        self.ridge_sum(lambda, &|x| (x + lambda).ln())
    }

    fn inverse_trace(&self, lambda: f64) -> Result<Estimate, Error> {
        self.ridge_sum(lambda, &|x| (x + lambda).recip())
    }

    fn condition_number(&self, lambda: f64) -> Result<Estimate, Error> {
        self.check_ridge(lambda)?;
        let ends =
            |measure: &Measure| measure.nodes.first().copied().zip(measure.nodes.last().copied());
        let condition = |measure: &Measure| {
            ends(measure).map_or(f64::NAN, |(first, last)| (last + lambda) / (first + lambda))
        };
        let estimate = self.functional(condition);
        let floor = self.known.lower_bound.map(|bound| bound + lambda).filter(|end| *end > 0.0);
        let top = self.measures.iter().filter_map(ends).map(|(_, last)| last + lambda);
        let least = self.measures.iter().map(condition).fold(1.0, f64::max);
        let bracket = floor.map(|floor| [least, top.fold(0.0, f64::max) / floor]);
        Ok(Estimate { bracket, ..estimate })
    }
}

impl SpectralEstimate {
    /// Estimates the fraction of eigenvalues in $(a, b\]$. [`times`](Estimate::times) n
    /// it is their number.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless a ≤ b; both may be infinite.
    pub fn interval_mass(&self, a: f64, b: f64) -> Result<Estimate, Error> {
        arguments::parameter("b", b, a <= b, "a number that is at least a")?;
        Ok(self.functional(|measure| measure.sides(b).1 - measure.sides(a).1))
    }

    /// A sum of f whose derivatives alternate in sign above $-\lambda$.
    fn ridge_sum(&self, lambda: f64, f: &dyn Fn(f64) -> f64) -> Result<Estimate, Error> {
        self.check_ridge(lambda)?;
        let end = self.known.lower_bound.filter(|bound| bound + lambda > 0.0);
        let (Some(Radau { whole, shorter }), Some(_)) = (&self.radau, end) else {
            return self.expectation(f);
        };
        let sums = |rules: &mut dyn Iterator<Item = &Vec<(f64, f64)>>| -> Vec<f64> {
            rules.map(|rule| self.sum(rule, f)).collect()
        };
        let random = |measures: &[Measure]| -> Vec<f64> {
            sums(&mut measures.iter().map(|measure| &measure.random))
        };
        let (gauss, radau) = (random(&self.measures), sums(&mut whole.iter()));
        if radau.is_empty() {
            // Everything is known.
            return self.expectation(f);
        }
        let change = |shorter: Vec<f64>, sums: &[f64]| {
            shorter.iter().zip(sums).map(|(shorter, sum)| (sum - shorter).abs()).sum::<f64>()
        };
        let fewer = self.shorter.last().map_or(gauss.clone(), |measures| random(measures));
        let (of_gauss, of_radau) =
            (change(fewer, &gauss), change(sums(&mut shorter.iter()), &radau));
        let share = if of_gauss + of_radau > 0.0 { of_gauss / (of_gauss + of_radau) } else { 0.5 };
        let pairs = gauss.iter().zip(&radau);
        let between = pairs.clone().map(|(gauss, radau)| gauss + share * (radau - gauss));
        let ends = pairs.map(|(gauss, radau)| [gauss.min(*radau), gauss.max(*radau)]);
        let [lower, upper] = ends.fold([0.0, 0.0], |[a, b], [lower, upper]| [a + lower, b + upper]);
        let (count, between) = (gauss.len() as f64, between.collect::<Vec<f64>>());
        let middle = between.iter().sum::<f64>() / count;
        let estimate = self.estimate(between, 0.5 * (upper - lower) / count, f);
        // What is known of the probes moves all alike.
        let bracket = [lower, upper].map(|end| estimate.mean + (end / count - middle));
        Ok(Estimate { bracket: Some(bracket), ..estimate })
    }

    /// Checks λ against all nodes.
    fn check_ridge(&self, lambda: f64) -> Result<f64, Error> {
        let measures = self.measures.iter().chain(self.shorter.iter().flatten());
        let nodes = measures.filter_map(|measure| measure.nodes.first());
        arguments::ridge(lambda, nodes.copied().fold(f64::INFINITY, f64::min))
    }

    /// What is known of a sum, and the share of the probe with this rule.
    fn sum(&self, rule: &[(f64, f64)], f: &dyn Fn(f64) -> f64) -> f64 {
        let random: f64 = rule.iter().map(|(node, weight)| weight * f(*node)).sum();
        let rest = if rule.is_empty() { 0.0 } else { self.known.rest() };
        self.known.integral(f) + rest * random
    }

    /// The estimate from the sums of all probes; `steps` is what the steps may leave out.
    fn estimate(&self, mut sums: Vec<f64>, steps: f64, f: &dyn Fn(f64) -> f64) -> Estimate {
        let nodes = self.measures.iter().flat_map(|measure| &measure.random);
        let triples: Vec<_> = nodes.map(|(node, weight)| (*node, f(*node), *weight)).collect();
        let (size, rest) = (self.size() as f64, self.known.rest());
        let line = Regression::new(&triples, self.trace.is_some());
        if let Some(trace) = self.trace {
            let exact = trace / size - self.known.integral(&|x| x);
            for (sum, matrix) in sums.iter_mut().zip(&self.matrices) {
                *sum -= line.rise(rest * matrix.alpha()[0] - exact);
            }
        }
        // N = n · rest.
        let deviation =
            if triples.is_empty() { 0.0 } else { line.deviation * (2.0 * rest / size).sqrt() };
        let count = sums.len() as f64;
        let mean = sums.iter().sum::<f64>() / count;
        let error = sampling_error(&sums, Some(deviation));
        let added = triples
            .iter()
            .map(|(node, value, weight)| weight * (value.abs() + line.rise(*node).abs()));
        let rounding = ROUNDINGS * (mean.abs() + added.sum::<f64>() / count);
        Estimate::new(mean, error.map(|error| error.hypot(steps).hypot(rounding)))
    }

    /// What the change of a figure with the steps says of those that are left out.
    fn truncation(&self, f: impl Fn(&Measure) -> f64) -> f64 {
        let mean = Estimate::of(self.measures.iter().map(&f)).mean;
        let change = |shorter: &Vec<Measure>| Estimate::of(shorter.iter().map(&f)).mean - mean;
        let changes = self.shorter.iter().map(change).fold(0.0, f64::hypot);
        changes / (self.shorter.len().max(1) as f64).sqrt()
    }

    /// A figure of each probe, with its standard error.
    fn functional(&self, f: impl Fn(&Measure) -> f64) -> Estimate {
        let figures: Vec<f64> = self.measures.iter().map(&f).collect();
        let mean = figures.iter().sum::<f64>() / figures.len() as f64;
        let error = sampling_error(&figures, None);
        Estimate::new(mean, error.map(|error| error.hypot(self.truncation(f))))
    }
}
