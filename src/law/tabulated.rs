//! A law held as atoms and a piecewise Legendre table of its density.

use std::f64::consts::PI;

use ndarray::Array1;
use rand::{Rng, RngExt};
use rand_distr::Distribution;

use super::stretch::Stretch;
use super::{Atom, Edge, SupportInterval};
use crate::Error;
use crate::numerics::complex;
use crate::numerics::parallel::in_parallel;
use crate::numerics::piece::{self, Accuracy, EndBehaviour, NodeSolver, Piece, Point, RootMap};

/// A probability law on [0, ∞) given by atoms and a tabulated density.
///
/// What every other law is solved into. Its evaluations cannot fail, but for
/// [`expectation`](Self::expectation); NaN comes back for an argument that is NaN, or a
/// level outside \[0, 1\].
///
/// # Examples
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::Tanh;
///
/// let spectrum = LimitingSpectrum::new(0.5, 1.0, Tanh, 1.0);
/// let law = spectrum.solve()?;
/// let median = law.quantile(0.5);
/// assert!((law.cdf(median) - 0.5).abs() < 1e-9);
/// assert!(law.density(median) > 0.0);
/// assert!((law.expectation(|x| x)? - spectrum.mean()?).abs() < 1e-9);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TabulatedLaw {
    intervals: Vec<SupportInterval>,
    pub(super) atoms: Vec<Atom>,
    pub(crate) pieces: Vec<Piece>,
    /// Everything that carries mass, ascending.
    cells: Vec<Cell>,
    error: f64,
    /// The power of two in which transforms of the density count lengths: 1, unless they are
    /// of extreme size.
    pub(super) unit: f64,
}

/// A piece or an atom, with the masses on either side of it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Cell {
    lower: f64,
    below: f64,
    above: f64,
    mass: f64,
    /// Integral of the distribution function up to `lower`.
    integrated: f64,
    /// Index of the piece, `None` for an atom.
    piece: Option<usize>,
}

impl TabulatedLaw {
    pub(crate) fn tabulate(
        stretches: &[Stretch],
        mut atoms: Vec<Atom>,
        accuracy: Accuracy<'_>,
        solver: &NodeSolver<'_>,
    ) -> Result<Self, Error> {
        atoms.retain(|a| a.mass > 0.0);
        let halves = Stretch::halves(stretches);
        let families = in_parallel(&halves, |&(_, end, reach)| {
            let behaviour = probe(end, reach, solver)?;
            let map = RootMap { end, length: reach.abs(), direction: reach.signum(), behaviour };
            piece::refine(map, accuracy, solver)
        })?;
        let mut intervals: Vec<SupportInterval> = stretches
            .iter()
            .map(|s| SupportInterval { lower: s.lower, upper: s.upper, mass: 0.0 })
            .collect();
        for ((stretch, ..), family) in halves.iter().zip(&families) {
            intervals[*stretch].mass += family.iter().map(|p| p.mass).sum::<f64>();
        }
        let mut pieces: Vec<Piece> = families.into_iter().flatten().collect();
        for i in 1..pieces.len() {
            let (left, right) = pieces.split_at_mut(i);
            left[i - 1].close_gap(&right[0]);
        }
        let atoms = merged(atoms);
        let mut law = Self { intervals, atoms, pieces, cells: Vec::new(), error: 0.0, unit: 1.0 };
        law.index();
        Ok(law)
    }

    /// A law without density: atoms whose masses sum to 1, checked by the caller.
    pub(crate) fn discrete(atoms: Vec<Atom>) -> Self {
        let (intervals, pieces, cells) = (Vec::new(), Vec::new(), Vec::new());
        let atoms = merged(atoms);
        let mut law = Self { intervals, atoms, pieces, cells, error: 0.0, unit: 1.0 };
        law.index();
        law
    }

    fn index(&mut self) {
        let mut cells: Vec<Cell> = self
            .pieces
            .iter()
            .enumerate()
            .map(|(i, p)| (p.lower, p.mass, Some(i)))
            .chain(self.atoms.iter().map(|a| (a.location, a.mass, None)))
            .map(|(lower, mass, piece)| Cell {
                lower,
                below: 0.0,
                above: 0.0,
                mass,
                integrated: 0.0,
                piece,
            })
            .collect();
        // An atom sits before a piece that starts at it.
        cells.sort_by(|l, r| l.lower.total_cmp(&r.lower).then(l.piece.cmp(&r.piece)));
        let mut below = 0.0;
        for cell in &mut cells {
            cell.below = below;
            below += cell.mass;
        }
        for i in 1..cells.len() {
            cells[i].integrated = self.integrated_from(&cells[i - 1], cells[i].lower);
        }
        let mut above = 0.0;
        for cell in cells.iter_mut().rev() {
            cell.above = above;
            above += cell.mass;
        }
        let truncation: f64 = self.pieces.iter().map(|p| p.truncation).sum();
        self.error = truncation + (below - 1.0).abs();
        self.cells = cells;
        self.unit = complex::unit(self.intervals.last().map_or(1.0, |i| i.upper.location));
    }

    /// Returns the support of the absolutely continuous part.
    #[must_use]
    pub fn support(&self) -> &[SupportInterval] {
        &self.intervals
    }

    /// Returns the atoms, ascending.
    #[must_use]
    pub fn atoms(&self) -> &[Atom] {
        &self.atoms
    }

    /// Returns the total mass of table and atoms.
    #[must_use]
    pub fn total_mass(&self) -> f64 {
        self.cells.last().map_or(0.0, |c| c.below + c.mass)
    }

    /// Estimates the error in mass: truncation of the series, and what the mass misses of 1.
    ///
    /// It is the error of the table, not that of a query: $\int f\\,d\mu$ is off by up to
    /// this times the largest |f| where the missing mass is, and by what
    /// [`expectation`](Self::expectation) says of its quadrature.
    #[must_use]
    pub fn error_estimate(&self) -> f64 {
        self.error
    }

    /// The same with more to its error.
    pub(crate) fn with_error(self, more: f64) -> Self {
        Self { error: self.error + more, ..self }
    }

    /// Returns the number of nodes of the table.
    #[must_use]
    pub fn node_count(&self) -> usize {
        self.pieces.len() * crate::numerics::legendre::N
    }

    /// Returns the density of the absolutely continuous part: 0 outside the support.
    #[must_use]
    #[inline]
    pub fn density(&self, x: f64) -> f64 {
        let next = self.pieces.partition_point(|p| p.lower <= x);
        match next.checked_sub(1).map(|i| &self.pieces[i]) {
            Some(piece) if x <= piece.upper => piece.density(x),
            _ => {
                if x.is_nan() {
                    f64::NAN
                } else {
                    0.0
                }
            }
        }
    }

    /// (F(x), 1 − F(x)).
    #[inline]
    fn split(&self, x: f64) -> (f64, f64) {
        if x.is_nan() {
            return (f64::NAN, f64::NAN);
        }
        let next = self.cells.partition_point(|c| c.lower <= x);
        let Some(cell) = next.checked_sub(1).map(|i| &self.cells[i]) else {
            return (0.0, 1.0);
        };
        let (inside, rest) = match cell.piece {
            Some(i) => self.pieces[i].split(x),
            None => (cell.mass, 0.0),
        };
        ((cell.below + inside).min(1.0), (cell.above + rest).min(1.0))
    }

    /// Returns F(x) = μ((−∞, x\]).
    #[must_use]
    #[inline]
    pub fn cdf(&self, x: f64) -> f64 {
        self.split(x).0
    }

    /// Returns $\int_{-\infty}^x F(t)\\,dt = \int (x - t)^+ \mu(dt)$: not a number if x is
    /// none, ∞ at ∞.
    #[must_use]
    pub fn integrated_cdf(&self, x: f64) -> f64 {
        let next = self.cells.partition_point(|c| c.lower <= x);
        match next.checked_sub(1).map(|i| &self.cells[i]) {
            Some(cell) => self.integrated_from(cell, x),
            None if x.is_nan() => x,
            None => 0.0,
        }
    }

    /// The integral of F up to an x at or above `cell`, with nothing in between.
    fn integrated_from(&self, cell: &Cell, x: f64) -> f64 {
        let inside = match cell.piece {
            Some(i) => {
                let piece = &self.pieces[i];
                piece.integrated_mass(x) + cell.mass * (x - piece.upper).max(0.0)
            }
            None => cell.mass * (x - cell.lower),
        };
        // At the lowest cell nothing is below, and 0·∞ is no number.
        let below = if cell.below > 0.0 { cell.below * (x - cell.lower) } else { 0.0 };
        cell.integrated + below + inside
    }

    /// The law conditioned on (0, ∞), and the mass there; `None` if that is 0.
    pub(crate) fn positive_part(&self) -> Option<(Self, f64)> {
        let at_zero = |location: f64| location == 0.0;
        let atoms = self.atoms.iter().filter(|a| !at_zero(a.location));
        let mass = atoms.clone().map(|a| a.mass).sum::<f64>()
            + self.pieces.iter().map(|p| p.mass).sum::<f64>();
        if mass <= 0.0 {
            return None;
        }
        let factor = 1.0 / mass;
        let interval = |i: &SupportInterval| SupportInterval { mass: factor * i.mass, ..*i };
        let mut law = Self {
            intervals: self.intervals.iter().map(interval).collect(),
            atoms: atoms.map(|a| Atom { mass: factor * a.mass, ..*a }).collect(),
            pieces: self.pieces.iter().map(|p| p.scaled(factor)).collect(),
            cells: Vec::new(),
            error: 0.0,
            unit: self.unit,
        };
        law.index();
        Some((law, mass))
    }

    /// Returns 1 − F(x), accurate in the upper tail.
    #[must_use]
    pub fn survival(&self, x: f64) -> f64 {
        self.split(x).1
    }

    /// Returns the smallest x with F(x) ≥ q; NaN unless 0 ≤ q ≤ 1.
    #[must_use]
    pub fn quantile(&self, q: f64) -> f64 {
        if !(0.0..=1.0).contains(&q) {
            return f64::NAN;
        }
        let next = self.cells.partition_point(|c| c.below < q);
        let Some(cell) = self.cells.get(next.saturating_sub(1)) else { return f64::NAN };
        match cell.piece {
            Some(i) => self.pieces[i].quantile(q - cell.below, (1.0 - q) - cell.above),
            None => cell.lower,
        }
    }

    /// n points fit for plotting: each interval of the support gets its share,
    /// crowded at its ends like the zeros of a Chebyshev polynomial.
    pub(crate) fn grid(&self, n: usize) -> Array1<f64> {
        let intervals = self.intervals.len();
        let mut points = Vec::with_capacity(n);
        for (i, interval) in self.intervals.iter().enumerate() {
            let share = n / intervals + usize::from(i < n % intervals);
            let (lower, upper) = (interval.lower.location, interval.upper.location);
            points.extend((0..share).map(|k| {
                let angle = PI * (k as f64 + 0.5) / share as f64;
                // sin² of the half angle keeps small distances to the lower end.
                lower + (upper - lower) * (0.5 * angle).sin().powi(2)
            }));
        }
        points.into()
    }

    /// What carries mass away from 0, ascending: both ends, and mass times squared location
    /// of an atom.
    pub(crate) fn obstacles(&self) -> Vec<(f64, f64, f64)> {
        let atoms = self.atoms.iter().filter(|a| a.location > 0.0);
        let mut obstacles: Vec<(f64, f64, f64)> = (self.intervals.iter())
            .map(|i| (i.lower.location, i.upper.location, 0.0))
            .chain(atoms.map(|a| (a.location, a.location, a.mass * a.location * a.location)))
            .collect();
        obstacles.sort_by(|l, r| l.0.total_cmp(&r.0));
        obstacles
    }

    /// The same law with lengths in another unit, a power of two.
    pub(crate) fn in_unit(&self, unit: f64) -> Self {
        let edge = |edge: Edge| Edge { location: edge.location / unit, ..edge };
        let interval = |i: &SupportInterval| SupportInterval {
            lower: edge(i.lower),
            upper: edge(i.upper),
            mass: i.mass,
        };
        let mut law = Self {
            intervals: self.intervals.iter().map(interval).collect(),
            atoms: (self.atoms.iter())
                .map(|a| Atom { location: a.location / unit, ..*a })
                .collect(),
            pieces: self.pieces.iter().map(|p| p.in_unit(unit)).collect(),
            ..self.clone()
        };
        law.index();
        Self { error: self.error, ..law }
    }

    /// Mass on (0, ∞).
    pub(crate) fn mass_off_zero(&self) -> f64 {
        match self.atoms.first() {
            Some(atom) if atom.location == 0.0 => 1.0 - atom.mass,
            _ => 1.0,
        }
    }

    /// The largest point of the support.
    pub(crate) fn upper_end(&self) -> f64 {
        let atom = self.atoms.last().map_or(0.0, |a| a.location);
        self.intervals.last().map_or(0.0, |i| i.upper.location).max(atom)
    }

    /// The smallest point of the support.
    pub(crate) fn lower_end(&self) -> f64 {
        let atom = self.atoms.first().map_or(f64::INFINITY, |a| a.location);
        self.intervals.first().map_or(f64::INFINITY, |i| i.lower.location).min(atom)
    }
}

/// The atoms, ascending, those at one place as one.
fn merged(mut atoms: Vec<Atom>) -> Vec<Atom> {
    atoms.sort_by(|l, r| l.location.total_cmp(&r.location));
    let mut merged: Vec<Atom> = Vec::with_capacity(atoms.len());
    for atom in atoms {
        match merged.last_mut() {
            Some(last) if last.location == atom.location => last.mass += atom.mass,
            _ => merged.push(atom),
        }
    }
    merged
}

/// One draw is one uniform number and one [`quantile`](TabulatedLaw::quantile).
impl Distribution<f64> for TabulatedLaw {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        self.quantile(rng.random())
    }
}

/// Whether the density grows like an inverse root towards `end`.
fn probe(end: f64, reach: f64, solver: &NodeSolver<'_>) -> Result<EndBehaviour, Error> {
    let far = solver(Point { end, offset: 1e-4 * reach }, None)?;
    let near = solver(Point { end, offset: 1e-6 * reach }, Some(far.1))?;
    // √100 = 10 for an inverse root, 1 for a jump, 0.1 for a root.
    Ok(if near.0 > 3.0 * far.0 { EndBehaviour::InverseRoot } else { EndBehaviour::Bounded })
}
