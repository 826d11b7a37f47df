//! Lengths of the rows of X.

use super::bounds::{ERRORS, RARITY, harmless};
use super::centred::Centred;
use crate::ntk::NtkWarning;
use crate::ntk::features::row_squares;

/// The kurtosis that is allowed in every dimension: a little more than the 6 of Laplace
/// entries.
const KURTOSIS: f64 = 7.0;

/// The squares of the lengths of the rows, less their mean and in units in which they are d
/// on average.
pub(super) fn lengths(x: &Centred) -> Vec<f64> {
    let of_slab = |slab| {
        let (entries, height) = x.slab(slab, 0..x.d());
        row_squares(&entries, height)
    };
    (0..x.slabs()).flat_map(of_slab).collect()
}

/// The lengths against those of rows $S^{1/2} g$, whose squares have the relative variance
/// $2 h_2/d + \sum_i (\kappa_i - 3) s_i^2/(\operatorname{tr} S)^2$ if g has independent
/// entries of kurtosis $\kappa_i$.
pub(super) fn length_warning(x: &Centred, lengths: &[f64], h2: f64) -> Option<NtkWarning> {
    let (n, d) = (x.n() as f64, x.d() as f64);
    let mean = |power: i32| lengths.iter().map(|q| (q / d - 1.0).powi(power)).sum::<f64>() / n;
    let (variance, fourth) = (mean(2), mean(4));
    let tails = x
        .variances
        .iter()
        .zip(&x.fourths)
        .map(|(variance, fourth)| fourth - 3.0 * variance * variance);
    let expected = (2.0 * h2 / d + tails.sum::<f64>() / (d * d)).max(0.0);
    let error = ((fourth - variance * variance).max(2.0 * expected * expected) / n).sqrt();
    let allowed = expected + harmless(x.d()) + ERRORS * error;
    (variance > allowed).then(|| NtkWarning::RowNorms {
        deviation: variance.sqrt(),
        expected: expected.sqrt(),
        allowed: allowed.sqrt(),
    })
}

/// Tails against d: independent entries of kurtosis $\kappa$ give $|x|^2/d$ the variance
/// $(\kappa - 1)/d$, which the law takes for 0; ½ is what Laplace entries have in 10
/// dimensions. By chance nd Laplace entries have one of the size $(\log nd + 14)/\sqrt 2$.
pub(super) fn tail_warning(x: &Centred) -> Option<NtkWarning> {
    let entries = x.n() as f64 * x.d() as f64;
    let largest = (entries.ln() + RARITY) / std::f64::consts::SQRT_2;
    let allowed = KURTOSIS.max(1.0 + x.d() as f64 / 2.0) + largest.powi(4) / entries;
    let kurtosis = x.kurtosis();
    (kurtosis > allowed).then_some(NtkWarning::HeavyTails { kurtosis, allowed })
}
