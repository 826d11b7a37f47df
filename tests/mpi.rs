//! The processes that `mpirun` starts: they agree with one process, and a process
//! that fails ends all.
//!
//! Without arguments of its own this program is the test. With one of [`PARTS`] it
//! is a process of a job that the test has started.

use std::env;
use std::io::Read;
use std::ops::ControlFlow;
use std::process::{Command, ExitCode, Stdio, exit, id};
use std::thread;
use std::time::{Duration, Instant};

use mpi::Threading;
use mpi::topology::{Color, SimpleCommunicator};
use mpi::traits::Communicator as _;
use ntk_spectrum::activation::Relu;
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::krylov::{
    Communicator, ExtremeEigenvalues, MpiCommunicator, StochasticQuadrature,
};
use ntk_spectrum::law::SpectralSums;
use ntk_spectrum::ntk::{DistributedOperator, NtkBuilder};
use ntk_spectrum::observer::Progress;
use ntk_spectrum::{Dimensions, Error};

/// After that a job is taken to hang.
const LIMIT: Duration = Duration::from_secs(90);

/// A job with a process that fails must have ended after so long.
const SOON: f64 = 20.0;

/// What a process of a job may be told to do.
const PARTS: [(&str, fn()); 9] = [
    ("estimate", estimate),
    ("error", || fail(|| None)),
    ("panic", || fail(|| panic!("on purpose"))),
    ("exit", || fail(|| exit(0))),
    ("kill", || fail(kill_oneself)),
    ("late", late),
    ("disagree", disagree),
    ("twice", twice),
    ("own", own_communicator),
];

fn main() -> ExitCode {
    let part = env::args().nth(1).unwrap_or_default();
    if let Some((_, act)) = PARTS.iter().find(|(name, _)| *name == part) {
        act();
        return ExitCode::SUCCESS;
    }
    same_estimate_on_any_number_of_processes();
    a_process_that_fails_ends_the_job();
    all_report_what_all_find_wrong();
    the_entry_is_used_once();
    communicators_of_ones_own();
    ExitCode::SUCCESS
}

// The test.

struct Outcome {
    succeeded: bool,
    seconds: f64,
    stdout: String,
    stderr: String,
}

fn job(ranks: usize, part: &str) -> Outcome {
    let start = Instant::now();
    let program = env::current_exe().expect("the path of this program");
    let mut child = Command::new("mpirun")
        .args(["-n", &ranks.to_string()])
        .arg(program)
        .arg(part)
        .env("RAYON_NUM_THREADS", "1")
        // Of Open MPI: more processes than cores, by any user.
        .env("OMPI_MCA_rmaps_base_oversubscribe", "1")
        .env("OMPI_MCA_hwloc_base_binding_policy", "none")
        .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
        .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("mpirun cannot be started ({error}): the feature mpi needs an MPI library")
        });
    let mut stdout = child.stdout.take().expect("a pipe");
    let mut stderr = child.stderr.take().expect("a pipe");
    let reader = thread::spawn(move || {
        let mut text = String::new();
        stderr.read_to_string(&mut text).map(|_| text)
    });
    let output = thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).map(|_| text)
    });
    let status = loop {
        if let Some(status) = child.try_wait().expect("the state of mpirun") {
            break status;
        }
        if start.elapsed() > LIMIT {
            let _ = child.kill();
            panic!("{part} on {ranks} processes hangs");
        }
        thread::sleep(Duration::from_millis(20));
    };
    let seconds = start.elapsed().as_secs_f64();
    println!("{part} on {ranks} processes: {status} after {seconds:.1} s");
    Outcome {
        succeeded: status.success(),
        seconds,
        stdout: output.join().expect("a text").expect("a text"),
        stderr: reader.join().expect("a text").expect("a text"),
    }
}

fn same_estimate_on_any_number_of_processes() {
    let numbers = |ranks| {
        let Outcome { succeeded, stdout, stderr, .. } = job(ranks, "estimate");
        assert!(succeeded, "{stdout}{stderr}");
        let lines = stdout.lines().map(|line| {
            let (name, number) = line.rsplit_once(' ').expect("a name and a number");
            (name.to_owned(), number.parse::<f64>().expect("a number"))
        });
        lines.collect::<Vec<_>>()
    };
    let one = numbers(1);
    assert_eq!(one.len(), 2 * 16);
    for ranks in [2, 3] {
        let several = numbers(ranks);
        assert_eq!(one.len(), several.len());
        let mut worst: f64 = 0.0;
        for ((name, expected), (_, found)) in one.iter().zip(&several) {
            let error = (found / expected - 1.0).abs();
            assert!(error <= 1e-12, "{name} on {ranks} processes: {found} not {expected}");
            worst = worst.max(error);
        }
        println!("{ranks} processes against 1: {worst:.1e}");
    }
}

fn a_process_that_fails_ends_the_job() {
    for (part, report) in [
        ("error", "process 1 of 3: cancelled"),
        ("panic", "process 1 of 3 panicked"),
        ("kill", ""),
        ("exit", ""),
        ("late", "process 2 of 3: on purpose"),
    ] {
        let Outcome { succeeded, seconds, stderr, .. } = job(3, part);
        assert!(!succeeded, "{part}: {stderr}");
        assert!(stderr.contains(report), "{part}: {stderr}");
        assert!(seconds < SOON, "{part} took {seconds} s");
    }
}

fn all_report_what_all_find_wrong() {
    let Outcome { succeeded, stderr, .. } = job(3, "disagree");
    assert!(!succeeded);
    for rank in 0..3 {
        let report = format!("process {rank} of 3: process 1 has the fingerprint of W");
        assert!(stderr.contains(&report), "{stderr}");
    }
}

fn the_entry_is_used_once() {
    let Outcome { succeeded, stdout, stderr, .. } = job(1, "twice");
    assert!(succeeded, "{stderr}");
    assert!(stdout.contains("inside: MPI cannot be used: it is initialised already"), "{stdout}");
    assert!(stdout.contains("after: MPI cannot be used: it was finalised"), "{stdout}");
}

fn communicators_of_ones_own() {
    let Outcome { succeeded, stderr, .. } = job(3, "own");
    assert!(succeeded, "{stderr}");
}

// The processes.

fn ensemble(n: usize) -> TwoLayerEnsemble {
    TwoLayerEnsemble::new(Dimensions::new(n, 20, 25).unwrap(), Relu).with_seed(5)
}

fn kernel<'g>(
    ensemble: &TwoLayerEnsemble,
    communicator: &'g MpiCommunicator,
) -> Result<DistributedOperator<&'g MpiCommunicator>, Error> {
    let rows = communicator.share(ensemble.dimensions().n());
    let local = NtkBuilder::from_ensemble_rows(ensemble, rows).build_operator();
    DistributedOperator::new(local, communicator)
}

/// n below and above dp.
fn estimate() {
    let work = |communicator: &MpiCommunicator| {
        for n in [401, 1300] {
            let kernel = kernel(&ensemble(n), communicator)?;
            let estimate = StochasticQuadrature::new(3, 30)?.estimate(&kernel)?;
            let mut lines = vec![
                ("trace", kernel.trace()?),
                ("log-determinant", estimate.log_determinant(0.1)?.mean),
                ("effective dimension", estimate.effective_dimension(0.1)?.mean),
            ];
            for x in [0.2, 0.5, 1.0, 2.0] {
                lines.push(("distribution function", estimate.cdf(x).mean));
            }
            for (q, label) in [(0.5, "median"), (0.9, "last decile")] {
                lines.push((label, estimate.quantile(if n == 401 { q } else { 0.6 + 0.4 * q })?));
            }
            // Of one probe: others have the same outliers, in an order left to rounding.
            let (nodes, weights) = estimate.jacobi_matrices()[0].gauss_rule()?;
            for node in [nodes.len() - 1, nodes.len() / 2, 2] {
                lines.push(("node", nodes[node]));
                lines.push(("weight", weights[node]));
            }
            let extremes = ExtremeEigenvalues::new(1, 0).unwrap().find(&kernel)?;
            lines.push(("largest eigenvalue", extremes.largest()[0].value));
            if communicator.rank() == 0 {
                for (name, number) in lines {
                    println!("n = {n}: {name} {number:e}");
                }
            }
        }
        Ok::<(), Error>(())
    };
    MpiCommunicator::run(work).expect("MPI");
}

/// Work without end, of which process 1 makes something else after a while.
fn fail(how: fn() -> Option<()>) {
    let work = |communicator: &MpiCommunicator| {
        let second = communicator.rank() == 1;
        let observer = move |progress: Progress| {
            let now = second && progress.done == 30;
            if now && how().is_none() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        let kernel = kernel(&ensemble(400), communicator)?;
        let quadrature = StochasticQuadrature::new(1_000_000, 20)?.with_observer(observer);
        quadrature.estimate(&kernel).map(drop)
    };
    MpiCommunicator::run(work).expect("MPI");
}

/// SIGKILL, as by the system when memory is short.
fn kill_oneself() -> Option<()> {
    let _ = Command::new("kill").args(["-KILL", &id().to_string()]).status();
    thread::sleep(LIMIT);
    None
}

/// An error after the others have finished.
fn late() {
    let work = |communicator: &MpiCommunicator| match communicator.rank() {
        2 => {
            thread::sleep(Duration::from_millis(500));
            Err("on purpose")
        }
        _ => Ok(()),
    };
    MpiCommunicator::run(work).expect("MPI");
}

/// Process 1 has another W.
fn disagree() {
    let work = |communicator: &MpiCommunicator| {
        let ensemble = ensemble(400).with_seed(if communicator.rank() == 1 { 6 } else { 5 });
        kernel(&ensemble, communicator).map(drop)
    };
    MpiCommunicator::run(work).expect("MPI");
}

fn twice() {
    let work = |_: &MpiCommunicator| {
        let inner = MpiCommunicator::run(|_| Ok::<(), Error>(()));
        println!("inside: {}", inner.expect_err("an error"));
        Ok::<(), Error>(())
    };
    assert!(matches!(MpiCommunicator::new(&SimpleCommunicator::world()), Err(Error::Mpi { .. })));
    MpiCommunicator::run(work).expect("MPI");
    println!("after: {}", MpiCommunicator::run(work).expect_err("an error"));
    assert!(matches!(MpiCommunicator::new(&SimpleCommunicator::world()), Err(Error::Mpi { .. })));
}

/// Processes 0 and 2 apart from process 1, each part with the sum of its own.
fn own_communicator() {
    let (universe, _) = mpi::initialize_with_threading(Threading::Funneled).expect("MPI");
    let world = universe.world();
    let rank = world.rank();
    let part = world.split_by_color(Color::with_value(rank % 2)).expect("a part");
    let communicator = MpiCommunicator::new(&part).expect("a communicator");
    // More than one piece.
    let mut sums = vec![f64::from(1 + rank); (1 << 22) + 3];
    communicator.sum(&mut sums).expect("a sum");
    let expected = if rank == 1 { 2.0 } else { 4.0 };
    assert!(sums.iter().all(|sum| *sum == expected));
    let (ranks, place) = if rank == 1 { (1, 0) } else { (2, rank as usize / 2) };
    assert_eq!((communicator.ranks(), communicator.rank()), (ranks, place));
    let kernel = kernel(&ensemble(100), &communicator).expect("a kernel");
    assert_eq!(kernel.dimensions().gamma1(), 0.2);
}
