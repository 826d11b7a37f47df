//! `Resolution`: the kernel by which laws at finite size are smoothed.

use std::f64::consts::PI;

use num_complex::Complex64;

use crate::{Error, arguments};

/// The kernel by which laws at finite size are smoothed, of relative width ε: an eigenvalue
/// λ > 0 becomes the law with the distribution function
///
/// $$ F_\varepsilon(x) = \frac{1 - \arg(x(1 + i\varepsilon) - \lambda)/\pi}
/// {1 - \arctan(\varepsilon)/\pi} , \qquad x > 0 , $$
///
/// an eigenvalue 0 stays where it is. A law of Stieltjes transform m becomes one of density
/// $\operatorname{Im}\[(1 + i\varepsilon) m(x(1 + i\varepsilon))\]/(\pi - \arctan\varepsilon)$.
/// Its tails, like $\varepsilon/x^2$ above and constant below, have an infinite mean.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::spectrum::Resolution;
///
/// let kernel = Resolution::new(0.02)?;
/// assert!((kernel.step(1.0, 1.0) - 0.5).abs() < 0.01);
/// assert!(kernel.step(0.9, 1.0) < 0.1 && kernel.step(1.1, 1.0) > 0.9);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Resolution {
    /// 1 + iε.
    pub(super) ray: Complex64,
    /// arctan ε.
    pub(super) angle: f64,
}

impl Resolution {
    /// Takes the kernel of relative width ε.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless ε is in (0, 0.5\].
    pub fn new(epsilon: f64) -> Result<Self, Error> {
        let valid = epsilon > 0.0 && epsilon <= 0.5;
        let allowed = "a number above 0, at most 0.5";
        arguments::parameter("resolution", epsilon, valid, allowed)?;
        Ok(Self { ray: Complex64::new(1.0, epsilon), angle: epsilon.atan() })
    }

    /// Returns ε.
    #[must_use]
    pub fn width(self) -> f64 {
        self.ray.im
    }

    /// 1 − arctan(ε)/π.
    fn mass(self) -> f64 {
        1.0 - self.angle / PI
    }

    /// The smoothed density at x of a law with this m at x(1 + iε).
    pub(super) fn density(self, m: Complex64) -> f64 {
        (self.ray * m).im / (PI * self.mass())
    }

    /// The smoothed density at x of an eigenvalue.
    pub(super) fn kernel(self, x: f64, eigenvalue: f64) -> f64 {
        self.density((eigenvalue - self.ray * x).inv())
    }

    /// Returns $F_\varepsilon(x)$ of an eigenvalue, 1 at $x = \infty$: not a number if x is none
    /// or the eigenvalue is not finite.
    #[must_use]
    pub fn step(self, x: f64, eigenvalue: f64) -> f64 {
        if x.is_nan() || !eigenvalue.is_finite() {
            return f64::NAN;
        }
        if x <= 0.0 {
            // An eigenvalue 0 is not moved.
            return if eigenvalue <= 0.0 && x == 0.0 { 1.0 } else { 0.0 };
        }
        if eigenvalue <= 0.0 || x == f64::INFINITY {
            return 1.0;
        }
        // π − arg(x(1 + iε) − λ), whose digits a difference would lose for λ far above x, and
        // over x, so that εx does not underflow.
        let angle = self.width().atan2((eigenvalue - x) / x);
        (angle / (PI - self.angle)).min(1.0)
    }

    /// The mass beyond a large x of a law of this mean.
    pub(super) fn beyond(self, x: f64, mean: f64) -> f64 {
        let slope = self.ray.im / self.ray.norm_sqr();
        slope * mean / (PI * self.mass() * x)
    }

    /// The x beyond which a law of this mean has this mass.
    pub(super) fn tail(self, mass: f64, mean: f64) -> f64 {
        self.beyond(1.0, mean) / mass
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_is_the_slope_of_the_step() {
        for epsilon in [0.02, 0.5] {
            let resolution = Resolution::new(epsilon).unwrap();
            for x in [0.1, 0.9, 1.0, 1.3, 20.0] {
                let h = 1e-5 * x;
                let slope = (resolution.step(x + h, 1.0) - resolution.step(x - h, 1.0)) / (2.0 * h);
                assert!((slope / resolution.kernel(x, 1.0) - 1.0).abs() < 1e-5, "{epsilon} {x}");
            }
            assert!((resolution.step(1e9, 1.0) + resolution.beyond(1e9, 1.0) - 1.0).abs() < 1e-15);
            assert_eq!(resolution.step(0.0, 1.0), 0.0);
        }
    }

    #[test]
    fn steps_of_all_sizes() {
        for epsilon in [1e-300, 0.02, 0.5_f64] {
            let resolution = Resolution::new(epsilon).unwrap();
            for eigenvalue in [5e-324, 1.0, f64::MAX] {
                assert_eq!(resolution.step(f64::INFINITY, eigenvalue), 1.0);
                let half = 0.5 / resolution.mass();
                assert!((resolution.step(eigenvalue, eigenvalue) / half - 1.0).abs() < 1e-15);
            }
            // Far below an eigenvalue, π F is the small angle εx/(λ − x) over the mass.
            for x in [1e-290, 1.0, 1e290] {
                let found = resolution.step(x, 1e12 * x);
                let expected = epsilon / (1e12 - 1.0) / (PI - epsilon.atan());
                assert!((found / expected - 1.0).abs() < 1e-12, "{epsilon} {x}: {found}");
            }
            for x in [1e-310, 1e-3, 1e3, 1e300, f64::MAX] {
                for eigenvalue in [5e-324, 1e-300, 1.0, f64::MAX] {
                    let found = resolution.step(x, eigenvalue);
                    assert!((0.0..=1.0).contains(&found), "{epsilon} {x} {eigenvalue}: {found}");
                }
            }
            for eigenvalue in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
                assert!(resolution.step(1.0, eigenvalue).is_nan());
                assert!(resolution.step(f64::INFINITY, eigenvalue).is_nan());
            }
            assert!(resolution.step(f64::NAN, 1.0).is_nan());
        }
    }
}
