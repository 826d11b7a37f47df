//! From an analytic density of D to the two quadratures of D².

use num_complex::Complex64;

use super::SquareLaw;
use super::density::Density;
use super::folded::{Folded, NEGLIGIBLE, Node};
use super::square_law::{Anchored, SteepEnd};
use crate::{Error, arguments};

/// The two quadratures of D² for D with the density `law`.
pub(super) fn square_law(law: &impl Density, tolerance: f64) -> Result<SquareLaw, Error> {
    let valid = tolerance > 0.0 && tolerance < 1.0;
    arguments::parameter("tolerance", tolerance, valid, "a number in (0, 1)")?;
    let tolerance = tolerance.clamp(1e-14, 1e-2);
    let (lower, upper) = law.interval();
    let far = lower.abs().max(upper.abs());
    let near = if lower < 0.0 && upper > 0.0 { 0.0 } else { lower.abs().min(upper.abs()) };
    let support = (near * near, far * far);
    if support.0 == support.1 {
        // D² is constant to rounding, or underflows to 0.
        return Ok(SquareLaw::from_checked_atoms(&[far], &[1.0]));
    }
    let folded = Folded::of(law);
    let fine: Vec<Vec<Node>> = (folded.segments.iter())
        .map(|segment| folded.real_nodes(segment))
        .collect::<Result<_, _>>()?;
    let mass: f64 = fine.iter().flatten().map(|node| node.weight.re).sum();

    let unit = folded.width() * folded.width();
    let intervals = if support.0 == 0.0 && lower + upper != 0.0 && lower * upper < 0.0 {
        // The density of D² jumps where one branch of D ends.
        let inner = lower.abs().min(upper.abs());
        vec![(0.0, inner * inner), (inner * inner, support.1)]
    } else {
        vec![support]
    };
    let mut boundary = Vec::new();
    let mut steep = Vec::new();
    let mut anchored = Vec::new();
    for ((segment, nodes), interval) in folded.segments.iter().zip(&fine).zip(&intervals) {
        let arc = folded.boundary_nodes(segment, nodes, mass, tolerance)?;
        let ends = folded.resolved(segment, nodes, mass);
        for (end, at) in ends.iter().zip([interval.0, interval.1]) {
            // exp(−reach) of the segment is what is left of it at its end.
            let depth = (interval.1 - interval.0) * (-end.reach).exp();
            steep.extend(end.steep.then_some(SteepEnd { t: at, depth }));
        }
        anchored.extend(
            arc.iter().map(|node| {
                (if node.y < 0.0 { interval.0 } else { interval.1 }, node.offset * unit)
            }),
        );
        boundary.extend(arc);
    }
    let rule = folded.gauss_rule(&fine, mass, tolerance)?;

    // The sum of all weights is the mass, up to the tolerance. With exactly that
    // sum, what is left of a transform next to an end at 0 is not its error.
    let complex_mass: Complex64 = boundary.iter().map(|node| node.weight).sum();
    let kept = |weight: Complex64| (weight / complex_mass).norm() >= NEGLIGIBLE;
    let anchored = Anchored {
        offsets: (anchored.iter().zip(&boundary))
            .filter(|(_, node)| kept(node.weight))
            .map(|(anchored, _)| *anchored)
            .collect(),
        ends: steep,
    };
    let law = SquareLaw::from_quadratures(
        (rule.nodes.iter()).map(|t| (t * unit).clamp(support.0, support.1)).collect(),
        rule.weights,
        (boundary.iter())
            .map(|node| (node.t * unit, node.weight / complex_mass))
            .filter(|pair| pair.1.norm() >= NEGLIGIBLE)
            .collect(),
        intervals,
    );
    if anchored.ends.is_empty() {
        return Ok(law);
    }
    let finer =
        folded.finer_nodes(mass).into_iter().map(|(t, weight)| (t * unit, weight)).collect();
    Ok(law.with_anchored(anchored).with_finer_nodes(finer))
}
