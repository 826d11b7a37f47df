//! What errors say, where it takes more than a line.

use std::fmt::{Formatter, Result};

use num_complex::Complex64;

use super::Number;
use super::limits::Limits;

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

pub(super) fn unstable_step(
    method: &str,
    step: &f64,
    limit: &f64,
    largest: &f64,
    f: &mut Formatter<'_>,
) -> Result {
    write!(
        f,
        "step = {} is not allowed: {method} needs less than {}, for the largest eigenvalue {}",
        Number(*step),
        Number(*limit),
        Number(*largest)
    )
}

pub(super) fn not_solved(
    computation: &str,
    z: &Complex64,
    iterate: &Complex64,
    residual: &f64,
    f: &mut Formatter<'_>,
) -> Result {
    write!(
        f,
        "{computation} was not solved at z = {z:e}: iterate {iterate:e}, residual {residual:e}"
    )
}

pub(super) fn not_converged(
    computation: &&'static str,
    at: &f64,
    iterate: &Complex64,
    residual: &f64,
    f: &mut Formatter<'_>,
) -> Result {
    write!(
        f,
        "{computation} did not converge at {}: iterate {iterate:e}, residual {residual:e}{}",
        Number(*at),
        Limits(computation)
    )
}

pub(super) fn inconsistent(
    identity: &&'static str,
    expected: &f64,
    found: &f64,
    f: &mut Formatter<'_>,
) -> Result {
    write!(
        f,
        "the computed law is inconsistent: {identity} should be {}, found {}{}",
        Number(*expected),
        Number(*found),
        Limits(identity)
    )
}

pub(super) fn other_checkpoint(
    path: &str,
    what: &str,
    found: &str,
    expected: &str,
    f: &mut Formatter<'_>,
) -> Result {
    write!(
        f,
        "{path} is the checkpoint of another computation: its {what} is {found}, not \
         {expected}; give another path, or remove the file"
    )
}
