//! The command line.

use std::path::PathBuf;
use std::sync::Arc;

use lexopt::prelude::*;
use ntk_spectrum::activation;
use ntk_spectrum::prelude::Activation;

use crate::failure::Failure;

/// Larger matrices are beyond a plain dense example.
const LARGEST: usize = 10_000;

/// Samples that are taken unless others are asked for: their eigenvalues take seconds.
const SAMPLES: usize = 2000;

pub struct Run {
    pub x: Option<PathBuf>,
    pub w: Option<PathBuf>,
    pub d: Option<PathBuf>,
    pub y: Option<PathBuf>,
    pub activation: String,
    pub sigma: Arc<dyn Activation>,
    /// Columns of W, where it is not given.
    pub p: Option<usize>,
    pub samples: usize,
    pub as_given: bool,
    pub ridges: Vec<f64>,
    pub seed: u64,
    pub output: PathBuf,
}

pub fn help() -> String {
    format!(
        "\
Builds the neural tangent kernel of data of your own and compares its spectrum
with three laws: of isotropic rows, of rows with the covariance of the data, and
of isotropic rows at their size.

Without --x: 630 samples of two clusters in 30 dimensions with a power law
of variances, and the cluster as the target.

Files are .npy (floating-point numbers) or .csv (numbers; a first line of names
is skipped).
  --x FILE            the data, n × d: a row for each sample
  --w FILE            the first layer, d × p: without it, normal numbers
  --d FILE            the second layer, p numbers: without it, 1; laws of many
                      different numbers take half a minute and more
  --y FILE            targets, n numbers: ridge regression on four fifths of the
                      samples, tested on the others
Options, with their defaults
  --p P               columns of W, if there is no --w [as many as X has]
  --activation NAME   [relu]
  --samples N         the most samples, chosen by the seed [{SAMPLES}]
  --as-given          takes X as it is: otherwise it is centred, constant columns
                      are left out (not with --w), and all is divided by one number
  --ridges L,L,…      [0.01,0.1,1]
  --seed SEED         [1]
  --output PATH       of the picture, .svg or .png [own_data.svg]
  --help"
    )
}

/// `None` if help is asked for.
pub fn parse(mut parser: lexopt::Parser) -> Result<Option<Run>, Failure> {
    let name = "relu".to_owned();
    let mut run = Run {
        x: None,
        w: None,
        d: None,
        y: None,
        sigma: sigma(&name).map_err(Failure::Usage)?,
        activation: name,
        p: None,
        samples: SAMPLES,
        as_given: false,
        ridges: vec![0.01, 0.1, 1.0],
        seed: 1,
        output: "own_data.svg".into(),
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("x") => run.x = Some(parser.value()?.into()),
            Long("w") => run.w = Some(parser.value()?.into()),
            Long("d") => run.d = Some(parser.value()?.into()),
            Long("y") => run.y = Some(parser.value()?.into()),
            Long("p") => run.p = Some(parser.value()?.parse_with(size)?),
            Long("samples") => run.samples = parser.value()?.parse_with(size)?,
            Long("as-given") => run.as_given = true,
            Long("ridges") => run.ridges = parser.value()?.parse_with(ridges)?,
            Long("seed") => run.seed = parser.value()?.parse()?,
            Long("output") => run.output = parser.value()?.into(),
            Long("activation") => {
                run.activation = parser.value()?.string()?;
                run.sigma = sigma(&run.activation).map_err(Failure::Usage)?;
            }
            _ => return Err(argument.unexpected().into()),
        }
    }
    if run.w.is_some() && run.p.is_some() {
        return Err(Failure::Usage("--w has its own columns: leave out --p".into()));
    }
    if run.x.is_none() && (run.w.is_some() || run.d.is_some() || run.y.is_some()) {
        return Err(Failure::Usage("--w, --d and --y belong to data: give --x too".into()));
    }
    Ok(Some(run))
}

fn sigma(name: &str) -> Result<Arc<dyn Activation>, String> {
    let sigma = activation::by_name(name).map_err(|error| error.to_string())?;
    sigma.moments().map_err(|error| format!("{name}: {error}"))?;
    Ok(sigma)
}

fn size(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(size) if (1..=LARGEST).contains(&size) => Ok(size),
        _ => Err(format!("a size is a whole number from 1 to {LARGEST}")),
    }
}

fn ridges(text: &str) -> Result<Vec<f64>, String> {
    text.split(',')
        .map(|ridge| match ridge.parse() {
            Ok(ridge) if ridge > 0.0 && f64::is_finite(ridge) => Ok(ridge),
            _ => Err("ridges are numbers above 0".into()),
        })
        .collect()
}
