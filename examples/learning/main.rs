//! Errors of learning, of sampled networks against what the law predicts: a table and a
//! picture.
//!
//! ```text
//! cargo run --release --features plot --example learning -- --help
//! ```

mod args;
mod curves;
#[path = "../overlay/names.rs"]
mod names;
#[path = "../overlay/progress.rs"]
mod progress;
mod table;

use std::io::{self, Write};
use std::process::ExitCode;

use args::Run;
use curves::Experiment;
use ntk_spectrum::plot::Grid;
use ntk_spectrum::prelude::*;
use progress::Bar;

/// What ends the program early, with its exit code.
enum Failure {
    /// The command line is wrong: 2.
    Usage(String),
    /// The computation or the writing failed: 1.
    Run(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Run(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Run(error.to_string())
    }
}

fn main() -> ExitCode {
    let result = args::parse(lexopt::Parser::from_env()).and_then(|run| match run {
        None => Ok(writeln!(io::stdout(), "{}", args::help())?),
        Some(run) => learn(&run),
    });
    let (message, code) = match result {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Failure::Usage(message)) => (format!("{message}\n(--help lists the options)"), 2),
        Err(Failure::Run(message)) => (message, 1),
    };
    eprintln!("learning: {message}");
    ExitCode::from(code)
}

fn learn(run: &Run) -> Result<(), Failure> {
    let bar = Bar::new();
    let experiment = Experiment { run, bar: &bar };
    let curves = experiment.curves()?;
    bar.clear();

    let mut out = io::stdout();
    let networks = run.seeds.end - run.seeds.start;
    let setting = format!(
        "{}, D {}, X {}, d = {}, p = {}, signal {}, noise {}",
        run.sigma.name,
        run.diagonal.name,
        run.input.name,
        run.dimensions.d(),
        run.dimensions.p(),
        run.signal,
        run.noise
    );
    writeln!(out, "{setting}\n{networks} networks, {} test points each", run.test_points)?;
    for (_, table) in &curves {
        write!(out, "\n{table}")?;
    }

    let note = match networks {
        1 => "points: one sampled network".to_owned(),
        _ => format!("points: {networks} sampled networks, with standard errors"),
    };
    let title =
        format!("{}, d = {}, p = {}", run.sigma.name, run.dimensions.d(), run.dimensions.p());
    if let [(curve, _)] = curves.as_slice() {
        curve.clone().with_note(format!("{title}; {note}")).save(&run.output)?;
    } else {
        let mut grid = Grid::new(curves.len())?.with_title(format!("{title}; {note}"));
        for (curve, _) in &curves {
            grid = grid.with_picture(curve)?;
        }
        grid.save(&run.output)?;
    }
    writeln!(out, "\npicture: {}", run.output.display())?;
    Ok(())
}
