//! Laws with finitely many atoms.

use super::{Atom, SpectralLaw, TabulatedLaw};
use crate::{Error, arguments};

/// A law $\sum_k w_k \delta_{t_k}$ on $[0, \infty)$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{Discrete, GeneralizedMarchenkoPastur, SpectralLaw};
///
/// let population = Discrete::new(&[1.0, 10.0], &[0.5, 0.5])?;
/// let law = GeneralizedMarchenkoPastur::new(5.0, population)?;
/// assert_eq!(law.support()?.len(), 2);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Discrete {
    table: TabulatedLaw,
}

impl Discrete {
    /// Takes the law with the given locations and weights; equal locations are merged.
    ///
    /// # Errors
    ///
    /// A location that is negative or not finite, a weight that is negative,
    /// weights that do not sum to 1 within 1e-9, lists that are empty or differ
    /// in length.
    pub fn new(locations: &[f64], weights: &[f64]) -> Result<Self, Error> {
        arguments::non_empty("locations", locations.len())?;
        let valid = |t: f64| t >= 0.0 && t.is_finite();
        arguments::entries("locations", locations, valid, "a finite number, at least 0")?;
        let weights = arguments::normalised_weights("weights", weights, locations.len())?;
        let atoms = locations.iter().zip(&weights).filter(|(_, mass)| **mass > 0.0);
        let atoms = atoms.map(|(&location, &mass)| Atom { location, mass });
        Ok(Self { table: TabulatedLaw::discrete(atoms.collect()) })
    }

    /// Takes the law $\frac1d \sum_i \delta_{s_i}$ of d eigenvalues, in any order.
    ///
    /// # Errors
    ///
    /// An eigenvalue that is negative or not finite, no eigenvalue.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::law::{Discrete, SpectralLaw};
    ///
    /// let law = Discrete::from_eigenvalues(&[3.0, 0.0, 0.0, 3.0])?;
    /// assert_eq!((law.mean()?, law.atoms()?.len()), (1.5, 2));
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_eigenvalues(eigenvalues: &[f64]) -> Result<Self, Error> {
        arguments::non_empty("eigenvalues", eigenvalues.len())?;
        let valid = |t: f64| t >= 0.0 && t.is_finite();
        arguments::entries("eigenvalues", eigenvalues, valid, "a finite number, at least 0")?;
        let mass = 1.0 / eigenvalues.len() as f64;
        let atoms = eigenvalues.iter().map(|&location| Atom { location, mass });
        Ok(Self { table: TabulatedLaw::discrete(atoms.collect()) })
    }
}

impl SpectralLaw for Discrete {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        Ok(&self.table)
    }
}
