//! A law conditioned on (0, ∞).

use super::{SpectralLaw, TabulatedLaw};
use crate::Error;

/// The law $\mu(\\,\cdot \mid (0, \infty))$: what is left of μ without its atom
/// at 0, at total mass 1.
///
/// $$ \mu^+ = \frac{\mu - \mu\lbrace 0 \rbrace\\, \delta_0}{1 - \mu\lbrace 0 \rbrace} . $$
///
/// It is what the positive eigenvalues of a rank-deficient matrix are compared
/// with: their number is known, and the atom says nothing about where they lie.
/// Conventions of the transforms: [`SpectralLaw`].
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{MarchenkoPastur, PositivePart, SpectralLaw};
///
/// let law = MarchenkoPastur::new(4.0)?;
/// let positive = PositivePart::new(&law)?;
/// assert!((positive.mass() - 0.25).abs() < 1e-12);
/// assert!((positive.mean()? - 4.0).abs() < 1e-11);
/// assert!((positive.density(3.0)? - 4.0 * law.density(3.0)?).abs() < 1e-9);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PositivePart {
    table: TabulatedLaw,
    mass: f64,
}

impl PositivePart {
    /// Conditions `law` on (0, ∞).
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] if `law` is $\delta_0$, and as
    /// [`SpectralLaw::tabulated`] of `law`.
    pub fn new(law: &(impl SpectralLaw + ?Sized)) -> Result<Self, Error> {
        let (table, mass) = law.tabulated()?.positive_part().ok_or(Error::InvalidParameter {
            name: "mass of law on (0, ∞)",
            value: 0.0,
            allowed: "a number above 0",
        })?;
        Ok(Self { table, mass })
    }

    /// Returns the mass $1 - \mu\lbrace 0 \rbrace$ that μ has on (0, ∞).
    #[must_use]
    pub fn mass(&self) -> f64 {
        self.mass
    }
}

impl SpectralLaw for PositivePart {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        Ok(&self.table)
    }
}
