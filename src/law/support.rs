//! What the support of a law consists of: intervals, their edges, atoms.

/// How a density behaves at an end of its support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EdgeKind {
    /// The density vanishes like the square root of the distance (a soft edge).
    SquareRoot,
    /// The edge is the image of an edge of the population law, and the density
    /// copies the behaviour of the population law there.
    Population,
    /// The hard edge at 0: the density grows like the inverse square root.
    Hard,
    /// Any other behaviour: the edges of a law that is not of generalised
    /// Marchenko–Pastur type.
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

/// An interval of the support of the absolutely continuous part of a law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupportInterval {
    /// Lower end.
    pub lower: Edge,
    /// Upper end.
    pub upper: Edge,
    /// Mass of the absolutely continuous part between them.
    pub mass: f64,
}

/// A point mass of a law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Atom {
    /// Where it lies.
    pub location: f64,
    /// Its mass.
    pub mass: f64,
}
