//! The kernel as an operator.

use ndarray::{Array1, ArrayView2, ArrayViewMut2};
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

/// The kernel, with no more known of it than its products.
struct Products<'a>(&'a NtkOperator);

impl SymmetricOperator for Products<'_> {
    fn size(&self) -> usize {
        self.0.size()
    }

    fn apply(
        &self,
        out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
    ) -> Result<(), ntk_spectrum::Error> {
        self.0.apply(out, rhs)
    }
}

/// How to estimate.
#[derive(Clone, Copy)]
pub enum Estimator {
    /// From products alone.
    Plain,
    /// With the exact trace.
    Trace,
    /// And so many eigenvalues set aside, by so many steps.
    Deflated(usize, usize),
}

/// tr log(K + λ), its standard error, and the number of products.
pub fn log_determinant(
    operator: &NtkOperator,
    lambda: f64,
    (probes, steps): (usize, usize),
    seed: u64,
    estimator: Estimator,
) -> Result<Answer, Failure> {
    let mut quadrature = StochasticQuadrature::new(probes, steps)?.with_seed(seed);
    if let Estimator::Deflated(count, steps) = estimator {
        quadrature = quadrature.with_deflation(count, steps)?;
    }
    let (seconds, estimate) = timed(|| match estimator {
        Estimator::Plain => quadrature.estimate(&Products(operator)),
        _ => quadrature.estimate(operator),
    });
    let estimate = estimate?;
    let total = estimate.log_determinant(lambda)?.times(operator.dimensions().n() as f64);
    let error = total.standard_error.unwrap_or(f64::NAN);
    Ok((seconds, vec![vec![total.mean, error, estimate.products() as f64]]))
}
