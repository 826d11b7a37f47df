//! `Lanczos`: some steps from a given vector.

use ndarray::ArrayView1;

use super::{JacobiMatrix, Layout, Process, Reorthogonalisation, SymmetricOperator};
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Error, arguments, memory};

/// Some steps of the Lanczos process.
///
/// # Examples
///
/// ```
/// use ndarray::{Array1, Array2};
/// use ntk_spectrum::krylov::Lanczos;
///
/// // Three different eigenvalues, two of them repeated: three steps exhaust the space.
/// let matrix = Array2::from_diag(&Array1::from(vec![1.0, 1.0, 2.0, 3.0, 3.0]));
/// let jacobi = Lanczos::new(5)?.run(&matrix, Array1::ones(5).view())?;
/// assert_eq!(jacobi.steps(), 3);
/// let (nodes, weights) = jacobi.gauss_rule()?;
/// assert!((nodes[2] - 3.0).abs() < 1e-14 && (weights[2] - 0.4).abs() < 1e-14);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Lanczos {
    steps: usize,
    reorthogonalisation: Reorthogonalisation,
    memory_limit: u64,
    watch: Watch,
}

impl Lanczos {
    /// Asks for at most `steps` steps.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when `steps` is 0.
    pub fn new(steps: usize) -> Result<Self, Error> {
        Ok(Self {
            steps: arguments::size("steps", steps)?,
            reorthogonalisation: Reorthogonalisation::default(),
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
        })
    }

    /// Sets how vectors are kept orthogonal; the default is
    /// [`Twice`](Reorthogonalisation::Twice).
    #[must_use]
    pub fn with_reorthogonalisation(self, reorthogonalisation: Reorthogonalisation) -> Self {
        Self { reorthogonalisation, ..self }
    }

    /// Sets the bytes that the vectors may take, checked before the first step; the
    /// default is 16 GiB.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Sets who is told how far the process is, and may end it with
    /// [`Error::Cancelled`]; the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Runs the steps from `start`, of any length but 0, and returns their matrix. There are fewer than asked for
    /// when the operator maps the vectors so far to themselves; the last β is then 0.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] unless `start` has the rows of this process,
    /// [`Error::InvalidEntry`] when it is not finite, [`Error::InvalidParameter`] when it is 0, [`Error::NotSymmetric`] and
    /// [`Error::NonFiniteOperator`] for operators that are no such thing,
    /// [`Error::MemoryLimit`], [`Error::Cancelled`], and the errors of the operator.
    ///
    /// # Complexity
    /// m products for m steps, $2nm^2$ operations to keep the vectors orthogonal
    /// (twice that for two passes), and 8n(m + 1) bytes.
    pub fn run(
        &self,
        operator: &dyn SymmetricOperator,
        start: ArrayView1<'_, f64>,
    ) -> Result<JacobiMatrix, Error> {
        let layout = operator.layout();
        layout.check(operator.size())?;
        let steps = self.steps.min(operator.size());
        layout.agree(self.check(&layout, start, steps))?;
        layout.same_everywhere(&[("steps", steps as f64), self.reorthogonalisation.number()])?;
        let mut process = Process::new(operator, self.reorthogonalisation, &[], start.to_vec())?;
        arguments::parameter("the length of start", 0.0, !process.exhausted(), "a number above 0")?;
        let tracker = layout.start(&self.watch, steps)?;
        while process.steps() < steps && !process.exhausted() {
            process.step()?;
            layout.step(&tracker)?;
        }
        process.jacobi()
    }

    /// The checks of what this process holds.
    fn check(
        &self,
        layout: &Layout<'_>,
        start: ArrayView1<'_, f64>,
        steps: usize,
    ) -> Result<(), Error> {
        let rows = layout.rows().len();
        arguments::same_size("length of start", start.len(), rows, "the rows of the operator")?;
        arguments::finite_entries("start", start)?;
        memory::check("the Lanczos vectors", rows, steps.saturating_add(1), self.memory_limit)
    }
}
