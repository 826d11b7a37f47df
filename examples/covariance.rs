//! Laws with a covariance against sampled kernels: the table of docs/covariance.md.
//!
//! ```text
//! cargo run --release --example covariance            # two hours on two cores
//! cargo run --release --example covariance -- --sizes 20,40 --budget 0.1
//! ```
//!
//! Each figure is the relative error of the bulk's Stieltjes transform, a mean over sampled
//! networks, in per cent, and the mean over three points; the figure in brackets is that of the
//! law that ignores the covariance, and ± the standard error of the sampled means.
//! `--budget 0.1` takes a tenth of the networks, and names pick covariances by how they begin:
//! `covariance Wishart power`.

use std::error::Error;
use std::io::Write;
use std::sync::Arc;

use ntk_spectrum::activation::{Activation, Centring, by_name};
use ntk_spectrum::diagonal::{DiagonalLaw, TwoPoint};
use ntk_spectrum::ensemble::{DiagonalChoice, InputCovariance};
use ntk_spectrum::law::MarchenkoPastur;
use ntk_spectrum::num_complex::Complex64;
use ntk_spectrum::prelude::*;
use rayon::prelude::*;

type Failure = Box<dyn Error + Send + Sync>;

const USAGE: &str = "covariance [NAME…] [--sizes D,D,…] [--budget B]";

const RATIOS: (f64, f64) = (0.7, 1.0);

const ACTIVATIONS: [&str; 3] = ["relu", "gelu", "tanh"];

/// Points z in units of the mean of the law: left of the bulk, and above its small and its
/// large eigenvalues.
const POINTS: [Complex64; 3] =
    [Complex64::new(-0.8, 0.0), Complex64::new(0.8, 0.8), Complex64::new(2.0, 1.2)];

struct Flags {
    names: Vec<String>,
    sizes: Vec<usize>,
    budget: f64,
}

impl Flags {
    fn parse() -> Result<Self, Failure> {
        use lexopt::prelude::*;
        let mut flags = Self { names: Vec::new(), sizes: vec![20, 40, 80], budget: 1.0 };
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                Long("sizes") => {
                    let list: String = parser.value()?.parse()?;
                    flags.sizes = list.split(',').map(str::parse).collect::<Result<_, _>>()?;
                }
                Long("budget") => flags.budget = parser.value()?.parse()?,
                Long("help") => {
                    println!("{USAGE}");
                    std::process::exit(0);
                }
                Value(name) => flags.names.push(name.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        Ok(flags)
    }

    fn wants(&self, family: Family) -> bool {
        self.names.is_empty() || self.names.iter().any(|name| family.0.starts_with(name))
    }

    /// Networks of this size.
    fn networks(&self, d: usize) -> u64 {
        let count = match d {
            0..30 => 160.0,
            30..60 => 32.0,
            _ => 4.0,
        };
        ((count * self.budget) as u64).max(2)
    }
}

/// The eigenvalues of a covariance of mean 1 in d dimensions, with its name.
type Family = (&'static str, fn(f64) -> Result<f64, ntk_spectrum::Error>);

/// As functions of the level u in (0, 1), up to a factor.
const FAMILIES: [Family; 5] = [
    ("I", |_| Ok(1.0)),
    ("{0.4, 1.6}", |u| Ok(if u < 0.5 { 0.4 } else { 1.6 })),
    ("{0.1, 1.9}", |u| Ok(if u < 0.5 { 0.1 } else { 1.9 })),
    ("Wishart of ratio ½", |u| MarchenkoPastur::new(0.5)?.quantile(u)),
    ("power law $u^{-0.4}$", |u| Ok(u.powf(-0.4))),
];

fn eigenvalues((_, family): Family, d: usize) -> Result<Vec<f64>, ntk_spectrum::Error> {
    let levels = (0..d).map(|k| family((k as f64 + 0.5) / d as f64));
    let values = levels.collect::<Result<Vec<_>, _>>()?;
    let mean = values.iter().sum::<f64>() / d as f64;
    Ok(values.iter().map(|s| s / mean).collect())
}

/// A law of D and its name.
type Named = (&'static str, Arc<dyn DiagonalLaw>);

fn diagonals() -> Result<[Named; 2], Failure> {
    Ok([("1", Arc::new(1.0)), ("{0.5, 1.5}", Arc::new(TwoPoint::new(0.5, 1.5, 0.5)?))])
}

/// The Stieltjes transform of the bulk of one network: of all eigenvalues but as many of the
/// largest as there are outliers.
fn sampled(
    ensemble: &TwoLayerEnsemble,
    outliers: usize,
    points: &[Complex64],
) -> Result<Vec<Complex64>, ntk_spectrum::Error> {
    let kernel = NtkBuilder::from_sample(&ensemble.sample()?).build()?;
    let values = EmpiricalSpectrum::from_kernel(&kernel)?.values().to_vec();
    let bulk =
        EmpiricalSpectrum::from_values(values[..values.len() - outliers].iter().copied(), 0.0)?;
    points.iter().map(|z| bulk.stieltjes(*z)).collect()
}

/// Errors of two laws and the standard error of the sample, means over the points.
fn figures(
    family: Family,
    sigma: &Arc<dyn Activation>,
    diagonal: &Arc<dyn DiagonalLaw>,
    d: usize,
    networks: u64,
) -> Result<[f64; 3], ntk_spectrum::Error> {
    let covariance = InputCovariance::new(&eigenvalues(family, d)?)?;
    let ensemble = TwoLayerEnsemble::from_ratios(RATIOS.0, RATIOS.1, d, sigma.clone())?
        .with_diagonal_law(diagonal.clone())
        .with_diagonal_choice(DiagonalChoice::Midquantiles)
        .with_covariance(covariance);
    let dimensions = ensemble.dimensions();
    let law = LimitingSpectrum::from_ensemble(&ensemble);
    let ignored = LimitingSpectrum::from_dimensions(dimensions, sigma.clone(), diagonal.clone());
    let outliers = PredictedOutliers::of_dimensions(&ignored, dimensions, Centring::Raw)?.count();
    let mean = law.mean()?;
    let points = POINTS.map(|z| mean * z);
    let found = (0..networks)
        .into_par_iter()
        .map(|seed| sampled(&ensemble.clone().with_seed(seed), outliers, &points))
        .collect::<Result<Vec<_>, _>>()?;
    let mut figures = [0.0; 3];
    for (i, &z) in points.iter().enumerate() {
        let mean = found.iter().map(|m| m[i]).sum::<Complex64>() / networks as f64;
        let squares: f64 = found.iter().map(|m| (m[i] - mean).norm_sqr()).sum();
        let error = (squares / (networks * (networks - 1)) as f64).sqrt();
        let share = 1.0 / POINTS.len() as f64;
        for (figure, law) in figures.iter_mut().zip([&law, &ignored]) {
            *figure += share * (law.stieltjes(z)? / mean - 1.0).norm();
        }
        figures[2] += share * error / mean.norm();
    }
    Ok(figures)
}

fn main() -> Result<(), Failure> {
    let flags = Flags::parse()?;
    let heads: String =
        flags.sizes.iter().map(|&d| format!(" d = {d} ({}) |", flags.networks(d))).collect();
    println!("| S | σ | D |{heads}");
    println!("| --- | --- | --- |{}", " --- |".repeat(flags.sizes.len()));
    for family in FAMILIES.into_iter().filter(|family| flags.wants(*family)) {
        for name in ACTIVATIONS {
            let sigma: Arc<dyn Activation> = by_name(name)?;
            for (diagonal_name, diagonal) in diagonals()? {
                print!("| {} | {name} | {diagonal_name} |", family.0);
                for &d in &flags.sizes {
                    let [law, ignored, noise] =
                        figures(family, &sigma, &diagonal, d, flags.networks(d))?
                            .map(|figure| 100.0 * figure);
                    print!(" {law:.1} ± {noise:.1} [{ignored:.1}] |");
                    std::io::stdout().flush()?;
                }
                println!();
            }
        }
    }
    Ok(())
}
