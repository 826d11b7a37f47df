//! Spectral sums of an estimate.

use super::measure::Measure;
use super::{Estimate, SpectralEstimate};
use crate::law::SpectralSums;
use crate::{Error, arguments};

/// Sums over the nodes, $\frac1n \operatorname{tr} f(K)$ in expectation. Their standard
/// errors put together the spread over the probes and, as an estimate of what the
/// finite number of steps leaves out, the change of the mean (in the root mean
/// square) when some of the last eighth of the steps are left out.
/// [`Estimate::times`] makes totals of them.
///
/// The condition number is the mean over the probes of that between the extreme nodes,
/// which lie inside the spectrum: a lower bound.
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
/// let trace = estimate.expectation(&|x| x)?.times(300.0);
/// let error = trace.standard_error.unwrap();
/// assert!((trace.mean - kernel.trace()?).abs() < 4.0 * error);
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
        Ok(self.functional(|measure| measure.integral(f)))
    }

    fn condition_number(&self, lambda: f64) -> Result<Estimate, Error> {
        // Says what is wrong with λ.
        self.inverse_trace(lambda)?;
        Ok(self.functional(|measure| {
            let ends = measure.nodes.first().zip(measure.nodes.last());
            ends.map_or(f64::NAN, |(first, last)| (last + lambda) / (first + lambda))
        }))
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

    /// A figure of each probe, with its standard error.
    fn functional(&self, f: impl Fn(&Measure) -> f64) -> Estimate {
        let Estimate { mean, standard_error } = Estimate::of(self.measures.iter().map(&f));
        let change = |shorter: &Vec<Measure>| Estimate::of(shorter.iter().map(&f)).mean - mean;
        let changes = self.shorter.iter().map(change).fold(0.0, f64::hypot);
        let truncation = changes / (self.shorter.len().max(1) as f64).sqrt();
        Estimate { mean, standard_error: standard_error.map(|error| error.hypot(truncation)) }
    }
}
