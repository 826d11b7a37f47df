//! All that is said of W.

use ndarray::{Array2, ArrayView2};

use super::bounds::{ERRORS, chi_square, harmless};
use super::centred::{Centred, inner_products};
use super::{columns, spike};
use crate::Error;
use crate::ntk::NtkWarning;
use crate::ntk::slabs::Slabs;
use crate::ntk::standardise::{self, Moments};

/// Rows of X that neurons are tried on: their number times dp operations.
const ROWS: usize = 256;

/// Entries of W, and neurons, of which moments are judged.
const FEWEST: usize = 3;

/// What the mean variance of preactivations may be off by, besides chance.
const SLACK: f64 = 0.1;

/// What about W is not in the model, by itself and together with X.
pub(in crate::ntk) fn weight_warnings(
    w: ArrayView2<'_, f64>,
    x: &Slabs,
    columns: &[Moments],
) -> Result<Vec<NtkWarning>, Error> {
    if w.len() < FEWEST {
        return Ok(Vec::new());
    }
    let all = standardise::of_all(w);
    let mut warnings = Vec::new();
    if let Some(allowed) = columns::far_mean(&all) {
        warnings.push(NtkWarning::WeightMean { mean: all.mean, allowed });
    }
    let kurtosis = all.fourth / (all.variance * all.variance);
    if let Some(allowed) = columns::far_variance(&all, kurtosis.max(3.0)) {
        warnings.push(NtkWarning::WeightVariance { variance: all.variance, allowed });
    }
    let scale = all.variance.sqrt().recip();
    if w.ncols() < FEWEST || !scale.is_normal() || !all.fourth.is_normal() {
        return Ok(warnings);
    }
    let w = w.mapv(|entry| (entry - all.mean) * scale);
    warnings.extend(spike::warning(&w)?);
    if let Some(x) = Centred::new(x, columns) {
        warnings.extend(neuron_warnings(&w, &x));
    }
    Ok(warnings)
}

/// The variances $v_k = w_k^\top S w_k$ of preactivations, S that of some rows of X. For
/// Gaussian W independent of these they have the mean tr S and the variance
/// $2 \operatorname{tr} S^2$, whatever S.
fn neuron_warnings(w: &Array2<f64>, x: &Centred) -> Vec<NtkWarning> {
    let (d, p) = (w.nrows() as f64, w.ncols() as f64);
    let rows = x.some_rows(ROWS);
    let products = inner_products(&rows, x.d());
    let count = rows.len() / x.d();
    let trace = products.iter().step_by(count + 1).sum::<f64>();
    let square = products.iter().map(|product| product * product).sum::<f64>();
    let expected = 2.0 * square / (trace * trace);
    let Ok(rows) = Array2::from_shape_vec((count, x.d()), rows) else { return Vec::new() };
    let preactivations = rows.dot(w);
    let lengths: Vec<f64> = preactivations.columns().into_iter().map(|z| z.dot(&z)).collect();
    let mean = lengths.iter().sum::<f64>() / p;
    let variance =
        lengths.iter().map(|length| (length / mean - 1.0).powi(2)).sum::<f64>() / (p - 1.0);

    let mut warnings = Vec::new();
    // Lengths are like χ² of 2/expected directions, of kurtosis 3 + 6 expected.
    let freedom = (p - 1.0) / (1.0 + 3.0 * expected);
    let allowed = expected * (1.0 + chi_square(freedom)) + harmless(w.nrows());
    if variance > allowed {
        let [deviation, expected, allowed] = [variance, expected, allowed].map(f64::sqrt);
        warnings.push(NtkWarning::NeuronScales { deviation, expected, allowed });
    }
    // |w|² is given: what is left of the variance is that of S about its mean.
    let ratio = mean * d * p / (trace * w.iter().map(|entry| entry * entry).sum::<f64>());
    let chance = ((expected - 2.0 / d).max(0.0) / p).sqrt();
    let allowed = SLACK + ERRORS * chance;
    if (ratio - 1.0).abs() > allowed {
        warnings.push(NtkWarning::WeightAlignment { ratio, allowed });
    }
    warnings
}
