//! The kernel spread over processes, here threads: the same code as with MPI, any
//! number of ranks.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use ndarray::{Array1, Array2, ArrayView2, ArrayViewMut2, Axis, Slice};
use ntk_spectrum::activation::{Gelu, Relu, Tanh};
use ntk_spectrum::empirical::SpectralEstimate;
use ntk_spectrum::empirical::learning::SampledRegression;
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::ensemble::diagonal::Uniform;
use ntk_spectrum::krylov::{
    Checkpoint, Communicator, ExtremeEigenvalues, Lanczos, Layout, Probe, Reorthogonalisation,
    RidgeSolver, StochasticQuadrature, SymmetricOperator,
};
use ntk_spectrum::law::SpectralSums;
use ntk_spectrum::ntk::{DistributedOperator, FeatureStorage, NtkBuilder};
use ntk_spectrum::observer::Progress;
use ntk_spectrum::{Dimensions, Error};

const RANKS: [usize; 4] = [1, 2, 3, 5];

/// n, d, p: n below and above dp.
const SHAPES: [(usize, usize, usize); 4] = [(7, 3, 2), (193, 9, 31), (500, 7, 5), (640, 40, 33)];

/// A process that waits longer than that waits for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// Where threads that play processes meet.
#[derive(Debug)]
struct Meeting {
    ranks: usize,
    sums: Mutex<Sums>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Sums {
    given: Vec<Option<Vec<f64>>>,
    total: Vec<f64>,
    round: usize,
}

#[derive(Debug)]
struct Member {
    rank: usize,
    meeting: Arc<Meeting>,
}

impl Communicator for Member {
    fn rank(&self) -> usize {
        self.rank
    }

    fn ranks(&self) -> usize {
        self.meeting.ranks
    }

    fn sum(&self, values: &mut [f64]) -> Result<(), Error> {
        let mut sums = self.meeting.sums.lock().expect("the others");
        sums.given[self.rank] = Some(values.to_vec());
        if sums.given.iter().all(Option::is_some) {
            let given: Vec<Vec<f64>> = sums.given.iter_mut().filter_map(Option::take).collect();
            assert!(given.iter().all(|given| given.len() == values.len()), "other sums");
            sums.total =
                (0..values.len()).map(|i| given.iter().map(|given| given[i]).sum()).collect();
            sums.round += 1;
            self.meeting.changed.notify_all();
        } else {
            let round = sums.round;
            let (ended, waited) = self
                .meeting
                .changed
                .wait_timeout_while(sums, PATIENCE, |sums| sums.round == round)
                .expect("the others");
            assert!(!waited.timed_out(), "rank {} waits for ever", self.rank);
            sums = ended;
        }
        values.copy_from_slice(&sums.total);
        Ok(())
    }
}

/// What each of some ranks makes, in their order.
fn on_ranks<T: Send>(ranks: usize, work: impl Fn(Member) -> T + Sync) -> Vec<T> {
    let sums = Sums { given: vec![None; ranks], ..Sums::default() };
    let meeting = Arc::new(Meeting { ranks, sums: Mutex::new(sums), changed: Condvar::new() });
    let member = |rank| Member { rank, meeting: meeting.clone() };
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            (0..ranks).map(member).map(|member| scope.spawn(move || work(member))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a rank")).collect()
    })
}

fn ensemble(n: usize, d: usize, p: usize) -> TwoLayerEnsemble {
    TwoLayerEnsemble::new(Dimensions::new(n, d, p).unwrap(), Gelu)
        .with_diagonal_law(Uniform::new(-0.5, 1.5).unwrap())
        .with_seed(11)
}

fn spread(
    ensemble: &TwoLayerEnsemble,
    member: Member,
) -> Result<DistributedOperator<Member>, Error> {
    let rows = member.share(ensemble.dimensions().n());
    DistributedOperator::new(
        NtkBuilder::from_ensemble_rows(ensemble, rows).build_operator(),
        member,
    )
}

fn block(rows: usize, columns: usize) -> Array2<f64> {
    let mut block = Array2::zeros((rows, columns));
    for (k, mut column) in block.columns_mut().into_iter().enumerate() {
        let signs = Probe { seed: 5, index: k }.signs(0..rows).unwrap();
        for (i, (entry, sign)) in column.iter_mut().zip(signs).enumerate() {
            *entry = sign * (1.0 + (i % 17) as f64 / 3.0);
        }
    }
    block
}

fn assert_product(name: &str, found: ArrayViewMut2<'_, f64>, dense: &Array2<f64>, v: &Array2<f64>) {
    let expected = dense.dot(v);
    let size = dense.mapv(f64::abs).dot(&v.mapv(f64::abs));
    for ((index, found), expected) in found.indexed_iter().zip(&expected) {
        let error = (found - expected).abs();
        assert!(error <= 1e-12 * size[index], "{name} at {index:?}: {found} not {expected}");
    }
}

#[test]
fn products_with_the_matrix() {
    for (n, d, p) in SHAPES {
        let ensemble = ensemble(n, d, p);
        let sample = ensemble.sample().unwrap();
        let whole = NtkBuilder::from_sample(&sample).build().unwrap();
        let (dense, gram) = (whole.dense().unwrap(), whole.jacobian_gram().unwrap());
        for (ranks, recomputed) in
            RANKS.into_iter().flat_map(|ranks| [(ranks, false), (ranks, true)])
        {
            let name = format!("{n}, {d}, {p} on {ranks}");
            let v = block(n, 3);
            let w = block(d * p, 3);
            let parts = on_ranks(ranks, |member| {
                let rows = member.share(n);
                let local = NtkBuilder::from_ensemble_rows(&ensemble, rows.clone())
                    .with_features(if recomputed {
                        FeatureStorage::Recomputed
                    } else {
                        FeatureStorage::Stored
                    })
                    .build_operator();
                let kernel = DistributedOperator::new(local, member).unwrap();
                assert_eq!((kernel.size(), kernel.layout().rows()), (n, rows.clone()));
                assert_eq!(kernel.dimensions().gamma1(), ensemble.dimensions().gamma1());
                assert!((kernel.trace().unwrap() / dense.diag().sum() - 1.0).abs() < 1e-12);
                let mut out = Array2::zeros((rows.len(), 3));
                let given = v.slice_axis(Axis(0), Slice::from(rows.clone()));
                kernel.apply(out.view_mut(), given).unwrap();
                let result = kernel.apply(out.view_mut(), block(rows.len() + 1, 3).view());
                assert!(matches!(result, Err(Error::SizeMismatch { .. })));
                let inner = kernel.compressed().map(|inner| {
                    let mut out = Array2::zeros((d * p, 3));
                    inner.apply(out.view_mut(), w.view()).unwrap();
                    out
                });
                (out, inner)
            });
            let mut out = Array2::zeros((0, 3));
            for (part, _) in &parts {
                out.append(Axis(0), part.view()).unwrap();
            }
            assert_product(&name, out.view_mut(), &dense, &v);
            for (_, inner) in parts {
                assert_eq!(inner.is_some(), n > d * p);
                if let Some(mut inner) = inner {
                    assert_product(&format!("companion, {name}"), inner.view_mut(), &gram, &w);
                }
            }
        }
    }
}

#[test]
fn shares_are_all_rows_in_order() {
    for (ranks, n) in [(1, 10), (3, 10), (5, 3), (4, 0)] {
        let shares = on_ranks(ranks, |member| member.share(n));
        let mut next = 0;
        for share in shares {
            assert_eq!(share.start, next);
            assert!(share.len() == n / ranks || share.len() == n / ranks + 1);
            next = share.end;
        }
        assert_eq!(next, n);
    }
}

/// Numbers of an estimate; nodes of one probe, since other probes have the same
/// outliers, in an order left to rounding.
fn figures(estimate: &SpectralEstimate) -> Vec<f64> {
    let mut figures = vec![
        estimate.log_determinant(0.1).unwrap().mean,
        estimate.effective_dimension(0.1).unwrap().mean,
        estimate.inverse_trace(0.1).unwrap().mean,
    ];
    figures.extend([0.1, 0.3, 0.6, 1.0, 2.0].map(|x| estimate.cdf(x).mean));
    for matrix in estimate.jacobi_matrices() {
        figures.extend(matrix.gauss_rule().unwrap().0);
    }
    figures
}

fn assert_close(name: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    let scale = expected.iter().fold(0.0, |scale: f64, entry| scale.max(entry.abs()));
    for (found, expected) in found.iter().zip(expected) {
        let bound = 1e-12 * expected.abs().max(1e-3 * scale);
        assert!((found - expected).abs() <= bound, "{name}: {found} not {expected}");
    }
}

#[test]
fn the_estimate_of_one_process() {
    for (n, d, p) in [(600, 30, 30), (900, 16, 20)] {
        let ensemble = ensemble(n, d, p);
        let quadrature = StochasticQuadrature::new(3, 30).unwrap().with_seed(2);
        let extremes = ExtremeEigenvalues::new(3, 0).unwrap().with_seed(1);
        let alone = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
        let expected = figures(&quadrature.estimate(&alone).unwrap());
        let largest: Vec<f64> =
            extremes.find(&alone).unwrap().largest().iter().map(|ritz| ritz.value).collect();
        for ranks in RANKS {
            let name = format!("{n}, {d}, {p} on {ranks}");
            let found = on_ranks(ranks, |member| {
                let kernel = spread(&ensemble, member).unwrap();
                (quadrature.estimate(&kernel).unwrap(), extremes.find(&kernel).unwrap())
            });
            for (estimate, extremes) in &found {
                assert_close(&name, &figures(estimate), &expected);
                let values: Vec<f64> = extremes.largest().iter().map(|ritz| ritz.value).collect();
                assert_close(&name, &values, &largest);
                // The same bits on all.
                assert_eq!(*estimate, found[0].0);
                assert_eq!(*extremes, found[0].1);
            }
        }
    }
}

/// Eigenvalues are set aside on any number of processes alike.
#[test]
fn deflation_on_several_processes() {
    for (n, d, p) in [(200, 16, 20), (500, 12, 14)] {
        let ensemble = ensemble(n, d, p);
        let quadrature = StochasticQuadrature::new(2, 20).unwrap().with_deflation(3, 70).unwrap();
        let alone = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
        let expected = quadrature.estimate(&alone).unwrap();
        assert_eq!(expected.set_aside().len(), 3);
        for ranks in RANKS {
            let found = on_ranks(ranks, |member| {
                quadrature.estimate(&spread(&ensemble, member).unwrap()).unwrap()
            });
            for estimate in &found {
                assert_close("set aside", estimate.set_aside(), expected.set_aside());
                assert_close("sums", &figures(estimate)[..3], &figures(&expected)[..3]);
                assert_eq!(*estimate, found[0]);
            }
        }
    }
}

/// What is solved and fitted on several processes is what one solves and fits.
#[test]
fn learning_on_several_processes() {
    for (n, d, p) in [(200, 16, 20), (500, 12, 14)] {
        let ensemble = ensemble(n, d, p);
        let y = Array1::from_shape_fn(n, |i| (0.7 * i as f64).sin());
        let solvers = [
            RidgeSolver::new(0.1).unwrap(),
            RidgeSolver::new(0.1).unwrap().with_deflation(5, 70).unwrap(),
        ];
        let flow = |x: f64| (-20.0 * x).exp();
        let alone = NtkBuilder::from_ensemble(&ensemble).build_operator().unwrap();
        let expected = solvers.clone().map(|solver| solver.solve(&alone, y.view()).unwrap());
        let mut regression = SampledRegression::new(&alone, y.view()).unwrap();
        let fits = [regression.ridge(0.1).unwrap(), regression.filtered(&flow).unwrap()];
        for ranks in RANKS {
            let found = on_ranks(ranks, |member| {
                let rows = member.share(n);
                let mine = y.slice_axis(Axis(0), Slice::from(rows));
                let kernel = spread(&ensemble, member).unwrap();
                let solved = solvers.clone().map(|solver| solver.solve(&kernel, mine).unwrap());
                let mut regression = SampledRegression::new(&kernel, mine).unwrap();
                let fits = [regression.ridge(0.1).unwrap(), regression.filtered(&flow).unwrap()];
                (solved, fits)
            });
            for case in 0..2 {
                let mut whole = [Vec::new(), Vec::new()];
                for (solved, fitted) in &found {
                    whole[0].extend(&solved[case].solution);
                    whole[1].extend(&fitted[case].coefficients);
                    let same = (&solved[case].residuals, fitted[case].training_error);
                    assert_eq!(
                        same,
                        (&found[0].0[case].residuals, found[0].1[case].training_error)
                    );
                    let errors = [fitted[case].training_error, fits[case].training_error];
                    assert!((errors[0] - errors[1]).abs() < 1e-9 * errors[1]);
                    let steps = [solved[case].iterations, expected[case].iterations];
                    // Other roundings of sums, which conjugate gradients multiply.
                    assert!(steps[0].abs_diff(steps[1]) <= 1 + steps[1] / 10, "{steps:?}");
                }
                let near = |found: &[f64], expected: &Array1<f64>| {
                    let off = found.iter().zip(expected).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
                    assert!(off.sqrt() < 1e-6 * expected.dot(expected).sqrt());
                };
                near(&whole[0], &expected[case].solution);
                near(&whole[1], &fits[case].coefficients);
            }
        }
    }
}

/// D = 2^k multiplies the kernel by 4^k: the same bits, although squares underflow on
/// the way, on any number of processes.
#[test]
fn the_scale_of_an_operator_does_not_matter() {
    let run = |n: usize, ranks: usize, power: i32| {
        let ensemble = ensemble(n, 9, 8).with_diagonal_law(2f64.powi(power));
        let found = on_ranks(ranks, |member| {
            let kernel = spread(&ensemble, member).unwrap();
            let estimate = StochasticQuadrature::new(2, 20).unwrap().estimate(&kernel).unwrap();
            let extremes = ExtremeEigenvalues::new(3, 1).unwrap().find(&kernel).unwrap();
            let factor = 4f64.powi(power);
            let mut figures: Vec<f64> =
                estimate.nodes().iter().flat_map(|(x, w)| [x / factor, *w]).collect();
            figures.extend(extremes.largest().iter().map(|ritz| ritz.value / factor));
            figures
        });
        assert!(found.iter().all(|figures| *figures == found[0]));
        found.into_iter().next().unwrap()
    };
    for n in [70, 300] {
        for ranks in [1, 3] {
            let expected = run(n, ranks, 0);
            for power in [-490, -272, -30, 90] {
                assert_eq!(run(n, ranks, power), expected, "{n}, {ranks}, 2^{power}");
            }
        }
    }
}

#[test]
fn all_hear_of_what_differs() {
    let usual = || ensemble(120, 9, 8);
    let others: [(&str, TwoLayerEnsemble); 4] = [
        ("the fingerprint of W, D and the activation", usual().with_seed(12)),
        ("d", ensemble(120, 10, 8)),
        ("p", ensemble(120, 9, 7)),
        (
            "the fingerprint of W, D and the activation",
            TwoLayerEnsemble::new(Dimensions::new(120, 9, 8).unwrap(), Tanh)
                .with_diagonal_law(Uniform::new(-0.5, 1.5).unwrap())
                .with_seed(11),
        ),
    ];
    for (expected, other) in others {
        let errors = on_ranks(3, |member| {
            let ensemble = if member.rank == 1 { other.clone() } else { usual() };
            spread(&ensemble, member).map(drop).unwrap_err()
        });
        for error in &errors {
            let agrees =
                matches!(error, Error::RanksDisagree { what, rank: 1, .. } if *what == expected);
            assert!(agrees, "{expected}: {error}");
            assert_eq!(*error, errors[0]);
        }
    }

    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let usual = || StochasticQuadrature::new(2, 10).unwrap();
    let full = Reorthogonalisation::Adaptive;
    for (expected, other) in [
        ("probes", StochasticQuadrature::new(3, 10).unwrap()),
        ("steps", StochasticQuadrature::new(2, 11).unwrap()),
        ("seed", usual().with_seed(1)),
        ("passes of reorthogonalisation", usual().with_reorthogonalisation(full)),
        ("the lower bound", usual().with_lower_bound(0.5).unwrap()),
        ("eigenvalues to set aside", usual().with_deflation(1, 5).unwrap()),
        ("steps between checkpoints", usual().with_checkpoint(Checkpoint::new(path))),
    ] {
        for n in [60, 120] {
            let errors = on_ranks(3, |member| {
                let quadrature = if member.rank == 2 { other.clone() } else { usual() };
                let kernel = spread(&ensemble(n, 9, 8), member).unwrap();
                quadrature.estimate(&kernel).unwrap_err()
            });
            for error in errors {
                let agrees =
                    matches!(error, Error::RanksDisagree { what, rank: 2, .. } if what == expected);
                assert!(agrees, "{expected}: {error}");
            }
        }
    }
    for error in on_ranks(2, |member| {
        let count = 1 + member.rank;
        let kernel = spread(&ensemble(60, 9, 8), member).unwrap();
        ExtremeEigenvalues::new(count, 0).unwrap().find(&kernel).unwrap_err()
    }) {
        let what = "largest";
        assert_eq!(error, Error::RanksDisagree { what, rank: 1, value: 2.0, expected: 1.0 });
    }
}

/// Each process of `ranks` fits and solves with settings of its own.
fn fitted(ranks: usize, rank_1: [f64; 3], usual: [f64; 3]) -> Vec<[Result<(), Error>; 3]> {
    on_ranks(ranks, |member| {
        let [lambda, tolerance, time] = if member.rank == 1 { rank_1 } else { usual };
        let rows = member.share(100);
        let kernel = spread(&ensemble(100, 9, 8), member).unwrap();
        let y = Array1::from_iter(rows.map(|i| (i as f64).sin()));
        let new = || SampledRegression::new(&kernel, y.view()).unwrap();
        let solver = RidgeSolver::new(lambda.abs()).unwrap().with_tolerance(tolerance).unwrap();
        [
            solver.solve(&kernel, y.view()).map(drop),
            new().with_tolerance(tolerance).unwrap().ridge(lambda).map(drop),
            new().filtered(&|x: f64| (-time * x).exp()).map(drop),
        ]
    })
}

/// Nobody waits for a process that fits something else, or that was asked for what cannot be.
#[test]
fn all_hear_of_another_fit() {
    let usual = [0.1, 1e-6, 10.0];
    let others = [
        ([0.2, 1e-6, 11.0], ["lambda", "the error of a fit", "the error of a fit"]),
        ([0.1, 1e-5, 9.0], ["tolerance", "tolerance", "the error of a fit"]),
    ];
    for (other, expected) in others {
        for results in fitted(3, other, usual) {
            for (result, expected) in results.into_iter().zip(expected) {
                let error = result.unwrap_err();
                let agrees = matches!(error, Error::RanksDisagree { what, .. } if what == expected);
                assert!(agrees, "{expected}: {error}");
            }
        }
    }
    for (rank, results) in fitted(3, [-0.1, 1e-6, f64::NAN], usual).into_iter().enumerate() {
        for error in results.into_iter().skip(1).map(Result::unwrap_err) {
            let other = matches!(error, Error::OtherRankFailed { rank: 1 });
            let own = matches!(error, Error::InvalidParameter { .. } | Error::InvalidValue { .. });
            assert!(if rank == 1 { own } else { other }, "{rank}: {error}");
        }
    }
}

/// What an operator says of itself, beside its products.
struct Claims {
    kernel: DistributedOperator<Member>,
    lower_bound: Option<f64>,
    trace: Option<f64>,
}

impl SymmetricOperator for Claims {
    fn size(&self) -> usize {
        self.kernel.size()
    }

    fn apply(&self, out: ArrayViewMut2<'_, f64>, rhs: ArrayView2<'_, f64>) -> Result<(), Error> {
        self.kernel.apply(out, rhs)
    }

    fn layout(&self) -> Layout<'_> {
        self.kernel.layout()
    }

    fn lower_bound(&self) -> Option<f64> {
        self.lower_bound
    }

    fn exact_trace(&self) -> Result<Option<f64>, Error> {
        Ok(self.trace)
    }
}

#[test]
fn operators_say_the_same_everywhere() {
    let claims = [
        (Some(-1.0), None, "the lower bound of the operator"),
        (Some(0.5), None, "the lower bound of the operator"),
        (None, Some(0.5), "the trace of the operator"),
    ];
    for (lower_bound, trace, expected) in claims {
        for error in on_ranks(3, |member| {
            let (lower_bound, trace) =
                if member.rank == 1 { (lower_bound, trace) } else { (None, None) };
            let kernel = spread(&ensemble(60, 9, 8), member).unwrap();
            let operator = Claims { kernel, lower_bound, trace };
            StochasticQuadrature::new(2, 10).unwrap().estimate(&operator).unwrap_err()
        }) {
            let agrees =
                matches!(error, Error::RanksDisagree { what, rank: 1, .. } if what == expected);
            assert!(agrees, "{expected}: {error}");
        }
    }
}

/// The error of rank 1, and that the others heard of it.
fn error_of_rank_1(results: Vec<Result<(), Error>>) -> Error {
    let mut of_rank_1 = None;
    for (rank, result) in results.into_iter().enumerate() {
        match rank {
            1 => of_rank_1 = result.err(),
            _ => assert_eq!(result, Err(Error::OtherRankFailed { rank: 1 })),
        }
    }
    of_rank_1.expect("an error")
}

#[test]
fn all_hear_of_what_fails() {
    let error = error_of_rank_1(on_ranks(3, |member| {
        let rows = if member.rank == 1 { 5..5 } else { member.share(100) };
        let local = NtkBuilder::from_ensemble_rows(&ensemble(100, 9, 8), rows).build_operator();
        DistributedOperator::new(local, member).map(drop)
    }));
    assert!(matches!(error, Error::InvalidSize { name: "rows of x", .. }), "{error}");

    for n in [60, 300] {
        let limit = |rank| if rank == 1 { 100 } else { 1 << 30 };
        let error = error_of_rank_1(on_ranks(3, |member| {
            let limit = limit(member.rank);
            let kernel = spread(&ensemble(n, 9, 8), member).unwrap();
            let quadrature = StochasticQuadrature::new(2, 10).unwrap().with_memory_limit(limit);
            quadrature.estimate(&kernel).map(drop)
        }));
        assert!(matches!(error, Error::MemoryLimit { .. }), "{error}");
        let error = error_of_rank_1(on_ranks(3, |member| {
            let limit = limit(member.rank);
            let kernel = spread(&ensemble(n, 9, 8), member).unwrap();
            ExtremeEigenvalues::new(1, 0).unwrap().with_memory_limit(limit).find(&kernel).map(drop)
        }));
        assert!(matches!(error, Error::MemoryLimit { .. }), "{error}");
    }

    let error = error_of_rank_1(on_ranks(3, |member| {
        let length = if member.rank == 1 { 3 } else { 20 };
        let kernel = spread(&ensemble(60, 9, 8), member).unwrap();
        Lanczos::new(5).unwrap().run(&kernel, Array1::ones(length).view()).map(drop)
    }));
    assert!(matches!(error, Error::SizeMismatch { name: "length of start", .. }), "{error}");
}

/// An observer that ends the work after so many steps.
fn stop_after(steps: usize) -> impl Fn(Progress) -> ControlFlow<()> {
    move |progress| {
        if progress.done >= steps { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

#[test]
fn one_observer_cancels_all() {
    for (n, steps) in [(60, 0), (60, 7), (300, 0), (300, 7)] {
        let stop = |rank| stop_after(if rank == 2 { steps } else { usize::MAX });
        let results = on_ranks(3, |member| {
            let (rank, rows) = (member.rank, member.share(n).len());
            let kernel = spread(&ensemble(n, 9, 8), member).unwrap();
            let quadrature = StochasticQuadrature::new(2, 10).unwrap().with_observer(stop(rank));
            let extremes = ExtremeEigenvalues::new(1, 0).unwrap().with_observer(stop(rank));
            let lanczos = Lanczos::new(10).unwrap().with_observer(stop(rank));
            let start = Array1::ones(rows);
            let solver = RidgeSolver::new(1e-9).unwrap().with_observer(stop(rank));
            let regression = SampledRegression::new(&kernel, start.view()).unwrap();
            [
                quadrature.estimate(&kernel).map(drop),
                extremes.find(&kernel).map(drop),
                lanczos.run(&kernel, start.view()).map(drop),
                solver.solve(&kernel, start.view()).map(drop),
                regression.with_observer(stop(rank)).ridge(1e-3).map(drop),
            ]
        });
        for result in results.into_iter().flatten() {
            let ended = matches!(result, Err(Error::Cancelled { done, .. }) if done == steps);
            assert!(ended, "{result:?}");
        }
    }
}

/// Each rank with a folder of its own, as on machines without a common disk.
fn checkpointed(
    folders: &[PathBuf],
    n: usize,
    stop: usize,
) -> Vec<Result<SpectralEstimate, Error>> {
    on_ranks(folders.len(), |member| {
        let checkpoint = Checkpoint::new(folders[member.rank].join("state"));
        let quadrature = StochasticQuadrature::new(2, 20)
            .unwrap()
            .with_checkpoint(checkpoint.with_interval(5).unwrap())
            .with_observer(stop_after(stop));
        quadrature.estimate(&spread(&ensemble(n, 9, 8), member).unwrap())
    })
}

/// The only file in a folder.
fn file_in(folder: &Path) -> PathBuf {
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 1);
    files[0].path()
}

#[test]
fn checkpoints_go_on_together() {
    for n in [70, 300] {
        let expected = on_ranks(2, |member| {
            let kernel = spread(&ensemble(n, 9, 8), member).unwrap();
            StochasticQuadrature::new(2, 20).unwrap().estimate(&kernel).unwrap()
        });
        // The steps of two parts, of which rank 1 loses the second: without a file
        // in it, in the same probe, to its end, to the next one, all of them.
        for (older, newer) in [(13, 3), (7, 7), (7, 17), (17, 12), (2, 17), (27, 12)] {
            let directory = tempfile::tempdir().unwrap();
            let folders = [0, 1].map(|rank| directory.path().join(rank.to_string()));
            folders.iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
            let kept = directory.path().join("kept");
            for (steps, keep) in [(older, true), (newer, false)] {
                for result in checkpointed(&folders, n, steps) {
                    assert!(matches!(result, Err(Error::Cancelled { .. })), "{result:?}");
                }
                if keep && older >= 5 {
                    std::fs::copy(file_in(&folders[1]), &kept).unwrap();
                }
            }
            match older >= 5 {
                true => drop(std::fs::copy(&kept, file_in(&folders[1])).unwrap()),
                false => std::fs::remove_file(file_in(&folders[1])).unwrap(),
            }
            for (result, expected) in
                checkpointed(&folders, n, usize::MAX).into_iter().zip(&expected)
            {
                assert_eq!(result.as_ref(), Ok(expected), "{n}, {older}, {newer}");
            }
        }
    }
}

#[test]
fn all_hear_of_a_file_that_fails() {
    for n in [70, 300] {
        let directory = tempfile::tempdir().unwrap();
        let folders = [0, 1].map(|rank| directory.path().join(rank.to_string()));
        std::fs::create_dir(&folders[0]).unwrap();
        let units = |results: Vec<Result<SpectralEstimate, Error>>| {
            results.into_iter().map(|result| result.map(drop)).collect()
        };
        // There is no folder to write to.
        let error = error_of_rank_1(units(checkpointed(&folders, n, usize::MAX)));
        assert!(matches!(error, Error::NotWritten { .. }), "{error}");
        std::fs::create_dir(&folders[1]).unwrap();
        for result in checkpointed(&folders, n, 27) {
            assert!(matches!(result, Err(Error::Cancelled { .. })), "{result:?}");
        }
        // Truncated.
        let file = file_in(&folders[1]);
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
        let error = error_of_rank_1(units(checkpointed(&folders, n, usize::MAX)));
        assert!(matches!(error, Error::NotRead { .. }), "{error}");
        std::fs::write(&file, &bytes).unwrap();
        assert!(checkpointed(&folders, n, usize::MAX).iter().all(Result::is_ok));
    }
}

#[test]
fn other_weights_are_seen_in_a_checkpoint() {
    let directory = tempfile::tempdir().unwrap();
    let estimate = |seed| {
        on_ranks(2, |member| {
            let checkpoint = Checkpoint::new(directory.path().join("state"));
            let ensemble =
                TwoLayerEnsemble::new(Dimensions::new(70, 9, 8).unwrap(), Relu).with_seed(seed);
            let quadrature = StochasticQuadrature::new(1, 6).unwrap().with_checkpoint(checkpoint);
            quadrature.estimate(&spread(&ensemble, member).unwrap())
        })
    };
    assert!(estimate(1).iter().all(Result::is_ok));
    for result in estimate(2) {
        let seen = matches!(result, Err(Error::OtherCheckpoint { what: "first step", .. }));
        assert!(seen, "{result:?}");
    }
}
