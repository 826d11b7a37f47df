//! `FiniteBulk`: the law without its outliers.

use num_complex::Complex64;

use super::outliers::{FiniteOutliers, OutlierMean, counted, mean_above};
use super::prepared::Prepared;
use super::resolution::Resolution;
use super::table::Table;
use crate::law::{Atom, Stretch, TabulatedLaw};
use crate::numerics::piece::Accuracy;
use crate::{Error, arguments};

/// Accuracy of the parts, which are tabulated from the table of the whole.
const ACCURACY: Accuracy<'_> = Accuracy { relative: 1e-6, mass: 1e-8, counted: &[] };

/// Moments that are kept.
const MOMENTS: usize = 9;

/// The bulk of a [`FiniteSpectrum`](super::FiniteSpectrum), its outliers set aside.
///
/// Density, distribution function and quantiles are of the lower part of the whole law, at its
/// resolution, freed of the tails that the outliers have there, and of mass 1. It ends where x
/// times the density is least between bulk and outliers, or where as many eigenvalues lie above as
/// there are outliers, if they are not apart. Moments are those of the law itself below this point,
/// without smoothing.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::spectrum::FiniteSpectrum;
///
/// let law = FiniteSpectrum::new(Dimensions::new(1120, 40, 40)?, Relu, 1.0);
/// let bulk = law.bulk()?;
/// assert_eq!(bulk.count(), 1120 - 41);
/// assert!(bulk.upper_end() < 4.0);
/// // The limit has mean 1/4.
/// assert!((bulk.mean()? - 0.25).abs() < 0.02);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct FiniteBulk {
    count: usize,
    law: TabulatedLaw,
    upper_end: f64,
    /// ∫ t^k over the bulk, of mass 1, in units of the law, or why there are none.
    moments: Result<[f64; MOMENTS], Error>,
    unit: f64,
    resolution: Resolution,
}

impl FiniteBulk {
    /// The two parts of a table.
    pub(super) fn apart(
        prepared: &Prepared,
        table: &Table,
        n: usize,
        count: usize,
    ) -> Result<(Self, FiniteOutliers), Error> {
        let (unit, resolution) = (prepared.unit, table.resolution);
        let whole = &table.law;
        let groups = prepared.outliers.clone();
        // In the unit of the table.
        let outliers: Vec<OutlierMean> =
            groups.iter().map(|group| OutlierMean { mean: group.mean / unit, ..*group }).collect();
        let end = whole.upper_end();
        let Some(system) = &prepared.system else {
            let (law, moments) = (whole.clone(), Ok(powers(0.0)));
            let bulk = Self { count, law, upper_end: 0.0, moments, unit, resolution };
            return Ok((bulk, FiniteOutliers { groups, law: None, mean: Ok(0.0) }));
        };
        let split = match outliers.is_empty() {
            true => end,
            false => split(table, &outliers, n, count),
        };
        // The outliers' tails below.
        let share = n as f64 / count as f64;
        let tail = |x: f64| {
            let each = |group: &OutlierMean| group.count as f64 * resolution.kernel(x, group.mean);
            outliers.iter().map(each).sum::<f64>() / count as f64
        };
        let atom = (share * table.atom).min(1.0);
        let density = |x: f64| (share * whole.density(x) - tail(x)).max(0.0);
        let law = part(&density, (0.0, split), atom)?.in_unit(unit.recip());
        let above = match split < end {
            true => Some(part(&|x| whole.density(x), (split, end), 0.0)?.in_unit(unit.recip())),
            false => None,
        };
        let sums = table.below::<MOMENTS>(system, split);
        let mean = match &sums {
            // Without outliers the split is far in the tail.
            _ if outliers.is_empty() => Ok(0.0),
            Ok(sums) => {
                let above = (1.0 - table.atom - sums[0], prepared.moments.0 - sums[1]);
                mean_above(n, (n - count) as f64, above).map(|mean| unit * mean)
            }
            Err(error) => Err(error.clone()),
        };
        let moments = sums.map(|sums| {
            let mass = sums[0] + table.atom;
            let mut moments = sums.map(|sum| sum / mass);
            moments[0] = 1.0;
            moments
        });
        let upper_end = unit * split;
        let bulk = Self { count, law, upper_end, moments, unit, resolution };
        Ok((bulk, FiniteOutliers { groups, law: above, mean }))
    }

    /// Returns how many eigenvalues it has.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Returns where it ends.
    #[must_use]
    pub fn upper_end(&self) -> f64 {
        self.upper_end
    }

    /// Returns the relative width ε that it is smoothed by.
    #[must_use]
    pub fn resolution(&self) -> f64 {
        self.resolution.ray.im
    }

    /// Returns it as a table, a [`SpectralLaw`](crate::law::SpectralLaw) for comparisons and
    /// pictures. Its own moments are those of the smoothed law.
    #[must_use]
    pub fn law(&self) -> &TabulatedLaw {
        &self.law
    }

    /// Returns the density at x.
    ///
    /// # Errors
    ///
    /// x NaN.
    pub fn density(&self, x: f64) -> Result<f64, Error> {
        Ok(self.law.density(arguments::not_nan("x", x)?))
    }

    /// Returns the distribution function at x.
    ///
    /// # Errors
    ///
    /// x NaN.
    pub fn cdf(&self, x: f64) -> Result<f64, Error> {
        Ok(self.law.cdf(arguments::not_nan("x", x)?))
    }

    /// Returns the smallest x with $F(x) \ge q$, $q \in \[0, 1\]$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] for another q.
    pub fn quantile(&self, q: f64) -> Result<f64, Error> {
        arguments::probability("q", q)?;
        Ok(self.law.quantile(q))
    }

    /// Computes the moment $\int t^k$, k ≤ 8, of the bulk without smoothing.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] for a larger k or where it overflows; [`Error::NotSolved`]
    /// where the equations are not solved next to the axis at the end of the bulk.
    pub fn moment(&self, k: u32) -> Result<f64, Error> {
        let valid = (k as usize) < MOMENTS;
        arguments::parameter("k", f64::from(k), valid, "a whole number, at most 8")?;
        let moments = self.moments.as_ref().map_err(Clone::clone)?;
        arguments::finite("the moment", moments[k as usize] * self.unit.powi(k as i32))
    }

    /// Computes the mean.
    ///
    /// # Errors
    ///
    /// As [`moment`](Self::moment).
    pub fn mean(&self) -> Result<f64, Error> {
        self.moment(1)
    }

    /// Computes the variance.
    ///
    /// # Errors
    ///
    /// As [`moment`](Self::moment).
    pub fn variance(&self) -> Result<f64, Error> {
        Ok(self.moment(2)? - self.mean()?.powi(2))
    }
}

/// The moments of a point.
fn powers(x: f64) -> [f64; MOMENTS] {
    std::array::from_fn(|k| x.powi(k as i32))
}

/// The end of a piece at which x f(x) is least between bulk and outliers; if they are not apart
/// there, the one nearest to the quantile that leaves as many above.
fn split(table: &Table, outliers: &[OutlierMean], n: usize, count: usize) -> f64 {
    let whole = &table.law;
    let above = (n - count) as f64;
    let first = outliers.iter().map(|group| group.mean).fold(f64::INFINITY, f64::min);
    let middle = whole.quantile(table.atom + 0.5 * (count as f64 / n as f64 - table.atom).max(0.0));
    let ends = || whole.pieces.iter().map(|piece| piece.upper);
    let weight = |x: f64| x * whole.density(x);
    let least = ends()
        .filter(|x| middle < *x && *x < first)
        .min_by(|l, r| weight(*l).total_cmp(&weight(*r)));
    let apart = |x: &f64| counted(n as f64 * whole.survival(*x), above);
    least.filter(apart).unwrap_or_else(|| {
        let quantile = whole.quantile(1.0 - above / n as f64);
        let distance = |x: f64| (x / quantile).ln().abs();
        ends().min_by(|l, r| distance(*l).total_cmp(&distance(*r))).unwrap_or(quantile)
    })
}

/// The law of this density on an interval, of mass 1 with the atom at 0.
fn part(
    density: &(dyn Fn(f64) -> f64 + Sync),
    (lower, upper): (f64, f64),
    atom: f64,
) -> Result<TabulatedLaw, Error> {
    let mut stretch = Stretch::new(lower, upper);
    stretch.breaks = (1..6).rev().map(|k| lower + (upper - lower) * 0.25_f64.powi(k)).collect();
    let tabulate = |factor: f64| {
        let atoms = vec![Atom { location: 0.0, mass: atom }];
        TabulatedLaw::tabulate(&[stretch.clone()], atoms, ACCURACY, &|point, _| {
            Ok((factor * density(point.x()), Complex64::ZERO))
        })
    };
    let found = tabulate(1.0)?;
    let mass = found.support().iter().map(|interval| interval.mass).sum::<f64>();
    if mass <= 0.0 || atom >= 1.0 {
        return Ok(TabulatedLaw::discrete(vec![Atom { location: 0.0, mass: 1.0 }]));
    }
    tabulate((1.0 - atom) / mass)
}
