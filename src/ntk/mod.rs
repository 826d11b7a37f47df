//! The kernel of a finite network.
//!
//! $$ K = \tfrac1d X X^\top \circ \tfrac1p F D^2 F^\top , \qquad
//! F = \varphi\\!\left(\tfrac{XW}{\sqrt d}\right), \quad \varphi = \sigma^\prime , $$
//!
//! for $X \in \mathbb R^{n \times d}$, $W \in \mathbb R^{d \times p}$ and diagonal
//! D; ∘ is the entrywise product. $K = J J^\top$ for the Jacobian
//! $J \in \mathbb R^{n \times dp}$ with rows $D \varphi \otimes x_i / \sqrt{dp}$, so K is
//! positive semidefinite of rank at most dp, and $J^\top J$ has the same non-zero
//! eigenvalues.
//!
//! [`NtkBuilder`] takes X, W, D and σ, from a sample of an
//! [ensemble](crate::ensemble) or one's own, and checks them. It makes
//!
//! | item | what it is | n up to |
//! | --- | --- | --- |
//! | [`Ntk`] | matrices and all eigenvalues | some 10⁴: 8n² bytes, n³ operations |
//! | [`NtkOperator`] | products K v, never K | some 10⁶: 8n(d + p) bytes, 4ndp operations a product |
//! | [`DistributedOperator`] | the same, rows of X spread over processes | what the machines hold |
//!
//! Both operators are [`SymmetricOperator`](crate::krylov::SymmetricOperator)s, whose
//! spectra the methods of [`krylov`](crate::krylov) explore.

mod builder;
mod contraction;
mod dense;
mod distributed;
mod eigenvalues;
mod features;
mod gram;
mod gram_operator;
mod inspection;
mod jacobian;
mod kernel;
mod operator;
mod slabs;
mod source;
mod standardise;
mod tile;
mod warning;

pub use builder::NtkBuilder;
pub use distributed::DistributedOperator;
pub use features::FeatureStorage;
pub use kernel::Ntk;
pub use operator::NtkOperator;
pub use standardise::InputScaling;
pub use warning::NtkWarning;
