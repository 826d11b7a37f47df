//! The largest singular value of W.

use ndarray::{Array1, Array2};

use crate::Error;
use crate::krylov::Probe;
use crate::ntk::NtkWarning;

/// Steps of the power method, 4dp operations each. The value that they reach is a lower bound;
/// one above the bulk by a tenth is reached to a per cent or so.
const STEPS: usize = 24;

/// Units of Tracy and Widom's law above the edge that count as chance: e^−12.
const ABOVE: f64 = 7.0;

/// The seed of the vector that the power method starts from.
const SEED: u64 = 20_261_126;

/// The largest eigenvalue of $W W^\top/p$ for W of mean 0 and variance 1, if it is above
/// where independent Gaussian entries have it: $(\sqrt{d - 1} + \sqrt p)^2$ with the
/// fluctuations $(\sqrt{d - 1} + \sqrt p)(1/\sqrt{d - 1} + 1/\sqrt p)^{1/3}$ (Johnstone, Ann.
/// Statist. 29, 2001).
pub(super) fn warning(w: &Array2<f64>) -> Result<Option<NtkWarning>, Error> {
    let (d, p) = w.dim();
    let mut v = Array1::from(Probe { seed: SEED, index: 0 }.signs(0..p)?);
    let mut largest = 0.0;
    for _ in 0..STEPS {
        let length = v.dot(&v).sqrt();
        if length == 0.0 {
            break;
        }
        v /= length;
        let image = w.dot(&v);
        largest = image.dot(&image);
        v = w.t().dot(&image);
    }
    let (rows, columns) = ((d as f64 - 1.0).max(1.0).sqrt(), (p as f64).sqrt());
    let width = (rows + columns) * (rows.recip() + columns.recip()).cbrt();
    let allowed = ((rows + columns).powi(2) + ABOVE * width) / p as f64;
    let eigenvalue = largest / p as f64;
    Ok((eigenvalue > allowed).then_some(NtkWarning::WeightSpike { eigenvalue, allowed }))
}
