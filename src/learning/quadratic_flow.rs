//! Gradient flow on a polynomial target, by a contour in the plane of w.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::{FilterErrors, PolynomialTarget, Regression, Target};
use crate::law::TTransform;
use crate::numerics::parallel::in_parallel;
use crate::{Error, LimitingSpectrum, arguments};

/// Points on the upper half of the contour, in the first attempt and at most.
const FIRST: usize = 64;
const MOST: usize = 1024;

/// What two attempts may differ by, of the variance of the target.
const ACCURACY: f64 = 1e-10;

/// How far beyond the upper edge the contour goes.
const BEYOND: f64 = 1.3;

/// A point of the contour: w, z(w), z′(w), the length that it stands for, q and q′ at −w.
struct Point {
    w: Complex64,
    z: Complex64,
    slope: Complex64,
    length: Complex64,
    q: [Complex64; 2],
}

impl Regression<'_, LimitingSpectrum, PolynomialTarget> {
    /// Computes the errors of gradient flow at the time t. The training error is one contour
    /// integral, the test error two:
    ///
    /// $$ \text{test} = \frac{1}{(2\pi i)^2} \oint\\!\oint \frac{r(z)\\,r(z^\prime)}{z
    /// z^\prime}\\,\Psi(z, z^\prime)\\,dz\\,dz^\prime , \qquad \Psi = \gamma_1
    /// \frac{F_2^2 (w q^\prime - w^\prime q) + (F_{\ge3}^2 + s^2)(w - w^\prime)}{z - z^\prime} ,
    /// $$
    ///
    /// with $r = e^{-tz}$, z = z(w), q at −w, and likewise with a prime. Leading order, as the
    /// errors of ridges.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless t is finite and at least 0, or with
    /// [`with_dimensions`](Self::with_dimensions), where no formula is known;
    /// [`Error::NotConverged`] where 2048 points of the contour do not settle the integrals, as
    /// for late times; as the queries of the law.
    ///
    /// # Complexity
    /// A few hundred contour integrals for q: tenths of a second.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::LimitingSpectrum;
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::learning::{PolynomialTarget, Regression};
    ///
    /// let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    /// let regression = Regression::new(&law, PolynomialTarget::new(1.0, 0.0, 0.0)?);
    /// let errors = regression.gradient_flow(10.0)?;
    /// assert!((errors.test - 0.615985442773).abs() < 1e-9);
    /// assert!((errors.training - 0.0844668593255).abs() < 1e-9);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn gradient_flow(&self, time: f64) -> Result<FilterErrors, Error> {
        arguments::non_negative("time", time)?;
        if let Some(finite) = self.finite()? {
            let allowed = "left out: gradient flow on polynomials is known in the limit only";
            arguments::parameter("n of the dimensions", finite.samples(), false, allowed)?;
        }
        let variance = self.target().quadratic_variance();
        let noise = Target::<LimitingSpectrum>::noise_variance(self.target());
        let whole = variance + noise;
        if time == 0.0 || self.axis()?.mean() == 0.0 {
            return Ok(FilterErrors { test: whole, training: whole });
        }
        let (mut count, mut last) = (FIRST, None::<FilterErrors>);
        loop {
            let points = self.contour(time, count)?;
            let found = self.integrals(&points, time);
            // r(0) = 1 by the same points: late, they may all lie where r is next to 0.
            let missed = whole * (self.at_zero(&points, time) - 1.0).abs();
            let change = last.map_or(f64::INFINITY, |last| {
                (found.test - last.test).abs().max((found.training - last.training).abs())
            });
            let change = change.max(missed);
            if change <= ACCURACY * whole {
                return Ok(found);
            }
            if count == MOST {
                return Err(Error::NotConverged {
                    computation: "gradient flow on a polynomial target",
                    at: time,
                    iterate: found.test.into(),
                    residual: change,
                });
            }
            (count, last) = (2 * count, Some(found));
        }
    }

    /// An ellipse around the bulk's image in the plane of w, by `count` points in the upper
    /// half-plane.
    fn contour(&self, time: f64, count: usize) -> Result<Vec<Point>, Error> {
        let axis = self.axis()?;
        let transform = axis.transform();
        // As far to the left as the exponential allows, so that the contour is wide.
        let left = -axis.solve((1.0 / time).min(5.0 * axis.mean()), None)?.kappa;
        let map = |w: Complex64| {
            let (t, slope) = transform.t(w);
            (w * (axis.gamma1() + t), axis.gamma1() + t + w * slope)
        };
        // φ(w) < γ1, as it is off the image of the bulk.
        let mut right = 1.05 * transform.upper_end()?;
        while map(right.into()).1.re <= 0.0 {
            right *= 1.1;
        }
        right *= BEYOND;
        let (centre, radius) = (0.5 * (left + right), 0.5 * (right - left));
        let angles: Vec<f64> = (0..count).map(|k| (k as f64 + 0.5) * PI / count as f64).collect();
        in_parallel(&angles, |angle| {
            let turn = Complex64::from_polar(1.0, *angle);
            let w = centre + radius * turn;
            let (z, slope) = map(w);
            if z.im.is_nan() || z.im <= 0.0 {
                return Err(Error::NotConverged {
                    computation: "a contour around the image of the bulk",
                    at: w.re,
                    iterate: w,
                    residual: z.im,
                });
            }
            let length = Complex64::I * radius * turn * (PI / count as f64);
            let q = self.law().population().quadratic_part(-w)?;
            Ok(Point { w, z, slope, length, q })
        })
    }

    /// (1/2πi) ∮ e^{−tz}/z dz
    fn at_zero(&self, points: &[Point], time: f64) -> f64 {
        let terms = points.iter().map(|p| {
            let integrand = (-time * p.z).exp() / p.z * p.slope * p.length;
            2.0 * (integrand / Complex64::new(0.0, 2.0 * PI)).re
        });
        terms.sum()
    }

    fn integrals(&self, points: &[Point], time: f64) -> FilterErrors {
        let gamma1 = self.law().gamma1();
        let variance = self.target().quadratic_variance();
        let noise = Target::<LimitingSpectrum>::noise_variance(self.target());
        let two_pi_i = Complex64::new(0.0, 2.0 * PI);
        let r = |point: &Point| (-time * point.z).exp();
        // The lower half is the conjugate.
        let training: f64 = points
            .iter()
            .map(|p| {
                let integrand = r(p) * r(p) * (variance * p.q[0] + noise) / (gamma1 * p.w);
                2.0 * (integrand * p.slope * p.length / two_pi_i).re
            })
            .sum();
        let weights: Vec<Complex64> =
            points.iter().map(|p| r(p) / p.z * p.slope * p.length / two_pi_i).collect();
        let mut test = 0.0;
        for (i, a) in points.iter().enumerate() {
            for (j, b) in points.iter().enumerate() {
                // z′ in the same half-plane, and in the other.
                let same = if i == j {
                    (variance * (a.q[0] + a.w * a.q[1]) + noise) / a.slope
                } else {
                    (variance * (a.w * b.q[0] - b.w * a.q[0]) + noise * (a.w - b.w)) / (a.z - b.z)
                };
                let (w, q, z) = (b.w.conj(), b.q[0].conj(), b.z.conj());
                let other = (variance * (a.w * q - w * a.q[0]) + noise * (a.w - w)) / (a.z - z);
                test += 2.0 * (weights[i] * (weights[j] * same + weights[j].conj() * other)).re;
            }
        }
        FilterErrors { test: gamma1 * test, training }
    }
}
