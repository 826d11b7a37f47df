//! How often the stated errors of spectral sums hold: estimates of sampled kernels against
//! all their eigenvalues.
//!
//! ```text
//! cargo run --release --example coverage
//! ```
//!
//! prints, for ReLU kernels with d = p = 40, γ1 of 1/2, 1 and 2, and ridges λ from 10⁻⁶ to 1,
//! how many of 100 estimates of each sum, from 10 seeds for each of 10 kernels, have the exact
//! value within three stated errors, and the root mean squares of the stated error and of the
//! true one, relative to the exact value. `-- --help` lists the flags.

use std::error::Error;

use ntk_spectrum::activation::Relu;
use ntk_spectrum::empirical::{EmpiricalSpectrum, Estimate};
use ntk_spectrum::law::SpectralSums;
use ntk_spectrum::prelude::*;

const USAGE: &str = "coverage [--size D] [--kernels N] [--seeds PER-KERNEL] [--probes N] \
     [--steps N] [--deflate N] [--deflation-steps N]";

const RIDGES: [f64; 7] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0];

const SUMS: [&str; 3] = ["effective dimension", "log-determinant", "inverse trace"];

/// Each of the sums, at one ridge.
fn sums<S: SpectralSums>(spectrum: &S, ridge: f64) -> Result<[S::Sum; 3], ntk_spectrum::Error> {
    Ok([
        spectrum.effective_dimension(ridge)?,
        spectrum.log_determinant(ridge)?,
        spectrum.inverse_trace(ridge)?,
    ])
}

/// What the estimates of one sum come to.
#[derive(Clone, Copy, Default)]
struct Tally {
    count: usize,
    within: usize,
    stated: f64,
    actual: f64,
}

impl Tally {
    fn add(&mut self, found: Estimate, exact: f64) {
        let stated = found.standard_error.unwrap_or(f64::NAN);
        let actual = found.mean - exact;
        self.count += 1;
        self.within += usize::from(actual.abs() <= 3.0 * stated);
        self.stated += (stated / exact).powi(2);
        self.actual += (actual / exact).powi(2);
    }
}

/// The flags, with their defaults.
struct Flags {
    size: usize,
    kernels: usize,
    seeds: usize,
    probes: usize,
    steps: usize,
    deflate: usize,
    deflation_steps: usize,
}

fn flags() -> Result<Flags, lexopt::Error> {
    use lexopt::prelude::*;

    let mut flags = Flags {
        size: 40,
        kernels: 10,
        seeds: 10,
        probes: 4,
        steps: 50,
        deflate: 0,
        deflation_steps: 50,
    };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        let place = match argument {
            Long("size") => &mut flags.size,
            Long("kernels") => &mut flags.kernels,
            Long("seeds") => &mut flags.seeds,
            Long("probes") => &mut flags.probes,
            Long("steps") => &mut flags.steps,
            Long("deflate") => &mut flags.deflate,
            Long("deflation-steps") => &mut flags.deflation_steps,
            Long("help") => {
                println!("{USAGE}");
                std::process::exit(0);
            }
            _ => return Err(argument.unexpected()),
        };
        *place = parser.value()?.parse()?;
    }
    Ok(flags)
}

fn main() -> Result<(), Box<dyn Error>> {
    let Flags { size, kernels, seeds, probes, steps, deflate, deflation_steps } = flags()?;
    print!("| γ1 | λ |");
    SUMS.iter().for_each(|sum| print!(" {sum} | stated error | true error |"));
    println!("\n|{}", " --- |".repeat(2 + 3 * SUMS.len()));
    for gamma1 in [0.5, 1.0, 2.0] {
        let mut tallies = [[Tally::default(); 3]; RIDGES.len()];
        let n = (gamma1 * (size * size) as f64).round() as usize;
        for kernel in 0..kernels as u64 {
            let ensemble =
                TwoLayerEnsemble::new(Dimensions::new(n, size, size)?, Relu).with_seed(kernel);
            let full = NtkBuilder::from_ensemble(&ensemble).build()?.eigenvalues()?;
            let full = EmpiricalSpectrum::new(&full)?;
            let operator = NtkBuilder::from_ensemble(&ensemble).build_operator()?;
            for seed in 0..seeds as u64 {
                let mut quadrature =
                    StochasticQuadrature::new(probes, steps)?.with_seed(kernel * 1000 + seed);
                if deflate > 0 {
                    quadrature = quadrature.with_deflation(deflate, deflation_steps)?;
                }
                let estimate = quadrature.estimate(&operator)?;
                for (ridge, tallies) in RIDGES.into_iter().zip(&mut tallies) {
                    let (found, exact) = (sums(&estimate, ridge)?, sums(&full, ridge)?);
                    for ((tally, found), exact) in tallies.iter_mut().zip(found).zip(exact) {
                        tally.add(found, exact);
                    }
                }
            }
        }
        for (ridge, tallies) in RIDGES.into_iter().zip(&tallies) {
            print!("| {gamma1} | {ridge:e} |");
            for Tally { count, within, stated, actual } in tallies {
                let root = |squares: f64| (squares / *count as f64).sqrt();
                print!(" {within} | {:.1e} | {:.1e} |", root(*stated), root(*actual));
            }
            println!();
        }
    }
    Ok(())
}
