//! The Marchenko–Pastur law.

use std::f64::consts::PI;
use std::sync::{Arc, OnceLock};

use num_complex::Complex64;

use super::stretch::Stretch;
use super::{Atom, Edge, EdgeKind, SpectralLaw, TabulatedLaw, cumulants, tolerance, transforms};
use crate::numerics::complex::reciprocal;
use crate::numerics::piece::Accuracy;
use crate::{Error, arguments};

/// The Marchenko–Pastur law of ratio γ: the limiting spectral law of $\frac1N G
/// G^\top$, $G \in \mathbb R^{n \times N}$ with standard entries, $n/N \to
/// \gamma$.
///
/// $$ \rho(x) = \frac{\sqrt{(\lambda_+ - x)(x - \lambda_-)}}{2\pi\gamma x},
/// \qquad \lambda_\pm = (1 \pm \sqrt\gamma)^2, $$
///
/// with an atom $1 - 1/\gamma$ at 0 if $\gamma > 1$. Mean 1, free cumulants
/// $\gamma^{k-1}$: it is [`GeneralizedMarchenkoPastur`](super::GeneralizedMarchenkoPastur)
/// over the population law $\delta_1$. (The law written $\mathrm{MP}^{(\gamma)}$ in
/// the [theory](crate::guide::theory), the limit of $\frac1N G^\top G$, is $\gamma$ times this one
/// plus $(1 - \gamma)\delta_0$.)
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
///
/// let law = MarchenkoPastur::new(4.0)?;
/// assert_eq!(law.atoms()?[0].mass, 0.75);
/// assert!((law.moment(2)? - 5.0).abs() < 1e-12);
/// assert!((law.cdf(20.0)? - 1.0).abs() < 1e-12);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
///
/// Source: V. A. Marchenko and L. A. Pastur, Math. USSR Sb. 1 (1967) 457,
/// doi:10.1070/SM1967v001n04ABEH001994.
#[doc(alias = "Wishart")]
#[doc(alias = "MP")]
#[derive(Debug, Clone)]
pub struct MarchenkoPastur {
    ratio: f64,
    table: Arc<OnceLock<Result<TabulatedLaw, Error>>>,
}

/// Equal in ratio.
impl PartialEq for MarchenkoPastur {
    fn eq(&self, other: &Self) -> bool {
        self.ratio == other.ratio
    }
}

impl MarchenkoPastur {
    /// Takes the law of ratio `ratio`.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless `ratio` is finite and above 0.
    pub fn new(ratio: f64) -> Result<Self, Error> {
        Ok(Self { ratio: arguments::positive("ratio", ratio)?, table: Arc::default() })
    }

    /// Returns the edges $(1 \pm \sqrt\gamma)^2$.
    #[must_use]
    pub fn edges(&self) -> (f64, f64) {
        let root = self.ratio.sqrt();
        ((1.0 - root).powi(2), (1.0 + root).powi(2))
    }

    /// $\sqrt{z - \lambda_-}\sqrt{z - \lambda_+}$, the branch that behaves like z.
    fn root(&self, z: Complex64) -> Complex64 {
        let (lower, upper) = self.edges();
        (z - lower).sqrt() * (z - upper).sqrt()
    }

    fn closed_density(&self, x: f64) -> f64 {
        let (lower, upper) = self.edges();
        if x == 0.0 && lower == 0.0 {
            return f64::INFINITY;
        }
        if !(x > lower && x < upper) {
            return 0.0;
        }
        ((upper - x) * (x - lower)).sqrt() / (2.0 * PI * self.ratio * x)
    }
}

impl SpectralLaw for MarchenkoPastur {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        let solve = || {
            let (lower, upper) = self.edges();
            let kind = if lower == 0.0 { EdgeKind::Hard } else { EdgeKind::SquareRoot };
            let stretch = Stretch {
                lower: Edge { location: lower, kind },
                upper: Edge { location: upper, kind: EdgeKind::SquareRoot },
                breaks: Vec::new(),
            };
            let atom = Atom { location: 0.0, mass: (1.0 - 1.0 / self.ratio).max(0.0) };
            let accuracy = Accuracy {
                relative: tolerance::DEFAULT,
                mass: 1e-3 * tolerance::DEFAULT,
                counted: &[],
            };
            let table = TabulatedLaw::tabulate(&[stretch], vec![atom], accuracy, &|point, _| {
                let x = point.x();
                Ok((self.closed_density(x), Complex64::ZERO))
            })?;
            // The support of a tiny or huge ratio is too narrow for the numbers around it.
            let mass: f64 = table.support().iter().map(|interval| interval.mass).sum();
            let (identity, expected) = ("the mass of the law off 0", self.ratio.recip().min(1.0));
            tolerance::consistent(identity, expected, mass, tolerance::DEFAULT)?;
            Ok(table)
        };
        self.table.get_or_init(solve).as_ref().map_err(Clone::clone)
    }

    fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        // There is no atom but at 0, which T does not see.
        arguments::point("z", z)?;
        // T = 2/(z − 1 − γ + R) and T′ = −T/R, with R² = (z−λ₋)(z−λ₊).
        let root = self.root(z);
        let t = reciprocal(0.5 * (z - 1.0 - self.ratio) + 0.5 * root);
        transforms::finite(z, (t, -t * reciprocal(root)))
    }

    fn cauchy_with_derivative(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        arguments::point("z", z)?;
        // The roots 2/(p + R) = (p − R)/(2γz), p = z + γ − 1, of γzG² − pG + 1 = 0, each
        // where it does not cancel; G′ = −G(1 − γG)/R.
        let (root, p) = (self.root(z), z + (self.ratio - 1.0));
        let g = if (p * root.conj()).re >= 0.0 {
            reciprocal(0.5 * p + 0.5 * root)
        } else {
            (p - root) * reciprocal(2.0 * self.ratio * z)
        };
        transforms::finite(z, (g, -g * (1.0 - self.ratio * g) * reciprocal(root)))
    }

    fn density(&self, x: f64) -> Result<f64, Error> {
        Ok(self.closed_density(arguments::not_nan("x", x)?))
    }

    fn moment(&self, k: u32) -> Result<f64, Error> {
        if k == 0 {
            return Ok(1.0);
        }
        cumulants::moment(k, |j| self.free_cumulant(j))
    }

    fn free_cumulant(&self, k: u32) -> Result<f64, Error> {
        cumulants::check_order(k)?;
        cumulants::finite(self.ratio.powi(k as i32 - 1), k)
    }

    fn variance(&self) -> Result<f64, Error> {
        Ok(self.ratio)
    }
}
