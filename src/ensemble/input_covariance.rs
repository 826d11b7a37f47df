//! `InputCovariance`: the covariance of the rows of X.

use ndarray::{Array2, Axis};
use rand::Rng;

use super::input::{Gaussian, InputLaw};
use super::streams::{Matrix, Rows};
use crate::law::Discrete;
use crate::watch::Watch;
use crate::{Error, arguments};

/// The covariance S of the rows of X, $x = S^{1/2} g$ with g of independent standard entries:
/// its d eigenvalues, along the axes or along random directions.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::ensemble::{InputCovariance, TwoLayerEnsemble};
/// use ntk_spectrum::{Dimensions, LimitingSpectrum};
///
/// let eigenvalues: Vec<f64> = (0..40).map(|k| if k < 20 { 0.4 } else { 1.6 }).collect();
/// let covariance = InputCovariance::new(&eigenvalues)?.with_rotation();
/// let ensemble =
///     TwoLayerEnsemble::new(Dimensions::new(1120, 40, 40)?, Relu).with_covariance(covariance);
/// let x = ensemble.sample()?;
/// assert_eq!(x.x().dim(), (1120, 40));
/// // Its law knows the covariance.
/// let law = LimitingSpectrum::from_ensemble(&ensemble);
/// assert!((law.population().covariance_moments()?.1 - 1.36).abs() < 1e-12);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct InputCovariance {
    eigenvalues: Vec<f64>,
    law: Discrete,
    rotated: bool,
}

impl InputCovariance {
    /// Takes the eigenvalues, one for each column of X, in the order of the columns. They need
    /// not have mean 1.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] without any, [`Error::InvalidEntry`] for one that is negative
    /// or not finite, [`Error::InvalidParameter`] unless one is above 0.
    pub fn new(eigenvalues: &[f64]) -> Result<Self, Error> {
        let law = Discrete::from_eigenvalues(eigenvalues)?;
        let largest = eigenvalues.iter().fold(0.0, |most: f64, s| most.max(*s));
        let name = "the largest eigenvalue of the covariance";
        arguments::positive(name, largest)?;
        Ok(Self { eigenvalues: eigenvalues.to_vec(), law, rotated: false })
    }

    /// Turns the eigenvectors from the axes to random directions, uniformly distributed, by
    /// the seed of the ensemble.
    #[must_use]
    pub fn with_rotation(self) -> Self {
        Self { rotated: true, ..self }
    }

    /// Returns the eigenvalues, in the order of the columns.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// Returns the law of the eigenvalues.
    #[must_use]
    pub fn law(&self) -> &Discrete {
        &self.law
    }

    /// Gives rows of independent entries this covariance: g to $g \sqrt{S}$, or
    /// $g \sqrt{S}\\,Q$.
    pub(super) fn apply(
        &self,
        rows: &mut Array2<f64>,
        seed: u64,
        watch: &Watch,
    ) -> Result<(), Error> {
        let d = rows.ncols();
        let reason = "one for each column of X";
        arguments::same_size("eigenvalues", self.eigenvalues.len(), d, reason)?;
        let deviations: Vec<f64> = self.eigenvalues.iter().map(|s| s.sqrt()).collect();
        for mut row in rows.rows_mut() {
            row.iter_mut().zip(&deviations).for_each(|(entry, deviation)| *entry *= deviation);
        }
        if !self.rotated {
            return Ok(());
        }
        let q = rotation(d, seed, watch)?;
        // Row by row and in one order, so that a range of rows is that of the whole.
        for mut row in rows.rows_mut() {
            let along = row.to_vec();
            row.fill(0.0);
            for (share, direction) in along.iter().zip(q.rows()) {
                row.scaled_add(*share, &direction);
            }
        }
        Ok(())
    }
}

/// A uniformly distributed orthogonal matrix: Gaussian rows, made orthogonal one after the
/// other, twice against rounding.
fn rotation(d: usize, seed: u64, watch: &Watch) -> Result<Array2<f64>, Error> {
    let entry = |rng: &mut dyn Rng| Gaussian.sample(rng);
    let mut q =
        Rows { matrix: Matrix::Rotation, seed, columns: d, entry: &entry }.draw(0..d, watch)?;
    for i in 0..d {
        let (before, mut rest) = q.view_mut().split_at(Axis(0), i);
        let mut row = rest.row_mut(0);
        for _ in 0..2 {
            for direction in before.rows() {
                let overlap = direction.dot(&row);
                row.scaled_add(-overlap, &direction);
            }
            let length = row.dot(&row).sqrt();
            row.mapv_inplace(|entry| entry / length);
        }
    }
    Ok(q)
}
