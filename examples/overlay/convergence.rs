//! How fast sampled kernels approach the law, as a Markdown table.

use std::io::{self, Write};

use crate::Failure;
use crate::bulk::{Bulk, Limit};
use crate::kernel::{self, Sizes};
use crate::names;

/// A size d = p and the number of samples of it.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub d: usize,
    pub seeds: usize,
}

const ACTIVATIONS: [&str; 4] = ["relu", "tanh", "gelu", "silu"];
const DIAGONALS: [&str; 3] = ["constant:1", "two-point:0.5,1.5,0.5", "uniform:0.5,1.5"];

/// Prints the mean distances with the standard errors of these means, and the
/// ratios of successive distances. Seeds count from 1.
pub fn table(gamma1: f64, steps: &[Step]) -> Result<(), Failure> {
    let heads: Vec<String> = steps.iter().map(|s| format!("d = {} ({})", s.d, s.seeds)).collect();
    let mut out = io::stdout();
    writeln!(out, "| σ | D | {} | ratios |", heads.join(" | "))?;
    writeln!(out, "| --- | --- |{} --- |", " --- |".repeat(steps.len()))?;
    for sigma in ACTIVATIONS {
        for diagonal in DIAGONALS {
            let distances = steps
                .iter()
                .map(|step| distances(gamma1, *step, sigma, diagonal))
                .collect::<Result<Vec<_>, _>>()?;
            let cells: Vec<String> = distances.iter().map(|d| cell(d)).collect();
            let means: Vec<f64> = distances.iter().map(|d| mean(d)).collect();
            let ratios: Vec<String> =
                means.windows(2).map(|m| format!("{:.2}", m[0] / m[1])).collect();
            let ratios = ratios.join(", ");
            writeln!(out, "| {sigma} | {diagonal} | {} | {ratios} |", cells.join(" | "))?;
        }
    }
    Ok(())
}

fn distances(gamma1: f64, step: Step, sigma: &str, diagonal: &str) -> Result<Vec<f64>, Failure> {
    let sigma = names::activation(sigma).map_err(Failure::Run)?.law;
    let diagonal = names::diagonal(diagonal).map_err(Failure::Run)?.law;
    let d = step.d;
    let sizes = Sizes { n: (gamma1 * (d * d) as f64).round() as usize, d, p: d };
    let limit = Limit::new(sizes, sigma.clone(), diagonal.clone())?;
    (1..=step.seeds as u64)
        .map(|seed| {
            let eigenvalues =
                kernel::eigenvalues(sizes, &sigma, &diagonal, seed).map_err(Failure::Run)?;
            let bulk = Bulk::new(&eigenvalues, &limit);
            if bulk.values.is_empty() {
                return Err(Failure::Usage(format!("d = {d} leaves no eigenvalue in the bulk")));
            }
            Ok(limit.distance(&bulk.values)?)
        })
        .collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn cell(values: &[f64]) -> String {
    let mean = mean(values);
    if values.len() == 1 {
        return format!("{mean:.4}");
    }
    let count = values.len() as f64;
    let square = values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (count - 1.0);
    format!("{mean:.4} ± {:.4}", (square / count).sqrt())
}
