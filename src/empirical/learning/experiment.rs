//! `LearningExperiment`: from a model and a teacher to measured errors.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{Array1, ArrayView1};

use super::{Fit, SampledRegression, Teacher, test_error};
use crate::activation::Centring;
use crate::empirical::Estimate;
use crate::ensemble::TwoLayerEnsemble;
use crate::ntk::{NtkBuilder, NtkOperator};
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Error, arguments};

/// A network of an ensemble, its samples, test points of the same law and a teacher, all drawn
/// from one seed: what is needed to compare predicted errors with measured ones.
///
/// Test points are further rows of the same X, so that W and D are those of the samples.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::empirical::learning::{LearningExperiment, RandomEffectsTeacher};
/// use ntk_spectrum::prelude::*;
///
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(280, 20, 20)?, Relu);
/// let teacher = RandomEffectsTeacher::new(1.0, 0.5)?;
/// let experiment = LearningExperiment::new(ensemble, teacher, 500)?;
///
/// // Test errors of ridge regression over four networks, for two λ.
/// let errors = experiment.repeated(0..4, |sample| {
///     let mut regression = sample.regression()?;
///     let test = |lambda: f64| Ok(sample.errors(&regression.ridge(lambda)?)?.test);
///     [0.5, 100.0].into_iter().map(test).collect()
/// })?;
/// assert!(errors[0].mean < errors[1].mean);
/// println!("{}", errors[0]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LearningExperiment {
    ensemble: TwoLayerEnsemble,
    teacher: Arc<dyn Teacher>,
    test_points: usize,
    centring: Centring,
    watch: Watch,
}

/// What one seed of a [`LearningExperiment`] has drawn: kernels, and targets.
#[derive(Debug, Clone)]
pub struct LearningSample {
    kernel: NtkOperator,
    test_kernel: NtkOperator,
    targets: Array1<f64>,
    test_targets: Array1<f64>,
    watch: Watch,
}

/// Mean squares of prediction minus target.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SampledErrors {
    /// A test point each, its noise included.
    pub test: f64,
    /// A sample each.
    pub training: f64,
}

impl LearningExperiment {
    /// Describes an experiment with the samples of `ensemble`, whose own seed does not enter,
    /// and so many test points beside them.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] without test points, or when there are too many to be counted.
    pub fn new(
        ensemble: TwoLayerEnsemble,
        teacher: impl Teacher + 'static,
        test_points: usize,
    ) -> Result<Self, Error> {
        arguments::size("test_points", test_points)?;
        let countable = ensemble.dimensions().n().checked_add(test_points).is_some();
        arguments::size_if("test_points", test_points, countable, "fewer, beside the samples")?;
        let (teacher, centring) = (Arc::new(teacher), Centring::default());
        Ok(Self { ensemble, teacher, test_points, centring, watch: Watch::default() })
    }

    /// Sets whether φ or $\varphi - a_0$ stands in the kernels; the default is φ.
    #[must_use]
    pub fn with_centring(self, centring: Centring) -> Self {
        Self { centring, ..self }
    }

    /// Sets who is told how far drawing and fitting are, and may end them with
    /// [`Error::Cancelled`]; the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Draws network, samples, test points, teacher and noise.
    ///
    /// # Errors
    /// Those of [`TwoLayerEnsemble`], of [`NtkBuilder`] and of the teacher;
    /// [`Error::SizeMismatch`] or [`Error::InvalidEntry`] for a teacher that does not give a
    /// finite number for each point.
    ///
    /// # Complexity
    /// For m samples and test points together 2mdp operations for the features, as many for a
    /// random-effects teacher, 8m(d + p) bytes.
    pub fn draw(&self, seed: u64) -> Result<LearningSample, Error> {
        let n = self.ensemble.dimensions().n();
        let all = n + self.test_points;
        let ensemble = self.ensemble.clone().with_samples(all)?.with_seed(seed);
        let ensemble = ensemble.with_observer(self.watch.clone());
        let part = |rows: Range<usize>| {
            let kernel = NtkBuilder::from_ensemble_rows(&ensemble, rows.clone())
                .with_centring(self.centring)
                .with_observer(self.watch.clone())
                .build_operator()?;
            let x = ensemble.x_rows(rows.clone())?;
            let targets = self.teacher.draw(x.view(), &kernel, rows.start, seed)?;
            let (length, points) = (targets.len(), rows.len());
            arguments::same_size("targets of the teacher", length, points, "the points")?;
            arguments::finite_entries("targets of the teacher", &targets)?;
            Ok::<_, Error>((kernel, targets))
        };
        let (kernel, targets) = part(0..n)?;
        let (test_kernel, test_targets) = part(n..all)?;
        Ok(LearningSample { kernel, test_kernel, targets, test_targets, watch: self.watch.clone() })
    }

    /// Draws a sample for each of the seeds, one after the other, and returns means and
    /// standard errors of the figures that `measure` takes of it.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] without seeds, [`Error::SizeMismatch`] when not every sample has
    /// as many figures as the first, [`Error::InvalidEntry`] for one that is not finite, and
    /// those of [`draw`](Self::draw) and of `measure`.
    pub fn repeated(
        &self,
        seeds: Range<u64>,
        mut measure: impl FnMut(&LearningSample) -> Result<Vec<f64>, Error>,
    ) -> Result<Vec<Estimate>, Error> {
        arguments::size("the number of seeds", usize::from(!seeds.is_empty()))?;
        let mut table: Vec<Vec<f64>> = Vec::new();
        for seed in seeds {
            let figures = measure(&self.draw(seed)?)?;
            arguments::finite_entries("figures", &figures)?;
            let expected = table.first().map_or(figures.len(), Vec::len);
            let reason = "those of the first sample";
            arguments::same_size("number of figures", figures.len(), expected, reason)?;
            table.push(figures);
        }
        let columns = 0..table[0].len();
        Ok(columns.map(|column| Estimate::of(table.iter().map(|row| row[column]))).collect())
    }
}

impl LearningSample {
    /// Returns the kernel of the samples.
    #[must_use]
    pub fn kernel(&self) -> &NtkOperator {
        &self.kernel
    }

    /// Returns the kernel of the test points among themselves, of the same network.
    #[must_use]
    pub fn test_kernel(&self) -> &NtkOperator {
        &self.test_kernel
    }

    /// Returns the targets of the samples.
    #[must_use]
    pub fn targets(&self) -> ArrayView1<'_, f64> {
        self.targets.view()
    }

    /// Returns the targets of the test points.
    #[must_use]
    pub fn test_targets(&self) -> ArrayView1<'_, f64> {
        self.test_targets.view()
    }

    /// Returns the regression on the samples, to be fitted with ridges and filters.
    ///
    /// # Errors
    /// As [`SampledRegression::new`].
    pub fn regression(&self) -> Result<SampledRegression<'_>, Error> {
        let regression = SampledRegression::new(&self.kernel, self.targets.view())?;
        Ok(regression.with_observer(self.watch.clone()))
    }

    /// Measures the errors of a fit.
    ///
    /// # Errors
    /// As [`Fit::predict_with`].
    ///
    /// # Complexity
    /// 2dp operations for every sample and every test point.
    pub fn errors(&self, fit: &Fit) -> Result<SampledErrors, Error> {
        let prediction = fit.predict_with(&self.kernel, &self.test_kernel)?;
        let test = test_error(prediction.view(), self.test_targets.view())?;
        Ok(SampledErrors { test, training: fit.training_error })
    }
}
