//! Laws of the diagonal entries of D.
//!
//! The diagonal matrix $D$ of the model has independent entries of one bounded
//! law. They enter the kernel as $D^2$ only, so signs do not matter, and a law
//! is known to the limit through its [`SquareLaw`].
//!
//! | law | of D |
//! | --- | --- |
//! | `f64`, [`Constant`] | one value |
//! | [`Rademacher`] | random signs |
//! | [`TwoPoint`], [`Discrete`] | two, finitely many values |
//! | [`Bernoulli`] | dropout masks |
//! | [`Empirical`] | a given diagonal |
//! | [`Uniform`], [`TruncatedNormal`], [`Beta`] | densities on an interval |
//! | one's own [`DiagonalLaw`] | by [`SquareLaw::from_density`], [`from_histogram`](SquareLaw::from_histogram), [`from_atoms`](SquareLaw::from_atoms) |
//!
//! [`by_name`] finds the stock laws by what a command line says.

mod analytic;
mod bernoulli;
mod beta;
mod bounded;
mod breaks;
mod by_name;
mod constant;
mod density;
mod discrete;
mod empirical;
mod fitted;
mod folded;
mod forward;
mod from_density;
mod from_histogram;
mod ladder;
mod rademacher;
mod square_law;
mod staircase;
mod truncated_normal;
mod two_point;
mod uniform;

use ndarray::Array1;
use rand::Rng;

use crate::{Error, memory};
pub use bernoulli::Bernoulli;
pub use beta::Beta;
pub use by_name::{NAMES, by_name};
pub use constant::Constant;
pub use discrete::Discrete;
pub use empirical::Empirical;
pub use rademacher::Rademacher;
pub use square_law::SquareLaw;
pub(crate) use square_law::SteepEnd;
pub use truncated_normal::TruncatedNormal;
pub use two_point::TwoPoint;
pub use uniform::Uniform;

/// A law of bounded support for the diagonal entries of D.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{DiagonalLaw, Uniform};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let law = Uniform::new(0.5, 1.5)?;
/// let d = law.sample_diagonal(100, &mut ChaCha8Rng::seed_from_u64(1))?;
/// assert_eq!(d.len(), 100);
/// assert!(d.iter().all(|d| (0.5..=1.5).contains(d)));
/// # Ok(())
/// # }
/// ```
///
/// One's own law, from a histogram of observed gates:
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::Tanh;
/// use ntk_spectrum::diagonal::{DiagonalLaw, SquareLaw};
/// use ntk_spectrum::Error;
/// use rand::distr::{Distribution, weighted::WeightedIndex};
/// use rand::{Rng, RngExt};
///
/// #[derive(Debug)]
/// struct Gates {
///     edges: Vec<f64>,
///     counts: Vec<f64>,
///     bin: WeightedIndex<f64>,
/// }
///
/// impl DiagonalLaw for Gates {
///     fn sample(&self, rng: &mut dyn Rng) -> f64 {
///         let i = self.bin.sample(rng);
///         rng.random_range(self.edges[i]..self.edges[i + 1])
///     }
///
///     fn square_law(&self, _tolerance: f64) -> Result<SquareLaw, Error> {
///         SquareLaw::from_histogram(&self.edges, &self.counts)
///     }
/// }
///
/// let counts = vec![120.0, 260.0, 40.0];
/// let bin = WeightedIndex::new(&counts).expect("positive counts");
/// let gates = Gates { edges: vec![0.0, 0.5, 1.0, 1.5], counts, bin };
/// let law = LimitingSpectrum::new(0.7, 1.0, Tanh, gates);
/// assert!(law.density(law.mean()?)? > 0.0);
/// # Ok::<(), Error>(())
/// ```
///
/// From a density, the triangle on \[0, 2\], which has a kink at 1:
///
/// ```
/// use ntk_spectrum::Error;
/// use ntk_spectrum::diagonal::{DiagonalLaw, SquareLaw};
/// use rand::{Rng, RngExt};
///
/// #[derive(Debug)]
/// struct Triangle;
///
/// impl DiagonalLaw for Triangle {
///     fn sample(&self, rng: &mut dyn Rng) -> f64 {
///         rng.random::<f64>() + rng.random::<f64>()
///     }
///
///     fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error> {
///         let density = |x: f64| 1.0 - (x - 1.0).abs();
///         SquareLaw::from_density(density, &[(0.0, 1.0), (1.0, 2.0)], tolerance)
///     }
/// }
///
/// // E D² = 7/6.
/// assert!((Triangle.square_law(1e-12)?.moment(1) - 7.0 / 6.0).abs() < 1e-12);
/// # Ok::<(), Error>(())
/// ```
pub trait DiagonalLaw: std::fmt::Debug + Send + Sync {
    /// Draws one diagonal entry.
    fn sample(&self, rng: &mut dyn Rng) -> f64;

    /// Returns the law of D², as a quadrature.
    ///
    /// `tolerance`, in (0, 1), is the relative accuracy that a law with a
    /// density aims at (see [`SquareLaw`]; never better than 1e-14); a law
    /// with finitely many values is exact and ignores it.
    ///
    /// # Errors
    /// When the parameters are not valid (for the laws whose constructor does
    /// not check, a plain `f64` for instance), when `tolerance` is not in
    /// (0, 1), or when a quadrature does not reach it.
    fn square_law(&self, tolerance: f64) -> Result<SquareLaw, Error>;

    /// Draws the diagonal of a p×p matrix D: `p` independent entries.
    ///
    /// # Errors
    /// [`Error::MemoryLimit`] when they take more than 16 GiB, [`Error::OutOfMemory`].
    fn sample_diagonal(&self, p: usize, rng: &mut dyn Rng) -> Result<Array1<f64>, Error> {
        let mut entries = memory::room("the diagonal of D", p, memory::DEFAULT_LIMIT)?;
        entries.extend((0..p).map(|_| self.sample(rng)));
        Ok(entries.into())
    }
}
