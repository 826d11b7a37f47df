//! `RandomEffectsTeacher`: a network that is linear in its weights.

use ndarray::{Array1, ArrayView2};

use super::teacher::{Teacher, normal, with_noise};
use crate::ensemble::Matrix;
use crate::ntk::NtkOperator;
use crate::{Error, arguments};

/// The teacher $y = J\theta + \varepsilon$ with independent normal $\theta$ of variance α² and
/// noise of variance s²: a Gaussian process with the kernel $\alpha^2 K$.
///
/// [`learning::RandomEffects`](crate::learning) has the same two variances. θ is a d × p
/// matrix, and J is never formed.
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
    signal: f64,
    noise: f64,
}

impl RandomEffectsTeacher {
    /// Takes the variance α² of the entries of θ and that of the noise, s².
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless both are finite and at least 0, one of them above 0.
    pub fn new(signal: f64, noise: f64) -> Result<Self, Error> {
        arguments::non_negative("signal", signal)?;
        arguments::non_negative("noise", noise)?;
        let any = signal > 0.0 || noise > 0.0;
        arguments::parameter("signal", signal, any, "above 0 where there is no noise")?;
        Ok(Self { signal, noise })
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
        let targets = match self.signal {
            0.0 => Array1::zeros(dimensions.n()),
            _ => {
                let (d, p) = (dimensions.d(), dimensions.p());
                let theta = normal(Matrix::Parameters, 0..d, p, seed)? * self.signal.sqrt();
                kernel.jvp(theta.view())?
            }
        };
        with_noise(targets, self.noise, first, seed)
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
