//! A sampled neural tangent kernel against its limiting law: a table and a picture.
//!
//! ```text
//! cargo run --release --example overlay -- --help
//! ```

mod args;
mod bulk;
mod convergence;
mod kernel;
mod names;
mod picture;
mod report;

use std::io::{self, Write};
use std::process::ExitCode;

use args::{Command, Run};
use bulk::{Bulk, Limit};
use kernel::Diagonal;
use report::Report;

/// What ends the program early, with its exit code.
enum Failure {
    /// The command line is wrong: 2.
    Usage(String),
    /// The computation or the writing failed: 1.
    Run(String),
}

impl From<ntk_spectrum::Error> for Failure {
    fn from(error: ntk_spectrum::Error) -> Self {
        Self::Run(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Run(error.to_string())
    }
}

fn main() -> ExitCode {
    let result = args::parse(lexopt::Parser::from_env()).and_then(|command| match command {
        Command::Help => {
            writeln!(io::stdout(), "{}", args::help())?;
            Ok(())
        }
        Command::Overlay(run) => overlay(&run),
        Command::Convergence { gamma1, steps } => convergence::table(gamma1, &steps),
    });
    let (message, code) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => (format!("{message}\n(--help lists the options)"), 2),
        Err(Failure::Run(message)) => (message, 1),
    };
    eprintln!("overlay: {message}");
    ExitCode::from(code)
}

fn overlay(run: &Run) -> Result<(), Failure> {
    let limit = Limit::new(run.sizes, run.sigma.law.clone(), run.diagonal.law.clone())?;
    if limit.support()?.is_empty() {
        return Err(Failure::Usage(
            "the limit is a point mass at 0 for this activation and D: there is no bulk to show"
                .into(),
        ));
    }
    let eigenvalues = kernel::eigenvalues(
        run.sizes,
        &run.sigma.law,
        Diagonal::Drawn(&run.diagonal.law),
        run.seed,
    )
    .map_err(Failure::Run)?;
    let bulk = Bulk::new(&eigenvalues, &limit);
    if bulk.values.len() < 10 {
        return Err(Failure::Usage(format!(
            "n = {}, d = {}, p = {} leave {} eigenvalues in the bulk; take a larger n",
            run.sizes.n,
            run.sizes.d,
            run.sizes.p,
            bulk.values.len()
        )));
    }
    write!(io::stdout(), "{}", Report::new(run, &limit, &bulk)?)?;
    let svg = picture::draw(run, &limit, &bulk)?;
    std::fs::write(&run.output, svg).map_err(|error| {
        Failure::Run(format!("{} cannot be written: {error}", run.output.display()))
    })?;
    writeln!(io::stdout(), "\npicture: {}", run.output.display())?;
    Ok(())
}
