//! The transform of ν off its support, by a contour between the singularities of g(y) and
//! those of g(1/b − y). Nothing of ν is tabulated: its cost is the number of values of D².

use num_complex::Complex64;

use super::companion::{Gap, TTransform, reciprocal};
use super::contour_integral::{MOST_PIECES_ONCE, Values};
use super::exterior::Exterior;
use super::model::Model;
use super::source;
use super::value_gaps::ValueGap;
use crate::Error;
use crate::diagonal::SquareLaw;
use crate::numerics::roots;
use crate::watch::Tracker;

/// Pieces of one contour before it is given up: a few are usual, some hundred next to the
/// support.
const MOST_PIECES: usize = 200;

/// The population law of finitely many values of D², as a transform.
///
/// With H(g) = E\[1/(z − (c+g)D²)\] and u = 1/g + γ2 E\[D²/(z − (c+g)D²)\],
/// G(z) = H(0) + (1/2πi) ∮ g(u) (H(g(1/b − u)) − H(0)) du.
#[derive(Debug)]
pub(super) struct Contour {
    values: Values,
    mass: f64,
    upper_end: f64,
    exterior: Option<Exterior>,
    value_gaps: Vec<ValueGap>,
}

impl Contour {
    /// Takes the law for b, c > 0 and the values `squares` > 0 of D², ascending, with
    /// their probabilities.
    pub(super) fn new(b: f64, c: f64, gamma2: f64, squares: Vec<(f64, f64)>) -> Self {
        let mass = squares.iter().map(|s| s.1).sum();
        let values = Values { b, c, gamma2, squares };
        let mut law =
            Self { values, mass, upper_end: f64::NAN, exterior: None, value_gaps: Vec::new() };
        law.upper_end = law.find_upper_end();
        law
    }

    /// The same with a series for what is not next to the support, where contours are slow.
    pub(super) fn with_exterior(self, tracker: &Tracker<'_>) -> Result<Self, Error> {
        let model = self.model();
        let t = |w| tracker.count(|| self.t_by_contour(w))?;
        let exterior = Exterior::new(&model, self.ends(), tracker, t)?;
        Ok(Self { exterior: Some(exterior), ..self })
    }

    /// The same with the gaps between values that a law of this ratio over it shows.
    pub(super) fn with_gaps(self, gamma1: f64, tracker: &Tracker<'_>) -> Result<Self, Error> {
        let value_gaps = ValueGap::find(&self.values, gamma1, tracker)?;
        Ok(Self { value_gaps, ..self })
    }

    /// The law of the same values, to be looked at place by place.
    pub(super) fn model(&self) -> Model {
        let Values { b, c, gamma2, ref squares } = self.values;
        let values: Vec<f64> = squares.iter().map(|s| s.0.sqrt()).collect();
        let weights: Vec<f64> = squares.iter().map(|s| s.1).collect();
        Model { b, c, gamma2, squares: SquareLaw::from_checked_atoms(&values, &weights) }
    }

    /// T at z off the support.
    fn t_by_contour(&self, z: Complex64) -> Result<Complex64, Error> {
        let unresolved = Error::NotConverged {
            computation: "the transform of the population law along a contour",
            at: z.re,
            iterate: z,
            residual: f64::NAN,
        };
        Ok(self.values.t(z, MOST_PIECES_ONCE).ok_or(unresolved)?.0)
    }

    /// T and T′ at one of a few points, by a contour of many pieces if need be; not numbers where
    /// that is not enough.
    pub(super) fn transform_once(&self, z: Complex64) -> (Complex64, Complex64) {
        self.values.t(z, MOST_PIECES_ONCE).unwrap_or((f64::NAN.into(), f64::NAN.into()))
    }

    /// The ends of the convex support of ν off 0.
    pub(super) fn ends(&self) -> (f64, f64) {
        (self.values.squares.first().map_or(0.0, |s| self.values.c * s.0), self.upper_end)
    }

    /// What carries mass, as far as it is told apart.
    pub(super) fn obstacles(&self) -> Vec<(f64, f64, f64)> {
        let (lower, upper) = self.ends();
        let whole = || vec![(lower, upper, 0.0)];
        self.exterior.as_ref().map_or_else(whole, Exterior::obstacles)
    }

    /// The gaps between these, and those between values.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        let mut gaps = source::gaps(self.obstacles());
        let new = |gap: &&ValueGap| !gaps.iter().any(|known| gap.overlaps(known));
        let between: Vec<Gap> = self.value_gaps.iter().filter(new).map(ValueGap::gap).collect();
        gaps.extend(between);
        gaps.sort_by(|l, r| l.lower.total_cmp(&r.lower));
        gaps
    }

    /// T and T′ next to a gap.
    fn next_to_gap(&self, w: Complex64) -> Option<(Complex64, Complex64)> {
        self.value_gaps.iter().find_map(|gap| gap.transform(&self.values, w))
    }

    /// The upper end of ν: where the largest y reaches 1/(2b).
    fn find_upper_end(&self) -> f64 {
        let top = self.values.squares.last().map_or(0.0, |s| s.0);
        let reach = 2.5 * self.values.b * top * (1.0 + self.values.gamma2.sqrt()).powi(2);
        let excess = |log: f64| {
            let z = self.values.c * top + log.exp();
            (2.0 * self.values.b * self.largest_y(z)).ln()
        };
        let (low, high) = ((1e-9 * reach).ln(), reach.ln());
        let log = roots::bracketed(excess, (low, excess(low)), (high, excess(high)), 1e-15);
        self.values.c * top + log.exp()
    }

    /// The largest point of ρ_x at a real x above c max D².
    fn largest_y(&self, x: f64) -> f64 {
        let g = self.real_branch_point(x);
        1.0 / g
            + self.values.gamma2
                * self
                    .values
                    .squares
                    .iter()
                    .map(|&(t, w)| w / (x / t - self.values.c - g))
                    .sum::<f64>()
    }

    /// g there: the root of 1/g² = γ2 E\[1/(a−g)²\] below all a.
    fn real_branch_point(&self, x: f64) -> f64 {
        let least = self
            .values
            .squares
            .iter()
            .map(|s| x / s.0 - self.values.c)
            .fold(f64::INFINITY, f64::min);
        let excess = |share: f64| {
            let g = least * share;
            let sum: f64 = self
                .values
                .squares
                .iter()
                .map(|&(t, w)| w / (x / t - self.values.c - g).powi(2))
                .sum();
            (g * g * self.values.gamma2 * sum).ln()
        };
        let (mut low, mut high) = (0.5, 0.5);
        while excess(low) > 0.0 && low > f64::MIN_POSITIVE {
            low *= 0.25;
        }
        while excess(high) < 0.0 && high < 1.0 - f64::EPSILON {
            high = 0.75 + 0.25 * high;
        }
        least * roots::bracketed(excess, (low, excess(low)), (high, excess(high)), 1e-14)
    }
}

impl TTransform for Contour {
    fn t(&self, w: Complex64) -> (Complex64, Complex64) {
        let outside = self.exterior.as_ref().and_then(|series| series.transform(w));
        if let Some(found) = outside.or_else(|| self.next_to_gap(w)) {
            return found;
        }
        // Not a number where the contour is not resolved: no iteration accepts it.
        self.values.t(w, MOST_PIECES).unwrap_or((f64::NAN.into(), f64::NAN.into()))
    }

    fn mass(&self) -> f64 {
        self.mass
    }

    fn raised(&self, w: Complex64) -> (Complex64, f64) {
        if let Some((t, _)) = self.next_to_gap(w) {
            return (t + self.mass, t.l1_norm() + self.mass);
        }
        let Some([integral, _]) = self.values.integral(w, MOST_PIECES) else {
            // Between singularities, where T passes −mass for another reason than w next to 0.
            let t = self.t(w).0;
            return (t + self.mass, t.l1_norm() + self.mass);
        };
        let mut value = w * integral;
        for &(square, weight) in &self.values.squares {
            value += weight * w * reciprocal(w - self.values.c * square);
        }
        (value, value.l1_norm())
    }

    fn covers(&self, w: f64) -> bool {
        let (lower, upper) = self.ends();
        lower <= w && w <= upper
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagonal::Discrete;
    use crate::law::{Population, SpectralLaw};

    #[test]
    fn agrees_with_the_table_off_the_support() {
        let (b, c) = (0.16, 0.09);
        for (values, weights) in [
            (&[1.0][..], &[1.0][..]),
            (&[0.5, 1.5], &[0.4, 0.6]),
            (&[0.1, 0.7, 1.0, 2.0], &[0.1, 0.2, 0.3, 0.4]),
        ] {
            for gamma2 in [0.05, 0.7, 1.0, 3.0, 40.0] {
                let d = Discrete::new(values, weights).unwrap();
                let table = Population::from_coefficients(gamma2, b, c, d).unwrap();
                let squares = values.iter().map(|d| d * d).zip(weights.iter().copied()).collect();
                let contour = Contour::new(b, c, gamma2, squares);
                let top = table.support().unwrap().last().unwrap().upper.location;
                assert!(
                    (contour.upper_end / top - 1.0).abs() < 1e-8,
                    "{} {top}",
                    contour.upper_end
                );
                for re in [-0.5, -0.01, 0.0, 0.02, 0.1, 0.3, 0.6, 0.9, 0.99, 1.2] {
                    for im in [1.0, 0.1, 0.01, 1e-4] {
                        let z = Complex64::new(re * top, im * top);
                        let (t, slope) = table.t_transform(z).unwrap();
                        let (found, change) = contour.values.t(z, MOST_PIECES).unwrap();
                        assert!((found - t).norm() < 1e-10 * t.norm(), "{gamma2} {z}");
                        assert!((change - slope).norm() < 1e-8 * slope.norm(), "{gamma2} {z}");
                    }
                }
            }
        }
    }

    #[test]
    fn keeps_its_digits_far_away() {
        // T = m1/z + m2/z² + …
        let law = Contour::new(0.16, 0.09, 0.7, vec![(0.25, 0.4), (2.25, 0.6)]);
        let first = 0.25 * (0.4 * 0.25 + 0.6 * 2.25);
        for power in [6, 9, 12, 15] {
            let z = Complex64::new(-(10.0_f64.powi(power)), 0.0);
            let (t, slope) = law.values.t(z, MOST_PIECES).unwrap();
            assert!((t * z / first - 1.0).norm() < 1e-5 && (t / z / slope + 1.0).norm() < 1e-5);
            if power > 9 {
                assert!((t * z / first - 1.0).norm() < 1e-11, "{power}");
                assert!((t / z / slope + 1.0).norm() < 1e-11, "{power}");
            }
        }
    }
}
