//! How fast sampled kernels approach the law, as a Markdown table.

use std::io::{self, Write};

use indicatif::ProgressBar;
use ntk_spectrum::empirical::Estimate;
use ntk_spectrum::ensemble::input::InputLaw;
use ntk_spectrum::prelude::*;
use rayon::prelude::*;

use crate::names::Named;
use crate::{Failure, progress};

/// A size d and the number of samples of it.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    pub d: usize,
    pub seeds: usize,
}

/// Which kernels, and how many.
pub struct Table {
    pub sigmas: Vec<Named<dyn Activation>>,
    pub diagonals: Vec<Named<dyn DiagonalLaw>>,
    pub inputs: Vec<Named<dyn InputLaw>>,
    /// The limit sees D through the empirical law of its entries only, and
    /// independent draws miss their law by more than everything else that is
    /// finite about the kernel.
    pub choice: DiagonalChoice,
    /// γ1 and γ2.
    pub ratios: (f64, f64),
    /// The first one; further samples count on.
    pub seed: u64,
    pub steps: Vec<Step>,
}

pub const ACTIVATIONS: [&str; 6] = ["relu", "tanh", "gelu", "silu", "softplus", "gaussian"];
pub const DIAGONALS: [&str; 3] = ["constant:1", "two-point:0.5,1.5,0.5", "uniform:0.5,1.5"];
pub const INPUTS: [&str; 3] = ["gaussian", "rademacher", "laplace"];

/// What a table is about when nothing is named.
pub fn defaults() -> String {
    let lists = [ACTIVATIONS.join(", "), DIAGONALS.join(", "), INPUTS.join(", ")];
    lists.join(";\n                      ")
}

/// Prints mean distances with the standard errors of these means, and the
/// exponents with which they fall.
pub fn print(table: &Table) -> Result<(), Failure> {
    let mut out = io::stdout();
    let heads: String =
        table.steps.iter().map(|step| format!(" d = {} ({}) |", step.d, step.seeds)).collect();
    let rules = " --- |".repeat(table.steps.len() + 1);
    writeln!(out, "| D | σ | X | KS:{heads} rate | W1:{heads} rate |")?;
    writeln!(out, "| --- | --- | --- |{rules}{rules}")?;
    let groups = table.diagonals.len() * table.sigmas.len();
    let bar = progress::styled("samples", groups * table.inputs.len() * table.samples());
    for diagonal in &table.diagonals {
        for sigma in &table.sigmas {
            for (input, pooled) in table.inputs.iter().zip(table.group(diagonal, sigma, &bar)?) {
                let part = |figure: fn(&PooledComparison) -> Estimate| {
                    let means: Vec<Estimate> = pooled.iter().map(figure).collect();
                    let cells: String =
                        means.iter().map(|mean| format!(" {} |", cell(mean, 4))).collect();
                    let rate = rate(&table.steps, &means);
                    format!("{cells} {} |", rate.map_or_else(String::new, |rate| cell(&rate, 2)))
                };
                let (ks, w1) = (part(|c| c.kolmogorov_smirnov), part(|c| c.wasserstein1));
                let names = [&diagonal.name, &sigma.name, &input.name].map(String::as_str);
                bar.suspend(|| writeln!(out, "| {} |{ks}{w1}", names.join(" | ")))?;
                out.flush()?;
            }
        }
    }
    bar.finish_and_clear();
    Ok(())
}

impl Table {
    /// Kernels of one law of D, one activation and one law of X.
    fn samples(&self) -> usize {
        self.steps.iter().map(|step| step.seeds).sum()
    }

    /// For each law of X, the figures at each size. Samples are made side by
    /// side: eigenvalues of one matrix keep hardly more than one core busy.
    fn group(
        &self,
        diagonal: &Named<dyn DiagonalLaw>,
        sigma: &Named<dyn Activation>,
        bar: &ProgressBar,
    ) -> Result<Vec<Vec<PooledComparison>>, Failure> {
        let (gamma1, gamma2) = self.ratios;
        let mut sizes: Vec<(TwoLayerEnsemble, LimitingSpectrum)> = Vec::new();
        for step in &self.steps {
            let ensemble =
                TwoLayerEnsemble::from_ratios(gamma1, gamma2, step.d, sigma.law.clone())?
                    .with_diagonal_law(diagonal.law.clone())
                    .with_diagonal_choice(self.choice);
            // Sizes of the same ratios share a law, and what it takes to solve it.
            let ratios = (ensemble.dimensions().gamma1(), ensemble.dimensions().gamma2());
            let solved = sizes.iter().find(|(_, law)| (law.gamma1(), law.gamma2()) == ratios);
            let law = match solved {
                Some((_, law)) => law.clone(),
                None => LimitingSpectrum::from_ensemble(&ensemble),
            };
            sizes.push((ensemble, law));
        }

        let mut jobs = Vec::new();
        for (i, _) in self.inputs.iter().enumerate() {
            for (k, step) in self.steps.iter().enumerate() {
                jobs.extend((0..step.seeds as u64).map(|count| (i, k, count)));
            }
        }
        let comparisons = jobs
            .par_iter()
            .map(|&(i, k, count)| {
                let (ensemble, law) = &sizes[k];
                let ensemble = ensemble
                    .clone()
                    .with_input_law(self.inputs[i].law.clone())
                    .with_seed(self.seed.wrapping_add(count));
                let comparison = compare(&ensemble, law)?;
                bar.inc(1);
                Ok(comparison)
            })
            .collect::<Result<Vec<Comparison>, Error>>()?;
        let mut rest = comparisons.as_slice();
        let mut pooled = Vec::new();
        for _ in &self.inputs {
            let mut row = Vec::new();
            for step in &self.steps {
                let (these, others) = rest.split_at(step.seeds);
                row.push(PooledComparison::new(these)?);
                rest = others;
            }
            pooled.push(row);
        }
        Ok(pooled)
    }
}

/// One sample of an ensemble against the limit.
fn compare(ensemble: &TwoLayerEnsemble, law: &LimitingSpectrum) -> Result<Comparison, Error> {
    let kernel = NtkBuilder::from_sample(&ensemble.sample()?).build()?;
    let predicted = PredictedOutliers::of_dimensions(law, kernel.dimensions(), kernel.centring())?;
    Comparison::new(&EmpiricalSpectrum::from_kernel(&kernel)?.split(law, &predicted)?, law)
}

/// The exponent r of the power $d^r$ that is nearest to the means in the sense of
/// least squares of logarithms, with the standard error that theirs give it.
fn rate(steps: &[Step], means: &[Estimate]) -> Option<Estimate> {
    let logs: Vec<f64> = steps.iter().map(|step| (step.d as f64).ln()).collect();
    let centre = logs.iter().sum::<f64>() / logs.len() as f64;
    let square: f64 = logs.iter().map(|log| (log - centre).powi(2)).sum();
    if square == 0.0 || means.iter().any(|mean| mean.mean <= 0.0) {
        return None;
    }
    let weights = logs.iter().map(|log| (log - centre) / square);
    let mean = weights.clone().zip(means).map(|(weight, m)| weight * m.mean.ln()).sum();
    let errors: Option<Vec<f64>> = weights
        .zip(means)
        .map(|(weight, m)| m.standard_error.map(|error| weight * error / m.mean))
        .collect();
    let standard_error = errors.map(|errors| errors.iter().map(|e| e * e).sum::<f64>().sqrt());
    Some(Estimate::new(mean, standard_error))
}

fn cell(Estimate { mean, standard_error, .. }: &Estimate, digits: usize) -> String {
    match standard_error {
        Some(error) => format!("{mean:.digits$} ± {error:.digits$}"),
        None => format!("{mean:.digits$}"),
    }
}
