//! The pictures of the documentation.
//!
//! ```text
//! cargo run --release --features plot --example gallery -- \
//!     [--size D] [--output FOLDER] [--png] [--only NAME]
//! ```
//!
//! D is d = p of the largest kernels, 80 unless said otherwise, which takes
//! minutes at most; the folder is docs/images. The pictures are SVG, with --png
//! also PNG; with --only that of this name alone, for instance overlay.

#[path = "overlay/progress.rs"]
mod progress;

use std::error::Error as Failure;
use std::path::PathBuf;
use std::sync::Arc;

use lexopt::prelude::*;
use ntk_spectrum::activation::{Gaussian, Gelu, Relu, Silu, Sine, Softplus, Tanh};
use ntk_spectrum::empirical::{Bins, Split};
use ntk_spectrum::ensemble::diagonal::{Constant, TwoPoint, Uniform};
use ntk_spectrum::ensemble::input::{self, InputLaw};
use ntk_spectrum::plot::{CdfOverlay, Grid, Overlay, QuantilePlot};
use ntk_spectrum::prelude::*;
use progress::Bar;

/// γ1 and γ2 of all pictures.
const RATIOS: (f64, f64) = (0.7, 1.0);

/// Bars of one of many pictures on a page.
const BARS: Bins = Bins::Fixed(60);

/// Parts of the largest size in the picture of the laws of several sizes; of the smaller ones, as
/// many kernels as have together the eigenvalues of a largest one.
const SIZES: [usize; 3] = [4, 2, 1];

/// A kernel that was sampled, its limit, and the law of its size.
struct Sampled {
    law: LimitingSpectrum,
    finite: FiniteSpectrum,
    split: Split,
    d: usize,
}

impl Sampled {
    fn new(
        d: usize,
        sigma: impl Activation + 'static,
        diagonal: impl DiagonalLaw + 'static,
        input: impl InputLaw + 'static,
        bar: &Bar,
    ) -> Result<Self, Error> {
        let ensemble = TwoLayerEnsemble::from_ratios(RATIOS.0, RATIOS.1, d, sigma)?
            .with_diagonal_law(diagonal)
            .with_input_law(input)
            .with_diagonal_choice(DiagonalChoice::Midquantiles)
            .with_seed(1)
            .with_observer(bar.clone());
        let finite = FiniteSpectrum::from_ensemble(&ensemble);
        let law = finite.limit();
        let sample = ensemble.sample()?;
        let kernel = NtkBuilder::from_sample(&sample).with_observer(bar.clone()).build()?;
        let predicted =
            PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring())?;
        let split = EmpiricalSpectrum::from_kernel(&kernel)?.split(&law, &predicted)?;
        Ok(Self { law, finite, split, d })
    }

    fn overlay(&self) -> Overlay<'_> {
        Overlay::from_split(&self.split, &self.law)
    }

    fn size(&self) -> String {
        format!("n = {}, d = p = {}", self.split.spectrum().len(), self.d)
    }
}

/// Where pictures go, and which of them.
struct Gallery {
    folder: PathBuf,
    formats: Vec<&'static str>,
    only: Option<String>,
}

impl Gallery {
    fn shows(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| only == name)
    }

    fn save(&self, name: &str, grid: Grid) -> Result<(), Error> {
        let save = |format| grid.save(self.folder.join(name).with_extension(format));
        self.formats.iter().try_for_each(save)
    }
}

fn main() -> Result<(), Box<dyn Failure>> {
    let mut size = 80;
    let mut gallery =
        Gallery { folder: PathBuf::from("docs/images"), formats: vec!["svg"], only: None };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("size") => size = parser.value()?.parse()?,
            Long("output") => gallery.folder = parser.value()?.into(),
            Long("png") => gallery.formats.push("png"),
            Long("only") => gallery.only = Some(parser.value()?.parse()?),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let bar = Bar::new();
    if gallery.shows("overlay") {
        gallery.save("overlay", overlay(size / 2, &bar)?)?;
    }
    if gallery.shows("distribution") {
        gallery.save("distribution", distribution(size, &bar)?)?;
    }
    if gallery.shows("ratios") {
        gallery.save("ratios", ratios()?)?;
    }
    if gallery.shows("activations") {
        gallery.save("activations", activations(size, &bar)?)?;
    }
    if gallery.shows("laws") {
        gallery.save("laws", laws(size, &bar)?)?;
    }
    if gallery.shows("sizes") {
        gallery.save("sizes", sizes(size, &bar)?)?;
    }
    if gallery.shows("finite_size") {
        gallery.save("finite_size", finite_size(size, &bar)?)?;
    }
    bar.clear();
    Ok(())
}

/// One kernel against both laws: that of the example `overlay`.
fn overlay(size: usize, bar: &Bar) -> Result<Grid, Error> {
    let sampled = Sampled::new(size, Relu, 1.0, input::Gaussian, bar)?;
    let Sampled { law, finite, split, .. } = &sampled;
    let whole = Overlay::new(split.spectrum(), law).with_finite_size(finite)?;
    let bulk = sampled.overlay().with_finite_size(finite.bulk()?)?;
    Grid::new(2)?
        .with_title(format!("One sampled kernel, ReLU, D = 1: {}", sampled.size()))
        .with_picture(&bulk.with_title("the bulk"))?
        .with_picture(&whole.with_title("the whole spectrum").with_log_x())
}

/// The bulk of one kernel, by distribution functions and quantiles.
fn distribution(size: usize, bar: &Bar) -> Result<Grid, Error> {
    let sampled = Sampled::new(size, Relu, 1.0, input::Gaussian, bar)?;
    let Sampled { law, finite, split, .. } = &sampled;
    let bulk = split.bulk()?;
    let cdf = CdfOverlay::new(&bulk, law).with_finite_size(finite.bulk()?)?;
    let quantiles = QuantilePlot::new(&bulk, law).with_title("Quantiles, the limit").with_log();
    Grid::new(2)?
        .with_title(format!("The bulk of one sampled kernel: ReLU, D = 1, {}", sampled.size()))
        .with_picture(&cdf.with_title("Distribution functions").with_log_x())?
        .with_picture(&quantiles)
}

/// Laws alone.
fn ratios() -> Result<Grid, Error> {
    let laws = [0.2, 0.5, 1.0, 2.0]
        .map(|gamma1| (gamma1, LimitingSpectrum::new(gamma1, RATIOS.1, Relu, 1.0)));
    let mut ratios = Overlay::from_law(&laws[0].1, format!("γ₁ = {}", laws[0].0));
    for (gamma1, law) in &laws[1..] {
        ratios = ratios.with_law(law, format!("γ₁ = {gamma1}"));
    }
    Grid::new(2)?
        .with_title("The law alone: ReLU, D = 1, γ₂ = 1, four ratios γ₁")
        .with_picture(&ratios.clone().with_range(0.0, 1.5)?)?
        .with_picture(&ratios.with_log_x().with_range(1e-4, 4.0)?)
}

fn activations(size: usize, bar: &Bar) -> Result<Grid, Error> {
    let activations: [(&str, Arc<dyn Activation>); 6] = [
        ("ReLU", Arc::new(Relu)),
        ("GELU", Arc::new(Gelu)),
        ("SiLU", Arc::new(Silu)),
        ("tanh", Arc::new(Tanh)),
        ("softplus", Arc::new(Softplus)),
        ("Gaussian", Arc::new(Gaussian)),
    ];
    let mut grid = Grid::new(3)?;
    for (name, sigma) in activations {
        let sampled = Sampled::new(size, sigma, Uniform::new(0.5, 1.5)?, input::Gaussian, bar)?;
        let picture = sampled.overlay().with_log_x().with_bins(BARS).with_title(name);
        grid = grid
            .with_title(format!("Activations, uniform D: {}", sampled.size()))
            .with_picture(&picture)?;
    }
    Ok(grid)
}

fn two_point() -> Result<Arc<dyn DiagonalLaw>, Error> {
    Ok(Arc::new(TwoPoint::new(0.5, 1.5, 0.5)?))
}

fn laws(size: usize, bar: &Bar) -> Result<Grid, Error> {
    let diagonals: [(&str, Arc<dyn DiagonalLaw>); 3] = [
        ("D = 1", Arc::new(Constant::new(1.0)?)),
        ("D of two values", two_point()?),
        ("uniform D", Arc::new(Uniform::new(0.5, 1.5)?)),
    ];
    let inputs: [(&str, Arc<dyn InputLaw>); 3] = [
        ("Gaussian X", Arc::new(input::Gaussian)),
        ("X of signs", Arc::new(input::Rademacher)),
        ("Laplace X", Arc::new(input::Laplace)),
    ];
    let mut grid = Grid::new(3)?;
    for (x, input) in inputs {
        for (d, diagonal) in &diagonals {
            let sampled = Sampled::new(size, Relu, diagonal.clone(), input.clone(), bar)?;
            let picture = sampled.overlay().with_log_x().with_bins(BARS);
            grid = grid
                .with_title(format!("Laws of X and D, ReLU: {}", sampled.size()))
                .with_picture(&picture.with_title(format!("{x}, {d}")))?;
        }
    }
    Ok(grid)
}

fn sizes(size: usize, bar: &Bar) -> Result<Grid, Error> {
    let mut grid = Grid::new(2)?.with_title("GELU, D of two values, four sizes");
    for d in [size / 8, size / 4, size / 2, size] {
        let sampled = Sampled::new(d, Gelu, two_point()?, input::Gaussian, bar)?;
        grid = grid.with_picture(&sampled.overlay().with_log_x().with_title(sampled.size()))?;
    }
    Ok(grid)
}

/// Whole spectra against both laws, outliers included.
fn finite_size(size: usize, bar: &Bar) -> Result<Grid, Error> {
    let activations: [(&str, Arc<dyn Activation>); 4] = [
        ("ReLU", Arc::new(Relu)),
        ("tanh", Arc::new(Tanh)),
        ("softplus", Arc::new(Softplus)),
        ("sin", Arc::new(Sine::new(1.0)?)),
    ];
    let mut grid = Grid::new(SIZES.len())?
        .with_title("Whole spectra, the limit, and the law of the size: D = 1, γ₁ = 0.7, γ₂ = 1");
    for (name, sigma) in activations {
        for part in SIZES {
            let d = size / part;
            let ensemble = TwoLayerEnsemble::from_ratios(RATIOS.0, RATIOS.1, d, sigma.clone())?
                .with_observer(bar.clone());
            let mut spectra = Vec::new();
            for seed in 0..part * part {
                let sample = ensemble.clone().with_seed(seed as u64).sample()?;
                let kernel = NtkBuilder::from_sample(&sample).with_observer(bar.clone()).build()?;
                spectra.push(EmpiricalSpectrum::from_kernel(&kernel)?);
            }
            let spectrum = EmpiricalSpectrum::pooled(&spectra)?;
            let finite = FiniteSpectrum::from_ensemble(&ensemble);
            let limit = finite.limit();
            let kernels =
                if part == 1 { "one kernel" } else { &format!("{} kernels", part * part) };
            let picture = Overlay::new(&spectrum, &limit)
                .with_finite_size(&finite)?
                .with_log_x()
                .with_bins(BARS)
                .with_title(format!("{name}, d = p = {d}, {kernels}"));
            grid = grid.with_picture(&picture)?;
        }
    }
    Ok(grid)
}
