//! `Ntk`: checked and ready.

use super::NtkWarning;
use super::panels::Panels;
use crate::observer::Watch;

/// The kernel of a finite network, checked and ready: X is copied,
/// $F D/\sqrt p$ is computed, matrices and eigenvalues follow on request.
///
/// Made by [`NtkBuilder::build`](super::NtkBuilder::build). Results are the same,
/// bit for bit, on any number of threads.
#[derive(Debug, Clone)]
pub struct Ntk {
    /// X
    pub(super) x: Panels,
    /// F D/√p
    pub(super) f: Panels,
    /// Whether F holds φ − a0.
    pub(super) centred: bool,
    pub(super) warnings: Vec<NtkWarning>,
    pub(super) memory_limit: u64,
    pub(super) watch: Watch,
}

impl Ntk {
    /// Number of samples.
    #[must_use]
    pub fn n(&self) -> usize {
        self.x.rows()
    }

    /// Dimension of the inputs.
    #[must_use]
    pub fn d(&self) -> usize {
        self.x.columns()
    }

    /// Number of neurons.
    #[must_use]
    pub fn p(&self) -> usize {
        self.f.columns()
    }

    /// n/(dp).
    #[must_use]
    pub fn gamma1(&self) -> f64 {
        self.n() as f64 / (self.d() as f64 * self.p() as f64)
    }

    /// p/d.
    #[must_use]
    pub fn gamma2(&self) -> f64 {
        self.p() as f64 / self.d() as f64
    }

    /// Whether $\varphi - a_0$ stands in place of φ.
    #[must_use]
    pub fn has_centred_derivative(&self) -> bool {
        self.centred
    }

    /// What about X and W is far from the model, in which the limit holds; empty
    /// if nothing is.
    #[must_use]
    pub fn warnings(&self) -> &[NtkWarning] {
        &self.warnings
    }
}
