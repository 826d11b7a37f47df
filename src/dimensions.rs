//! `Dimensions`: n, d and p of a finite network.

use crate::{Error, arguments};

/// Largest size that [`Dimensions::from_ratios`] makes: every whole number up to it is
/// an `f64`.
const LARGEST: f64 = 9_007_199_254_740_992.0;

/// The sizes of a two-layer network and its data: n samples in dimension d, p
/// neurons.
///
/// $X \in \mathbb R^{n \times d}$, $W \in \mathbb R^{d \times p}$, a kernel of size n
/// and of rank at most dp. The limit sees the ratios
///
/// $$ \gamma_1 = \frac{n}{dp} , \qquad \gamma_2 = \frac pd . $$
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
///
/// let dimensions = Dimensions::new(1120, 40, 40)?;
/// assert_eq!((dimensions.gamma1(), dimensions.gamma2()), (0.7, 1.0));
/// assert_eq!(Dimensions::from_ratios(0.7, 1.0, 40)?, dimensions);
/// assert!(Dimensions::new(1120, 0, 40).is_err());
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Dimensions {
    n: usize,
    d: usize,
    p: usize,
}

impl Dimensions {
    /// Takes n samples, input dimension d and p neurons.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when one of them is 0.
    pub fn new(n: usize, d: usize, p: usize) -> Result<Self, Error> {
        for (name, size) in [("n", n), ("d", d), ("p", p)] {
            arguments::size(name, size)?;
        }
        Ok(Self { n, d, p })
    }

    /// Takes the sizes nearest to the ratios for the given d: p is $\gamma_2 d$ rounded,
    /// n is $\gamma_1 d p$ rounded. The ratios that result are
    /// [`gamma1`](Self::gamma1) and [`gamma2`](Self::gamma2).
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when `d` is 0, [`Error::InvalidParameter`] for a ratio
    /// that is not a finite number above 0, or whose size rounds to 0 or is above 2⁵³.
    pub fn from_ratios(gamma1: f64, gamma2: f64, d: usize) -> Result<Self, Error> {
        arguments::size("d", d)?;
        let p = scaled("gamma2", gamma2, d as f64)?;
        let n = scaled("gamma1", gamma1, d as f64 * p as f64)?;
        Self::new(n, d, p)
    }

    /// Returns the number n of samples.
    #[must_use]
    pub fn n(self) -> usize {
        self.n
    }

    /// Returns the dimension d of the inputs.
    #[must_use]
    pub fn d(self) -> usize {
        self.d
    }

    /// Returns the number p of neurons.
    #[must_use]
    pub fn p(self) -> usize {
        self.p
    }

    /// Returns $\gamma_1 = n/(dp)$.
    #[must_use]
    pub fn gamma1(self) -> f64 {
        self.n as f64 / (self.d as f64 * self.p as f64)
    }

    /// Returns $\gamma_2 = p/d$.
    #[must_use]
    pub fn gamma2(self) -> f64 {
        self.p as f64 / self.d as f64
    }
}

/// `ratio` · `base`, rounded to a size.
fn scaled(name: &'static str, ratio: f64, base: f64) -> Result<usize, Error> {
    let size = (arguments::positive(name, ratio)? * base).round();
    let valid = (1.0..=LARGEST).contains(&size);
    let allowed = "a ratio whose size is at least 1 and at most 2^53";
    arguments::parameter(name, ratio, valid, allowed)?;
    Ok(size as usize)
}
