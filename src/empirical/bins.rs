//! Rules for the bins of a histogram.

use super::EmpiricalSpectrum;
use crate::{Error, arguments};

/// No histogram has more bins; a rule that asks for more, because a few values
/// lie far from the rest, gets wider ones.
const MOST: usize = 10_000;

/// How a histogram divides the range of n values into bins of equal width.
///
/// A rule with a width w takes $\lceil (\max - \min)/w \rceil$ bins, which numpy
/// does too; at most 10,000, and one if the values are all the same.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::{Bins, EmpiricalSpectrum};
///
/// let spectrum = EmpiricalSpectrum::new((0..8).map(f64::from))?;
/// // The interquartile range is 3.5, and 8^(1/3) = 2.
/// assert_eq!(Bins::FreedmanDiaconis.width(&spectrum), Some(3.5));
/// assert_eq!(Bins::FreedmanDiaconis.count(&spectrum)?, 2);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Bins {
    /// Width $2\\,\mathrm{IQR}\\,n^{-1/3}$, with the interquartile range by linear
    /// interpolation; Scott's width where that range is 0. Robust against
    /// outliers.
    ///
    /// Source: D. Freedman and P. Diaconis, Z. Wahrscheinlichkeitstheorie verw.
    /// Gebiete 57 (1981) 453, doi:10.1007/BF01025868.
    #[default]
    FreedmanDiaconis,
    /// Width $(24 \sqrt\pi / n)^{1/3} s$, with the standard deviation s of the
    /// empirical law.
    ///
    /// Source: D. W. Scott, Biometrika 66 (1979) 605,
    /// doi:10.1093/biomet/66.3.605.
    Scott,
    /// The given number of bins.
    Fixed(usize),
}

impl Bins {
    /// Computes the width that the rule asks for; `None` for a fixed number of bins, and
    /// where the spread of the values is 0.
    #[must_use]
    pub fn width(self, spectrum: &EmpiricalSpectrum) -> Option<f64> {
        let n = spectrum.len() as f64;
        let width = match self {
            Self::FreedmanDiaconis => {
                let quartile = |q| spectrum.interpolated_quantile(q);
                2.0 * (quartile(0.75) - quartile(0.25)) / n.cbrt()
            }
            Self::Scott => {
                (24.0 * std::f64::consts::PI.sqrt() / n).cbrt() * spectrum.variance().sqrt()
            }
            Self::Fixed(_) => return None,
        };
        match self {
            Self::FreedmanDiaconis if width <= 0.0 => Self::Scott.width(spectrum),
            _ => Some(width).filter(|width| *width > 0.0),
        }
    }

    /// Computes the number of bins.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] for a fixed number that is 0 or above 10,000.
    pub fn count(self, spectrum: &EmpiricalSpectrum) -> Result<usize, Error> {
        if let Self::Fixed(count) = self {
            let allowed = "a number of bins from 1 to 10000";
            arguments::parameter("bins", count as f64, (1..=MOST).contains(&count), allowed)?;
            return Ok(count);
        }
        let range = spectrum.max() - spectrum.min();
        Ok(match self.width(spectrum) {
            Some(width) => ((range / width).ceil() as usize).clamp(1, MOST),
            None => 1,
        })
    }
}
