//! The state of a stochastic Lanczos quadrature in a file.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use safetensors::{Dtype, SafeTensors, View};
use tempfile::NamedTempFile;

use super::deflation::SetAside;
use super::{JacobiMatrix, Layout, Probe, Process, Reorthogonalisation, SymmetricOperator};
use crate::{Error, arguments};

/// What the files call themselves; the number counts changes of their layout.
const FORMAT: &str = "ntk-spectrum stochastic Lanczos quadrature 1";

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
/// before. It is left when the work is done.
///
/// Of an operator spread over processes each process has a file of its own, the
/// rows it holds appended to the name; where each holds whole vectors, as of JᵀJ,
/// all have the same. They go on together, from the last step that all have kept,
/// and a process that cannot read or write ends the work of all, with
/// [`Error::OtherRankFailed`] on the others.
///
/// # Errors
/// When the work begins, [`Error::NotRead`] for a file that is truncated or no
/// such file, and [`Error::OtherCheckpoint`] for one of another computation: of
/// another size, seed, number of steps or way of keeping vectors orthogonal, or another
/// operator, of which the first step is done again to see. [`Error::NotWritten`].
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
    pub(super) set_aside: &'o SetAside,
    pub(super) probes: usize,
    pub(super) steps: usize,
    pub(super) seed: u64,
    pub(super) reorthogonalisation: Reorthogonalisation,
}

/// What a file holds.
#[derive(Default)]
struct State {
    finished: Vec<JacobiMatrix>,
    alpha: Vec<f64>,
    beta: Vec<f64>,
    basis: Vec<Vec<f64>>,
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
        let read = match path.try_exists() {
            Ok(false) => Ok(State::default()),
            Ok(true) => read(&path, &computation.description()),
            Err(error) => Err(not_read(&path, error)),
        };
        let mut state = computation.common(computation.layout.agree(read)?)?;
        if state.finished.is_empty() && state.alpha.is_empty() {
            return Ok(None);
        }
        let expected = computation.first_step()?;
        computation.layout.agree(state.check_first_step(expected, &path))?;
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
        let mut vectors: Vec<(String, Vector<'_>)> = Vec::new();
        for (k, matrix) in finished.iter().enumerate() {
            vectors.push((format!("alpha.{k}"), Vector::new(matrix.alpha())));
            vectors.push((format!("beta.{k}"), Vector::new(matrix.beta())));
        }
        if let Some(process) = process {
            let (alpha, beta) = process.entries();
            vectors.push(("alpha".into(), Vector::new(alpha)));
            vectors.push(("beta".into(), Vector::new(beta)));
            for (j, vector) in process.basis().iter().enumerate() {
                vectors.push((format!("basis.{j}"), Vector::new(vector)));
            }
        }
        let path = self.path(computation);
        let failed = |error: io::Error| Error::NotWritten {
            path: path.display().to_string(),
            source: error.into(),
        };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let file = NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(failed)?;
        let description = computation.description();
        let metadata: HashMap<String, String> =
            description.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        safetensors::serialize_to_file(vectors, Some(metadata), file.path())
            .map_err(|error| failed(io::Error::other(error)))?;
        file.as_file().sync_all().map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

fn not_read(path: &Path, error: io::Error) -> Error {
    Error::NotRead { path: path.display().to_string(), source: error.into() }
}

/// The error of a file whose contents are not what they should be.
fn invalid(path: &Path, reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    not_read(path, io::Error::new(io::ErrorKind::InvalidData, reason))
}

fn read(path: &Path, description: &[(&'static str, String)]) -> Result<State, Error> {
    let bytes = std::fs::read(path).map_err(|error| not_read(path, error))?;
    let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|error| invalid(path, error))?;
    let found = metadata.metadata().clone().unwrap_or_default();
    for (what, expected) in description {
        let found = found.get(*what).cloned().unwrap_or_default();
        if *what == "format" && found != FORMAT {
            return Err(invalid(path, format!("it is no file of the format \"{FORMAT}\"")));
        }
        if found != *expected {
            let (path, expected) = (path.display().to_string(), expected.clone());
            return Err(Error::OtherCheckpoint { path, what, found, expected });
        }
    }
    let tensors = SafeTensors::deserialize(&bytes).map_err(|error| invalid(path, error))?;
    let vector = |name: String| match tensors.tensor(&name) {
        Err(_) => Ok(None),
        Ok(tensor) if tensor.dtype() == Dtype::F64 => {
            let (numbers, _) = tensor.data().as_chunks::<8>();
            let numbers: Vec<f64> =
                numbers.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect();
            match numbers.iter().all(|number| number.is_finite()) {
                true => Ok(Some(numbers)),
                false => Err(invalid(path, format!("{name} holds a number that is not finite"))),
            }
        }
        Ok(_) => Err(invalid(path, format!("{name} does not hold numbers of 64 bits"))),
    };
    let mut state = State::default();
    while let Some(alpha) = vector(format!("alpha.{}", state.finished.len()))? {
        let beta = vector(format!("beta.{}", state.finished.len()))?.unwrap_or_default();
        let matrix = JacobiMatrix::new(alpha, beta).map_err(|error| invalid(path, error))?;
        state.finished.push(matrix);
    }
    if let Some(alpha) = vector("alpha".into())? {
        (state.alpha, state.beta) = (alpha, vector("beta".into())?.unwrap_or_default());
    }
    while let Some(column) = vector(format!("basis.{}", state.basis.len()))? {
        state.basis.push(column);
    }
    let rows = description[2].1.split_once('-').map(|(start, end)| (start.parse(), end.parse()));
    let Some((Ok(start), Ok(end))) = rows else { return Err(invalid(path, "it has no rows")) };
    let length: usize = usize::saturating_sub(end, start);
    let steps = state.alpha.len();
    let exhausted = state.beta.last() == Some(&0.0);
    if state.beta.len() != steps
        || state.basis.iter().any(|vector| vector.len() != length)
        || (steps > 0 && state.basis.len() != steps + usize::from(!exhausted))
    {
        return Err(invalid(path, "its vectors do not fit together"));
    }
    Ok(state)
}

impl Computation<'_> {
    /// What a file must agree with.
    fn description(&self) -> [(&'static str, String); 6] {
        let (size, rows) = (self.operator.size(), self.layout.rows());
        [
            ("format", FORMAT.to_owned()),
            ("size", size.to_string()),
            ("rows", format!("{}-{}", rows.start, rows.end)),
            ("seed", self.seed.to_string()),
            ("steps", self.steps.min(size).to_string()),
            ("reorthogonalisation", self.reorthogonalisation.stored_name().to_owned()),
        ]
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

impl State {
    /// Drops the probe that is under way.
    fn forget_running(&mut self) {
        self.alpha.clear();
        self.beta.clear();
        self.basis.clear();
    }

    fn check_first_step(&self, (alpha, beta): (f64, f64), path: &Path) -> Result<(), Error> {
        let (kept_alpha, kept_beta) = match self.finished.first() {
            Some(matrix) => (matrix.alpha(), matrix.beta()),
            None => (&self.alpha[..], &self.beta[..]),
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
}

/// Numbers as the format takes them.
struct Vector<'a> {
    numbers: &'a [f64],
    shape: [usize; 1],
}

impl<'a> Vector<'a> {
    fn new(numbers: &'a [f64]) -> Self {
        Self { numbers, shape: [numbers.len()] }
    }
}

impl View for Vector<'_> {
    fn dtype(&self) -> Dtype {
        Dtype::F64
    }

    fn shape(&self) -> &[usize] {
        &self.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        self.numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<u8>>().into()
    }

    fn data_len(&self) -> usize {
        size_of_val(self.numbers)
    }
}
