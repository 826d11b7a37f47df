//! `NtkBuilder`: X, W, D and σ in, a checked kernel out.

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

use super::panels::{PANEL, Panels};
use super::{Ntk, NtkWarning, checks, standardise};
use crate::activation::Activation;
use crate::ensemble::TwoLayerSample;
use crate::linalg::{Factor, product};
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
    x: ArrayView2<'a, f64>,
    w: ArrayView2<'a, f64>,
    diagonal: Option<ArrayView1<'a, f64>>,
    activation: Box<dyn Activation + 'a>,
    centred: bool,
    standardised: bool,
    memory_limit: u64,
    watch: Watch,
}

impl<'a> NtkBuilder<'a> {
    /// The kernel of the inputs `x` (n × d, a sample in each row), the weights
    /// `w` (d × p, a neuron in each column) and the activation `sigma`, with D = 1.
    pub fn new(
        x: impl Into<ArrayView2<'a, f64>>,
        w: impl Into<ArrayView2<'a, f64>>,
        sigma: impl Activation + 'a,
    ) -> Self {
        Self {
            x: x.into(),
            w: w.into(),
            diagonal: None,
            activation: Box::new(sigma),
            centred: false,
            standardised: false,
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
        }
    }

    /// The kernel of a sample: its X, W, D and σ.
    #[must_use]
    pub fn from_sample(sample: &'a TwoLayerSample) -> Self {
        Self::new(sample.x(), sample.w(), sample.activation().clone())
            .with_diagonal(sample.diagonal())
    }

    /// The p diagonal entries of D; the default is all ones.
    #[must_use]
    pub fn with_diagonal(self, diagonal: impl Into<ArrayView1<'a, f64>>) -> Self {
        Self { diagonal: Some(diagonal.into()), ..self }
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

    /// Checks everything and computes $X/\sqrt d$ and $F D/\sqrt p$.
    ///
    /// # Errors
    /// See [`NtkBuilder`].
    ///
    /// # Complexity
    /// 2ndp floating-point operations, np evaluations of σ′, 8n(d + p) bytes.
    pub fn build(self) -> Result<Ntk, Error> {
        checks::shapes(self.x, self.w, self.diagonal)?;
        checks::finite("x", self.x)?;
        checks::finite("w", self.w)?;
        if let Some(diagonal) = self.diagonal {
            checks::finite_diagonal(diagonal)?;
        }
        let columns = standardise::of_columns(self.x);
        let scales = if self.standardised { Some(standardise::scales(&columns)?) } else { None };
        let (x, f) = self.panels(scales.as_deref())?;
        Ok(Ntk {
            x,
            f,
            centred: self.centred,
            warnings: self.warnings(&columns),
            memory_limit: self.memory_limit,
            watch: self.watch,
        })
    }

    fn warnings(&self, columns: &[standardise::Moments]) -> Vec<NtkWarning> {
        let mut warnings = Vec::new();
        if !self.standardised {
            standardise::input_warnings(columns, &mut warnings);
        }
        standardise::weight_warnings(&standardise::of_columns(self.w), &mut warnings);
        warnings
    }

    /// X/√d and F D/√p.
    fn panels(&self, scales: Option<&[(f64, f64)]>) -> Result<(Panels, Panels), Error> {
        let ((n, d), p) = (self.x.dim(), self.w.ncols());
        let mut x = Panels::zeros("the copy of x", n, d, self.memory_limit)?;
        let mut f = Panels::zeros("the features", n, p, self.memory_limit)?;
        let preparation = Preparation {
            x: self.x,
            w: self.w.as_standard_layout().into_owned().into_raw_vec_and_offset().0,
            scales,
            activation: &*self.activation,
            mean: if self.centred { self.activation.moments()?.a0 } else { 0.0 },
            factors: (0..p)
                .map(|k| self.diagonal.map_or(1.0, |diagonal| diagonal[k]) / (p as f64).sqrt())
                .collect(),
        };
        let tracker = self.watch.start(Stage::Features, x.count())?;
        let panels: Vec<_> = x.panels_mut().zip(f.panels_mut()).enumerate().collect();
        let results: Vec<Result<(), Error>> = panels
            .into_par_iter()
            .map(|(panel, (x, f))| {
                tracker.check()?;
                preparation.panel(panel, x, f)?;
                tracker.step()
            })
            .collect();
        // The first error by rows, whichever thread was the first to find one.
        results.into_iter().collect::<Result<(), Error>>()?;
        Ok((x, f))
    }
}

/// What all panels have in common.
struct Preparation<'a> {
    x: ArrayView2<'a, f64>,
    /// W by rows.
    w: Vec<f64>,
    scales: Option<&'a [(f64, f64)]>,
    activation: &'a dyn Activation,
    /// What is subtracted from φ.
    mean: f64,
    /// D_k/√p
    factors: Vec<f64>,
}

impl Preparation<'_> {
    /// Writes one panel of X/√d and of F D/√p.
    fn panel(&self, panel: usize, x: &mut [f64], f: &mut [f64]) -> Result<(), Error> {
        let (d, p) = (self.x.ncols(), self.factors.len());
        let top = panel * PANEL;
        let height = x.len() / d;
        for (a, column) in x.chunks_exact_mut(height).enumerate() {
            let (mean, scale) = self.scales.map_or((0.0, 1.0), |scales| scales[a]);
            for (i, entry) in column.iter_mut().enumerate() {
                *entry = (self.x[[top + i, a]] - mean) * scale;
            }
        }
        let root = (d as f64).sqrt();
        product(
            f,
            root.recip(),
            Factor::by_columns(x, height, d),
            Factor::by_rows(&self.w, d, p),
            false,
        );
        let mut squares = vec![0.0; height];
        for (k, (column, factor)) in f.chunks_exact_mut(height).zip(&self.factors).enumerate() {
            for (i, (entry, square)) in column.iter_mut().zip(&mut squares).enumerate() {
                *entry = self.feature(*entry, top + i, k)? * factor;
                *square += *entry * *entry;
            }
        }
        let mut lengths = vec![0.0; height];
        for column in x.chunks_exact_mut(height) {
            for (entry, length) in column.iter_mut().zip(&mut lengths) {
                *entry /= root;
                *length += *entry * *entry;
            }
        }
        // No entry of K exceeds the diagonal.
        for (i, (square, length)) in squares.iter().zip(&lengths).enumerate() {
            let value = square * length;
            if !(value.is_finite() && square.is_finite() && length.is_finite()) {
                let row = top + i;
                return Err(Error::InvalidElement {
                    name: "the kernel",
                    row,
                    column: row,
                    value,
                    allowed: "a finite number: x, the diagonal or the derivative is too large",
                });
            }
        }
        Ok(())
    }

    /// φ(z) − mean for an entry z of XW/√d.
    fn feature(&self, z: f64, row: usize, column: usize) -> Result<f64, Error> {
        if !z.is_finite() {
            return Err(Error::InvalidElement {
                name: "x w / √d",
                row,
                column,
                value: z,
                allowed: "a finite number: x or w is too large",
            });
        }
        let value = self.activation.derivative(z);
        if value.is_finite() {
            Ok(value - self.mean)
        } else {
            Err(Error::NonFiniteDerivative { z, value })
        }
    }
}
