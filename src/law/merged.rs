//! Many values of D², or the nodes of a density with a steep end, merged into fewer.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::coarse::{
    self, ATOMS_UP_TO, Approximation, Coarse, Coarsened, STEEP_UP_TO, STEPS_UP_TO, Wanted,
    gauss_values,
};
use super::companion::{ACCURACY, Gap, TTransform};
use super::contour::Contour;
use super::model::Model;
use super::scales::{VALUES, fewer};
use super::slice::Slice;
use super::{TabulatedLaw, cumulants};
use crate::Error;
use crate::watch::Tracker;

/// Places at which the law of D² is singular, up to which ν is tabulated as it is.
const FEW: usize = 6;

/// Ratio of two values of D² between which a gap is looked for, and where, in units of c D² of the
/// larger one.
const APART: f64 = 2.0;
const BELOW: [f64; 4] = [0.98, 0.9, 0.7, 0.4];

/// Values after merging where only points away from the support count.
const FINE: usize = 64;

/// Radius of a circle around the support, and points on its upper half: the sum misses
/// moments from twice their number on, against the radius.
const BEYOND: f64 = 1.2;
const ON_CIRCLE: u32 = 96;

/// A population law of many values of D², or of nodes that stand for a density.
#[derive(Debug, Clone)]
pub struct Merged {
    b: f64,
    c: f64,
    gamma2: f64,
    /// Values of D² off 0, ascending, and their probabilities.
    squares: Vec<(f64, f64)>,
    pub(super) mass: f64,
    /// How many values or steps of a density there are, and whether there are steps.
    places: usize,
    steps: bool,
    /// The unit of length of all of this, and the first two moments in it.
    pub(super) unit: f64,
    pub(super) moments: (f64, f64),
}

impl Merged {
    /// The law of `model`, if D² is singular at many places, in each of which the density
    /// of ν would be too, or has a steep end, next to which that may not be resolved.
    pub(super) fn new(model: &Model, unit: f64) -> Option<Self> {
        let many = model.squares.support().len() > FEW || !model.squares.steep_ends().is_empty();
        let any = many && model.b > 0.0 && model.c > 0.0;
        let squares: Vec<_> = model.squares.nodes_to_merge().filter(|s| any && s.0 > 0.0).collect();
        let mass = 1.0 - model.squares.mass_at_zero();
        let places = model.squares.support().len();
        let steps = model.squares.support().iter().any(|(lower, upper)| lower < upper);
        (!squares.is_empty()).then_some(Self {
            places,
            steps,
            unit,
            moments: model.moments(),
            b: model.b,
            c: model.c,
            gamma2: model.gamma2,
            squares,
            mass,
        })
    }

    /// Whether it stands for a density with a steep end, and not for many values.
    pub(super) fn is_density(&self) -> bool {
        self.places <= FEW
    }

    /// How many values or steps of a density there are.
    pub(super) fn places(&self) -> usize {
        self.places
    }

    /// The law with all values.
    pub(super) fn whole(&self) -> Contour {
        self.contour(self.squares.clone())
    }

    /// The law with the Gauss rule of the values, which keeps the most moments.
    fn with_moments(&self) -> Result<Contour, Error> {
        Ok(self.contour(gauss_values(&self.squares, self.mass, FINE)?))
    }

    fn contour(&self, squares: Vec<(f64, f64)>) -> Contour {
        Contour::new(self.b, self.c, self.gamma2, squares)
    }

    /// Whether a gap of ν between values that are far apart is one of the law of ratio γ1 over
    /// it, which holds where φ(w) = ∫ t²/(w−t)² dν is below γ1. It is looked for at a few points
    /// below the larger one.
    fn leaves_gap(&self, gamma1: f64) -> Result<bool, Error> {
        let law = self.whole();
        let model = law.model();
        for pair in self.squares.windows(2).filter(|pair| pair[1].0 > APART * pair[0].0) {
            for share in BELOW {
                let w = share * self.c * pair[1].0;
                if w <= self.c * pair[0].0 || Slice::new(&model, w).carries_density() {
                    continue;
                }
                let (t, slope) = law.transform_once(w.into());
                if -(t + w * slope).re < gamma1 {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// ∫ t^k dν = (1/2πi) ∮ z^{k−1} T(z) dz around the support.
    pub(super) fn moment(&self, k: u32) -> Result<f64, Error> {
        let law = self.with_moments()?;
        let radius = BEYOND * law.ends().1;
        let terms = (0..ON_CIRCLE).map(|j| {
            let angle = PI * (f64::from(j) + 0.5) / f64::from(ON_CIRCLE);
            (Complex64::from_polar(1.0, f64::from(k) * angle)
                * law.t(Complex64::from_polar(radius, angle)).0)
                .re
        });
        let mean = terms.sum::<f64>() / f64::from(ON_CIRCLE);
        let length = self.unit * radius;
        cumulants::finite(mean * length.powi(i32::try_from(k).unwrap_or(i32::MAX)), k)
    }
}

impl Coarse for Merged {
    fn mass(&self) -> f64 {
        self.mass
    }

    fn check_places(&self) -> Result<(), Error> {
        coarse::check_places(self, self.places)
    }

    fn shows_places(&self, gamma1: f64) -> Result<bool, Error> {
        if self.steps {
            return Ok(gamma1 > if self.is_density() { STEEP_UP_TO } else { STEPS_UP_TO });
        }
        Ok(gamma1 > ATOMS_UP_TO || self.leaves_gap(gamma1)?)
    }

    /// Off the convex support of ν.
    fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        let law = self.whole();
        let (lower, upper) = law.ends();
        let z = z / self.unit;
        if z.im == 0.0 && lower <= z.re && z.re <= upper {
            self.check_places()?;
        }
        let (t, slope) = law.t(Complex64::new(z.re, z.im.abs()));
        if t.is_nan() {
            return Err(Error::NotConverged {
                computation: "the transform of the population law along a contour",
                at: self.unit * z.re,
                iterate: self.unit * z,
                residual: f64::NAN,
            });
        }
        let slope = slope / self.unit;
        Ok(if z.im < 0.0 { (t.conj(), slope.conj()) } else { (t, slope) })
    }

    fn raised(&self, z: Complex64) -> Result<Complex64, Error> {
        Ok(self.whole().raised(z / self.unit).0)
    }

    fn upper_end(&self) -> Result<f64, Error> {
        Ok(self.unit * self.with_moments()?.ends().1)
    }

    fn solve(&self, wanted: Wanted<'_>) -> Result<TabulatedLaw, Error> {
        let table = coarse::solve(self, wanted)?;
        // Where a density falls off, its last nodes may show as parts of next to no mass.
        if self.is_density()
            && let Some(part) = table.support().iter().find(|i| i.mass < wanted.least_part())
        {
            return Err(Error::NotConverged {
                computation: "the merging of a density of D",
                at: part.lower.location,
                iterate: part.mass.into(),
                residual: table.error_estimate(),
            });
        }
        Ok(table)
    }
}

impl Coarsened for Merged {
    type Law<'a> = Contour;

    fn count(&self) -> usize {
        self.squares.len()
    }

    fn approximation(&self, count: usize, lowest: f64) -> Result<Contour, Error> {
        Ok(self.contour(fewer(&self.squares, count, (lowest, VALUES))?))
    }

    fn moments(&self) -> (f64, f64) {
        self.moments
    }

    fn unit(&self) -> f64 {
        self.unit
    }

    fn too_many(&self, computation: &'static str, advice: &'static str) -> Error {
        Error::TooManyValues { of: "D", count: self.places, computation, advice }
    }
}

impl Approximation for Contour {
    fn with_gaps(self, gamma1: f64, tracker: &Tracker<'_>) -> Result<Self, Error> {
        self.with_gaps(gamma1, tracker)
    }

    fn prepared(self, tracker: &Tracker<'_>) -> Result<Self, Error> {
        self.with_exterior(tracker)
    }

    fn upper_end(&self) -> f64 {
        self.ends().1
    }

    fn gaps(&self) -> Vec<Gap> {
        self.gaps()
    }

    fn t_once(&self, w: Complex64) -> (Complex64, Complex64) {
        self.transform_once(w)
    }

    fn noise(&self) -> f64 {
        ACCURACY
    }
}

#[cfg(test)]
mod tests {
    use num_complex::Complex64;

    use super::*;
    use crate::diagonal::{Beta, DiagonalLaw};
    use crate::law::source::Measure;
    use crate::law::{GeneralizedMarchenkoPastur, Population, SpectralLaw};
    use crate::observer::{Progress, Stage};
    use crate::watch::Watch;

    #[test]
    fn a_density_agrees_with_its_table() {
        let (b, c, points) = (0.16, 0.09, 400);
        let ratios = [(0.01, 3.0), (0.3, 0.4), (0.9, 20.0), (1.5, 3.0)];
        // Down to 0 more nodes are needed than there may be from the third on.
        for (alpha, beta, lower, ratios) in
            [(2.0, 0.3, 0.4, &ratios[..]), (0.3, 0.6, 0.3, &ratios), (0.4, 2.0, 0.0, &ratios[..2])]
        {
            let d = Beta::new(alpha, beta, lower, 1.0).unwrap();
            for &(gamma1, gamma2) in ratios {
                let squares = d.square_law(1e-12).unwrap();
                let model = Model { b, c, gamma2, squares };
                let values = Merged::new(&model, 1.0).filter(Merged::is_density).unwrap();
                let watch = Watch::default();
                let tracker = watch.start(Stage::Law, Progress::UNKNOWN).unwrap();
                let measure = Measure::Spectrum;
                let wanted = Wanted { measure, gamma1, tolerance: 1e-10, tracker: &tracker };
                let found = values.solve(wanted).unwrap();

                let population = Population::from_coefficients(gamma2, b, c, d).unwrap();
                let law = GeneralizedMarchenkoPastur::new(gamma1, population).unwrap();
                let label = format!("{alpha} {beta} {lower} {gamma1} {gamma2}");
                let support = law.support().unwrap();
                assert_eq!(found.support().len(), support.len(), "{label}");
                let mut difference = 0.0;
                for part in &support {
                    let (from, to) = (part.lower.location, part.upper.location);
                    let step = PI / f64::from(points);
                    for k in 0..points {
                        let angle = (f64::from(k) + 0.5) * step;
                        let x = from + (to - from) * (0.5 * angle).sin().powi(2);
                        let length = 0.5 * (to - from) * angle.sin() * step;
                        difference += (found.density(x) - law.density(x).unwrap()).abs() * length;
                    }
                }
                let allowed = wanted.movable();
                assert!(difference < allowed, "{label}: {difference:e}");
                for power in [-12, -9, -6, -3, 0] {
                    let z = Complex64::from(-law.mean().unwrap() * 10.0_f64.powi(power));
                    let off = found.cauchy_with_derivative(z).0 / law.cauchy(z).unwrap() - 1.0;
                    assert!(off.norm() < allowed, "{label} {power}: {off}");
                }
            }
        }
    }
}
