//! Tables, and what is left of them in a few lines.

use crate::Failure;
use crate::distances::{Distances, Line};

/// A table in the making.
#[derive(Default)]
pub struct Report {
    /// With their activations, in order.
    lines: Vec<(String, Line)>,
    failures: usize,
}

/// What the columns are.
const COLUMNS: &str = "m: limit | finite | KS: limit | finite | W1: limit | finite";

impl Report {
    pub fn title(&self, what: &str) {
        println!("\n| {what} | {COLUMNS} | standard error of m | networks |");
        println!("| --- |{}", " --- |".repeat(8));
    }

    /// Prints a line and keeps it.
    pub fn line(&mut self, activation: &str, setting: &str, line: Result<Option<Line>, Failure>) {
        match line {
            Ok(None) => println!("| {activation}, {setting} | no bulk |"),
            Ok(Some(line)) => {
                let Line { limit, finite, error, networks } = line;
                let figures = figures(&limit, &finite);
                println!(
                    "| {activation}, {setting} | {figures} | {} | {networks} |",
                    percent(error)
                );
                self.lines.push((activation.to_owned(), line));
            }
            Err(error) => {
                println!("| {activation}, {setting} | {error} |");
                self.failures += 1;
            }
        }
    }

    /// Prints means and largest figures by activation, and those of all.
    pub fn close(&self) {
        println!("\n| mean; largest | {COLUMNS} |\n| --- |{}", " --- |".repeat(6));
        let mut names: Vec<&str> = self.lines.iter().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        for name in names {
            let group: Vec<&Line> =
                self.lines.iter().filter(|(of, _)| of == name).map(|(_, line)| line).collect();
            let cell = |figure: &dyn Fn(&Line) -> f64| {
                let figures = || group.iter().map(|line| figure(line));
                let mean = figures().sum::<f64>() / group.len() as f64;
                format!("{}; {}", percent(mean), percent(figures().fold(0.0, f64::max)))
            };
            let cells = [
                cell(&|line| line.limit.transform),
                cell(&|line| line.finite.transform),
                cell(&|line| line.limit.ks),
                cell(&|line| line.finite.ks),
                cell(&|line| line.limit.w1),
                cell(&|line| line.finite.w1),
            ];
            println!("| {name} | {} |", cells.join(" | "));
        }
        let of = |figure: fn(&Distances) -> f64| {
            let limit = spread(self.lines.iter().map(|(_, line)| figure(&line.limit)));
            let finite = spread(self.lines.iter().map(|(_, line)| figure(&line.finite)));
            format!("limit {limit}, finite {finite}")
        };
        println!("\n{} lines, {} failures", self.lines.len(), self.failures);
        println!("m: {}", of(|distances| distances.transform));
        println!("KS: {}", of(|distances| distances.ks));
        println!("W1: {}", of(|distances| distances.w1));
    }
}

fn figures(limit: &Distances, finite: &Distances) -> String {
    let pairs = [(limit.transform, finite.transform), (limit.ks, finite.ks), (limit.w1, finite.w1)];
    pairs.map(|(limit, finite)| format!("{} | {}", percent(limit), percent(finite))).join(" | ")
}

fn percent(share: f64) -> String {
    format!("{:.2}", 100.0 * share)
}

/// Mean, median, the quantile 0.9 and the largest, in per cent.
fn spread(figures: impl Iterator<Item = f64>) -> String {
    let mut sorted: Vec<f64> = figures.collect();
    sorted.sort_by(f64::total_cmp);
    let count = sorted.len();
    if count == 0 {
        return "–".to_owned();
    }
    let at = |q: f64| percent(sorted[((q * count as f64).ceil() as usize).clamp(1, count) - 1]);
    let mean = percent(sorted.iter().sum::<f64>() / count as f64);
    format!("mean {mean} median {} nine in ten {} largest {}", at(0.5), at(0.9), at(1.0))
}
