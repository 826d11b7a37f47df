//! Energies of σ′ on the sphere: how much of a row lies in which spherical harmonics.

use crate::Error;
use crate::activation::Activation;
use crate::numerics::spherical::{Projections, Sphere};

/// The energies of σ′(√s ξ), by the degree l of spherical harmonics in u (finite size, 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Energies {
    /// a_0, …, a_3.
    pub(super) a: [f64; 4],
    /// l = 0, one dimension.
    pub(super) constant: f64,
    /// l = 1, d dimensions.
    pub(super) degree_one: f64,
    /// l = 2 across v_k, times what makes E x_a² x_b² = 1: the operator K.
    pub(super) linear: f64,
    /// l = 2 along v_k.
    pub(super) linear_along: f64,
    /// l ≥ 3.
    pub(super) rest: f64,
    /// l ≥ 3 along v_k.
    pub(super) rest_along: f64,
    /// l = 3.
    pub(super) degree_three: f64,
    /// E φ².
    pub(super) second_moment: f64,
}

impl Energies {
    /// The energies at s in dimension d, for entries of X with E X⁴ = `kurtosis`.
    pub(super) fn new(
        sigma: &dyn Activation,
        dimension: usize,
        kurtosis: f64,
        s: f64,
    ) -> Result<Self, Error> {
        let d = dimension as f64;
        let sphere = Sphere::new(dimension);
        let root = s.sqrt();
        let kinks: Vec<f64> = sigma.kinks().iter().map(|kink| kink / root).collect();
        let Projections { a, beyond, turned, second_moment } =
            sphere.project(|xi| sigma.derivative(root * xi), &kinks)?;
        // The share of ξ q_{j−1} in degree j − 2, and what is left of it in degree j.
        let lowered = |j: f64| j / (2.0 * j + d - 2.0);
        let raised = |j: f64| (j + d - 2.0) / (2.0 * j + d - 2.0);
        let [second, third] = [2, 3].map(|j| sphere.recurrence(j).sqrt());
        // [(d−1)a1² + dℓ3 a3² − v2]/(d−1)·(1 + 2/d) is a square.
        let across = a[1] - (6.0 / ((d - 1.0) * (d + 4.0))).sqrt() * a[3];
        Ok(Self {
            a,
            constant: a[1] * a[1] / d,
            degree_one: a[0] * a[0] + lowered(2.0) * a[2] * a[2],
            linear: across * across / (1.0 + (kurtosis - 1.0) / d),
            linear_along: (second * a[1] + third * a[3]).powi(2),
            rest: beyond + raised(2.0) * a[2] * a[2] + raised(3.0) * a[3] * a[3],
            rest_along: turned,
            degree_three: a[2] * a[2] * d / (d + 2.0),
            second_moment,
        })
    }
}
