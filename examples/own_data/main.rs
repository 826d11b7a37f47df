//! The kernel of data of one's own: what is said of them, and three laws beside its spectrum.
//!
//! ```text
//! cargo run --release --features plot --example own_data              # data made from a seed
//! cargo run --release --features plot --example own_data -- --x x.npy --y y.csv --p 50
//! cargo run --release --features plot --example own_data -- --help
//! ```

mod args;
mod clusters;
mod data;
#[path = "../overlay/failure.rs"]
mod failure;
mod laws;
mod learning;
mod prepare;
mod read;
mod report;

use std::io::{self, Write};
use std::process::ExitCode;

use args::Run;
use data::Data;
use failure::Failure;
use laws::Laws;
use ntk_spectrum::empirical::CovarianceSpectrum;
use ntk_spectrum::prelude::*;

/// A picture or a table of fewer eigenvalues says nothing.
const FEWEST: usize = 10;

fn main() -> ExitCode {
    let result = args::parse(lexopt::Parser::from_env()).and_then(|run| match run {
        None => Ok(writeln!(io::stdout(), "{}", args::help())?),
        Some(run) => own_data(&run),
    });
    Failure::exit_code("own_data", result)
}

fn own_data(run: &Run) -> Result<(), Failure> {
    let mut out = io::stdout();
    let (data, notes) = Data::load(run)?;
    for note in notes {
        writeln!(out, "{note}")?;
    }
    let dimensions = data.dimensions()?;
    let (n, d, p) = (dimensions.n(), dimensions.d(), dimensions.p());
    writeln!(out, "n = {n}, d = {d}, p = {p}, activation {}", run.activation)?;

    let kernel = NtkBuilder::new(&data.x, &data.w, run.sigma.clone())
        .with_diagonal(&data.diagonal)
        .build()?;
    for warning in kernel.warnings() {
        writeln!(out, "warning: {warning}")?;
    }
    let covariance = CovarianceSpectrum::from_samples(data.x.view())?;
    writeln!(out, "\n{}", report::covariance(&covariance, &data))?;

    let spectrum = EmpiricalSpectrum::from_kernel(&kernel)?;
    let laws = Laws::new(&data, &run.sigma, covariance)?;
    let bulk = laws.bulk(&spectrum, &laws.covarying)?;
    let (left, aside) = (bulk.len() - bulk.zeros(), spectrum.len() - bulk.len());
    if left < FEWEST {
        return Err(Failure::Usage(format!(
            "{left} eigenvalues are left in the bulk: that is too few for a comparison"
        )));
    }
    writeln!(out, "{}", report::laws(&laws, &spectrum)?)?;
    let split = bulk.split(&laws.covarying, &PredictedOutliers::none())?;
    let none = PredictedOutliers::none();
    let isotropic = laws.bulk(&spectrum, &laws.isotropic)?.split(&laws.isotropic, &none)?;
    let verdict = Comparison::new(&isotropic, &laws.isotropic)?
        .with_dimensions(dimensions)
        .with_warnings(kernel.warnings())
        .verdict()
        .to_string();
    let besides = kernel.warnings().iter().filter(|warning| !warning.is_covariance());
    let comparison = Comparison::new(&split, &laws.covarying)?
        .with_dimensions(dimensions)
        .with_warnings(besides);
    let expected = laws.outliers();
    writeln!(out, "{expected} outliers expected, {aside} of them above the law and set aside")?;
    writeln!(out, "the others against the law with the covariance\n\n{comparison}")?;
    writeln!(out, "against the law of isotropic rows: {verdict}")?;
    if let Some(y) = &data.y {
        write!(out, "\n{}", learning::report(run, &data, y)?)?;
    }
    report::picture(&laws, &split, run).save(&run.output)?;
    writeln!(out, "\npicture: {}", run.output.display())?;
    Ok(())
}
