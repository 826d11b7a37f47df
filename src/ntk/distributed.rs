//! `DistributedOperator`: the kernel of samples that are spread over processes.

use std::ops::Range;

use ndarray::{ArrayView2, ArrayViewMut2};

use super::NtkOperator;
use super::gram_operator::GramOperator;
use crate::activation::Centring;
use crate::krylov::{Communicator, Layout, SymmetricOperator, block_shapes, same};
use crate::{Dimensions, Error};

/// The kernel of all samples, of which each process holds some.
///
/// Rows of X are spread over the processes of a
/// [`Communicator`](crate::krylov::Communicator), of which each makes an
/// [`NtkOperator`] of its own rows, by
/// [`NtkBuilder::from_ensemble_rows`](super::NtkBuilder::from_ensemble_rows), or of rows
/// that it was handed; W and D are the same on each. Vectors are spread like the samples:
/// process 0 holds the first entries. (Of $J^\top J$, where n > dp, each process holds
/// whole vectors, and computes the same with them; that wants processors of one kind.)
/// What a builder does to X, standardise it for instance, it does to the samples of its own
/// process.
///
/// # Complexity
/// Of one product with a vector: $4mdp$ operations for the m samples of a process,
/// and one sum over the processes of the dp numbers in U.
///
/// # Examples
///
/// With the feature `mpi` the communicator is `MpiCommunicator`; everything else stays.
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::krylov::{Communicator, SingleProcess, StochasticQuadrature};
/// use ntk_spectrum::ntk::{DistributedOperator, NtkBuilder};
///
/// let communicator = SingleProcess;
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(900, 30, 30)?, Relu);
/// let rows = communicator.share(ensemble.dimensions().n());
/// let local = NtkBuilder::from_ensemble_rows(&ensemble, rows).build_operator();
/// let kernel = DistributedOperator::new(local, communicator)?;
/// let estimate = StochasticQuadrature::new(2, 30)?.estimate(&kernel)?;
/// assert_eq!(estimate.size(), 900);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "MPI")]
#[derive(Debug)]
pub struct DistributedOperator<C> {
    local: NtkOperator,
    communicator: C,
    dimensions: Dimensions,
    rows: Range<usize>,
}

impl<C: Communicator> DistributedOperator<C> {
    /// Puts together what the processes made of their own rows, in the order of
    /// their ranks.
    ///
    /// It takes results, so that a process that failed can tell the others, and
    /// nobody waits for it.
    ///
    /// # Errors
    /// On the processes whose `local` is an error, that error;
    /// [`Error::OtherRankFailed`] on the others. [`Error::RanksDisagree`] on all
    /// when d, p, the weights W, the entries of D, the activation or what is subtracted
    /// from σ′ is not the same on each. Whatever the communicator fails with.
    pub fn new(local: Result<NtkOperator, Error>, communicator: C) -> Result<Self, Error> {
        const NAMES: [&str; 4] =
            ["d", "p", "neurons with non-zero D", "the fingerprint of W, D and the activation"];
        let numbers = |local: Option<&NtkOperator>| match local {
            Some(local) => {
                let features = &local.contraction.features;
                let dimensions = local.dimensions;
                let sizes = [dimensions.n(), dimensions.d(), dimensions.p(), features.columns()];
                // 53 bits of it are a number that no sum with zeros rounds.
                let fingerprint = (features.fingerprint() >> 11) as f64;
                sizes.into_iter().map(|size| size as f64).chain([fingerprint]).collect()
            }
            None => vec![0.0; 1 + NAMES.len()],
        };
        let processes = Layout::spread(&communicator, 0..0);
        let (local, table) = processes.agree_with(local, numbers)?;
        let shared: Vec<Vec<f64>> = table.iter().map(|row| row[1..].to_vec()).collect();
        same(&shared, NAMES.into_iter())?;
        let before = |rank: usize| {
            table.iter().take(rank).fold(0_usize, |sum, row| sum.saturating_add(row[0] as usize))
        };
        let start = before(communicator.rank());
        let rows = start..start.saturating_add(local.dimensions.n());
        let (d, p) = (local.dimensions.d(), local.dimensions.p());
        let dimensions = Dimensions::new(before(table.len()), d, p)?;
        Ok(Self { local, communicator, dimensions, rows })
    }

    /// Returns the kernel of the samples of this process.
    #[must_use]
    pub fn local(&self) -> &NtkOperator {
        &self.local
    }

    /// Returns the processes.
    #[must_use]
    pub fn communicator(&self) -> &C {
        &self.communicator
    }

    /// Returns n, the samples of all processes, d and p.
    #[must_use]
    pub fn dimensions(&self) -> Dimensions {
        self.dimensions
    }

    /// Returns whether φ or $\varphi - a_0$ stands in the kernel.
    #[must_use]
    pub fn centring(&self) -> Centring {
        self.local.centring()
    }

    /// Computes the trace of the kernel of all samples.
    ///
    /// # Errors
    /// As [`NtkOperator::trace`], and whatever the communicator fails with.
    pub fn trace(&self) -> Result<f64, Error> {
        let mut trace = [self.layout().agree(self.local.trace())?];
        self.communicator.sum(&mut trace)?;
        Ok(trace[0])
    }
}

impl<C: Communicator> SymmetricOperator for DistributedOperator<C> {
    fn size(&self) -> usize {
        self.dimensions.n()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        block_shapes(self.rows.len(), &out, rhs)?;
        self.local.contraction.apply_kernel(out, rhs, &self.communicator)
    }

    fn layout(&self) -> Layout<'_> {
        Layout::spread(&self.communicator, self.rows.clone())
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        let (contraction, communicator) = (&self.local.contraction, &self.communicator);
        (contraction.entries() < self.size())
            .then(|| Box::new(GramOperator { contraction, communicator }) as Box<_>)
    }

    fn lower_bound(&self) -> Option<f64> {
        Some(0.0)
    }

    fn exact_trace(&self) -> Result<Option<f64>, Error> {
        self.trace().map(Some)
    }
}
