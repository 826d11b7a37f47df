//! `Ntk`: checked and ready.

use std::sync::Arc;

use super::NtkWarning;
use super::slabs::Slabs;
use crate::Dimensions;
use crate::activation::{Activation, Centring};
use crate::watch::Watch;

/// The kernel of a finite network, checked and ready: X is copied,
/// $F D/\sqrt p$ is computed, matrices and eigenvalues follow on request.
///
/// Made by [`NtkBuilder::build`](super::NtkBuilder::build). Results are the same,
/// bit for bit, on any number of threads.
#[derive(Debug, Clone)]
pub struct Ntk {
    /// X
    pub(super) x: Slabs,
    /// F D/√p
    pub(super) f: Slabs,
    /// Also of a part of the neurons those of the whole.
    pub(super) dimensions: Dimensions,
    pub(super) activation: Arc<dyn Activation>,
    pub(super) centring: Centring,
    pub(super) warnings: Vec<NtkWarning>,
    pub(super) memory_limit: u64,
    pub(super) watch: Watch,
}

impl Ntk {
    /// Returns n, d and p.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// Returns whether φ or $\varphi - a_0$ stands in the kernel.
    #[must_use]
    pub fn centring(&self) -> Centring {
        self.centring
    }

    /// Lists what about X and W is far from the model, in which the limit holds; empty
    /// if nothing is.
    #[must_use]
    pub fn warnings(&self) -> &[NtkWarning] {
        &self.warnings
    }
}
