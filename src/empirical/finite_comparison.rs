//! The figures of a sample against the law at finite size.

use std::fmt::{Display, Formatter, Result as Written};

use super::figure::{LEVELS, figure};
use super::smoothed::{Smoothed, SmoothedDistance, Target};
use super::{EmpiricalSpectrum, FinitePair, QuantilePair, Split};
use crate::law::{PositivePart, SpectralLaw};
use crate::spectrum::{FiniteSpectrum, OutlierMean};
use crate::{Error, arguments};

/// The limit is smoothed as so many of its quantiles: it is off by less than half of the inverse.
const QUANTILES: usize = 2048;

/// Distances of a sample to the limit and to the law at finite size, all smoothed alike.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DistancePair {
    /// To the limit.
    pub limit: SmoothedDistance,
    /// To the law at finite size.
    pub finite: SmoothedDistance,
}

/// What [`Comparison`](super::Comparison) says of the law at finite size,
/// [`FiniteSpectrum`].
///
/// Sample and laws are smoothed by the kernel of this law, and zeros and what is not told from
/// them left out, see [`EmpiricalSpectrum::smoothed_distance`]. Means and variances are those of
/// the sample, not smoothed.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FiniteComparison {
    /// The relative width ε of the kernel.
    pub resolution: f64,
    /// Where the law has its outliers.
    pub outliers: Vec<OutlierMean>,
    /// Mean of the bulk; `None` where the law's is not solved for, see
    /// [`FiniteBulk::moment`](crate::spectrum::FiniteBulk::moment).
    pub mean: Option<FinitePair>,
    /// Variance of the same.
    pub variance: Option<FinitePair>,
    /// Quantiles of the bulk, as in [`Comparison`](super::Comparison), smoothed.
    pub quantiles: Vec<QuantilePair<FinitePair>>,
    /// Distances of the bulk.
    pub bulk: DistancePair,
    /// Distances of the whole spectrum, no outlier set aside.
    pub whole: DistancePair,
}

impl FiniteComparison {
    pub(super) fn new(split: &Split, law: &FiniteSpectrum) -> Result<Self, Error> {
        same_sizes(split, law)?;
        let (finite, sample) = (law.bulk()?, split.bulk()?);
        let outliers = law.outliers()?;
        let (aside, expected) = (split.outliers().len(), outliers.count());
        let allowed = "as many as the law at finite size has";
        arguments::size_if("outliers set aside", aside, aside == expected, allowed)?;
        let limit = PositivePart::new(&law.limit())?;
        let limit = limit.tabulated()?;
        let places = (0..QUANTILES).map(|k| limit.quantile((k as f64 + 0.5) / QUANTILES as f64));
        let limit = EmpiricalSpectrum::of_positive(places.collect(), 0.0);

        let (bulk, whole) = (Target::new(finite)?, Target::new(law)?);
        let smoothed = bulk.smoothed(&sample)?;
        let quantile = |&probability: &f64| {
            let empirical = bulk.quantile(&smoothed, probability);
            let finite = bulk.law.quantile(probability);
            QuantilePair { probability, value: FinitePair { empirical, finite } }
        };
        // Without the atom at 0, as the sample.
        let mass = finite.law().mass_off_zero();
        let moment = |k| finite.moment(k).map(|moment| moment / mass);
        let mean = moment(1).ok();
        let variance = moment(2).ok().zip(mean).map(|(square, mean)| square - mean * mean);
        let pair =
            |empirical, finite: Option<f64>| finite.map(|finite| FinitePair { empirical, finite });
        Ok(Self {
            resolution: law.resolution(),
            outliers: outliers.groups().to_vec(),
            mean: pair(sample.mean(), mean),
            variance: pair(sample.variance(), variance),
            quantiles: LEVELS.iter().map(quantile).collect(),
            bulk: DistancePair::new(&bulk, &smoothed, &limit)?,
            whole: DistancePair::new(&whole, &whole.smoothed(split.spectrum())?, &limit)?,
        })
    }
}

/// Checks that the law has the n of the sample, and the d and p, as far as the predicted outliers
/// know them.
fn same_sizes(split: &Split, law: &FiniteSpectrum) -> Result<(), Error> {
    let (n, of_law) = (split.spectrum().len(), law.dimensions());
    let allowed = "the n of the law at finite size";
    arguments::size_if("n of the sample", n, n == of_law.n(), allowed)?;
    let Some(known) = split.predicted().dimensions() else { return Ok(()) };
    let (d, p) = (known.d(), known.p());
    arguments::size_if("d of the sample", d, d == of_law.d(), "the d of the law at finite size")?;
    arguments::size_if("p of the sample", p, p == of_law.p(), "the p of the law at finite size")?;
    Ok(())
}

impl DistancePair {
    /// Of a smoothed sample to this law, and to the limit that these quantiles stand for.
    fn new(law: &Target, sample: &Smoothed<'_>, limit: &EmpiricalSpectrum) -> Result<Self, Error> {
        let limit = law.smoothed(limit)?;
        Ok(Self {
            limit: law.distance(sample, |x| limit.cdf(x))?,
            finite: law.distance(sample, |x| law.law.cdf(x))?,
        })
    }
}

impl Display for FiniteComparison {
    fn fmt(&self, f: &mut Formatter) -> Written {
        writeln!(f, "against the law at finite size, smoothed by {}", figure(self.resolution))?;
        for OutlierMean { count, mean, .. } in &self.outliers {
            writeln!(f, "{count:>8} outliers at {} on the mean", figure(*mean))?;
        }
        writeln!(f)?;
        writeln!(f, "{:<24}{:>14}{:>14}{:>14}", "bulk", "sample", "finite size", "difference")?;
        let row = |f: &mut Formatter, name: &str, pair: &FinitePair| {
            let [a, b, c] = [pair.empirical, pair.finite, pair.difference()].map(figure);
            writeln!(f, "{name:<24}{a:>14}{b:>14}{c:>14}")
        };
        for (name, pair) in [("mean", &self.mean), ("variance", &self.variance)] {
            match pair {
                Some(pair) => row(f, name, pair)?,
                None => writeln!(f, "{name:<24}{:>42}", "not solved for")?,
            }
        }
        for QuantilePair { probability, value } in &self.quantiles {
            row(f, &format!("{} % quantile", 100.0 * probability), value)?;
        }
        writeln!(f)?;
        writeln!(f, "{:<38}{:>14}{:>14}", "distances, both smoothed", "limit", "finite size")?;
        let (bulk, whole) = (&self.bulk, &self.whole);
        let smirnov = |d: &SmoothedDistance| d.kolmogorov_smirnov;
        let line =
            |f: &mut Formatter, name, pair: &DistancePair, of: fn(&SmoothedDistance) -> f64| {
                let [a, b] = [&pair.limit, &pair.finite].map(|d| figure(of(d)));
                writeln!(f, "{name:<38}{a:>14}{b:>14}")
            };
        line(f, "Kolmogorov–Smirnov, bulk", bulk, smirnov)?;
        line(f, "Wasserstein-1, bulk", bulk, |d| d.wasserstein1)?;
        line(f, "Kolmogorov–Smirnov, whole", whole, smirnov)?;
        line(f, "Wasserstein-1 of ln x, whole", whole, |d| d.log_wasserstein1)
    }
}
