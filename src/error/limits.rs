//! `Limits`: a pointer to the limits of laws, for errors that are about one of them.

use std::fmt;

/// Says where the limits of computed laws are described, if `subject` is the population law
/// of a configuration: there a parameter can be changed.
pub(super) struct Limits(pub(super) &'static str);

impl fmt::Display for Limits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains("population law") {
            formatter
                .write_str("; which parameter to change, say the limits in guide::numerics")?;
        }
        Ok(())
    }
}
