//! `DistributedOperator`: the kernel of samples that are spread over processes.

use std::ops::Range;

use ndarray::{ArrayView2, ArrayViewMut2, Axis, Slice};

use super::group::{Group, gather};
use crate::Error;
use crate::ntk::agreement::{agreeing, failure, others};
use crate::ntk::companion::Companion;
use crate::ntk::symmetric::block_shapes;
use crate::ntk::{NtkOperator, SymmetricOperator};

/// The kernel of all samples, of which each process of a group holds some.
///
/// Vectors are spread like the samples: process 0 holds the first entries. What a
/// builder does to X, standardise it for instance, it does to the samples of its own
/// process.
///
/// # Complexity
/// Of one product with a vector: $4mdp$ operations for the m samples of a process,
/// and one sum over the processes of the dp numbers in U.
///
/// # Examples
///
/// With the feature `mpi` the group is `MpiGroup`; everything else stays.
///
/// ```
/// use ntk_spectrum::activation::Relu;
/// use ntk_spectrum::empirical::StochasticQuadrature;
/// use ntk_spectrum::ensemble::TwoLayerEnsemble;
/// use ntk_spectrum::ntk::NtkBuilder;
/// use ntk_spectrum::ntk::distributed::{Alone, DistributedOperator, Group};
///
/// let group = Alone;
/// let ensemble = TwoLayerEnsemble::new(900, 30, 30, Relu);
/// let rows = group.share(ensemble.n());
/// let local = NtkBuilder::from_ensemble_rows(&ensemble, rows).build_operator();
/// let kernel = DistributedOperator::new(local, group)?;
/// let estimate = StochasticQuadrature::new(2, 30)?.estimate(&kernel)?;
/// assert_eq!(estimate.size(), 900);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug)]
pub struct DistributedOperator<G> {
    local: NtkOperator,
    group: G,
    size: usize,
    rows: Range<usize>,
}

impl<G: Group> DistributedOperator<G> {
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
    /// from σ′ is not the same on each. Whatever the group fails with.
    pub fn new(local: Result<NtkOperator, Error>, group: G) -> Result<Self, Error> {
        const NAMES: [&str; 4] =
            ["d", "p", "neurons with non-zero D", "the fingerprint of W, D and the activation"];
        let mut numbers = vec![0.0; 6];
        numbers[0] = failure(&local);
        if let Ok(local) = &local {
            let columns = local.contraction.features.columns();
            let sizes = [local.n(), local.d(), local.p(), columns].map(|size| size as f64);
            numbers[1..5].copy_from_slice(&sizes);
            // 53 bits of it are a number that no sum with zeros rounds.
            numbers[5] = (local.contraction.features.fingerprint() >> 11) as f64;
        }
        let table = gather(&group, &numbers)?;
        let local = local?;
        others(&table)?;
        let shared: Vec<Vec<f64>> = table.iter().map(|row| row[2..].to_vec()).collect();
        agreeing(&shared, NAMES.into_iter())?;
        let before = |rank: usize| table[..rank].iter().map(|row| row[1] as usize).sum::<usize>();
        let start = before(group.rank());
        let rows = start..start + local.n();
        Ok(Self { size: before(table.len()), rows, local, group })
    }

    /// The kernel of the samples of this process.
    #[must_use]
    pub fn local(&self) -> &NtkOperator {
        &self.local
    }

    /// The group.
    #[must_use]
    pub fn group(&self) -> &G {
        &self.group
    }

    /// n/(dp), n the samples of all processes.
    #[must_use]
    pub fn gamma1(&self) -> f64 {
        self.size as f64 / (self.local.d() as f64 * self.local.p() as f64)
    }

    /// The trace of the kernel of all samples.
    ///
    /// # Errors
    /// As [`NtkOperator::trace`], and whatever the group fails with.
    pub fn trace(&self) -> Result<f64, Error> {
        let mut trace = [self.local.trace()?];
        self.group.sum(&mut trace)?;
        Ok(trace[0])
    }
}

impl<G: Group> SymmetricOperator for DistributedOperator<G> {
    fn size(&self) -> usize {
        self.size
    }

    fn apply(
        &self,
        mut out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
    ) -> Result<(), Error> {
        block_shapes(self.rows.len(), &out, rhs)?;
        let contraction = &self.local.contraction;
        let together = contraction.together();
        for first in (0..rhs.ncols()).step_by(together) {
            let columns = Slice::from(first..(first + together).min(rhs.ncols()));
            let mut u = contraction.collect(rhs.slice_axis(Axis(1), columns))?;
            self.group.sum(&mut u)?;
            contraction.expand(out.slice_axis_mut(Axis(1), columns), &u)?;
        }
        Ok(())
    }

    fn local_rows(&self) -> Range<usize> {
        self.rows.clone()
    }

    fn sum_over_ranks(&self, values: &mut [f64]) -> Result<(), Error> {
        self.group.sum(values)
    }

    fn gather_over_ranks(&self, numbers: &[f64]) -> Result<Vec<Vec<f64>>, Error> {
        gather(&self.group, numbers)
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        (self.local.contraction.entries() < self.size)
            .then(|| Box::new(Companion::new(&self.local.contraction, Some(&self.group))) as Box<_>)
    }
}
