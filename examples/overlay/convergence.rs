//! How fast sampled kernels approach the law, as a Markdown table.

use std::io::{self, Write};

use crate::Failure;
use crate::bulk::{Bulk, Limit};
use crate::kernel::{self, Diagonal, Sizes};
use crate::names;

/// A size d = p and the number of samples of it.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub d: usize,
    pub seeds: usize,
}

const ACTIVATIONS: [&str; 4] = ["relu", "tanh", "gelu", "silu"];
/// Laws of D by name, with their quantile functions.
const DIAGONALS: [(&str, fn(f64) -> f64); 3] = [
    ("constant:1", |_| 1.0),
    ("two-point:0.5,1.5,0.5", |q| if q < 0.5 { 0.5 } else { 1.5 }),
    ("uniform:0.5,1.5", |q| 0.5 + q),
];

/// How p entries of D are chosen.
///
/// The limit sees D through the empirical law of its entries only. Independent
/// draws miss their law by p^(-1/2), more than everything else that is finite
/// about the kernel; the p midquantiles of the law miss it by 1/p.
#[derive(Debug, Clone, Copy)]
enum Choice {
    Midquantiles,
    Draws,
}

/// Prints the mean distances with the standard errors of these means, and the
/// ratios of successive distances. Seeds count from 1.
pub fn table(gamma1: f64, steps: &[Step]) -> Result<(), Failure> {
    let mut out = io::stdout();
    let heads: Vec<String> = steps.iter().map(|s| format!("d = {} ({})", s.d, s.seeds)).collect();
    writeln!(out, "| D | σ | {} | ratios |", heads.join(" | "))?;
    writeln!(out, "| --- | --- |{} --- |", " --- |".repeat(steps.len()))?;
    for choice in [Choice::Midquantiles, Choice::Draws] {
        for (diagonal, quantile) in DIAGONALS {
            let name = match choice {
                _ if diagonal.starts_with("constant") => diagonal.into(),
                Choice::Midquantiles => format!("{diagonal}, midquantiles"),
                Choice::Draws => format!("{diagonal}, drawn"),
            };
            // A constant is the same either way.
            if matches!(choice, Choice::Draws) && name == diagonal {
                continue;
            }
            for sigma in ACTIVATIONS {
                let distances = steps
                    .iter()
                    .map(|step| distances(gamma1, *step, sigma, diagonal, quantile, choice))
                    .collect::<Result<Vec<_>, _>>()?;
                let cells: Vec<String> = distances.iter().map(|d| cell(d)).collect();
                let means: Vec<f64> = distances.iter().map(|d| mean(d)).collect();
                let ratios: Vec<String> =
                    means.windows(2).map(|m| format!("{:.2}", m[0] / m[1])).collect();
                let ratios = ratios.join(", ");
                writeln!(out, "| {name} | {sigma} | {} | {ratios} |", cells.join(" | "))?;
            }
        }
    }
    Ok(())
}

fn distances(
    gamma1: f64,
    step: Step,
    sigma: &str,
    diagonal: &str,
    quantile: fn(f64) -> f64,
    choice: Choice,
) -> Result<Vec<f64>, Failure> {
    let sigma = names::activation(sigma).map_err(Failure::Run)?.law;
    let law = names::diagonal(diagonal).map_err(Failure::Run)?.law;
    let d = step.d;
    let sizes = Sizes { n: (gamma1 * (d * d) as f64).round() as usize, d, p: d };
    let limit = Limit::new(sizes, sigma.clone(), law.clone())?;
    (1..=step.seeds as u64)
        .map(|seed| {
            let entries = match choice {
                Choice::Midquantiles => {
                    let middle = |k| quantile((k as f64 + 0.5) / sizes.p as f64);
                    Diagonal::Given((0..sizes.p).map(middle).collect())
                }
                Choice::Draws => Diagonal::Drawn(&law),
            };
            let eigenvalues =
                kernel::eigenvalues(sizes, &sigma, entries, seed).map_err(Failure::Run)?;
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
