//! The spectrum of a kernel too large for its matrix, estimated and compared with
//! the limiting law: figures and a picture.
//!
//! ```text
//! cargo run --release --features plot --example large_spectrum -- --large
//! ```
//!
//! takes n = 100,000 samples, d = p = 316; without `--large` it is n = 10,000, d =
//! p = 100. `--help` lists the options.

#[path = "overlay/progress.rs"]
mod progress;

use std::error::Error as Failure;
use std::path::PathBuf;
use std::time::Instant;

use lexopt::prelude::*;
use ntk_spectrum::activation::Relu;
use ntk_spectrum::empirical::Bins;
use ntk_spectrum::krylov::{Checkpoint, ExtremeEigenvalues};
use ntk_spectrum::ntk::FeatureStorage;
use ntk_spectrum::plot::{CdfOverlay, Grid, Overlay};
use ntk_spectrum::prelude::*;
use progress::Bar;

const HELP: &str = "\
Estimates the eigenvalue distribution of a neural tangent kernel (ReLU, D = 1)
by stochastic Lanczos quadrature, without its matrix.

Options, with their defaults
  --large             n = 100,000 and d = p = 316 [n = 10,000, d = p = 100]
  --probes K          random vectors [4]
  --steps M           Lanczos steps for each [100]
  --seed SEED         of the kernel and the probes [1]
  --recompute         compute the features anew in each product, for less memory
  --checkpoint PATH   keep the state there, and go on from it
  --output PATH       of the picture, .svg or .png [large_spectrum.svg]
  --help";

struct Run {
    sizes: (usize, usize),
    probes: usize,
    steps: usize,
    seed: u64,
    recompute: bool,
    checkpoint: Option<PathBuf>,
    output: PathBuf,
}

fn main() -> Result<(), Box<dyn Failure>> {
    let Some(run) = parse()? else {
        println!("{HELP}");
        return Ok(());
    };
    let (n, d) = run.sizes;
    let bar = Bar::new();
    let ensemble = TwoLayerEnsemble::new(Dimensions::new(n, d, d)?, Relu)
        .with_seed(run.seed)
        .with_observer(bar.clone());
    let start = Instant::now();
    let kernel = NtkBuilder::from_ensemble(&ensemble)
        .with_features(if run.recompute {
            FeatureStorage::Recomputed
        } else {
            FeatureStorage::Stored
        })
        .with_observer(bar.clone())
        .build_operator()?;
    let built = start.elapsed();

    let mut quadrature = StochasticQuadrature::new(run.probes, run.steps)?
        .with_seed(run.seed)
        .with_observer(bar.clone());
    if let Some(path) = &run.checkpoint {
        quadrature = quadrature.with_checkpoint(Checkpoint::new(path));
    }
    let start = Instant::now();
    let estimate = quadrature.estimate(&kernel)?;
    let estimated = start.elapsed();
    let largest = ExtremeEigenvalues::new(1, 0)?.with_observer(bar.clone()).find(&kernel)?;
    bar.clear();

    let law = LimitingSpectrum::from_ensemble(&ensemble);
    let outliers = PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring())?;
    let split = estimate.split(&law, &outliers)?;
    println!("n = {n}, d = p = {d}, γ1 = {:.4}: ReLU, D = 1", kernel.dimensions().gamma1());
    println!("{} probes of {} steps: {estimated:.1?}; X and F: {built:.1?}", run.probes, run.steps);
    let bytes = |numbers: f64| 8.0 * numbers / 1e9;
    let held = if run.recompute { n * d } else { 2 * n * d };
    println!(
        "X and F take {:.2} GB, the matrix would take {:.0} GB",
        bytes(held as f64),
        bytes(n as f64 * n as f64)
    );
    println!("tr K / n: {:.6}, exactly", kernel.trace()? / n as f64);
    println!("tr K² / n: {}", estimate.expectation(&|x| x * x)?);
    println!("tr log(K + 0.1) / n: {}", estimate.log_determinant(0.1)?);
    println!("tr K (K + 0.1)⁻¹ / n: {}", estimate.effective_dimension(0.1)?);
    let top = largest.largest()[0];
    println!("largest eigenvalue: {:.9} ± {:.1e}", top.value, top.residual_bound);
    println!("\nThe estimate as {n} eigenvalues against the limit:\n");
    println!("{}", Comparison::new(&split, &law)?.with_warnings(kernel.warnings()));

    let bulk = split.bulk()?;
    let positive = ntk_spectrum::law::PositivePart::new(&law)?;
    Grid::new(2)?
        .with_title(format!(
            "ReLU, n = {n}, d = p = {d}: {} probes of {} Lanczos steps",
            run.probes, run.steps
        ))
        .with_picture(&Overlay::from_split(&split, &law).with_bins(Bins::Fixed(30)))?
        .with_picture(&CdfOverlay::new(&bulk, &positive).with_log_x())?
        .save(&run.output)?;
    println!("picture: {}", run.output.display());
    Ok(())
}

fn parse() -> Result<Option<Run>, Box<dyn Failure>> {
    let mut run = Run {
        sizes: (10_000, 100),
        probes: 4,
        steps: 100,
        seed: 1,
        recompute: false,
        checkpoint: None,
        output: PathBuf::from("large_spectrum.svg"),
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("large") => run.sizes = (100_000, 316),
            Long("probes") => run.probes = parser.value()?.parse()?,
            Long("steps") => run.steps = parser.value()?.parse()?,
            Long("seed") => run.seed = parser.value()?.parse()?,
            Long("recompute") => run.recompute = true,
            Long("checkpoint") => run.checkpoint = Some(PathBuf::from(parser.value()?)),
            Long("output") => run.output = PathBuf::from(parser.value()?),
            Short('h') | Long("help") => return Ok(None),
            _ => return Err(argument.unexpected().into()),
        }
    }
    Ok(Some(run))
}
