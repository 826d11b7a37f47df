//! The transform of ν away from most of its support: a series in what an ellipse around that
//! part leaves outside, and a table of the density next to the upper end, where contours are
//! squeezed between singularities.

use std::f64::consts::PI;

use num_complex::Complex64;

use super::TabulatedLaw;
use super::breakpoints::breakpoints_above;
use super::model::Model;
use super::slice::Slice;
use super::stretch::Stretch;
use crate::Error;
use crate::numerics::parallel::in_parallel;
use crate::numerics::piece::Accuracy;
use crate::watch::Tracker;

/// Relative distance from the next value of D² below at which one counts as isolated, and
/// how many may: each has structure of its own that is tabulated.
const ISOLATED: f64 = 0.2;
const MOST_ISOLATED: usize = 6;

/// Halvings of the distance from the upper end to c max D² down to where it is asked whether
/// there is density next to the latter.
const NEXT_TO: i32 = 12;

/// Shares of the way from the upper end to c max D² that may be tabulated where none is isolated:
/// the first, or, where the largest values of D² are this dense, the largest in which no more than
/// so many singularities show at so many points, for each of which the table takes a piece. Where
/// they are sparse, contours below a smaller table would be squeezed.
const TABULATED: [f64; 3] = [0.5, 0.25, 0.12];
const DENSE: f64 = 0.02;
const MOST_SINGULARITIES: usize = 6;
const LOOKED_AT: usize = 64;

/// How far into a gap above the largest value of D² the series ends, in units of the length of
/// what lies below. Farther, contours are followed where the law over ν asks for the gap; nearer,
/// those that the series is made from are squeezed.
const INTO_GAP: f64 = 0.003;

/// Sum of the half-axes of the ellipse, in units of half the distance of its foci, and terms
/// of the series: what it leaves out is `RADIUS`^−`TERMS`, 1e-13. A narrower ellipse needs
/// more terms.
const RADIUS: f64 = 1.06;
const TERMS: usize = 512;

/// Angles at which the series is checked, and how far it may be off.
const CHECKED: [f64; 5] = [0.05, 0.3, 1.0, 2.0, 3.0];
const MISSED: f64 = 1e-9;

/// Accuracy of the table, relative and in mass.
const ACCURACY: Accuracy<'_> = Accuracy { relative: 1e-11, mass: 1e-14, counted: &[] };

/// T outside an ellipse: a table above `upper`, and Σ a_k (R/ζ)^k for the rest, with
/// w = (lower + upper)/2 + (upper − lower)/4 · (ζ + 1/ζ).
#[derive(Debug)]
pub(super) struct Exterior {
    lower: f64,
    /// Where the part that the series stands for ends, at most at `upper`.
    below: f64,
    upper: f64,
    table: TabulatedLaw,
    coefficients: Vec<f64>,
}

impl Exterior {
    /// Takes the law of `model`, the ends of its support, and T away from the support.
    pub(super) fn new(
        model: &Model,
        (lower, end): (f64, f64),
        tracker: &Tracker<'_>,
        t: impl Fn(Complex64) -> Result<Complex64, Error> + Sync,
    ) -> Result<Self, Error> {
        let (below, upper) = split(model, end);
        let mut points = vec![upper];
        let inside = |x: &f64| upper < *x && *x < end * (1.0 - 1e-9);
        points.extend(breakpoints_above(model, upper, tracker)?.into_iter().filter(inside));
        points.push(end);
        let mut stretches = Vec::new();
        for pair in points.windows(2) {
            if Slice::new(model, 0.5 * (pair[0] + pair[1])).carries_density() {
                Stretch::extend(&mut stretches, pair[0], pair[1]);
            }
        }
        let atoms = model.atoms().into_iter().filter(|atom| atom.location > upper).collect();
        let table = TabulatedLaw::tabulate(&stretches, atoms, ACCURACY, &|point, guess| {
            tracker.count(|| Slice::at(model, model.resolved(point)).with_jumps().density(guess))?
        })?;
        let mut law = Self { lower, below, upper, table, coefficients: Vec::new() };
        let angles: Vec<f64> = (0..TERMS).map(|j| PI * (j as f64 + 0.5) / TERMS as f64).collect();
        let samples = in_parallel(&angles, |&angle| {
            let w = law.w(Complex64::from_polar(RADIUS, angle));
            Ok((angle, t(w)? - law.table.t_transform(w).0))
        })?;
        // Real on the real axis: the lower half of the ellipse adds the conjugates.
        let coefficient = |k: usize| {
            let terms = samples
                .iter()
                .map(|&(angle, t)| (t * Complex64::from_polar(1.0, k as f64 * angle)).re);
            terms.sum::<f64>() / TERMS as f64
        };
        law.coefficients = (0..TERMS).map(coefficient).collect();
        law.check(t)?;
        Ok(law)
    }

    /// What carries mass: all below the table as one interval, its intervals and atoms.
    pub(super) fn obstacles(&self) -> Vec<(f64, f64, f64)> {
        let mut obstacles = vec![(self.lower, self.below, 0.0)];
        obstacles.extend(self.table.obstacles());
        obstacles
    }

    /// w at a place ζ.
    fn w(&self, zeta: Complex64) -> Complex64 {
        0.5 * (self.lower + self.upper) + 0.25 * (self.upper - self.lower) * (zeta + zeta.inv())
    }

    /// The series must give T between its samples and further out.
    fn check(&self, t: impl Fn(Complex64) -> Result<Complex64, Error>) -> Result<(), Error> {
        for angle in CHECKED {
            let w = self.w(Complex64::from_polar(RADIUS.powi(2), angle));
            let (exact, (found, _)) = (t(w)?, self.transform(w).unwrap_or_default());
            if (found - exact).norm() > MISSED * exact.norm() {
                return Err(Error::Inconsistent {
                    identity: "the modulus of a transform of the population law",
                    expected: exact.norm(),
                    found: found.norm(),
                });
            }
        }
        Ok(())
    }

    /// T and T′ at w in the closed upper half-plane, if it is outside.
    pub(super) fn transform(&self, w: Complex64) -> Option<(Complex64, Complex64)> {
        let quarter = 0.25 * (self.upper - self.lower);
        let place = (w - 0.5 * (self.lower + self.upper)) / (2.0 * quarter);
        let root = (place - 1.0).sqrt() * (place + 1.0).sqrt();
        let zeta = place + root;
        if zeta.norm() < RADIUS {
            return None;
        }
        let inverse = RADIUS / zeta;
        let (mut value, mut slope) = (Complex64::ZERO, Complex64::ZERO);
        for a in self.coefficients.iter().rev() {
            slope = slope * inverse + value;
            value = value * inverse + a;
        }
        // d(R/ζ)/dw = −(R/ζ) /root · 1/(2·quarter).
        let (t, change) = self.table.t_transform(w);
        Some((t + value, change - slope * inverse / (2.0 * quarter * root)))
    }
}

/// Where the part below the table ends, and where the table begins: below the isolated
/// values of D², or above all values.
fn split(model: &Model, end: f64) -> (f64, f64) {
    let values = model.squares.nodes();
    let carries = |x: &f64| Slice::new(model, *x).carries_density();
    let isolated = values
        .windows(2)
        .rev()
        .take(MOST_ISOLATED)
        .take_while(|pair| pair[1] - pair[0] > ISOLATED * pair[1])
        .last();
    if let Some(pair) = isolated {
        // Where there is density, so that the part below ends there and not before.
        let place = |k: i32| model.c * (pair[0] + (pair[1] - pair[0]) * f64::from(k) / 32.0);
        let found = (1..=16).rev().map(place).find(carries);
        return found.map_or((model.c * pair[0], place(16)), |x| (x, x));
    }
    let largest = model.c * values.last().copied().unwrap_or(0.0);
    let place = |k: i32| largest + (end - largest) * 0.5_f64.powi(k);
    if carries(&place(NEXT_TO)) {
        let dense = values.windows(2).last().is_some_and(|v| v[1] - v[0] < DENSE * v[1]);
        let share = TABULATED.into_iter().filter(|_| dense).find(|share| {
            let signature = |k: usize| {
                let x = end - share * (end - largest) * (k as f64 + 0.5) / LOOKED_AT as f64;
                Slice::at(model, model.counted(x)).signature()
            };
            let changes = (1..LOOKED_AT).filter(|&k| signature(k) != signature(k - 1)).count();
            changes <= MOST_SINGULARITIES
        });
        let x = end - share.unwrap_or(TABULATED[0]) * (end - largest);
        return (x, x);
    }
    // A gap follows on the largest value: from a little way into it, so that the rest of the gap
    // is outside the ellipse.
    let inside = (1..NEXT_TO).find(|&k| !carries(&place(k))).unwrap_or(NEXT_TO);
    let far = place(inside + 1);
    let near = largest + INTO_GAP * (largest - model.c * values.first().copied().unwrap_or(0.0));
    (largest, if near < far && !carries(&near) { near } else { far })
}
