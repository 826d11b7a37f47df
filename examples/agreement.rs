//! Predicted errors of learning against those of sampled networks: the tables of
//! docs/learning.md, 8.
//!
//! ```text
//! cargo run --release --example agreement            # all tables, some twenty minutes
//! cargo run --release --example agreement -- ridge --sizes 20,40 --budget 0.1
//! ```
//!
//! The tables are `ridge`, `quadratic`, `paths`, `solver` and `models`. Each figure is the
//! relative deviation of a mean over sampled networks from the prediction with
//! `with_dimensions`, of ridges from that of `FiniteSpectrum::ridge` too; `--budget 0.1` takes a
//! tenth of the networks.

use std::error::Error;
use std::sync::Arc;

use ntk_spectrum::activation::{Activation, by_name};
use ntk_spectrum::diagonal::TwoPoint;
use ntk_spectrum::empirical::Estimate;
use ntk_spectrum::empirical::learning::{
    LearningExperiment, LearningSample, PolynomialTeacher, RandomEffectsTeacher, SampledRegression,
};
use ntk_spectrum::ensemble::input::Rademacher;
use ntk_spectrum::krylov::{Probe, RidgeSolver};
use ntk_spectrum::learning::{
    ConjugateGradient, GradientDescent, GradientFlow, HeavyBall, Iteration, Nesterov,
    RandomEffects, Regression, ResidualFilter,
};
use ntk_spectrum::ndarray::Array1;
use ntk_spectrum::prelude::*;
use ntk_spectrum::spectrum::FiniteSpectrum;

type Failure = Box<dyn Error>;

type Table = fn(&Flags) -> Result<(), Failure>;

const USAGE: &str = "agreement [ridge|quadratic|paths|solver|models]… [--sizes D,D,…] [--budget B]";

/// The variances of signal and noise.
const SIGNAL: f64 = 1.0;
const NOISE: f64 = 0.5;

const RATIOS: [f64; 3] = [0.3, 0.7, 2.0];
const RIDGES: [f64; 3] = [0.01, 0.1, 1.0];
const ACTIVATIONS: [&str; 3] = ["relu", "gelu", "tanh"];

/// Test points: with fewer, their noise hides the deviations.
const TEST_POINTS: usize = 20_000;

/// Of fits: a thousandth of the smallest deviation that is looked for.
const TOLERANCE: f64 = 1e-5;

/// The least size of the table of paths: below, sampled largest eigenvalues are so far above the
/// predicted one that steps are too large for some of them.
const LARGE: usize = 40;

struct Flags {
    tables: Vec<String>,
    sizes: Vec<usize>,
    budget: f64,
}

impl Flags {
    fn parse() -> Result<Self, Failure> {
        use lexopt::prelude::*;
        let mut flags = Self { tables: Vec::new(), sizes: vec![20, 40, 64], budget: 1.0 };
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
                Value(table) => flags.tables.push(table.string()?),
                other => return Err(other.unexpected().into()),
            }
        }
        if flags.wants("paths") && flags.large().is_empty() {
            return Err(format!("the table `paths` needs a size of at least {LARGE}").into());
        }
        Ok(flags)
    }

    fn wants(&self, table: &str) -> bool {
        self.tables.is_empty() || self.tables.iter().any(|wanted| wanted == table)
    }

    /// The sizes from [`LARGE`] on.
    fn large(&self) -> Vec<usize> {
        self.sizes.iter().copied().filter(|d| *d >= LARGE).collect()
    }

    /// Networks of this size.
    fn networks(&self, d: usize) -> std::ops::Range<u64> {
        let count = match d {
            0..30 => 96.0,
            _ => 32.0,
        };
        0..((count * self.budget) as u64).max(2)
    }
}

fn sigma(name: &str) -> Result<Arc<dyn Activation>, Failure> {
    Ok(by_name(name)?)
}

fn ensemble(name: &str, gamma1: f64, d: usize) -> Result<TwoLayerEnsemble, Failure> {
    Ok(TwoLayerEnsemble::from_ratios(gamma1, 1.0, d, sigma(name)?)?)
}

/// Found over predicted, less 1, and the same of the standard error.
fn deviation(found: &Estimate, predicted: f64) -> (f64, f64) {
    (found.mean / predicted - 1.0, found.standard_error.unwrap_or(f64::NAN) / predicted)
}

fn percent((off, error): (f64, f64)) -> String {
    format!("{:+.2} ± {:.2}", 100.0 * off, 100.0 * error)
}

fn rms(deviations: &[f64]) -> f64 {
    (deviations.iter().map(|d| d * d).sum::<f64>() / deviations.len() as f64).sqrt()
}

fn regression(sample: &LearningSample) -> Result<SampledRegression<'_>, ntk_spectrum::Error> {
    sample.regression()?.with_tolerance(TOLERANCE)
}

/// Test and training errors at all ridges.
fn ridges(sample: &LearningSample) -> Result<Vec<f64>, ntk_spectrum::Error> {
    let mut regression = regression(sample)?;
    let mut figures = Vec::new();
    for lambda in RIDGES {
        let errors = sample.errors(&regression.ridge(lambda)?)?;
        figures.extend([errors.test, errors.training]);
    }
    Ok(figures)
}

/// Root mean squares of deviations over γ1 and λ, and the largest, in per cent: test errors of
/// the limit, with given dimensions, of the law at this size, and by generalised
/// cross-validation from its training error; training errors of the second and third.
fn ridge(flags: &Flags) -> Result<(), Failure> {
    println!(
        "\n| σ | d | test, limit | test, given n, d, p | its largest | test, finite law | \
         its largest | test, GCV of it | training, given n, d, p | training, finite law |"
    );
    println!("| --- |{}", " --- |".repeat(9));
    let target = RandomEffects::new(SIGNAL, NOISE)?;
    for name in ACTIVATIONS {
        for &d in &flags.sizes {
            // Of what the columns are.
            let mut off: [Vec<f64>; 6] = Default::default();
            for gamma1 in RATIOS {
                let ensemble = ensemble(name, gamma1, d)?;
                let law = LimitingSpectrum::from_ensemble(&ensemble);
                let finite = FiniteSpectrum::from_ensemble(&ensemble);
                let dimensions = ensemble.dimensions();
                let teacher = RandomEffectsTeacher::new(SIGNAL, NOISE)?;
                let experiment = LearningExperiment::new(ensemble, teacher, TEST_POINTS)?;
                let found = experiment.repeated(flags.networks(d), ridges)?;
                let plain = Regression::new(&law, target);
                let given = plain.clone().with_dimensions(dimensions);
                for (i, lambda) in RIDGES.into_iter().enumerate() {
                    let predicted = given.ridge(lambda)?;
                    let law = finite.ridge(lambda, &target)?;
                    let [test_found, training_found] = [&found[2 * i], &found[2 * i + 1]];
                    off[0].push(deviation(test_found, plain.ridge(lambda)?.test).0);
                    off[1].push(deviation(test_found, predicted.test).0);
                    off[2].push(deviation(test_found, law.test).0);
                    off[3].push(deviation(training_found, predicted.training).0);
                    off[4].push(deviation(training_found, law.training).0);
                    off[5].push(deviation(test_found, law.gcv).0);
                }
            }
            let [limit, given, law, training, law_training, gcv] =
                off.each_ref().map(|off| rms(off));
            let largest = |off: &[f64]| off.iter().fold(0.0_f64, |most, off| most.max(off.abs()));
            let most = [1, 2].map(|place| largest(&off[place]));
            let cells = [limit, given, most[0], law, most[1], gcv, training, law_training];
            let cells = cells.map(|share| format!("{:.2}", 100.0 * share)).join(" | ");
            println!("| {name} | {d} | {cells} |");
        }
    }
    Ok(())
}

/// The same for quadratic targets.
fn quadratic(flags: &Flags) -> Result<(), Failure> {
    println!("\n| σ | d | quadratic, limit | quadratic, given n, d, p | its largest |");
    println!("| --- | --- | --- | --- | --- |");
    for name in ACTIVATIONS {
        for &d in &flags.sizes {
            let (mut limit, mut finite) = (Vec::new(), Vec::new());
            for gamma1 in RATIOS {
                let ensemble = ensemble(name, gamma1, d)?;
                let law = LimitingSpectrum::from_ensemble(&ensemble);
                let dimensions = ensemble.dimensions();
                let teacher = PolynomialTeacher::new(1.0, 0.0, 0.2)?;
                let target = teacher.target()?;
                let experiment = LearningExperiment::new(ensemble, teacher, TEST_POINTS)?;
                let found = experiment.repeated(flags.networks(d), ridges)?;
                let plain = Regression::new(&law, target);
                let given = plain.clone().with_dimensions(dimensions);
                for (i, lambda) in RIDGES.into_iter().enumerate() {
                    limit.push(deviation(&found[2 * i], plain.ridge(lambda)?.test).0);
                    finite.push(deviation(&found[2 * i], given.ridge(lambda)?.test).0);
                }
            }
            let largest = finite.iter().fold(0.0_f64, |most, off| most.max(off.abs()));
            println!(
                "| {name} | {d} | {:.2} | {:.2} | {:.2} |",
                100.0 * rms(&limit),
                100.0 * rms(&finite),
                100.0 * largest
            );
        }
    }
    Ok(())
}

/// Gradient descent, momentum and the stopping time. At d = 20 some of the sampled largest
/// eigenvalues are a quarter above the predicted one, and the steps too large for them: from
/// [`LARGE`] on.
fn paths(flags: &Flags) -> Result<(), Failure> {
    println!(
        "\n| σ | d | γ1 | descent, 100 | descent, 1000 | heavy ball, 100 | Nesterov, 100 | \
         stopping, predicted | sampled | error there |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let target = RandomEffects::new(SIGNAL, NOISE)?;
    let sizes = flags.large();
    for (name, d) in
        ["relu", "gelu"].into_iter().flat_map(|name| sizes.iter().map(move |d| (name, *d)))
    {
        for gamma1 in RATIOS {
            let ensemble = ensemble(name, gamma1, d)?;
            let law = LimitingSpectrum::from_ensemble(&ensemble);
            let given = Regression::new(&law, target).with_dimensions(ensemble.dimensions());
            let momentum = 0.8;
            // Sampled maxima are a few per cent off the predicted ones.
            let step = |kind| Ok::<_, Failure>(0.8 * given.largest_stable_step(&kind)?.whole);
            let plain = step(Iteration::GradientDescent)?;
            let filters: Vec<Box<dyn ResidualFilter>> = vec![
                Box::new(GradientDescent::new(plain, 100)?),
                Box::new(GradientDescent::new(plain, 1000)?),
                Box::new(HeavyBall::new(step(Iteration::HeavyBall { momentum })?, momentum, 100)?),
                Box::new(Nesterov::new(step(Iteration::Nesterov { momentum })?, momentum, 100)?),
            ];
            let stop = given.stopping_time()?;
            // A grid in log t around it, for a parabola.
            let grid = [-2.0, -1.0, 0.0, 1.0, 2.0];
            let times = grid.map(|k: f64| stop.time * (0.25 * k).exp());
            let teacher = RandomEffectsTeacher::new(SIGNAL, NOISE)?;
            let experiment = LearningExperiment::new(ensemble, teacher, TEST_POINTS)?;
            let found = experiment.repeated(flags.networks(d), |sample| {
                let mut regression = regression(sample)?;
                let mut figures = Vec::new();
                for filter in &filters {
                    figures.push(sample.errors(&regression.filtered(&**filter)?)?.test);
                }
                for time in times {
                    let flow = GradientFlow::new(time)?;
                    figures.push(sample.errors(&regression.filtered(&flow)?)?.test);
                }
                Ok(figures)
            })?;
            let mut cells = Vec::new();
            for (filter, found) in filters.iter().zip(&found) {
                cells.push(percent(deviation(found, given.errors(&**filter)?.test)));
            }
            let [a, b, c, e, f] = [4, 5, 6, 7, 8].map(|i| found[i].mean);
            // Least squares for a parabola on −2 … 2.
            let slope = (-2.0 * a - b + e + 2.0 * f) / 10.0;
            let bend = (2.0 * a - b - 2.0 * c - e + 2.0 * f) / 14.0;
            let sampled = stop.time * (0.25 * (-0.5 * slope / bend)).exp();
            let there = percent(deviation(&found[6], stop.test));
            println!(
                "| {name} | {d} | {gamma1} | {} | {:.3} | {sampled:.3} | {there} |",
                cells.join(" | "),
                stop.time
            );
        }
    }
    Ok(())
}

/// Iterations of conjugate gradients, predicted and in four samples.
fn solver(flags: &Flags) -> Result<(), Failure> {
    println!("\n| d | γ1 | λ | outliers | 1e-2 | sampled | 1e-4 | sampled | 1e-6 | sampled |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let settings = [(0.3, 0.01), (0.7, 0.1), (2.0, 0.1)];
    for (d, (gamma1, lambda)) in flags.sizes.iter().flat_map(|d| settings.map(|s| (*d, s))) {
        let ensemble = ensemble("relu", gamma1, d)?;
        let dimensions = ensemble.dimensions();
        let law = LimitingSpectrum::from_ensemble(&ensemble);
        let bulk = ConjugateGradient::new(&law, lambda)?;
        let whole = bulk.clone().with_dimensions(dimensions);
        for (deflated, predicted) in [(true, bulk), (false, whole)] {
            let mut counts = vec![Vec::new(); 3];
            for seed in 0..4 {
                let drawn = ensemble.clone().with_seed(seed);
                let kernel = NtkBuilder::from_ensemble(&drawn).build_operator()?;
                let signs = Probe { seed: seed + 100, index: 0 }.signs(0..dimensions.n())?;
                let plain = RidgeSolver::new(lambda)?.with_tolerance(1e-7)?;
                let solver =
                    if deflated { plain.with_deflation(d + 1, 2 * d + 10)? } else { plain };
                let solution = solver.solve(&kernel, Array1::from(signs).view())?;
                for (counts, tolerance) in counts.iter_mut().zip([1e-2, 1e-4, 1e-6]) {
                    counts.extend(solution.iterations_to(tolerance));
                }
            }
            let mut cells = Vec::new();
            for (counts, tolerance) in counts.iter().zip([1e-2, 1e-4, 1e-6]) {
                let (least, most) = (counts.iter().min(), counts.iter().max());
                cells.push(predicted.iterations(tolerance)?.to_string());
                cells.push(format!("{}–{}", least.unwrap_or(&0), most.unwrap_or(&0)));
            }
            let which = if deflated { "set aside" } else { "there" };
            println!("| {d} | {gamma1} | {lambda} | {which} | {} |", cells.join(" | "));
        }
    }
    Ok(())
}

/// Two values of D, other widths, and X of random signs, for ReLU at d = 40.
fn models(flags: &Flags) -> Result<(), Failure> {
    println!("\n| model | γ1 | test, λ = 0.01 | 0.1 | 1 |");
    println!("| --- | --- | --- | --- | --- |");
    let target = RandomEffects::new(SIGNAL, NOISE)?;
    let base = |gamma1: f64, gamma2: f64| {
        Ok::<_, Failure>(TwoLayerEnsemble::from_ratios(gamma1, gamma2, 40, sigma("relu")?)?)
    };
    for gamma1 in RATIOS {
        let models = [
            ("D ∈ {0.5, 1.5}", base(gamma1, 1.0)?.with_diagonal_law(TwoPoint::new(0.5, 1.5, 0.5)?)),
            ("γ2 = 1/2", base(gamma1, 0.5)?),
            ("γ2 = 2", base(gamma1, 2.0)?),
            ("X of signs", base(gamma1, 1.0)?.with_input_law(Rademacher)),
        ];
        for (name, ensemble) in models {
            let law = LimitingSpectrum::from_ensemble(&ensemble);
            let given = Regression::new(&law, target).with_dimensions(ensemble.dimensions());
            let teacher = RandomEffectsTeacher::new(SIGNAL, NOISE)?;
            let experiment = LearningExperiment::new(ensemble, teacher, TEST_POINTS)?;
            let found = experiment.repeated(flags.networks(40), ridges)?;
            let mut cells = Vec::new();
            for (i, lambda) in RIDGES.into_iter().enumerate() {
                cells.push(percent(deviation(&found[2 * i], given.ridge(lambda)?.test)));
            }
            println!("| {name} | {gamma1} | {} |", cells.join(" | "));
        }
    }
    Ok(())
}

fn main() -> Result<(), Failure> {
    let flags = Flags::parse()?;
    let tables: [(&str, Table); 5] = [
        ("ridge", ridge),
        ("quadratic", quadratic),
        ("paths", paths),
        ("solver", solver),
        ("models", models),
    ];
    for (name, table) in tables {
        if flags.wants(name) {
            table(&flags)?;
        }
    }
    Ok(())
}
