//! The table of the whole law at a resolution, and the identities that it is held to.

use std::collections::BTreeMap;
use std::f64::consts::PI;
use std::sync::{Mutex, PoisonError};

use num_complex::Complex64;

use super::prepared::Prepared;
use super::resolution::Resolution;
use super::solver::State;
use super::system::System;
use crate::Error;
use crate::law::{Atom, Stretch, TabulatedLaw, tolerance};
use crate::numerics::legendre::gauss_legendre;
use crate::numerics::piece::Accuracy;
use crate::watch::Tracker;

/// Accuracy of the table: a tenth of it costs a fifth more nodes.
const ACCURACY: Accuracy<'_> = Accuracy { relative: 1e-7, mass: 1e-9, counted: &[] };

/// Ten times this is what mass and moments may be off by.
const TOLERANCE: f64 = 1e-7;

/// Mass that is left beyond the end of the table.
const TAIL: f64 = 1e-8;

/// Breaks of the table below the largest eigenvalues, each at a quarter of the next: halves
/// between them are solved side by side.
const BREAKS: i32 = 6;

/// Below this share of the mean, the density of the linear part alone is taken to be constant.
const FLOOR: f64 = 1e-11;

/// Nodes on the arcs that lead from the ray to the real axis.
const ARC_NODES: usize = 16;

/// A node of the table: x, dx, and m at x(1 + iε).
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    pub(super) x: f64,
    pub(super) dx: f64,
    pub(super) m: Complex64,
}

/// The whole law at a resolution, lengths in the unit of the system.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) law: TabulatedLaw,
    pub(super) nodes: Vec<Node>,
    pub(super) atom: f64,
    pub(super) resolution: Resolution,
}

impl Table {
    pub(super) fn new(
        prepared: &Prepared,
        ratio: f64,
        resolution: Resolution,
        tracker: &Tracker<'_>,
    ) -> Result<Self, Error> {
        let Some(system) = &prepared.system else {
            let law = TabulatedLaw::discrete(vec![Atom { location: 0.0, mass: 1.0 }]);
            return Ok(Self { law, nodes: Vec::new(), atom: 1.0, resolution });
        };
        let (mean, second) = prepared.moments;
        let top = 2.0 * system.bound();
        let end = resolution.tail(TAIL, mean).max(4.0 * top);
        let mut whole = Stretch::new(0.0, end);
        whole.breaks = (0..BREAKS).rev().map(|k| top * 0.25_f64.powi(k)).collect();

        // Every half between breaks is one sequence of points, whatever the threads.
        let mut ends = vec![0.0];
        for &place in whole.breaks.iter().chain([&end]) {
            let last = ends[ends.len() - 1];
            ends.extend([0.5 * (last + place), place]);
        }
        let solved: Vec<Mutex<BTreeMap<u64, State>>> =
            (0..ends.len()).map(|_| Mutex::default()).collect();
        // The linear part alone has a density that rises so slowly towards 0 that what is below
        // this is nothing, and singularities of every size there.
        let floor = if system.scales.has_rest { 0.0 } else { FLOOR * mean };
        let node = |x: f64| {
            let half = ends.partition_point(|end| *end <= x).min(ends.len() - 1);
            let mut solved = solved[half].lock().unwrap_or_else(PoisonError::into_inner);
            let state = match solved.get(&x.to_bits()) {
                Some(state) => state.clone(),
                None => {
                    let z = resolution.ray * x.max(floor);
                    let state = tracker.count(|| system.beside(z, &solved))??;
                    solved.insert(x.to_bits(), state.clone());
                    state
                }
            };
            Ok((resolution.density(state.m), state.m))
        };
        let tabulate = |atom: f64| {
            let atoms = vec![Atom { location: 0.0, mass: atom }];
            TabulatedLaw::tabulate(&[whole.clone()], atoms, ACCURACY, &|point, _| node(point.x()))
        };
        let tail = resolution.beyond(end, mean);
        let (atom, law) = match system.atom(prepared.alive, ratio) {
            Some(atom) => (atom, tabulate(atom)?),
            None => {
                // What the density leaves; its nodes are kept for the second time.
                let missing = 1.0 - tabulate(0.0)?.total_mass() - tail;
                let atom = if missing < TOLERANCE { 0.0 } else { missing };
                (atom, tabulate(atom)?)
            }
        };
        let mut values = BTreeMap::new();
        for half in solved {
            let half = half.into_inner().unwrap_or_else(PoisonError::into_inner);
            values.extend(half.into_iter().map(|(x, state)| (x, state.m)));
        }
        let mut nodes = Vec::with_capacity(law.node_count());
        for piece in &law.pieces {
            for (&x, &mass) in piece.nodes.iter().zip(&piece.masses) {
                let m = values.get(&x.to_bits()).copied().unwrap_or(f64::NAN.into());
                nodes.push(Node { x, dx: mass / resolution.density(m), m });
            }
        }
        nodes.sort_by(|l, r| l.x.total_cmp(&r.x));
        let table = Self { law, nodes, atom, resolution };

        let consistent =
            |identity, expected, found| tolerance::consistent(identity, expected, found, TOLERANCE);
        let mass = table.law.total_mass() + tail;
        consistent("the mass of the law at finite size", 1.0, mass)?;
        let [bulk, first, squares] = table.below(system, top)?;
        consistent("the mass of the law at finite size off 0", 1.0 - atom, bulk)?;
        consistent("the mean of the law at finite size", mean, first)?;
        consistent("the second moment of the law at finite size", second, squares)?;
        Ok(table)
    }

    /// ∫ t^k over 0 < t < x of the law itself, without smoothing, for k = 0, …, K − 1: along the
    /// ray to x, an end of a piece, and on an arc back to the axis.
    pub(super) fn below<const K: usize>(&self, system: &System, x: f64) -> Result<[f64; K], Error> {
        let mut sums = [Complex64::ZERO; K];
        let mut add = |z: Complex64, m: Complex64, dz: Complex64| {
            // Without the atom at 0.
            let mut term = (m + self.atom / z) * dz;
            for sum in &mut sums {
                *sum += term;
                term *= z;
            }
        };
        let Resolution { ray, angle } = self.resolution;
        let mut last = None;
        for node in self.nodes.iter().take_while(|node| node.x < x) {
            add(ray * node.x, node.m, ray * node.dx);
            last = Some(node);
        }
        let radius = ray.norm() * x;
        let (nodes, weights) = gauss_legendre(ARC_NODES);
        let mut state: Option<State> = None;
        if last.is_some() {
            for (node, weight) in nodes.iter().zip(&weights).rev() {
                let turn = 0.5 * angle * (1.0 + node);
                let z = Complex64::from_polar(radius, turn);
                let found = system.solve(z, state.as_ref())?;
                // dz = iz dα, towards the axis.
                add(z, found.m, Complex64::new(0.0, -0.5 * angle * weight) * z);
                state = Some(found);
            }
        }
        Ok(sums.map(|sum| sum.im / PI))
    }
}

impl System {
    /// Solves at a point of a ray from the solutions around it.
    fn beside(&self, z: Complex64, solved: &BTreeMap<u64, State>) -> Result<State, Error> {
        let place = z.re.to_bits();
        let mut around: Vec<&State> = (solved.range(..place).rev().take(2))
            .chain(solved.range(place..).take(2))
            .map(|(_, state)| state)
            .collect();
        around.sort_by(|l, r| (l.z - z).norm().total_cmp(&(r.z - z).norm()));
        match around[..] {
            [] => self.solve(z, None),
            [one] => self.solve(z, Some(one)),
            [one, two, ..] => self.solve(z, Some(&one.extrapolated(two, z))),
        }
    }

    /// A point above all eigenvalues of the law.
    fn bound(&self) -> f64 {
        let Self { scales, operator, ratio, p, weights, .. } = self;
        let largest = |scale: &dyn Fn(&super::scales::Row) -> f64| {
            scales.rows.iter().map(scale).fold(0.0, f64::max)
        };
        let profile = |scale: &dyn Fn(&super::scales::Column) -> f64| {
            scales.columns.iter().map(scale).fold(0.0, f64::max)
        };
        // Marchenko and Pastur's, for N/η dimensions.
        let edge = |eta: f64| (1.0 + (ratio * eta).sqrt()).powi(2);
        let linear = 2.5 * (1.0 + operator.gamma2.sqrt()).powi(2);
        linear * edge(1.0) * largest(&|row| row.linear) * profile(&|c| c.linear)
            + edge(self.third_ratio.max(1.0)) * largest(&|row| row.rest) * profile(&|c| c.rest)
            + edge(*p) * largest(&|row| row.one) * profile(&|c| c.one)
            + edge(*weights) * largest(&|row| row.constant) * profile(&|c| c.one)
    }

    /// The atom at 0, where it is known: dp weights, but for those that D switches off, are seen
    /// by n samples. Without a part C, the linear part sees fewer.
    fn atom(&self, alive: f64, ratio: f64) -> Option<f64> {
        self.scales.has_rest.then(|| (1.0 - alive / ratio).max(0.0))
    }
}
