//! `Lanczos`: some steps from a given vector.

use ndarray::ArrayView1;

use super::{JacobiMatrix, Process};
use crate::ntk::checks::same;
use crate::ntk::{SymmetricOperator, agreement};
use crate::observer::{Observer, Watch};
use crate::{Error, memory, settings};

/// How the vectors of a Lanczos process are kept orthogonal: by subtracting from
/// each new one its components along all earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reorthogonalisation {
    /// Once, and again where more than nine tenths of the vector cancel. Beside
    /// outliers far above the bulk some orthogonality is lost, about half of the
    /// digits at a ratio of $10^6$.
    Full,
    /// Always twice, which leaves them orthogonal to rounding.
    #[default]
    TwoPass,
}

impl Reorthogonalisation {
    /// As a number that processes can compare.
    pub(crate) fn number(self) -> (&'static str, f64) {
        let passes = match self {
            Self::Full => 1.0,
            Self::TwoPass => 2.0,
        };
        ("passes of reorthogonalisation", passes)
    }
}

/// Some steps of the Lanczos process.
///
/// # Examples
///
/// ```
/// use ndarray::{Array1, Array2};
/// use ntk_spectrum::ntk::lanczos::Lanczos;
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
    /// At most `steps` steps.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when `steps` is 0.
    pub fn new(steps: usize) -> Result<Self, Error> {
        Ok(Self {
            steps: settings::size("steps", steps)?,
            reorthogonalisation: Reorthogonalisation::default(),
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
        })
    }

    /// How vectors are kept orthogonal; the default is
    /// [`TwoPass`](Reorthogonalisation::TwoPass).
    #[must_use]
    pub fn with_reorthogonalisation(self, reorthogonalisation: Reorthogonalisation) -> Self {
        Self { reorthogonalisation, ..self }
    }

    /// The bytes that the vectors may take, checked before the first step; the
    /// default is 16 GiB.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Who is told how far the process is, and may end it with
    /// [`Error::Cancelled`]; the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// The steps from `start`, of any length but 0. There are fewer than asked for
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
        let steps = self.steps.min(operator.size());
        agreement::agree(operator, self.check(operator, start, steps))?;
        agreement::same_everywhere(
            operator,
            &[("steps", steps as f64), self.reorthogonalisation.number()],
        )?;
        let mut process = Process::new(operator, self.reorthogonalisation, &[], start.to_vec())?;
        if process.exhausted() {
            return Err(Error::InvalidParameter {
                name: "the length of start",
                value: 0.0,
                allowed: "a number above 0",
            });
        }
        let tracker = agreement::start(&self.watch, steps, operator)?;
        while process.steps() < steps && !process.exhausted() {
            process.step()?;
            agreement::step(&tracker, operator)?;
        }
        process.jacobi()
    }

    /// The checks of what this process holds.
    fn check(
        &self,
        operator: &dyn SymmetricOperator,
        start: ArrayView1<'_, f64>,
        steps: usize,
    ) -> Result<(), Error> {
        same(
            "length of start",
            start.len(),
            operator.local_rows().len(),
            "the rows of the operator",
        )?;
        if let Some(index) = start.iter().position(|entry| !entry.is_finite()) {
            let (name, value, allowed) = ("start", start[index], "a finite number");
            return Err(Error::InvalidEntry { name, index, value, allowed });
        }
        memory::check("the Lanczos vectors", start.len(), steps + 1, self.memory_limit)
    }
}
