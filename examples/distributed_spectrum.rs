//! The spectrum of a kernel that is spread over processes, estimated, against its
//! limiting law.
//!
//! ```text
//! cargo build --release --features mpi --example distributed_spectrum
//! mpirun -n 2 target/release/examples/distributed_spectrum --help
//! ```

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::*;
use ntk_spectrum::activation::Relu;
use ntk_spectrum::krylov::{Checkpoint, Communicator, ExtremeEigenvalues, MpiCommunicator};
use ntk_spectrum::ntk::DistributedOperator;
use ntk_spectrum::prelude::*;

const HELP: &str = "\
Estimates the spectrum of the neural tangent kernel of a ReLU network, samples
spread over the processes that mpirun has started, and compares it with the
limiting law.

Options, with their defaults
  --n N               samples [4000]
  --d D               their dimension [80]
  --p P               neurons [80]
  --seed SEED         of X and W [1]
  --probes PROBES     random vectors [4]
  --steps STEPS       Lanczos steps from each [100]
  --checkpoint PATH   write the state to PATH.ROWS of each process, and go on from
                      there when it is run again with the same sizes
  --help";

struct Run {
    n: usize,
    d: usize,
    p: usize,
    seed: u64,
    probes: usize,
    steps: usize,
    checkpoint: Option<PathBuf>,
}

fn main() -> ExitCode {
    let outcome = MpiCommunicator::run(|communicator| match parse(lexopt::Parser::from_env()) {
        Ok(Some(run)) => estimate(&run, communicator).map(|()| ExitCode::SUCCESS),
        // All processes have the same command line; one of them answers.
        Ok(None) => {
            say(communicator, HELP);
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            if communicator.rank() == 0 {
                eprintln!("distributed_spectrum: {error}\n(--help lists the options)");
            }
            Ok(ExitCode::from(2))
        }
    });
    outcome.unwrap_or_else(|error| {
        eprintln!("distributed_spectrum: {error}");
        ExitCode::FAILURE
    })
}

fn parse(mut parser: lexopt::Parser) -> Result<Option<Run>, lexopt::Error> {
    let mut run = Run { n: 4000, d: 80, p: 80, seed: 1, probes: 4, steps: 100, checkpoint: None };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("n") => run.n = parser.value()?.parse()?,
            Long("d") => run.d = parser.value()?.parse()?,
            Long("p") => run.p = parser.value()?.parse()?,
            Long("seed") => run.seed = parser.value()?.parse()?,
            Long("probes") => run.probes = parser.value()?.parse()?,
            Long("steps") => run.steps = parser.value()?.parse()?,
            Long("checkpoint") => run.checkpoint = Some(parser.value()?.into()),
            _ => return Err(argument.unexpected()),
        }
    }
    Ok(Some(run))
}

fn estimate(run: &Run, communicator: &MpiCommunicator) -> Result<(), Error> {
    let Run { n, d, p, .. } = *run;
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, d, p)?, Relu).with_seed(run.seed);
    let law = LimitingSpectrum::from_ensemble(&ensemble);

    // Each process draws its own rows of X.
    let local = NtkBuilder::from_ensemble_rows(&ensemble, communicator.share(n)).build_operator();
    let kernel = DistributedOperator::new(local, communicator)?;
    say(
        communicator,
        &format!(
            "n = {n}, d = {d}, p = {p}, {} processes, {} threads each\n",
            communicator.ranks(),
            rayon::current_num_threads()
        ),
    );

    let mut quadrature = StochasticQuadrature::new(run.probes, run.steps)?.with_seed(run.seed);
    if let Some(path) = &run.checkpoint {
        quadrature = quadrature.with_checkpoint(Checkpoint::new(path));
    }
    let estimate = quadrature.estimate(&kernel)?;
    let largest = ExtremeEigenvalues::new(1, 0)?.find(&kernel)?.largest()[0];

    let outliers =
        PredictedOutliers::of_dimensions(&law, Dimensions::new(n, d, p).unwrap(), Centring::Raw)?;
    let split = estimate.split(&law, &outliers)?;
    say(communicator, &Comparison::new(&split, &law)?.to_string());
    say(
        communicator,
        &format!(
            "largest eigenvalue {} ± {:.0e}\nlog det(K + 1/10)/n {}",
            largest.value,
            largest.residual_bound,
            estimate.log_determinant(0.1)?
        ),
    );
    Ok(())
}

/// Prints, once for all processes; nobody listening is no error.
fn say(communicator: &MpiCommunicator, text: &str) {
    if communicator.rank() == 0 {
        let _ = writeln!(io::stdout(), "{text}");
    }
}
