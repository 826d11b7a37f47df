//! The command line.

use std::path::PathBuf;

use lexopt::prelude::*;
use ntk_spectrum::ensemble::input::InputLaw;
use ntk_spectrum::prelude::{
    Activation, DiagonalChoice, DiagonalLaw, Dimensions, TwoLayerEnsemble,
};

use crate::convergence::{self, Step, Table};
use crate::failure::Failure;
use crate::names::{self, INPUTS, Named};

/// Larger matrices are beyond a plain dense example.
const LARGEST: usize = 20_000;

pub enum Command {
    Help,
    Overlay(Run),
    Convergence(Table),
}

/// One run of the default mode.
pub struct Run {
    pub sigma: Named<dyn Activation>,
    pub diagonal: Named<dyn DiagonalLaw>,
    pub input: Named<dyn InputLaw>,
    pub choice: DiagonalChoice,
    pub n: usize,
    pub d: usize,
    pub p: usize,
    pub seed: u64,
    pub output: PathBuf,
}

impl Run {
    pub fn ensemble(&self) -> TwoLayerEnsemble {
        TwoLayerEnsemble::new(
            Dimensions::new(self.n, self.d, self.p).unwrap(),
            self.sigma.law.clone(),
        )
        .with_diagonal_law(self.diagonal.law.clone())
        .with_diagonal_choice(self.choice)
        .with_input_law(self.input.law.clone())
        .with_seed(self.seed)
    }
}

pub fn help() -> String {
    format!(
        "\
Samples a neural tangent kernel, compares its eigenvalues with the limiting law
and with the law of its size, prints a table and writes a picture.

Options, with their defaults
  --activation NAME   [relu]
    {}
  --diagonal NAME     the law of the entries of D [constant:1]
    {}
  --input NAME        the law of the entries of X [gaussian]
    {INPUTS}
  --entries HOW       the entries of D: drawn from their law, or midquantiles of
                      it [drawn; midquantiles with --convergence]
  --d D               columns of X, rows of W [40]
  --p P               columns of W; or --gamma2 P/D [1]
  --n N               rows of X; or --gamma1 N/(D P) [0.7]
  --seed SEED         of the generator, a whole number [1]
  --output PATH       of the picture, .svg or .png [overlay.svg]
  --convergence D:SEEDS,…
                      no picture, but a table of Kolmogorov–Smirnov and
                      Wasserstein-1 distances at each size D, means over SEEDS
                      samples, with their rates; for instance 20:16,40:8.
                      Without --activation, --diagonal or --input: for all of
                      {}
  --help",
        names::activations(),
        names::diagonals(),
        convergence::defaults()
    )
}

pub fn parse(mut parser: lexopt::Parser) -> Result<Command, Failure> {
    let (mut sigma, mut diagonal, mut input) = (None, None, None);
    let (mut choice, mut output, mut seed) = (None, None, None);
    let (mut n, mut d, mut p) = (None, None, None);
    let (mut gamma1, mut gamma2, mut steps) = (None, None, None);
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Long("activation") => sigma = Some(parser.value()?.parse_with(names::activation)?),
            Long("diagonal") => diagonal = Some(parser.value()?.parse_with(names::diagonal)?),
            Long("input") => input = Some(parser.value()?.parse_with(names::input)?),
            Long("entries") => choice = Some(parser.value()?.parse_with(entries)?),
            Long("output") => output = Some(PathBuf::from(parser.value()?)),
            Long("seed") => seed = Some(parser.value()?.parse()?),
            Long("n") => n = Some(parser.value()?.parse_with(|text| size("n", text))?),
            Long("d") => d = Some(parser.value()?.parse_with(|text| size("d", text))?),
            Long("p") => p = Some(parser.value()?.parse_with(|text| size("p", text))?),
            Long("gamma1") => gamma1 = Some(parser.value()?.parse_with(ratio)?),
            Long("gamma2") => gamma2 = Some(parser.value()?.parse_with(ratio)?),
            Long("convergence") => {
                steps = Some(parser.value()?.parse_with(convergence_steps)?);
            }
            _ => return Err(argument.unexpected().into()),
        }
    }

    if let Some(steps) = steps {
        if output.is_some() || n.or(d).or(p).is_some() {
            return usage("--convergence sets the sizes and writes no picture");
        }
        let (gamma1, gamma2) = (gamma1.unwrap_or(0.7), gamma2.unwrap_or(1.0));
        for Step { d, .. } in &steps {
            scaled("n", gamma1, d * scaled("p", gamma2, *d)?)?;
        }
        return Ok(Command::Convergence(Table {
            sigmas: one_or_all(sigma, &convergence::ACTIVATIONS, names::activation)?,
            diagonals: one_or_all(diagonal, &convergence::DIAGONALS, names::diagonal)?,
            inputs: one_or_all(input, &convergence::INPUTS, names::input)?,
            choice: choice.unwrap_or(DiagonalChoice::Midquantiles),
            ratios: (gamma1, gamma2),
            seed: seed.unwrap_or(1),
            steps,
        }));
    }
    if n.is_some() && gamma1.is_some() {
        return usage("--n and --gamma1 say the same thing: give one of them");
    }
    if p.is_some() && gamma2.is_some() {
        return usage("--p and --gamma2 say the same thing: give one of them");
    }
    let d = d.unwrap_or(40);
    let p = p.map_or_else(|| scaled("p", gamma2.unwrap_or(1.0), d), Ok)?;
    let n = n.map_or_else(|| scaled("n", gamma1.unwrap_or(0.7), d * p), Ok)?;
    Ok(Command::Overlay(Run {
        sigma: sigma.map_or_else(|| names::activation("relu"), Ok).map_err(Failure::Usage)?,
        diagonal: diagonal
            .map_or_else(|| names::diagonal("constant:1"), Ok)
            .map_err(Failure::Usage)?,
        input: input.map_or_else(|| names::input("gaussian"), Ok).map_err(Failure::Usage)?,
        choice: choice.unwrap_or_default(),
        n,
        d,
        p,
        seed: seed.unwrap_or(1),
        output: output.unwrap_or_else(|| "overlay.svg".into()),
    }))
}

/// What was named, or else all of a table.
fn one_or_all<T: ?Sized>(
    named: Option<Named<T>>,
    all: &[&str],
    find: fn(&str) -> Result<Named<T>, String>,
) -> Result<Vec<Named<T>>, Failure> {
    match named {
        Some(named) => Ok(vec![named]),
        None => all.iter().map(|name| find(name).map_err(Failure::Usage)).collect(),
    }
}

fn entries(text: &str) -> Result<DiagonalChoice, String> {
    match text {
        "drawn" => Ok(DiagonalChoice::Drawn),
        "midquantiles" => Ok(DiagonalChoice::Midquantiles),
        _ => Err("the entries of D are drawn or midquantiles".into()),
    }
}

fn usage<T>(message: impl Into<String>) -> Result<T, Failure> {
    Err(Failure::Usage(message.into()))
}

fn size(name: &str, text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size) if (1..=LARGEST).contains(&size) => Ok(size),
        _ => Err(format!("{name} is a whole number from 1 to {LARGEST}")),
    }
}

fn ratio(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(ratio) if ratio > 0.0 && f64::is_finite(ratio) => Ok(ratio),
        _ => Err("a ratio is a number above 0".into()),
    }
}

/// The size nearest to the ratio.
fn scaled(name: &str, ratio: f64, of: usize) -> Result<usize, Failure> {
    let size = (ratio * of as f64).round();
    if (1.0..=LARGEST as f64).contains(&size) {
        return Ok(size as usize);
    }
    usage(format!("{name} would be {size}; it has to be between 1 and {LARGEST}"))
}

fn convergence_steps(text: &str) -> Result<Vec<Step>, String> {
    text.split(',')
        .map(|step| {
            let (d, seeds) = step.split_once(':').ok_or("write SIZE:SEEDS,SIZE:SEEDS,…")?;
            Ok(Step { d: size("the size", d)?, seeds: size("the number of seeds", seeds)? })
        })
        .collect()
}
