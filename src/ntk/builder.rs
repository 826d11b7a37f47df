//! `NtkBuilder`: X, W, D and σ in, a checked kernel out.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

use super::features::{FeatureSource, Features, check_diagonal};
use super::panels::{PANEL, Panels};
use super::source::{Diagonal, Inputs, Weights};
use super::standardise::{self, Moments};
use super::{Ntk, NtkOperator, NtkWarning, checks};
use crate::activation::Activation;
use crate::ensemble::{TwoLayerEnsemble, TwoLayerSample};
use crate::observer::{Observer, Stage, Watch};
use crate::{Error, memory};

/// Configuration of the kernel of a finite network.
///
/// # Errors
///
/// [`build`](Self::build) fails with
/// - [`Error::InvalidSize`] for a matrix without rows or columns,
///   [`Error::SizeMismatch`] for matrices that do not fit each other,
/// - [`Error::InvalidElement`] or [`Error::InvalidEntry`] for an entry that is not
///   finite, or so large that $XW/\sqrt d$ or the diagonal of the kernel is not,
/// - [`Error::InvalidEntry`] for a column of X that cannot be standardised,
/// - [`Error::NonFiniteDerivative`] when σ′ is not finite where it is needed, and
///   the error of [`Activation::moments`] when $a_0$ is,
/// - [`Error::MemoryLimit`], [`Error::OutOfMemory`], [`Error::Cancelled`].
///
/// # Examples
///
/// ```
/// use ndarray::array;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::ntk::NtkBuilder;
///
/// let x = array![[1.0, -0.5], [0.3, 2.0], [-1.0, 0.2]];
/// let w = array![[0.7, -1.1], [0.4, 0.9]];
/// let ntk = NtkBuilder::new(&x, &w, Relu).build()?;
/// let kernel = ntk.dense()?;
/// // Only the first neuron is active on the first two samples:
/// // K = (1/d) ⟨x1, x2⟩ · (1/p).
/// assert!((kernel[[0, 1]] - (0.3 - 1.0) / 2.0 / 2.0).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug)]
pub struct NtkBuilder<'a> {
    x: Inputs<'a>,
    w: Weights<'a>,
    diagonal: Diagonal<'a>,
    activation: Arc<dyn Activation>,
    centred: bool,
    standardised: bool,
    recomputed: bool,
    memory_limit: u64,
    watch: Watch,
}

impl<'a> NtkBuilder<'a> {
    /// The kernel of the inputs `x` (n × d, a sample in each row), the weights
    /// `w` (d × p, a neuron in each column) and the activation `sigma`, with D = 1.
    pub fn new(
        x: impl Into<ArrayView2<'a, f64>>,
        w: impl Into<ArrayView2<'a, f64>>,
        sigma: impl Activation + 'static,
    ) -> Self {
        Self::of(Inputs::Given(x.into()), Weights::Given(w.into()), Arc::new(sigma))
    }

    fn of(x: Inputs<'a>, w: Weights<'a>, activation: Arc<dyn Activation>) -> Self {
        Self {
            x,
            w,
            diagonal: Diagonal::Ones,
            activation,
            centred: false,
            standardised: false,
            recomputed: false,
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
        }
    }

    /// The kernel of a sample: its X, W, D and σ.
    #[must_use]
    pub fn from_sample(sample: &'a TwoLayerSample) -> Self {
        let (x, w) = (Inputs::Given(sample.x()), Weights::Given(sample.w()));
        Self::of(x, w, sample.activation().clone()).with_diagonal(sample.diagonal())
    }

    /// The kernel of the sample that `ensemble` draws, bit for bit that of
    /// [`from_sample`](Self::from_sample), without a second copy of X: rows are
    /// drawn where they are used.
    ///
    /// The observer of the ensemble is told of W and D only.
    #[must_use]
    pub fn from_ensemble(ensemble: &TwoLayerEnsemble) -> Self {
        Self::from_ensemble_rows(ensemble, 0..ensemble.n())
    }

    /// The same for some of the samples only, rows of X: the kernel of the samples
    /// `rows` among themselves, or what one process holds of a
    /// [distributed](super::distributed) kernel.
    #[must_use]
    pub fn from_ensemble_rows(ensemble: &TwoLayerEnsemble, rows: Range<usize>) -> Self {
        let inputs = Inputs::Drawn { ensemble: ensemble.inputs().with_observer(()), rows };
        let weights = Weights::Drawn(ensemble.weights());
        Self {
            diagonal: Diagonal::Drawn(ensemble.diagonal()),
            ..Self::of(inputs, weights, ensemble.activation().clone())
        }
    }

    /// The p diagonal entries of D; the default is all ones.
    #[must_use]
    pub fn with_diagonal(self, diagonal: impl Into<ArrayView1<'a, f64>>) -> Self {
        Self { diagonal: Diagonal::Given(diagonal.into()), ..self }
    }

    /// Takes $\varphi - a_0$, $a_0 = \mathbb E \varphi(Z)$, in place of φ; the
    /// default is φ itself.
    ///
    /// $a_0$ makes d outliers of size n/d and does not enter the limit, so this
    /// kernel has the same limit without them.
    #[must_use]
    pub fn with_centred_derivative(self, centred: bool) -> Self {
        Self { centred, ..self }
    }

    /// Shifts and scales every column of X to mean 0 and variance 1 (the mean
    /// square, divided by n); the default is to take X as it is.
    #[must_use]
    pub fn with_standardised_inputs(self, standardised: bool) -> Self {
        Self { standardised, ..self }
    }

    /// Whether an [`NtkOperator`] computes $F = \varphi(XW/\sqrt d)$ anew, panel by
    /// panel, each time it is applied, instead of storing it; the default is to
    /// store it. It then holds 8nd bytes, not 8n(d + p), and takes twice the
    /// arithmetic. An [`Ntk`] stores it always.
    #[must_use]
    pub fn with_recomputed_features(self, recomputed: bool) -> Self {
        Self { recomputed, ..self }
    }

    /// The bytes that one matrix may take, checked before it is allocated; the
    /// default is 16 GiB, which is a dense kernel of n = 46,340.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Who is told how far long work is, and may end it with
    /// [`Error::Cancelled`], here and in the [`Ntk`]; the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Checks everything and computes $F D/\sqrt p$.
    ///
    /// # Errors
    /// See [`NtkBuilder`].
    ///
    /// # Complexity
    /// 2ndp floating-point operations, np evaluations of σ′, 8n(d + p) bytes.
    pub fn build(self) -> Result<Ntk, Error> {
        let (prepared, features) = self.prepare()?;
        let f = self.stored_features(&prepared, &features)?;
        Ok(Ntk {
            x: prepared.x,
            f,
            centred: self.centred,
            warnings: prepared.warnings,
            memory_limit: self.memory_limit,
            watch: self.watch,
        })
    }

    /// The kernel as an operator, never formed: for n beyond what a dense matrix
    /// allows. Neurons with $D_k = 0$ take no part.
    ///
    /// # Errors
    /// See [`NtkBuilder`].
    ///
    /// # Complexity
    /// As [`build`](Self::build); with recomputed features 8nd bytes.
    pub fn build_operator(self) -> Result<NtkOperator, Error> {
        let (prepared, mut features) = self.prepare()?;
        let p = features.columns();
        features.keep_nonzero();
        let features = if self.recomputed {
            self.check_features(&prepared, &features)?;
            FeatureSource::Recomputed(features)
        } else {
            let stored = self.stored_features(&prepared, &features)?;
            FeatureSource::Stored { f: stored, fingerprint: features.fingerprint() }
        };
        Ok(NtkOperator::new(prepared, features, p, self.centred, self.memory_limit))
    }

    /// X, checked and standardised, and what makes features of it.
    fn prepare(&self) -> Result<(Prepared, Features), Error> {
        if let Inputs::Drawn { ensemble, rows } = &self.x {
            ensemble.check(rows)?;
        }
        let w = self.w.matrix()?;
        let p = w.ncols();
        let diagonal = self.diagonal.entries(p)?;
        checks::shapes(self.x.dim(), w.view(), diagonal.len())?;
        checks::finite("w", w.view())?;
        checks::finite_diagonal(diagonal.view())?;
        let mut x = self.stored_inputs()?;
        let columns = standardise::of_columns(&x);
        if self.standardised {
            standardise::apply(&mut x, &standardise::scales(&columns)?);
        }
        let warnings = self.warnings(&columns, w.view());
        let features = Features {
            w: w.as_standard_layout().into_owned().into_raw_vec_and_offset().0,
            d: x.columns(),
            activation: self.activation.clone(),
            mean: if self.centred { self.activation.moments()?.a0 } else { 0.0 },
            factors: diagonal.iter().map(|entry| entry / (p as f64).sqrt()).collect(),
        };
        Ok((Prepared { x, warnings }, features))
    }

    fn warnings(&self, columns: &[Moments], w: ArrayView2<'_, f64>) -> Vec<NtkWarning> {
        let mut warnings = Vec::new();
        if !self.standardised {
            standardise::input_warnings(columns, &mut warnings);
        }
        standardise::weight_warnings(&standardise::of_view(w), &mut warnings);
        warnings
    }

    /// X in panels, every entry finite.
    fn stored_inputs(&self) -> Result<Panels, Error> {
        let (n, d) = self.x.dim();
        let mut x = Panels::zeros("the copy of x", n, d, self.memory_limit)?;
        // A copy of what is there is too quick to be reported.
        let nobody = Watch::default();
        let watch = if matches!(self.x, Inputs::Drawn { .. }) { &self.watch } else { &nobody };
        let tracker = watch.start(Stage::Inputs, x.count())?;
        in_order(x.panels_mut().enumerate(), |(panel, entries)| {
            tracker.check()?;
            let top = panel * PANEL;
            let height = entries.len() / d;
            let block = self.x.block(top..top + height)?;
            checks::finite_rows("x", block.view(), top)?;
            for (column, from) in entries.chunks_exact_mut(height).zip(block.columns()) {
                column.iter_mut().zip(from).for_each(|(entry, x)| *entry = *x);
            }
            tracker.step()
        })?;
        Ok(x)
    }

    /// F D/√p in panels.
    fn stored_features(&self, prepared: &Prepared, features: &Features) -> Result<Panels, Error> {
        let x = &prepared.x;
        let mut f = Panels::zeros("the features", x.rows(), features.columns(), self.memory_limit)?;
        let tracker = self.watch.start(Stage::Features, x.count())?;
        if features.columns() > 0 {
            in_order(f.panels_mut().enumerate(), |(panel, f)| {
                tracker.check()?;
                features.panel(panel, x.panel(panel), f)?;
                check_diagonal(panel, x.panel(panel), f, x.columns())?;
                tracker.step()
            })?;
        }
        Ok(f)
    }

    /// The checks of features that are not stored.
    fn check_features(&self, prepared: &Prepared, features: &Features) -> Result<(), Error> {
        let x = &prepared.x;
        let tracker = self.watch.start(Stage::Features, x.count())?;
        in_order(0..x.count(), |panel| {
            tracker.check()?;
            let mut f = vec![0.0; x.height(panel) * features.columns()];
            features.panel(panel, x.panel(panel), &mut f)?;
            check_diagonal(panel, x.panel(panel), &f, x.columns())?;
            tracker.step()
        })
    }
}

/// X and what is to be said about it.
pub(super) struct Prepared {
    /// X by panels, standardised if that was asked for.
    pub(super) x: Panels,
    pub(super) warnings: Vec<NtkWarning>,
}

/// Does work on all threads; the first error in the order of the items,
/// whichever thread was the first to find one.
fn in_order<T: Send>(
    items: impl Iterator<Item = T>,
    work: impl Fn(T) -> Result<(), Error> + Sync + Send,
) -> Result<(), Error> {
    let items: Vec<T> = items.collect();
    let results: Vec<Result<(), Error>> = items.into_par_iter().map(work).collect();
    results.into_iter().collect()
}
