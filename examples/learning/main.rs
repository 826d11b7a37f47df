//! Errors of learning, of sampled networks against what the law predicts: a table and a
//! picture.
//!
//! ```text
//! cargo run --release --features plot --example learning -- --help
//! ```

mod args;
mod curves;
#[path = "../overlay/failure.rs"]
mod failure;
#[path = "../overlay/names.rs"]
mod names;
#[path = "../overlay/progress.rs"]
mod progress;
mod table;

use std::io::{self, Write};
use std::process::ExitCode;

use args::Run;
use curves::Experiment;
use failure::Failure;
use ntk_spectrum::plot::Grid;
use progress::Bar;

fn main() -> ExitCode {
    let result = args::parse(lexopt::Parser::from_env()).and_then(|run| match run {
        None => Ok(writeln!(io::stdout(), "{}", args::help())?),
        Some(run) => learn(&run),
    });
    Failure::exit_code("learning", result)
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
