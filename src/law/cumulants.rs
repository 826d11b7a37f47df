//! Moments and free cumulants: M(z) = 1 + Σ m_n zⁿ and C(z) = 1 + Σ κ_n zⁿ are
//! related by C(z M(z)) = M(z).

use super::TabulatedLaw;
use crate::{Error, arguments};

/// The order beyond which the recursion's powers are not asked for.
const HIGHEST: u32 = 64;

/// The order up to which the rules of a table integrate moments of its series exactly: by
/// adaptive rules they would take ten times as long.
const EXACT: u32 = 7;

/// Coefficients 0..=n of the powers M, M², …, Mⁿ, filled as moments arrive.
///
/// m_n = Σ_{s=1}^{n} κ_s \[z^{n−s}\] M(z)^s, and the term s = n is κ_n itself,
/// so the relation solves for either side in turn.
fn recursion(n: usize, mut step: impl FnMut(usize, f64) -> (f64, f64)) -> (Vec<f64>, Vec<f64>) {
    let mut moments = vec![1.0; 1];
    let mut cumulants = vec![0.0; 1];
    for order in 1..=n {
        // Powers of the known part of M, which has order − 1 coefficients after the first.
        let mut power = vec![0.0; order];
        power[0] = 1.0;
        let mut rest = 0.0;
        for (s, cumulant) in cumulants.iter().enumerate().skip(1) {
            power = product(&power, &moments, order);
            rest += cumulant * power[order - s];
        }
        let (moment, cumulant) = step(order, rest);
        moments.push(moment);
        cumulants.push(cumulant);
    }
    (moments.split_off(1), cumulants.split_off(1))
}

/// The first `length` coefficients of a product of power series.
fn product(left: &[f64], right: &[f64], length: usize) -> Vec<f64> {
    let mut out = vec![0.0; length];
    for (i, l) in left.iter().enumerate() {
        for (j, r) in right.iter().enumerate().take(length.saturating_sub(i)) {
            out[i + j] += l * r;
        }
    }
    out
}

/// κ_1, …, κ_n from m_1, …, m_n.
pub(crate) fn from_moments(moments: &[f64]) -> Vec<f64> {
    recursion(moments.len(), |n, rest| (moments[n - 1], moments[n - 1] - rest)).1
}

/// m_1, …, m_n from κ_1, …, κ_n.
fn to_moments(cumulants: &[f64]) -> Vec<f64> {
    recursion(cumulants.len(), |n, rest| (cumulants[n - 1] + rest, cumulants[n - 1])).0
}

/// m_k from a law's free cumulants; what overflows is reported as order k.
pub(crate) fn moment(k: u32, cumulant: impl Fn(u32) -> Result<f64, Error>) -> Result<f64, Error> {
    check_order(k)?;
    let mut cumulants = Vec::with_capacity(k as usize);
    for j in 1..=k {
        match cumulant(j) {
            Err(Error::InvalidParameter { name: "k", .. }) => return finite(f64::INFINITY, k),
            other => cumulants.push(other?),
        }
    }
    finite(to_moments(&cumulants)[k as usize - 1], k)
}

/// m_k from a law's table: by its nodes, where their rules are exact.
pub(crate) fn table_moment(table: &TabulatedLaw, k: u32) -> Result<f64, Error> {
    let power = i32::try_from(k).unwrap_or(i32::MAX);
    let moment = table.node_sum(|t| t.powi(power));
    if k <= EXACT || !moment.is_finite() {
        return finite(moment, k);
    }
    finite(table.expectation(|t| t.powi(power))?, k)
}

pub(crate) fn check_order(k: u32) -> Result<(), Error> {
    let valid = (1..=HIGHEST).contains(&k);
    arguments::parameter("k", f64::from(k), valid, "an order from 1 to 64")?;
    Ok(())
}

pub(crate) fn finite(value: f64, k: u32) -> Result<f64, Error> {
    let allowed = "an order at which the moment is representable as a finite number";
    arguments::parameter("k", f64::from(k), value.is_finite(), allowed)?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicircle_has_catalan_moments() {
        let moments = to_moments(&[0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(moments, [0.0, 1.0, 0.0, 2.0, 0.0, 5.0, 0.0, 14.0]);
        assert_eq!(from_moments(&moments), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn marchenko_pastur_of_ratio_one_has_unit_cumulants() {
        assert_eq!(to_moments(&[1.0; 6]), [1.0, 2.0, 5.0, 14.0, 42.0, 132.0]);
    }
}
