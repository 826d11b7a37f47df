//! Figures over repeated samples.

use std::fmt::{Display, Formatter, Result as Written};

use super::figure::figure;
use super::{Comparison, Pair};
use crate::{Error, arguments};

/// A mean over samples, with its standard error.
///
/// A spectral sum of a [`SpectralEstimate`](super::SpectralEstimate) may have a bracket, too.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Estimate {
    /// The mean of the samples.
    pub mean: f64,
    /// $s/\sqrt k$ with the sample standard deviation s (divisor $k - 1$) of k
    /// samples; `None` of a single one. Of spectral sums it is more, see
    /// [`SpectralEstimate`](super::SpectralEstimate).
    pub standard_error: Option<f64>,
    /// Two numbers between which the mean over these probes lies for certain, whatever the
    /// finite number of Lanczos steps leaves out; other probes have another mean. `None`
    /// where there are no such bounds.
    #[cfg_attr(feature = "serde", serde(default))]
    pub bracket: Option<[f64; 2]>,
}

impl Estimate {
    /// Takes a mean and its standard error, if that is known.
    #[must_use]
    pub fn new(mean: f64, standard_error: Option<f64>) -> Self {
        Self { mean, standard_error, bracket: None }
    }

    /// Multiplies the estimate by a number: of a total, from that of a mean.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::Estimate;
    ///
    /// let mean = Estimate::new(0.25, Some(0.01));
    /// assert_eq!(mean.times(-8.0), Estimate::new(-2.0, Some(0.08)));
    /// ```
    #[must_use]
    pub fn times(self, factor: f64) -> Self {
        let standard_error = self.standard_error.map(|error| error * factor.abs());
        let bracket = self.bracket.map(|ends| {
            let [a, b] = ends.map(|end| end * factor);
            [a.min(b), a.max(b)]
        });
        Self { mean: self.mean * factor, standard_error, bracket }
    }

    /// The estimate from samples of which there is at least one.
    pub(super) fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let count = values.clone().count() as f64;
        let mean = values.clone().sum::<f64>() / count;
        // Squares of their own might underflow.
        let spread = values.map(|x| x - mean).fold(0.0, f64::hypot);
        let standard_error = (count > 1.0).then(|| spread / (count - 1.0).sqrt() / count.sqrt());
        Self::new(mean, standard_error)
    }
}

impl Display for Estimate {
    fn fmt(&self, f: &mut Formatter) -> Written {
        match self.standard_error {
            Some(error) => write!(f, "{} ± {}", figure(self.mean), figure(error)),
            None => write!(f, "{}", figure(self.mean)),
        }
    }
}

/// A quantile over repeated samples.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PooledQuantile {
    /// The probability q.
    pub probability: f64,
    /// Sample minus law.
    pub difference: Estimate,
}

/// Means and standard errors of the figures of [`Comparison`] over repeated
/// samples.
///
/// It averages distances. The distance of all samples thrown together is that of
/// [`EmpiricalSpectrum::pooled`](super::EmpiricalSpectrum::pooled), smaller where
/// the samples scatter to both sides of the law.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum, PooledComparison};
/// use ntk_spectrum::law::Uniform;
/// use ntk_spectrum::spectrum::PredictedOutliers;
///
/// let law = Uniform::new(0.0, 1.0)?;
/// let mut comparisons = Vec::new();
/// for values in [[0.3, 0.8], [0.1, 0.6]] {
///     let split = EmpiricalSpectrum::new(values)?.split(&law, &PredictedOutliers::none())?;
///     comparisons.push(Comparison::new(&split, &law)?);
/// }
/// let pooled = PooledComparison::new(&comparisons)?;
/// // Distances 0.3 and 0.4.
/// assert!((pooled.kolmogorov_smirnov.mean - 0.35).abs() < 1e-12);
/// assert!((pooled.kolmogorov_smirnov.standard_error.unwrap() - 0.05).abs() < 1e-12);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PooledComparison {
    /// The number of samples.
    pub samples: usize,
    /// Number of outliers.
    pub outliers: Estimate,
    /// Fraction of zeros minus the law's atom at 0.
    pub atom: Estimate,
    /// Mean of the bulk minus that of the law on $(0, \infty)$.
    pub mean: Estimate,
    /// Variance, the same.
    pub variance: Estimate,
    /// Quantiles, the same.
    pub quantiles: Vec<PooledQuantile>,
    /// Kolmogorov–Smirnov distance.
    pub kolmogorov_smirnov: Estimate,
    /// Cramér–von Mises distance.
    pub cramer_von_mises: Estimate,
    /// Wasserstein-1 distance.
    pub wasserstein1: Estimate,
}

impl PooledComparison {
    /// Pools comparisons of samples of one kind.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] if there are none.
    pub fn new(comparisons: &[Comparison]) -> Result<Self, Error> {
        arguments::non_empty("comparisons", comparisons.len())?;
        let first = &comparisons[0];
        let figure = |f: fn(&Comparison) -> f64| Estimate::of(comparisons.iter().map(f));
        let pair = |f: fn(&Comparison) -> &Pair| {
            Estimate::of(comparisons.iter().map(move |c| f(c).difference()))
        };
        let quantile = |k: usize| PooledQuantile {
            probability: first.quantiles[k].probability,
            difference: Estimate::of(
                comparisons.iter().filter_map(|c| c.quantiles.get(k)).map(|q| q.value.difference()),
            ),
        };
        Ok(Self {
            samples: comparisons.len(),
            outliers: figure(|c| c.outliers.len() as f64),
            atom: pair(|c| &c.atom),
            mean: pair(|c| &c.mean),
            variance: pair(|c| &c.variance),
            quantiles: (0..first.quantiles.len()).map(quantile).collect(),
            kolmogorov_smirnov: figure(|c| c.kolmogorov_smirnov),
            cramer_von_mises: figure(|c| c.cramer_von_mises),
            wasserstein1: figure(|c| c.wasserstein1),
        })
    }
}

impl Display for PooledComparison {
    fn fmt(&self, f: &mut Formatter) -> Written {
        writeln!(f, "{} samples: mean ± standard error", self.samples)?;
        writeln!(f, "{:<24}{:.1}", "outliers", self.outliers.mean)?;
        writeln!(f, "sample minus limit")?;
        let row =
            |f: &mut Formatter, name: &str, value: &Estimate| writeln!(f, "  {name:<22}{value}");
        row(f, "zeros", &self.atom)?;
        row(f, "mean", &self.mean)?;
        row(f, "variance", &self.variance)?;
        for quantile in &self.quantiles {
            let name = format!("{} % quantile", 100.0 * quantile.probability);
            row(f, &name, &quantile.difference)?;
        }
        writeln!(f, "distances")?;
        row(f, "Kolmogorov–Smirnov", &self.kolmogorov_smirnov)?;
        row(f, "Cramér–von Mises ω²", &self.cramer_von_mises)?;
        row(f, "Wasserstein-1", &self.wasserstein1)
    }
}
