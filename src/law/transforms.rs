//! The transforms that need an inversion, and the checks of their arguments.

use num_complex::Complex64;

use super::TabulatedLaw;
use crate::numerics::roots;
use crate::{Error, arguments};

/// The Cauchy transform is defined at every finite z that is not an atom.
pub(crate) fn check_cauchy(z: Complex64, law: &TabulatedLaw) -> Result<(), Error> {
    check_atoms(z, law, true)
}

/// The T-transform does not see an atom at 0.
pub(crate) fn check_t(z: Complex64, law: &TabulatedLaw) -> Result<(), Error> {
    check_atoms(z, law, false)
}

/// A transform with its derivative, if it is a number.
pub(crate) fn finite(
    z: Complex64,
    transform: (Complex64, Complex64),
) -> Result<(Complex64, Complex64), Error> {
    let allowed = "a point where the transform is finite";
    arguments::parameter("z", z.re, transform.0.is_finite(), allowed)?;
    Ok(transform)
}

fn check_atoms(z: Complex64, law: &TabulatedLaw, zero: bool) -> Result<(), Error> {
    arguments::point("z", z)?;
    let on_atom =
        z.im == 0.0 && law.atoms().iter().any(|a| a.location == z.re && (zero || z.re != 0.0));
    arguments::parameter("z", z.re, !on_atom, "any point but an atom of the law")?;
    Ok(())
}

/// The T- or Cauchy transform of a law at a point.
type Transform<'a> = &'a dyn Fn(Complex64) -> Result<Complex64, Error>;

/// χ(s): w = 1/χ is the negative root of T(w) = s. T falls from 0 at −∞ to
/// −(1 − mass at 0) at 0.
pub(crate) fn chi((mass, upper_end): (f64, f64), t: Transform<'_>, s: f64) -> Result<f64, Error> {
    if !(s > -mass && s < 0.0) {
        return Err(Error::OutsideDomain {
            transform: "the S-transform",
            value: s,
            lower: -mass,
            upper: 0.0,
        });
    }
    let excess = |log: f64| match t(Complex64::new(-log.exp(), 0.0)) {
        Ok(t) => (t.re / s).ln(),
        Err(_) => f64::NAN,
    };
    let start = upper_end.ln();
    let (mut low, mut high) = (start, start);
    let (mut at_low, mut at_high) = (excess(low), excess(high));
    let mut widening = 1.0;
    while at_low < 0.0 && low > -700.0 {
        low -= widening;
        widening *= 2.0;
        at_low = excess(low);
    }
    widening = 1.0;
    while at_high > 0.0 && high < 700.0 {
        high += widening;
        widening *= 2.0;
        at_high = excess(high);
    }
    if !(at_low >= 0.0 && at_high <= 0.0) {
        return Err(Error::NotConverged {
            computation: "the inverse of the moment series",
            at: s,
            iterate: Complex64::new(-low.exp(), 0.0),
            residual: at_low.abs(),
        });
    }
    let log = roots::bracketed(excess, (low, at_low), (high, at_high), 1e-15);
    Ok(-(-log).exp())
}

/// R(s) = T(w)/s at the w off the support with G(w) = s, for s ≠ 0.
pub(crate) fn r_transform(
    table: &TabulatedLaw,
    t: Transform<'_>,
    cauchy: Transform<'_>,
    s: f64,
) -> Result<f64, Error> {
    let (direction, end) =
        if s > 0.0 { (1.0, table.upper_end()) } else { (-1.0, table.lower_end()) };
    let scale = table.upper_end().max(f64::MIN_POSITIVE);
    let g = |log: f64| {
        cauchy(Complex64::new(end + direction * log.exp(), 0.0)).map(|g| direction * g.re)
    };
    let nearest =
        (1e-13 * if end == 0.0 { 1e-17 * scale } else { end }).max(f64::MIN_POSITIVE).ln();
    let limit = g(nearest)?;
    if s.is_nan() || s.abs() >= limit {
        let (lower, upper) = if s < 0.0 { (-limit, 0.0) } else { (0.0, limit) };
        return Err(Error::OutsideDomain { transform: "the R-transform", value: s, lower, upper });
    }
    let excess = |log: f64| g(log).map_or(f64::NAN, |g| (g / s.abs()).ln());
    // G(w) ~ 1/|w| far away.
    let (mut far, mut at_far) = (nearest, (limit / s.abs()).ln());
    while at_far > 0.0 && far < 700.0 {
        far += 8.0;
        at_far = excess(far);
    }
    let log = roots::bracketed(excess, (nearest, (limit / s.abs()).ln()), (far, at_far), 1e-15);
    let w = Complex64::new(end + direction * log.exp(), 0.0);
    Ok(t(w)?.re / s)
}
