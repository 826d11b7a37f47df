//! Stochastic Lanczos quadrature.

use super::agreement::seed;
use super::checkpoint::{Checkpoint, Computation};
use super::deflation::{Deflation, SetAside};
use super::{JacobiMatrix, Probe, Process, Reorthogonalisation, SymmetricOperator, smaller_of};
use crate::observer::Observer;
use crate::watch::Watch;
use crate::{Error, arguments, memory};

/// The distribution of the eigenvalues of a symmetric operator, estimated by
/// stochastic Lanczos quadrature (SLQ).
///
/// For a vector v of random signs, $\mathbb E\\,\langle v, f(A) v \rangle =
/// \operatorname{tr} f(A)$. Some Lanczos steps from v give the Gauss rule of
/// $f \mapsto \frac1n \langle v, f(A) v \rangle$, and the mean over `probes` such rules
/// estimates the law of all n eigenvalues
/// ([`SpectralEstimate`](crate::empirical::SpectralEstimate)). It is
/// deterministic given the seed.
///
/// When the operator has a [smaller one](SymmetricOperator::compressed), as a
/// kernel with n > dp has, that one is used, and the zeros that are missing are
/// added exactly.
///
/// **How many?** The steps set the resolution: in the bulk nodes are about as
/// dense as `steps` points in the whole range of the spectrum, outliers
/// included. The probes set the noise: the standard error of a mean over a law of
/// standard deviation s is about $s \sqrt{2/(n \cdot \texttt{probes})}$. Where outliers are
/// far above the bulk, [`with_deflation`](Self::with_deflation) makes both better.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Tanh;
/// use ntk_spectrum::prelude::*;
///
/// let dimensions = Dimensions::new(1000, 40, 30)?;
/// let ensemble = TwoLayerEnsemble::new(dimensions, Tanh).with_seed(1);
/// let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
/// let estimate = StochasticQuadrature::new(4, 60)?.estimate(&kernel)?;
///
/// // tr log(K + 1/10)/n
/// println!("{}", estimate.log_determinant(0.1)?);
/// // Against the limit, as for a full spectrum.
/// let law = LimitingSpectrum::from_ensemble(&ensemble);
/// let outliers = PredictedOutliers::of_dimensions(&law, dimensions, kernel.centring())?;
/// let comparison = Comparison::new(&estimate.split(&law, &outliers)?, &law)?;
/// assert!(comparison.kolmogorov_smirnov < 0.1);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "SLQ")]
#[doc(alias = "slq")]
#[derive(Debug, Clone)]
pub struct StochasticQuadrature {
    probes: usize,
    steps: usize,
    seed: u64,
    reorthogonalisation: Reorthogonalisation,
    lower_bound: Option<f64>,
    deflation: Deflation,
    memory_limit: u64,
    watch: Watch,
    checkpoint: Option<Checkpoint>,
}

/// What the probes find, and what is known beside them.
pub(crate) struct Findings {
    /// The number of eigenvalues.
    pub(crate) size: usize,
    /// How many of them are known to be 0.
    pub(crate) zeros: usize,
    /// Eigenvalues that were set aside.
    pub(crate) set_aside: Vec<f64>,
    /// Nothing is below.
    pub(crate) lower_bound: Option<f64>,
    pub(crate) trace: Option<f64>,
    /// One for each probe, of the rest; none, if there is no rest.
    pub(crate) matrices: Vec<JacobiMatrix>,
    pub(crate) products: usize,
}

impl StochasticQuadrature {
    /// Asks for so many probes with at most so many Lanczos steps each.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when one of them is 0, or more probes are wanted than
    /// 2²⁰: there are no more that are different.
    pub fn new(probes: usize, steps: usize) -> Result<Self, Error> {
        const ALLOWED: &str = "from 1 to 2^20";
        let allowed = 1..=Probe::DIFFERENT;
        Ok(Self {
            probes: arguments::size_if("probes", probes, allowed.contains(&probes), ALLOWED)?,
            steps: arguments::size("steps", steps)?,
            seed: 0,
            reorthogonalisation: Reorthogonalisation::default(),
            lower_bound: None,
            deflation: Deflation::default(),
            memory_limit: memory::DEFAULT_LIMIT,
            watch: Watch::default(),
            checkpoint: None,
        })
    }

    /// Sets the seed of the probes; the default is 0.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets how Lanczos vectors are kept orthogonal; the default is
    /// [`Twice`](Reorthogonalisation::Twice).
    #[must_use]
    pub fn with_reorthogonalisation(self, reorthogonalisation: Reorthogonalisation) -> Self {
        Self { reorthogonalisation, ..self }
    }

    /// Sets a number that no eigenvalue is below; the default is what the operator knows
    /// ([`SymmetricOperator::lower_bound`]), which is 0 for kernels. With it sums come
    /// between two bounds ([`Estimate::bracket`](crate::empirical::Estimate::bracket)), and
    /// the closer it is to the smallest eigenvalue, the closer they are.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless it is finite; of the estimate, when there is an
    /// eigenvalue below it.
    pub fn with_lower_bound(self, bound: f64) -> Result<Self, Error> {
        Ok(Self { lower_bound: Some(arguments::finite("bound", bound)?), ..self })
    }

    /// Sets at most `count` of the eigenvalues that are largest in absolute value aside; none
    /// by default. They are known exactly then, and the probes, orthogonal to their vectors,
    /// have only the rest to estimate, with fewer steps spent on outliers. A process of
    /// `steps` Lanczos steps looks for them, and those that it has not found stay in the rest.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] when one of them is 0.
    ///
    /// # Complexity
    /// `steps` more products and $8n \cdot \texttt{count}$ more bytes, $4n \cdot
    /// \texttt{count}$ more operations in every step.
    pub fn with_deflation(self, count: usize, steps: usize) -> Result<Self, Error> {
        let deflation = Deflation {
            count: arguments::size("count", count)?,
            steps: arguments::size("steps", steps)?,
        };
        Ok(Self { deflation, ..self })
    }

    /// Sets the bytes that the Lanczos vectors of one probe may take, checked before
    /// they are made; the default is 16 GiB.
    #[must_use]
    pub fn with_memory_limit(self, bytes: u64) -> Self {
        Self { memory_limit: bytes, ..self }
    }

    /// Sets who is told how far the estimate is, and may end it with
    /// [`Error::Cancelled`]; the default is nobody.
    #[must_use]
    pub fn with_observer(self, observer: impl Observer + 'static) -> Self {
        Self { watch: Watch::new(observer), ..self }
    }

    /// Sets a file that the state is written to on the way, and read from at the
    /// beginning if it is there; none by default.
    #[must_use]
    pub fn with_checkpoint(self, checkpoint: Checkpoint) -> Self {
        Self { checkpoint: Some(checkpoint), ..self }
    }

    /// Runs the Lanczos process from every probe, of the smaller operator, if there is one.
    pub(crate) fn run(&self, operator: &dyn SymmetricOperator) -> Result<Findings, Error> {
        let size = arguments::size("the size of the operator", operator.size())?;
        let (compressed, zeros) = smaller_of(operator)?;
        let inner = compressed.as_deref().unwrap_or(operator);
        let layout = inner.layout();
        layout.same_everywhere(&self.numbers())?;
        // What has a smaller operator is positive semi-definite.
        let semidefinite = compressed.is_some().then_some(0.0);
        let lower_bound = self.lower_bound.or(operator.lower_bound()).or(semidefinite);
        let trace = operator.exact_trace()?;
        layout.same_everywhere(&[
            ("the lower bound of the operator", lower_bound.unwrap_or(f64::NEG_INFINITY)),
            ("the trace of the operator", trace.unwrap_or(f64::NEG_INFINITY)),
        ])?;
        if let Some(bound) = lower_bound {
            arguments::finite("bound", bound)?;
            let allowed = "at most 0, since there are eigenvalues 0";
            arguments::parameter("bound", bound, bound <= 0.0 || zeros == 0, allowed)?;
        }
        let mut findings = Findings {
            size,
            zeros,
            set_aside: Vec::new(),
            lower_bound,
            trace,
            matrices: Vec::new(),
            products: 0,
        };
        if inner.size() > 0 {
            let steps = self.steps.max(self.deflation.steps).min(inner.size());
            let set_aside = self.deflation.count.min(self.deflation.steps.min(steps));
            let count = steps.saturating_add(1).saturating_add(set_aside);
            layout.check_memory(count, self.memory_limit)?;
            let found = self.deflation.find(inner, &layout, self.seed, &self.watch)?;
            findings.matrices = self.matrices(inner, &found)?;
            let steps = findings.matrices.iter().map(JacobiMatrix::steps);
            findings.products = found.products + steps.sum::<usize>();
            findings.set_aside = found.values;
        }
        Ok(findings)
    }

    /// The Jacobi matrix of every probe.
    fn matrices(
        &self,
        operator: &dyn SymmetricOperator,
        set_aside: &SetAside,
    ) -> Result<Vec<JacobiMatrix>, Error> {
        let computation = Computation {
            operator,
            layout: operator.layout(),
            deflation: self.deflation,
            set_aside,
            probes: self.probes,
            steps: self.steps,
            seed: self.seed,
            reorthogonalisation: self.reorthogonalisation,
        };
        let layout = &computation.layout;
        let steps = self.steps.min(operator.size());
        let mut matrices = Vec::new();
        let mut resumed = match &self.checkpoint {
            Some(checkpoint) => checkpoint.resume(&computation, &mut matrices)?,
            None => None,
        };
        let done = matrices.len() * steps + resumed.as_ref().map_or(0, Process::steps);
        let total = self.probes.saturating_mul(steps) - done;
        let tracker = layout.start(&self.watch, total)?;
        while matrices.len() < self.probes {
            let mut process = match resumed.take() {
                Some(process) => process,
                None => {
                    let probe = Probe { seed: self.seed, index: matrices.len() };
                    set_aside.process(operator, self.reorthogonalisation, probe)?
                }
            };
            while process.steps() < steps && !process.exhausted() {
                process.step()?;
                layout.step(&tracker)?;
                if let Some(checkpoint) = &self.checkpoint {
                    checkpoint.after_step(&computation, &matrices, &process)?;
                }
            }
            matrices.push(process.jacobi()?);
            if let Some(checkpoint) = &self.checkpoint {
                checkpoint.after_probe(&computation, &matrices)?;
            }
        }
        Ok(matrices)
    }

    /// What has to be the same on all processes.
    fn numbers(&self) -> [(&'static str, f64); 9] {
        let [seed, last_bits] = seed(self.seed);
        let interval = self.checkpoint.as_ref().map_or(0, Checkpoint::interval);
        [
            ("probes", self.probes as f64),
            ("steps", self.steps as f64),
            seed,
            last_bits,
            self.reorthogonalisation.number(),
            ("the lower bound", self.lower_bound.unwrap_or(f64::NEG_INFINITY)),
            ("eigenvalues to set aside", self.deflation.count as f64),
            ("steps to set them aside", self.deflation.steps as f64),
            ("steps between checkpoints", interval as f64),
        ]
    }
}
