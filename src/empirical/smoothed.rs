//! Distances to a smoothed law, of a sample smoothed by the same kernel.

use super::EmpiricalSpectrum;
use crate::law::{PositivePart, SpectralLaw, TabulatedLaw};
use crate::numerics::parallel::in_parallel;
use crate::numerics::roots;
use crate::spectrum::{Resolution, SmoothedLaw};
use crate::{Error, arguments};

/// Points lie this part of ε apart in ln x. Distances of ε/4 leave integrals of the smooth
/// difference off by some thousandths; their number is what the time is proportional to.
const STEP: f64 = 0.25;

/// Points for each eigenvalue, and beside: where ε is so small that there would be more, those
/// next to eigenvalues are taken instead.
const MOST: usize = 8;
const BESIDE: usize = 4000;

/// In units of ε, the points next to an eigenvalue: a step is complete to a thousandth of it beyond
/// the last.
const NEXT: [f64; 11] = [-300.0, -60.0, -12.0, -3.0, -1.0, 0.0, 1.0, 3.0, 12.0, 60.0, 300.0];

/// The mass of a law that may lie below, and above, of what is looked at closely.
const TAIL: f64 = 1e-5;

/// Of ln x, between points in the tail, where differences fall like 1/x.
const TAIL_STEP: f64 = 0.1;

/// Eigenvalues whose steps at the end of the law sum to less are beyond it: what there is of
/// them below is the tail of the kernel, and says nothing of the sample.
const BEYOND: f64 = f64::EPSILON;

/// The tolerance of quantiles, in ln x.
const QUANTILE: f64 = 1e-10;

/// How far a sample is from a law, both smoothed by the same kernel.
///
/// Of distribution functions $F_{n,\varepsilon}$ of the sample, $F_\varepsilon$ of the law, on
/// $(0, e)$, e the end of the law's table.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SmoothedDistance {
    /// $\sup_x \lvert F_{n,\varepsilon} - F_\varepsilon\rvert$.
    pub kolmogorov_smirnov: f64,
    /// $\int \lvert F_{n,\varepsilon} - F_\varepsilon\rvert\\,dx$. Outliers have most of it, if
    /// there are any; the law of the bulk has none.
    pub wasserstein1: f64,
    /// $\int \lvert F_{n,\varepsilon} - F_\varepsilon\rvert\\,dx/x$: the mean of the factors by
    /// which mass has to be moved, as a logarithm.
    pub log_wasserstein1: f64,
}

impl EmpiricalSpectrum {
    /// Computes the distances to a smoothed law, of the sample smoothed by the same kernel:
    /// to [`FiniteSpectrum`](crate::spectrum::FiniteSpectrum), outliers included, or to
    /// [`FiniteBulk`](crate::spectrum::FiniteBulk) of the [bulk](super::Split::bulk) alone.
    ///
    /// Each eigenvalue λ has the distribution function $F_\varepsilon$ of one eigenvalue,
    /// [`Resolution::step`](crate::spectrum::Resolution::step), and the sample the mean of them.
    /// As in [`Comparison`](super::Comparison), zeros and the atom at 0 are left out: the positive
    /// eigenvalues are compared with the law conditioned on $(0, e\]$, and conditioned likewise,
    ///
    /// $$ F_{n,\varepsilon}(x) = \frac{\sum_i F_{\varepsilon,\lambda_i}(x)}
    /// {\sum_i F_{\varepsilon,\lambda_i}(e)} , $$
    ///
    /// since the kernel's tails, like $1/x^2$, do not end where the bulk does. Eigenvalues that are
    /// [not told from 0](EmpiricalSpectrum::undetermined), those up to the
    /// [resolution](EmpiricalSpectrum::resolution) of the spectrum, are left out too, whatever the
    /// sign that rounding gave them. Distances to a law that is not smoothed are
    /// [`kolmogorov_smirnov`](EmpiricalSpectrum::kolmogorov_smirnov) and its neighbours.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] if no eigenvalue is positive, [`Error::InvalidParameter`] if the
    /// law has no mass off 0, if it has a width that is no number in (0, 0.5\], or if eigenvalues
    /// are so far beyond it that their steps at e sum to less than 2.2e-16 ("smoothed eigenvalues
    /// below its end"),
    /// and as [`SmoothedLaw::smoothed`].
    ///
    /// # Complexity
    ///
    /// $O(n \ln(\lambda_{\max}/\lambda_{\min})/\varepsilon)$, the ends those of the sample and of
    /// the law but for its tails, and never more than $O(n^2)$.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::prelude::*;
    /// use ntk_spectrum::spectrum::FiniteSpectrum;
    ///
    /// let ensemble = TwoLayerEnsemble::new(Dimensions::new(280, 20, 20)?, Tanh).with_seed(1);
    /// let kernel = NtkBuilder::from_sample(&ensemble.sample()?).build()?;
    /// let spectrum = EmpiricalSpectrum::from_kernel(&kernel)?;
    ///
    /// let law = FiniteSpectrum::from_ensemble(&ensemble);
    /// let whole = spectrum.smoothed_distance(&law)?;
    /// assert!(whole.kolmogorov_smirnov < 0.5 * spectrum.kolmogorov_smirnov(&law.limit())?);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn smoothed_distance(
        &self,
        law: &(impl SmoothedLaw + ?Sized),
    ) -> Result<SmoothedDistance, Error> {
        let target = Target::new(law)?;
        target.distance(&target.smoothed(self)?, |x| target.law.cdf(x))
    }
}

/// A smoothed law on (0, e], and what is smoothed alike.
pub(super) struct Target {
    kernel: Resolution,
    pub(super) law: TabulatedLaw,
    end: f64,
}

/// Positive values, smoothed and conditioned on (0, e].
pub(super) struct Smoothed<'a> {
    values: &'a [f64],
    kernel: Resolution,
    /// The sum of their steps at e.
    total: f64,
}

impl Smoothed<'_> {
    /// F_{n,ε}(x).
    pub(super) fn cdf(&self, x: f64) -> f64 {
        self.sum(x) / self.total
    }

    fn sum(&self, x: f64) -> f64 {
        self.values.iter().map(|value| self.kernel.step(x, *value)).sum()
    }
}

impl Target {
    pub(super) fn new(law: &(impl SmoothedLaw + ?Sized)) -> Result<Self, Error> {
        let kernel = Resolution::new(law.resolution())?;
        let law = PositivePart::new(law.smoothed()?)?.tabulated()?.clone();
        let end = law.upper_end();
        Ok(Self { kernel, law, end })
    }

    /// The positive eigenvalues of a sample that are told from 0, smoothed.
    pub(super) fn smoothed<'a>(
        &self,
        sample: &'a EmpiricalSpectrum,
    ) -> Result<Smoothed<'a>, Error> {
        let sorted = sample.sorted();
        let values = &sorted[sorted.partition_point(|x| *x <= sample.resolution())..];
        arguments::non_empty("positive eigenvalues", values.len())?;
        let all = Smoothed { values, kernel: self.kernel, total: 1.0 };
        let allowed = "at least 2.2e-16: eigenvalues are far beyond the law";
        let total = all.sum(self.end);
        let valid = total >= BEYOND;
        arguments::parameter("smoothed eigenvalues below its end", total, valid, allowed)?;
        Ok(Smoothed { total, ..all })
    }

    /// The quantile of F_{n,ε}.
    pub(super) fn quantile(&self, sample: &Smoothed<'_>, q: f64) -> f64 {
        let (mut low, mut high) = self.range(sample);
        let f = |x: f64| sample.cdf(x) - q;
        // Below, F falls like x; it is 1 at e.
        while f(low) > 0.0 && low > f64::MIN_POSITIVE {
            low *= 0.25;
        }
        while f(high) < 0.0 && high < self.end {
            high = (4.0 * high).min(self.end);
        }
        let ends = [low, high].map(|x| (x.ln(), f(x)));
        roots::bracketed(|u| f(u.exp()), ends[0], ends[1], QUANTILE).exp()
    }

    /// Where all of the sample and all but the tails of the law lie.
    fn range(&self, sample: &Smoothed<'_>) -> (f64, f64) {
        let last = sample.values.len() - 1;
        let lower = sample.values[0].min(self.law.quantile(TAIL)).max(f64::MIN_POSITIVE);
        let upper = sample.values[last].max(self.law.quantile(1.0 - TAIL));
        (0.25 * lower, (4.0 * upper).min(self.end).max(lower))
    }

    /// The distances of a smoothed sample to this distribution function.
    pub(super) fn distance(
        &self,
        sample: &Smoothed<'_>,
        other: impl Fn(f64) -> f64 + Sync,
    ) -> Result<SmoothedDistance, Error> {
        let difference = |x: f64| sample.cdf(x) - other(x);
        let points = self.points(sample);
        let differences = in_parallel(&points, |x| Ok(difference(*x)))?;
        // Both grow like x below the first point.
        let (first, x) = (differences[0].abs(), points[0]);
        let mut found = SmoothedDistance {
            kolmogorov_smirnov: 0.0,
            wasserstein1: 0.5 * first * x,
            log_wasserstein1: first,
        };
        for (x, d) in points.windows(2).zip(differences.windows(2)) {
            let mean = mean_size(d[0], d[1]);
            found.wasserstein1 += mean * (x[1] - x[0]);
            found.log_wasserstein1 += mean * (x[1].ln() - x[0].ln());
        }
        let largest = (0..points.len())
            .max_by(|j, k| differences[*j].abs().total_cmp(&differences[*k].abs()))
            .unwrap_or(0);
        let around = [largest.saturating_sub(1), (largest + 1).min(points.len() - 1)];
        let size = |u: f64| -difference(u.exp()).abs();
        let [low, high] = around.map(|k| points[k].ln());
        let (_, peak) = roots::minimum(size, (low, high), f64::NEG_INFINITY, roots::CLOSELY);
        found.kolmogorov_smirnov = differences[largest].abs().max(-peak);
        Ok(found)
    }

    /// Where distribution functions are taken, ascending.
    fn points(&self, sample: &Smoothed<'_>) -> Vec<f64> {
        let (low, high) = self.range(sample);
        let (values, epsilon) = (sample.values, self.kernel.width());
        // Quotients of such lengths may overflow.
        let (start, width) = (low.ln(), high.ln() - low.ln());
        let most = MOST * values.len() + BESIDE;
        let count = (width / (STEP * epsilon)).ceil().max(1.0);
        let next = count > most as f64;
        let count = if next { most } else { count as usize };
        let mut points: Vec<f64> =
            (0..=count).map(|k| (start + width * k as f64 / count as f64).exp()).collect();
        if next {
            // Narrower than rounding, a step is one all the same.
            let epsilon = epsilon.max(4.0 * f64::EPSILON);
            points.extend(values.iter().flat_map(|x| NEXT.map(|step| x * (step * epsilon).exp())));
        }
        let tail = (self.end.ln() - high.ln()).max(0.0);
        let count = (tail / TAIL_STEP).ceil() as usize;
        points.extend((1..=count).map(|k| high * (tail * k as f64 / count as f64).exp()));
        points.retain(|x| *x > 0.0 && *x <= self.end);
        points.sort_by(f64::total_cmp);
        points.dedup();
        points
    }
}

/// The mean of |f| of an f that runs straight from one value to the other.
fn mean_size(from: f64, to: f64) -> f64 {
    let (a, b) = (from.abs(), to.abs());
    if from * to < 0.0 { 0.5 * (a * a + b * b) / (a + b) } else { 0.5 * (a + b) }
}
