//! `NtkBuilder`: X, W, D and σ in, a checked kernel out.

use std::ops::Range;
use std::sync::Arc;

use ndarray::{ArrayView1, ArrayView2, Axis};
use rayon::prelude::*;

use super::contraction::Contraction;
use super::features::{FeatureSource, FeatureStorage, Features, check_diagonal};
use super::slabs::{SLAB, Slabs};
use super::source::{Diagonal, Inputs, Weights};
use super::standardise::{self, InputScaling};
use super::{Ntk, NtkOperator, NtkWarning, inspection};
use crate::activation::{Activation, Centring};
use crate::ensemble::{TwoLayerEnsemble, TwoLayerSample};
use crate::observer::{Observer, Stage};
use crate::watch::Watch;
use crate::{Dimensions, Error, arguments, memory, threads};

/// Configuration of the kernel of a finite network.
///
/// # Errors
///
/// [`build`](Self::build) fails with
/// - [`Error::InvalidSize`] for a matrix without rows or columns,
///   [`Error::SizeMismatch`] for matrices that do not fit each other,
/// - [`Error::InvalidElement`] or [`Error::InvalidEntry`] for an entry that is not
///   finite, or so large that $XW/\sqrt d$ or the diagonal of the kernel is not,
/// - [`Error::InvalidEntry`] for a column of X that cannot be standardised, and
///   [`Error::InvalidSize`] where no column would be left,
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
    centring: Centring,
    input_scaling: InputScaling,
    keeps_constant_columns: bool,
    features: FeatureStorage,
    memory_limit: u64,
    watch: Watch,
}

impl<'a> NtkBuilder<'a> {
    /// Takes the kernel of the inputs `x` (n × d, a sample in each row), the weights
    /// `w` (d × p, a neuron in each column) and the activation `sigma`, with D = 1.
    pub fn new(
        x: impl Into<ArrayView2<'a, f64>>,
        w: impl Into<ArrayView2<'a, f64>>,
        sigma: impl Activation + 'static,
    ) -> Self {
        Self::from_sources(Inputs::Given(x.into()), Weights::Given(w.into()), Arc::new(sigma))
    }

    fn from_sources(x: Inputs<'a>, w: Weights<'a>, activation: Arc<dyn Activation>) -> Self {
        Self {
            x,
            w,
            diagonal: Diagonal::Ones,
            activation,
            centring: Centring::default(),
            input_scaling: InputScaling::default(),
            keeps_constant_columns: true,
            features: FeatureStorage::default(),
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
        }
    }

    /// Takes the kernel of a sample: its X, W, D and σ.
    #[must_use]
    pub fn from_sample(sample: &'a TwoLayerSample) -> Self {
        let (x, w) = (Inputs::Given(sample.x()), Weights::Given(sample.w()));
        Self::from_sources(x, w, sample.activation().clone()).with_diagonal(sample.diagonal())
    }

    /// Takes the kernel of the sample that `ensemble` draws, bit for bit that of
    /// [`from_sample`](Self::from_sample), without a second copy of X: rows are
    /// drawn where they are used.
    ///
    /// The observer of the ensemble is told of W and D only.
    #[must_use]
    pub fn from_ensemble(ensemble: &TwoLayerEnsemble) -> Self {
        Self::from_ensemble_rows(ensemble, 0..ensemble.dimensions().n())
    }

    /// Takes some of the samples of `ensemble` only, rows of X: the kernel of the samples
    /// `rows` among themselves, or what one process holds of a
    /// [distributed](super::DistributedOperator) kernel.
    #[must_use]
    pub fn from_ensemble_rows(ensemble: &TwoLayerEnsemble, rows: Range<usize>) -> Self {
        let inputs = Inputs::Drawn { ensemble: ensemble.inputs().with_observer(()), rows };
        let weights = Weights::Drawn(ensemble.weights());
        Self {
            diagonal: Diagonal::Drawn(ensemble.diagonal()),
            ..Self::from_sources(inputs, weights, ensemble.activation().clone())
        }
    }

    /// Sets the p diagonal entries of D; the default is all ones.
    #[must_use]
    pub fn with_diagonal(self, diagonal: impl Into<ArrayView1<'a, f64>>) -> Self {
        Self { diagonal: Diagonal::Given(diagonal.into()), ..self }
    }

    /// Sets whether φ or $\varphi - a_0$, $a_0 = \mathbb E \varphi(Z)$, stands in the
    /// kernel; the default is φ itself.
    ///
    /// $a_0$ makes d outliers of size n/d and does not enter the limit, so the centred
    /// kernel has the same limit without them.
    #[must_use]
    pub fn with_centring(self, centring: Centring) -> Self {
        Self { centring, ..self }
    }

    /// Sets whether X is taken as it is, which is the default, or every column of it is
    /// brought to mean 0 and variance 1.
    #[must_use]
    pub fn with_input_scaling(self, input_scaling: InputScaling) -> Self {
        Self { input_scaling, ..self }
    }

    /// Leaves out the columns of X that are constant, up to rounding, and the rows of W that
    /// belong to them: d is the number of those that are left, in the kernel and its factors
    /// $1/d$ and $1/\\sqrt d$ too. By default all columns stay, and the constant ones are
    /// [named](NtkWarning::ConstantColumns).
    ///
    /// Which columns are constant is decided by the rows at hand, so processes that hold
    /// different rows of one kernel may find different ones.
    ///
    /// # Examples
    ///
    /// ```
    /// use ndarray::array;
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::ntk::NtkBuilder;
    ///
    /// let x = array![[1.0, 7.0, -0.5], [0.3, 7.0, 2.0], [-1.0, 7.0, 0.2]];
    /// let w = array![[0.7, -1.1], [5.0, 5.0], [0.4, 0.9]];
    /// let kernel = NtkBuilder::new(&x, &w, Relu).without_constant_columns().build()?;
    /// let (x, w) = (array![[1.0, -0.5], [0.3, 2.0], [-1.0, 0.2]], array![[0.7, -1.1], [0.4, 0.9]]);
    /// assert_eq!(kernel.dimensions().d(), 2);
    /// assert_eq!(kernel.dense()?, NtkBuilder::new(&x, &w, Relu).build()?.dense()?);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn without_constant_columns(self) -> Self {
        Self { keeps_constant_columns: false, ..self }
    }

    /// Sets whether an [`NtkOperator`] stores $F = \varphi(XW/\sqrt d)$, which is the
    /// default, or computes it anew each time it is applied. An [`Ntk`] stores it always.
    #[must_use]
    pub fn with_features(self, features: FeatureStorage) -> Self {
        Self { features, ..self }
    }

    /// Sets the bytes that one matrix may take, checked before it is allocated; the
    /// default is 16 GiB, which is a dense kernel of n = 46,340.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Sets who is told how far long work is, and may end it with
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
        let Prepared { x, features, dimensions, warnings } = self.prepare()?;
        let f = self.stored_features(&x, &features)?;
        Ok(Ntk {
            x,
            f,
            dimensions,
            activation: features.activation,
            centring: self.centring,
            warnings,
            memory_limit: self.memory_limit,
            watch: self.watch,
        })
    }

    /// Builds the kernel as an operator, never formed: for n beyond what a dense matrix
    /// allows. Neurons with $D_k = 0$ take no part.
    ///
    /// # Errors
    /// See [`NtkBuilder`].
    ///
    /// # Complexity
    /// As [`build`](Self::build); with recomputed features 8nd bytes.
    pub fn build_operator(self) -> Result<NtkOperator, Error> {
        let Prepared { x, mut features, dimensions, warnings } = self.prepare()?;
        let neurons = features.keep_nonzero();
        let features = match self.features {
            FeatureStorage::Recomputed => {
                self.check_features(&x, &features)?;
                FeatureSource::Recomputed(features)
            }
            FeatureStorage::Stored => {
                let stored = self.stored_features(&x, &features)?;
                FeatureSource::Stored { f: stored, fingerprint: features.fingerprint() }
            }
        };
        Ok(NtkOperator {
            contraction: Contraction { x, features },
            neurons,
            dimensions,
            centring: self.centring,
            warnings,
            memory_limit: self.memory_limit,
        })
    }

    /// X, checked and scaled, and what makes features of it.
    fn prepare(&self) -> Result<Prepared, Error> {
        if let Inputs::Drawn { ensemble, rows } = &self.x {
            ensemble.check(rows)?;
        }
        let mut w = self.w.matrix()?;
        let p = w.ncols();
        let diagonal = self.diagonal.entries(p)?;
        let mut dimensions = dimensions(self.x.dim(), w.view(), diagonal.len())?;
        arguments::finite_rows("w", w.view(), 0)?;
        arguments::finite_entries("diagonal", &diagonal)?;
        let mut x = self.stored_inputs()?;
        let mut columns = standardise::of_columns(&x);
        let varies = |column: &usize| !columns[*column].constant();
        let kept: Vec<usize> = (0..columns.len()).filter(varies).collect();
        if !self.keeps_constant_columns && kept.len() < columns.len() {
            arguments::size("columns of x that are not constant", kept.len())?;
            x = x.select("the columns of x that are not constant", &kept, self.memory_limit)?;
            w = w.select(Axis(0), &kept).into();
            columns = kept.iter().map(|column| columns[*column]).collect();
            dimensions = Dimensions::new(dimensions.n(), kept.len(), p)?;
        }
        if self.input_scaling == InputScaling::Standardised {
            standardise::apply(&mut x, &standardise::scales(&columns)?);
            columns.iter_mut().for_each(|column| *column = column.standardised());
        }
        let mut warnings = inspection::input_warnings(&x, &columns)?;
        warnings.extend(inspection::weight_warnings(w.view(), &x, &columns)?);
        let mean = match self.centring {
            Centring::Raw => 0.0,
            Centring::Centred => self.activation.moments()?.a0,
        };
        let features = Features {
            w: w.as_standard_layout().into_owned().into_raw_vec_and_offset().0,
            d: x.columns(),
            activation: self.activation.clone(),
            mean,
            factors: diagonal.iter().map(|entry| entry / (p as f64).sqrt()).collect(),
        };
        Ok(Prepared { x, features, dimensions, warnings })
    }

    /// X in slabs, every entry finite.
    fn stored_inputs(&self) -> Result<Slabs, Error> {
        let (n, d) = self.x.dim();
        let mut x = Slabs::zeros("the copy of x", n, d, self.memory_limit)?;
        // A copy of what is there is too quick to be reported.
        let nobody = Watch::default();
        let watch = if matches!(self.x, Inputs::Drawn { .. }) { &self.watch } else { &nobody };
        let tracker = watch.start(Stage::Inputs, x.count())?;
        in_order(x.slabs_mut().enumerate(), |(slab, entries)| {
            tracker.check()?;
            let top = slab * SLAB;
            let height = entries.len() / d;
            let block = self.x.block(top..top + height)?;
            arguments::finite_rows("x", block.view(), top)?;
            for (column, from) in entries.chunks_exact_mut(height).zip(block.columns()) {
                column.iter_mut().zip(from).for_each(|(entry, x)| *entry = *x);
            }
            tracker.step()
        })?;
        Ok(x)
    }

    /// F D/√p in slabs.
    fn stored_features(&self, x: &Slabs, features: &Features) -> Result<Slabs, Error> {
        let mut f = Slabs::zeros("the features", x.rows(), features.columns(), self.memory_limit)?;
        let tracker = self.watch.start(Stage::Features, x.count())?;
        if features.columns() > 0 {
            in_order(f.slabs_mut().enumerate(), |(slab, f)| {
                tracker.check()?;
                features.slab(slab, x.slab(slab), f)?;
                check_diagonal(slab, x.slab(slab), f, x.columns())?;
                tracker.step()
            })?;
        }
        Ok(f)
    }

    /// The checks of features that are not stored.
    fn check_features(&self, x: &Slabs, features: &Features) -> Result<(), Error> {
        let tracker = self.watch.start(Stage::Features, x.count())?;
        in_order(0..x.count(), |slab| {
            tracker.check()?;
            let mut f = vec![0.0; x.height(slab) * features.columns()];
            features.slab(slab, x.slab(slab), &mut f)?;
            check_diagonal(slab, x.slab(slab), &f, x.columns())?;
            tracker.step()
        })
    }
}

/// What both kinds of kernel are made from.
struct Prepared {
    /// X, standardised if that was asked for.
    x: Slabs,
    features: Features,
    dimensions: Dimensions,
    warnings: Vec<NtkWarning>,
}

/// Checks the shapes: X is n × d, W is d × p, D has p entries.
fn dimensions(
    (n, d): (usize, usize),
    w: ArrayView2<'_, f64>,
    diagonal: usize,
) -> Result<Dimensions, Error> {
    arguments::size("rows of x", n)?;
    arguments::size("columns of x", d)?;
    arguments::size("columns of w", w.ncols())?;
    arguments::same_size("rows of w", w.nrows(), d, "the columns of x")?;
    arguments::same_size("length of the diagonal", diagonal, w.ncols(), "the columns of w")?;
    Dimensions::new(n, d, w.ncols())
}

/// Does work on all threads; the first error in the order of the items,
/// whichever thread was the first to find one.
fn in_order<T: Send>(
    items: impl Iterator<Item = T>,
    work: impl Fn(T) -> Result<(), Error> + Sync + Send,
) -> Result<(), Error> {
    let items: Vec<T> = items.collect();
    threads::ready();
    let results: Vec<Result<(), Error>> = items.into_par_iter().map(work).collect();
    results.into_iter().collect()
}
