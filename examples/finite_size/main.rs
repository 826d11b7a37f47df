//! The law at given n, d, p and the limit, against sampled kernels: the tables of
//! docs/finite-size.md, 11.
//!
//! ```text
//! cargo run --release --example finite_size            # all tables, half an hour
//! cargo run --release --example finite_size -- models --activations relu,tanh --budget 0.1
//! ```
//!
//! The tables are `models` (activations × laws of D × laws of X at d = p = 40, γ1 = 0.7),
//! `ratios` (other γ1 and γ2, constant D) and `sizes` (d = 20 and 64). A line has the largest of
//! three relative errors of the Stieltjes transform of the bulk, and the Kolmogorov–Smirnov and
//! Wasserstein-1 distances of its distribution functions, all smoothed alike, each of the limit
//! and of the law at this size, in per cent. `--budget 0.1` takes a tenth of the networks.

mod args;
mod distances;
mod report;
mod sample;

use std::error::Error;
use std::sync::Arc;

use args::Flags;
use distances::Line;
use ntk_spectrum::activation::{Activation, by_name};
use ntk_spectrum::diagonal::{Constant, DiagonalLaw, TwoPoint, Uniform};
use ntk_spectrum::ensemble::DiagonalChoice;
use ntk_spectrum::ensemble::input::{Gaussian, InputLaw, Laplace, Rademacher};
use ntk_spectrum::prelude::*;
use report::Report;

type Failure = Box<dyn Error>;

/// Three laws with their names.
type Diagonals = [(&'static str, Arc<dyn DiagonalLaw>); 3];

/// The activations of the tables besides `models`, if they are wanted.
const FEW: [&str; 6] = ["relu", "tanh", "gelu", "softplus", "sine:1", "silu"];

const DIMENSION: usize = 40;
const RATIO: f64 = 0.7;

fn ensemble(
    name: &str,
    (gamma1, gamma2): (f64, f64),
    d: usize,
) -> Result<TwoLayerEnsemble, Failure> {
    let sigma: Arc<dyn Activation> = by_name(name)?;
    // Drawn entries of D miss the second moment of their law by p^(−1/2): a law of D of its own
    // for every network.
    let choice = DiagonalChoice::Midquantiles;
    Ok(TwoLayerEnsemble::from_ratios(gamma1, gamma2, d, sigma)?.with_diagonal_choice(choice))
}

fn diagonals() -> Result<Diagonals, Failure> {
    Ok([
        ("1", Arc::new(Constant::new(1.0)?)),
        ("½ or 3/2", Arc::new(TwoPoint::new(0.5, 1.5, 0.5)?)),
        ("uniform", Arc::new(Uniform::new(0.5, 1.5)?)),
    ])
}

fn inputs() -> [(&'static str, Arc<dyn InputLaw>); 3] {
    [
        ("normal", Arc::new(Gaussian)),
        ("signs", Arc::new(Rademacher)),
        ("Laplace", Arc::new(Laplace)),
    ]
}

/// What a table has of an activation: what a line is called, and its networks.
type Lines = Vec<(String, TwoLayerEnsemble)>;

/// Every law of D and law of X.
fn models(name: &str) -> Result<Lines, Failure> {
    let mut lines = Vec::new();
    for (d_name, diagonal) in diagonals()? {
        for (x_name, input) in inputs() {
            let ensemble = ensemble(name, (RATIO, 1.0), DIMENSION)?
                .with_diagonal_law(diagonal.clone())
                .with_input_law(input);
            lines.push((format!("{d_name}, {x_name}"), ensemble));
        }
    }
    Ok(lines)
}

/// Other ratios.
fn ratios(name: &str) -> Result<Lines, Failure> {
    let ratios = [(0.3, 1.0), (2.0, 1.0), (RATIO, 0.5), (RATIO, 2.0)];
    let line = |(gamma1, gamma2)| {
        Ok((format!("{gamma1}, {gamma2}"), ensemble(name, (gamma1, gamma2), DIMENSION)?))
    };
    ratios.into_iter().map(line).collect()
}

/// Other dimensions.
fn sizes(name: &str) -> Result<Lines, Failure> {
    [20, 64].into_iter().map(|d| Ok((d.to_string(), ensemble(name, (RATIO, 1.0), d)?))).collect()
}

/// The first seeds of the lines of an activation: no two of them share a network.
fn seeds() -> impl Iterator<Item = u64> {
    (0..).map(|line| 1000 * line)
}

type Table = fn(&str) -> Result<Lines, Failure>;

fn main() -> Result<(), Failure> {
    let Some(flags) = Flags::parse()? else {
        println!("{}", args::USAGE);
        return Ok(());
    };
    let tables: [(&str, &str, Table); 3] =
        [("models", "σ, D, X", models), ("ratios", "σ, γ1, γ2", ratios), ("sizes", "σ, d", sizes)];
    for (table, title, lines) in tables.into_iter().filter(|table| flags.wants(table.0)) {
        let mut report = Report::default();
        report.title(title);
        for name in &flags.activations {
            if table != "models" && !FEW.contains(&name.as_str()) {
                continue;
            }
            for ((label, ensemble), seed) in lines(name)?.into_iter().zip(seeds()) {
                report.line(name, &label, Line::of(&ensemble, seed, &flags.budget));
            }
        }
        report.close();
    }
    Ok(())
}
