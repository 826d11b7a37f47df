//! Stochastic Lanczos quadrature.

use super::{Checkpoint, SpectralEstimate};
use crate::ntk::lanczos::{JacobiMatrix, Probe, Process, Reorthogonalisation};
use crate::ntk::{SymmetricOperator, agreement};
use crate::observer::{Observer, Watch};
use crate::{Error, memory, settings};

/// The distribution of the eigenvalues of a symmetric operator, estimated by
/// stochastic Lanczos quadrature.
///
/// For a vector v of random signs, $\mathbb E\,\langle v, f(A) v \rangle =
/// \operatorname{tr} f(A)$. Some Lanczos steps from v give the Gauss rule of
/// $f \mapsto \frac1n \langle v, f(A) v \rangle$, and the mean over `probes` such rules
/// estimates the law of all n eigenvalues ([`SpectralEstimate`]). It is
/// deterministic given the seed.
///
/// When the operator has a [smaller one](SymmetricOperator::compressed), as a
/// kernel with n > dp has, that one is used, and the zeros that are missing are
/// added exactly.
///
/// **How many?** The steps set the resolution: in the bulk nodes are about as
/// dense as `steps` points in the whole range of the spectrum, outliers
/// included. The probes set the noise: the standard error of a mean over a law of
/// standard deviation s is about $s \sqrt{2/(n \cdot \texttt{probes})}$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::LimitingSpectrum;
/// use ntk_spectrum::activation::Tanh;
/// use ntk_spectrum::empirical::{Comparison, PredictedOutliers, StochasticQuadrature};
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::ntk::NtkBuilder;
///
/// let ensemble = TwoLayerEnsemble::new(1000, 40, 30, Tanh).with_seed(1);
/// let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
/// let estimate = StochasticQuadrature::new(4, 60)?.estimate(&kernel)?;
///
/// // tr log(K + 1/10)/n
/// println!("{}", estimate.log_determinant(0.1)?);
/// // Against the limit, as for a full spectrum.
/// let law = LimitingSpectrum::of_ensemble(&ensemble);
/// let outliers = PredictedOutliers::of_spectrum(&law, 1000, 40, 30)?;
/// let comparison = Comparison::new(&estimate.split(&law, &outliers)?, &law)?;
/// assert!(comparison.kolmogorov_smirnov < 0.1);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct StochasticQuadrature {
    pub(super) probes: usize,
    pub(super) steps: usize,
    pub(super) seed: u64,
    pub(super) reorthogonalisation: Reorthogonalisation,
    memory_limit: u64,
    watch: Watch,
    checkpoint: Option<Checkpoint>,
}

impl StochasticQuadrature {
    /// So many probes with at most so many Lanczos steps each.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when one of them is 0.
    pub fn new(probes: usize, steps: usize) -> Result<Self, Error> {
        Ok(Self {
            probes: settings::size("probes", probes)?,
            steps: settings::size("steps", steps)?,
            seed: 0,
            reorthogonalisation: Reorthogonalisation::default(),
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
            checkpoint: None,
        })
    }

    /// The seed of the probes; the default is 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// How Lanczos vectors are kept orthogonal; the default is
    /// [`TwoPass`](Reorthogonalisation::TwoPass).
    #[must_use]
    pub fn with_reorthogonalisation(self, reorthogonalisation: Reorthogonalisation) -> Self {
        Self { reorthogonalisation, ..self }
    }

    /// The bytes that the Lanczos vectors of one probe may take, checked before
    /// they are made; the default is 16 GiB.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Who is told how far the estimate is, and may end it with
    /// [`Error::Cancelled`]; the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// A file that the state is written to on the way, and read from at the
    /// beginning if it is there; none by default.
    #[must_use]
    pub fn with_checkpoint(self, checkpoint: Checkpoint) -> Self {
        Self { checkpoint: Some(checkpoint), ..self }
    }

    /// The estimate.
    ///
    /// # Errors
    /// [`Error::NotSymmetric`] and [`Error::NonFiniteOperator`] for operators that
    /// are no such thing, [`Error::InvalidSize`] for one of size 0,
    /// [`Error::MemoryLimit`], [`Error::Cancelled`], and the errors of the operator
    /// and of the [`Checkpoint`].
    ///
    /// # Complexity
    /// `probes` · `steps` products, $4n \cdot \texttt{steps}^2$ operations for
    /// each probe to keep its vectors orthogonal, and 8n(`steps` + 1) bytes.
    pub fn estimate(&self, operator: &dyn SymmetricOperator) -> Result<SpectralEstimate, Error> {
        let size = settings::size("the size of the operator", operator.size())?;
        let compressed = operator.compressed();
        let inner = compressed.as_deref().unwrap_or(operator);
        let matrices = if inner.size() > 0 { self.matrices(inner)? } else { Vec::new() };
        SpectralEstimate::new(size, size - inner.size(), matrices)
    }

    /// The Jacobi matrix of every probe.
    fn matrices(&self, operator: &dyn SymmetricOperator) -> Result<Vec<JacobiMatrix>, Error> {
        let steps = self.steps.min(operator.size());
        let rows = operator.local_rows();
        let fits = memory::check("the Lanczos vectors", rows.len(), steps + 1, self.memory_limit);
        agreement::agree(operator, fits)?;
        self.same_everywhere(operator)?;
        let mut matrices = Vec::new();
        let mut resumed = match &self.checkpoint {
            Some(checkpoint) => checkpoint.resume(self, operator, &mut matrices)?,
            None => None,
        };
        let done = matrices.len() * steps + resumed.as_ref().map_or(0, Process::steps);
        let total = self.probes.saturating_mul(steps) - done;
        let tracker = agreement::start(&self.watch, total, operator)?;
        while matrices.len() < self.probes {
            let mut process = match resumed.take() {
                Some(process) => process,
                None => {
                    let start = Probe { seed: self.seed, index: matrices.len() };
                    let signs = start.signs(rows.clone());
                    Process::new(operator, self.reorthogonalisation, &[], signs)?
                }
            };
            while process.steps() < steps && !process.exhausted() {
                process.step()?;
                agreement::step(&tracker, operator)?;
                if let Some(checkpoint) = &self.checkpoint {
                    checkpoint.after_step(self, operator, &matrices, &process)?;
                }
            }
            matrices.push(process.jacobi()?);
            if let Some(checkpoint) = &self.checkpoint {
                checkpoint.after_probe(self, operator, &matrices)?;
            }
        }
        Ok(matrices)
    }

    /// Checks that all processes do the same.
    fn same_everywhere(&self, operator: &dyn SymmetricOperator) -> Result<(), Error> {
        let [seed, last_bits] = agreement::seed(self.seed);
        let interval = self.checkpoint.as_ref().map_or(0, Checkpoint::interval);
        agreement::same_everywhere(
            operator,
            &[
                ("probes", self.probes as f64),
                ("steps", self.steps as f64),
                seed,
                last_bits,
                self.reorthogonalisation.number(),
                ("steps between checkpoints", interval as f64),
            ],
        )
    }
}
