//! The solution of the equations at one z: damped sweeps as a safe start, then Newton's method
//! in the logarithms of the unknowns, along a path that leads to z from above where need be.

use std::f64::consts::FRAC_PI_4;

use num_complex::Complex64;

use super::line::Roots;
use super::linear;
use super::places::Resolved;
use super::system::{Swept, System, UNKNOWNS, Unknowns};
use crate::Error;

/// A step of Newton's method below this, relative to every unknown, is the last. The integrals
/// over a line carry some 1e-14 of rounding, which the axis multiplies.
const LAST_STEP: f64 = 1e-11;

/// A step that cannot be made smaller is accepted up to here.
const ROUNDED_STEP: f64 = 1e-9;

/// Relative change of the unknowns in a sweep from which Newton's method converges, mostly.
const NEAR: f64 = 0.1;

/// Damped sweeps before Newton's method is tried, round after round: the first are enough off
/// the axis, and each round trebles the number.
const SWEEPS: [usize; 3] = [30, 60, 180];

/// Sweeps that Newton's method may spend, differences included: ten are usual.
const MOST_SWEEPS: usize = 90;

/// Relative size of the differences for derivatives: half the digits.
const DIFFERENCE: f64 = 1e-7;

/// A step changes no unknown by more than this factor's logarithm.
const LONGEST: f64 = 0.7;

/// A step has to make the residual smaller by this factor, or derivatives are taken anew.
const PROGRESS: f64 = 0.2;

/// What integrals over a line may be off by, estimated.
const RESOLVED: f64 = 1e-12;

/// What they may be off by to be taken for a coarser line next time.
const OVERRESOLVED: f64 = 1e-28;

/// What a solution may be outside of its half-planes by, relative to its size.
const OUTSIDE: f64 = 1e-8;

/// How far beyond two points, in units of their distance, a straight line is a start.
const FARTHEST: f64 = 3.0;

/// Points of one path before it is given up.
const MOST_POINTS: usize = 120;

/// A step of a path, in log z, below which it is given up.
const SHORTEST: f64 = 1e-3;

/// What may fail.
const ITERATION: &str = "the iteration for the law at finite size";
const LINE: &str = "an integral over a line for the law at finite size";
const HALF_PLANES: &str = "the law at finite size, which has left its half-planes,";

/// The equations solved at one z.
#[derive(Debug, Clone)]
pub(super) struct State {
    pub(super) z: Complex64,
    pub(super) unknowns: Unknowns,
    pub(super) m: Complex64,
    roots: Roots,
    /// Derivatives of the residuals there, as far as they are known.
    slopes: Matrix,
}

/// Rows of a matrix.
type Matrix = Vec<Vec<Complex64>>;

/// Where an iteration ended without a solution.
struct Failure {
    why: &'static str,
    m: Complex64,
    residual: f64,
}

/// Unknowns and the logarithms of how far a sweep moves them.
struct Iterate {
    unknowns: Unknowns,
    swept: Unknowns,
    residual: Vec<Complex64>,
    resolved: Resolved,
}

impl Iterate {
    fn size(&self) -> f64 {
        largest(&self.residual)
    }
}

impl System {
    /// Solves at z in the closed upper half-plane off \[0, ∞), from the solution at a point
    /// nearby if there is one.
    pub(super) fn solve(&self, z: Complex64, near: Option<&State>) -> Result<State, Error> {
        if let Some(near) = near
            && let Ok(state) = self.solved_near(z, near).or_else(|_| self.along_path(z, near))
        {
            return Ok(state);
        }
        let failed = |Failure { why, m, residual }| Error::NotSolved {
            computation: why,
            z,
            iterate: m,
            residual,
        };
        match self.solved_cold(z) {
            Ok(state) => Ok(state),
            // From where the law is a blur.
            Err(failure) => {
                let far = z.norm().max(self.width);
                let from = Complex64::from_polar(far, z.arg().max(FRAC_PI_4));
                let near = self.solved_cold(from).map_err(|_| failed(failure))?;
                self.along_path(z, &near).map_err(failed)
            }
        }
    }

    fn solved_near(&self, z: Complex64, near: &State) -> Result<State, Failure> {
        let mut roots = near.roots.clone();
        let start = self.iterate(z, near.unknowns, &mut roots).ok_or_else(|| self.lost(z, near))?;
        self.newton(z, start, roots, Some(near.slopes.clone()))
    }

    fn lost(&self, z: Complex64, state: &State) -> Failure {
        Failure { why: ITERATION, m: self.stieltjes(z, &state.unknowns), residual: f64::INFINITY }
    }

    /// By damped sweeps from what is left of the unknowns at infinity.
    fn solved_cold(&self, z: Complex64) -> Result<State, Failure> {
        let mut unknowns = self.start(z);
        let mut roots = Roots::default();
        let m = self.stieltjes(z, &unknowns);
        let mut failure = Failure { why: ITERATION, m, residual: f64::INFINITY };
        for sweeps in SWEEPS {
            let mut found = None;
            for _ in 0..sweeps {
                let Some(iterate) = self.iterate(z, unknowns, &mut roots) else {
                    return Err(failure);
                };
                let near = iterate.size() <= NEAR;
                for (unknown, swept) in unknowns.iter_mut().zip(&iterate.swept) {
                    *unknown = 0.5 * (*unknown + swept);
                }
                if near {
                    found = Some(iterate);
                    break;
                }
            }
            if let Some(iterate) = found {
                match self.newton(z, iterate, roots.clone(), None) {
                    Ok(state) => return Ok(state),
                    Err(stray) => failure = stray,
                }
            }
        }
        Err(failure)
    }

    /// From one point to another, straight in log z, in steps that are shortened where they fail.
    fn along_path(&self, z: Complex64, from: &State) -> Result<State, Failure> {
        let mut before: Option<State> = None;
        let mut state = from.clone();
        let mut step = 1.0;
        for _ in 0..MOST_POINTS {
            let way = (z / state.z).ln();
            let share = (step / way.norm()).min(1.0);
            let point = if share < 1.0 { state.z * (share * way).exp() } else { z };
            let start = match &before {
                Some(before) => state.extrapolated(before, point),
                None => state.clone(),
            };
            match self.solved_near(point, &start) {
                Ok(found) if share >= 1.0 => return Ok(found),
                Ok(found) => {
                    before = Some(std::mem::replace(&mut state, found));
                    step *= 1.5;
                }
                Err(failure) if step < SHORTEST => return Err(failure),
                Err(_) => step *= 0.4,
            }
        }
        Err(self.lost(z, &state))
    }

    fn iterate(&self, z: Complex64, unknowns: Unknowns, roots: &mut Roots) -> Option<Iterate> {
        let Swept { next, resolved } = self.sweep(z, &unknowns, roots)?;
        let residual: Vec<Complex64> =
            self.indices().map(|j| (next[j] / unknowns[j]).ln()).collect();
        let finite = residual.iter().all(|r| r.is_finite());
        finite.then_some(Iterate { unknowns, swept: next, residual, resolved })
    }

    fn indices(&self) -> impl Iterator<Item = usize> + use<> {
        let active = self.active();
        (0..UNKNOWNS).filter(move |j| active[*j])
    }

    /// The unknowns after a step in their logarithms.
    fn moved(&self, unknowns: &Unknowns, step: &[Complex64]) -> Unknowns {
        let mut moved = *unknowns;
        for (j, step) in self.indices().zip(step) {
            moved[j] *= step.exp();
        }
        moved
    }

    /// Newton's method, its derivatives by differences and by Broyden's updates between them.
    fn newton(
        &self,
        z: Complex64,
        mut at: Iterate,
        mut roots: Roots,
        mut slopes: Option<Matrix>,
    ) -> Result<State, Failure> {
        let mut fresh = false;
        let mut spent = 0;
        while spent < MOST_SWEEPS {
            let (m, residual) = (self.stieltjes(z, &at.unknowns), at.size());
            let failed = |why| Failure { why, m, residual };
            let failure = || failed(ITERATION);
            let matrix = match &slopes {
                Some(matrix) => matrix.clone(),
                None => {
                    spent += at.residual.len();
                    fresh = true;
                    self.slopes(z, &at, &mut roots).ok_or_else(failure)?
                }
            };
            let right = at.residual.iter().map(|r| -r).collect();
            let mut step = linear::solve(matrix.clone(), right).ok_or_else(failure)?;
            let slopes_here = slopes.insert(matrix);
            let size = largest(&step);
            if size <= LAST_STEP || (fresh && size <= ROUNDED_STEP && spent > MOST_SWEEPS / 2) {
                let mut refined = false;
                // Finer lines; what was found is where to start.
                while at.resolved.error > RESOLVED {
                    let mut finer = roots.finer(&at.resolved).ok_or_else(|| failed(LINE))?;
                    let next = self.iterate(z, at.unknowns, &mut finer).ok_or_else(failure)?;
                    (at, roots, refined) = (next, finer, true);
                }
                if refined {
                    fresh = false;
                    continue;
                }
                let unknowns = self.moved(&at.unknowns, &step);
                return self.accepted(z, unknowns, at, roots, slopes_here.clone());
            }
            if size > LONGEST {
                step.iter_mut().for_each(|s| *s *= LONGEST / size);
            }
            let mut next = None;
            for _ in 0..5 {
                spent += 1;
                let tried = self.iterate(z, self.moved(&at.unknowns, &step), &mut roots);
                match tried.filter(|tried| tried.size() < at.size()) {
                    Some(tried) => {
                        next = Some(tried);
                        break;
                    }
                    None if !fresh => break,
                    None => step.iter_mut().for_each(|s| *s *= 0.3),
                }
            }
            let Some(next) = next else {
                if fresh {
                    if size <= ROUNDED_STEP {
                        return self.accepted(
                            z,
                            at.unknowns,
                            at,
                            roots,
                            slopes.unwrap_or_default(),
                        );
                    }
                    return Err(failure());
                }
                slopes = None;
                continue;
            };
            let slow = next.size() > PROGRESS * at.size();
            if slow && !fresh {
                slopes = None;
            } else if let Some(matrix) = &mut slopes {
                update(matrix, &at.residual, &next.residual, &step);
            }
            fresh = false;
            at = next;
        }
        let m = self.stieltjes(z, &at.unknowns);
        Err(Failure { why: ITERATION, m, residual: at.size() })
    }

    /// Derivatives of the residuals in the logarithms of the unknowns.
    fn slopes(&self, z: Complex64, at: &Iterate, roots: &mut Roots) -> Option<Matrix> {
        let n = at.residual.len();
        let mut slopes = vec![vec![Complex64::ZERO; n]; n];
        for column in 0..n {
            let mut step = vec![Complex64::ZERO; n];
            step[column] = DIFFERENCE.into();
            let beside = self.iterate(z, self.moved(&at.unknowns, &step), roots)?;
            let residuals = beside.residual.iter().zip(&at.residual);
            for (row, (beside, at)) in slopes.iter_mut().zip(residuals) {
                row[column] = (beside - at) / DIFFERENCE;
            }
        }
        Some(slopes)
    }

    /// A solution, if it is in its half-planes: Im x ≥ 0 for all unknowns, Im m ≥ 0, Im zm ≥ 0.
    fn accepted(
        &self,
        z: Complex64,
        unknowns: Unknowns,
        at: Iterate,
        mut roots: Roots,
        slopes: Matrix,
    ) -> Result<State, Failure> {
        let m = self.stieltjes(z, &unknowns);
        let above = |x: Complex64| x.im >= -OUTSIDE * x.norm();
        if !(self.indices().all(|j| above(unknowns[j])) && above(m) && above(z * m)) {
            return Err(Failure { why: HALF_PLANES, m, residual: at.size() });
        }
        if at.resolved.error < OVERRESOLVED {
            roots = roots.coarser();
        }
        Ok(State { z, unknowns, m, roots, slopes })
    }
}

impl State {
    /// A start for z beside this point, by a straight line through the one before in log z.
    pub(super) fn extrapolated(&self, before: &Self, z: Complex64) -> Self {
        let share = (z / self.z).ln() / (before.z / self.z).ln();
        let mut state = self.clone();
        for (unknown, before) in state.unknowns.iter_mut().zip(&before.unknowns) {
            let slope = (before / *unknown).ln();
            if slope.is_finite() && share.norm() <= FARTHEST {
                *unknown *= (share * slope).exp();
            }
        }
        state
    }
}

/// Broyden's update: the least change by which the slopes explain the last step.
fn update(
    slopes: &mut [Vec<Complex64>],
    before: &[Complex64],
    after: &[Complex64],
    step: &[Complex64],
) {
    let square: f64 = step.iter().map(Complex64::norm_sqr).sum();
    for ((row, before), after) in slopes.iter_mut().zip(before).zip(after) {
        let predicted: Complex64 = row.iter().zip(step).map(|(slope, s)| slope * s).sum();
        let missed = (after - before - predicted) / square;
        for (slope, s) in row.iter_mut().zip(step) {
            *slope += missed * s.conj();
        }
    }
}

fn largest(list: &[Complex64]) -> f64 {
    list.iter().fold(0.0, |most, x| most.max(x.norm()))
}
