//! The Lanczos process, and the extreme eigenvalues it finds.
//!
//! From a unit vector $q_1$ the process makes an orthonormal basis of
//! $\operatorname{span}(q_1, A q_1, A^2 q_1, \dots)$ in which the operator A is
//! tridiagonal:
//!
//! $$ A q_j = \beta_{j-1} q_{j-1} + \alpha_j q_j + \beta_j q_{j+1} . $$
//!
//! In floating-point arithmetic the basis loses its orthogonality as soon as an
//! eigenvalue has converged, and eigenvalues are then found again and again.
//! Here every new vector is made orthogonal to all earlier ones
//! ([`Reorthogonalisation`]), so that there are no such ghosts. It costs 8n bytes
//! a step and $4nm$ operations in step m.
//!
//! | item | what it is |
//! | --- | --- |
//! | [`Lanczos`] | some steps from a given vector: a [`JacobiMatrix`] |
//! | [`ExtremeEigenvalues`] | the largest and smallest eigenvalues with residual bounds |
//! | [`Probe`] | seeded vectors of random signs |
//!
//! The distribution of all eigenvalues is estimated by
//! [`StochasticQuadrature`](crate::empirical::StochasticQuadrature).

mod extremes;
mod jacobi;
mod probe;
mod process;
mod run;

pub use extremes::{ExtremeEigenvalues, Extremes, RitzValue};
pub use jacobi::JacobiMatrix;
pub use probe::Probe;
pub(crate) use process::Process;
pub use run::{Lanczos, Reorthogonalisation};
