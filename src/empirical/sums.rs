//! Spectral sums of an estimate.

use super::measure::Measure;
use super::{Estimate, SpectralEstimate};
use crate::Error;

/// Spectral sums are divided by n: $\frac1n \operatorname{tr} f(K)$. Their standard
/// errors put together the spread over the probes and, as an estimate of what the
/// finite number of steps leaves out, the change of the mean (in the root mean
/// square) when some of the last eighth of the steps are left out.
/// [`Estimate::times`] makes totals of them.
impl SpectralEstimate {
    /// $\frac1n \operatorname{tr} f(K)$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when f is not finite at a node.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::empirical::StochasticQuadrature;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::ntk::NtkBuilder;
    ///
    /// let ensemble = TwoLayerEnsemble::new(300, 20, 20, Tanh);
    /// let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
    /// let estimate = StochasticQuadrature::new(10, 30)?.estimate(&kernel)?;
    /// let trace = estimate.spectral_sum(|x| x)?.times(300.0);
    /// let error = trace.standard_error.unwrap();
    /// assert!((trace.mean - kernel.trace()?).abs() < 4.0 * error);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn spectral_sum(&self, f: impl Fn(f64) -> f64) -> Result<Estimate, Error> {
        for measure in self.measures.iter().chain(self.shorter.iter().flatten()) {
            if let Some(node) = measure.nodes.iter().find(|node| !f(**node).is_finite()) {
                return Err(Error::InvalidParameter {
                    name: "f at a node",
                    value: *node,
                    allowed: "a place where f is finite",
                });
            }
        }
        Ok(self.functional(|measure| measure.integral(&f)))
    }

    /// $\frac1n \log\det(K + \lambda) = \frac1n \sum_i \log(\lambda_i + \lambda)$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when λ is negative or not finite, or 0 although
    /// eigenvalues are 0.
    pub fn log_determinant(&self, lambda: f64) -> Result<Estimate, Error> {
        self.regularised(lambda, |x| (x + lambda).ln())
    }

    /// $\frac1n \operatorname{tr} K (K + \lambda)^{-1}$, the effective dimension (or
    /// degrees of freedom) at the ridge λ, divided by n.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless λ is finite and above 0.
    pub fn effective_dimension(&self, lambda: f64) -> Result<Estimate, Error> {
        if lambda.is_nan() || lambda <= 0.0 {
            return Err(invalid(lambda, "a finite number above 0"));
        }
        self.regularised(lambda, |x| x / (x + lambda))
    }

    /// $\frac1n \operatorname{tr} (K + \lambda)^{-1}$.
    ///
    /// # Errors
    /// As [`log_determinant`](Self::log_determinant).
    pub fn inverse_trace(&self, lambda: f64) -> Result<Estimate, Error> {
        self.regularised(lambda, |x| (x + lambda).recip())
    }

    /// The fraction of eigenvalues in $(a, b\]$. [`times`](Estimate::times) n it is
    /// their number.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless a ≤ b; both may be infinite.
    pub fn interval_mass(&self, a: f64, b: f64) -> Result<Estimate, Error> {
        if a.is_nan() || b.is_nan() || a > b {
            let (name, value, allowed) = ("b", b, "a number that is at least a");
            return Err(Error::InvalidParameter { name, value, allowed });
        }
        Ok(self.functional(|measure| measure.sides(b).1 - measure.sides(a).1))
    }

    fn regularised(&self, lambda: f64, f: impl Fn(f64) -> f64) -> Result<Estimate, Error> {
        if !(lambda >= 0.0 && lambda.is_finite()) {
            return Err(invalid(lambda, "a finite number, at least 0"));
        }
        let measures = self.measures.iter().chain(self.shorter.iter().flatten());
        let nodes = measures.flat_map(|measure| &measure.nodes);
        if nodes.copied().fold(f64::INFINITY, f64::min) + lambda <= 0.0 {
            return Err(invalid(lambda, "a number above 0 where the operator is singular"));
        }
        self.spectral_sum(f)
    }

    /// A figure of each probe, with its standard error.
    fn functional(&self, f: impl Fn(&Measure) -> f64) -> Estimate {
        let Estimate { mean, standard_error } = Estimate::of(self.measures.iter().map(&f));
        let change = |shorter: &Vec<Measure>| Estimate::of(shorter.iter().map(&f)).mean - mean;
        let squares = self.shorter.iter().map(|shorter| change(shorter).powi(2)).sum::<f64>();
        let truncation = (squares / self.shorter.len().max(1) as f64).sqrt();
        Estimate { mean, standard_error: standard_error.map(|error| error.hypot(truncation)) }
    }
}

fn invalid(lambda: f64, allowed: &'static str) -> Error {
    Error::InvalidParameter { name: "lambda", value: lambda, allowed }
}
