//! The normal law, truncated to an interval.

use num_complex::Complex64;
use rand::{Rng, RngExt};

use super::density::{Density, Place};
use super::{DiagonalLaw, SquareLaw, analytic, bounded};
use crate::{Error, arguments};

/// Largest standard deviation before truncation: that of the values of D.
const LARGEST_DEVIATION: f64 = 1e30;

/// Where the density has fallen to e^{-CUT} of its largest value it is cut off.
const CUT: f64 = 72.0;

/// Proposals of the rejection sampler; one in ten is accepted at worst, so
/// that all of them fail has probability below 1e-45.
const MAX_PROPOSALS: usize = 1000;

/// The normal law of mean $m$ and standard deviation $s$, conditioned on an
/// interval: density proportional to $e^{-(x-m)^2/2s^2}$ on $[a, b]$.
///
/// The mean may lie outside the interval, as far as one likes. Where the
/// density is less than $e^{-72}$ of its largest value it is taken to be 0, so
/// the support of the [`SquareLaw`] can be shorter than $[a, b]$; the mass that
/// this neglects is below $10^{-30}$.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{DiagonalLaw, TruncatedNormal};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let law = TruncatedNormal::new(0.0, 1.0, -30.0, 30.0)?.square_law(1e-13)?;
/// // E D⁴ of the normal law
/// assert!((law.moment(2) - 3.0).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
///
/// # Source
/// Sampling by rejection from an exponential law, as in C. P. Robert,
/// *Simulation of truncated normal variables*, Stat. Comput. 5 (1995) 121–125.
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "Gaussian")]
pub struct TruncatedNormal {
    /// Ends of the interval, cut off where the density is negligible.
    lower: f64,
    upper: f64,
    /// The mean's position and the standard deviation in units of the width.
    mean: f64,
    std_dev: f64,
    side: Side,
}

/// Where the mean lies; `mean` is counted from the end that is named.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Side {
    /// Below the interval, at lower − mean.
    Below,
    /// Inside, at lower + mean.
    Inside,
    /// Above, at upper + mean.
    Above,
}

impl TruncatedNormal {
    /// Takes the normal law with the given mean and standard deviation (before
    /// truncation), conditioned on $[\text{lower}, \text{upper}]$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when `mean`, `lower` or `upper` is not a
    /// finite number of absolute value at most 1e30, `std_dev` is not in
    /// $(0, 10^{30}]$, `upper` is not greater than `lower`, or the law is so
    /// concentrated that its width is below rounding.
    pub fn new(mean: f64, std_dev: f64, lower: f64, upper: f64) -> Result<Self, Error> {
        bounded::value("mean", mean)?;
        let valid = std_dev > 0.0 && std_dev <= LARGEST_DEVIATION;
        arguments::parameter("std_dev", std_dev, valid, "a positive number, at most 1e30")?;
        bounded::interval(lower, upper)?;
        let mode = mean.clamp(lower, upper);
        let offset = (mode - mean) / std_dev;
        // √(o² + 2·CUT) − |o| standard deviations beyond the mode, on its far side.
        let reach = std_dev * 2.0 * CUT / (offset.hypot((2.0 * CUT).sqrt()) + offset.abs());
        let (cut_lower, cut_upper) = (lower.max(mode - reach), upper.min(mode + reach));
        let width = cut_upper - cut_lower;
        let allowed = "large enough for the law to differ from a constant (or use Constant)";
        arguments::parameter("std_dev", std_dev, width > 0.0, allowed)?;
        let (side, distance) = if mean < lower {
            (Side::Below, lower - mean)
        } else if mean > upper {
            (Side::Above, mean - upper)
        } else {
            (Side::Inside, mean - cut_lower)
        };
        Ok(Self {
            lower: cut_lower,
            upper: cut_upper,
            mean: distance / width,
            std_dev: std_dev / width,
            side,
        })
    }
}

impl DiagonalLaw for TruncatedNormal {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        let width = self.upper - self.lower;
        let variance = self.std_dev * self.std_dev;
        let rate = match self.side {
            Side::Inside => 0.0,
            Side::Below | Side::Above => self.mean / variance,
        };
        let mut accepted = 0.0;
        for _ in 0..MAX_PROPOSALS {
            let u: f64 = rng.random();
            // The exponential law of this rate on [0, 1].
            let q = if rate < 1e-8 { u } else { -(u * (-rate).exp_m1()).ln_1p() / rate };
            let deviation = match self.side {
                Side::Inside => q - self.mean,
                Side::Below | Side::Above => q,
            };
            accepted = q;
            if rng.random::<f64>() < (-0.5 * deviation * deviation / variance).exp() {
                break;
            }
        }
        match self.side {
            Side::Above => (self.upper - width * accepted).max(self.lower),
            Side::Inside | Side::Below => (self.lower + width * accepted).min(self.upper),
        }
    }

    fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error> {
        analytic::square_law(self, tolerance)
    }
}

impl Density for TruncatedNormal {
    fn interval(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }

    fn ln_density(&self, place: &Place) -> Complex64 {
        // (x − m)² less its smallest value, without cancellation.
        let square = match self.side {
            Side::Inside => (place.from_lower - self.mean).powi(2),
            Side::Below => place.from_lower * (place.from_lower + 2.0 * self.mean),
            Side::Above => place.from_upper * (place.from_upper + 2.0 * self.mean),
        };
        -0.5 * square / (self.std_dev * self.std_dev)
    }
}
