//! What the support of a law consists of: intervals, their edges, atoms.

/// How a density behaves at an end of its support.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{EdgeKind, MarchenkoPastur, SpectralLaw};
///
/// let lower = |ratio| Ok(MarchenkoPastur::new(ratio)?.support()?[0].lower.kind);
/// assert_eq!(lower(0.5)?, EdgeKind::SquareRoot);
/// assert_eq!(lower(1.0)?, EdgeKind::Hard);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
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
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{Edge, EdgeKind, MarchenkoPastur, SpectralLaw};
///
/// let upper = MarchenkoPastur::new(1.0)?.support()?[0].upper;
/// assert_eq!(upper, Edge { location: 4.0, kind: EdgeKind::SquareRoot });
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Where it lies.
    pub location: f64,
    /// How the density behaves there.
    pub kind: EdgeKind,
}

/// An interval of the support of the absolutely continuous part of a law.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
///
/// // Half of the mass is an atom at 0.
/// let support = MarchenkoPastur::new(2.0)?.support()?;
/// assert_eq!(support.len(), 1);
/// assert!((support[0].mass - 0.5).abs() < 1e-9);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct SupportInterval {
    /// Lower end.
    pub lower: Edge,
    /// Upper end.
    pub upper: Edge,
    /// Mass of the absolutely continuous part between them.
    pub mass: f64,
}

/// A point mass of a law.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{Atom, Discrete, SpectralLaw};
///
/// let law = Discrete::new(&[2.0, 0.0], &[0.75, 0.25])?;
/// assert_eq!(
///     law.atoms()?,
///     [Atom { location: 0.0, mass: 0.25 }, Atom { location: 2.0, mass: 0.75 }],
/// );
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Atom {
    /// Where it lies.
    pub location: f64,
    /// Its mass.
    pub mass: f64,
}
