//! The eigenvalues that a finite kernel is expected to have besides its law.

use ndarray::Array1;

use super::{FiniteSpectrum, LimitingSpectrum};
use crate::activation::{Centring, DerivativeMoments};
use crate::law::{MarchenkoPastur, SpectralLaw, tolerance};
use crate::{Dimensions, Error, arguments};

/// An $a_0$ or $a_1$ of this size, against $\sqrt{m_2}$, is rounding noise of a
/// quadrature.
const NOISE: f64 = 1e-12;

/// Several outliers that lie together.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct OutlierGroup {
    /// How many.
    pub count: usize,
    /// Where the smallest of them is expected.
    pub lower: f64,
    /// Where the largest of them is expected.
    pub upper: f64,
}

/// The outliers that theory expects of a kernel of finite size.
///
/// With $\tau_1 = \mathbb E D^2$, and $a_0$, $a_1$ of [`DerivativeMoments`]:
///
/// - **from $a_0$**, if $a_0 \ne 0$: $\min(d, n)$ eigenvalues, those of
///   $a_0^2 \tau_1 \frac1d X X^\top$, distributed over
///   $a_0^2 \tau_1 \frac nd \bigl(1 \pm \sqrt{d/n}\bigr)^2$ like the
///   Marchenko–Pastur law of ratio $d/n$ scaled by $a_0^2 \tau_1 n/d$;
/// - **from $a_1$**, if $a_1 \ne 0$: one, near $a_1^2 \tau_1 n / d$.
///
/// They are fractions $1/(\gamma_1 p)$ and $1/n$ of the spectrum and a factor of
/// order $\gamma_1 p$ above the bulk, and no part of the limiting law (section 8
/// of the [theory](crate::guide::theory)). Locations are leading orders: what the bulk adds to
/// an outlier, a relative $O(1/(\gamma_1 p))$, is not in them. $a_0$ or
/// $a_1$ below $10^{-12} \sqrt{m_2}$ count as 0.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::activation::{Activation, Relu};
/// use ntk_spectrum::spectrum::PredictedOutliers;
///
/// let dimensions = Dimensions::new(2800, 25, 25)?;
/// let outliers = PredictedOutliers::new(Relu.moments()?, 1.0, dimensions)?;
/// let group = outliers.from_a0().unwrap();
/// assert_eq!(group.count, 25);
/// // a0² n/d = 28, and √(d/n) = 0.0945.
/// assert!((group.lower - 22.958).abs() < 1e-3 && (group.upper - 33.542).abs() < 1e-3);
/// // a1² = 1/(2π).
/// assert!((outliers.from_a1().unwrap() - 17.825).abs() < 1e-3);
/// assert_eq!(outliers.count(), 26);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "spikes")]
#[derive(Debug, Clone, Copy)]
pub struct PredictedOutliers {
    from_a0: Option<Spread>,
    from_a1: Option<f64>,
    dimensions: Option<Dimensions>,
}

/// `count` outliers like the eigenvalues of `scale` times a sample covariance
/// matrix of ratio `ratio`.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spread {
    count: usize,
    scale: f64,
    ratio: f64,
    /// What the rest of the kernel adds.
    shift: f64,
}

/// Predictions are equal that say the same, of whatever kernels.
impl PartialEq for PredictedOutliers {
    fn eq(&self, other: &Self) -> bool {
        (self.from_a0, self.from_a1) == (other.from_a0, other.from_a1)
    }
}

impl PredictedOutliers {
    /// Predicts the outliers of a kernel of these dimensions, for σ′ of the given
    /// moments and $\mathbb E D^2$ = `mean_square`.
    ///
    /// For a kernel whose σ′ was centred, pass the moments of $\sigma^\prime - a_0$, or
    /// use [`of_dimensions`](Self::of_dimensions).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if `mean_square` is negative or not finite, or if a
    /// location overflows.
    pub fn new(
        moments: DerivativeMoments,
        mean_square: f64,
        dimensions: Dimensions,
    ) -> Result<Self, Error> {
        arguments::non_negative("mean_square", mean_square)?;
        let (n, d) = (dimensions.n(), dimensions.d());
        let (points, dimension) = (n as f64, d as f64);
        let noise = NOISE * moments.second_moment.sqrt();
        let scale = |a: f64| {
            if a.abs() <= noise || mean_square == 0.0 {
                return Ok(None);
            }
            let scale = a * a * mean_square * (points / dimension);
            arguments::positive("a² E D² n/d", scale).map(Some)
        };
        let from_a0 = scale(moments.a0)?.map(|scale| Spread {
            count: d.min(n),
            scale,
            ratio: dimension / points,
            shift: 0.0,
        });
        let from_a1 = scale(moments.a1)?;
        Ok(Self { from_a0, from_a1, dimensions: Some(dimensions) })
    }

    /// Predicts the outliers of a kernel of these dimensions whose limit is `law`: none
    /// from $a_0$ if its derivative was centred.
    ///
    /// Kernels and operators say their dimensions and centring.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), as the queries of `law`, and [`Error::InvalidParameter`] for a law
    /// with a covariance, of whose outliers nothing is predicted.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Centring, Relu};
    /// use ntk_spectrum::spectrum::PredictedOutliers;
    /// use ntk_spectrum::{Dimensions, LimitingSpectrum};
    ///
    /// let dimensions = Dimensions::new(200, 12, 20)?;
    /// let law = LimitingSpectrum::from_dimensions(dimensions, Relu, 1.0);
    /// let all = PredictedOutliers::of_dimensions(&law, dimensions, Centring::Raw)?;
    /// assert_eq!(all.count(), 12 + 1);
    /// let fewer = PredictedOutliers::of_dimensions(&law, dimensions, Centring::Centred)?;
    /// assert_eq!(fewer.count(), 1);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn of_dimensions(
        law: &LimitingSpectrum,
        dimensions: Dimensions,
        centring: Centring,
    ) -> Result<Self, Error> {
        law.population().check_isotropic()?;
        let square = law.population().diagonal().square_law(tolerance::DEFAULT)?;
        let all = Self::new(law.derivative_moments()?, square.moment(1), dimensions)?;
        Ok(match centring {
            Centring::Raw => all,
            Centring::Centred => Self { from_a0: None, ..all },
        })
    }

    /// Predicts the outliers of a kernel whose law at finite size is known: as many, those from
    /// $a_0$ spread like those of [`new`](Self::new), about the positions $\lambda_1$, and
    /// $\lambda_0$ for the one from $a_1$, of [`FiniteOutliers`](super::FiniteOutliers), and
    /// shifted by what the rest of the kernel adds, so that the mean of all is the
    /// [mean](super::FiniteOutliers::mean) $\bar\lambda$ of the law:
    ///
    /// $$ \lambda_1 \bigl(1 \pm \sqrt{d/n}\bigr)^2 + s , \qquad
    /// s = \frac{(d + 1) \bar\lambda - \lambda_0}d - \lambda_1 , $$
    ///
    /// or $s = \bar\lambda - \lambda_1$ without one from $a_1$. This one is at $\lambda_0$, and at
    /// $\bar\lambda$ where it is alone.
    ///
    /// The law is that of σ′ as it is: for a kernel whose σ′ was centred, take
    /// [`of_dimensions`](Self::of_dimensions).
    ///
    /// Means of sampled kernels are met to 0.8 % at d = 20 and 0.2 % at d = 40 and 80, the one
    /// outlier of $\sigma = \cos$ to 2 % at d = 20; those of `new` are off by up to 11 %, of cos
    /// by 12.4 % ([finite size](crate::guide::finite_size#15-outliers)).
    ///
    /// # Errors
    ///
    /// As [`FiniteSpectrum::outliers`] and [`FiniteOutliers::mean`](super::FiniteOutliers::mean).
    ///
    /// # Complexity
    ///
    /// That of the table of the law.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::spectrum::{FiniteSpectrum, PredictedOutliers};
    ///
    /// let law = FiniteSpectrum::new(Dimensions::new(1120, 40, 40)?, Relu, 1.0);
    /// let outliers = PredictedOutliers::at_finite_size(&law)?;
    /// assert_eq!(outliers.count(), 41);
    /// // Of sampled kernels, 7.37.
    /// assert!((outliers.locations().mean().unwrap() / 7.37 - 1.0).abs() < 0.01);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn at_finite_size(law: &FiniteSpectrum) -> Result<Self, Error> {
        let outliers = law.outliers()?;
        let (n, d) = (law.dimensions().n() as f64, law.dimensions().d());
        let ratio = d as f64 / n;
        let mut found = Self { dimensions: Some(law.dimensions()), ..Self::none() };
        // Those from a0 come first, d of them.
        let mut rest = outliers.count() as f64 * outliers.mean()?;
        for group in outliers.groups().iter().rev() {
            let (count, scale) = (group.count, group.mean);
            if count == d {
                let shift = rest / count as f64 - scale;
                found.from_a0 = Some(Spread { count, scale, ratio, shift });
            } else {
                let alone = outliers.count() == count;
                found.from_a1 = Some(if alone { rest } else { scale });
                rest -= scale;
            }
        }
        Ok(found)
    }

    /// Predicts no outliers: for matrices that have none, and kernels whose σ′ was freed
    /// of $a_0$ and $a_1$.
    #[must_use]
    pub fn none() -> Self {
        Self { from_a0: None, from_a1: None, dimensions: None }
    }

    /// Returns n, d and p of the kernel; `None` for [`none`](Self::none).
    #[must_use]
    pub fn dimensions(&self) -> Option<Dimensions> {
        self.dimensions
    }

    /// Counts them: d (or n, if that is less) for $a_0 \ne 0$, one for $a_1 \ne 0$.
    #[must_use]
    pub fn count(&self) -> usize {
        self.from_a0.map_or(0, |spread| spread.count) + usize::from(self.from_a1.is_some())
    }

    /// Returns the outliers from $a_0$, between the ends of their Marchenko–Pastur law.
    #[must_use]
    pub fn from_a0(&self) -> Option<OutlierGroup> {
        self.from_a0.map(|Spread { count, scale, ratio, shift }| OutlierGroup {
            count,
            lower: shift + scale * (1.0 - ratio.sqrt()).powi(2),
            upper: shift + scale * (1.0 + ratio.sqrt()).powi(2),
        })
    }

    /// Returns where the outlier from $a_1$ is expected.
    #[must_use]
    pub fn from_a1(&self) -> Option<f64> {
        self.from_a1
    }

    /// Lists where they are expected, ascending: the midquantiles of the law of those
    /// from $a_0$, and the place of the one from $a_1$.
    #[must_use]
    pub fn locations(&self) -> Array1<f64> {
        let mut places: Vec<f64> = self.from_a1.into_iter().collect();
        if let Some(Spread { count, scale, ratio, shift }) = self.from_a0 {
            // The ratio is admissible; the law of d > n has n positive values.
            let law = MarchenkoPastur::new(ratio);
            let table = law.as_ref().map(SpectralLaw::tabulated);
            if let Ok(Ok(table)) = table {
                let atom = table.atoms().first().map_or(0.0, |a| a.mass);
                let q = |k: usize| atom + (1.0 - atom) * (k as f64 + 0.5) / count as f64;
                places.extend((0..count).map(|k| shift + scale * table.quantile(q(k).min(1.0))));
            }
        }
        places.sort_by(f64::total_cmp);
        places.into()
    }

    /// Counts those expected above x: for those from $a_0$, the number of
    /// midquantiles above it.
    #[must_use]
    pub fn count_above(&self, x: f64) -> usize {
        match self.from_a0() {
            // A question that needs no law.
            Some(group) if group.lower > x => {
                group.count + usize::from(self.from_a1.is_some_and(|place| place > x))
            }
            _ => self.locations().iter().filter(|place| **place > x).count(),
        }
    }
}
