//! `FiniteOutliers`: the eigenvalues above the bulk.

use crate::Error;
use crate::law::TabulatedLaw;

/// Some outliers, and where they are on the mean.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct OutlierMean {
    /// How many.
    pub count: usize,
    /// Their mean position, as far as their own part of the energy makes it.
    pub mean: f64,
}

/// The outliers of a [`FiniteSpectrum`](super::FiniteSpectrum): the second part of its law.
///
/// With $r = n/(dp)$, N = dp, $\bar\tau = \mathbb E D^2$ and the mean energies
/// [`FiniteEnergies`](super::FiniteEnergies): d eigenvalues of mean position
/// $r p \bar\tau \\,\mathbb E S_1$ if $a_0 \ne 0$, and one at $r N \bar\tau\\,\mathbb E S_0$ if
/// $a_1 \ne 0$. These are the energies of their parts alone, which `bulk_stieltjes` takes out;
/// eigenvalues lie higher by what the bulk adds, sampled ones by 0 to 10 %:
/// [`mean`](FiniteOutliers::mean) and [`law`](Self::law) have that.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::spectrum::FiniteSpectrum;
///
/// let law = FiniteSpectrum::new(Dimensions::new(1120, 40, 40)?, Relu, 1.0);
/// let outliers = law.outliers()?;
/// assert_eq!(outliers.count(), 41);
/// // a0² n/d.
/// assert!((outliers.groups()[0].mean - 7.0).abs() < 1e-10);
/// assert!(outliers.law().unwrap().quantile(0.5) > 4.0);
/// // Sampled kernels have 7.37.
/// assert!((outliers.mean()? / 7.37 - 1.0).abs() < 0.01);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FiniteOutliers {
    pub(super) groups: Vec<OutlierMean>,
    pub(super) law: Option<TabulatedLaw>,
    /// In the unit of the caller.
    pub(super) mean: Result<f64, Error>,
}

impl FiniteOutliers {
    /// Returns those from $a_0$, then the one from $a_1$, as far as there are any.
    #[must_use]
    pub fn groups(&self) -> &[OutlierMean] {
        &self.groups
    }

    /// Counts them.
    #[must_use]
    pub fn count(&self) -> usize {
        count(&self.groups)
    }

    /// Computes the mean of all of them, without smoothing: that of the law above the bulk, 0 if
    /// there are none.
    ///
    /// # Errors
    ///
    /// [`Error::NotSolved`] where the equations are not solved next to the axis at the end of
    /// the bulk.
    pub fn mean(&self) -> Result<f64, Error> {
        self.mean.clone()
    }

    /// Returns their own law, at the resolution of the whole: what lies above the least of the
    /// density between bulk and outliers. `None` if there are none.
    #[must_use]
    pub fn law(&self) -> Option<&TabulatedLaw> {
        self.law.as_ref()
    }
}

/// How many there are.
pub(super) fn count(groups: &[OutlierMean]) -> usize {
    groups.iter().map(|group| group.count).sum()
}
