//! `SpectralEstimate`: the law of all eigenvalues, estimated.

use super::measure::{Known, Measure, Variable};
use super::{EmpiricalSpectrum, Estimate, Split};
use crate::krylov::{Findings, JacobiMatrix, StochasticQuadrature, SymmetricOperator};
use crate::law::SpectralLaw;
use crate::spectrum::PredictedOutliers;
use crate::{Error, arguments, memory};

/// Smaller numbers of steps that are looked at, up to an eighth less.
const LEVELS: usize = 6;

/// An estimate of the law $\frac1n \sum_i \delta_{\lambda_i}$ of the eigenvalues of
/// a symmetric operator, from the Gauss rules of some probes.
///
/// Made by [`StochasticQuadrature::estimate`]. Figures come as
/// [`Estimate`]s, means over the probes with standard errors that know of the
/// random probes; sums and masses also of the finite number of steps. The
/// distribution function of a probe takes the Gauss rule's node to be the middle of
/// its step, and runs straight in between (in $\\sqrt x$, when none is negative), but
/// not across gaps.
#[doc(alias = "SLQ")]
#[doc(alias = "density of states")]
#[derive(Debug, Clone, PartialEq)]
pub struct SpectralEstimate {
    size: usize,
    zeros: usize,
    products: usize,
    pub(super) known: Known,
    pub(super) trace: Option<f64>,
    pub(super) matrices: Vec<JacobiMatrix>,
    /// One for each probe, at least one.
    pub(super) measures: Vec<Measure>,
    /// The Gauss–Radau rules with a node at the lower bound, if there is one.
    pub(super) radau: Option<Radau>,
    /// The same from some smaller numbers of steps; what the steps that are left out
    /// change is an estimate of what more of them would.
    pub(super) shorter: Vec<Vec<Measure>>,
    /// The mean distribution function: place, value on the left, on the right, and
    /// the variable in which it runs straight in between.
    corners: Vec<(f64, f64, f64)>,
    variable: Variable,
}

/// Nodes and weights of Gauss–Radau rules, one for each matrix.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Radau {
    pub(super) whole: Vec<Vec<(f64, f64)>>,
    /// Those of the smallest number of steps that is looked at.
    pub(super) shorter: Vec<Vec<(f64, f64)>>,
}

impl StochasticQuadrature {
    /// Estimates the law of all eigenvalues of `operator`.
    ///
    /// # Errors
    /// [`Error::NotSymmetric`] and [`Error::NonFiniteOperator`] for operators that
    /// are no such thing, [`Error::InvalidSize`] for one of size 0,
    /// [`Error::MemoryLimit`], [`Error::Cancelled`], and the errors of the operator
    /// and of the [`Checkpoint`](crate::krylov::Checkpoint).
    ///
    /// # Complexity
    /// `probes` · `steps` products, $4n \cdot \texttt{steps}^2$ operations for
    /// each probe to keep its vectors orthogonal, and 8n(`steps` + 1) bytes.
    pub fn estimate(&self, operator: &dyn SymmetricOperator) -> Result<SpectralEstimate, Error> {
        SpectralEstimate::new(self.run(operator)?)
    }
}

impl SpectralEstimate {
    fn new(findings: Findings) -> Result<Self, Error> {
        let Findings { size, zeros, set_aside, lower_bound, trace, matrices, products } = findings;
        let unit = 1.0 / size as f64;
        let known = Known { zeros: zeros as f64 / size as f64, set_aside, unit, lower_bound };
        let shortened = |matrix: &JacobiMatrix, fewer: usize| {
            // Of an exhausted space nothing is left out.
            let fewer = if matrix.beta()[matrix.steps() - 1] > 0.0 { fewer } else { 0 };
            matrix.truncated(matrix.steps().saturating_sub(fewer))
        };
        let measures = |fewer: usize| {
            let measure = |matrix| Measure::new(&shortened(matrix, fewer), &known);
            match matrices.as_slice() {
                [] => Ok(vec![Measure::zero()]),
                all => all.iter().map(measure).collect::<Result<Vec<_>, Error>>(),
            }
        };
        let steps = matrices.iter().map(JacobiMatrix::steps).max().unwrap_or(0);
        let most = steps.div_ceil(8);
        let levels = most.min(LEVELS);
        let shorter: Vec<Vec<Measure>> = (1..=levels)
            .map(|level| measures((level * most).div_ceil(levels)))
            .collect::<Result<_, Error>>()?;
        let measures = measures(0)?;
        let radau = |end: f64, fewer: usize| {
            let rule = |matrix| -> Result<Vec<(f64, f64)>, Error> {
                let rule = shortened(matrix, fewer).gauss_radau_rule(end);
                let (nodes, weights) = rule.map_err(|error| match error {
                    // It is called so where it was given.
                    Error::InvalidParameter { value, allowed, .. } => {
                        Error::InvalidParameter { name: "bound", value, allowed }
                    }
                    error => error,
                })?;
                Ok(nodes.into_iter().map(|node| node.max(end)).zip(weights).collect())
            };
            matrices.iter().map(rule).collect::<Result<Vec<_>, Error>>()
        };
        let radau = match known.lower_bound {
            Some(end) => Some(Radau { whole: radau(end, 0)?, shorter: radau(end, most)? }),
            None => None,
        };
        let trace = trace.filter(|trace| trace.is_finite());
        let mut places: Vec<f64> = measures.iter().flat_map(Measure::places).collect();
        places.sort_by(f64::total_cmp);
        places.dedup();
        let count = measures.len() as f64;
        let corner = |x: f64| {
            let (left, right) = measures.iter().fold((0.0, 0.0), |(left, right), measure| {
                let sides = measure.sides(x);
                (left + sides.0 / count, right + sides.1 / count)
            });
            (x, left, right)
        };
        let corners = places.into_iter().map(corner).collect();
        let plain = measures.iter().any(|measure| measure.variable == Variable::Plain);
        let variable = if plain { Variable::Plain } else { Variable::Root };
        Ok(Self {
            size,
            zeros,
            products,
            known,
            trace,
            matrices,
            measures,
            radau,
            shorter,
            corners,
            variable,
        })
    }

    /// Returns the number n of eigenvalues.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Counts those that are known to be 0, because the operator has a
    /// [smaller one](crate::krylov::SymmetricOperator::compressed). Others may be.
    #[must_use]
    pub fn forced_zeros(&self) -> usize {
        self.zeros
    }

    /// Lists the eigenvalues that were set aside
    /// ([`with_deflation`](StochasticQuadrature::with_deflation)), the largest in absolute
    /// value first.
    #[must_use]
    pub fn set_aside(&self) -> &[f64] {
        &self.known.set_aside
    }

    /// Returns the number of products with vectors that it took.
    #[must_use]
    pub fn products(&self) -> usize {
        self.products
    }

    /// Returns what the Lanczos process found from each probe, of the smaller operator if
    /// there is one.
    #[must_use]
    pub fn jacobi_matrices(&self) -> &[JacobiMatrix] {
        &self.matrices
    }

    /// Lists the nodes with their weights, of all probes together, ascending; the weights
    /// sum to 1.
    #[must_use]
    pub fn nodes(&self) -> Vec<(f64, f64)> {
        let count = self.measures.len() as f64;
        let mut nodes: Vec<(f64, f64)> = Vec::new();
        for Measure { nodes: places, weights, .. } in &self.measures {
            nodes.extend(places.iter().zip(weights).map(|(node, weight)| (*node, weight / count)));
        }
        nodes.sort_by(|a, b| a.0.total_cmp(&b.0));
        nodes
    }

    /// Estimates the fraction of eigenvalues that are at most x; NaN if x is NaN. Its
    /// standard error is the spread over probes, so that mean ± two of them is a band of
    /// confidence where the steps resolve the spectrum.
    #[must_use]
    pub fn cdf(&self, x: f64) -> Estimate {
        Estimate::of(self.measures.iter().map(|m| if x.is_nan() { x } else { m.sides(x).1 }))
    }

    /// Estimates the density of the eigenvalues at x: of the distribution function, smoothed
    /// by a Gaussian of standard deviation `width`, atoms included.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless `width` is finite and above 0.
    pub fn density(&self, x: f64, width: f64) -> Result<Estimate, Error> {
        arguments::positive("width", width)?;
        Ok(Estimate::of(self.measures.iter().map(|measure| measure.density(x, width))))
    }

    /// Returns the smallest x at which the mean distribution function reaches q.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless q is in $\[0, 1\]$.
    pub fn quantile(&self, q: f64) -> Result<f64, Error> {
        Ok(self.inverse(arguments::probability("q", q)?))
    }

    fn inverse(&self, q: f64) -> f64 {
        let place = self.corners.partition_point(|corner| corner.2 < q);
        let Some((to, high, _)) = self.corners.get(place) else {
            // Reached but for rounding.
            return self.corners[self.corners.len() - 1].0;
        };
        match place.checked_sub(1).map(|below| self.corners[below]) {
            Some((from, _, low)) if q < *high => {
                let (from, to) = (self.variable.of(from), self.variable.of(*to));
                self.variable.inverse(from + (to - from) * (q - low) / (high - low))
            }
            _ => *to,
        }
    }

    /// Returns the estimate as n eigenvalues, the quantiles at $(i - \frac12)/n$; everything
    /// that can be asked of a full spectrum can be asked of it.
    ///
    /// # Errors
    /// [`Error::MemoryLimit`] when they take more than 16 GiB, and as
    /// [`EmpiricalSpectrum::new`], in particular for negative ones.
    pub fn spectrum(&self) -> Result<EmpiricalSpectrum, Error> {
        self.midquantiles(|q| q)
    }

    /// Takes the estimate apart, see [`Split`].
    ///
    /// Where outliers are predicted, all of them outside the law's support, their
    /// number is taken as known: the masses on the two sides of the gap, forced zeros
    /// aside, are scaled to it. The random probes alone would say it with an error of
    /// its root.
    ///
    /// # Errors
    /// As [`spectrum`](Self::spectrum), and as [`SpectralLaw::tabulated`].
    pub fn split(
        &self,
        law: &(impl SpectralLaw + ?Sized),
        predicted: &PredictedOutliers,
    ) -> Result<Split, Error> {
        let end = law.tabulated()?.upper_end();
        let lowest = predicted.locations().iter().copied().fold(f64::INFINITY, f64::min);
        let share = predicted.count() as f64 / self.size as f64;
        let gap = (end * lowest).sqrt();
        let below = self.cdf(gap).mean;
        let (zeros, known) = (self.zeros as f64 / self.size as f64, 1.0 - share);
        if !(lowest > end && gap.is_finite() && zeros < below.min(known) && below < 1.0) {
            return self.spectrum()?.split(law, predicted);
        }
        // From the fraction of eigenvalues to the mean distribution function.
        let level = |q: f64| {
            if q <= zeros {
                q
            } else if q < known {
                zeros + (q - zeros) / (known - zeros) * (below - zeros)
            } else {
                1.0 - (1.0 - q) / share * (1.0 - below)
            }
        };
        self.midquantiles(level)?.split(law, predicted)
    }

    fn midquantiles(&self, level: impl Fn(f64) -> f64) -> Result<EmpiricalSpectrum, Error> {
        memory::check("the estimated eigenvalues", self.size, 1, memory::DEFAULT_LIMIT)?;
        let n = self.size as f64;
        EmpiricalSpectrum::new((0..self.size).map(|i| self.inverse(level((i as f64 + 0.5) / n))))
    }
}
