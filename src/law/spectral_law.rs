//! The trait that all laws share, and its conventions.

use num_complex::Complex64;

use super::coarse::Coarse;
use super::{Atom, SupportInterval, TabulatedLaw, cumulants, transforms};
use crate::forward::forward;
use crate::numerics::complex::reciprocal;
use crate::{Error, arguments};

/// A probability law μ on $[0, \infty)$ with the transforms of random matrix
/// theory and free probability.
///
/// Conventions, the same everywhere in the crate:
///
/// | name | definition |
/// | --- | --- |
/// | Cauchy transform | $G(z) = \int \frac{\mu(dt)}{z - t}$ |
/// | Stieltjes transform | $m(z) = \int \frac{\mu(dt)}{t - z} = -G(z)$ |
/// | T-transform | $T(z) = \int \frac{t\\,\mu(dt)}{z - t} = z G(z) - 1 = \psi(1/z)$ |
/// | moment series | $\psi(z) = \int \frac{z t\\,\mu(dt)}{1 - z t}$ |
/// | $\chi$ | the inverse of ψ on $(-\infty, 0)$ |
/// | S-transform | $S(s) = \chi(s) (1 + s) / s$ on $(-(1 - \mu\lbrace 0 \rbrace), 0)$ |
/// | R-transform | $R(s) = G^{-1}(s) - 1/s = \sum_k \kappa_{k+1} s^k$ |
///
/// At a real z inside the support, transforms are the boundary values from the
/// upper half-plane, so that the density is $-\operatorname{Im} G(x)/\pi$. In
/// the lower half-plane they are the conjugates.
///
/// Only [`tabulated`](Self::tabulated) has to be written; laws with closed
/// forms override more. Every method returns an error, never a panic, for an
/// argument that is NaN or outside the domain.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
/// use num_complex::Complex64;
///
/// let law = MarchenkoPastur::new(0.5)?;
/// // G solves 1/G + 1/(1 − γ G) = z.
/// let z = Complex64::new(0.7, 0.1);
/// let g = law.cauchy(z)?;
/// assert!((1.0 / g + 1.0 / (1.0 - 0.5 * g) - z).norm() < 1e-13);
/// // S(s) = 1/(1 + γ s), R(s) = 1/(1 − γ s).
/// assert!((law.s_transform(-0.4)? - 1.0 / 0.8).abs() < 1e-12);
/// assert!((law.r_transform(0.3)? - 1.0 / 0.85).abs() < 1e-12);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
pub trait SpectralLaw: std::fmt::Debug + Send + Sync {
    /// Returns the law as atoms and a tabulated density.
    ///
    /// # Errors
    ///
    /// When the law's parameters are not valid, or solving for it fails.
    fn tabulated(&self) -> Result<&TabulatedLaw, Error>;

    /// What laws over this law are solved from instead of a table, if each value that it is
    /// made of would show in one, or if it is refused, which may take as long as a table.
    #[doc(hidden)]
    fn coarse(&self) -> Result<Option<&dyn Coarse>, Error> {
        Ok(None)
    }

    /// Whether [`t_transform`](Self::t_transform) is that of the table and no closed form.
    #[doc(hidden)]
    fn is_table(&self) -> bool {
        false
    }

    /// Computes $T(z)$ and $T^\prime(z)$.
    ///
    /// # Errors
    ///
    /// As [`tabulated`](Self::tabulated); z not finite, at an atom, or at an end of the
    /// support where T is infinite. (At other ends $T^\prime$ may be infinite or not a number.)
    fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        let law = self.tabulated()?;
        transforms::check_t(z, law)?;
        transforms::finite(z, law.t_transform(z))
    }

    /// Computes $G(z)$ and $G^\prime(z)$.
    ///
    /// # Errors
    ///
    /// As [`t_transform`](Self::t_transform).
    fn cauchy_with_derivative(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        let law = self.tabulated()?;
        transforms::check_cauchy(z, law)?;
        transforms::finite(z, law.cauchy_with_derivative(z))
    }

    /// Computes the Cauchy transform $G(z)$.
    ///
    /// # Errors
    ///
    /// As [`t_transform`](Self::t_transform).
    fn cauchy(&self, z: Complex64) -> Result<Complex64, Error> {
        Ok(self.cauchy_with_derivative(z)?.0)
    }

    /// Computes the Stieltjes transform $m(z) = -G(z)$.
    ///
    /// # Errors
    ///
    /// As [`t_transform`](Self::t_transform).
    fn stieltjes(&self, z: Complex64) -> Result<Complex64, Error> {
        Ok(-self.cauchy(z)?)
    }

    /// Computes $m(z)$ and $m^\prime(z)$.
    ///
    /// # Errors
    ///
    /// As [`t_transform`](Self::t_transform).
    fn stieltjes_with_derivative(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        let (g, slope) = self.cauchy_with_derivative(z)?;
        Ok((-g, -slope))
    }

    /// Computes the moment series $\psi(z) = T(1/z)$, with $\psi(0) = 0$.
    ///
    /// # Errors
    ///
    /// As [`t_transform`](Self::t_transform), at $1/z$.
    fn psi(&self, z: Complex64) -> Result<Complex64, Error> {
        if z == Complex64::ZERO { Ok(z) } else { Ok(self.t_transform(reciprocal(z))?.0) }
    }

    /// Computes $\chi(s)$, the inverse of ψ, for s in $(-(1 - \mu\lbrace 0 \rbrace), 0)$.
    ///
    /// # Errors
    ///
    /// [`Error::OutsideDomain`], and as [`tabulated`](Self::tabulated).
    fn chi(&self, s: f64) -> Result<f64, Error> {
        let table = self.tabulated()?;
        let known = (table.mass_off_zero(), table.upper_end());
        transforms::chi(known, &|z| Ok(self.t_transform(z)?.0), s)
    }

    /// Computes the S-transform $S(s) = \chi(s)(1 + s)/s$, for s in
    /// $(-(1 - \mu\lbrace 0 \rbrace), 0)$.
    ///
    /// # Errors
    ///
    /// [`Error::OutsideDomain`], and as [`tabulated`](Self::tabulated).
    fn s_transform(&self, s: f64) -> Result<f64, Error> {
        Ok(self.chi(s)? * (1.0 + s) / s)
    }

    /// Computes the R-transform at a real s between the values of G at the two ends of
    /// the support; $R(0)$ is the mean.
    ///
    /// # Errors
    ///
    /// [`Error::OutsideDomain`], and as [`tabulated`](Self::tabulated).
    fn r_transform(&self, s: f64) -> Result<f64, Error> {
        let table = self.tabulated()?;
        if s == 0.0 {
            return self.mean();
        }
        transforms::r_transform(table, &|z| Ok(self.t_transform(z)?.0), &|z| self.cauchy(z), s)
    }

    /// Returns the intervals of the absolutely continuous part, ascending.
    ///
    /// # Errors
    ///
    /// As [`tabulated`](Self::tabulated).
    fn support(&self) -> Result<Vec<SupportInterval>, Error> {
        Ok(self.tabulated()?.support().to_vec())
    }

    /// Returns the atoms, ascending.
    ///
    /// # Errors
    ///
    /// As [`tabulated`](Self::tabulated).
    fn atoms(&self) -> Result<Vec<Atom>, Error> {
        Ok(self.tabulated()?.atoms().to_vec())
    }

    /// Returns the density of the absolutely continuous part at x: 0 outside the
    /// support, ∞ at a hard edge and wherever else it diverges at an end.
    ///
    /// # Errors
    ///
    /// x NaN, and as [`tabulated`](Self::tabulated).
    #[doc(alias = "pdf")]
    fn density(&self, x: f64) -> Result<f64, Error> {
        Ok(self.tabulated()?.density(arguments::not_nan("x", x)?))
    }

    /// Returns the distribution function $F(x) = \mu((-\infty, x\])$.
    ///
    /// # Errors
    ///
    /// x NaN, and as [`tabulated`](Self::tabulated).
    fn cdf(&self, x: f64) -> Result<f64, Error> {
        Ok(self.tabulated()?.cdf(arguments::not_nan("x", x)?))
    }

    /// Returns $1 - F(x)$, accurate in the upper tail.
    ///
    /// # Errors
    ///
    /// x NaN, and as [`tabulated`](Self::tabulated).
    #[doc(alias = "sf")]
    fn survival(&self, x: f64) -> Result<f64, Error> {
        Ok(self.tabulated()?.survival(arguments::not_nan("x", x)?))
    }

    /// Returns the smallest x with $F(x) \ge q$; for $q = 0$ the lower end of the
    /// support.
    ///
    /// # Errors
    ///
    /// q outside $\[0, 1\]$, and as [`tabulated`](Self::tabulated).
    #[doc(alias = "ppf")]
    #[doc(alias = "inverse cdf")]
    fn quantile(&self, q: f64) -> Result<f64, Error> {
        Ok(self.tabulated()?.quantile(arguments::probability("q", q)?))
    }

    /// Computes the moment $\int t^k\\,\mu(dt)$.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if it overflows, and as
    /// [`tabulated`](Self::tabulated).
    fn moment(&self, k: u32) -> Result<f64, Error> {
        cumulants::table_moment(self.tabulated()?, k)
    }

    /// Computes the free cumulant $\kappa_k$, for $k \ge 1$: $\kappa_1$ is the mean,
    /// $\kappa_2$ the variance.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if k is 0, above 64, or a moment overflows,
    /// and as [`tabulated`](Self::tabulated).
    fn free_cumulant(&self, k: u32) -> Result<f64, Error> {
        cumulants::check_order(k)?;
        let moments = (1..=k).map(|j| self.moment(j)).collect::<Result<Vec<_>, _>>()?;
        cumulants::finite(cumulants::from_moments(&moments)[k as usize - 1], k)
    }

    /// Computes the mean.
    ///
    /// # Errors
    ///
    /// As [`tabulated`](Self::tabulated).
    fn mean(&self) -> Result<f64, Error> {
        self.moment(1)
    }

    /// Computes the variance.
    ///
    /// # Errors
    ///
    /// As [`tabulated`](Self::tabulated).
    fn variance(&self) -> Result<f64, Error> {
        let mean = self.mean()?;
        Ok(self.tabulated()?.node_sum(|t| (t - mean).powi(2)))
    }
}

/// A solved law is a law.
impl SpectralLaw for TabulatedLaw {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        Ok(self)
    }
}

forward! {
    SpectralLaw for [&T, Box<T>, std::sync::Arc<T>] {
        fn tabulated(&self) -> Result<&TabulatedLaw, Error>;
        fn coarse(&self) -> Result<Option<&dyn Coarse>, Error>;
        fn is_table(&self) -> bool;
        fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error>;
        fn cauchy_with_derivative(&self, z: Complex64) -> Result<(Complex64, Complex64), Error>;
        fn cauchy(&self, z: Complex64) -> Result<Complex64, Error>;
        fn stieltjes(&self, z: Complex64) -> Result<Complex64, Error>;
        fn stieltjes_with_derivative(&self, z: Complex64) -> Result<(Complex64, Complex64), Error>;
        fn psi(&self, z: Complex64) -> Result<Complex64, Error>;
        fn chi(&self, s: f64) -> Result<f64, Error>;
        fn s_transform(&self, s: f64) -> Result<f64, Error>;
        fn r_transform(&self, s: f64) -> Result<f64, Error>;
        fn support(&self) -> Result<Vec<SupportInterval>, Error>;
        fn atoms(&self) -> Result<Vec<Atom>, Error>;
        fn density(&self, x: f64) -> Result<f64, Error>;
        fn cdf(&self, x: f64) -> Result<f64, Error>;
        fn survival(&self, x: f64) -> Result<f64, Error>;
        fn quantile(&self, q: f64) -> Result<f64, Error>;
        fn moment(&self, k: u32) -> Result<f64, Error>;
        fn free_cumulant(&self, k: u32) -> Result<f64, Error>;
        fn mean(&self) -> Result<f64, Error>;
        fn variance(&self) -> Result<f64, Error>;
    }
}

/// The queries of [`SpectralLaw`] and [`SpectralSums`](super::SpectralSums) as inherent
/// methods, for the types that people use without importing the traits.
macro_rules! inherent_queries {
    ($law:ty, $trait:ident: $(
        $(#[$doc:meta])* $name:ident($($arg:ident: $type:ty),*) -> $out:ty;
    )*) => {
        impl $law {$(
            $(#[$doc])*
            ///
            /// # Errors
            ///
            #[doc = concat!(
                "As every query; see [`", stringify!($trait), "::", stringify!($name), "`]",
                "(crate::law::", stringify!($trait), "::", stringify!($name), ").",
            )]
            pub fn $name(&self $(, $arg: $type)*) -> Result<$out, Error> {
                $crate::law::$trait::$name(self $(, $arg)*)
            }
        )*}
    };
    ($law:ty) => {
        inherent_queries! { $law, SpectralLaw:
            /// Returns the density of the absolutely continuous part at x: 0 outside the
            /// support, ∞ at an end where it diverges, as at a hard edge.
            #[doc(alias = "pdf")]
            density(x: f64) -> f64;
            /// Returns the distribution function $F(x) = \mu((-\infty, x\])$.
            cdf(x: f64) -> f64;
            /// Returns $1 - F(x)$, accurate in the upper tail.
            #[doc(alias = "sf")]
            survival(x: f64) -> f64;
            /// Returns the smallest x with $F(x) \ge q$, $q \in \[0, 1\]$.
            #[doc(alias = "ppf")]
            #[doc(alias = "inverse cdf")]
            quantile(q: f64) -> f64;
            /// Lists the intervals that carry the density, ascending, with their masses
            /// and the kinds of their edges.
            support() -> Vec<SupportInterval>;
            /// Lists the atoms, ascending.
            atoms() -> Vec<Atom>;
            /// Computes the moment $\int t^k\\,\mu(dt)$.
            moment(k: u32) -> f64;
            /// Computes the free cumulant $\kappa_k$, $k \ge 1$.
            free_cumulant(k: u32) -> f64;
            /// Computes the mean.
            mean() -> f64;
            /// Computes the variance.
            variance() -> f64;
            /// Computes the Cauchy transform $G(z) = \int \mu(dt)/(z - t)$; at a real z
            /// the boundary value from above.
            cauchy(z: Complex64) -> Complex64;
            /// Computes the Stieltjes transform $m(z) = -G(z)$.
            stieltjes(z: Complex64) -> Complex64;
            /// Computes the S-transform, for s in $(-(1 - \mu\lbrace 0 \rbrace), 0)$.
            s_transform(s: f64) -> f64;
            /// Computes the R-transform.
            r_transform(s: f64) -> f64;
        }
        inherent_queries! { $law, SpectralSums:
            /// Computes $\int f\\,d\mu$, atoms included, to 1e-10 of $\int |f|\\,d\mu$.
            expectation(f: &dyn Fn(f64) -> f64) -> f64;
            /// Computes $\int \frac{x}{x + \lambda}\\,d\mu$.
            effective_dimension(lambda: f64) -> f64;
            /// Computes $\int \log(x + \lambda)\\,d\mu$.
            #[doc(alias = "logdet")]
            log_determinant(lambda: f64) -> f64;
            /// Computes $\int \frac{d\mu}{x + \lambda} = m(-\lambda)$.
            inverse_trace(lambda: f64) -> f64;
            /// Computes $(x_+ + \lambda)/(x_- + \lambda)$, with $x_\pm$ the ends of the
            /// support, atoms included.
            condition_number(lambda: f64) -> f64;
        }
    };
}
pub(crate) use inherent_queries;
