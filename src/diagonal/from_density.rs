//! From one's own density of D to the two quadratures of D².

use num_complex::Complex64;

use super::fitted::{self, Fitted};
use super::folded::{Folded, NEGLIGIBLE, Node};
use super::{SquareLaw, bounded, breaks};
use crate::numerics::gauss::{Rule, rule_of_measure};
use crate::{Error, arguments};

/// The tolerances that are aimed at: series of a density are not better than the first,
/// and the second is that of the densities in closed form.
const TIGHTEST: f64 = 1e-13;
const LOOSEST: f64 = 1e-2;

/// How far the mass of a density may be from 1, if the tolerance does not allow more.
const MASS: f64 = 1e-9;

/// Parts in which every interval is looked at, one after the other until the mass is 1: a
/// peak narrower than a thirtieth of a part may be missed, and where parts meet the rules
/// have ends that the density has not.
const PARTS: [usize; 3] = [1, 8, 64];

impl SquareLaw {
    /// Takes the law of D² for D with the given density on `intervals`.
    ///
    /// The intervals are ascending, apart or touching. Inside of each the density is smooth
    /// (analytic, or nearly so); at an end it may jump, vanish like a root, or grow like an
    /// inverse root. Where it is singular in between, let two intervals meet. Only real
    /// values are asked for, never at an end. `tolerance`, in (0, 1), is the relative
    /// accuracy of the rules as in [`DiagonalLaw::square_law`](super::DiagonalLaw::square_law),
    /// and not better than 1e-13. It is relative to the largest density: far out in a tail
    /// nothing is known, and intervals should end where the density is negligible.
    ///
    /// # Errors
    /// [`Error::InvalidLength`] without an interval; [`Error::InvalidEntry`] for ends that
    /// are not ascending finite numbers of absolute value at most 1e30;
    /// [`Error::InvalidParameter`] for `tolerance`; [`Error::InvalidValue`] where the
    /// density is negative or not finite; [`Error::Inconsistent`] unless its mass is 1
    /// (to 1e-9, or ten times the tolerance); [`Error::NotConverged`] where 200 pieces of an
    /// interval do not resolve it.
    ///
    /// # Complexity
    /// Some 500 evaluations of the density on an interval where it is smooth, and about 200
    /// nodes of the boundary rule, or twice that if 0 lies inside off the middle; more, the
    /// narrower its structure is. Every piece into which an interval has to be cut (for a
    /// peak of less than a fiftieth of its width) costs as many again.
    ///
    /// # Examples
    /// ```
    /// use std::f64::consts::PI;
    /// use ntk_spectrum::diagonal::SquareLaw;
    ///
    /// // A semicircle about 1.
    /// let density = |x: f64| 2.0 / PI * (x * (2.0 - x)).sqrt();
    /// let law = SquareLaw::from_density(density, &[(0.0, 2.0)], 1e-12)?;
    /// assert!((law.moment(1) - 1.25).abs() < 1e-12);
    /// assert_eq!(law.support(), &[(0.0, 4.0)]);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_density(
        density: impl Fn(f64) -> f64,
        intervals: &[(f64, f64)],
        tolerance: f64,
    ) -> Result<Self, Error> {
        let valid = tolerance > 0.0 && tolerance < 1.0;
        arguments::parameter("tolerance", tolerance, valid, "a number in (0, 1)")?;
        let tolerance = tolerance.clamp(TIGHTEST, LOOSEST);
        check(intervals)?;
        let checked = |x: f64| {
            let value = density(x);
            if value >= 0.0 && value.is_finite() {
                return Ok(value);
            }
            let allowed = "a finite number, at least 0, inside the intervals";
            Err(Error::InvalidValue { function: "the density of D", at: x, value, allowed })
        };
        let pieces = fit(&checked, intervals, tolerance)?;
        let ends = breaks::folded(intervals);
        let held = |x: f64| breaks::holding(intervals, x).is_some();
        let carried = ends.windows(2).filter(|pair| {
            let middle = pair[0] + 0.5 * (pair[1] - pair[0]);
            held(middle) || held(-middle)
        });
        let support = carried.map(|pair| (pair[0] * pair[0], pair[1] * pair[1])).collect();
        square_law(&pieces, support, tolerance)
    }
}

/// Checks the intervals on which a density is given.
fn check(intervals: &[(f64, f64)]) -> Result<(), Error> {
    let ends: Vec<f64> = intervals.iter().flat_map(|interval| [interval.0, interval.1]).collect();
    bounded::values("ends of intervals", &ends)?;
    let ascending =
        |i: usize| if i % 2 == 1 { ends[i - 1] < ends[i] } else { ends[i - 1] <= ends[i] };
    if let Some(index) = (1..ends.len()).find(|&i| !ascending(i)) {
        let allowed = "above the lower end of its interval, not below the interval before";
        let (name, value) = ("ends of intervals", ends[index]);
        return Err(Error::InvalidEntry { name, index, value, allowed });
    }
    Ok(())
}

/// The two quadratures of D² for the sum of the pieces, each of its own mass.
fn square_law(
    pieces: &[Fitted],
    support: Vec<(f64, f64)>,
    tolerance: f64,
) -> Result<SquareLaw, Error> {
    let (low, high) = (support[0].0, support[support.len() - 1].1);
    if low == high {
        // D² is constant to rounding, or underflows to 0.
        return Ok(SquareLaw::from_checked_atoms(&[high.sqrt()], &[1.0]));
    }
    let folded: Vec<Folded<'_, Fitted>> = pieces.iter().map(Folded::of).collect();
    let mut fine = Vec::new();
    for piece in &folded {
        let nodes = piece.segments.iter().map(|segment| piece.real_nodes(segment));
        fine.push(nodes.collect::<Result<Vec<_>, _>>()?);
    }
    let mass: f64 = fine.iter().flatten().flatten().map(|node| node.weight.re).sum();
    let rule = gauss_rule(&folded, &fine, (low, high), tolerance)?;
    let boundary = boundary_rule(&folded, &fine, mass, tolerance)?;
    Ok(SquareLaw::from_quadratures(rule.nodes, rule.weights, boundary, support))
}

/// The series of a density, which must have mass 1: if something is missing, the intervals
/// are looked at in more parts.
fn fit(
    density: &impl Fn(f64) -> Result<f64, Error>,
    intervals: &[(f64, f64)],
    tolerance: f64,
) -> Result<Vec<Fitted>, Error> {
    let mut checked = Ok(());
    for parts in PARTS {
        let mut pieces = Vec::new();
        for interval in intervals {
            pieces.extend(fitted::fit(density, *interval, parts, tolerance)?);
        }
        checked = check_mass(pieces.iter().map(Fitted::mass).sum(), tolerance);
        if checked.is_ok() {
            return Ok(pieces);
        }
    }
    checked.map(|()| Vec::new())
}

/// Checks that a density is one of probability.
fn check_mass(mass: f64, tolerance: f64) -> Result<(), Error> {
    if (mass - 1.0).abs() <= MASS.max(10.0 * tolerance) {
        return Ok(());
    }
    let identity = "the mass of the density of D";
    Err(Error::Inconsistent { identity, expected: 1.0, found: mass })
}

/// The arcs below all pieces, see [`SquareLaw::boundary_rule`].
fn boundary_rule(
    folded: &[Folded<'_, Fitted>],
    fine: &[Vec<Vec<Node>>],
    mass: f64,
    tolerance: f64,
) -> Result<Vec<(Complex64, Complex64)>, Error> {
    let mut rule: Vec<(Complex64, Complex64)> = Vec::new();
    for (piece, nodes) in folded.iter().zip(fine) {
        let square = piece.width() * piece.width();
        for (segment, nodes) in piece.segments.iter().zip(nodes) {
            let arc = piece.boundary_nodes(segment, nodes, mass, tolerance)?;
            rule.extend(arc.iter().map(|node| (node.t * square, node.weight)));
        }
    }
    // With exactly the sum 1, what is left of a transform next to 0 is not its error.
    let complex_mass: Complex64 = rule.iter().map(|node| node.1).sum();
    let normalised = rule.iter().map(|(t, weight)| (*t, weight / complex_mass));
    Ok(normalised.filter(|pair| pair.1.norm() >= NEGLIGIBLE).collect())
}

/// The Gauss rule of D², from the Lanczos process on the fine real nodes.
fn gauss_rule(
    folded: &[Folded<'_, Fitted>],
    fine: &[Vec<Vec<Node>>],
    (low, high): (f64, f64),
    tolerance: f64,
) -> Result<Rule, Error> {
    let (mut positions, mut weights) = (Vec::new(), Vec::new());
    for (piece, nodes) in folded.iter().zip(fine) {
        let square = piece.width() * piece.width();
        for node in nodes.iter().flatten().filter(|node| node.weight.re > 0.0) {
            positions.push((node.t.re * square - low) / (high - low));
            weights.push(node.weight.re);
        }
    }
    let count = (-tolerance.ln()).ceil() as usize;
    let mut rule = rule_of_measure(&positions, &weights, count.max(8))?;
    rule.nodes.iter_mut().for_each(|t| *t = (low + (high - low) * *t).clamp(low, high));
    Ok(rule)
}
