//! The kernel as an operator.

use ndarray::Array1;
use ntk_spectrum::krylov::{ExtremeEigenvalues, StochasticQuadrature, SymmetricOperator};
use ntk_spectrum::law::SpectralSums;
use ntk_spectrum::ntk::NtkOperator;

use crate::{Answer, Failure, timed};

/// K v with v_i = cos i.
pub fn apply(operator: &NtkOperator) -> Result<Answer, Failure> {
    let v = Array1::from_shape_fn(operator.dimensions().n(), |i| (i as f64).cos());
    let mut image = Array1::zeros(operator.dimensions().n());
    let (seconds, done) = timed(|| operator.apply_vector(image.view_mut(), v.view()));
    done?;
    Ok((seconds, vec![image.to_vec()]))
}

/// The largest eigenvalues, ascending.
pub fn extremes(operator: &NtkOperator, count: usize) -> Result<Answer, Failure> {
    let (seconds, extremes) = timed(|| ExtremeEigenvalues::new(count, 0).unwrap().find(operator));
    let values = extremes?.largest().iter().rev().map(|ritz| ritz.value).collect();
    Ok((seconds, vec![values]))
}

/// tr log(K + λ), and its standard error.
pub fn log_determinant(
    operator: &NtkOperator,
    lambda: f64,
    probes: usize,
    steps: usize,
    seed: u64,
) -> Result<Answer, Failure> {
    let quadrature = StochasticQuadrature::new(probes, steps)?.with_seed(seed);
    let (seconds, estimate) = timed(|| quadrature.estimate(operator)?.log_determinant(lambda));
    let total = estimate?.times(operator.dimensions().n() as f64);
    Ok((seconds, vec![vec![total.mean, total.standard_error.unwrap_or(f64::NAN)]]))
}
