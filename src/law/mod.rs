//! Probability laws on [0, ∞) as analytic objects.

mod companion;
mod population;
mod slice;
mod tabulated;

pub use population::Population;
pub use tabulated::TabulatedLaw;

/// How a law behaves at an end of its support.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum EdgeKind {
    /// The density vanishes like the square root of the distance.
    SquareRoot,
    /// The density copies the behaviour of the population law at its own edge.
    Population,
    /// The hard edge at 0: the density grows like the inverse square root.
    Hard,
    /// Any other behaviour.
    Unclassified,
}

/// An end of an interval of the support.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Where it lies.
    pub location: f64,
    /// How the density behaves there.
    pub kind: EdgeKind,
}

/// An interval of the support of the absolutely continuous part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupportInterval {
    /// Lower end.
    pub lower: Edge,
    /// Upper end.
    pub upper: Edge,
    /// Mass of the absolutely continuous part in it.
    pub mass: f64,
}

/// A point mass.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Atom {
    /// Where it lies.
    pub location: f64,
    /// Its mass.
    pub mass: f64,
}
