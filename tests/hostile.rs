//! Implementations of the public traits that break their contracts: errors, not panics,
//! and no numbers that nobody can trust.

use std::cell::Cell;
use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};

use ndarray::{Array1, ArrayView2, ArrayViewMut2};
use ntk_spectrum::activation::{Activation, DerivativeMoments, Relu, Tanh};
use ntk_spectrum::diagonal::{DiagonalLaw, SquareLaw};
use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum};
use ntk_spectrum::ensemble::input::InputLaw;
use ntk_spectrum::ensemble::{InputEnsemble, TwoLayerEnsemble};
use ntk_spectrum::krylov::{
    Communicator, ExtremeEigenvalues, Lanczos, Layout, StochasticQuadrature, SymmetricOperator,
};
use ntk_spectrum::law::{
    GeneralizedMarchenkoPastur, PositivePart, SpectralLaw, SpectralSums, TabulatedLaw,
};
use ntk_spectrum::ntk::{DistributedOperator, FeatureStorage, NtkBuilder};
use ntk_spectrum::observer::Progress;
use ntk_spectrum::spectrum::PredictedOutliers;
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};
use rand::Rng;

/// An operator 2 I of what may be the wrong size, smaller operator, layout, lower bound, or
/// entries.
#[derive(Clone)]
struct Wrong<'a> {
    size: usize,
    inner: Option<Box<Wrong<'a>>>,
    layout: Option<Layout<'a>>,
    lower_bound: Option<f64>,
    /// Of each product, from the first on; `2.0` after those.
    factors: Vec<f64>,
    products: Cell<usize>,
}

impl<'a> Wrong<'a> {
    fn new(size: usize) -> Self {
        let (inner, layout, lower_bound, factors) = (None, None, None, Vec::new());
        Self { size, inner, layout, lower_bound, factors, products: Cell::new(0) }
    }

    fn inner(self, inner: Wrong<'a>) -> Self {
        Self { inner: Some(Box::new(inner)), ..self }
    }

    fn layout(self, layout: Layout<'a>) -> Self {
        Self { layout: Some(layout), ..self }
    }
}

impl SymmetricOperator for Wrong<'_> {
    fn size(&self) -> usize {
        self.size
    }

    fn apply(
        &self,
        mut out: ArrayViewMut2<'_, f64>,
        rhs: ArrayView2<'_, f64>,
    ) -> Result<(), Error> {
        let done = self.products.replace(self.products.get() + 1);
        let factor = self.factors.get(done).copied().unwrap_or(2.0);
        for ((row, _), entry) in out.indexed_iter_mut() {
            *entry = factor * (row + 1) as f64 * rhs[[row, 0]];
        }
        Ok(())
    }

    fn layout(&self) -> Layout<'_> {
        self.layout.clone().unwrap_or(Layout::single(self.size))
    }

    fn compressed(&self) -> Option<Box<dyn SymmetricOperator + '_>> {
        self.inner.clone().map(|inner| inner as Box<dyn SymmetricOperator>)
    }

    fn lower_bound(&self) -> Option<f64> {
        self.lower_bound
    }
}

/// All that is done with operators.
fn outcomes(operator: &Wrong<'_>) -> [Result<(), Error>; 3] {
    let start = Array1::ones(operator.layout().rows().len());
    [
        StochasticQuadrature::new(2, 4).unwrap().estimate(operator).map(drop),
        ExtremeEigenvalues::new(2, 1).unwrap().find(operator).map(drop),
        Lanczos::new(4).unwrap().run(operator, start.view()).map(drop),
    ]
}

#[test]
fn smaller_operators_are_smaller() {
    for size in [11, 12, usize::MAX] {
        let wrong = Wrong::new(10).inner(Wrong::new(size));
        let [estimate, extremes, lanczos] = outcomes(&wrong);
        for outcome in [estimate, extremes] {
            let refused = matches!(
                outcome,
                Err(Error::InvalidSize { name: "the size of the smaller operator", size: found, .. })
                    if found == size
            );
            assert!(refused, "{outcome:?}");
        }
        assert!(lanczos.is_ok());
    }
    for size in [0, 1, 10] {
        let right = Wrong::new(10).inner(Wrong::new(size));
        assert!(outcomes(&right).iter().all(Result::is_ok));
    }
}

#[test]
fn lower_bounds_are_below() {
    let estimate = |operator: &Wrong<'_>| {
        let quadrature = StochasticQuadrature::new(2, 4).unwrap();
        quadrature.estimate(operator).map(|estimate| estimate.inverse_trace(1.0).unwrap())
    };
    // Eigenvalues 2, 4, …, 20, or 2, 4, …, 10 and zeros.
    let [whole, part] = [Wrong::new(10), Wrong::new(10).inner(Wrong::new(5))];
    let refused = |operator: &Wrong<'_>, bound| {
        let operator = Wrong { lower_bound: Some(bound), ..operator.clone() };
        let outcome = estimate(&operator);
        let named = matches!(outcome, Err(Error::InvalidParameter { name: "bound", .. }));
        assert!(named, "{bound}: {outcome:?}");
    };
    for bound in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 19.0, 1e300] {
        refused(&whole, bound);
        refused(&part, bound);
    }
    for bound in [f64::MIN_POSITIVE, 0.5, 1.9] {
        refused(&part, bound);
    }
    for (operator, bound) in [(&whole, 1.9), (&whole, 0.0), (&part, 0.0), (&part, -0.5)] {
        let operator = Wrong { lower_bound: Some(bound), ..operator.clone() };
        assert!(estimate(&operator).unwrap().bracket.is_some());
    }
}

type Sum = fn(&mut [f64]) -> Result<(), Error>;

/// A group of processes that is none.
#[derive(Debug, Clone, Copy)]
struct Group {
    rank: usize,
    ranks: usize,
    sum: Sum,
}

impl Communicator for Group {
    fn rank(&self) -> usize {
        self.rank
    }

    fn ranks(&self) -> usize {
        self.ranks
    }

    fn sum(&self, values: &mut [f64]) -> Result<(), Error> {
        (self.sum)(values)
    }
}

fn group(rank: usize, ranks: usize) -> Group {
    Group { rank, ranks, sum: |_| Ok(()) }
}

#[test]
fn groups_have_processes() {
    for group in [group(0, 0), group(1, 1), group(7, 3), group(usize::MAX, 0), group(0, usize::MAX)]
    {
        let share: Range<usize> = group.share(100);
        assert!(share.start <= share.end && share.end <= 100, "{share:?}");
        for layout in [Layout::spread(&group, 0..10), Layout::replicated(&group, 10)] {
            assert!(layout.gather(&[1.0, 2.0]).is_err(), "{group:?}");
            let operator = Wrong::new(10).layout(layout);
            assert!(outcomes(&operator).iter().all(Result::is_err), "{group:?}");
            let outer = Wrong::new(12).inner(operator);
            assert!(outcomes(&outer)[..2].iter().all(Result::is_err), "{group:?}");
        }
        let ensemble = TwoLayerEnsemble::new(Dimensions::new(20, 3, 4).unwrap(), Relu);
        let local = NtkBuilder::from_ensemble(&ensemble).build_operator();
        assert!(DistributedOperator::new(local, group).is_err(), "{group:?}");
    }
    // Of no numbers there is a row for each all the same.
    let right = group(0, 1);
    assert_eq!(Layout::spread(&right, 0..1).gather(&[]).unwrap(), [[0.0; 0]]);
}

#[test]
fn sums_that_are_none_are_seen() {
    let sums: [Sum; 5] = [
        |values| {
            values.fill(f64::NAN);
            Ok(())
        },
        |values| {
            values.fill(f64::INFINITY);
            Ok(())
        },
        |values| {
            values.fill(1e300);
            Ok(())
        },
        |values| {
            values.iter_mut().for_each(|value| *value += 1.0);
            Ok(())
        },
        |_| Err(Error::OtherRankFailed { rank: 0 }),
    ];
    for sum in sums {
        let group = Group { sum, ..group(0, 1) };
        for layout in [Layout::spread(&group, 0..10), Layout::replicated(&group, 10)] {
            let operator = Wrong::new(10).layout(layout);
            assert!(outcomes(&operator).iter().all(Result::is_err));
        }
        let ensemble = TwoLayerEnsemble::new(Dimensions::new(20, 3, 4).unwrap(), Relu);
        let local = NtkBuilder::from_ensemble(&ensemble).build_operator();
        assert!(DistributedOperator::new(local, group).is_err());
    }
}

#[test]
fn layouts_are_those_of_their_operators() {
    let alone = group(0, 1);
    #[expect(clippy::reversed_empty_ranges, reason = "wrong on purpose")]
    let layouts = [
        Layout::single(9),
        Layout::single(11),
        Layout::single(usize::MAX),
        Layout::spread(&alone, 0..9),
        Layout::spread(&alone, 1..10),
        Layout::spread(&alone, 5..15),
        Layout::spread(&alone, 10..0),
    ];
    for layout in layouts {
        let shown = format!("{layout:?}");
        let start = Array1::ones(10);
        let lanczos = Lanczos::new(4).unwrap();
        let operator = Wrong::new(10).layout(layout.clone());
        assert!(lanczos.run(&operator, start.view()).is_err(), "{shown}");
        let estimate = StochasticQuadrature::new(2, 4).unwrap().estimate(&operator);
        assert!(matches!(estimate, Err(Error::SizeMismatch { .. })), "{shown}: {estimate:?}");
        let extremes = ExtremeEigenvalues::new(2, 1).unwrap().find(&operator);
        assert!(matches!(extremes, Err(Error::SizeMismatch { .. })), "{shown}: {extremes:?}");
        let outer = Wrong::new(12).inner(operator);
        assert!(outcomes(&outer)[..2].iter().all(Result::is_err), "{shown}");
    }
}

/// Whichever product it is that gives something else.
#[test]
fn products_are_numbers_and_symmetric() {
    for factor in [f64::NAN, f64::INFINITY, -f64::INFINITY] {
        for product in 0..40 {
            let mut factors = vec![2.0; product];
            factors.push(factor);
            let operator = Wrong { factors, ..Wrong::new(30) };
            let extremes = ExtremeEigenvalues::new(2, 1).unwrap();
            let outcome = extremes.find(&operator);
            let used = operator.products.get();
            match outcome {
                Err(_) => {}
                Ok(found) => {
                    assert!(used <= product, "{factor} as product {product} of {used}: {found:?}");
                }
            }
        }
    }
    let none = Wrong { factors: vec![0.0; 1000], ..Wrong::new(30) };
    assert!(outcomes(&none).iter().all(Result::is_ok), "0 is symmetric");
}

/// A law of X that now and then gives no number.
#[derive(Debug)]
struct Entries(f64);

impl InputLaw for Entries {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        if rng.next_u32().is_multiple_of(50) { self.0 } else { 1.0 }
    }
}

impl DiagonalLaw for Entries {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        InputLaw::sample(self, rng)
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        SquareLaw::from_atoms(&[self.0 * self.0, 1.0], &[0.5, 0.5])
    }
}

#[test]
fn laws_of_entries_give_numbers() {
    let dimensions = Dimensions::new(100, 10, 200).unwrap();
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let inputs = InputEnsemble::new(dimensions).with_law(Entries(value)).sample();
        assert!(matches!(inputs, Err(Error::InvalidElement { name: "X", .. })), "{inputs:?}");
        let ensemble = TwoLayerEnsemble::new(dimensions, Relu).with_input_law(Entries(value));
        assert!(ensemble.sample().is_err());
        let operator = NtkBuilder::from_ensemble(&ensemble).build_operator();
        assert!(matches!(operator, Err(Error::InvalidElement { name: "X", .. })), "{operator:?}");

        let ensemble = TwoLayerEnsemble::new(dimensions, Relu).with_diagonal_law(Entries(value));
        assert!(ensemble.sample().is_err());
        assert!(NtkBuilder::from_ensemble(&ensemble).build().is_err());
        assert!(LimitingSpectrum::from_ensemble(&ensemble).density(0.5).is_err());
    }
    // Draws that are not those of its law, and are no numbers.
    #[derive(Debug)]
    struct Draws(f64);
    impl DiagonalLaw for Draws {
        fn sample(&self, _: &mut dyn Rng) -> f64 {
            self.0
        }

        fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
            SquareLaw::from_atoms(&[1.0], &[1.0])
        }
    }
    let ensemble = TwoLayerEnsemble::new(dimensions, Relu).with_diagonal_law(Draws(f64::NAN));
    let sample = ensemble.sample();
    let named = matches!(sample, Err(Error::InvalidElement { name: "the diagonal of D", .. }));
    assert!(named, "{sample:?}");
    for (values, weights) in [
        (&[f64::NAN, 1.0][..], &[0.5, 0.5][..]),
        (&[1.0], &[0.5, 0.5]),
        (&[1.0, 2.0], &[0.5, f64::NAN]),
        (&[1.0, 2.0], &[2.0, -1.0]),
        (&[], &[]),
    ] {
        assert!(SquareLaw::from_atoms(values, weights).is_err(), "{values:?} {weights:?}");
    }
}

/// An activation that says one thing and does another.
#[derive(Debug, Clone)]
struct Unruly {
    derivative: fn(f64) -> f64,
    kinks: Vec<f64>,
    moments: Option<Result<DerivativeMoments, Error>>,
}

impl Activation for Unruly {
    fn derivative(&self, z: f64) -> f64 {
        (self.derivative)(z)
    }

    fn kinks(&self) -> Vec<f64> {
        self.kinks.clone()
    }

    fn moments(&self) -> Result<DerivativeMoments, Error> {
        self.moments.clone().unwrap_or_else(|| Plain(self).moments())
    }
}

/// The same, with the moments that follow.
#[derive(Debug)]
struct Plain<'a>(&'a Unruly);

impl Activation for Plain<'_> {
    fn derivative(&self, z: f64) -> f64 {
        self.0.derivative(z)
    }

    fn kinks(&self) -> Vec<f64> {
        self.0.kinks()
    }
}

#[test]
fn activations_give_numbers() {
    let unruly =
        |derivative, kinks: &[f64]| Unruly { derivative, kinks: kinks.to_vec(), moments: None };
    let nan = |z: f64| if z > 0.0 { 1.0 } else { f64::NAN };
    let infinite = |z: f64| 1.0 / z.abs().floor();
    let kinks: Vec<f64> = (0..20_000).map(|k| f64::from(k) * 1e-3 - 10.0).collect();
    let all = [
        (unruly(nan, &[]), false),
        (unruly(infinite, &[]), false),
        (unruly(|z| (z * z).exp(), &[]), false),
        (unruly(f64::tanh, &[f64::NAN]), false),
        (unruly(f64::tanh, &[f64::INFINITY]), false),
        (unruly(f64::tanh, &[1e308, -1e308, 0.0, 0.0, 5e-324]), true),
        (unruly(f64::tanh, &kinks), true),
        (unruly(|_| 0.0, &[]), false),
    ];
    for (activation, right) in all {
        let density = LimitingSpectrum::new(0.7, 1.0, activation.clone(), 1.0).density(0.5);
        assert!(density.is_ok() == right || density == Ok(0.0), "{activation:?}: {density:?}");
    }
    // Moments that hide what the derivative is.
    let moments = Tanh.moments();
    for derivative in [nan, infinite] {
        let hiding = Unruly { moments: Some(moments.clone()), ..unruly(derivative, &[]) };
        let ensemble = TwoLayerEnsemble::new(Dimensions::new(60, 4, 5).unwrap(), hiding);
        let sample = ensemble.sample().unwrap();
        let kernel = NtkBuilder::from_sample(&sample).build();
        assert!(matches!(kernel, Err(Error::NonFiniteDerivative { .. })), "{kernel:?}");
        let recomputed =
            NtkBuilder::from_ensemble(&ensemble).with_features(FeatureStorage::Recomputed);
        let estimate = recomputed
            .build_operator()
            .and_then(|operator| StochasticQuadrature::new(1, 3)?.estimate(&operator));
        assert!(matches!(estimate, Err(Error::NonFiniteDerivative { .. })), "{estimate:?}");
    }
    let failing = Err(Error::NonFiniteDerivative { z: 1.0, value: 2.0 });
    let failing = Unruly { moments: Some(failing.clone()), ..unruly(f64::tanh, &[]) };
    let density = LimitingSpectrum::new(0.7, 1.0, failing, 1.0).density(0.5);
    assert_eq!(density, Err(Error::NonFiniteDerivative { z: 1.0, value: 2.0 }));
}

/// A law that fails, and one whose quantiles are no numbers.
#[derive(Debug, Clone)]
struct Law(Result<TabulatedLaw, Error>);

impl SpectralLaw for Law {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        self.0.as_ref().map_err(Clone::clone)
    }

    fn quantile(&self, _: f64) -> Result<f64, Error> {
        Ok(f64::NAN)
    }
}

#[test]
fn laws_that_fail_say_so() {
    let error = Error::OtherRankFailed { rank: 3 };
    let law = Law(Err(error.clone()));
    let spectrum = EmpiricalSpectrum::new([0.0, 0.5, 1.0]).unwrap();
    let moments = Relu.moments().unwrap();
    let predicted =
        PredictedOutliers::new(moments, 1.0, Dimensions::new(3, 4, 5).unwrap()).unwrap();
    assert_eq!(law.density(0.5), Err(error.clone()));
    assert_eq!(spectrum.split(&law, &predicted).unwrap_err(), error);
    assert_eq!(spectrum.kolmogorov_smirnov(&law).unwrap_err(), error);
    assert_eq!(PositivePart::new(&law).unwrap_err(), error);
    let generalised = GeneralizedMarchenkoPastur::new(0.5, law).and_then(|law| law.density(0.5));
    assert_eq!(generalised.unwrap_err(), error);

    let table = TabulatedLaw::from_density(|_| 0.5, &[(0.0, 2.0)], &[], 1e-9).unwrap();
    let law = Law(Ok(table));
    let split = spectrum.split(&law, &predicted).unwrap();
    let comparison = Comparison::new(&split, &law);
    assert!(comparison.is_ok_and(|c| c.kolmogorov_smirnov.is_finite()));
}

/// A panic of the caller's own is the caller's, and what it interrupted can be used again.
#[test]
fn a_panic_of_an_observer_leaves_nothing_broken() {
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(300, 4, 5).unwrap(), Tanh);
    let panics = |progress: Progress| {
        assert!(progress.done < 2, "enough");
        ControlFlow::Continue(())
    };
    let watched = ensemble.clone().with_observer(panics);
    assert!(catch_unwind(AssertUnwindSafe(|| watched.sample())).is_err());
    let operator = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
    let quadrature = StochasticQuadrature::new(2, 5).unwrap();
    let expected = quadrature.estimate(&operator).unwrap();
    let watched = quadrature.clone().with_observer(panics);
    assert!(catch_unwind(AssertUnwindSafe(|| watched.estimate(&operator))).is_err());
    assert_eq!(quadrature.estimate(&operator).unwrap(), expected);
}
