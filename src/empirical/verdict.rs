//! `Verdict`: whether a sample is as near to its law as samples of the model are.

use std::fmt::{Display, Formatter, Result as Written};
use std::ops::RangeInclusive;

use super::figure::figure;
use super::origin::Origin;
use super::{Comparison, Outside, Pair};
use crate::Dimensions;
use crate::ntk::NtkWarning;

/// The largest Kolmogorov–Smirnov distance of samples of the model, times d: 6.2 of 2,600
/// kernels of six activations and three laws of X, from $\gamma_1 = 0.3$ to 6 and
/// $\gamma_2 = 0.25$ to 6 at d = 10, 20 and 40, and a little.
const LARGEST: f64 = 6.5;

/// Where $\gamma_1$ is smaller, the distance is larger by the root of the ratio: 8.3 at 0.1.
const FEW: f64 = 0.2;

/// The least d, and the ratios γ1 and γ2, at which it was measured.
const LEAST: f64 = 10.0;
const MEASURED: [RangeInclusive<f64>; 2] = [0.1..=6.0, 0.25..=6.0];

impl Comparison {
    /// Takes n, d and p of the network, where the predicted outliers do not know them: those
    /// of a law with a covariance, or of none.
    #[must_use]
    pub fn with_dimensions(self, dimensions: Dimensions) -> Self {
        let causes = self.origin.causes;
        Self { origin: Origin { causes, ..Origin::of(Some(dimensions)) }, ..self }
    }

    /// Takes what the builder of the kernel warns of, for the likely reason of a difference.
    /// Where the law has the covariance of the data, leave out what
    /// [that takes in](NtkWarning::is_covariance).
    #[must_use]
    pub fn with_warnings<'a>(self, warnings: impl IntoIterator<Item = &'a NtkWarning>) -> Self {
        let mut causes: Vec<String> = Vec::new();
        for warning in warnings {
            let cause = warning.cause().to_owned();
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
        Self { origin: Origin { causes: Some(causes), ..self.origin }, ..self }
    }

    /// Judges whether the sample is as near to the law as samples of the model are.
    ///
    /// # Examples
    ///
    /// Columns with a correlation that the law does not know:
    ///
    /// ```
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::ensemble::InputCovariance;
    /// use ntk_spectrum::prelude::*;
    ///
    /// let dimensions = Dimensions::new(400, 20, 30)?;
    /// let law = LimitingSpectrum::from_dimensions(dimensions, Relu, 1.0);
    /// let model = TwoLayerEnsemble::new(dimensions, Relu).with_seed(1);
    /// let falling: Vec<f64> = (0..20).map(|k| 0.5_f64.powi(k)).collect();
    /// let data = model.clone().with_covariance(InputCovariance::new(&falling)?);
    /// for (ensemble, agrees) in [(model, true), (data, false)] {
    ///     let kernel = NtkBuilder::from_ensemble(&ensemble).build()?;
    ///     let outliers =
    ///         PredictedOutliers::of_dimensions(&law, dimensions, kernel.centring())?;
    ///     let split = EmpiricalSpectrum::from_kernel(&kernel)?.split(&law, &outliers)?;
    ///     let comparison = Comparison::new(&split, &law)?.with_warnings(kernel.warnings());
    ///     assert_eq!(comparison.verdict().agrees(), Some(agrees), "{comparison}");
    /// }
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn verdict(&self) -> Verdict<'_> {
        Verdict { comparison: self }
    }
}

/// Whether a sample is as near to its law as samples of the model are; in one sentence when
/// displayed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict<'a> {
    comparison: &'a Comparison,
}

impl Verdict<'_> {
    /// Returns the Kolmogorov–Smirnov distance of the bulk to the law.
    #[must_use]
    pub fn kolmogorov_smirnov(&self) -> f64 {
        self.comparison.kolmogorov_smirnov
    }

    /// Returns the largest distance that samples of the model have at these n, d and p,
    /// $\frac{6.5}d \max(1, \sqrt{0.2/\gamma_1})$: measured, not derived
    /// ([covariance](crate::guide::covariance)). `None` if these are not known, and where it was
    /// not measured: d below 10, $\gamma_1$ outside of 0.1 to 6, $\gamma_2$ outside of 0.25 to 6.
    #[must_use]
    pub fn allowed(&self) -> Option<f64> {
        let (n, d, p) = self.comparison.origin.dimensions?;
        let (n, d, p) = (n as f64, d as f64, p as f64);
        let [gamma1, gamma2] = [n / (d * p), p / d];
        let [first, second] = MEASURED;
        let measured = d >= LEAST && first.contains(&gamma1) && second.contains(&gamma2);
        measured.then(|| LARGEST / d * (FEW / gamma1).sqrt().max(1.0))
    }

    /// Says whether the distance is within that, and the difference of the fractions of zeros,
    /// where all zeros are told from the rest.
    #[must_use]
    pub fn agrees(&self) -> Option<bool> {
        self.allowed().map(|allowed| self.is_within(allowed))
    }

    /// Whether both are; a distance that is not a number is not.
    fn is_within(&self, allowed: f64) -> bool {
        self.kolmogorov_smirnov() <= allowed && self.zeros() <= allowed
    }

    /// By how much the fraction of zeros differs from the law's.
    fn zeros(&self) -> f64 {
        let Comparison { atom, undetermined, .. } = self.comparison;
        if *undetermined > 0 { 0.0 } else { atom.difference().abs() }
    }

    /// Returns the eigenvalues of the bulk outside the support; `None` if the comparison was
    /// stored without them.
    #[must_use]
    pub fn outside(&self) -> Option<Outside> {
        self.comparison.outside
    }

    /// Returns what is likely the reason of a difference, if warnings were given and there
    /// are any: the first of them.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        let causes = self.comparison.origin.causes.as_ref()?;
        causes.first().map(String::as_str)
    }
}

impl Display for Verdict<'_> {
    fn fmt(&self, f: &mut Formatter) -> Written {
        let distance = self.kolmogorov_smirnov();
        match (self.allowed(), self.comparison.origin.dimensions) {
            (Some(allowed), Some((n, d, p))) => {
                let follows = if self.is_within(allowed) {
                    "follows the law"
                } else {
                    "does not follow the law"
                };
                let is = if distance <= allowed { "among" } else { "beyond" };
                write!(
                    f,
                    "The sample {follows}: a Kolmogorov–Smirnov distance of {distance:.3} is \
                     {is} those that samples of the model have at n = {n}, d = {d}, p = {p} (up \
                     to {allowed:.3})"
                )?;
                if self.zeros() > allowed {
                    let Pair { empirical, limit } = self.comparison.atom;
                    write!(f, ", zeros are a fraction {empirical:.3} and not {limit:.3}")?;
                }
            }
            (None, Some((n, d, p))) => write!(
                f,
                "The Kolmogorov–Smirnov distance is {distance:.3} (what samples of the model have \
                 at such n = {n}, d = {d}, p = {p} was not measured)"
            )?,
            (_, None) => write!(
                f,
                "The Kolmogorov–Smirnov distance is {distance:.3} (n, d, p say what samples of \
                 the model have: Comparison::with_dimensions)"
            )?,
        }
        self.write_outside(f)?;
        self.write_causes(f)?;
        write!(f, ".")
    }
}

impl Verdict<'_> {
    fn write_outside(&self, f: &mut Formatter) -> Written {
        let Some(Outside { count, farthest, distance }) = self.outside() else { return Ok(()) };
        let bulk = self.comparison.bulk;
        match count {
            0 => write!(f, ", and no eigenvalue of the bulk lies outside the support"),
            _ => write!(
                f,
                ", and {count} of {bulk} eigenvalues of the bulk {} outside the support, the \
                 farthest, {}, by {:.1} % of its upper end",
                if count == 1 { "lies" } else { "lie" },
                figure(farthest),
                100.0 * distance
            ),
        }
    }

    fn write_causes(&self, f: &mut Formatter) -> Written {
        let off = self.agrees() == Some(false);
        let Some(causes) = &self.comparison.origin.causes else {
            let ask = "; the warnings of the kernel may say why (Comparison::with_warnings)";
            return if off { write!(f, "{ask}") } else { Ok(()) };
        };
        match causes.as_slice() {
            [] if off => write!(f, "; nothing is known against X and W"),
            [] => Ok(()),
            all => {
                let what = all.join(", ");
                let why = if off { "likely because" } else { "although" };
                write!(f, "; {why} {what}")
            }
        }
    }
}
