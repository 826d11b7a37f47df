//! The pictures of the documentation.
//!
//! ```text
//! cargo run --release --features plot --example gallery -- \
//!     [--size D] [--output FOLDER] [--png]
//! ```
//!
//! D is d = p of the largest kernels, 80 unless said otherwise, which takes
//! minutes at most; the folder is docs/images. The pictures are SVG, with --png
//! also PNG.

#[path = "overlay/progress.rs"]
mod progress;

use std::error::Error as Failure;
use std::path::PathBuf;
use std::sync::Arc;

use lexopt::prelude::*;
use ntk_spectrum::activation::{Gaussian, Gelu, Relu, Silu, Softplus, Tanh};
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

/// A kernel that was sampled, and its limit.
struct Sampled {
    law: LimitingSpectrum,
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
        let law = LimitingSpectrum::from_ensemble(&ensemble);
        let sample = ensemble.sample()?;
        let kernel = NtkBuilder::from_sample(&sample).with_observer(bar.clone()).build()?;
        let predicted =
            PredictedOutliers::of_dimensions(&law, kernel.dimensions(), kernel.centring())?;
        let split = EmpiricalSpectrum::from_kernel(&kernel)?.split(&law, &predicted)?;
        Ok(Self { law, split, d })
    }

    fn overlay(&self) -> Overlay<'_> {
        Overlay::from_split(&self.split, &self.law)
    }

    fn size(&self) -> String {
        format!("n = {}, d = p = {}", self.split.spectrum().len(), self.d)
    }
}

fn main() -> Result<(), Box<dyn Failure>> {
    let (mut size, mut folder) = (80, PathBuf::from("docs/images"));
    let mut formats = vec!["svg"];
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("size") => size = parser.value()?.parse()?,
            Long("output") => folder = parser.value()?.into(),
            Long("png") => formats.push("png"),
            _ => return Err(argument.unexpected().into()),
        }
    }
    let save = |name: &str, grid: Grid| {
        formats.iter().try_for_each(|format| grid.save(folder.join(name).with_extension(format)))
    };

    let bar = Bar::new();
    let relu = Sampled::new(size, Relu, 1.0, input::Gaussian, &bar)?;
    let grid = Grid::new(2)?
        .with_title(format!("One sampled kernel, ReLU, D = 1: {}", relu.size()))
        .with_picture(&relu.overlay())?
        .with_picture(&relu.overlay().with_log_x())?;
    save("overlay", grid)?;

    // Laws alone.
    let laws = [0.2, 0.5, 1.0, 2.0]
        .map(|gamma1| (gamma1, LimitingSpectrum::new(gamma1, RATIOS.1, Relu, 1.0)));
    let mut ratios = Overlay::from_law(&laws[0].1, format!("γ₁ = {}", laws[0].0));
    for (gamma1, law) in &laws[1..] {
        ratios = ratios.with_law(law, format!("γ₁ = {gamma1}"));
    }
    let grid = Grid::new(2)?
        .with_title("The law alone: ReLU, D = 1, γ₂ = 1, four ratios γ₁")
        .with_picture(&ratios.clone().with_range(0.0, 1.5)?)?
        .with_picture(&ratios.with_log_x().with_range(1e-4, 4.0)?)?;
    save("ratios", grid)?;

    let bulk = relu.split.bulk()?;
    let cdf = CdfOverlay::new(&bulk, &relu.law).with_title("Distribution functions");
    let quantiles = QuantilePlot::new(&bulk, &relu.law).with_title("Quantiles").with_log();
    let grid = Grid::new(2)?
        .with_title(format!("The bulk of the same kernel: ReLU, D = 1, {}", relu.size()))
        .with_picture(&cdf.with_log_x())?
        .with_picture(&quantiles)?;
    save("distribution", grid)?;

    let activations: [(&str, Arc<dyn Activation>); 6] = [
        ("ReLU", Arc::new(Relu)),
        ("GELU", Arc::new(Gelu)),
        ("SiLU", Arc::new(Silu)),
        ("tanh", Arc::new(Tanh)),
        ("softplus", Arc::new(Softplus)),
        ("Gaussian", Arc::new(Gaussian)),
    ];
    let mut grid = Grid::new(3)?.with_title(format!("Activations, uniform D: {}", relu.size()));
    for (name, sigma) in activations {
        let sampled = Sampled::new(size, sigma, Uniform::new(0.5, 1.5)?, input::Gaussian, &bar)?;
        let picture = sampled.overlay().with_log_x().with_bins(BARS).with_title(name);
        grid = grid.with_picture(&picture)?;
    }
    save("activations", grid)?;

    let diagonals: [(&str, Arc<dyn DiagonalLaw>); 3] = [
        ("D = 1", Arc::new(Constant::new(1.0)?)),
        ("D of two values", Arc::new(TwoPoint::new(0.5, 1.5, 0.5)?)),
        ("uniform D", Arc::new(Uniform::new(0.5, 1.5)?)),
    ];
    let inputs: [(&str, Arc<dyn InputLaw>); 3] = [
        ("Gaussian X", Arc::new(input::Gaussian)),
        ("X of signs", Arc::new(input::Rademacher)),
        ("Laplace X", Arc::new(input::Laplace)),
    ];
    let mut grid = Grid::new(3)?.with_title(format!("Laws of X and D, ReLU: {}", relu.size()));
    for (x, input) in inputs {
        for (d, diagonal) in &diagonals {
            let sampled = Sampled::new(size, Relu, diagonal.clone(), input.clone(), &bar)?;
            let picture = sampled.overlay().with_log_x().with_bins(BARS);
            grid = grid.with_picture(&picture.with_title(format!("{x}, {d}")))?;
        }
    }
    save("laws", grid)?;

    let mut grid = Grid::new(2)?.with_title("GELU, D of two values, four sizes");
    let two_point = &diagonals[1].1;
    for d in [size / 8, size / 4, size / 2, size] {
        let sampled = Sampled::new(d, Gelu, two_point.clone(), input::Gaussian, &bar)?;
        grid = grid.with_picture(&sampled.overlay().with_log_x().with_title(sampled.size()))?;
    }
    save("sizes", grid)?;
    bar.clear();
    Ok(())
}
