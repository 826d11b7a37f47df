//! The kernel of a finite network.
//!
//! $$ K = \tfrac1d X X^\top \circ \tfrac1p F D^2 F^\top , \qquad
//! F = \varphi\!\left(\tfrac{XW}{\sqrt d}\right), \quad \varphi = \sigma^\prime , $$
//!
//! for $X \in \mathbb R^{n \times d}$, $W \in \mathbb R^{d \times p}$ and diagonal
//! D; ∘ is the entrywise product. $K = J J^\top$ for the Jacobian
//! $J \in \mathbb R^{n \times dp}$ with rows $D \varphi \otimes x_i / \sqrt{dp}$, so K is
//! positive semidefinite of rank at most dp, and $J^\top J$ has the same non-zero
//! eigenvalues.
//!
//! [`NtkBuilder`] takes X, W, D and σ, from a sample of an
//! [ensemble](crate::ensemble) or one's own, and checks them; the [`Ntk`] it
//! makes gives matrices and eigenvalues.

mod builder;
mod checks;
mod dense;
mod eigenvalues;
mod jacobian;
mod kernel;
mod panels;
mod standardise;
mod tile;
mod warning;

pub use builder::NtkBuilder;
pub use kernel::Ntk;
pub use warning::NtkWarning;
