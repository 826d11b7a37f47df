//! `Resolution`: the kernel by which laws at finite size are smoothed.

use num_complex::Complex64;

use std::f64::consts::PI;

/// The smoothing of relative width ε: at an eigenvalue λ > 0 the distribution function
///
/// F_ε(x) = \[1 − arg(x(1 + iε) − λ)/π\]/\[1 − arctan(ε)/π\],
///
/// that is ∫ of the density Im\[(1 + iε) m(x(1 + iε))\]/π over the mass that it has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Resolution {
    /// 1 + iε.
    pub(super) ray: Complex64,
    /// arctan ε.
    pub(super) angle: f64,
}

impl Resolution {
    pub(super) fn new(epsilon: f64) -> Self {
        Self { ray: Complex64::new(1.0, epsilon), angle: epsilon.atan() }
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

    /// F_ε(x) of an eigenvalue.
    pub(super) fn step(self, x: f64, eigenvalue: f64) -> f64 {
        if x <= 0.0 {
            // An eigenvalue 0 is not moved.
            return if eigenvalue <= 0.0 && x == 0.0 { 1.0 } else { 0.0 };
        }
        if eigenvalue <= 0.0 {
            return 1.0;
        }
        let angle = (self.ray * x - eigenvalue).arg();
        (1.0 - angle / PI) / self.mass()
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
            let resolution = Resolution::new(epsilon);
            for x in [0.1, 0.9, 1.0, 1.3, 20.0] {
                let h = 1e-5 * x;
                let slope = (resolution.step(x + h, 1.0) - resolution.step(x - h, 1.0)) / (2.0 * h);
                assert!((slope / resolution.kernel(x, 1.0) - 1.0).abs() < 1e-5, "{epsilon} {x}");
            }
            assert!((resolution.step(1e9, 1.0) + resolution.beyond(1e9, 1.0) - 1.0).abs() < 1e-15);
            assert_eq!(resolution.step(0.0, 1.0), 0.0);
        }
    }
}
