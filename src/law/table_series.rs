//! `TableSeries`: a table whose transform is short away from its support.

use num_complex::Complex64;

use super::TabulatedLaw;
use crate::numerics::piece_integral::even_rule;

/// |r| up to which a series is summed, 1 on the support: nearer to it, it takes as long as the
/// table.
const NEAREST: f64 = 0.85;

/// What a series leaves out, relative to its first term: more terms change its rounding only.
const REST: f64 = 1e-17;

/// Terms of it: `NEAREST`^`TERMS` is 1e-17.
const TERMS: usize = 240;

/// Nodes of the rule for the moments, in units of what polynomials of t of their degree need:
/// those of 1/t are steeper.
const FINER: usize = 4;

/// Angles of r, at |r| = `NEAREST`, at which a series is compared with the table, and what it
/// may be off by. One that is off by more is not used.
const CHECKED: [f64; 3] = [0.2, 1.5, 2.9];
const MISSED: f64 = 1e-11;

/// A law with T as one of two series away from its support \[l, u\], in w and in 1/w:
///
/// T(w) = ∫ t/(w − t) dν = −(1/w) ∫ 1/(1/w − 1/t) dν.
///
/// Where |w| is far below u the first one has many terms, where it is far above l the second.
#[derive(Debug)]
pub(super) struct TableSeries {
    law: TabulatedLaw,
    series: Vec<Series>,
}

impl TableSeries {
    pub(super) fn new(law: TabulatedLaw) -> Self {
        let positive = || law.atoms().iter().filter(|atom| atom.location > 0.0);
        let intervals = law.support().iter().flat_map(|i| [i.lower.location, i.upper.location]);
        let ends = positive().map(|atom| atom.location).chain(intervals);
        let (lower, upper) =
            ends.fold((f64::INFINITY, 0.0_f64), |(lower, upper), t| (lower.min(t), upper.max(t)));
        let mut series = Vec::new();
        // The transform of atoms alone is no longer.
        if !law.pieces.is_empty() {
            let atoms = positive().map(|atom| (atom.location, atom.mass));
            let nodes: Vec<_> = atoms.chain(even_rule(&law.pieces, FINER * TERMS)).collect();
            let weighted = nodes.iter().map(|&(t, mass)| (t, t * mass));
            series.push(Series::new(false, (lower, upper), weighted));
            if lower > 0.0 {
                let inverted = nodes.iter().map(|&(t, mass)| (t.recip(), mass));
                series.push(Series::new(true, (upper.recip(), lower.recip()), inverted));
            }
            series.retain(|series| series.agrees(&law));
        }
        Self { law, series }
    }

    pub(super) fn law(&self) -> &TabulatedLaw {
        &self.law
    }

    /// T and T′ at w in the closed upper half-plane.
    pub(super) fn t(&self, w: Complex64) -> (Complex64, Complex64) {
        self.by_series(w).unwrap_or_else(|| self.law.t_transform(w))
    }

    /// The same by the shorter series, if one is short.
    fn by_series(&self, w: Complex64) -> Option<(Complex64, Complex64)> {
        let places = self.series.iter().map(|series| (series, series.place(w)));
        let (series, place) = places.min_by(|l, r| l.1.square.total_cmp(&r.1.square))?;
        // False for what is not a number, too, as it is for w beyond 1e150.
        (place.square <= NEAREST * NEAREST).then(|| series.t(w, place))
    }
}

/// ∫ f/(z − x) with the points x in \[m − h, m + h\] and z = m + h (r + 1/r)/2: in Chebyshev's
/// polynomials T_k
///
/// (M_0 + 2 Σ M_k r^k)/√((z − m)² − h²),  M_k = ∫ f T_k((x − m)/h),
///
/// from their generating function 1/(y − x) = (1 + 2 Σ r^k T_k(x))/√(y² − 1).
#[derive(Debug)]
struct Series {
    /// Whether z is 1/w, and not w.
    inverse: bool,
    middle: f64,
    half: f64,
    moments: Vec<f64>,
}

/// What belongs to a point z.
struct Place {
    /// (z − m)/h
    y: Complex64,
    /// √(y² − 1)
    root: Complex64,
    r: Complex64,
    /// |r|²
    square: f64,
}

impl Series {
    fn new(
        inverse: bool,
        (lower, upper): (f64, f64),
        points: impl Iterator<Item = (f64, f64)>,
    ) -> Self {
        let (middle, half) = (0.5 * (lower + upper), 0.5 * (upper - lower));
        let mut moments = vec![0.0; TERMS];
        for (x, weight) in points {
            let x = ((x - middle) / half).clamp(-1.0, 1.0);
            // T_{−1} = T_1.
            let (mut before, mut polynomial) = (x, 1.0);
            for moment in &mut moments {
                *moment += weight * polynomial;
                (before, polynomial) = (polynomial, 2.0 * x * polynomial - before);
            }
        }
        Self { inverse, middle, half, moments }
    }

    /// Whether it gives T where it is longest.
    fn agrees(&self, law: &TabulatedLaw) -> bool {
        CHECKED.iter().all(|angle| {
            let r = Complex64::from_polar(NEAREST, -angle);
            let z = self.middle + 0.5 * self.half * (r + r.inv());
            let w = if self.inverse { z.conj().inv() } else { z };
            let (found, expected) = (self.t(w, self.place(w)).0, law.t_transform(w).0);
            (found - expected).norm() <= MISSED * expected.norm()
        })
    }

    fn place(&self, w: Complex64) -> Place {
        let z = if self.inverse { w.inv() } else { w };
        let y = (z - self.middle) / self.half;
        let root = root((y - 1.0) * (y + 1.0));
        // The root for which y + root is the larger one of r and 1/r.
        let root = if root.re * y.re + root.im * y.im < 0.0 { -root } else { root };
        let r = (y + root).inv();
        Place { y, root, r, square: r.norm_sqr() }
    }

    /// T and T′ at w.
    fn t(&self, w: Complex64, Place { y, root, r, square }: Place) -> (Complex64, Complex64) {
        let count = (2.0 * REST.ln() / square.ln()).ceil() as usize;
        let (mut value, mut slope) = (Complex64::ZERO, Complex64::ZERO);
        for moment in self.moments[1..TERMS.min(count + 1)].iter().rev() {
            slope = slope * r + value;
            value = value * r + moment;
        }
        let sum = self.moments[0] + 2.0 * r * value;
        let change = 2.0 * r * (value + r * slope);
        // dr/dy = −r/√(y² − 1).
        let g = sum / root / self.half;
        let slope = -(change + sum / root * y) / (root * root) / (self.half * self.half);
        if self.inverse {
            let v = w.inv();
            return (-v * g, v * v * (g + v * slope));
        }
        (g, slope)
    }
}

/// The root with a real part of at least 0, without an angle.
fn root(z: Complex64) -> Complex64 {
    let larger = (0.5 * (z.norm_sqr().sqrt() + z.re.abs())).sqrt();
    let smaller = 0.5 * z.im / larger;
    if z.re >= 0.0 {
        Complex64::new(larger, smaller)
    } else {
        Complex64::new(smaller.abs(), larger.copysign(z.im))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagonal::{DiagonalLaw, TwoPoint};
    use crate::law::{Population, SpectralLaw};

    #[test]
    fn agrees_with_the_table() {
        let two: [Box<dyn DiagonalLaw>; 3] = [
            Box::new(1.0),
            Box::new(TwoPoint::new(0.5, 1.5, 0.5).unwrap()),
            Box::new(TwoPoint::new(0.0, 1.5, 0.3).unwrap()),
        ];
        let two = two.map(std::sync::Arc::<dyn DiagonalLaw>::from);
        for (gamma2, b, c, d) in [
            (1.0, 0.16, 0.09, &two[0]),
            (0.1, 0.16, 0.09, &two[0]),
            (3.0, 0.02, 0.3, &two[1]),
            (0.7, 0.3, 0.01, &two[1]),
            (0.5, 0.16, 0.0, &two[2]),
        ] {
            let law = Population::from_coefficients(gamma2, b, c, d.clone()).unwrap();
            let table = law.tabulated().unwrap().clone();
            let (lower, upper) = (table.lower_end(), table.upper_end());
            let law = TableSeries::new(table.clone());
            assert_eq!(law.series.len(), 2);
            let mut outside = 0;
            for i in (-8..40).chain([0, 1, 2, 3]) {
                for im in [0.0, 1e-3, 0.1, 0.2, 0.3, 0.5, 1.0, 3.0, 1e3, 1e40, 1e160] {
                    let re = lower + (upper - lower) * f64::from(i) / 16.0;
                    let w = Complex64::new(re, im * upper);
                    let Some((t, slope)) = law.by_series(w) else { continue };
                    outside += 1;
                    let (expected, change) = table.t_transform(w);
                    let error = (t - expected).norm() / expected.norm();
                    assert!(error < 2e-12, "{gamma2} {w}: {error:e}");
                    let error = (slope - change).norm() / change.norm();
                    // Beyond 1e150 slopes are no normal numbers.
                    assert!(error < 1e-10 || im > 1e50, "{gamma2} {w}: slope {error:e}");
                }
            }
            assert!(outside > 300, "{outside}");
        }
    }
}
