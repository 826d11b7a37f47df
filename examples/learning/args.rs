//! The command line.

use std::ops::Range;
use std::path::PathBuf;

use lexopt::prelude::*;
use ntk_spectrum::ensemble::input::InputLaw;
use ntk_spectrum::prelude::{
    Activation, DiagonalChoice, DiagonalLaw, Dimensions, TwoLayerEnsemble,
};

use crate::failure::Failure;
use crate::names::{self, INPUTS, Named};

/// Ridges at which networks are sampled, unless others are asked for.
const LAMBDAS: [f64; 7] = [0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0];

/// Times of gradient flow, the same.
const TIMES: [f64; 7] = [0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

/// Ratios γ1 of the sweep, closer where the error peaks.
const RATIOS: [f64; 9] = [0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0];

/// The ridge of the sweep: small enough for a peak.
const SMALL: f64 = 1e-3;

/// What the user asks for.
pub struct Run {
    pub sigma: Named<dyn Activation>,
    pub diagonal: Named<dyn DiagonalLaw>,
    pub input: Named<dyn InputLaw>,
    pub dimensions: Dimensions,
    pub signal: f64,
    pub noise: f64,
    pub test_points: usize,
    pub seeds: Range<u64>,
    /// The ridges to be shown, if they are.
    pub lambdas: Option<Vec<f64>>,
    pub times: Option<Vec<f64>>,
    pub sweep: Option<Sweep>,
    pub output: PathBuf,
}

/// Errors at one ridge against γ1.
pub struct Sweep {
    pub ratios: Vec<f64>,
    pub lambda: f64,
}

impl Run {
    /// Networks of these dimensions.
    pub fn ensemble(&self, dimensions: Dimensions) -> TwoLayerEnsemble {
        TwoLayerEnsemble::new(dimensions, self.sigma.law.clone())
            .with_diagonal_law(self.diagonal.law.clone())
            .with_diagonal_choice(DiagonalChoice::Midquantiles)
            .with_input_law(self.input.law.clone())
    }
}

pub fn help() -> String {
    format!(
        "\
Trains the linearised network on targets that it can express, y = Jβ + noise, and
compares the errors of sampled networks with those that the law predicts: a table
and a picture. Errors of ridge regression unless --flow or --sweep is given; with
several of the three, side by side.

Options, with their defaults
  --ridge             errors of ridge regression against λ
  --flow              errors along gradient flow, against the time
  --sweep             errors of ridge regression against γ1 = n/(dp)
  --activation NAME   [relu]
    {}
  --diagonal NAME     the law of the entries of D, of which midquantiles are taken
                      [constant:1]
    {}
  --input NAME        the law of the entries of X [gaussian]
    {INPUTS}
  --d D               columns of X, rows of W [40]
  --p P               columns of W; or --gamma2 P/D [1]
  --n N               rows of X; or --gamma1 N/(D P) [0.7]
  --signal VARIANCE   of the entries of β [1]
  --noise VARIANCE    of the noise [0.5]
  --lambda λ,…        ridges at which networks are sampled [{}];
                      with --sweep alone the one ridge [{SMALL}]
  --times T,…         times at which they are [{}]
  --ratios γ1,…       ratios at which they are [{}]
  --test-points M     for each network [2000]
  --seeds K           networks, with the seeds 1 to K [8]
  --output PATH       of the picture, .svg or .png [learning.svg]
  --help",
        names::activations(),
        names::diagonals(),
        list(&LAMBDAS),
        list(&TIMES),
        list(&RATIOS),
    )
}

fn list(numbers: &[f64]) -> String {
    numbers.iter().map(f64::to_string).collect::<Vec<_>>().join(",")
}

/// The run; none where only help is asked for.
pub fn parse(mut parser: lexopt::Parser) -> Result<Option<Run>, Failure> {
    let (mut sigma, mut diagonal, mut input) = (None, None, None);
    let (mut n, mut d, mut p): (Option<usize>, _, Option<usize>) = (None, 40, None);
    let (mut gamma1, mut gamma2): (Option<f64>, Option<f64>) = (None, None);
    let (mut lambdas, mut times, mut ratios) = (None, None, None);
    let (mut ridge, mut flow, mut sweep) = (false, false, false);
    let (mut signal, mut noise, mut test_points, mut seeds) = (1.0, 0.5, 2000, 8_u32);
    let mut output = PathBuf::from("learning.svg");
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("ridge") => ridge = true,
            Long("flow") => flow = true,
            Long("sweep") => sweep = true,
            Long("activation") => sigma = Some(parser.value()?.parse_with(names::activation)?),
            Long("diagonal") => diagonal = Some(parser.value()?.parse_with(names::diagonal)?),
            Long("input") => input = Some(parser.value()?.parse_with(names::input)?),
            Long("d") => d = parser.value()?.parse()?,
            Long("p") => p = Some(parser.value()?.parse()?),
            Long("n") => n = Some(parser.value()?.parse()?),
            Long("gamma1") => gamma1 = Some(parser.value()?.parse()?),
            Long("gamma2") => gamma2 = Some(parser.value()?.parse()?),
            Long("signal") => signal = parser.value()?.parse()?,
            Long("noise") => noise = parser.value()?.parse()?,
            Long("lambda") => lambdas = Some(parser.value()?.parse_with(numbers)?),
            Long("times") => times = Some(parser.value()?.parse_with(numbers)?),
            Long("ratios") => ratios = Some(parser.value()?.parse_with(numbers)?),
            Long("test-points") => test_points = parser.value()?.parse()?,
            Long("seeds") => seeds = parser.value()?.parse()?,
            Long("output") => output = parser.value()?.into(),
            _ => return Err(argument.unexpected().into()),
        }
    }
    ridge |= !(flow || sweep);
    for (given, fits, message) in [
        (n.is_some() && gamma1.is_some(), false, "--n and --gamma1 say the same thing"),
        (p.is_some() && gamma2.is_some(), false, "--p and --gamma2 say the same thing"),
        (
            n.is_some() || gamma1.is_some(),
            ridge || flow,
            "--sweep alone takes --ratios in place of --n or --gamma1",
        ),
        (times.is_some(), flow, "--times goes with --flow"),
        (ratios.is_some(), sweep, "--ratios goes with --sweep"),
        (lambdas.is_some(), ridge || sweep, "--lambda goes with --ridge or --sweep"),
    ] {
        if given && !fits {
            return Err(Failure::Usage(message.into()));
        }
    }
    let usual = Dimensions::from_ratios(gamma1.unwrap_or(0.7), gamma2.unwrap_or(1.0), d)?;
    let p = p.unwrap_or(usual.p());
    let dimensions = match (n, gamma1) {
        (Some(n), _) => Dimensions::new(n, d, p)?,
        (None, gamma1) => Dimensions::from_ratios(gamma1.unwrap_or(0.7), p as f64 / d as f64, d)?,
    };
    // The sweep has one ridge.
    let lambda = match lambdas.as_deref() {
        Some(&[lambda]) => lambda,
        Some(_) if !ridge => {
            return Err(Failure::Usage("--sweep alone takes one --lambda".into()));
        }
        _ => SMALL,
    };
    let named = Failure::Usage;
    Ok(Some(Run {
        sigma: sigma.map_or_else(|| names::activation("relu"), Ok).map_err(named)?,
        diagonal: diagonal.map_or_else(|| names::diagonal("constant:1"), Ok).map_err(named)?,
        input: input.map_or_else(|| names::input("gaussian"), Ok).map_err(named)?,
        dimensions,
        signal,
        noise,
        test_points,
        seeds: 1..u64::from(seeds) + 1,
        lambdas: ridge.then(|| lambdas.unwrap_or_else(|| LAMBDAS.into())),
        times: flow.then(|| times.unwrap_or_else(|| TIMES.into())),
        sweep: sweep.then(|| Sweep { ratios: ratios.unwrap_or_else(|| RATIOS.into()), lambda }),
        output,
    }))
}

/// Numbers above 0, in ascending order.
fn numbers(text: &str) -> Result<Vec<f64>, String> {
    let number = |text: &str| match text.trim().parse() {
        Ok(number) if number > 0.0 && f64::is_finite(number) => Ok(number),
        _ => Err(format!("'{text}' is no number above 0")),
    };
    let mut numbers: Vec<f64> = text.split(',').map(number).collect::<Result<_, _>>()?;
    numbers.sort_by(f64::total_cmp);
    Ok(numbers)
}
