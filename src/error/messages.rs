//! What errors say, where it takes more than a line.

use std::fmt::{Formatter, Result};

use super::Number;

pub(super) fn indefinite(lambda: &f64, eigenvalue: &f64, f: &mut Formatter<'_>) -> Result {
    write!(
        f,
        "lambda = {} is not allowed: the operator has an eigenvalue near {}, \
         and lambda has to be above {}",
        Number(*lambda),
        Number(*eigenvalue),
        Number(-eigenvalue)
    )
}

pub(super) fn too_many_values(
    of: &str,
    count: &usize,
    computation: &str,
    advice: &str,
    f: &mut Formatter<'_>,
) -> Result {
    let how = if of == "D" { " (SquareLaw::from_density)" } else { "" };
    write!(
        f,
        "{of} has {count} values or steps, too many for {computation}, in which each of them \
         shows: take fewer, or a density that is fitted to them{how}{advice}"
    )
}

pub(super) fn divergent_moment(
    moment: &str,
    estimate: &f64,
    error: &f64,
    f: &mut Formatter<'_>,
) -> Result {
    write!(
        f,
        "the Gaussian moment {moment} of the activation's derivative does not converge \
         (estimate {}, estimated error {})",
        Number(*estimate),
        Number(*error)
    )
}

pub(super) fn outside_domain(
    transform: &str,
    value: &f64,
    lower: &f64,
    upper: &f64,
    f: &mut Formatter<'_>,
) -> Result {
    write!(
        f,
        "{transform} is not defined at {}: its domain is ({}, {})",
        Number(*value),
        Number(*lower),
        Number(*upper)
    )
}
