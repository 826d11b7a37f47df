//! `FromValue`: an activation from a closure for σ.

use std::fmt;

use super::{Activation, DerivativeMoments, Regularity, differences};
use crate::numerics::gaussian::{self, Projection};
use crate::{Error, arguments};

/// By how much a moment of σ′ may differ from what Stein's lemma says, relative to
/// the sizes of σ′ and of σ: more than rounding leaves, less than jumps of σ make.
const AGREEMENT: f64 = 1e-9;
/// The error of σ′, relative to its size and that of σ(0): a distance of σ′ from the
/// affine functions below it is zero. More hides a small c, less returns squares of
/// rounding errors for quadratic σ.
const ROUNDING: f64 = 1e-13;

/// The affine function added to σ′ before c is computed, which it does not change,
/// relative to the size of σ′: a mean that vanishes is rounding without it, and
/// quadrature wants digits of what it integrates. More costs digits of a small c.
const SHIFT: f64 = 1e-2;

/// An activation from a closure for its value.
///
/// $$ \sigma(z), \qquad \sigma^\prime(z) \approx \frac1h \sum_j D_j
/// \bigl( \sigma(x_j) - \sigma(z) \bigr) $$
///
/// The derivative is that of the polynomial of degree 32 through the Chebyshev points
/// $x_j$ of an interval of length 2h, at most 2, with z at its centre or at one of its
/// ends and no kink inside. The interval is halved until the Chebyshev coefficients
/// have decayed, and of the three the one with the smallest error is taken.
///
/// The moments $a_0$ and $a_1$ need no derivative, by Stein's lemma, and c is that of
/// the numerical σ′:
///
/// $$ a_0 = \mathbb E Z \sigma(Z), \qquad a_1 = \mathbb E (Z^2 - 1) \sigma(Z), \qquad
/// c = \mathbb E (\sigma^\prime(Z) - a_0 - a_1 Z)^2 . $$
///
/// Convention: σ is continuous, and any constant may be added to it. Points where it
/// is not smooth should be declared; its regularity is
/// [`Regularity::OutsideTheorem`] unless told otherwise. At a kink, σ′ is one of the
/// two one-sided derivatives.
///
/// # Accuracy
///
/// For tanh, GELU, softplus, sin 3z, cubic polynomials, and ReLU, ELU and hard tanh
/// with declared kinks, σ′ is right to $2 \cdot 10^{-14}$ of 1 + |σ| + |σ′|, and to
/// $4 \cdot 10^{-14}$ at a kink; $a_0$ and $a_1$ are to $10^{-15}$ of $\sqrt{m_2}$, and
/// c is to a relative $5 \cdot 10^{-15} / \sqrt{c / m_2}$. Oscillations, steps or a
/// constant of size s cost a factor s: with σ = sin 50z, σ′ is right to
/// $2 \cdot 10^{-12}$. A c that is nothing but rounding is 0, as it is for quadratic
/// σ, and b is exactly 0 where σ − σ(0) is odd in floating point.
///
/// Undeclared kinks of a piecewise smooth σ cost time, and up to $10^{-11}$ of the
/// moments; each takes some 50 bisections, so that a table of hundreds of linear pieces
/// takes seconds if their ends are not declared. Next to an undeclared kink, within the spacing of
/// floating-point numbers, σ′ may be that of the other side.
///
/// Where the values of σ do not determine σ′ to $10^{-8}$ it is NaN: next to an
/// undeclared singularity like that of $|z|^{3/4}$, or everywhere if σ is computed in
/// single precision.
///
/// # Errors
///
/// [`moments`](Activation::moments) fails where σ′ is NaN, where moments do not
/// converge, or where those of σ′ are not what Stein's lemma says, as with a σ that
/// jumps, for which $m_2 = \infty$.
///
/// # Complexity
///
/// A derivative takes 34 values of σ, several times as many where σ varies on a scale
/// below 1/10 or next to undeclared kinks; the moments take some $10^5$ values in all.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::{Activation, FromValue, Gelu, HardTanh};
///
/// let gelu = FromValue::new(|z: f64| Gelu.value(z));
/// assert!((gelu.derivative(0.3) - Gelu.derivative(0.3)).abs() < 1e-14);
/// assert!((gelu.moments()?.c() - Gelu.moments()?.c()).abs() < 1e-15);
///
/// let clipped = FromValue::new(|z: f64| z.clamp(-1.0, 1.0)).with_kinks([-1.0, 1.0])?;
/// assert_eq!(clipped.moments()?.b(), 0.0);
/// assert!((clipped.moments()?.a0 - HardTanh.moments()?.a0).abs() < 1e-15);
///
/// assert!(FromValue::new(f64::signum).moments().is_err());
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: C. M. Stein, *Estimation of the mean of a multivariate normal
/// distribution*, Ann. Statist. 9 (1981), doi:10.1214/aos/1176345632.
#[doc(alias = "closure")]
#[doc(alias = "numerical derivative")]
#[derive(Clone)]
pub struct FromValue<F> {
    value: F,
    /// Sorted.
    kinks: Vec<f64>,
    regularity: Regularity,
}

impl<F: Fn(f64) -> f64 + Send + Sync> FromValue<F> {
    /// Returns the activation with value `value`.
    #[must_use]
    pub fn new(value: F) -> Self {
        Self { value, kinks: Vec::new(), regularity: Regularity::OutsideTheorem }
    }

    /// Sets the points where σ is not smooth: finite numbers in any order, none by
    /// default.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidEntry`] if a point is not finite.
    pub fn with_kinks(mut self, kinks: impl AsRef<[f64]>) -> Result<Self, Error> {
        let kinks = kinks.as_ref();
        arguments::finite_entries("kinks", kinks)?;
        self.kinks = kinks.to_vec();
        self.kinks.sort_by(f64::total_cmp);
        Ok(self)
    }

    /// Sets the regularity of σ′, which is not checked.
    #[must_use]
    pub fn with_regularity(mut self, regularity: Regularity) -> Self {
        self.regularity = regularity;
        self
    }

    /// Computes a0, a1 and their scales from σ.
    fn by_stein(&self) -> Result<Stein, Error> {
        // E Z = E (Z² − 1) = 0. Without a constant, rounding leaves nothing of it, and
        // what vanishes by symmetry vanishes to the last bit.
        let offset = Some((self.value)(0.0)).filter(|v| v.is_finite()).unwrap_or(0.0);
        let value = |z: f64| (self.value)(z) - offset;
        let (a0, a0_scale) = mean("a0", |z| z * value(z), &self.kinks)?;
        let (a1, a1_scale) = mean("a1", |z| (z * z - 1.0) * value(z), &self.kinks)?;
        Ok(Stein { a0, a1, a0_scale, a1_scale, size: a0.hypot(a1) + offset.abs() })
    }
}

/// What σ itself says about the moments of σ′.
struct Stein {
    a0: f64,
    a1: f64,
    /// √E Z²(σ − σ(0))².
    a0_scale: f64,
    /// √E (Z² − 1)²(σ − σ(0))².
    a1_scale: f64,
    /// Of the affine part of σ′, and of σ(0): what rounding is relative to.
    size: f64,
}

/// Computes E f(Z), which is the moment of σ′ called `moment`, and √E f².
fn mean(moment: &'static str, f: impl Fn(f64) -> f64, kinks: &[f64]) -> Result<(f64, f64), Error> {
    match gaussian::moments(f, kinks) {
        Ok(Projection { a0, a1, c }) => Ok((a0, a0.hypot(a1).hypot(c.sqrt()))),
        Err(Error::DivergentMoment { estimate, error, .. }) => {
            Err(Error::DivergentMoment { moment, estimate, error })
        }
        Err(other) => Err(other),
    }
}

/// Checks that two values of a moment are the same, as they are unless σ jumps.
fn agree(moment: &'static str, by_stein: f64, by_slopes: f64, scale: f64) -> Result<(), Error> {
    let error = (by_stein - by_slopes).abs();
    if error <= AGREEMENT * scale {
        return Ok(());
    }
    Err(Error::DivergentMoment { moment, estimate: by_stein, error })
}

impl<F: Fn(f64) -> f64 + Send + Sync> Activation for FromValue<F> {
    fn derivative(&self, z: f64) -> f64 {
        differences::slope(&self.value, &self.kinks, z)
    }

    fn value(&self, z: f64) -> f64 {
        (self.value)(z)
    }

    fn kinks(&self) -> Vec<f64> {
        self.kinks.clone()
    }

    fn regularity(&self) -> Regularity {
        self.regularity
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        let stein = self.by_stein();
        let shift = stein.as_ref().map_or(0.0, |stein| SHIFT * stein.size);
        let slopes = gaussian::moments(|z| self.derivative(z) + shift * (1.0 + z), &self.kinks);
        if let Err(error) = &slopes
            && !matches!(error, Error::DivergentMoment { moment: "c", .. })
        {
            return Err(error.clone());
        }
        let Stein { a0, a1, a0_scale, a1_scale, size } = stein?;
        let least_c = (ROUNDING * size).powi(2);
        let slopes = match slopes {
            // The square of rounding errors does not converge, but it is nothing else.
            Err(Error::DivergentMoment { estimate, error, .. }) if estimate + error <= least_c => {
                return DerivativeMoments::new(a0, a1, 0.0);
            }
            other => other?,
        };
        let size = size + slopes.c.sqrt();
        agree("a0", a0, slopes.a0 - shift, size + a0_scale)?;
        agree("a1", a1, slopes.a1 - shift, size + a1_scale)?;
        DerivativeMoments::new(a0, a1, if slopes.c <= least_c { 0.0 } else { slopes.c })
    }
}

impl<F> fmt::Debug for FromValue<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromValue")
            .field("kinks", &self.kinks)
            .field("regularity", &self.regularity)
            .finish_non_exhaustive()
    }
}
