//! The crate keeps to the threads it is given, down to none but the calling one, with
//! the same results.
//!
//! A program of its own: what is given to a process is seen only from its beginning.

use std::collections::HashSet;
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::thread::{self, ThreadId};
use std::time::Duration;

use ntk_spectrum::activation::Relu;
use ntk_spectrum::diagonal::Uniform;
use ntk_spectrum::law::TabulatedLaw;
use ntk_spectrum::spectrum::FiniteSpectrum;
use ntk_spectrum::{Dimensions, Error, LimitingSpectrum};

/// Set for the processes that this one starts: what they have to check.
const CHECK: &str = "NTK_SPECTRUM_CHECK";

/// A stack that no address space has: the operating system refuses every thread.
const NO_STACK: (&str, &str) = ("RUST_MIN_STACK", "70368744177664");

fn main() -> ExitCode {
    let outcome = match std::env::var(CHECK) {
        Ok(check) => child(&check),
        Err(_) => parent(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs this program again with a setting.
fn run(check: &str, (name, value): (&str, &str)) -> Result<String, Box<dyn std::error::Error>> {
    let output =
        Command::new(std::env::current_exe()?).env(CHECK, check).env(name, value).output()?;
    let text = String::from_utf8(output.stdout)?;
    if output.status.success() {
        return Ok(text);
    }
    Err(format!("{check}, {name}={value}: {text}{}", String::from_utf8(output.stderr)?).into())
}

fn parent() -> Result<(), Box<dyn std::error::Error>> {
    let expected = run("results", ("RAYON_NUM_THREADS", "3"))?;
    assert!(expected.lines().count() >= 3, "{expected}");
    assert_eq!(run("results", ("RAYON_NUM_THREADS", "1"))?, expected);
    assert_eq!(run("results", NO_STACK)?, expected);
    run("refused", NO_STACK)?;
    for threads in ["1", "2", "5"] {
        run("count", ("RAYON_NUM_THREADS", threads))?;
    }
    println!("the crate keeps to its threads: ok");
    Ok(())
}

fn child(check: &str) -> Result<(), Box<dyn std::error::Error>> {
    match check {
        "results" => results()?,
        "refused" => {
            assert!(thread::Builder::new().spawn(|| ()).is_err(), "a thread was started");
        }
        _ => {
            let allowed: usize = std::env::var("RAYON_NUM_THREADS")?.parse()?;
            let used = threads_of_a_law()?;
            assert_eq!(used, allowed, "threads of one law");
            // Several at once share them: each caller works, and helpers are counted.
            let callers = 4;
            let all = Mutex::new(HashSet::new());
            thread::scope(|scope| {
                for _ in 0..callers {
                    scope.spawn(|| slow_law(&all).expect("a law"));
                }
            });
            // A helper that ends makes room for another: as many at a time.
            assert!(all.lock().expect("a set").len() >= callers);
            #[cfg(feature = "kernel")]
            pools()?;
        }
    }
    Ok(())
}

/// Tabulates a law on many intervals, and notes on which threads.
fn slow_law(seen: &Mutex<HashSet<ThreadId>>) -> Result<TabulatedLaw, Error> {
    let intervals: Vec<(f64, f64)> = (0..8).map(|k| (f64::from(k), f64::from(k) + 1.0)).collect();
    let density = |_: f64| {
        seen.lock().expect("a set").insert(thread::current().id());
        thread::sleep(Duration::from_millis(1));
        0.125
    };
    TabulatedLaw::from_density(density, &intervals, &[], 1e-9)
}

fn threads_of_a_law() -> Result<usize, Error> {
    let seen = Mutex::new(HashSet::new());
    slow_law(&seen)?;
    Ok(seen.into_inner().expect("a set").len())
}

/// The pool that counts is the one that the work is put into, and a worker that solves
/// a law does not wait for itself.
#[cfg(feature = "kernel")]
fn pools() -> Result<(), Box<dyn std::error::Error>> {
    use rayon::prelude::*;

    for threads in [1, 2, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        assert_eq!(pool.install(threads_of_a_law)?, threads);
        let law = LimitingSpectrum::new(0.7, 1.0, Relu, Uniform::new(0.5, 1.5)?);
        let densities: Vec<Result<f64, Error>> = pool
            .install(|| (0..20).into_par_iter().map(|k| law.density(0.1 * f64::from(k))).collect());
        assert!(densities.iter().all(Result::is_ok));
    }
    Ok(())
}

/// Prints numbers to the last bit.
fn results() -> Result<(), Error> {
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, Uniform::new(0.5, 1.5)?);
    for x in [0.1, 0.5, 1.0] {
        println!("{:x}", law.density(x)?.to_bits());
    }
    let law = FiniteSpectrum::new(Dimensions::new(120, 12, 12)?, Relu, 1.0);
    for x in [0.1, 0.5, 1.0] {
        println!("{:x}", law.density(x)?.to_bits());
    }
    println!("{:x} {:x}", law.bulk()?.mean()?.to_bits(), law.outliers()?.mean()?.to_bits());
    #[cfg(feature = "kernel")]
    kernels()?;
    Ok(())
}

#[cfg(feature = "kernel")]
fn kernels() -> Result<(), Error> {
    use ndarray::{Array1, Array2};
    use ntk_spectrum::empirical::learning::{
        LearningExperiment, PolynomialTeacher, RandomEffectsTeacher, SampledRegression,
    };
    use ntk_spectrum::empirical::{Comparison, EmpiricalSpectrum};
    use ntk_spectrum::ensemble::TwoLayerEnsemble;
    use ntk_spectrum::krylov::{ExtremeEigenvalues, RidgeSolver, StochasticQuadrature};
    use ntk_spectrum::ntk::{InputScaling, NtkBuilder};
    use ntk_spectrum::prelude::{PredictedOutliers, SpectralSums};

    // More samples than the rank, and fewer.
    for n in [700, 300] {
        let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, 20, 21)?, Relu);
        let sample = ensemble.sample()?;
        let ntk = NtkBuilder::from_sample(&sample)
            .with_input_scaling(InputScaling::Standardised)
            .build()?;
        println!("{:x}", ntk.dense()?[[3, 200]].to_bits());
        println!("{:x}", ntk.eigenvalues()?.sum().to_bits());
        let law = FiniteSpectrum::from_ensemble(&ensemble);
        let split = EmpiricalSpectrum::from_kernel(&ntk)?
            .split(&law.limit(), &PredictedOutliers::at_finite_size(&law)?)?;
        let finite = Comparison::at_finite_size(&split, &law)?.finite;
        for pair in finite.iter().flat_map(|finite| [finite.bulk, finite.whole]) {
            for found in [pair.limit, pair.finite] {
                println!("{:x}", found.kolmogorov_smirnov.to_bits());
                println!("{:x}", found.wasserstein1.to_bits());
            }
        }
        let operator = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
        println!("{:x}", operator.trace()?.to_bits());
        println!("{:x}", operator.kernel_rows(5..7)?.sum().to_bits());
        let estimate = StochasticQuadrature::new(2, 10)?.estimate(&operator)?;
        println!("{:x}", estimate.log_determinant(0.1)?.mean.to_bits());
        let teacher = RandomEffectsTeacher::new(1.0, 0.5)?;
        let drawn = LearningExperiment::new(ensemble, teacher, 250)?.draw(1)?;
        let mut regression = drawn.regression()?;
        let flow = |x: f64| (-10.0 * x).exp();
        for fit in [regression.ridge(0.1)?, regression.filtered(&flow)?] {
            println!("{:x} {:x}", fit.training_error.to_bits(), drawn.errors(&fit)?.test.to_bits());
        }
        let solver = RidgeSolver::new(0.1)?.with_deflation(5, 40)?;
        let solved = solver.solve(drawn.kernel(), drawn.targets())?.solution;
        println!("{:x}", solved.sum().to_bits());
        let whole = drawn.kernel().to_dense()?;
        let whole = SampledRegression::from_matrix(whole.view(), drawn.targets())?.ridge(0.1)?;
        println!("{:x}", whole.training_error.to_bits());
        let x = sample.x();
        let polynomial = PolynomialTeacher::new(0.5, 0.25, 0.25)?.targets(x, 0, 1)?;
        println!("{:x}", polynomial.sum().to_bits());
    }
    let matrix = Array2::from_diag(&Array1::linspace(0.0, 1.0, 300));
    let found = ExtremeEigenvalues::new(2, 1)?.find(&matrix)?;
    println!("{:x}", found.largest()[0].value.to_bits());
    // Threads of the caller's, which find no pool either; where there can be any.
    if let Ok(other) = std::thread::Builder::new()
        .stack_size(1 << 20)
        .spawn(move || ExtremeEigenvalues::new(2, 1).and_then(|extremes| extremes.find(&matrix)))
    {
        assert_eq!(other.join().expect("a thread")?, found);
    }
    Ok(())
}
