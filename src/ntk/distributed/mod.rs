//! The kernel spread over processes.
//!
//! Rows of X are spread over the processes of a [`Group`], of which each
//! makes an [`NtkOperator`](super::NtkOperator) of its own rows, by
//! [`NtkBuilder::from_ensemble_rows`](super::NtkBuilder::from_ensemble_rows), or
//! of rows that it was handed. [`DistributedOperator`] puts them together. W and
//! D are the same on each. A product K v then takes one sum of d × p matrices
//! over the processes; vectors stay spread, and their inner products are summed.
//! (Of JᵀJ, where n > dp, each process holds whole vectors, and computes the same
//! with them; that wants processors of one kind.)
//!
//! The program is the same on all processes, and each of them calls the same
//! functions in the same order: [`SymmetricOperator`](super::SymmetricOperator)
//! says how the algorithms see that.
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
**With MPI**, the feature `mpi`, [`MpiGroup`] is the group of the processes that
`mpirun` has started, and [`MpiGroup::run`] ends all of them when one fails, whatever
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
    doc = "\nWith the feature `mpi` there is a group of the processes that `mpirun` has started."
)]

mod group;
#[cfg(feature = "mpi")]
mod mpi;
mod operator;

pub(super) use group::gather;
pub use group::{Alone, Group};
#[cfg(feature = "mpi")]
pub use mpi::MpiGroup;
pub use operator::DistributedOperator;
