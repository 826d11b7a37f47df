//! `RandomEffectsTeacher`: a network that is linear in its weights.

use ndarray::{Array1, ArrayView2};

use super::teacher::{Teacher, normal, with_noise};
use crate::Error;
use crate::ensemble::Matrix;
use crate::learning::RandomEffects;
use crate::ntk::NtkOperator;

/// The teacher $y = J\theta + \varepsilon$ with independent normal $\theta$ of variance α² and
/// noise of variance s²: a Gaussian process with the kernel $\alpha^2 K$.
///
/// Its errors are predicted for the [`target`](Self::target) of the same two variances. θ is a
/// d × p matrix, and J is never formed.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::empirical::learning::RandomEffectsTeacher;
/// use ntk_spectrum::prelude::*;
///
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(500, 20, 20)?, Relu);
/// let teacher = RandomEffectsTeacher::new(1.0, 0.0)?;
/// let train = NtkBuilder::from_ensemble_rows(&ensemble, 0..400).build_operator()?;
/// let y = teacher.targets(&train, 0, 7)?;
/// // The same function on other samples.
/// let all = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
/// let rest = teacher.targets(&all, 0, 7)?;
/// assert!((y[3] - rest[3]).abs() < 1e-12);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomEffectsTeacher {
    target: RandomEffects,
}

impl RandomEffectsTeacher {
    /// Takes the variance α² of the entries of θ and that of the noise, s².
    ///
    /// # Errors
    /// As [`RandomEffects::new`].
    pub fn new(signal_variance: f64, noise_variance: f64) -> Result<Self, Error> {
        Ok(Self { target: RandomEffects::new(signal_variance, noise_variance)? })
    }

    /// Returns the target whose errors are predicted.
    #[must_use]
    pub fn target(&self) -> RandomEffects {
        self.target
    }

    /// Draws the targets of the samples of `kernel`, rows from `first` on of all those of this
    /// seed: the same θ for every kernel with the same d and p, noise of its own for each row.
    ///
    /// # Errors
    /// [`Error::InvalidEntry`] for a target that is not finite, [`Error::InvalidSize`] when the
    /// numbers of the rows overflow, and as [`NtkOperator::jvp`].
    ///
    /// # Complexity
    /// 2ndp operations.
    pub fn targets(
        &self,
        kernel: &NtkOperator,
        first: usize,
        seed: u64,
    ) -> Result<Array1<f64>, Error> {
        let dimensions = kernel.dimensions();
        let targets = match self.target.signal_variance() {
            0.0 => Array1::zeros(dimensions.n()),
            variance => {
                let (d, p) = (dimensions.d(), dimensions.p());
                let theta = normal(Matrix::Parameters, 0..d, p, seed)? * variance.sqrt();
                kernel.jvp(theta.view())?
            }
        };
        with_noise(targets, self.target.noise_variance(), first, seed)
    }
}

impl Teacher for RandomEffectsTeacher {
    fn draw(
        &self,
        _: ArrayView2<'_, f64>,
        kernel: &NtkOperator,
        first: usize,
        seed: u64,
    ) -> Result<Array1<f64>, Error> {
        self.targets(kernel, first, seed)
    }
}
