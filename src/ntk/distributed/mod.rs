//! The kernel spread over processes.
//!
//! Rows of X are spread over the processes of a [`Group`], of which each
//! makes an [`NtkOperator`](super::NtkOperator) of its own rows, by
//! [`NtkBuilder::from_ensemble_rows`](super::NtkBuilder::from_ensemble_rows), or
//! of rows that it was handed. [`DistributedOperator`] puts them together. W and
//! D are the same on each. A product K v then takes one sum of d × p matrices
//! over the processes; vectors stay spread, and their inner products are summed.
//!
//! The program is the same on all processes, and each of them calls the same
//! functions in the same order: [`SymmetricOperator`](super::SymmetricOperator)
//! says how the algorithms see that.
#![cfg_attr(
    feature = "mpi",
    doc = "\n[`MpiGroup`] is the group of the processes that `mpirun` has started."
)]
#![cfg_attr(
    not(feature = "mpi"),
    doc = "\nWith the feature `mpi` a group is there for the processes that `mpirun` has started."
)]

mod group;
mod operator;

pub use group::{Alone, Group};
pub use operator::DistributedOperator;
