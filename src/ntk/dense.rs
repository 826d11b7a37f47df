//! The kernel as a dense matrix.

use ndarray::{Array2, ArrayViewMut2};
use rayon::prelude::*;

use super::Ntk;
use super::tile::{Buffers, tiles};
use crate::observer::Stage;
use crate::{Error, arguments, memory, threads};

impl Ntk {
    /// Builds the kernel K, an n × n matrix, exactly symmetric.
    ///
    /// # Errors
    /// [`Error::MemoryLimit`] when 8n² bytes are above the limit,
    /// [`Error::OutOfMemory`], [`Error::Cancelled`].
    ///
    /// # Complexity
    /// n²(d + p) floating-point operations (one triangle of two Gram matrices),
    /// 8n² bytes for the result and 8n(d + p) for what it is made from. The two
    /// Gram matrices are multiplied tile by tile and never stored. In fresh memory
    /// page faults take as long as the arithmetic: for many kernels of one size use
    /// [`dense_into`](Self::dense_into), or an allocator with huge pages (for glibc,
    /// the environment variable `GLIBC_TUNABLES=glibc.malloc.hugetlb=1`).
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::ntk::NtkBuilder;
    ///
    /// let sample = TwoLayerEnsemble::new(Dimensions::new(200, 10, 12)?, Tanh).sample()?;
    /// let kernel = NtkBuilder::from_sample(&sample).build()?.dense()?;
    /// assert_eq!(kernel.dim(), (200, 200));
    /// assert_eq!(kernel[[3, 150]], kernel[[150, 3]]);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn dense(&self) -> Result<Array2<f64>, Error> {
        let n = self.dimensions.n();
        let mut kernel = memory::zeros("the kernel", n, n, self.memory_limit)?;
        self.fill(kernel.view_mut())?;
        Ok(kernel)
    }

    /// Builds the kernel K in `kernel`, n × n, of any strides. After an error its
    /// entries are unspecified.
    ///
    /// The limit of memory, which is about what the crate allocates, does not
    /// apply.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] when `kernel` is not n × n, [`Error::Cancelled`].
    pub fn dense_into(&self, kernel: ArrayViewMut2<'_, f64>) -> Result<(), Error> {
        let (n, reason) = (self.dimensions.n(), "the number of samples");
        arguments::same_size("rows of kernel", kernel.nrows(), n, reason)?;
        arguments::same_size("columns of kernel", kernel.ncols(), n, reason)?;
        self.fill(kernel)
    }

    fn fill(&self, kernel: ArrayViewMut2<'_, f64>) -> Result<(), Error> {
        let tiles = tiles(kernel);
        let tracker = self.watch.start(Stage::Kernel, tiles.len())?;
        threads::ready();
        tiles.into_par_iter().try_for_each_init(Buffers::new, |buffers, mut tile| {
            tracker.check()?;
            tile.build(&self.x, &self.f, buffers);
            tracker.step()
        })
    }
}
