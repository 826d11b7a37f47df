//! `Fit`: what was learned, and its errors.

use ndarray::{Array1, ArrayView1, ArrayView2};

use crate::ntk::NtkOperator;
use crate::{Error, arguments};

/// A function that was learned, $\hat f(x) = k(x, X)\\,a$.
///
/// Made by [`SampledRegression`](super::SampledRegression).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Fit {
    /// $a = h(K)\\,y$, $h(x) = (1 - r(x))/x$; over processes, the rows of this one.
    pub coefficients: Array1<f64>,
    /// $\frac1n |y - K a|^2$, mean square a sample.
    pub training_error: f64,
    /// How far it may be off, relative: of $|y - Ka|/|y|$, and of $\hat f$ in the norm
    /// $\sqrt{a^\top K a}$ of the kernel. An estimate, from fewer Lanczos steps and from what
    /// rounding does, and the exact defect $|y - Ka - r(K) y|/|y|$.
    pub error: f64,
    /// Lanczos steps; 0 where the matrix was taken apart as a whole.
    pub steps: usize,
}

impl Fit {
    /// Predicts at the points whose kernel with the n samples is `cross`, a row for each
    /// point: $k(x, X)\\,a$.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] unless `cross` has n columns, [`Error::InvalidElement`] when it
    /// is not finite.
    pub fn predict(&self, cross: ArrayView2<'_, f64>) -> Result<Array1<f64>, Error> {
        let (columns, samples) = (cross.ncols(), self.coefficients.len());
        arguments::same_size("columns of cross", columns, samples, "the samples of the fit")?;
        arguments::finite_rows("cross", cross, 0)?;
        Ok(cross.dot(&self.coefficients))
    }

    /// Predicts at the points of the kernel `test`, from the kernel `train` of the samples,
    /// without the kernel between them: $J\_{\text{test}} (J\_{\text{train}}^\top a)$.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] unless `train` has as many samples as the fit,
    /// [`Error::SizeMismatch`] and [`Error::InvalidParameter`] unless both are kernels of the
    /// same network.
    ///
    /// # Complexity
    /// 2dp operations for every sample and every point.
    pub fn predict_with(
        &self,
        train: &NtkOperator,
        test: &NtkOperator,
    ) -> Result<Array1<f64>, Error> {
        train.same_network(test)?;
        test.jvp(train.vjp(self.coefficients.view())?.view())
    }
}

/// Computes the mean square of prediction minus target, a point each.
///
/// # Errors
/// [`Error::InvalidLength`] when there are none, [`Error::SizeMismatch`] unless they are as
/// many, [`Error::InvalidEntry`] when one is not finite.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::learning::test_error;
/// use ntk_spectrum::ndarray::array;
///
/// assert_eq!(test_error(array![1.0, 2.0].view(), array![0.0, 4.0].view())?, 2.5);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub fn test_error(
    prediction: ArrayView1<'_, f64>,
    targets: ArrayView1<'_, f64>,
) -> Result<f64, Error> {
    arguments::non_empty("targets", targets.len())?;
    let (length, points) = (prediction.len(), targets.len());
    arguments::same_size("length of prediction", length, points, "the number of targets")?;
    arguments::finite_entries("prediction", prediction)?;
    arguments::finite_entries("targets", targets)?;
    let squares = prediction.iter().zip(targets).map(|(f, y)| (f - y) * (f - y));
    Ok(squares.sum::<f64>() / points as f64)
}
