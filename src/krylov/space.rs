//! `KrylovSpace`: Lanczos steps from a vector, as many as functions of the operator need.

use super::{Components, Layout, Process, Reorthogonalisation, SymmetricOperator};
use crate::Error;
use crate::linalg::vectors::add;
use crate::watch::Watch;

/// Steps before the first look at what they say, and their growth between looks: steps in
/// vain against eigenvectors in vain.
const FIRST_LOOK: usize = 16;
const GROWTH: f64 = 1.25;

/// How far the steps may go.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) steps: usize,
    pub(crate) memory: u64,
    pub(crate) watch: Watch,
}

/// The span of y, A y, A² y, … with an orthonormal basis, which grows on demand and is kept.
pub(crate) struct KrylovSpace<'o> {
    process: Process<'o>,
    layout: Layout<'o>,
    size: usize,
    /// The last two looks, of which the second is of all steps.
    looks: Vec<Components>,
}

impl<'o> KrylovSpace<'o> {
    /// The space of y, which is not 0.
    pub(crate) fn new(operator: &'o dyn SymmetricOperator, y: Vec<f64>) -> Result<Self, Error> {
        let process = Process::new(operator, Reorthogonalisation::Twice, &[], y)?;
        let (layout, size) = (operator.layout(), operator.size());
        Ok(Self { process, layout, size, looks: Vec::new() })
    }

    /// What `judge` says once it is content with the steps. It sees the components of y in
    /// the basis, and those of fewer steps, if there are; it says how far its answer is off.
    /// When the steps have found an invariant subspace, they are all that there are.
    pub(crate) fn settle<T>(
        &mut self,
        limits: &Limits,
        tolerance: f64,
        judge: impl Fn(&Components, Option<&Components>) -> Result<(T, f64), Error>,
    ) -> Result<(T, f64), Error> {
        let numbers = [("tolerance", tolerance), ("steps", limits.steps as f64)];
        self.layout.same_everywhere(&numbers)?;
        loop {
            let mut error = f64::INFINITY;
            if let Some((now, before)) = self.looks.split_last() {
                let (answer, off) = self.layout.agree(judge(now, before.last()))?;
                self.layout.same_everywhere(&[("the error of a fit", off)])?;
                if off <= tolerance {
                    return Ok((answer, off));
                }
                error = off;
            }
            let (steps, most) = (self.process.steps(), limits.steps.min(self.size));
            let seen = self.looks.last().map_or(0, |look| look.values.len()) == steps;
            if seen && (self.process.exhausted() || steps >= most) {
                return Err(Error::NotSettled { method: "Lanczos steps", steps, error, tolerance });
            }
            let next = (steps as f64 * GROWTH).ceil() as usize;
            self.grow(next.max(FIRST_LOOK).min(most), limits)?;
        }
    }

    /// Goes on to so many steps, if there are not as many already, and looks. An observer may
    /// have ended it at any.
    fn grow(&mut self, steps: usize, limits: &Limits) -> Result<(), Error> {
        self.layout.check_memory(steps.saturating_add(1), limits.memory)?;
        let left = steps.saturating_sub(self.process.steps());
        let tracker = self.layout.start(&limits.watch, left)?;
        while self.process.steps() < steps && !self.process.exhausted() {
            self.process.step()?;
            self.layout.step(&tracker)?;
        }
        if self.looks.len() == 2 {
            self.looks.remove(0);
        }
        self.looks.push(Components::of_jacobi(&self.process.jacobi()?)?);
        Ok(())
    }

    /// The outcome of what every process has done by itself.
    pub(crate) fn agree<T>(&self, outcome: Result<T, Error>) -> Result<T, Error> {
        self.layout.agree(outcome)
    }

    /// Steps done.
    pub(crate) fn steps(&self) -> usize {
        self.process.steps()
    }

    /// A vector from its coordinates in the basis; the rows of this process.
    pub(crate) fn vector(&self, coordinates: &[f64]) -> Vec<f64> {
        let mut vector = vec![0.0; self.layout.rows().len()];
        add(&mut vector, &self.process.basis()[..coordinates.len()], coordinates);
        vector
    }
}
