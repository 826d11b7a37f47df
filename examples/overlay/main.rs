//! A sampled neural tangent kernel against its limiting law and the law of its size: a table
//! and a picture.
//!
//! ```text
//! cargo run --release --features plot --example overlay -- --help
//! ```

mod args;
mod convergence;
mod failure;
mod names;
mod progress;
mod report;

use std::io::{self, Write};
use std::process::ExitCode;

use args::{Command, Run};
use failure::Failure;
use ntk_spectrum::plot::{Grid, Overlay};
use ntk_spectrum::prelude::*;
use progress::Bar;
use report::Report;

/// A picture or a table of fewer eigenvalues says nothing.
const FEWEST: usize = 10;

fn main() -> ExitCode {
    let result = args::parse(lexopt::Parser::from_env()).and_then(|command| match command {
        Command::Help => {
            writeln!(io::stdout(), "{}", args::help())?;
            Ok(())
        }
        Command::Overlay(run) => overlay(&run),
        Command::Convergence(table) => convergence::print(&table),
    });
    Failure::exit_code("overlay", result)
}

fn overlay(run: &Run) -> Result<(), Failure> {
    let bar = Bar::new();
    let ensemble = run.ensemble().with_observer(bar.clone());
    let finite = FiniteSpectrum::from_ensemble(&ensemble);
    let law = finite.limit();
    if law.support()?.is_empty() {
        return Err(Failure::Usage(
            "the limit is a point mass at 0 for this activation and D: there is no bulk to show"
                .into(),
        ));
    }
    let sample = ensemble.sample()?;
    let kernel = NtkBuilder::from_sample(&sample).with_observer(bar.clone()).build()?;
    let spectrum = EmpiricalSpectrum::from_kernel(&kernel)?;
    bar.clear();
    // Not known for all laws of X, nor for the smallest sizes; the limit is.
    let predicted = match PredictedOutliers::at_finite_size(&finite) {
        Ok(predicted) => predicted,
        Err(_) => PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring())?,
    };
    let split = spectrum.split(&law, &predicted)?;
    let bulk = split.bulk_values().len();
    if bulk < FEWEST {
        return Err(Failure::Usage(format!(
            "n = {}, d = {}, p = {} leave {bulk} eigenvalues in the bulk; take a larger n",
            run.n, run.d, run.p,
        )));
    }
    let finite = finite.bulk().map(|bulk| (&finite, bulk));
    write!(io::stdout(), "{}", Report::new(run, &kernel, &law, &split, finite.clone())?)?;

    let mut bulk = Overlay::from_split(&split, &law).with_title("the bulk");
    let mut whole = Overlay::new(&spectrum, &law).with_title("the whole spectrum").with_log_x();
    if let Ok((finite, part)) = finite {
        bulk = bulk.with_finite_size(part)?;
        whole = whole.with_finite_size(finite)?;
    }
    Grid::new(2)?
        .with_title(format!(
            "{}, D {}: n = {}, d = {}, p = {}",
            run.sigma.name, run.diagonal.name, run.n, run.d, run.p
        ))
        .with_picture(&bulk)?
        .with_picture(&whole)?
        .save(&run.output)?;
    writeln!(io::stdout(), "\npicture: {}", run.output.display())?;
    Ok(())
}
