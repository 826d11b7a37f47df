//! X and W held against the model.
//!
//! Everything is one pass over X for each figure, at most $nd \min(d, 256)$ operations where
//! the kernel takes $n^2 (d + p)/2$; sums run in one order, so that figures do not depend on
//! the number of threads.

mod bounds;
mod centred;
mod columns;
mod duplicates;
mod inputs;
mod rows;
mod spike;
mod spread;
mod weights;

pub(super) use inputs::input_warnings;
pub(super) use weights::weight_warnings;
