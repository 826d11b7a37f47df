//! The law of the kernel at given n, d and p.
//!
//! | step | file |
//! | --- | --- |
//! | energies of σ′ in spherical harmonics | `energies` |
//! | scales of rows and columns | `scales` |
//! | the operator K of the linear part, by an integral over a line | `operator`, `line`, `places` |
//! | six equations, solved at one z | `system`, `solver`, `linear`; moments in `moments` |
//! | rows, for ridge regression | `responses` |
//! | the law, its table, its parts | `prepared`, `law`, `resolution`, `smoothed`, `table`, `bulk`, `outliers` |

mod bulk;
mod energies;
mod law;
mod line;
mod linear;
mod moments;
mod operator;
mod outliers;
mod places;
mod prepared;
mod resolution;
mod responses;
mod scales;
mod smoothed;
mod solver;
mod system;
mod table;

pub use bulk::FiniteBulk;
pub use law::FiniteSpectrum;
pub use outliers::{FiniteOutliers, OutlierMean};
pub use prepared::FiniteEnergies;
pub use resolution::Resolution;
pub use smoothed::SmoothedLaw;
