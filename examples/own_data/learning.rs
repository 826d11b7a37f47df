//! What ridge regression on the kernel learns from the targets.

use std::fmt::Write;

use ntk_spectrum::empirical::CovarianceSpectrum;
use ntk_spectrum::empirical::learning::{SampledRegression, test_error};
use ntk_spectrum::learning::{RandomEffects, Regression};
use ntk_spectrum::ndarray::{Array1, Axis};
use ntk_spectrum::prelude::*;

use crate::args::Run;
use crate::data::Data;
use crate::failure::Failure;
use crate::laws::law_of;

/// One in so many samples is for testing.
const TESTED: usize = 5;

/// The training error of each ridge; the test error that follows from it by the degrees of
/// freedom of the law with the covariance, which needs no test points (generalised
/// cross-validation); and the test error itself. All over the variance of the targets.
pub fn report(run: &Run, data: &Data, y: &Array1<f64>) -> Result<String, Failure> {
    let n = data.x.nrows();
    let trained = n - n / TESTED;
    let (x, z) = data.x.view().split_at(Axis(0), trained);
    if z.nrows() == 0 {
        return Ok(format!("{n} samples are too few for a test\n"));
    }
    let (targets, truth) = y.view().split_at(Axis(0), trained);
    let mean = targets.sum() / trained as f64;
    let (targets, truth) = (&targets - mean, &truth - mean);
    let square = targets.dot(&targets) / trained as f64;
    if square == 0.0 {
        return Ok("all targets are the same: there is nothing to learn\n".into());
    }
    let kernel = |x| {
        let builder = NtkBuilder::new(x, &data.w, run.sigma.clone());
        builder.with_diagonal(&data.diagonal).build_operator()
    };
    let (train, test) = (kernel(x)?, kernel(z)?);

    let dimensions = Dimensions::new(trained, data.x.ncols(), data.w.ncols())?;
    let law =
        LimitingSpectrum::from_dimensions(dimensions, run.sigma.clone(), law_of(&data.diagonal)?)
            .with_covariance(CovarianceSpectrum::from_samples(x)?);
    // Degrees of freedom do not depend on what is learned.
    let predicted = Regression::new(&law, RandomEffects::new(1.0, 0.0)?);
    let mut regression = SampledRegression::new(&train, targets.view())?;
    let mut text = format!(
        "ridge regression, {trained} samples, tested on {}; over the variance of y\n",
        z.nrows()
    );
    let _ =
        writeln!(text, "{:>10}{:>12}{:>18}{:>12}", "ridge", "training", "test, by the law", "test");
    for &lambda in &run.ridges {
        let fit = regression.ridge(lambda)?;
        let training = fit.training_error / square;
        let found = test_error(fit.predict_with(&train, &test)?.view(), truth.view())? / square;
        let free = lambda * predicted.effective_ridge(lambda)?.stieltjes();
        let expected = training / (free * free);
        let _ = writeln!(text, "{lambda:>10}{training:>12.4}{expected:>18.4}{found:>12.4}");
    }
    Ok(text)
}
