//! Large eigenvalues that are set aside before the probes.

use super::{Layout, Probe, Process, Reorthogonalisation, SymmetricOperator};
use crate::Error;
use crate::linalg::tridiagonal_eigenvectors;
use crate::linalg::vectors::add;
use crate::watch::Watch;

/// A Ritz vector with a smaller residual, relative to the operator, may be set aside. Sums
/// over the spectrum are off by about its square.
const CONVERGED: f64 = 1e-7;

/// How many eigenvalues to set aside, and how many Lanczos steps they may take.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Deflation {
    pub(super) count: usize,
    pub(super) steps: usize,
}

/// Eigenvalues that are known, with their vectors.
#[derive(Debug, Default)]
pub(super) struct SetAside {
    pub(super) values: Vec<f64>,
    pub(super) vectors: Vec<Vec<f64>>,
    /// An estimate of the norm of the operator.
    pub(super) scale: f64,
    /// The products that it took.
    pub(super) products: usize,
}

impl Deflation {
    /// Runs a process from a normal vector, and sets aside the converged Ritz values that are
    /// largest in absolute value.
    pub(super) fn find(
        self,
        operator: &dyn SymmetricOperator,
        layout: &Layout<'_>,
        seed: u64,
        watch: &Watch,
    ) -> Result<SetAside, Error> {
        if self.count == 0 {
            return Ok(SetAside::default());
        }
        let start = Probe { seed, index: 0 }.normals(layout.rows())?;
        let mut process = Process::new(operator, Reorthogonalisation::Twice, &[], start)?;
        let steps = self.steps.min(operator.size());
        let tracker = layout.start(watch, steps)?;
        while process.steps() < steps && !process.exhausted() {
            process.step()?;
            layout.step(&tracker)?;
        }
        let jacobi = process.jacobi()?;
        let (values, components) = tridiagonal_eigenvectors(jacobi.alpha(), jacobi.inner_beta())?;
        let (steps, scale) = (process.steps(), process.scale());
        let residual =
            |place: usize| jacobi.beta()[steps - 1] * components[(steps - 1, place)].abs();
        let mut places: Vec<usize> =
            (0..steps).filter(|place| residual(*place) <= CONVERGED * scale).collect();
        places.sort_by(|a, b| values[*b].abs().total_cmp(&values[*a].abs()));
        // Something has to be left for the probes.
        places.truncate(self.count.min(operator.size() - 1));
        let vectors = places.iter().map(|place| {
            let coefficients: Vec<f64> = (0..steps).map(|j| components[(j, *place)]).collect();
            let mut vector = vec![0.0; layout.rows().len()];
            add(&mut vector, &process.basis()[..steps], &coefficients);
            let length = layout.norm(&vector)?;
            vector.iter_mut().for_each(|entry| *entry /= length);
            Ok(vector)
        });
        Ok(SetAside {
            vectors: vectors.collect::<Result<_, Error>>()?,
            values: places.iter().map(|place| values[*place]).collect(),
            scale,
            products: steps,
        })
    }
}

impl SetAside {
    /// A process from a probe, beside what has been set aside.
    pub(super) fn process<'o>(
        &'o self,
        operator: &'o dyn SymmetricOperator,
        kept: Reorthogonalisation,
        probe: Probe,
    ) -> Result<Process<'o>, Error> {
        let rows = operator.layout().rows();
        let mut process = Process::new(operator, kept, &self.vectors, probe.signs(rows.clone())?)?;
        if process.exhausted() && !self.vectors.is_empty() {
            // The signs are a combination of what has been set aside.
            process = Process::new(operator, kept, &self.vectors, probe.normals(rows)?)?;
        }
        Ok(process.with_scale(self.scale))
    }

    /// A process that was stopped, from its vectors and its matrix.
    pub(super) fn resumed<'o>(
        &'o self,
        operator: &'o dyn SymmetricOperator,
        kept: Reorthogonalisation,
        basis: Vec<Vec<f64>>,
        entries: (Vec<f64>, Vec<f64>),
    ) -> Process<'o> {
        Process::resumed(operator, kept, &self.vectors, basis, entries).with_scale(self.scale)
    }
}
