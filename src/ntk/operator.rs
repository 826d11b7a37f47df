//! `NtkOperator`: the kernel without its matrix.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use super::NtkWarning;
use super::contraction::Contraction;
use super::features::row_squares;
use super::gram_operator::GramOperator;
use super::slabs::SLAB;
use crate::activation::Centring;
use crate::krylov::{Probe, SingleProcess, SymmetricOperator, block_shapes, row_strips};
use crate::linalg::{Factor, product};
use crate::{Dimensions, Error, arguments, memory, threads};

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
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::krylov::SymmetricOperator;
/// use ntk_spectrum::ntk::NtkBuilder;
///
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(2000, 30, 40)?, Relu).with_seed(3);
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
    /// Those with $D_k \ne 0$, which the contraction has.
    pub(super) neurons: Vec<usize>,
    pub(super) dimensions: Dimensions,
    pub(super) centring: Centring,
    pub(super) warnings: Vec<NtkWarning>,
    pub(super) memory_limit: u64,
}

impl NtkOperator {
    /// Returns n, d and p; neurons with $D_k = 0$ count.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// Returns whether φ or $\varphi - a_0$ stands in the kernel.
    #[must_use]
    pub fn centring(&self) -> Centring {
        self.centring
    }

    /// Lists what about X and W is far from the model, as [`Ntk::warnings`](super::Ntk::warnings).
    #[must_use]
    pub fn warnings(&self) -> &[NtkWarning] {
        &self.warnings
    }

    /// Computes the diagonal of K,
    /// $K_{ii} = \frac1d |x_i|^2 \cdot \frac1p \sum_k D_k^2 \varphi_{ik}^2$.
    ///
    /// # Errors
    /// As the activation, when the features are recomputed.
    ///
    /// # Complexity
    /// $O(n(d + p))$.
    pub fn diagonal(&self) -> Result<Array1<f64>, Error> {
        let d = self.dimensions.d();
        let Contraction { x, features } = &self.contraction;
        let mut diagonal = Array1::zeros(self.size());
        let strips = row_strips(diagonal.view_mut().insert_axis(Axis(1)), SLAB);
        let strips: Vec<_> = strips.enumerate().collect();
        threads::ready();
        strips.into_par_iter().try_for_each(|(slab, mut strip)| {
            let height = x.height(slab);
            let mut room = Vec::new();
            let features = row_squares(features.slab(slab, x, &mut room)?, height);
            let lengths = row_squares(x.slab(slab), height);
            for ((entry, length), square) in strip.iter_mut().zip(lengths).zip(features) {
                *entry = length / d as f64 * square;
            }
            Ok::<(), Error>(())
        })?;
        Ok(diagonal)
    }

    /// Computes the trace of K, from its diagonal.
    ///
    /// # Errors
    /// As [`diagonal`](Self::diagonal).
    pub fn trace(&self) -> Result<f64, Error> {
        Ok(self.diagonal()?.sum())
    }

    /// Estimates the Frobenius norm, $\lVert K \rVert_F^2 = \mathbb E |K v|^2$
    /// for a vector v of random signs: the root of the mean over `probes` of them.
    ///
    /// Its relative error is at most about $1/\sqrt{2\\,\texttt{probes}}$, less
    /// where no eigenvalue dominates.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when `probes` is 0, or above 2²⁰.
    ///
    /// # Complexity
    /// `probes` applications.
    pub fn frobenius_norm(&self, probes: usize, seed: u64) -> Result<f64, Error> {
        let valid = (1..=Probe::DIFFERENT).contains(&probes);
        arguments::size_if("probes", probes, valid, "from 1 to 2^20")?;
        let n = self.size();
        let mut image = Array1::zeros(n);
        let mut sum = 0.0;
        for probe in 0..probes {
            let v = Array1::from(Probe { seed, index: probe }.signs(0..n)?);
            self.apply_vector(image.view_mut(), v.view())?;
            sum += image.dot(&image);
        }
        Ok((sum / probes as f64).sqrt())
    }

    /// Computes some rows of K, as a matrix with n columns.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for rows outside K, [`Error::MemoryLimit`] when they
    /// are above the limit, [`Error::OutOfMemory`].
    ///
    /// # Complexity
    /// $2n(d + p)$ operations a row.
    pub fn kernel_rows(&self, range: Range<usize>) -> Result<Array2<f64>, Error> {
        arguments::rows(&range, self.size())?;
        let mut rows =
            memory::zeros("rows of the kernel", range.len(), self.size(), self.memory_limit)?;
        let (d, p) = (self.dimensions.d(), self.contraction.features.columns());
        let Contraction { x, features } = &self.contraction;
        // The chosen rows of X and of F D/√p, by columns.
        let mut chosen = (vec![0.0; range.len() * d], vec![0.0; range.len() * p]);
        let mut room = Vec::new();
        for slab in range.start / SLAB..range.end.div_ceil(SLAB) {
            let (top, height) = (slab * SLAB, x.height(slab));
            let f = features.slab(slab, x, &mut room)?;
            let (from, to) = (range.start.max(top), range.end.min(top + height));
            for (chosen, slab) in [(&mut chosen.0, x.slab(slab)), (&mut chosen.1, f)] {
                let columns = chosen.chunks_exact_mut(range.len().max(1));
                for (chosen, column) in columns.zip(slab.chunks_exact(height)) {
                    chosen[from - range.start..to - range.start]
                        .copy_from_slice(&column[from - top..to - top]);
                }
            }
        }
        let strips: Vec<_> =
            row_strips(rows.view_mut().reversed_axes(), SLAB).enumerate().collect();
        threads::ready();
        strips.into_par_iter().try_for_each(|(slab, mut strip)| {
            let height = x.height(slab);
            let mut gram = vec![0.0; height * range.len()];
            let mut overlap = gram.clone();
            let mut room = Vec::new();
            let left = Factor::by_columns(&chosen.0, range.len(), d).transposed();
            product(&mut gram, (d as f64).recip(), x.factor(slab), left, false);
            if p > 0 {
                let f = Factor::by_columns(features.slab(slab, x, &mut room)?, height, p);
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

    /// Computes K as a matrix, n × n. It is symmetric up to rounding;
    /// [`Ntk::dense`](super::Ntk::dense) makes it exactly so, in half the time.
    ///
    /// # Errors
    /// [`Error::MemoryLimit`] when 8n² bytes are above the limit, [`Error::OutOfMemory`].
    pub fn to_dense(&self) -> Result<Array2<f64>, Error> {
        self.kernel_rows(0..self.size())
    }
}

impl SymmetricOperator for NtkOperator {
    fn size(&self) -> usize {
        self.dimensions.n()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        block_shapes(self.size(), &out, rhs)?;
        self.contraction.apply_kernel(out, rhs, &SingleProcess)
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        let (contraction, communicator) = (&self.contraction, &SingleProcess);
        (contraction.entries() < self.size())
            .then(|| Box::new(GramOperator { contraction, communicator }) as Box<_>)
    }

    fn lower_bound(&self) -> Option<f64> {
        Some(0.0)
    }

    fn exact_trace(&self) -> Result<Option<f64>, Error> {
        self.trace().map(Some)
    }
}
