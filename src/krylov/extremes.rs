//! Extreme eigenvalues.

use super::agreement::seed;
use super::search::{Search, Settings};
use super::{Layout, RitzValue, SymmetricOperator, smaller_of};
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Error, arguments, memory};

/// Default bound of a residual relative to the operator.
const TOLERANCE: f64 = 1e-12;

/// What `with_tolerance` accepts.
const TOLERANCES: std::ops::RangeInclusive<f64> = 1e-13..=1e-2;

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
    settings: Settings,
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
        let settings = Settings {
            steps: None,
            tolerance: TOLERANCE,
            seed: 0,
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
        };
        Ok(Self { largest, smallest, settings })
    }

    /// Sets the steps that one process may take; the default is the size of the operator.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for 0.
    pub fn with_steps(self, steps: usize) -> Result<Self, Error> {
        let steps = Some(arguments::size("steps", steps)?);
        Ok(Self { settings: Settings { steps, ..self.settings }, ..self })
    }

    /// Sets the residual that counts as small, relative to the operator's norm, from
    /// $10^{-13}$ to $10^{-2}$; the default is $10^{-12}$. The error of an eigenvalue
    /// that is apart from the others is far smaller, about the residual's square.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] outside of this range.
    pub fn with_tolerance(self, tolerance: f64) -> Result<Self, Error> {
        let allowed = "a number between 1e-13 and 1e-2";
        let tolerance = arguments::within("tolerance", tolerance, TOLERANCES, allowed)?;
        Ok(Self { settings: Settings { tolerance, ..self.settings }, ..self })
    }

    /// Sets the seed of the start vectors; the default is 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { settings: Settings { seed, ..self.settings }, ..self }
    }

    /// Sets the bytes that the vectors of a process may take; the default is 16 GiB.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { settings: Settings { memory_limit: bytes, ..self.settings }, ..self }
    }

    /// Sets who is told how far each process is, and may end it with
    /// [`Error::Cancelled`]; the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        let watch = Watch::new(observer);
        Self { settings: Settings { watch, ..self.settings }, ..self }
    }

    /// Finds the wanted eigenvalues of `operator`, each with a bound of its error.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when more are wanted than there are;
    /// [`Error::StepsExhausted`] when the steps allowed do not suffice, with what they
    /// have found;
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
        let (compressed, zeros) = smaller_of(operator)?;
        let inner = compressed.as_deref().unwrap_or(operator);
        let known = zeros.min(self.largest.max(self.smallest));
        memory::check("the eigenvalues with their bounds", known, 2, self.settings.memory_limit)?;
        // Nothing is smaller than the zeros.
        let wanted = [self.smallest.saturating_sub(zeros), self.largest.min(inner.size())];
        let (mut values, products) = Search::new(&self.settings, inner, wanted).run()?;
        let zero = RitzValue { value: 0.0, residual_bound: 0.0 };
        values.extend(std::iter::repeat_n(zero, known));
        values.sort_by(|a, b| a.value.total_cmp(&b.value));
        Ok(Extremes {
            largest: values.iter().rev().take(self.largest).copied().collect(),
            smallest: values.iter().take(self.smallest).copied().collect(),
            products,
        })
    }

    /// Checks that all processes do the same.
    fn same_everywhere(&self, layout: &Layout<'_>, size: usize) -> Result<(), Error> {
        let [seed, last_bits] = seed(self.settings.seed);
        layout.same_everywhere(&[
            ("largest", self.largest as f64),
            ("smallest", self.smallest as f64),
            ("steps", self.settings.steps.unwrap_or(size) as f64),
            ("tolerance", self.settings.tolerance),
            seed,
            last_bits,
        ])
    }
}
