//! The beta law, scaled to an interval.

use std::ops::RangeInclusive;

use num_complex::Complex64;
use rand::Rng;
use rand_distr::Distribution;

use super::density::{Density, Place};
use super::{DiagonalLaw, SquareLaw, analytic, bounded};
use crate::{Error, arguments};

/// Smallest and largest shape parameter: below, most of the mass is within
/// rounding of the ends; above, rounding
/// of a density this steep costs digits.
const SHAPES: RangeInclusive<f64> = 1e-2..=1e3;

/// The beta law on an interval: density
/// $\dfrac{(x-a)^{\alpha-1}(b-x)^{\beta-1}}{B(\alpha,\beta)\\,(b-a)^{\alpha+\beta-1}}$
/// on $[a, b]$.
///
/// # Complexity
/// The rule on the boundary needs about 200 nodes for shape parameters of the
/// order of 1, and more the smaller they are, since the mass then sits at the
/// ends: where $\alpha < 1/2$ a fraction $\varepsilon^\alpha$ of it lies within
/// $\varepsilon$ of the end.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{Beta, DiagonalLaw};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// // The arcsine law on [−1, 1]: E D² = 1/2.
/// let law = Beta::new(0.5, 0.5, -1.0, 1.0)?.square_law(1e-13)?;
/// assert!((law.moment(1) - 0.5).abs() < 1e-14);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[doc(alias = "arcsine")]
#[doc(alias = "semicircle")]
pub struct Beta {
    lower: f64,
    upper: f64,
    alpha: f64,
    beta: f64,
    sampler: rand_distr::Beta<f64>,
}

impl Beta {
    /// Takes the beta law with exponents `alpha` − 1 at `lower` and `beta` − 1 at `upper`.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when `alpha` or `beta` is not in
    /// $[0.01, 1000]$, `lower` or `upper` is not a finite number of
    /// absolute value at most 1e30, or `upper` is not greater than `lower`.
    pub fn new(alpha: f64, beta: f64, lower: f64, upper: f64) -> Result<Self, Error> {
        let allowed = "a number in [0.01, 1000]";
        for (name, value) in [("alpha", alpha), ("beta", beta)] {
            arguments::within(name, value, SHAPES, allowed)?;
        }
        bounded::interval(lower, upper)?;
        let sampler = rand_distr::Beta::new(alpha, beta).map_err(|_| Error::InvalidParameter {
            name: "alpha",
            value: alpha,
            allowed,
        })?;
        Ok(Self { lower, upper, alpha, beta, sampler })
    }

    /// Takes the beta law on $[0, 1]$.
    ///
    /// # Errors
    /// As for [`Beta::new`].
    pub fn standard(alpha: f64, beta: f64) -> Result<Self, Error> {
        Self::new(alpha, beta, 0.0, 1.0)
    }
}

impl DiagonalLaw for Beta {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        let q = self.sampler.sample(rng);
        (self.lower + (self.upper - self.lower) * q).clamp(self.lower, self.upper)
    }

    fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error> {
        analytic::square_law(self, tolerance)
    }
}

impl Density for Beta {
    fn interval(&self) -> (f64, f64) {
        (self.lower, self.upper)
    }

    fn ln_density(&self, place: &Place) -> Complex64 {
        // Counted from the mean's density, so that large parameters do not underflow.
        let (alpha, beta) = (self.alpha, self.beta);
        let (left, right) = (alpha / (alpha + beta), beta / (alpha + beta));
        (alpha - 1.0) * (place.ln_from_lower - left.ln())
            + (beta - 1.0) * (place.ln_from_upper - right.ln())
    }
}
