//! The search for extreme eigenvalues: converged, set aside, looked for again.

use ndarray::{ArrayView1, ArrayViewMut1};

use super::{Layout, Probe, Process, Reorthogonalisation, RitzValue, SymmetricOperator};
use crate::Error;
use crate::linalg::vectors::add;
use crate::linalg::{Eigenvectors, tridiagonal_eigenvectors};
use crate::watch::Watch;

/// Bound of a residual, relative to the operator, where a Ritz value only has to show
/// that it is not among the extremes.
const LOOSE: f64 = 1e-6;

/// What the rounding of one product may add to a residual, relative to the operator.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// Steps before the first look at Ritz values, and their growth between looks.
const FIRST_LOOK: usize = 20;
const GROWTH: f64 = 1.15;

/// How to search.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// Steps of one process; as many as there are rows, if `None`.
    pub(super) steps: Option<usize>,
    /// The residual that counts as small, relative to the operator.
    pub(super) tolerance: f64,
    pub(super) seed: u64,
    pub(super) memory_limit: u64,
    pub(super) watch: Watch,
}

/// What has been found, with the vectors.
pub(super) struct Search<'a> {
    settings: &'a Settings,
    operator: &'a dyn SymmetricOperator,
    layout: Layout<'a>,
    /// How many of the smallest and of the largest.
    wanted: [usize; 2],
    found: Vec<RitzValue>,
    vectors: Vec<Vec<f64>>,
    /// An estimate of the norm of the operator, whole: beside what has been found, rounding
    /// may be all that is left of it.
    scale: f64,
    products: usize,
}

/// Ritz values of a process, ascending, with their residuals.
struct Ritz {
    values: Vec<f64>,
    residuals: Vec<f64>,
}

impl Ritz {
    /// The Ritz vectors in the basis of the process, with residuals of their own: where Ritz values agree to rounding,
    /// vectors are any of their span, and have not all converged when some have.
    fn confirmed(mut self, process: &Process<'_>) -> Result<(Self, Eigenvectors), Error> {
        let Some(last) = process.steps().checked_sub(1) else {
            return Ok((self, Eigenvectors::zeros(0, 0)));
        };
        let jacobi = process.jacobi()?;
        let (_, vectors) = tridiagonal_eigenvectors(jacobi.alpha(), jacobi.inner_beta())?;
        for (place, residual) in self.residuals.iter_mut().enumerate() {
            *residual = jacobi.beta()[last] * vectors[(last, place)].abs();
        }
        Ok((self, vectors))
    }
}

impl<'a> Search<'a> {
    /// A search for so many of the smallest and of the largest eigenvalues.
    pub(super) fn new(
        settings: &'a Settings,
        operator: &'a dyn SymmetricOperator,
        wanted: [usize; 2],
    ) -> Self {
        let (layout, found, vectors) = (operator.layout(), Vec::new(), Vec::new());
        Self { settings, operator, layout, wanted, found, vectors, scale: 0.0, products: 0 }
    }

    /// What is found, in no order, and the number of products that it took.
    pub(super) fn run(mut self) -> Result<(Vec<RitzValue>, usize), Error> {
        if self.wanted != [0, 0] {
            let mut round = 0;
            while self.found.len() < self.operator.size() && self.round(round)? {
                round += 1;
            }
        }
        Ok((self.found, self.products))
    }

    /// One process beside what has been found; whether it found anything.
    fn round(&mut self, round: usize) -> Result<bool, Error> {
        let settings = self.settings;
        let space = self.operator.size().saturating_sub(self.found.len());
        let steps = settings.steps.unwrap_or(space).min(space);
        let found = std::mem::take(&mut self.vectors);
        self.layout.check_memory(found.len().saturating_add(2), settings.memory_limit)?;
        let start = Probe { seed: settings.seed, index: round }.normals(self.layout.rows())?;
        let mut process = Process::new(self.operator, Reorthogonalisation::Twice, &found, start)?
            .with_scale(self.scale);
        let tracker = self.layout.start(&settings.watch, steps)?;
        let both = self.wanted[0].saturating_add(self.wanted[1]);
        let mut look = FIRST_LOOK.max(both.saturating_mul(2));
        let first = round == 0;
        let wanted = if first { self.wanted } else { self.wanted.map(|count| count.min(1)) };
        let (ritz, vectors) = loop {
            if process.steps() == steps || process.exhausted() {
                break self.ritz(&process)?.confirmed(&process)?;
            }
            let count = process.steps() + 2 + found.len();
            self.layout.check_memory(count, settings.memory_limit)?;
            process.step()?;
            self.products += 1;
            self.layout.step(&tracker)?;
            if process.steps() >= look {
                let ritz = self.ritz(&process)?;
                if self.settled(&ritz, wanted, process.scale(), first) {
                    let (ritz, vectors) = ritz.confirmed(&process)?;
                    if self.settled(&ritz, wanted, process.scale(), first) {
                        break (ritz, vectors);
                    }
                }
                look = (process.steps() as f64 * GROWTH).ceil() as usize;
            }
        };
        self.scale = process.scale();
        let settled = process.exhausted() || self.settled(&ritz, wanted, self.scale, first);
        let places = Self::places(ritz.values.len(), wanted)
            .filter(|place| first || self.is_missed(ritz.values[*place], self.scale))
            .filter(|place| settled || self.converged(ritz.residuals[*place], self.scale))
            .collect();
        let taken = self.take(&process, &ritz, &vectors, places)?;
        let steps = process.steps();
        self.vectors = found;
        let any = !taken.is_empty();
        for (value, vector) in taken {
            self.found.push(value);
            self.vectors.push(vector);
        }
        if !settled {
            return Err(self.exhausted(steps, self.worst(&ritz, wanted)));
        }
        Ok(any)
    }

    /// The error of steps that do not suffice, with what has been found.
    fn exhausted(&self, steps: usize, residual: f64) -> Error {
        let mut converged: Vec<(f64, f64)> =
            self.found.iter().map(|ritz| (ritz.value, ritz.residual_bound)).collect();
        converged.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (residual, tolerance) = (residual / self.scale, self.settings.tolerance);
        Error::StepsExhausted { steps, residual, tolerance, converged }
    }

    fn ritz(&self, process: &Process<'_>) -> Result<Ritz, Error> {
        if process.steps() == 0 {
            return Ok(Ritz { values: Vec::new(), residuals: Vec::new() });
        }
        let jacobi = process.jacobi()?;
        Ok(Ritz { values: jacobi.gauss_rule()?.0, residuals: jacobi.residual_bounds()? })
    }

    /// The Ritz values that are wanted, by their places.
    fn places(count: usize, wanted: [usize; 2]) -> impl Iterator<Item = usize> {
        let [smallest, largest] = wanted.map(|wanted| wanted.min(count));
        (0..smallest).chain((count - largest).max(smallest)..count)
    }

    fn worst(&self, ritz: &Ritz, wanted: [usize; 2]) -> f64 {
        let places = Self::places(ritz.values.len(), wanted);
        places.map(|place| ritz.residuals[place]).fold(0.0, f64::max)
    }

    /// Whether the wanted Ritz values are good enough: to be taken, or of later
    /// processes to say that nothing was missed.
    fn settled(&self, ritz: &Ritz, wanted: [usize; 2], scale: f64, first: bool) -> bool {
        let Ritz { values, residuals } = ritz;
        values.len() >= wanted[0].saturating_add(wanted[1])
            && Self::places(values.len(), wanted).all(|place| {
                let (value, residual) = (values[place], residuals[place]);
                let inwards = !first
                    && residual <= LOOSE * scale
                    && !self.is_missed(value - residual, scale)
                    && !self.is_missed(value + residual, scale);
                inwards || self.converged(residual, scale)
            })
    }

    fn converged(&self, residual: f64, scale: f64) -> bool {
        residual <= self.settings.tolerance * scale
    }

    /// The Ritz values at these places, with their vectors.
    fn take(
        &mut self,
        process: &Process<'_>,
        ritz: &Ritz,
        vectors: &Eigenvectors,
        places: Vec<usize>,
    ) -> Result<Vec<(RitzValue, Vec<f64>)>, Error> {
        let mut taken = Vec::new();
        for place in places {
            let steps = process.steps();
            let coefficients: Vec<f64> = (0..steps).map(|j| vectors[(j, place)]).collect();
            let mut vector = vec![0.0; self.layout.rows().len()];
            add(&mut vector, &process.basis()[..steps], &coefficients);
            taken.push((self.measured(&mut vector, ritz.values[place])?, vector));
        }
        Ok(taken)
    }

    /// Whether an eigenvalue of the complement belongs among the wanted ones.
    fn is_missed(&self, value: f64, scale: f64) -> bool {
        let mut values: Vec<f64> = self.found.iter().map(|found| found.value).collect();
        values.sort_by(f64::total_cmp);
        let [smallest, largest] = self.wanted;
        // What differs by less than the tolerance is as good.
        let margin = self.settings.tolerance * scale;
        let count = values.len();
        (smallest > 0 && (count < smallest || value < values[smallest - 1] - margin))
            || (largest > 0 && (count < largest || value > values[count - largest] + margin))
    }

    /// The residual of a Ritz vector, which is brought to length 1.
    fn measured(&mut self, vector: &mut [f64], value: f64) -> Result<RitzValue, Error> {
        let length = self.layout.norm(vector)?;
        vector.iter_mut().for_each(|entry| *entry /= length);
        let mut image = vec![0.0; vector.len()];
        self.operator
            .apply_vector(ArrayViewMut1::from(&mut image[..]), ArrayView1::from(&*vector))?;
        image.iter_mut().zip(&*vector).for_each(|(image, entry)| *image -= value * entry);
        let residual_bound = self.layout.norm(&image)? + ROUNDING * self.scale.max(value.abs());
        self.products += 1;
        if !residual_bound.is_finite() {
            return Err(Error::NonFiniteOperator { step: self.products });
        }
        Ok(RitzValue { value, residual_bound })
    }
}
