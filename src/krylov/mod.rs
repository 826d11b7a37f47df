//! Krylov methods: what products with a symmetric operator tell of its spectrum.
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
//! | [`StochasticQuadrature`] | the distribution of all eigenvalues, estimated: a [`SpectralEstimate`](crate::empirical::SpectralEstimate); with [`Checkpoint`]s |
//! | [`RidgeSolver`] | $(A + \lambda)^{-1} y$ by conjugate gradients, with or without outliers set aside |
//! | [`Probe`] | seeded vectors of random signs |
//! | [`SymmetricOperator`] | what all of them are applied to: matrices, kernels, one's own |
//! | [`Layout`], [`Communicator`] | vectors spread over processes |

//!
//! # Several processes
//!
//! The program is the same on all processes of a [`Communicator`], and each of them
//! calls the same functions in the same order. An operator's [`Layout`] says what each
//! process holds of a vector; inner products are summed over the processes, and
//! everything else stays as it is on one. [`SingleProcess`] is the communicator of one.
//!
//! **Errors.** A kernel that one process cannot build, an observer that cancels,
//! memory that does not suffice, a file that cannot be read or written: such an error
//! of one process is agreed upon and ends the call on all,
//! [`Error::OtherRankFailed`](crate::Error::OtherRankFailed) on the others
//! ([`Error::Cancelled`](crate::Error::Cancelled) when it was an observer).
//! [`Error::RanksDisagree`](crate::Error::RanksDisagree) comes on all of them, when
//! they do not compute the same: another W, D or activation, other steps, probes or
//! seeds. What cannot be told to the others, such as a panic, has to end the job.
#![cfg_attr(
    feature = "mpi",
    doc = "
**With MPI**, the feature `mpi`, [`MpiCommunicator`] is the communicator of the processes that
`mpirun` has started, and [`MpiCommunicator::run`] ends all of them when one fails, whatever
the reason. It needs an MPI library with its headers and libclang; of Debian, the
packages `libopenmpi-dev`, `openmpi-bin` and `libclang-dev`.

```text
cargo build --release --features mpi --example distributed_spectrum
mpirun -n 2 target/release/examples/distributed_spectrum
```

One process a machine computes on all its threads; results do not depend on their
number. Open MPI binds a process to one core, or to one socket when there are more
than two, and then there are only so many threads. With one process on each of four
machines of the file `hosts`,

```text
mpirun -n 4 --hostfile hosts --map-by node --bind-to none PROGRAM
```

and with r processes on a machine of c cores `-x RAYON_NUM_THREADS=`c/r besides, or
each process starts a thread for each core.
"
)]
#![cfg_attr(
    not(feature = "mpi"),
    doc = "\nWith the feature `mpi` there is a communicator of the processes that `mpirun` has started."
)]

mod agreement;
mod blocks;
mod checkpoint;
mod communicator;
mod components;
mod conjugate_gradients;
mod deflation;
mod dense;
mod extremes;
mod jacobi;
mod lanczos;
mod layout;
#[cfg(feature = "mpi")]
mod mpi;
mod probe;
mod process;
mod quadrature;
mod reorthogonalisation;
mod ridge_solver;
mod ritz;
mod search;
mod space;
mod state;
mod symmetric;

pub(crate) use agreement::same;
pub(crate) use blocks::{block_shapes, row_strips};
pub use checkpoint::Checkpoint;
pub use communicator::{Communicator, SingleProcess};
pub(crate) use components::Components;
pub use extremes::{ExtremeEigenvalues, Extremes};
pub use jacobi::JacobiMatrix;
pub use lanczos::Lanczos;
pub use layout::Layout;
#[cfg(feature = "mpi")]
pub use mpi::MpiCommunicator;
pub use probe::Probe;
pub(crate) use process::Process;
pub(crate) use quadrature::Findings;
pub use quadrature::StochasticQuadrature;
pub use reorthogonalisation::Reorthogonalisation;
pub use ridge_solver::{RidgeSolution, RidgeSolver};
pub use ritz::RitzValue;
pub(crate) use space::{KrylovSpace, Limits};
pub use symmetric::SymmetricOperator;
pub(crate) use symmetric::smaller_of;
