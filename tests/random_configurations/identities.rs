//! What every limiting law satisfies.

use ntk_spectrum::{Error, ErrorKind, LimitingSpectrum};

use crate::draws::Family;
use crate::quadrature::{self, Difference};

/// Everything that is wrong with the law, in words; an error if it has none.
pub fn check(law: &LimitingSpectrum, family: Family) -> Result<Vec<String>, Error> {
    let (gamma1, gamma2) = (law.gamma1(), law.gamma2());
    let squares = law.population().diagonal().square_law(1e-13)?;
    let moments = law.derivative_moments()?;
    let (b, c) = (moments.b(), moments.c());
    let mut wrong = Vec::new();
    let mut expect = |what: &str, found: f64, expected: f64, tolerance: f64| {
        let off = (found - expected).abs();
        if off.is_nan() || off > tolerance {
            wrong.push(format!("{what}: {found:e} instead of {expected:e}"));
        }
    };

    expect("mass", law.expectation(&|_| 1.0)?, 1.0, 1e-8);
    let parts = law.support()?.iter().map(|i| i.mass).sum::<f64>()
        + law.atoms()?.iter().map(|a| a.mass).sum::<f64>();
    expect("mass of intervals and atoms", parts, 1.0, 1e-8);

    let (first, second) = (squares.moment(1), squares.moment(2));
    let mean = (b + c) * first;
    let variance = gamma1 * ((b + c).powi(2) * second + 2.0 * gamma2 * (b * first).powi(2));
    expect("first free cumulant", law.free_cumulant(1)?, mean, 1e-9 * mean);
    expect("second free cumulant", law.free_cumulant(2)?, variance, 1e-9 * variance);
    let found = law.expectation(&|x| x)?;
    expect("mean", found, mean, 1e-7 * mean);
    let found = law.expectation(&|x| (x - mean).powi(2))?;
    expect("variance", found, variance, 1e-7 * variance);

    if variance == 0.0 {
        expect("mass at 0 of a degenerate law", law.cdf(0.0)?, 1.0, 0.0);
        return Ok(wrong);
    }
    // A table of ν shows every value of D, and takes a minute for tens of them; of some densities
    // it is refused, while μ is solved. Those drawn here are not 0, and c D² keeps ν off 0.
    let many_values = family.has_many_values() && b > 0.0 && c > 0.0;
    let zero = if many_values { Ok(0.0) } else { law.population().cdf(0.0) };
    let refused = |error: &Error| error.kind() == ErrorKind::Computation && c > 0.0;
    let zero = zero.or_else(|error| if refused(&error) { Ok(0.0) } else { Err(error) })?;
    let bulk = ((1.0 - zero) / gamma1).min(1.0);
    expect("mass at 0", law.cdf(0.0)?, 1.0 - bulk, 1e-12);

    let (points, densities) = law.curve(257)?;
    let mut ends = Vec::new();
    for interval in law.support()? {
        ends.push(law.cdf(interval.lower.location)?);
        ends.push(law.cdf(interval.upper.location)?);
    }
    // F and 1 − F meet up to what the mass misses of 1.
    let missing = 1e-12 + 4.0 * (parts - 1.0).abs();
    let mut last = 0.0;
    for (&x, &density) in points.iter().zip(&densities) {
        expect("sign of the density", density.min(0.0), 0.0, 0.0);
        let (below, above) = (law.cdf(x)?, law.survival(x)?);
        // Up to rounding of a number of size 1.
        expect("decrease of the distribution function", (last - below).max(0.0), 0.0, 1e-15);
        expect("distribution and survival function", below + above, 1.0, 1e-9);
        last = below;
        let again = law.quantile(below)?;
        expect("mass up to the quantile", law.cdf(again)?, below, missing);
        // Within rounding of the mass at an edge, F does not tell where x is.
        if ends.iter().all(|end| (below - end).abs() > 1e-11) {
            let slack = 1e-9 * x + missing / density;
            expect("quantile of the distribution function", again, x, slack);
        }
    }
    for k in 0..=100 {
        let q = f64::from(k) / 100.0;
        let reached = law.cdf(law.quantile(q)?)?;
        expect("distribution function of the quantile", reached, q.max(1.0 - bulk), 1e-9);
    }

    for difference in quadrature::differences(law.solve()?) {
        let Difference { what, found, expected, tolerance } = difference;
        expect(what, found, expected, tolerance);
    }

    if many_values {
        let third = law.free_cumulant(3)?;
        let found = law.expectation(&|x| (x - mean).powi(3))?;
        let size = law.expectation(&|x| (x - mean).abs().powi(3))?;
        expect("third free cumulant", found, third, 1e-6 * size);
        return Ok(wrong);
    }
    for fraction in [1e-3, 0.03, 0.2, 0.5, 0.8, 0.97] {
        let s = -fraction * bulk;
        let own = law.s_transform(s)? * (1.0 + gamma1 * s);
        let population = law.population().s_transform(gamma1 * s)?;
        expect("S-transform", own / population, 1.0, 1e-8);
    }
    Ok(wrong)
}
