//! Laws of the entries of X.
//!
//! The model has independent entries of mean 0 and variance 1; the limit does
//! not depend on their law otherwise, finite kernels do.
//!
//! | law | fourth moment |
//! | --- | --- |
//! | [`Gaussian`] | 3 |
//! | [`Rademacher`], random signs | 1 |
//! | [`Uniform`] | 9/5 |
//! | [`Laplace`] | 6 |
//! | [`StudentT`], ν > 4 | 3 + 6/(ν − 4) |
//! | [`SparseGaussian`], zero with probability 1 − s | 3/s |
//! | [`Standardized`], any `rand_distr::Distribution<f64>` | |

mod forward;
mod gaussian;
mod laplace;
mod rademacher;
mod sparse_gaussian;
mod standardized;
mod student_t;
mod uniform;

use rand::Rng;

pub use gaussian::Gaussian;
pub use laplace::Laplace;
pub use rademacher::Rademacher;
pub use sparse_gaussian::SparseGaussian;
pub use standardized::Standardized;
pub use student_t::StudentT;
pub use uniform::Uniform;

/// A law of mean 0 and variance 1 for the entries of X.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::ensemble::input::{InputLaw, Laplace, Rademacher};
/// use rand::{SeedableRng, rngs::ChaCha8Rng};
///
/// let mut rng = ChaCha8Rng::seed_from_u64(1);
/// let laws: [&dyn InputLaw; 2] = [&Rademacher, &Laplace];
/// for law in laws {
///     assert!(law.sample(&mut rng).is_finite());
/// }
/// ```
pub trait InputLaw: std::fmt::Debug + Send + Sync {
    /// Draws one entry.
    fn sample(&self, rng: &mut dyn Rng) -> f64;

    /// Returns $\mathbb E X^4$, if it is known; by default it is not.
    ///
    /// [`FiniteSpectrum`](crate::spectrum::FiniteSpectrum) depends on it.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::ensemble::input::{InputLaw, Laplace, StudentT};
    ///
    /// assert_eq!(Laplace.kurtosis(), Some(6.0));
    /// assert_eq!(StudentT::new(10.0)?.kurtosis(), Some(4.0));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    fn kurtosis(&self) -> Option<f64> {
        None
    }
}
