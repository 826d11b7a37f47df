//! `FiniteOutliers`: the eigenvalues above the bulk.

use crate::Error;
use crate::law::TabulatedLaw;

/// What lies above a split may differ from the number of outliers by this share of it, and half
/// an eigenvalue: more is another part of the law than that of the outliers.
const MISCOUNT: f64 = 0.2;

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
/// eigenvalues lie higher by what the bulk adds, sampled ones from $a_0$ by up to 13 % at d = 20
/// and 7 % at d = 40 ([finite size](crate::guide::finite_size#15-outliers)):
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

    /// Computes the mean of all of them, without smoothing: that of the law above the end e of
    /// the bulk, 0 if there are none,
    ///
    /// $$ \frac{M_1 - \int_0^e x\\,d\mu}{1 - \mu(\[0, e\])} , $$
    ///
    /// with $M_1$ the mean of the whole in closed form. It is conditioned on the mass that the
    /// law has there, not on the number of outliers over n, from which this mass may differ by a
    /// fifth and half an eigenvalue.
    ///
    /// # Errors
    ///
    /// [`Error::NotSolved`] where the equations are not solved next to the axis at the end of
    /// the bulk; [`Error::Inconsistent`] where the mass differs by more: bulk and outliers are
    /// not apart.
    pub fn mean(&self) -> Result<f64, Error> {
        self.mean.clone()
    }

    /// Returns their own law, at the resolution of the whole: what lies above the least of x
    /// times the density between bulk and outliers. `None` if there are none.
    #[must_use]
    pub fn law(&self) -> Option<&TabulatedLaw> {
        self.law.as_ref()
    }
}

/// Whether so many eigenvalues above a split can be the outliers.
pub(super) fn counted(found: f64, outliers: f64) -> bool {
    (found - outliers).abs() <= MISCOUNT * outliers + 0.5
}

/// The mean of n eigenvalues' law above a split, of this mass and first moment there.
pub(super) fn mean_above(n: usize, outliers: f64, (mass, first): (f64, f64)) -> Result<f64, Error> {
    let found = n as f64 * mass;
    if counted(found, outliers) {
        return Ok(first / mass);
    }
    let identity = "the number of eigenvalues above the bulk at finite size";
    Err(Error::Inconsistent { identity, expected: outliers, found })
}

/// How many there are.
pub(super) fn count(groups: &[OutlierMean]) -> usize {
    groups.iter().map(|group| group.count).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_of_other_masses_than_that_of_the_outliers_are_refused() {
        for (mass, allowed) in [(0.21, true), (0.17, true), (0.25, true), (0.1, false)] {
            let mean = mean_above(100, 21.0, (mass, 3.0 * mass));
            match mean {
                Ok(mean) => assert!(allowed && (mean - 3.0).abs() < 1e-15, "{mass}: {mean}"),
                Err(Error::Inconsistent { expected: 21.0, .. }) => assert!(!allowed, "{mass}"),
                Err(other) => panic!("{mass}: {other}"),
            }
        }
        // Rounding is no eigenvalue.
        for mass in [0.0, -1e-12, 1e-12, f64::NAN] {
            assert!(mean_above(100, 1.0, (mass, 1e-9)).is_err(), "{mass}");
        }
    }
}
