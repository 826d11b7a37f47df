//! Lanczos steps, with all vectors kept.

use ndarray::{ArrayView1, ArrayViewMut1};

use super::{JacobiMatrix, Layout, Reorthogonalisation, SymmetricOperator};
use crate::Error;
use crate::linalg::vectors::add;

/// What is left of a vector counts as rounding when it is below this, relative
/// to the operator.
const BREAKDOWN: f64 = 64.0 * f64::EPSILON;

/// An entry of the projected matrix may be off by this from what symmetry asks
/// for, relative to the operator: where vectors are orthogonal to rounding, and
/// where they are less so.
const ASYMMETRY: f64 = 1e-8;
const ASYMMETRY_ONE_PASS: f64 = 1e-4;

/// A vector that keeps less than this of its length has lost accuracy in its
/// direction, and is made orthogonal once more.
const CANCELLATION: f64 = 0.1;

/// The state of a Lanczos process.
pub(crate) struct Process<'o> {
    operator: &'o dyn SymmetricOperator,
    layout: Layout<'o>,
    reorthogonalisation: Reorthogonalisation,
    /// Orthonormal vectors that the process stays orthogonal to.
    deflated: &'o [Vec<f64>],
    /// $q_1, q_2, \dots$: one more than there are steps, until the space is exhausted.
    basis: Vec<Vec<f64>>,
    alpha: Vec<f64>,
    beta: Vec<f64>,
    /// What is known of the operator's norm from elsewhere.
    known_scale: f64,
    exhausted: bool,
}

impl<'o> Process<'o> {
    /// A process that begins at `start`, which need not have length 1. It is
    /// exhausted from the beginning when nothing of it is left beside the
    /// deflated vectors.
    pub(crate) fn new(
        operator: &'o dyn SymmetricOperator,
        reorthogonalisation: Reorthogonalisation,
        deflated: &'o [Vec<f64>],
        mut start: Vec<f64>,
    ) -> Result<Self, Error> {
        let (alpha, beta) = (Vec::new(), Vec::new());
        let mut process = Self {
            operator,
            layout: operator.layout(),
            reorthogonalisation,
            deflated,
            basis: Vec::new(),
            alpha,
            beta,
            known_scale: 0.0,
            exhausted: false,
        };
        let before = process.layout.norm(&start)?;
        for _ in 0..2 {
            process.project(&mut start)?;
        }
        let norm = process.layout.norm(&start)?;
        if !norm.is_finite() {
            return Err(Error::NonFiniteOperator { step: 0 });
        }
        // NaN and 0 of 0 as well.
        if norm > BREAKDOWN * before {
            start.iter_mut().for_each(|entry| *entry /= norm);
            process.basis.push(start);
        } else {
            process.exhausted = true;
        }
        Ok(process)
    }

    /// A process that was stopped, from its vectors and its matrix.
    pub(crate) fn resumed(
        operator: &'o dyn SymmetricOperator,
        reorthogonalisation: Reorthogonalisation,
        deflated: &'o [Vec<f64>],
        basis: Vec<Vec<f64>>,
        (alpha, beta): (Vec<f64>, Vec<f64>),
    ) -> Self {
        let exhausted = basis.len() <= alpha.len();
        let layout = operator.layout();
        Self {
            operator,
            layout,
            reorthogonalisation,
            deflated,
            basis,
            alpha,
            beta,
            known_scale: 0.0,
            exhausted,
        }
    }

    /// Tells the process that the operator's norm is at least about `scale`. Beside
    /// deflated vectors the operator may have nothing left but rounding, which counts as
    /// such only against the whole.
    pub(crate) fn with_scale(self, scale: f64) -> Self {
        Self { known_scale: scale, ..self }
    }

    /// Steps done.
    pub(crate) fn steps(&self) -> usize {
        self.alpha.len()
    }

    /// Whether the vectors so far span an invariant subspace.
    pub(crate) fn exhausted(&self) -> bool {
        self.exhausted
    }

    /// $q_1, q_2, \dots$
    pub(crate) fn basis(&self) -> &[Vec<f64>] {
        &self.basis
    }

    /// $\alpha_1, \alpha_2, \dots$ and $\beta_1, \beta_2, \dots$
    pub(crate) fn entries(&self) -> (&[f64], &[f64]) {
        (&self.alpha, &self.beta)
    }

    /// The matrix of all steps; there must be one.
    pub(crate) fn jacobi(&self) -> Result<JacobiMatrix, Error> {
        JacobiMatrix::new(self.alpha.clone(), self.beta.clone())
    }

    /// An estimate of the operator's norm.
    pub(crate) fn scale(&self) -> f64 {
        let rows = self.alpha.iter().zip(&self.beta).enumerate();
        rows.map(|(j, (alpha, beta))| {
            alpha.abs() + beta + if j > 0 { self.beta[j - 1] } else { 0.0 }
        })
        .fold(self.known_scale, f64::max)
    }

    /// One step: $\alpha_j$, $\beta_j$, $q_{j+1}$. Does nothing when the space is exhausted.
    pub(crate) fn step(&mut self) -> Result<(), Error> {
        if self.exhausted {
            return Ok(());
        }
        let j = self.steps();
        let mut w = vec![0.0; self.basis[j].len()];
        self.operator
            .apply_vector(ArrayViewMut1::from(&mut w[..]), ArrayView1::from(&self.basis[j][..]))?;
        let before = self.layout.norm(&w)?;
        if !before.is_finite() {
            return Err(Error::NonFiniteOperator { step: j + 1 });
        }
        let entries = match self.reorthogonalisation {
            Reorthogonalisation::Twice => self.project(&mut w)?,
            Reorthogonalisation::Adaptive => self.project_in_turn(&mut w)?,
        };
        self.check_symmetry(&entries, before)?;
        let mut alpha = entries[j];
        let mut beta = self.layout.norm(&w)?;
        if self.reorthogonalisation == Reorthogonalisation::Twice || beta < CANCELLATION * before {
            alpha += self.project(&mut w)?[j];
            beta = self.layout.norm(&w)?;
        }
        self.alpha.push(alpha);
        self.beta.push(beta);
        if beta <= BREAKDOWN * self.scale() {
            self.beta[j] = 0.0;
            self.exhausted = true;
        } else {
            w.iter_mut().for_each(|entry| *entry /= beta);
            self.basis.push(w);
        }
        Ok(())
    }

    /// $\langle q_i, A q_j \rangle$ must be 0 for $i < j - 1$, and $\beta_{j-1}$ for
    /// $i = j - 1$, for vectors q that are orthonormal.
    fn check_symmetry(&self, entries: &[f64], before: f64) -> Result<(), Error> {
        let j = self.steps();
        let tolerance = match self.reorthogonalisation {
            Reorthogonalisation::Twice => ASYMMETRY,
            Reorthogonalisation::Adaptive => ASYMMETRY_ONE_PASS,
        };
        let bound = tolerance * self.scale().max(before);
        for (i, found) in entries[..j].iter().enumerate() {
            let expected = if i + 1 == j { self.beta[i] } else { 0.0 };
            if (found - expected).abs() > bound {
                return Err(Error::NotSymmetric { step: j + 1, expected, found: *found });
            }
        }
        Ok(())
    }

    /// The same with a single pass: what symmetry says w has along the last two vectors goes
    /// first, so that the pass takes away little. From all of w it would take what the
    /// vectors lack of being orthogonal, times the ratio of w to what is left, and lose a
    /// digit in a few steps.
    fn project_in_turn(&self, w: &mut [f64]) -> Result<Vec<f64>, Error> {
        let j = self.steps();
        let along = self.layout.inner_products(&self.basis[j..=j], w)?[0];
        add(w, &self.basis[j..=j], &[-along]);
        if j > 0 {
            add(w, &self.basis[j - 1..j], &[-self.beta[j - 1]]);
        }
        let mut entries = self.project(w)?;
        entries[j] += along;
        if j > 0 {
            entries[j - 1] += self.beta[j - 1];
        }
        Ok(entries)
    }

    /// Makes w orthogonal to all vectors, once; what it had along those of the
    /// basis.
    fn project(&self, w: &mut [f64]) -> Result<Vec<f64>, Error> {
        let vectors: Vec<&[f64]> =
            self.deflated.iter().chain(&self.basis).map(Vec::as_slice).collect();
        let mut along = self.layout.inner_products(&vectors, w)?;
        let taken: Vec<f64> = along.iter().map(|entry| -entry).collect();
        add(w, &vectors, &taken);
        Ok(along.split_off(self.deflated.len()))
    }
}
