//! Eigenvalues, by the smaller of two matrices; how many of them can be other than 0.

use ndarray::Array1;

use super::Ntk;
use crate::activation::Centring;
use crate::observer::Stage;
use crate::{Error, linalg, memory};

impl Ntk {
    /// Computes the n eigenvalues of the kernel, ascending.
    ///
    /// They come from the smaller of K and $J^\top J$, without the neurons that
    /// are zero on every sample ($D_k = 0$, for instance). Where the latter has
    /// fewer rows than n, the eigenvalues that the rank forces to be 0 are exactly
    /// 0. The others are accurate to some $10^{-16} n$ of the largest eigenvalue,
    /// and a zero one may come out negative by as much.
    ///
    /// # Errors
    /// [`Error::MemoryLimit`] when the matrix is above the limit,
    /// [`Error::OutOfMemory`], [`Error::Cancelled`] (between stages only, once the
    /// eigenvalues are under way), [`Error::Eigenvalues`] when the backend fails.
    ///
    /// # Complexity
    /// That of [`dense`](Self::dense) or [`jacobian_gram`](Self::jacobian_gram),
    /// and $\tfrac43 m^3$ operations for the matrix of size m = min(n, dp), nearly
    /// all of them in products. The matrix is used up in place, with O(m) memory
    /// beside it.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::Tanh;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::ntk::NtkBuilder;
    ///
    /// let sample = TwoLayerEnsemble::new(Dimensions::new(50, 5, 6)?, Tanh).sample()?;
    /// let eigenvalues = NtkBuilder::from_sample(&sample).build()?.eigenvalues()?;
    /// let zeros = eigenvalues.iter().filter(|value| **value == 0.0).count();
    /// assert_eq!(zeros, 50 - 5 * 6);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn eigenvalues(&self) -> Result<Array1<f64>, Error> {
        let active = self.f.nonzero_columns();
        if active.len() == self.f.columns() {
            return self.eigenvalues_of_active();
        }
        let active = Self {
            x: self.x.clone(),
            f: self.f.select("the features", &active, self.memory_limit)?,
            dimensions: self.dimensions,
            activation: self.activation.clone(),
            centring: self.centring,
            warnings: Vec::new(),
            memory_limit: self.memory_limit,
            watch: self.watch.clone(),
        };
        active.eigenvalues_of_active()
    }

    /// Returns how large the rank of K can be, whatever X and W are: the smaller of n and
    /// dp, p being the number of neurons that are not zero on every sample.
    ///
    /// For quadratic σ it is less still: $\varphi(z) = a_0 + a_1 z$, the entries of a row of J
    /// are the products $(a_0 + a_1 w_k \cdot x / \sqrt d)\\, x_a$, and these span a space of
    /// dimension
    ///
    /// $$ d \quad (a_1 = 0), \qquad rd - \tfrac12 r(r - 1), \quad r = \min(p, d) \quad (a_0 = 0), \qquad
    /// rd - \tfrac12 (r - 1)(r - 2), \quad r = \min(p, d + 1) . $$
    ///
    /// Where the rows of X and the columns of W are in general position, it is the rank.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::Dimensions;
    /// use ntk_spectrum::activation::{Identity, Tanh};
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::ntk::NtkBuilder;
    ///
    /// let dimensions = Dimensions::new(50, 5, 6)?;
    /// let sample = TwoLayerEnsemble::new(dimensions, Tanh).sample()?;
    /// assert_eq!(NtkBuilder::from_sample(&sample).build()?.rank_bound(), 5 * 6);
    /// let linear = TwoLayerEnsemble::new(dimensions, Identity).sample()?;
    /// assert_eq!(NtkBuilder::from_sample(&linear).build()?.rank_bound(), 5);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn rank_bound(&self) -> usize {
        let (n, d) = (self.dimensions.n(), self.x.columns());
        let p = self.f.nonzero_columns().len();
        let rank = n.min(d.saturating_mul(p));
        // An activation without moments is not known to be quadratic.
        let Ok(moments) = self.activation.moments() else { return rank };
        if moments.c() != 0.0 {
            return rank;
        }
        let constant = self.centring == Centring::Raw && moments.a0 != 0.0;
        // Antisymmetric combinations of the products vanish.
        let pairs = |count: usize| count * count.saturating_sub(1) / 2;
        rank.min(match (constant, moments.a1 != 0.0) {
            (false, false) => 0,
            (true, false) => d,
            (false, true) => p.min(d) * d - pairs(p.min(d)),
            (true, true) => p.min(d + 1) * d - pairs(p.min(d + 1).saturating_sub(1)),
        })
    }

    fn eigenvalues_of_active(&self) -> Result<Array1<f64>, Error> {
        let n = self.dimensions.n();
        memory::check("the eigenvalues", n, 1, self.memory_limit)?;
        let rank = self.x.columns().saturating_mul(self.f.columns());
        let matrix = match rank {
            0 => return Ok(Array1::zeros(n)),
            _ if n <= rank => self.dense()?,
            _ => self.jacobian_gram()?,
        };
        let tracker = self.watch.start(Stage::Eigenvalues, 1)?;
        let mut eigenvalues = linalg::symmetric_eigenvalues(matrix)?;
        tracker.step()?;
        eigenvalues.resize(n, 0.0);
        eigenvalues.sort_by(f64::total_cmp);
        Ok(eigenvalues.into())
    }
}
