//! The state of a stochastic Lanczos quadrature in a file.

use std::path::{Path, PathBuf};

use super::deflation::{Deflation, SetAside};
use super::state::{Signature, State, StateView};
use super::{JacobiMatrix, Layout, Probe, Process, Reorthogonalisation, SymmetricOperator};
use crate::{Error, arguments};

/// Steps between writes unless the caller says otherwise.
const INTERVAL: usize = 10;

/// How far the first step may be off from that in the file, relative to it: other
/// processors round otherwise, other operators are far away.
const SAME: f64 = 1e-9;

/// A file that keeps the state of a [`StochasticQuadrature`](super::StochasticQuadrature).
///
/// It is written every `interval` steps and at the end, in the format
/// [safetensors](https://crates.io/crates/safetensors): beside the file first,
/// then renamed, so that it is whole at any time. If it is there at the beginning,
/// the work goes on from it, with the same results, bit for bit, as without the
/// interruption (on the same kind of machine). More probes may be asked for than
/// before, or fewer, of which the file has the first ones. It is left when the work is
/// done.
///
/// A checksum (CRC-32) of the whole file tells one that is damaged: one bit that is
/// another, or any that are not further apart than 32, for certain, else but for one case
/// in 2³². Only plain files are read, and replaced, and no more of them than a computation
/// with these settings writes.
///
/// Of an operator spread over processes each process has a file of its own, the
/// rows it holds appended to the name; where each holds whole vectors, as of JᵀJ,
/// all have the same. They go on together, from the last step that all have kept,
/// and a process that cannot read or write ends the work of all, with
/// [`Error::OtherRankFailed`] on the others.
///
/// # Errors
/// When the work begins, [`Error::NotRead`] for a file that is truncated, damaged or no
/// such file, for a folder, a pipe and a device, and [`Error::OtherCheckpoint`] for a file
/// of another computation: of another size, seed, number of steps, way of keeping vectors
/// orthogonal or deflation, or another operator, of which the first step is done again to
/// see. [`Error::NotWritten`].
///
/// # Examples
///
/// ```
/// use std::ops::ControlFlow;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::krylov::{Checkpoint, StochasticQuadrature};
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::ntk::NtkBuilder;
/// use ntk_spectrum::observer::Progress;
/// use ntk_spectrum::{Dimensions, Error};
///
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(400, 20, 25)?, Relu);
/// let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
/// let file = std::env::temp_dir().join(format!("state-{}.safetensors", std::process::id()));
/// let checkpoint = Checkpoint::new(&file).with_interval(5)?;
/// let quadrature = StochasticQuadrature::new(2, 20)?;
/// let kept = quadrature.clone().with_checkpoint(checkpoint);
///
/// let stop = |progress: Progress| match progress.done {
///     0..27 => ControlFlow::Continue(()),
///     _ => ControlFlow::Break(()),
/// };
/// assert!(matches!(
///     kept.clone().with_observer(stop).estimate(&kernel),
///     Err(Error::Cancelled { .. })
/// ));
/// assert_eq!(kept.estimate(&kernel)?, quadrature.estimate(&kernel)?);
/// # std::fs::remove_file(&file).unwrap();
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Checkpoint {
    path: PathBuf,
    interval: usize,
}

/// The computation whose state is kept.
pub(super) struct Computation<'o> {
    pub(super) operator: &'o dyn SymmetricOperator,
    pub(super) layout: Layout<'o>,
    pub(super) deflation: Deflation,
    pub(super) set_aside: &'o SetAside,
    pub(super) probes: usize,
    pub(super) steps: usize,
    pub(super) seed: u64,
    pub(super) reorthogonalisation: Reorthogonalisation,
}

impl Checkpoint {
    /// Keeps the state in the file at `path`, written every 10 steps.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), interval: INTERVAL }
    }

    /// Sets the steps between two writes. A write takes as many bytes as the Lanczos
    /// vectors so far, 8n each.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for 0.
    pub fn with_interval(self, steps: usize) -> Result<Self, Error> {
        Ok(Self { interval: arguments::size("steps", steps)?, ..self })
    }

    /// Steps between two writes.
    pub(super) fn interval(&self) -> usize {
        self.interval
    }

    /// The file of this process.
    fn path(&self, computation: &Computation<'_>) -> PathBuf {
        let rows = computation.layout.rows();
        if rows == (0..computation.operator.size()) {
            return self.path.clone();
        }
        let mut name = self.path.as_os_str().to_owned();
        name.push(format!(".{}-{}", rows.start, rows.end));
        PathBuf::from(name)
    }

    /// Takes up the state in the file, if there is one: the finished probes go to
    /// `matrices`.
    pub(super) fn resume<'o>(
        &self,
        computation: &Computation<'o>,
        matrices: &mut Vec<JacobiMatrix>,
    ) -> Result<Option<Process<'o>>, Error> {
        let path = self.path(computation);
        let read = State::read(&path, &computation.signature());
        let mut state = computation.common(computation.layout.agree(read)?)?;
        if state.finished.is_empty() && state.alpha.is_empty() {
            return Ok(None);
        }
        let expected = computation.first_step()?;
        computation.layout.agree(check_first_step(&state, expected, &path))?;
        matrices.append(&mut state.finished);
        if state.alpha.is_empty() {
            return Ok(None);
        }
        let State { alpha, beta, basis, .. } = state;
        let Computation { operator, reorthogonalisation, set_aside, .. } = *computation;
        let entries = (alpha, beta);
        Ok(Some(set_aside.resumed(operator, reorthogonalisation, basis, entries)))
    }

    /// Writes the file when it is time to.
    pub(super) fn after_step(
        &self,
        computation: &Computation<'_>,
        finished: &[JacobiMatrix],
        process: &Process<'_>,
    ) -> Result<(), Error> {
        if process.steps().is_multiple_of(self.interval) {
            computation.layout.agree(self.write(computation, finished, Some(process)))?;
        }
        Ok(())
    }

    /// Writes the file when a probe is done.
    pub(super) fn after_probe(
        &self,
        computation: &Computation<'_>,
        finished: &[JacobiMatrix],
    ) -> Result<(), Error> {
        computation.layout.agree(self.write(computation, finished, None))
    }

    fn write(
        &self,
        computation: &Computation<'_>,
        finished: &[JacobiMatrix],
        process: Option<&Process<'_>>,
    ) -> Result<(), Error> {
        let mut state = StateView { finished, ..StateView::default() };
        if let Some(process) = process {
            (state.alpha, state.beta) = process.entries();
            state.basis = process.basis();
        }
        state.write(&self.path(computation), &computation.signature())
    }
}

impl Computation<'_> {
    /// What a file must agree with.
    fn signature(&self) -> Signature {
        let size = self.operator.size();
        let Deflation { count, steps } = self.deflation;
        Signature {
            size,
            rows: self.layout.rows(),
            steps: self.steps.min(size),
            seed: self.seed,
            reorthogonalisation: self.reorthogonalisation.stored_name(),
            deflation: Deflation { count, steps: steps.min(size) },
        }
    }

    /// The state that all processes can go on from: the least that one of them has.
    fn common(&self, mut state: State) -> Result<State, Error> {
        // More probes than are wanted are as good as all of them.
        if state.finished.len() >= self.probes {
            state.finished.truncate(self.probes);
            state.forget_running();
        }
        let (probes, running) = (state.finished.len(), state.alpha.len());
        let table = self.layout.gather(&[probes as f64, running as f64])?;
        let first = table.iter().map(|row| row[0]).fold(f64::INFINITY, f64::min);
        // Who is already at the next probe has dropped the vectors of this one.
        let running = match table.iter().all(|row| row[0] == first) {
            true => table.iter().map(|row| row[1]).fold(f64::INFINITY, f64::min) as usize,
            false => 0,
        };
        state.finished.truncate(first as usize);
        if running == 0 {
            state.forget_running();
        } else if running < state.alpha.len() {
            state.alpha.truncate(running);
            state.beta.truncate(running);
            state.basis.truncate(running + 1);
        }
        Ok(state)
    }

    /// The first step of the first probe, done again.
    fn first_step(&self) -> Result<(f64, f64), Error> {
        let start = Probe { seed: self.seed, index: 0 };
        let mut process = self.set_aside.process(self.operator, self.reorthogonalisation, start)?;
        process.step()?;
        let (alpha, beta) = process.entries();
        Ok((alpha[0], beta[0]))
    }
}

/// Whether a file's first step is that of the operator.
fn check_first_step(state: &State, (alpha, beta): (f64, f64), path: &Path) -> Result<(), Error> {
    let (kept_alpha, kept_beta) = match state.finished.first() {
        Some(matrix) => (matrix.alpha(), matrix.beta()),
        None => (&state.alpha[..], &state.beta[..]),
    };
    let scale = alpha.abs() + beta;
    for (found, expected) in [(kept_alpha[0], alpha), (kept_beta[0], beta)] {
        if (found - expected).abs() > SAME * scale {
            return Err(Error::OtherCheckpoint {
                path: path.display().to_string(),
                what: "first step",
                found: found.to_string(),
                expected: expected.to_string(),
            });
        }
    }
    Ok(())
}
