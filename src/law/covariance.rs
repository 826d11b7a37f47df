//! `Covariance`: the law H of the eigenvalues of a covariance S, checked.

use super::{SpectralLaw, TabulatedLaw};
use crate::numerics::complex::power_of_two;
use crate::{Error, arguments};

/// Relative distance of the mean from 1 that the rounding of a long sum explains.
const ROUNDING: f64 = 1e-12;

/// The law H by which the rows of X are scaled, off 0.
#[derive(Debug, Clone)]
pub(super) struct Covariance {
    /// H with lengths in a power of two near its upper end, which is `unit`.
    pub(super) table: TabulatedLaw,
    pub(super) unit: f64,
    /// The scales s > 0 in that unit, ascending, with their weights: the atoms, and nodes
    /// that stand for the density.
    pub(super) scales: Vec<(f64, f64)>,
    /// ∫ s dH in that unit.
    pub(super) mean: f64,
    /// ∫ s² dH / (∫ s dH)² = d/d_eff.
    pub(super) h2: f64,
}

impl Covariance {
    pub(super) fn new(law: &dyn SpectralLaw) -> Result<Self, Error> {
        let table = law.tabulated()?;
        let lower = table.lower_end();
        let name = "the smallest eigenvalue of the covariance";
        arguments::parameter(name, lower, lower >= 0.0, "a number, at least 0")?;
        let upper = table.upper_end();
        let name = "the largest eigenvalue of the covariance";
        let allowed = "a normal number above 0: a covariance that is not 0";
        arguments::parameter(name, upper, upper > 0.0 && upper.is_normal(), allowed)?;
        let unit = power_of_two(upper);
        let table = table.in_unit(unit);
        let atoms = table.atoms().iter().map(|atom| (atom.location, atom.mass));
        let nodes = table.pieces.iter().flat_map(|piece| piece.nodes.into_iter().zip(piece.masses));
        let mut scales: Vec<_> = atoms.chain(nodes).filter(|s| s.0 > 0.0 && s.1 > 0.0).collect();
        scales.sort_by(|l, r| l.0.total_cmp(&r.0));
        let (mean, second) = (table.node_sum(|s| s), table.node_sum(|s| s * s));
        // Cauchy and Schwarz, in numbers.
        let h2 = (second / mean / mean).max(1.0);
        arguments::parameter("the mean of the covariance", unit * mean, h2.is_finite(), allowed)?;
        Ok(Self { table, unit, scales, mean, h2 })
    }

    /// √v with v the mean: the standard deviation of preactivations. 1 up to rounding is 1.
    pub(super) fn deviation(&self) -> f64 {
        let mean = self.unit * self.mean;
        if (mean - 1.0).abs() <= ROUNDING { 1.0 } else { mean.sqrt() }
    }

    /// Mass off 0.
    pub(super) fn mass(&self) -> f64 {
        self.table.mass_off_zero()
    }

    /// Whether it is the identity, up to rounding.
    pub(super) fn is_identity(&self) -> bool {
        self.is_projection() && self.mass() == 1.0 && self.deviation() == 1.0
    }

    /// Whether it is a multiple of a projection.
    pub(super) fn is_projection(&self) -> bool {
        self.scales.len() == 1
    }
}
