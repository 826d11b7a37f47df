//! Sizes that no memory holds are errors that name them, not panics, nor the end of
//! the process.

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2};
use ntk_spectrum::activation::{Relu, Tanh};
use ntk_spectrum::diagonal::{DiagonalLaw, Rademacher};
use ntk_spectrum::empirical::{Bins, EmpiricalSpectrum};
use ntk_spectrum::ensemble::{
    DiagonalChoice, DiagonalEnsemble, InputEnsemble, TwoLayerEnsemble, WeightEnsemble,
};
use ntk_spectrum::krylov::{
    ExtremeEigenvalues, Lanczos, Probe, StochasticQuadrature, SymmetricOperator,
};
use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
use ntk_spectrum::ntk::NtkBuilder;
use ntk_spectrum::{Dimensions, Error, ErrorKind, LimitingSpectrum};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

/// 2 I of any size, perhaps with a smaller one that it says it is.
#[derive(Clone, Copy)]
struct Twice {
    size: usize,
    inner: Option<usize>,
}

impl SymmetricOperator for Twice {
    fn size(&self) -> usize {
        self.size
    }

    fn apply(
        &self,
        mut out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
    ) -> Result<(), Error> {
        out.assign(&(&rhs * 2.0));
        Ok(())
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        self.inner.map(|size| Box::new(Twice { size, inner: None }) as Box<dyn SymmetricOperator>)
    }
}

/// A call, and what its error has to mention.
type Call = (&'static str, &'static str, Box<dyn Fn() -> Result<(), Error>>);

fn call<T>(
    name: &'static str,
    mentions: &'static str,
    call: impl Fn() -> Result<T, Error> + 'static,
) -> Call {
    (name, mentions, Box::new(move || call().map(drop)))
}

fn dimensions(n: usize, d: usize, p: usize) -> Dimensions {
    Dimensions::new(n, d, p).unwrap()
}

fn large(size: usize) -> Twice {
    Twice { size, inner: None }
}

/// What is asked for, of sizes from those that only the limit forbids to those that no
/// number of bytes says.
fn calls(size: usize) -> Vec<Call> {
    let law = || LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    let rng = || ChaCha8Rng::seed_from_u64(1);
    let few = dimensions(5, 4, 3);
    vec![
        call("curve", "curve", move || law().curve(size)),
        call("signs", "entries", move || Probe { seed: 1, index: 0 }.signs(0..size)),
        call("signs at the end", "entries", move || {
            Probe { seed: 1, index: usize::MAX }.signs(usize::MAX - 5000..usize::MAX)
        }),
        call("sample_diagonal", "the diagonal of D", move || {
            Rademacher.sample_diagonal(size, &mut rng())
        }),
        call("sample_diagonal in a box", "the diagonal of D", move || {
            let law: Box<dyn DiagonalLaw> = Box::new(1.0);
            law.sample_diagonal(size, &mut rng())
        }),
        call("X", "X", move || InputEnsemble::new(dimensions(size, size, 1)).sample()),
        call("X, one row", "X", move || InputEnsemble::new(dimensions(9, size << 9, 1)).rows(7..8)),
        call("W", "W", move || WeightEnsemble::new(dimensions(1, size, size)).sample()),
        call("D", "the diagonal of D", move || {
            DiagonalEnsemble::new(dimensions(1, 1, size << 9), 1.0).sample()
        }),
        call("D, midquantiles", "the diagonal of D", move || {
            let choice = DiagonalChoice::Midquantiles;
            DiagonalEnsemble::new(dimensions(1, 1, size << 9), 1.0).with_choice(choice).sample()
        }),
        call("a sample", "X", move || {
            TwoLayerEnsemble::new(dimensions(size, size, 1), Tanh).sample()
        }),
        call("a kernel", "the copy of x", move || {
            let ensemble = TwoLayerEnsemble::new(dimensions(size, 4, 3), Tanh);
            NtkBuilder::from_ensemble(&ensemble).with_memory_limit(1000).build_operator()
        }),
        call("bins", "bins", move || {
            EmpiricalSpectrum::new([1.0, 2.0])?.histogram(Bins::Fixed(size))
        }),
        call("rows of a kernel", "rows", move || {
            let ensemble = TwoLayerEnsemble::new(few, Tanh);
            let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
            kernel.kernel_rows(0..size)
        }),
        call("probes of a norm", "probes", move || {
            let ensemble = TwoLayerEnsemble::new(few, Tanh);
            let kernel = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
            kernel.frobenius_norm(size, 1)
        }),
        call("probes", "probes", move || StochasticQuadrature::new(size, 3)),
        call("a quadrature", "Lanczos vectors", move || {
            let quadrature = StochasticQuadrature::new(2, size)?.with_memory_limit(1000);
            quadrature.estimate(&large(size))
        }),
        call("a quadrature of one step", "Lanczos vectors", move || {
            StochasticQuadrature::new(2, 1)?.with_memory_limit(1000).estimate(&large(size))
        }),
        call("eigenvalues from an estimate", "the estimated eigenvalues", move || {
            let operator = Twice { size: size << 3, inner: Some(10) };
            StochasticQuadrature::new(2, 5)?.estimate(&operator)?.spectrum()
        }),
        call("Lanczos", "Lanczos vectors", move || {
            let start = Array1::<f64>::ones(10_000);
            Lanczos::new(size)?.with_memory_limit(1000).run(&large(10_000), start.view())
        }),
        call("extremes", "Lanczos vectors", move || {
            ExtremeEigenvalues::new(1, 1)?.with_memory_limit(1000).find(&large(size))
        }),
        call("all extremes", "Lanczos vectors", move || {
            ExtremeEigenvalues::new(size, size)?.with_memory_limit(1000).find(&large(size))
        }),
        call("known extremes", "the eigenvalues with their bounds", move || {
            let operator = Twice { size, inner: Some(3) };
            ExtremeEigenvalues::new(size, 0)?.find(&operator)
        }),
        call("more extremes than there are", "largest", move || {
            ExtremeEigenvalues::new(size, 1)?.find(&Array2::<f64>::eye(3))
        }),
        call("moments", "k", move || MarchenkoPastur::new(0.5)?.moment(size as u32 | 1 << 31)),
        call("free cumulants", "k", move || law().free_cumulant(size as u32 | 1 << 31)),
    ]
}

#[test]
fn sizes_beyond_memory_are_errors() {
    for size in [10_000_000_000, 1 << 52, usize::MAX >> 9] {
        for (name, mentions, call) in calls(size) {
            let error = call().expect_err(name);
            let kinds = [ErrorKind::Memory, ErrorKind::InvalidInput];
            assert!(kinds.contains(&error.kind()), "{name} of {size}: {error:?}");
            let message = error.to_string();
            assert!(message.contains(mentions), "{name} of {size}: {message}");
        }
    }
}

/// The number of entries itself is at its end.
#[test]
fn the_largest_size_is_an_error() {
    let largest = large(usize::MAX);
    let signs = Probe { seed: 1, index: 0 }.signs(0..usize::MAX);
    assert!(matches!(signs, Err(Error::InvalidSize { size: usize::MAX, .. })));
    let curve = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0).curve(usize::MAX);
    assert!(matches!(curve, Err(Error::MemoryLimit { rows: usize::MAX, .. })));
    let limited = Error::MemoryLimit { what: "", rows: 0, columns: 0, bytes: 0, limit: 0 };
    let of_kind = |error: Error| assert_eq!(error.kind(), limited.kind(), "{error:?}");
    let steps = StochasticQuadrature::new(1, usize::MAX).unwrap();
    of_kind(steps.estimate(&largest).unwrap_err());
    let both = ExtremeEigenvalues::new(usize::MAX, usize::MAX).unwrap();
    of_kind(both.find(&largest).unwrap_err());
    let start = Array1::<f64>::ones(3);
    let steps = Lanczos::new(usize::MAX).unwrap();
    assert!(matches!(steps.run(&largest, start.view()), Err(Error::SizeMismatch { .. })));
    let dimensions = dimensions(usize::MAX, usize::MAX, usize::MAX);
    of_kind(TwoLayerEnsemble::new(dimensions, Tanh).sample().unwrap_err());
    of_kind(WeightEnsemble::new(dimensions).sample().unwrap_err());
    assert!(Dimensions::from_ratios(1e300, 1e300, usize::MAX).is_err());
    assert!(dimensions.gamma1() > 0.0);
}
