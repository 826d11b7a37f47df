//! How conjugate gradients converge.

use super::RandomEffects;
use super::finite_size::FiniteSize;
use crate::law::SpectralLaw;
use crate::numerics::gauss;
use crate::numerics::piece_integral::even_rule;
use crate::{Dimensions, Error, LimitingSpectrum, arguments};

/// Iterations at most: their number squared times that of the nodes is the cost.
const MOST_ITERATIONS: usize = 2000;

/// Iterations that are asked for at first; then twice as many.
const FIRST: usize = 32;

/// The convergence of Krylov methods on $(K + \lambda)\\,u = y$, for y with isotropic
/// coefficients in the eigenvectors of K: after k steps, in the limit for fixed k and exactly,
///
/// $$ \frac{|r_k|}{|r_0|} = \frac{1}{|\pi_k(-\lambda)|} \quad \text{(conjugate gradients)},
/// \qquad \Bigl(\sum_{j \le k} \pi_j(-\lambda)^2\Bigr)^{-1/2} \quad \text{(MINRES)} , $$
///
/// with $\pi_k$ the orthonormal polynomials of μ. The rate is $\frac{\sqrt{E + \lambda} -
/// \sqrt{e + \lambda}}{\sqrt{E + \lambda} + \sqrt{e + \lambda}}$, e and E the ends of the
/// support.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::learning::ConjugateGradient;
///
/// let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
/// let solver = ConjugateGradient::new(&law, 0.1)?;
/// assert_eq!((solver.iterations(1e-2)?, solver.iterations(1e-4)?), (10, 18));
/// assert!((solver.residuals(5)?[5] - 0.0944848445542).abs() < 1e-11);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: Deift and Trogdon, arXiv:1901.09007; Paquette and Trogdon, arXiv:2007.00640;
/// [learning](crate::guide::learning), 6.
#[doc(alias = "CG")]
#[doc(alias = "Krylov")]
#[derive(Debug, Clone)]
pub struct ConjugateGradient<'a, L> {
    law: &'a L,
    lambda: f64,
    weight: (f64, f64),
    finite: Option<Result<FiniteSize, Error>>,
}

impl<'a, L: SpectralLaw> ConjugateGradient<'a, L> {
    /// Takes the law of K, and λ.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when λ is negative or not finite, or 0 although the support
    /// reaches 0; as the queries of the law.
    pub fn new(law: &'a L, lambda: f64) -> Result<Self, Error> {
        arguments::ridge(lambda, law.tabulated()?.lower_end())?;
        Ok(Self { law, lambda, weight: (0.0, 1.0), finite: None })
    }

    /// Sets what y is: a random signal with noise, whose coefficients have the variances
    /// $\alpha^2 x + s^2$; isotropic by default.
    #[must_use]
    pub fn with_target(self, target: &RandomEffects) -> Self {
        Self { weight: (target.signal_variance(), target.noise_variance()), ..self }
    }

    /// Computes the residuals of conjugate gradients after 0, 1, … k steps, relative to that
    /// after 0.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for more than 2000 steps; as the queries of the law.
    ///
    /// # Complexity
    /// $O(k^3)$ operations: a millisecond for 30 steps, seconds for 500, minutes for 2000.
    pub fn residuals(&self, k: usize) -> Result<ndarray::Array1<f64>, Error> {
        Ok(self.polynomials(k)?.into_iter().map(|log| (-log).exp()).collect())
    }

    /// Computes the same of MINRES.
    ///
    /// # Errors
    /// As [`residuals`](Self::residuals).
    pub fn minres_residuals(&self, k: usize) -> Result<ndarray::Array1<f64>, Error> {
        // log Σ π_j², by what is largest.
        let mut total = f64::NEG_INFINITY;
        let logs = self.polynomials(k)?.into_iter().map(|log| {
            let (least, most) = (total.min(2.0 * log), total.max(2.0 * log));
            // Infinite once the space is exhausted.
            total = if most == f64::INFINITY { most } else { most + (least - most).exp().ln_1p() };
            (-0.5 * total).exp()
        });
        Ok(logs.collect())
    }

    /// Counts the steps of conjugate gradients until the relative residual is below
    /// `tolerance`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless `tolerance` is in (0, 1); [`Error::NotConverged`] when
    /// 2000 steps are not enough; as the queries of the law.
    pub fn iterations(&self, tolerance: f64) -> Result<usize, Error> {
        self.first_below(tolerance, |k| self.residuals(k))
    }

    /// Counts the same of MINRES.
    ///
    /// # Errors
    /// As [`iterations`](Self::iterations).
    pub fn minres_iterations(&self, tolerance: f64) -> Result<usize, Error> {
        self.first_below(tolerance, |k| self.minres_residuals(k))
    }

    fn first_below(
        &self,
        tolerance: f64,
        residuals: impl Fn(usize) -> Result<ndarray::Array1<f64>, Error>,
    ) -> Result<usize, Error> {
        let valid = tolerance > 0.0 && tolerance < 1.0;
        arguments::parameter("tolerance", tolerance, valid, "a number in (0, 1)")?;
        let mut steps = FIRST;
        loop {
            let found = residuals(steps)?;
            if let Some(first) = found.iter().position(|residual| *residual < tolerance) {
                return Ok(first);
            }
            // Where the space is exhausted there are no more.
            let last = found.last().copied().unwrap_or(f64::NAN);
            if steps == MOST_ITERATIONS {
                return Err(Error::NotConverged {
                    computation: "conjugate gradients",
                    at: tolerance,
                    iterate: last.into(),
                    residual: last,
                });
            }
            steps = (2 * steps).min(MOST_ITERATIONS);
        }
    }

    /// log |π_k(−λ)| for 0, 1, … k; infinite once the space is exhausted.
    fn polynomials(&self, k: usize) -> Result<Vec<f64>, Error> {
        let allowed = "at most 2000";
        arguments::size_if("k", k, k <= MOST_ITERATIONS, allowed)?;
        let (nodes, weights) = self.measure(k)?;
        // In units of the largest, whose squares are numbers.
        let unit = nodes.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let heaviest = weights.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let nodes: Vec<f64> = nodes.iter().map(|x| x / unit).collect();
        let weights: Vec<f64> = weights.iter().map(|w| w / heaviest).collect();
        let lambda = self.lambda / unit;
        let (alpha, beta) = gauss::jacobi_of_measure(&nodes, &weights, k + 1);
        // All of one sign but for (−1)^k: π_k has its roots above −λ.
        let mut logs = vec![0.0];
        let mut ratio = f64::INFINITY;
        for j in 0..k {
            let Some(next) = beta.get(j) else {
                logs.push(f64::INFINITY);
                continue;
            };
            // |π_{j+1}/π_j|
            let last = if j == 0 { 0.0 } else { beta[j - 1] / ratio };
            ratio = (lambda + alpha[j] - last) / next;
            logs.push(logs[j] + ratio.ln());
        }
        Ok(logs)
    }

    /// Nodes and weights of the law of y in the eigenvectors, enough for k steps.
    fn measure(&self, k: usize) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let finite = match &self.finite {
            Some(Ok(finite)) => Some(finite),
            Some(Err(error)) => return Err(error.clone()),
            None => None,
        };
        let (table, scale, share) = match finite {
            Some(finite) => (finite.bulk.solve()?, finite.scale, finite.share),
            None => (self.law.tabulated()?, 1.0, 1.0),
        };
        let bulk = even_rule(&table.pieces, k);
        let atoms = table.atoms().iter().map(|atom| (atom.location, atom.mass));
        let mut all: Vec<(f64, f64)> =
            atoms.chain(bulk).map(|(x, mass)| (scale * x, share * mass)).collect();
        if let Some(finite) = finite {
            all.extend(finite.outliers.iter().map(|[x, mass, _]| (*x, *mass)));
        }
        let (signal, noise) = self.weight;
        let size = signal.max(noise);
        let (signal, noise) = (signal / size, noise / size);
        let weighted = all.into_iter().map(|(x, mass)| (x, mass * (signal * x + noise)));
        Ok(weighted.filter(|(_, weight)| *weight > 0.0).unzip())
    }
}

impl ConjugateGradient<'_, LimitingSpectrum> {
    /// Sets the dimensions of a finite network, whose outliers then have to be found too. As
    /// [`Regression::with_dimensions`](super::Regression::with_dimensions).
    #[must_use]
    pub fn with_dimensions(self, dimensions: Dimensions) -> Self {
        Self { finite: Some(FiniteSize::new(self.law, dimensions)), ..self }
    }
}
