//! X, W, D and y, of sizes that fit.

use ntk_spectrum::ensemble::WeightEnsemble;
use ntk_spectrum::ndarray::{Array1, Array2, Axis};
use ntk_spectrum::prelude::*;
use ntk_spectrum::rand::SeedableRng;
use ntk_spectrum::rand::rngs::ChaCha8Rng;
use ntk_spectrum::rand::seq::index;

use crate::args::Run;
use crate::failure::Failure;
use crate::{clusters, prepare, read};

pub struct Data {
    pub x: Array2<f64>,
    pub w: Array2<f64>,
    pub diagonal: Array1<f64>,
    pub y: Option<Array1<f64>>,
}

impl Data {
    /// Reads what is given and makes the rest; and says what was done.
    pub fn load(run: &Run) -> Result<(Self, Vec<String>), Failure> {
        let (x, y) = match &run.x {
            Some(path) => (read::matrix(path)?, run.y.as_deref().map(read::list).transpose()?),
            None => clusters::sample(run.seed).map(|(x, y)| (x, Some(y)))?,
        };
        let mut notes = vec![match &run.x {
            Some(path) => {
                format!("{}: {} samples of {} numbers", path.display(), x.nrows(), x.ncols())
            }
            None => "two clusters, and variances that fall as a power (--x reads your data)".into(),
        }];
        finite("X", x.iter())?;
        if let Some(y) = &y {
            finite("y", y.iter())?;
            same("numbers in y", y.len(), "samples", x.nrows())?;
        }
        let (x, y) = chosen(x, y, run, &mut notes);
        let w = run.w.as_deref().map(read::matrix).transpose()?;
        let x = if run.as_given {
            x
        } else {
            let (x, done) = prepare::centre_and_scale(x, w.is_some())?;
            notes.extend(done);
            x
        };
        let w = match w {
            Some(w) => {
                finite("W", w.iter())?;
                same("rows of W", w.nrows(), "columns of X", x.ncols())?;
                w
            }
            None => {
                let d = x.ncols();
                let dimensions = Dimensions::new(x.nrows(), d, run.p.unwrap_or(d))?;
                WeightEnsemble::new(dimensions).with_seed(run.seed).sample()?
            }
        };
        let diagonal = match &run.d {
            Some(path) => read::list(path)?,
            None => Array1::ones(w.ncols()),
        };
        finite("D", diagonal.iter())?;
        same("numbers in D", diagonal.len(), "columns of W", w.ncols())?;
        Ok((Self { x, w, diagonal, y }, notes))
    }

    pub fn dimensions(&self) -> Result<Dimensions, Error> {
        Dimensions::new(self.x.nrows(), self.x.ncols(), self.w.ncols())
    }
}

/// As many samples as are wanted, without order.
fn chosen(
    x: Array2<f64>,
    y: Option<Array1<f64>>,
    run: &Run,
    notes: &mut Vec<String>,
) -> (Array2<f64>, Option<Array1<f64>>) {
    let n = x.nrows();
    if n <= run.samples {
        return (x, y);
    }
    notes.push(format!("{} samples of these, chosen by the seed", run.samples));
    let rows = index::sample(&mut ChaCha8Rng::seed_from_u64(run.seed), n, run.samples).into_vec();
    (x.select(Axis(0), &rows), y.map(|y| y.select(Axis(0), &rows)))
}

fn finite<'a>(name: &str, mut numbers: impl Iterator<Item = &'a f64>) -> Result<(), Failure> {
    match numbers.find(|number| !number.is_finite()) {
        Some(number) => Err(Failure::Run(format!("{name} contains {number}: fill or leave out"))),
        None => Ok(()),
    }
}

fn same(what: &str, found: usize, of: &str, expected: usize) -> Result<(), Failure> {
    if found == expected {
        return Ok(());
    }
    Err(Failure::Run(format!("{found} {what} do not fit {expected} {of}")))
}
