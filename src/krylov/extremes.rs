//! Extreme eigenvalues.

use ndarray::{ArrayView1, ArrayViewMut1};

use super::agreement::seed;
use super::{Layout, Probe, Process, Reorthogonalisation, SymmetricOperator};
use crate::linalg::tridiagonal_eigenvectors;
use crate::linalg::vectors::add;
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Error, arguments, memory};

/// Default bound of a residual relative to the operator.
const TOLERANCE: f64 = 1e-12;

/// The same where a Ritz value only has to show that it is not among the extremes.
const LOOSE: f64 = 1e-6;

/// What `with_tolerance` accepts.
const TOLERANCES: std::ops::RangeInclusive<f64> = 1e-13..=1e-2;

/// What the rounding of one product may add to a residual, relative to the operator.
const ROUNDING: f64 = 16.0 * f64::EPSILON;

/// Steps before the first look at Ritz values, and their growth between looks.
const FIRST_LOOK: usize = 20;
const GROWTH: f64 = 1.15;

/// The largest and smallest eigenvalues of a symmetric operator, each as often as
/// its multiplicity.
///
/// The Lanczos process runs until the wanted Ritz values have small residuals;
/// they are set aside with their vectors. A process from a fresh random vector in
/// the orthogonal complement then looks for what was missed, and so on until it
/// finds nothing further out. That finds repeated eigenvalues, of which one
/// process alone sees a single copy. Eigenvalues that are 0 because the operator
/// has a [smaller one](SymmetricOperator::compressed) are known without any work.
///
/// # Examples
///
/// ```
/// use ndarray::{Array1, Array2};
/// use ntk_spectrum::krylov::ExtremeEigenvalues;
///
/// let mut diagonal = Array1::linspace(0.0, 1.0, 200);
/// diagonal[7] = 3.0;
/// diagonal[90] = 3.0;
/// let extremes = ExtremeEigenvalues::new(3, 1)?.find(&Array2::from_diag(&diagonal))?;
/// for (found, exact) in extremes.largest().iter().zip([3.0, 3.0, 1.0]) {
///     assert!((found.value - exact).abs() <= found.residual_bound);
/// }
/// assert!(extremes.smallest()[0].value.abs() <= extremes.smallest()[0].residual_bound);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct ExtremeEigenvalues {
    largest: usize,
    smallest: usize,
    steps: Option<usize>,
    tolerance: f64,
    seed: u64,
    memory_limit: u64,
    watch: Watch,
}

/// An approximate eigenvalue.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct RitzValue {
    /// The Ritz value θ.
    pub value: f64,
    /// An eigenvalue of the operator is at most this far away: the residual
    /// $|A y - \theta y|$ of the unit Ritz vector y, computed from a product with
    /// y, and what rounding may have hidden.
    pub residual_bound: f64,
}

/// The extreme eigenvalues of an operator.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Extremes {
    largest: Vec<RitzValue>,
    smallest: Vec<RitzValue>,
    products: usize,
}

impl Extremes {
    /// Returns the largest eigenvalues, descending.
    #[must_use]
    pub fn largest(&self) -> &[RitzValue] {
        &self.largest
    }

    /// Returns the smallest eigenvalues, ascending.
    #[must_use]
    pub fn smallest(&self) -> &[RitzValue] {
        &self.smallest
    }

    /// Returns the number of products with vectors that it took.
    #[must_use]
    pub fn products(&self) -> usize {
        self.products
    }
}

impl ExtremeEigenvalues {
    /// Looks for so many of the largest and of the smallest eigenvalues.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when none are wanted.
    pub fn new(largest: usize, smallest: usize) -> Result<Self, Error> {
        arguments::size("largest + smallest", largest.saturating_add(smallest))?;
        Ok(Self {
            largest,
            smallest,
            steps: None,
            tolerance: TOLERANCE,
            seed: 0,
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
        })
    }

    /// Sets the steps that one process may take; the default is the size of the operator.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for 0.
    pub fn with_steps(self, steps: usize) -> Result<Self, Error> {
        Ok(Self { steps: Some(arguments::size("steps", steps)?), ..self })
    }

    /// Sets the residual that counts as small, relative to the operator's norm, from
    /// $10^{-13}$ to $10^{-2}$; the default is $10^{-12}$. The error of an eigenvalue
    /// that is apart from the others is far smaller, about the residual's square.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] outside of this range.
    pub fn with_tolerance(self, tolerance: f64) -> Result<Self, Error> {
        let allowed = "a number between 1e-13 and 1e-2";
        Ok(Self {
            tolerance: arguments::within("tolerance", tolerance, TOLERANCES, allowed)?,
            ..self
        })
    }

    /// Sets the seed of the start vectors; the default is 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets the bytes that the vectors of a process may take; the default is 16 GiB.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Sets who is told how far each process is, and may end it with
    /// [`Error::Cancelled`]; the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Finds the wanted eigenvalues of `operator`, each with a bound of its error.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when more are wanted than there are;
    /// [`Error::StepsExhausted`] when the steps allowed do not suffice;
    /// [`Error::MemoryLimit`] when the vectors of a process outgrow the limit;
    /// otherwise as [`Lanczos::run`](super::Lanczos::run).
    ///
    /// # Complexity
    /// Two processes or more. m steps take m products and $4nm^2$ operations. An
    /// eigenvalue at relative distance g from the others needs about
    /// $14/\sqrt g$ steps at the default tolerance; in a spectrum that accumulates at
    /// its end, as at a hard edge, that comes near n.
    pub fn find(&self, operator: &dyn SymmetricOperator) -> Result<Extremes, Error> {
        let size = operator.size();
        self.same_everywhere(&operator.layout(), size)?;
        for (name, count) in [("largest", self.largest), ("smallest", self.smallest)] {
            arguments::size_if(name, count, count <= size, "at most the size of the operator")?;
        }
        let compressed = operator.compressed();
        let inner = compressed.as_deref().unwrap_or(operator);
        let zeros = size - inner.size();
        // Nothing is smaller than the zeros.
        let mut search = Search {
            configuration: self,
            operator: inner,
            layout: inner.layout(),
            wanted: [self.smallest.saturating_sub(zeros), self.largest.min(inner.size())],
            found: Vec::new(),
            vectors: Vec::new(),
            products: 0,
        };
        search.run()?;
        let mut values = search.found;
        let zero = RitzValue { value: 0.0, residual_bound: 0.0 };
        values.extend(std::iter::repeat_n(zero, zeros.min(self.largest.max(self.smallest))));
        values.sort_by(|a, b| a.value.total_cmp(&b.value));
        Ok(Extremes {
            largest: values.iter().rev().take(self.largest).copied().collect(),
            smallest: values.iter().take(self.smallest).copied().collect(),
            products: search.products,
        })
    }

    /// Checks that all processes do the same.
    fn same_everywhere(&self, layout: &Layout<'_>, size: usize) -> Result<(), Error> {
        let [seed, last_bits] = seed(self.seed);
        layout.same_everywhere(&[
            ("largest", self.largest as f64),
            ("smallest", self.smallest as f64),
            ("steps", self.steps.unwrap_or(size) as f64),
            ("tolerance", self.tolerance),
            seed,
            last_bits,
        ])
    }
}

/// What has been found, with the vectors.
struct Search<'a> {
    configuration: &'a ExtremeEigenvalues,
    operator: &'a dyn SymmetricOperator,
    layout: Layout<'a>,
    /// How many of the smallest and of the largest.
    wanted: [usize; 2],
    found: Vec<RitzValue>,
    vectors: Vec<Vec<f64>>,
    products: usize,
}

/// Ritz values of a process, ascending, with their residuals.
struct Ritz {
    values: Vec<f64>,
    residuals: Vec<f64>,
}

impl Search<'_> {
    fn run(&mut self) -> Result<(), Error> {
        if self.wanted == [0, 0] || self.operator.size() == 0 {
            return Ok(());
        }
        let mut round = 0;
        while self.found.len() < self.operator.size() && self.round(round)? {
            round += 1;
        }
        Ok(())
    }

    /// One process beside what has been found; whether it found anything.
    fn round(&mut self, round: usize) -> Result<bool, Error> {
        let configuration = self.configuration;
        let space = self.operator.size() - self.found.len();
        let steps = configuration.steps.unwrap_or(space).min(space);
        let found = std::mem::take(&mut self.vectors);
        let start = Probe { seed: configuration.seed, index: round }.normals(self.layout.rows());
        let mut process = Process::new(self.operator, Reorthogonalisation::Twice, &found, start)?;
        let tracker = self.layout.start(&configuration.watch, steps)?;
        let mut look = FIRST_LOOK.max(2 * (self.wanted[0] + self.wanted[1]));
        let first = round == 0;
        let wanted = if first { self.wanted } else { self.wanted.map(|count| count.min(1)) };
        let ritz = loop {
            if process.steps() == steps || process.exhausted() {
                break Some(self.ritz(&process)?);
            }
            let vectors = process.steps() + 2 + found.len();
            self.layout.check_memory(vectors, configuration.memory_limit)?;
            process.step()?;
            self.products += 1;
            self.layout.step(&tracker)?;
            if process.steps() >= look {
                let ritz = self.ritz(&process)?;
                if self.settled(&ritz, wanted, process.scale(), first) {
                    break Some(ritz);
                }
                look = (process.steps() as f64 * GROWTH).ceil() as usize;
            }
        };
        let taken = match ritz {
            Some(ritz) if process.steps() > 0 => {
                let scale = process.scale();
                if !(process.exhausted() || self.settled(&ritz, wanted, scale, first)) {
                    return Err(Error::StepsExhausted {
                        steps: process.steps(),
                        residual: self.worst(&ritz, wanted) / scale,
                        tolerance: configuration.tolerance,
                    });
                }
                self.take(&process, &ritz, wanted, first)?
            }
            _ => Vec::new(),
        };
        self.vectors = found;
        let any = !taken.is_empty();
        for (value, vector) in taken {
            self.found.push(value);
            self.vectors.push(vector);
        }
        Ok(any)
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
        values.len() >= wanted[0] + wanted[1]
            && Self::places(values.len(), wanted).all(|place| {
                let (value, residual) = (values[place], residuals[place]);
                let inwards = !first
                    && residual <= LOOSE * scale
                    && !self.is_missed(value - residual, scale)
                    && !self.is_missed(value + residual, scale);
                inwards || residual <= self.configuration.tolerance * scale
            })
    }

    /// The wanted Ritz values with their vectors; of later rounds those that belong
    /// among the wanted ones found before.
    fn take(
        &mut self,
        process: &Process<'_>,
        ritz: &Ritz,
        wanted: [usize; 2],
        all: bool,
    ) -> Result<Vec<(RitzValue, Vec<f64>)>, Error> {
        let scale = process.scale();
        let places = Self::places(ritz.values.len(), wanted);
        let places: Vec<usize> =
            places.filter(|place| all || self.is_missed(ritz.values[*place], scale)).collect();
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let jacobi = process.jacobi()?;
        let (_, components) = tridiagonal_eigenvectors(jacobi.alpha(), jacobi.inner_beta())?;
        let mut taken = Vec::new();
        for place in places {
            let steps = process.steps();
            let coefficients: Vec<f64> = (0..steps).map(|j| components[(j, place)]).collect();
            let mut vector = vec![0.0; self.layout.rows().len()];
            add(&mut vector, &process.basis()[..steps], &coefficients);
            taken.push((self.measured(&mut vector, ritz.values[place], scale)?, vector));
        }
        Ok(taken)
    }

    /// Whether an eigenvalue of the complement belongs among the wanted ones.
    fn is_missed(&self, value: f64, scale: f64) -> bool {
        let mut values: Vec<f64> = self.found.iter().map(|found| found.value).collect();
        values.sort_by(f64::total_cmp);
        let [smallest, largest] = self.wanted;
        // What differs by less than the tolerance is as good.
        let margin = self.configuration.tolerance * scale;
        let count = values.len();
        (smallest > 0 && (count < smallest || value < values[smallest - 1] - margin))
            || (largest > 0 && (count < largest || value > values[count - largest] + margin))
    }

    /// The residual of a Ritz vector, which is brought to length 1.
    fn measured(&mut self, vector: &mut [f64], value: f64, scale: f64) -> Result<RitzValue, Error> {
        let length = self.layout.norm(vector)?;
        vector.iter_mut().for_each(|entry| *entry /= length);
        let mut image = vec![0.0; vector.len()];
        self.operator
            .apply_vector(ArrayViewMut1::from(&mut image[..]), ArrayView1::from(&*vector))?;
        image.iter_mut().zip(&*vector).for_each(|(image, entry)| *image -= value * entry);
        let residual_bound = self.layout.norm(&image)? + ROUNDING * scale.max(value.abs());
        self.products += 1;
        Ok(RitzValue { value, residual_bound })
    }
}
