//! JᵀJ, the other Gram matrix of the Jacobian.

use ndarray::Array2;
use rayon::prelude::*;

use super::Ntk;
use super::slabs::SLAB;
use super::tile::tiles;
use crate::linalg::{Factor, product};
use crate::observer::Stage;
use crate::{Error, memory, threads};

/// Pairs of neurons that go through one product.
const NEURONS: usize = 96;

/// Pairs of input coordinates that go through one product.
const COORDINATES: usize = 192;

impl Ntk {
    /// Builds the dp × dp Gram matrix $J^\top J$ of the columns of J, exactly symmetric, with the same non-zero
    /// eigenvalues as the kernel $K = J J^\top$:
    ///
    /// $$ (J^\top J)\_{(k,a),(l,b)} = \frac{D_k D_l}{dp} \sum_{i=1}^n
    /// \varphi\_{ik} \varphi\_{il} x\_{ia} x\_{ib} , $$
    ///
    /// with $(k, a)$, neuron and coordinate, at position kd + a (from 0).
    ///
    /// # Errors
    /// [`Error::MemoryLimit`] when 8(dp)² bytes are above the limit,
    /// [`Error::OutOfMemory`], [`Error::Cancelled`].
    ///
    /// # Complexity
    /// n(dp)²/2 floating-point operations: an entry depends on the unordered
    /// pairs {k, l} and {a, b} only, so a quarter of them is computed, as a product
    /// of the p(p + 1)/2 × n matrix of products of features with the n × d(d + 1)/2
    /// matrix of products of inputs. Neither they nor J are stored.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::ntk::NtkBuilder;
    ///
    /// let sample = TwoLayerEnsemble::new(Dimensions::new(200, 3, 4)?, Tanh).sample()?;
    /// let ntk = NtkBuilder::from_sample(&sample).build()?;
    /// let gram = ntk.jacobian_gram()?;
    /// assert_eq!(gram.dim(), (12, 12));
    /// // Both have the trace of the kernel.
    /// assert!((gram.diag().sum() / ntk.dense()?.diag().sum() - 1.0).abs() < 1e-12);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn jacobian_gram(&self) -> Result<Array2<f64>, Error> {
        let size = self.x.columns().saturating_mul(self.f.columns());
        let mut gram = memory::zeros("JᵀJ", size, size, self.memory_limit)?;
        let tracker = self.watch.start(Stage::JacobianGram, self.f.columns())?;
        threads::ready();
        if let Some(entries) = gram.as_slice_mut() {
            entries.par_chunks_mut(self.x.columns() * size).enumerate().try_for_each(
                |(k, strip)| {
                    tracker.check()?;
                    self.strip(k, strip);
                    tracker.step()
                },
            )?;
        }
        tiles(gram.view_mut()).into_par_iter().for_each(|mut tile| tile.mirror());
        Ok(gram)
    }

    /// The d rows of neuron k, up to its own columns.
    fn strip(&self, k: usize, strip: &mut [f64]) {
        let (d, width) = (self.x.columns(), self.x.columns() * self.f.columns());
        let coordinates: Vec<(usize, usize)> =
            (0..d).flat_map(|a| (0..=a).map(move |b| (a, b))).collect();
        let mut neurons = vec![0.0; SLAB * NEURONS];
        let mut inputs = vec![0.0; SLAB * COORDINATES];
        let mut block = vec![0.0; NEURONS * COORDINATES];
        for first in (0..=k).step_by(NEURONS) {
            let count = NEURONS.min(k + 1 - first);
            for pairs in coordinates.chunks(COORDINATES) {
                let block = &mut block[..count * pairs.len()];
                for slab in 0..self.x.count() {
                    let height = self.x.height(slab);
                    let neurons = &mut neurons[..height * count];
                    let inputs = &mut inputs[..height * pairs.len()];
                    let others = (first..first + count).map(|l| (k, l));
                    pairwise(neurons, self.f.slab(slab), height, others);
                    pairwise(inputs, self.x.slab(slab), height, pairs.iter().copied());
                    product(
                        block,
                        (d as f64).recip(),
                        Factor::by_columns(neurons, height, count).transposed(),
                        Factor::by_columns(inputs, height, pairs.len()),
                        slab > 0,
                    );
                }
                for (column, (a, b)) in block.chunks_exact(count).zip(pairs) {
                    for (l, entry) in (first..).zip(column) {
                        strip[a * width + l * d + b] = *entry;
                        strip[b * width + l * d + a] = *entry;
                    }
                }
            }
        }
    }
}

/// Writes the products of pairs of columns of a slab.
fn pairwise(
    products: &mut [f64],
    slab: &[f64],
    height: usize,
    pairs: impl Iterator<Item = (usize, usize)>,
) {
    for (product, (a, b)) in products.chunks_exact_mut(height).zip(pairs) {
        let left = &slab[a * height..(a + 1) * height];
        let right = &slab[b * height..(b + 1) * height];
        for (entry, (l, r)) in product.iter_mut().zip(left.iter().zip(right)) {
            *entry = l * r;
        }
    }
}
