//! `SpectralSums`: expectations under a spectrum, by the same names for all of them.

use std::cell::Cell;
use std::sync::LazyLock;

use num_complex::Complex64;

use super::SpectralLaw;
use crate::numerics::legendre;
use crate::{Error, arguments};

/// Nodes of the Gauss–Legendre rule on each interval, and its length, in log s. The
/// integrand s m(−s) is analytic for |Im log s| < π, so the rule misses some 1e-18.
const ORDER: usize = 12;
const WIDTH: f64 = 2.0;

/// Where λ is 0, intervals are added until s m(−s) is below this: what is left is as much.
const REST: f64 = 1e-15;

/// Intervals before this is given up: s has then passed all numbers that there are.
const MOST_INTERVALS: usize = 800;

/// Expectations under the law of a spectrum: $\int f\\,d\mu$ for a law,
/// $\frac1n \operatorname{tr} f(K)$ for the eigenvalues of a matrix K of size n, or an
/// estimate of them.
///
/// All are divided by n. Laws and an `EmpiricalSpectrum` give numbers, a
/// `SpectralEstimate` gives estimates with standard errors. λ is the ridge of
/// $K + \lambda$.
///
/// For laws the sums with λ do not come from the nodes of a table but from the transforms
/// of [`SpectralLaw`] at $-\lambda$, and are right at a hard edge and for small λ too:
///
/// $$ \int \frac{\mu(dx)}{x + \lambda} = m(-\lambda) , \qquad
/// \int \frac{x\\,\mu(dx)}{x + \lambda} = -T(-\lambda) , \qquad
/// \int \log(x + \lambda)\\,\mu(dx) = \log \Lambda + \int \log\left(1 + \tfrac
/// x\Lambda\right) \mu(dx) - \int_\lambda^\Lambda m(-s)\\,ds . $$
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{MarchenkoPastur, SpectralSums};
///
/// // Ratio 1 has a hard edge at 0: m(−λ) = (√(1 + 4/λ) − 1)/2, and ∫ log x dμ = −1.
/// let law = MarchenkoPastur::new(1.0)?;
/// let lambda: f64 = 1e-8;
/// let exact = 0.5 * ((1.0 + 4.0 / lambda).sqrt() - 1.0);
/// assert!((law.inverse_trace(lambda)? / exact - 1.0).abs() < 1e-10);
/// assert!((law.log_determinant(0.0)? + 1.0).abs() < 1e-10);
/// assert!((law.expectation(&|x| x * x)? - 2.0).abs() < 1e-10);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub trait SpectralSums {
    /// A number, or an estimate with its error.
    type Sum;

    /// Computes $\int f\\,d\mu$.
    ///
    /// Of a law, to 1e-10 of $\int |f|\\,d\mu$, by a quadrature that adapts to f and may meet
    /// a singularity of f at an end of the support
    /// ([`TabulatedLaw::expectation`](super::TabulatedLaw::expectation)).
    ///
    /// # Errors
    /// When the law cannot be solved; [`Error::InvalidValue`] with the point, when f is not
    /// finite where it is evaluated: at an atom, an eigenvalue, or a point of the support; of
    /// a law, [`Error::NotConverged`] with the place, when the integral does not settle; of
    /// an estimate, [`Error::InvalidParameter`] when f is not finite at a node.
    fn expectation(&self, f: &dyn Fn(f64) -> f64) -> Result<Self::Sum, Error>;

    /// Computes $\int \frac{x}{x + \lambda}\\,d\mu = \frac1n \operatorname{tr} K (K +
    /// \lambda)^{-1}$, the effective dimension (or degrees of freedom) at the ridge λ,
    /// divided by n.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless λ is finite and above 0; [`Error::Indefinite`] as
    /// of [`log_determinant`](Self::log_determinant).
    #[doc(alias = "degrees_of_freedom")]
    fn effective_dimension(&self, lambda: f64) -> Result<Self::Sum, Error> {
        arguments::positive("lambda", lambda)?;
        regularised(self, lambda, |x| x / (x + lambda))
    }

    /// Computes $\int \log(x + \lambda)\\,d\mu = \frac1n \log\det(K + \lambda)$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when λ is negative or not finite, or 0 although
    /// there are eigenvalues 0; [`Error::Indefinite`] when there is an eigenvalue, or of an
    /// estimate a node, at $-\lambda$ or below.
    #[doc(alias = "logdet")]
    fn log_determinant(&self, lambda: f64) -> Result<Self::Sum, Error> {
        regularised(self, lambda, |x| (x + lambda).ln())
    }

    /// Computes $\int \frac{d\mu}{x + \lambda} = \frac1n \operatorname{tr} (K +
    /// \lambda)^{-1} = m(-\lambda)$.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when λ is negative or not finite, or 0 although the
    /// spectrum reaches down to 0; [`Error::Indefinite`] as of
    /// [`log_determinant`](Self::log_determinant).
    fn inverse_trace(&self, lambda: f64) -> Result<Self::Sum, Error> {
        regularised(self, lambda, |x| (x + lambda).recip())
    }

    /// Computes the condition number $\frac{x_+ + \lambda}{x_- + \lambda}$ of $K +
    /// \lambda$, with $x_\pm$ the ends of the spectrum, atoms and outliers included.
    ///
    /// By default the ends are the extreme points at which
    /// [`expectation`](Self::expectation) evaluates f.
    ///
    /// # Errors
    /// As [`inverse_trace`](Self::inverse_trace).
    fn condition_number(&self, lambda: f64) -> Result<Self::Sum, Error> {
        let (low, high) = (Cell::new(f64::INFINITY), Cell::new(f64::NEG_INFINITY));
        regularised(self, lambda, |x| {
            low.set(low.get().min(x));
            high.set(high.get().max(x));
            0.0
        })?;
        let condition = (high.get() + lambda) / (low.get() + lambda);
        self.expectation(&|_| condition)
    }
}

/// The expectation of f, after a check that $x + \lambda > 0$ wherever it is evaluated.
fn regularised<S: SpectralSums + ?Sized>(
    spectrum: &S,
    lambda: f64,
    f: impl Fn(f64) -> f64,
) -> Result<S::Sum, Error> {
    arguments::non_negative("lambda", lambda)?;
    let lowest = Cell::new(f64::INFINITY);
    let sum = spectrum.expectation(&|x| {
        lowest.set(lowest.get().min(x));
        if x + lambda > 0.0 { f(x) } else { 0.0 }
    });
    arguments::ridge(lambda, lowest.get())?;
    sum
}

fn check_regular(lambda: f64, regular: bool) -> Result<(), Error> {
    if regular { Ok(()) } else { Err(singular(lambda)) }
}

fn singular(value: f64) -> Error {
    Error::InvalidParameter { name: "lambda", value, allowed: arguments::RIDGE }
}

impl<L: SpectralLaw + ?Sized> SpectralSums for L {
    type Sum = f64;

    fn expectation(&self, f: &dyn Fn(f64) -> f64) -> Result<f64, Error> {
        self.tabulated()?.expectation(f)
    }

    fn effective_dimension(&self, lambda: f64) -> Result<f64, Error> {
        arguments::positive("lambda", lambda)?;
        Ok(-self.t_transform(Complex64::new(-lambda, 0.0))?.0.re)
    }

    fn log_determinant(&self, lambda: f64) -> Result<f64, Error> {
        arguments::non_negative("lambda", lambda)?;
        let table = self.tabulated()?;
        check_regular(lambda, lambda > 0.0 || table.mass_off_zero() == 1.0)?;
        let far = (8.0 * table.upper_end()).min(f64::MAX);
        if lambda >= far {
            return Ok(lambda.ln() + table.node_sum(|x| (x / lambda).ln_1p()));
        }
        // Smooth on every piece: the nodes of the table are enough.
        let whole = far.ln() + table.node_sum(|x| (x / far).ln_1p());
        Ok(whole - integrated_transform(self, lambda, far)?)
    }

    fn inverse_trace(&self, lambda: f64) -> Result<f64, Error> {
        arguments::non_negative("lambda", lambda)?;
        let table = self.tabulated()?;
        if lambda + table.lower_end() > 0.0 {
            return Ok(self.stieltjes(Complex64::new(-lambda, 0.0))?.re);
        }
        // The support reaches 0. Where the density vanishes there, the integral may settle.
        table.expectation(f64::recip).map_err(|_| singular(lambda))
    }

    fn condition_number(&self, lambda: f64) -> Result<f64, Error> {
        arguments::non_negative("lambda", lambda)?;
        let table = self.tabulated()?;
        check_regular(lambda, lambda + table.lower_end() > 0.0)?;
        Ok((table.upper_end() + lambda) / (table.lower_end() + lambda))
    }
}

/// Nodes and weights on \[−1, 1\].
static RULE: LazyLock<(Vec<f64>, Vec<f64>)> = LazyLock::new(|| legendre::gauss_legendre(ORDER));

/// ∫ m(−s) ds from λ to `far`, interval by interval in log s from the top.
fn integrated_transform<L: SpectralLaw + ?Sized>(
    law: &L,
    lambda: f64,
    far: f64,
) -> Result<f64, Error> {
    let slope = |log: f64| {
        let s = log.exp();
        Ok(s * law.stieltjes(Complex64::new(-s, 0.0))?.re)
    };
    let (nodes, weights) = &*RULE;
    let (mut total, mut top) = (0.0, far.ln());
    for _ in 0..MOST_INTERVALS {
        let bottom = (top - WIDTH).max(lambda.ln());
        let (middle, half) = (0.5 * (top + bottom), 0.5 * (top - bottom));
        for (node, weight) in nodes.iter().zip(weights) {
            total += half * weight * slope(middle + half * node)?;
        }
        if bottom <= lambda.ln() || lambda == 0.0 && slope(bottom)? <= REST {
            return Ok(total);
        }
        top = bottom;
    }
    Err(Error::NotConverged {
        computation: "the log-determinant of a law",
        at: lambda,
        iterate: total.into(),
        residual: slope(top)?,
    })
}
