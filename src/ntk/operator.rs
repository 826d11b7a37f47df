//! `NtkOperator`: the kernel without its matrix.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, Slice};
use rayon::prelude::*;

use super::builder::Prepared;
use super::companion::Companion;
use super::contraction::Contraction;
use super::features::FeatureSource;
use super::lanczos::Probe;
use super::panels::PANEL;
use super::symmetric::{SymmetricOperator, block_shapes, row_strips};
use super::{NtkWarning, checks};
use crate::linalg::{Factor, product};
use crate::{Error, memory, settings};

/// The kernel K of a finite network as a symmetric operator, never formed:
///
/// $$ K v = \operatorname{rowsum}\bigl( (X U) \circ F D \bigr) , \qquad
/// U = \tfrac1{dp} X^\top \operatorname{diag}(v) F D . $$
///
/// Made by [`NtkBuilder::build_operator`](super::NtkBuilder::build_operator).
/// Results are the same, bit for bit, on any number of threads.
///
/// # Complexity
/// $4ndp$ floating-point operations for each vector, as two matrix products; twice
/// as many, and np evaluations of σ′ twice, when the features are recomputed. It
/// holds 8n(d + p) bytes (8nd when they are recomputed) and, while it is applied
/// to k vectors, 32 matrices U of $\min(k, \max(1, 2^{17}/dp))$ vectors (fewer for dp
/// above 2²¹, down to 8). p counts the neurons with $D_k \ne 0$.
///
/// When n exceeds dp, [`compressed`](SymmetricOperator::compressed) is $J^\top J$,
/// which costs as much and has no forced zero eigenvalues.
///
/// # Examples
///
/// ```
/// use ndarray::Array1;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::ntk::{NtkBuilder, SymmetricOperator};
///
/// let ensemble = TwoLayerEnsemble::new(2000, 30, 40, Relu).with_seed(3);
/// let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
/// let v = Array1::ones(2000);
/// let mut kv = Array1::zeros(2000);
/// kernel.apply_vector(kv.view_mut(), v.view())?;
/// let row = kernel.kernel_rows(7..8)?;
/// assert!((kv[7] / row.sum() - 1.0).abs() < 1e-12);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NtkOperator {
    pub(super) contraction: Contraction,
    /// Neurons, those with D_k = 0 included.
    p: usize,
    centred: bool,
    warnings: Vec<NtkWarning>,
    memory_limit: u64,
}

impl NtkOperator {
    pub(super) fn new(
        prepared: Prepared,
        features: FeatureSource,
        p: usize,
        centred: bool,
        memory_limit: u64,
    ) -> Self {
        let Prepared { x, warnings } = prepared;
        Self { contraction: Contraction { x, features }, p, centred, warnings, memory_limit }
    }

    /// Number of samples.
    #[must_use]
    pub fn n(&self) -> usize {
        self.contraction.x.rows()
    }

    /// Dimension of the inputs.
    #[must_use]
    pub fn d(&self) -> usize {
        self.contraction.x.columns()
    }

    /// Number of neurons.
    #[must_use]
    pub fn p(&self) -> usize {
        self.p
    }

    /// n/(dp).
    #[must_use]
    pub fn gamma1(&self) -> f64 {
        self.n() as f64 / (self.d() as f64 * self.p as f64)
    }

    /// p/d.
    #[must_use]
    pub fn gamma2(&self) -> f64 {
        self.p as f64 / self.d() as f64
    }

    /// Whether $\varphi - a_0$ stands in place of φ.
    #[must_use]
    pub fn has_centred_derivative(&self) -> bool {
        self.centred
    }

    /// What about X and W is far from the model, as [`Ntk::warnings`](super::Ntk::warnings).
    #[must_use]
    pub fn warnings(&self) -> &[NtkWarning] {
        &self.warnings
    }

    /// The diagonal of K,
    /// $K_{ii} = \frac1d |x_i|^2 \cdot \frac1p \sum_k D_k^2 \varphi_{ik}^2$.
    ///
    /// # Errors
    /// As the activation, when the features are recomputed.
    ///
    /// # Complexity
    /// $O(n(d + p))$.
    pub fn diagonal(&self) -> Result<Array1<f64>, Error> {
        let d = self.d();
        let Contraction { x, features } = &self.contraction;
        let mut diagonal = Array1::zeros(self.n());
        let strips = row_strips(diagonal.view_mut().insert_axis(Axis(1)), PANEL);
        let strips: Vec<_> = strips.enumerate().collect();
        strips.into_par_iter().try_for_each(|(panel, mut strip)| {
            let height = x.height(panel);
            let squares = |columns: &[f64]| {
                let mut squares = vec![0.0; height];
                for column in columns.chunks_exact(height) {
                    squares.iter_mut().zip(column).for_each(|(sum, entry)| *sum += entry * entry);
                }
                squares
            };
            let mut room = Vec::new();
            let features = squares(features.panel(panel, x, &mut room)?);
            for ((entry, length), square) in
                strip.iter_mut().zip(squares(x.panel(panel))).zip(features)
            {
                *entry = length / d as f64 * square;
            }
            Ok::<(), Error>(())
        })?;
        Ok(diagonal)
    }

    /// The trace of K, from its diagonal.
    ///
    /// # Errors
    /// As [`diagonal`](Self::diagonal).
    pub fn trace(&self) -> Result<f64, Error> {
        Ok(self.diagonal()?.sum())
    }

    /// An estimate of the Frobenius norm, $\lVert K \rVert_F^2 = \mathbb E |K v|^2$
    /// for a vector v of random signs: the root of the mean over `probes` of them.
    ///
    /// Its relative error is at most about $1/\sqrt{2\,\texttt{probes}}$, less
    /// where no eigenvalue dominates.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when `probes` is 0.
    ///
    /// # Complexity
    /// `probes` applications.
    pub fn frobenius_norm(&self, probes: usize, seed: u64) -> Result<f64, Error> {
        settings::size("probes", probes)?;
        let n = self.n();
        let mut image = Array1::zeros(n);
        let mut sum = 0.0;
        for probe in 0..probes {
            let v = Array1::from(Probe { seed, index: probe }.signs(0..n));
            self.apply_vector(image.view_mut(), v.view())?;
            sum += image.dot(&image);
        }
        Ok((sum / probes as f64).sqrt())
    }

    /// Some rows of K, as a matrix with n columns.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for rows outside K, [`Error::MemoryLimit`] when they
    /// are above the limit, [`Error::OutOfMemory`].
    ///
    /// # Complexity
    /// $2n(d + p)$ operations a row.
    pub fn kernel_rows(&self, range: Range<usize>) -> Result<Array2<f64>, Error> {
        checks::range("rows of the kernel", &range, self.n())?;
        let mut rows =
            memory::zeros("rows of the kernel", range.len(), self.n(), self.memory_limit)?;
        let (d, p) = (self.d(), self.contraction.features.columns());
        let Contraction { x, features } = &self.contraction;
        // The chosen rows of X and of F D/√p, by columns.
        let mut chosen = (vec![0.0; range.len() * d], vec![0.0; range.len() * p]);
        let mut room = Vec::new();
        for panel in range.start / PANEL..range.end.div_ceil(PANEL) {
            let (top, height) = (panel * PANEL, x.height(panel));
            let f = features.panel(panel, x, &mut room)?;
            let (from, to) = (range.start.max(top), range.end.min(top + height));
            for (chosen, panel) in [(&mut chosen.0, x.panel(panel)), (&mut chosen.1, f)] {
                let columns = chosen.chunks_exact_mut(range.len().max(1));
                for (chosen, column) in columns.zip(panel.chunks_exact(height)) {
                    chosen[from - range.start..to - range.start]
                        .copy_from_slice(&column[from - top..to - top]);
                }
            }
        }
        let strips: Vec<_> =
            row_strips(rows.view_mut().reversed_axes(), PANEL).enumerate().collect();
        strips.into_par_iter().try_for_each(|(panel, mut strip)| {
            let height = x.height(panel);
            let mut gram = vec![0.0; height * range.len()];
            let mut overlap = gram.clone();
            let mut room = Vec::new();
            let left = Factor::by_columns(&chosen.0, range.len(), d).transposed();
            product(&mut gram, (d as f64).recip(), x.factor(panel), left, false);
            if p > 0 {
                let f = Factor::by_columns(features.panel(panel, x, &mut room)?, height, p);
                let left = Factor::by_columns(&chosen.1, range.len(), p).transposed();
                product(&mut overlap, 1.0, f, left, false);
            }
            for (mut column, (gram, overlap)) in
                strip.columns_mut().into_iter().zip(gram.chunks(height).zip(overlap.chunks(height)))
            {
                for (entry, (gram, overlap)) in column.iter_mut().zip(gram.iter().zip(overlap)) {
                    *entry = gram * overlap;
                }
            }
            Ok::<(), Error>(())
        })?;
        Ok(rows)
    }

    /// K as a matrix. It is symmetric up to rounding;
    /// [`Ntk::dense`](super::Ntk::dense) makes it exactly so, in half the time.
    ///
    /// # Errors
    /// [`Error::MemoryLimit`] when 8n² bytes are above the limit, [`Error::OutOfMemory`].
    pub fn to_dense(&self) -> Result<Array2<f64>, Error> {
        self.kernel_rows(0..self.n())
    }
}

impl SymmetricOperator for NtkOperator {
    fn size(&self) -> usize {
        self.n()
    }

    fn apply(
        &self,
        mut out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
    ) -> Result<(), Error> {
        block_shapes(self.n(), &out, rhs)?;
        let together = self.contraction.together();
        for first in (0..rhs.ncols()).step_by(together) {
            let columns = Slice::from(first..(first + together).min(rhs.ncols()));
            let u = self.contraction.collect(rhs.slice_axis(Axis(1), columns))?;
            self.contraction.expand(out.slice_axis_mut(Axis(1), columns), &u)?;
        }
        Ok(())
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        (self.contraction.entries() < self.n())
            .then(|| Box::new(Companion::new(&self.contraction, None)) as Box<_>)
    }
}
