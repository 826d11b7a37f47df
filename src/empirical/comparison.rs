//! The figures of a sample against a law.

use std::fmt::{Display, Formatter, Result as Written};

use super::figure::{LEVELS, figure};
use super::origin::Origin;
use super::{FiniteComparison, Outside, Pair, QuantilePair, Split};
use crate::Error;
use crate::law::{PositivePart, SpectralLaw};
use crate::spectrum::{FiniteSpectrum, OutlierGroup};

/// A spectrum against a law, in numbers.
///
/// Zeros are compared with the law's atom at 0; the bulk, each of its
/// eigenvalues of the same weight, with the law conditioned on $(0, \infty)$
/// ([`PositivePart`]); outliers are listed with what was predicted and enter no
/// other figure. Setting k of n eigenvalues aside moves a mass of about $k/n$,
/// and nothing is corrected for it. Distances are those of
/// [`EmpiricalSpectrum`](super::EmpiricalSpectrum).
///
/// It is displayed as a table that ends with the [`verdict`](Self::verdict), and with the
/// feature `serde` can be stored and read back.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum};
/// use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
/// use ntk_spectrum::spectrum::PredictedOutliers;
///
/// let law = MarchenkoPastur::new(2.0)?;
/// let mut values = Vec::new();
/// for k in 0..100 {
///     values.push(law.quantile((k as f64 + 0.5) / 100.0)?);
/// }
/// let split = EmpiricalSpectrum::new(values)?.split(&law, &PredictedOutliers::none())?;
/// let comparison = Comparison::new(&split, &law)?;
/// assert_eq!((comparison.zeros, comparison.bulk), (50, 50));
/// assert_eq!(comparison.atom.difference(), 0.0);
/// assert!((comparison.kolmogorov_smirnov - 0.01).abs() < 1e-9);
/// assert!(comparison.to_string().contains("Kolmogorov–Smirnov"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Comparison {
    /// The number of eigenvalues: zeros, bulk and outliers.
    pub n: usize,
    /// How many of them are 0.
    pub zeros: usize,
    /// How many are not told from 0, see [`Split::undetermined`].
    #[cfg_attr(feature = "serde", serde(default))]
    pub undetermined: usize,
    /// How many make the bulk.
    pub bulk: usize,
    /// The outliers, ascending.
    pub outliers: Vec<f64>,
    /// The outliers that were predicted from $a_0$.
    pub predicted_from_a0: Option<OutlierGroup>,
    /// Where one was predicted from $a_1$.
    pub predicted_from_a1: Option<f64>,
    /// The fraction of zeros, and the law's atom at 0.
    pub atom: Pair,
    /// Means of the bulk and of the law on $(0, \infty)$.
    pub mean: Pair,
    /// Variances of the same.
    pub variance: Pair,
    /// Quantiles of the same, at 1, 10, 25, 50, 75, 90 and 99 per cent.
    pub quantiles: Vec<QuantilePair>,
    /// Kolmogorov–Smirnov distance of the bulk to the law on $(0, \infty)$.
    pub kolmogorov_smirnov: f64,
    /// Cramér–von Mises distance $\omega^2$ of the same.
    pub cramer_von_mises: f64,
    /// Wasserstein-1 distance of the same.
    pub wasserstein1: f64,
    /// The figures of the law at finite size, of
    /// [`at_finite_size`](Self::at_finite_size).
    #[cfg_attr(feature = "serde", serde(default))]
    pub finite: Option<FiniteComparison>,
    /// The bulk outside the support of the law; `None` in what was stored without it.
    #[cfg_attr(feature = "serde", serde(default))]
    pub outside: Option<Outside>,
    /// What [`verdict`](Self::verdict) knows besides.
    #[cfg_attr(feature = "serde", serde(default))]
    pub(super) origin: Origin,
}

impl Comparison {
    /// Compares a spectrum that was taken apart with its law.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] if the bulk is empty, and as
    /// [`PositivePart::new`].
    pub fn new(split: &Split, law: &(impl SpectralLaw + ?Sized)) -> Result<Self, Error> {
        let bulk = split.bulk()?;
        let positive = PositivePart::new(law)?;
        let n = split.spectrum().len();
        let atoms = law.tabulated()?.atoms();
        let atom = atoms.first().filter(|a| a.location == 0.0).map_or(0.0, |a| a.mass);
        let quantile = |probability: f64| {
            let empirical = bulk.quantile(probability)?;
            let limit = positive.quantile(probability)?;
            Ok(QuantilePair { probability, value: Pair { empirical, limit } })
        };
        Ok(Self {
            n,
            zeros: split.zeros(),
            undetermined: split.undetermined(),
            bulk: bulk.len(),
            outliers: split.outliers().to_vec(),
            predicted_from_a0: split.predicted().from_a0(),
            predicted_from_a1: split.predicted().from_a1(),
            atom: Pair { empirical: split.zeros() as f64 / n as f64, limit: atom },
            mean: Pair { empirical: bulk.mean(), limit: positive.mean()? },
            variance: Pair { empirical: bulk.variance(), limit: positive.variance()? },
            quantiles: LEVELS.iter().map(|q| quantile(*q)).collect::<Result<_, Error>>()?,
            kolmogorov_smirnov: bulk.kolmogorov_smirnov(&positive)?,
            cramer_von_mises: bulk.cramer_von_mises(&positive)?,
            wasserstein1: bulk.wasserstein1(&positive)?,
            finite: None,
            outside: Some(Outside::of(split.bulk_values(), law.tabulated()?)),
            origin: Origin::of(split.predicted().dimensions()),
        })
    }

    /// Compares a spectrum that was taken apart with both laws, that of its size and the
    /// [limit](FiniteSpectrum::limit): the bulk, and the whole without setting outliers aside.
    ///
    /// That the law has the σ and D of the sample is the caller's to see to, as d and p are where
    /// the predicted outliers do not [know](crate::spectrum::PredictedOutliers::dimensions) them:
    /// the [verdict](Self::verdict) takes those of the law then.
    ///
    /// The bulk of the law is without its outliers: the split has to have set as many aside. It
    /// has not where some are predicted inside the limit's support, or an eigenvalue expected
    /// above it lies within; what is left to say of such a sample is
    /// [`smoothed_distance`](super::EmpiricalSpectrum::smoothed_distance) to the whole law.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); [`Error::InvalidSize`] if the law has another n, or d or p than the
    /// predicted outliers are of, as many outliers as n or more, or another number of them than
    /// were set aside; and as the queries of [`FiniteSpectrum`].
    ///
    /// # Complexity
    ///
    /// The table of the law, and five times that of
    /// [`smoothed_distance`](super::EmpiricalSpectrum::smoothed_distance).
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::prelude::*;
    /// use ntk_spectrum::spectrum::FiniteSpectrum;
    ///
    /// let ensemble = TwoLayerEnsemble::new(Dimensions::new(280, 20, 20)?, Tanh).with_seed(1);
    /// let law = FiniteSpectrum::from_ensemble(&ensemble);
    /// let kernel = NtkBuilder::from_sample(&ensemble.sample()?).build()?;
    /// let outliers =
    ///     PredictedOutliers::of_dimensions(&law.limit(), kernel.dimensions(), kernel.centring())?;
    /// let split = EmpiricalSpectrum::from_kernel(&kernel)?.split(&law.limit(), &outliers)?;
    /// let comparison = Comparison::at_finite_size(&split, &law)?;
    /// let bulk = comparison.finite.unwrap().bulk;
    /// assert!(bulk.finite.kolmogorov_smirnov < bulk.limit.kolmogorov_smirnov);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn at_finite_size(split: &Split, law: &FiniteSpectrum) -> Result<Self, Error> {
        let finite = FiniteComparison::new(split, law)?;
        let limit = Self::new(split, &law.limit())?.with_dimensions(law.dimensions());
        Ok(Self { finite: Some(finite), ..limit })
    }

    fn write_outliers(&self, f: &mut Formatter) -> Written {
        match self.outliers.as_slice() {
            [] => writeln!(f, "{:>8} outliers", 0)?,
            [only] => writeln!(f, "{:>8} outlier at {}", 1, figure(*only))?,
            all @ [first, .., last] => {
                writeln!(
                    f,
                    "{:>8} outliers in [{}, {}]",
                    all.len(),
                    figure(*first),
                    figure(*last)
                )?;
            }
        }
        if let Some(OutlierGroup { count, lower, upper }) = self.predicted_from_a0 {
            writeln!(
                f,
                "         predicted: {count} from a0 in [{}, {}]",
                figure(lower),
                figure(upper)
            )?;
        }
        if let Some(place) = self.predicted_from_a1 {
            writeln!(f, "         predicted: 1 from a1 near {}", figure(place))?;
        }
        Ok(())
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter) -> Written {
        writeln!(f, "{:>8} eigenvalues", self.n)?;
        let share = |count: usize| count as f64 / self.n as f64;
        writeln!(
            f,
            "{:>8} zeros, a fraction {:.6}; the law has {:.6}",
            self.zeros,
            share(self.zeros),
            self.atom.limit
        )?;
        if self.undetermined > 0 {
            let count = self.undetermined;
            writeln!(f, "{count:>8} of all are not told from 0: rounding hides what they are")?;
        }
        self.write_outliers(f)?;
        writeln!(f, "{:>8} bulk, against the law on (0, ∞)", self.bulk)?;
        writeln!(f)?;
        writeln!(f, "{:<24}{:>14}{:>14}{:>14}", "", "sample", "limit", "difference")?;
        let row = |f: &mut Formatter, name: &str, pair: &Pair| {
            let [a, b, c] = [pair.empirical, pair.limit, pair.difference()].map(figure);
            writeln!(f, "{name:<24}{a:>14}{b:>14}{c:>14}")
        };
        row(f, "mean", &self.mean)?;
        row(f, "variance", &self.variance)?;
        for QuantilePair { probability, value } in &self.quantiles {
            row(f, &format!("{} % quantile", 100.0 * probability), value)?;
        }
        writeln!(f)?;
        for (name, value) in [
            ("Kolmogorov–Smirnov", self.kolmogorov_smirnov),
            ("Cramér–von Mises ω²", self.cramer_von_mises),
            ("Wasserstein-1", self.wasserstein1),
        ] {
            writeln!(f, "{name:<24}{:>14}", figure(value))?;
        }
        if let Some(finite) = &self.finite {
            write!(f, "\n{finite}")?;
        }
        writeln!(f, "\n{}", self.verdict())
    }
}
