//! Projections of a function on the polynomials of one coordinate of a sphere.
//!
//! For u and v uniform on the sphere of radius √d in dimension d, ξ = ⟨u, v⟩/√d has density
//! ∝ (1 − ξ²/d)^{(d−3)/2} on |ξ| < √d; d = ∞ stands for the standard normal law. With
//! ξ = √d sin(y/√d) the density in y is ∝ cos(y/√d)^{d−2}, smooth for every d.
//!
//! As for Gaussian moments, φ is taken in its even and its odd part, so that what vanishes by
//! symmetry vanishes to the last bit, and energies are norms of remainders, never differences.

use std::f64::consts::FRAC_PI_2;

use super::clenshaw_curtis::{Estimate, ROUNDING, Subinterval, refine, subintervals};
use crate::{Error, arguments};

/// Where y is cut off: the density is below 10⁻²⁹⁰ there, in every dimension.
const RANGE: f64 = 37.0;
/// First subintervals of the half-line.
const BREAKS: [f64; 14] =
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 16.0, 24.0, RANGE];

/// The law of ξ in one dimension.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sphere {
    dimension: f64,
}

/// φ as seen by the polynomials q_0, …, q_3 that are orthonormal under the law of ξ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Projections {
    /// a_j = E φ q_j.
    pub(crate) a: [f64; 4],
    /// E (φ − Σ_{j≤3} a_j q_j)².
    pub(crate) beyond: f64,
    /// E (ξφ − its part of degree ≤ 2)².
    pub(crate) turned: f64,
    /// E φ².
    pub(crate) second_moment: f64,
}

/// φ at ξ and −ξ, times the root of the density of |y|.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    xi: f64,
    root: f64,
    even: f64,
    odd: f64,
    size: f64,
}

impl Sphere {
    pub(crate) fn new(dimension: usize) -> Self {
        Self { dimension: dimension as f64 }
    }

    /// The law of ξ for d → ∞.
    pub(crate) fn gaussian() -> Self {
        Self { dimension: f64::INFINITY }
    }

    /// A_j² of ξ q_j = A_{j+1} q_{j+1} + A_j q_{j−1}: j for a normal law.
    pub(crate) fn recurrence(self, j: usize) -> f64 {
        let (d, j) = (self.dimension, j as f64);
        if d.is_infinite() {
            return j;
        }
        d * j * (j + d - 3.0) / ((2.0 * j + d - 2.0) * (2.0 * j + d - 4.0))
    }

    /// y of a ξ > 0 on the sphere.
    fn angle(self, xi: f64) -> f64 {
        if self.dimension.is_infinite() {
            return xi;
        }
        let root = self.dimension.sqrt();
        root * (xi / root).min(1.0).asin()
    }

    fn pair(self, phi: &impl Fn(f64) -> f64, y: f64) -> Result<Pair, Error> {
        let d = self.dimension;
        let (xi, log) = if d.is_infinite() {
            (y, -0.5 * y * y)
        } else {
            let (sine, _) = (y / d.sqrt()).sin_cos();
            let square = (sine * sine).min(1.0 - f64::EPSILON);
            (d.sqrt() * sine, 0.5 * (d - 2.0) * (-square).ln_1p())
        };
        let at = |z: f64| match phi(z) {
            value if value.is_finite() => Ok(value),
            value => Err(Error::NonFiniteDerivative { z, value }),
        };
        let (right, left) = (0.5 * at(xi)?, 0.5 * at(-xi)?);
        let root = (0.5 * log).exp();
        Ok(Pair {
            xi,
            root,
            even: (right + left) * root,
            odd: (right - left) * root,
            size: (right.abs() + left.abs()) * root,
        })
    }

    /// First subintervals of y ≥ 0 for a function with these kinks in ξ.
    fn breaks(self, kinks: &[f64]) -> Result<Vec<f64>, Error> {
        arguments::finite_entries("kinks", kinks)?;
        let end = (self.dimension.sqrt() * FRAC_PI_2).min(RANGE);
        let inside = kinks.iter().map(|k| self.angle(k.abs()));
        let mut breaks: Vec<f64> = BREAKS.into_iter().chain(inside).filter(|y| *y < end).collect();
        breaks.push(end);
        breaks.sort_by(f64::total_cmp);
        breaks.dedup();
        Ok(breaks)
    }

    /// The projections of φ, whose derivative jumps or bends at `kinks` (in ξ).
    pub(crate) fn project(
        self,
        phi: impl Fn(f64) -> f64,
        kinks: &[f64],
    ) -> Result<Projections, Error> {
        let sample = |y: f64| self.pair(&phi, y);
        let mut cells =
            subintervals(&self.breaks(kinks)?, &sample).collect::<Result<Vec<_>, _>>()?;
        let [second, third] = [2, 3].map(|j| self.recurrence(j).sqrt());
        let polynomials = |xi: f64| {
            let square = (xi * xi - 1.0) / second;
            [1.0, xi, square, (xi * square - second * xi) / third]
        };
        let linear = |cell: &Subinterval<Pair>| {
            let part = |j: usize| {
                cell.integrate(move |p: &Pair| {
                    let q = polynomials(p.xi)[j] * p.root;
                    (if j.is_multiple_of(2) { p.even } else { p.odd } * q, p.size * q.abs())
                })
            };
            let mass = cell.integrate(|p| (p.root * p.root, p.root * p.root));
            let square = cell.integrate(|p| {
                let square = p.even * p.even + p.odd * p.odd;
                (square, square)
            });
            [mass, part(0), part(1), part(2), part(3), square]
        };
        let [mass, parts @ .., square] = refine(&mut cells, &sample, linear)?;
        let names = ["a0", "a1", "a2", "a3", "m2"];
        for (name, total) in names.into_iter().zip(parts.iter().chain([&square])) {
            accepted(name, total, square.value.sqrt() * mass.value.sqrt())?;
        }
        // A projection that is rounding of the integral is not there.
        let a: [f64; 4] = std::array::from_fn(|j| match parts[j] {
            part if part.value.abs() <= part.floor => 0.0,
            part => part.value / mass.value,
        });
        // ξφ has these projections on q_0, q_1, q_2.
        let turned = [a[1], a[0] + second * a[2], second * a[1] + third * a[3]];
        let remainder = |cell: &Subinterval<Pair>| {
            let squared = |even: f64, odd: f64, size: f64| {
                let rounding = 2.0 * (even.abs() + odd.abs()) + ROUNDING * size;
                (even * even + odd * odd, rounding * size)
            };
            let beyond = cell.integrate(|p| {
                let q = polynomials(p.xi).map(|q| q * p.root);
                let even = p.even - a[0] * q[0] - a[2] * q[2];
                let odd = p.odd - a[1] * q[1] - a[3] * q[3];
                let size = p.size + q.iter().zip(&a).map(|(q, a)| (q * a).abs()).sum::<f64>();
                squared(even, odd, size)
            });
            let turned = cell.integrate(|p| {
                let q = polynomials(p.xi).map(|q| q * p.root);
                let even = p.xi * p.odd - turned[0] * q[0] - turned[2] * q[2];
                let odd = p.xi * p.even - turned[1] * q[1];
                let parts = q.iter().zip(&turned).map(|(q, a)| (q * a).abs());
                squared(even, odd, p.size * p.xi.abs() + parts.sum::<f64>())
            });
            [beyond, turned]
        };
        let [beyond, turned] = refine(&mut cells, &sample, remainder)?;
        for total in [&beyond, &turned] {
            accepted("c", total, square.value)?;
        }
        // Below its floor, a norm is the square of rounding errors.
        let norm = |e: Estimate| if e.value <= e.floor { 0.0 } else { e.value / mass.value };
        Ok(Projections {
            a,
            beyond: norm(beyond),
            turned: norm(turned),
            second_moment: square.value / mass.value,
        })
    }

    /// E ρ⁴/(E ρ²)² for ρ = φ − a_0 − a_1 ξ; `None` if ρ vanishes.
    pub(crate) fn remainder_kurtosis(
        self,
        phi: impl Fn(f64) -> f64,
        kinks: &[f64],
    ) -> Result<Option<f64>, Error> {
        let Projections { a, .. } = self.project(&phi, kinks)?;
        let sample = |y: f64| self.pair(&phi, y);
        let mut cells =
            subintervals(&self.breaks(kinks)?, &sample).collect::<Result<Vec<_>, _>>()?;
        let totals = refine(&mut cells, &sample, |cell: &Subinterval<Pair>| {
            let remainder = |p: &Pair| {
                // ρ at ξ and −ξ, times the root of the density; its rounding.
                let (even, odd) = (p.even - a[0] * p.root, p.odd - a[1] * p.xi * p.root);
                let size = p.size + (a[0].abs() + (a[1] * p.xi).abs()) * p.root;
                (even, odd, size)
            };
            let square = cell.integrate(|p| {
                let (even, odd, size) = remainder(p);
                let rounding = 2.0 * (even.abs() + odd.abs()) + ROUNDING * size;
                (even * even + odd * odd, rounding * size)
            });
            let fourth = cell.integrate(|p| {
                let (even, odd, _) = remainder(p);
                let fourths = 0.5 * ((even + odd).powi(4) + (even - odd).powi(4));
                // The density once, not twice.
                let value = fourths / (p.root * p.root).max(f64::MIN_POSITIVE);
                (value, value)
            });
            [cell.integrate(|p| (p.root * p.root, p.root * p.root)), square, fourth]
        })?;
        let [mass, square, fourth] = totals;
        if square.value <= square.floor {
            return Ok(None);
        }
        accepted("E ρ⁴", &fourth, fourth.scale)?;
        Ok(Some(fourth.value * mass.value / square.value.powi(2)))
    }
}

/// An integral that has converged, against integrands of that `size`.
fn accepted(moment: &'static str, total: &Estimate, size: f64) -> Result<(), Error> {
    let Estimate { value, error, .. } = *total;
    let converged = total.is_accepted() || error <= f64::EPSILON * size;
    if value.is_finite() && converged {
        return Ok(());
    }
    Err(Error::DivergentMoment { moment, estimate: value, error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_have_the_moments_of_the_sphere() {
        // E ξ² = 1, E ξ⁴ = 3d/(d+2), E ξ⁶ = 15d²/((d+2)(d+4)).
        for dimension in [3, 4, 7, 40, 1000, 100_000] {
            let d = dimension as f64;
            let sphere = Sphere::new(dimension);
            let found = sphere.project(|z| z * z * z, &[]).unwrap();
            let fourth = 3.0 * d / (d + 2.0);
            let sixth = 15.0 * d * d / ((d + 2.0) * (d + 4.0));
            assert!((found.a[1] / fourth - 1.0).abs() < 1e-13, "{d}: {}", found.a[1]);
            assert!((found.second_moment / sixth - 1.0).abs() < 1e-13, "{d}");
            assert_eq!((found.a[0], found.a[2], found.beyond), (0.0, 0.0, 0.0), "{d}");
            let third = (sixth - fourth * fourth).sqrt();
            assert!((found.a[3] / third - 1.0).abs() < 1e-12, "{d}: {} {third}", found.a[3]);
        }
    }

    #[test]
    fn a_step_in_three_dimensions() {
        // d = 3: ξ is uniform on (−√3, √3), and a_1 = √3/4 for the step at 0.
        let found = Sphere::new(3).project(|z| f64::from(u8::from(z > 0.0)), &[0.0]).unwrap();
        assert_eq!(found.a[0], 0.5);
        assert!((found.a[1] - 3f64.sqrt() / 4.0).abs() < 1e-15);
        assert!((found.second_moment - 0.5).abs() < 1e-15);
    }

    #[test]
    fn kurtosis_of_what_is_not_linear() {
        // z² − 1 for a normal z: 60/4.
        let found = Sphere::gaussian().remainder_kurtosis(|z| 2.0 + z + z * z, &[]).unwrap();
        assert!((found.unwrap() - 15.0).abs() < 1e-12);
        assert_eq!(Sphere::gaussian().remainder_kurtosis(|z| 2.0 - z, &[]).unwrap(), None);
    }
}
