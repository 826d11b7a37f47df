//! The law of D² as the limiting law sees it: a quadrature.

use num_complex::Complex64;

use super::bounded;
use crate::{Error, arguments};

/// Mass next to 0 that no rule has to resolve.
pub(super) const LOWER_TAIL: f64 = 1e-13;

/// An end of the support next to which so much mass lies that distances from it count.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct SteepEnd {
    pub(crate) t: f64,
    /// The distance within which D² lies with probability `LOWER_TAIL`, roughly.
    pub(crate) depth: f64,
}

/// Nodes of a boundary rule as distances from ends of the support.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Anchored {
    pub(super) ends: Vec<SteepEnd>,
    /// For each node an end of the support, and how far from it the node is.
    pub(super) offsets: Vec<(f64, Complex64)>,
}

/// The law of D², represented by quadratures.
///
/// Two quadratures stand side by side, because two kinds of integrand occur.
///
/// - [`nodes`](Self::nodes) and [`weights`](Self::weights): real, positive,
///   exact to rounding for smooth functions of D² (moments). For a law with a
///   density it is the Gauss rule with −log(tolerance) nodes, about 30.
/// - [`boundary_rule`](Self::boundary_rule): complex nodes t_i on arcs that
///   leave the real axis downwards between the ends of the support, weights
///   ω_i. `Σ ω_i f(t_i) = E f(D²)` to rounding for `f(t) = 1/(ζ − t)` and its
///   likes at **every** ζ of the closed upper half-plane, however close to the
///   support. For atoms it is the atoms themselves.
///
/// # Accuracy
/// For a law with a density on \[r1, r2\] (of |D|) the arcs are half-circles in
/// the plane of t = D², parametrised by y = log((t − r1²)/(r2² − t)) = x − iπ/2,
/// and the rule is the trapezoidal rule in x. A pole at ζ changes it by
/// about tolerance × density(ζ): the relative error is the tolerance for all
/// ζ whose distance from an end at 0 exceeds 1e-10 of the support, and for ζ
/// at the relative distance ε from an end elsewhere it is the tolerance or
/// some 1e-16/ε, the effect of rounding in ζ and the nodes. The number of nodes
/// is proportional to −log(tolerance): some 200 for 1e-13, twice that when
/// the interval of D contains 0 off its middle, since |D| then has a density
/// in two pieces. Where the density's continuation grows off the axis (a
/// narrow normal law) the arcs are flatter.
///
/// # One's own laws
/// [`from_atoms`](Self::from_atoms), [`from_density`](Self::from_density) and
/// [`from_histogram`](Self::from_histogram) make the rules that an own
/// [`DiagonalLaw`](super::DiagonalLaw) returns. Those of a density known at real points are
/// as above, with a series for its continuation; those of a histogram run straight
/// down from each edge and across below the bins, so that two bins share the nodes at the
/// edge between them.
///
/// # Examples
/// ```
/// use ntk_spectrum::diagonal::{DiagonalLaw, Uniform};
/// use num_complex::Complex64;
///
/// # fn main() -> Result<(), ntk_spectrum::Error> {
/// let law = Uniform::new(0.0, 1.0)?.square_law(1e-13)?;
/// // E[1/(ζ − D²)] at ζ = 1/4 + i0: its imaginary part is −π times the density
/// // 1/(2√t) of D² there.
/// let zeta = Complex64::from(0.25);
/// let value: Complex64 = law.boundary_rule().iter().map(|(t, w)| w / (zeta - t)).sum();
/// assert!((value.im + std::f64::consts::PI).abs() < 1e-12);
/// # Ok(())
/// # }
/// ```
///
/// # Source
/// L. N. Trefethen, J. A. C. Weideman, *The exponentially convergent
/// trapezoidal rule*, SIAM Rev. 56 (2014) 385–458, doi:10.1137/130932132.
#[derive(Debug, Clone, PartialEq)]
pub struct SquareLaw {
    nodes: Vec<f64>,
    weights: Vec<f64>,
    boundary_rule: Vec<(Complex64, Complex64)>,
    support: Vec<(f64, f64)>,
    mass_at_zero: f64,
    lower_tail: f64,
    fine: Vec<(f64, f64)>,
    finer: Vec<(f64, f64)>,
    anchored: Anchored,
}

impl SquareLaw {
    /// Takes the law of D² for finitely many values of D: `values[i]` (of D, not of D²)
    /// with probability `weights[i]`.
    ///
    /// Values of the same square become one atom. The weights may miss 1 by 1e-9 in total
    /// and are then divided by their sum.
    ///
    /// # Errors
    /// [`Error::InvalidLength`] when the lists are empty or differ in length,
    /// [`Error::InvalidEntry`] for a value that is not a finite number of absolute value
    /// at most 1e30 or a weight that is not in $[0, 1]$, [`Error::InvalidParameter`] for
    /// `weights`, with their sum as the value, when they do not sum to 1.
    ///
    /// # Examples
    /// ```
    /// use ntk_spectrum::diagonal::SquareLaw;
    ///
    /// let law = SquareLaw::from_atoms(&[-1.0, 1.0, 2.0], &[0.25, 0.25, 0.5])?;
    /// assert_eq!(law.nodes(), &[1.0, 4.0]);
    /// assert_eq!(law.weights(), &[0.5, 0.5]);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_atoms(values: &[f64], weights: &[f64]) -> Result<Self, Error> {
        bounded::values("values", values)?;
        let weights = arguments::normalised_weights("weights", weights, values.len())?;
        Ok(Self::from_checked_atoms(values, &weights))
    }

    /// A finite set of atoms; `values` are values of D (not of D²), checked by the caller.
    pub(crate) fn from_checked_atoms(values: &[f64], weights: &[f64]) -> Self {
        let mut pairs: Vec<(f64, f64)> = values
            .iter()
            .map(|d| d * d)
            .zip(weights.iter().copied())
            .filter(|p| p.1 > 0.0)
            .collect();
        pairs.sort_by(|l, r| l.0.total_cmp(&r.0));
        let mut merged: Vec<(f64, f64)> = Vec::with_capacity(pairs.len());
        for (t, w) in pairs {
            match merged.last_mut() {
                Some(last) if t - last.0 <= 4.0 * f64::EPSILON * t => last.1 += w,
                _ => merged.push((t, w)),
            }
        }
        let mass_at_zero = merged.first().filter(|p| p.0 == 0.0).map_or(0.0, |p| p.1);
        Self {
            nodes: merged.iter().map(|p| p.0).collect(),
            weights: merged.iter().map(|p| p.1).collect(),
            boundary_rule: merged.iter().map(|p| (p.0.into(), p.1.into())).collect(),
            support: merged.iter().map(|p| (p.0, p.0)).collect(),
            mass_at_zero,
            lower_tail: 0.0,
            fine: Vec::new(),
            finer: Vec::new(),
            anchored: Anchored::default(),
        }
    }

    /// A law without atoms; `support` is split where the density jumps.
    pub(crate) fn from_quadratures(
        nodes: Vec<f64>,
        weights: Vec<f64>,
        boundary_rule: Vec<(Complex64, Complex64)>,
        support: Vec<(f64, f64)>,
    ) -> Self {
        let down_to_zero = support.iter().any(|s| s.0 == 0.0);
        let lower_tail = if down_to_zero { tail(&boundary_rule) } else { 0.0 };
        Self {
            nodes,
            weights,
            boundary_rule,
            support,
            mass_at_zero: 0.0,
            lower_tail,
            fine: Vec::new(),
            finer: Vec::new(),
            anchored: Anchored::default(),
        }
    }

    /// The law of D² in another unit, a power of two.
    pub(crate) fn in_unit(self, unit: f64) -> Self {
        let scaled = |list: Vec<f64>| list.into_iter().map(|t| t / unit).collect();
        let pairs = |list: Vec<(f64, f64)>| list.into_iter().map(|(t, w)| (t / unit, w)).collect();
        Self {
            nodes: scaled(self.nodes),
            boundary_rule: self.boundary_rule.into_iter().map(|(t, w)| (t / unit, w)).collect(),
            support: self.support.into_iter().map(|s| (s.0 / unit, s.1 / unit)).collect(),
            lower_tail: self.lower_tail / unit,
            fine: pairs(self.fine),
            finer: pairs(self.finer),
            anchored: Anchored {
                ends: (self.anchored.ends.into_iter())
                    .map(|end| SteepEnd { t: end.t / unit, depth: end.depth / unit })
                    .collect(),
                offsets: (self.anchored.offsets.into_iter())
                    .map(|(end, offset)| (end / unit, offset / unit))
                    .collect(),
            },
            ..self
        }
    }

    /// Sets real nodes that are finer than those of the quadrature.
    pub(super) fn with_fine_nodes(self, fine: Vec<(f64, f64)>) -> Self {
        Self { fine, ..self }
    }

    /// Sets those that a Gauss rule of some hundred nodes can be made from.
    pub(super) fn with_finer_nodes(self, finer: Vec<(f64, f64)>) -> Self {
        Self { finer, ..self }
    }

    /// Sets how far the nodes of the boundary rule are from the ends of the support.
    pub(super) fn with_anchored(self, anchored: Anchored) -> Self {
        Self { anchored, ..self }
    }

    /// The ends of the support next to which so much mass lies that distances from them count.
    pub(crate) fn steep_ends(&self) -> &[SteepEnd] {
        &self.anchored.ends
    }

    /// How far the nodes of the boundary rule are from a steep end, not rounded to the size
    /// of the end where they are next to it.
    pub(crate) fn distances_from(&self, end: f64) -> impl Iterator<Item = Complex64> {
        let nodes = self.boundary_rule.iter().zip(&self.anchored.offsets);
        nodes.map(move |((t, _), (anchor, offset))| if *anchor == end { *offset } else { t - end })
    }

    /// Returns the nodes of the real quadrature, values of D², ascending.
    #[must_use]
    pub fn nodes(&self) -> &[f64] {
        &self.nodes
    }

    /// Returns the weights of the real quadrature, summing to 1.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Returns the pairs (t_i, ω_i): nodes in the closed lower half-plane, see the type.
    #[must_use]
    pub fn boundary_rule(&self) -> &[(Complex64, Complex64)] {
        &self.boundary_rule
    }

    /// Returns the closed intervals that carry D², ascending; an atom is an interval of
    /// length zero, and two intervals touch where the density jumps.
    #[must_use]
    pub fn support(&self) -> &[(f64, f64)] {
        &self.support
    }

    /// The value below which D² lies with probability `LOWER_TAIL`, roughly, if it has a
    /// density down to 0; else 0.
    pub(crate) fn lower_tail(&self) -> f64 {
        self.lower_tail
    }

    /// Real nodes and their weights, as fine as there are: atoms themselves, or what stands
    /// for steps of a density.
    pub(crate) fn real_nodes(&self) -> impl Iterator<Item = (f64, f64)> {
        let coarse = self.nodes.iter().copied().zip(self.weights.iter().copied());
        let (fine, coarse) = match &self.fine[..] {
            [] => (&[][..], Some(coarse)),
            fine => (fine, None),
        };
        fine.iter().copied().chain(coarse.into_iter().flatten())
    }

    /// Returns $P(D = 0)$.
    #[must_use]
    pub fn mass_at_zero(&self) -> f64 {
        self.mass_at_zero
    }

    /// Real nodes to be merged: of a density with a steep end finer ones than
    /// [`real_nodes`](Self::real_nodes), otherwise those.
    pub(crate) fn nodes_to_merge(&self) -> impl Iterator<Item = (f64, f64)> {
        let real = self.finer.is_empty().then(|| self.real_nodes());
        self.finer.iter().copied().chain(real.into_iter().flatten())
    }

    /// Computes $\tau_k = \mathbb{E} D^{2k}$.
    #[must_use]
    pub fn moment(&self, k: i32) -> f64 {
        self.nodes.iter().zip(&self.weights).map(|(t, w)| w * t.powi(k)).sum()
    }
}

/// The |t| below which a rule has a weight of `LOWER_TAIL`.
fn tail(rule: &[(Complex64, Complex64)]) -> f64 {
    let mut nodes: Vec<(f64, f64)> =
        rule.iter().map(|(t, omega)| (t.norm(), omega.norm())).collect();
    nodes.sort_by(|l, r| l.0.total_cmp(&r.0));
    let mut below = 0.0;
    let inside = |node: &&(f64, f64)| {
        below += node.1;
        below > LOWER_TAIL
    };
    nodes.iter().find(inside).map_or(0.0, |node| node.0)
}
