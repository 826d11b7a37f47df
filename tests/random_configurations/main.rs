//! Random configurations, drawn with fixed seeds, against the identities that every limiting
//! law satisfies, and against a quadrature of their densities.

mod draws;
mod identities;
mod learning;
mod quadrature;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use draws::{Configuration, Family};
use ntk_spectrum::Error;

const CONFIGURATIONS: usize = 300;

/// Configurations with γ2 at or next to 1 in an ordinary run.
const NEAR_ONE: usize = 2 * draws::FAMILIES;
const NEAR_ONE_SEED: u64 = 0x6e74_6b01;

/// Configurations of the long run, unless the environment says otherwise.
const LONG_RUN: usize = 10_000;
const LONG_RUN_SEED: u64 = 0x6e74_6b02;

/// Finished configurations between two reports.
const REPORT_EVERY: usize = 100;

/// Laws that take longer are named.
const SLOW_SECONDS: f64 = 10.0;

enum Outcome {
    Right,
    Wrong(Vec<String>),
    /// In which computation, and the error.
    Refused(String, Error),
    Panic,
}

struct Finished {
    family: Family,
    /// |γ2 − 1| is at most 3 %.
    near_one: bool,
    /// For the solution alone.
    seconds: f64,
    outcome: Outcome,
}

fn run(setup: Configuration) -> Finished {
    let Configuration { law, family, .. } = setup;
    let start = Instant::now();
    let mut seconds = 0.0;
    let checked = catch_unwind(AssertUnwindSafe(|| {
        let solved = law.solve().map(drop);
        seconds = start.elapsed().as_secs_f64();
        solved?;
        let mut wrong = identities::check(&law, family)?;
        wrong.extend(learning::check(&law)?);
        Ok(wrong)
    }));
    let outcome = match checked {
        Ok(Ok(wrong)) if wrong.is_empty() => Outcome::Right,
        Ok(Ok(wrong)) => Outcome::Wrong(wrong),
        Ok(Err(error)) => Outcome::Refused(cause(&error), error),
        Err(_) => Outcome::Panic,
    };
    let near_one = (law.gamma2() - 1.0).abs() <= 0.03;
    Finished { family, near_one, seconds, outcome }
}

/// The kind of an error and what was computed.
fn cause(error: &Error) -> String {
    match error {
        Error::NotConverged { computation, .. } => format!("NotConverged, {computation}"),
        Error::Inconsistent { identity, .. } => format!("Inconsistent, {identity}"),
        Error::TooManyValues { computation, .. } => format!("TooManyValues, {computation}"),
        other => format!("{:?}", other.kind()),
    }
}

/// Runs these configurations, as many at a time as there are processors; says at once what
/// fails or is slow, and calls `report` now and then with all that is finished.
fn run_all(
    which: Range<usize>,
    draw: impl Fn(usize) -> Configuration + Sync,
    report: impl Fn(&[Finished]) + Sync,
) -> Vec<Finished> {
    let next = AtomicUsize::new(which.start);
    let finished = Mutex::new(Vec::new());
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= which.end {
                return;
            }
            let setup = draw(index);
            let label = setup.label.clone();
            let done = run(setup);
            let problem = match &done.outcome {
                Outcome::Right if done.seconds > SLOW_SECONDS => {
                    Some(format!("{:.0} seconds", done.seconds))
                }
                Outcome::Right => None,
                Outcome::Wrong(wrong) => Some(format!("WRONG {} times: {}", wrong.len(), wrong[0])),
                Outcome::Refused(_, error) => Some(format!("ERROR {error}")),
                Outcome::Panic => Some("PANIC".to_owned()),
            };
            if let Some(problem) = problem {
                println!("{index}: {problem}\n    {label}");
            }
            let mut finished = finished.lock().unwrap();
            finished.push(done);
            if finished.len() % REPORT_EVERY == 0 {
                report(&finished);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(worker);
        }
    });
    finished.into_inner().unwrap()
}

/// How many failed and why, and times of solutions, by family.
fn summary(finished: &[Finished]) -> String {
    let near = finished.iter().filter(|f| f.near_one).count();
    let mut text = format!("{} configurations, {near} with γ2 within 3 % of 1\n", finished.len());
    let mut causes = BTreeMap::new();
    for done in finished {
        let what = match &done.outcome {
            Outcome::Right => continue,
            Outcome::Wrong(wrong) => format!("WRONG {}", wrong[0].split(':').next().unwrap()),
            Outcome::Refused(cause, _) => cause.clone(),
            Outcome::Panic => "PANIC".to_owned(),
        };
        *causes.entry((what, done.family, done.near_one)).or_insert(0) += 1;
    }
    for ((what, family, near_one), count) in causes {
        let near_one = if near_one { ", γ2 near 1" } else { "" };
        writeln!(text, "{count:5} × {what}: {family:?}{near_one}").unwrap();
    }
    let mut times: BTreeMap<Family, Vec<f64>> = BTreeMap::new();
    for done in finished {
        times.entry(done.family).or_default().push(done.seconds);
    }
    writeln!(text, "seconds to solve: count, median, 99th percentile, slowest, all").unwrap();
    for (family, mut seconds) in times {
        seconds.sort_by(f64::total_cmp);
        let quantile = |q: f64| seconds[((seconds.len() - 1) as f64 * q).ceil() as usize];
        let (median, late, slowest) = (quantile(0.5), quantile(0.99), quantile(1.0));
        let name = format!("{family:?}");
        let (count, all) = (seconds.len(), seconds.iter().sum::<f64>());
        writeln!(text, "{name:20} {count:5} {median:8.3} {late:8.3} {slowest:8.3} {all:8.1}")
            .unwrap();
    }
    text
}

fn assert_none_fails(finished: &[Finished]) {
    let failed = finished.iter().filter(|f| !matches!(f.outcome, Outcome::Right)).count();
    assert_eq!(failed, 0, "of {} configurations", finished.len());
}

#[test]
fn identities_hold() {
    assert_none_fails(&run_all(0..CONFIGURATIONS, draws::configuration, |_| {}));
}

#[test]
fn identities_hold_for_p_next_to_d() {
    let draw = |index| draws::near_one_in_turn(NEAR_ONE_SEED, index);
    assert_none_fails(&run_all(0..NEAR_ONE, draw, |_| {}));
}

/// The configurations that `NTK_CONFIGURATIONS` names: a number of them, or `1000..2000`.
fn named_by(environment: &str) -> Range<usize> {
    let number = |text: &str| {
        text.parse().unwrap_or_else(|_| panic!("NTK_CONFIGURATIONS is a number or a range"))
    };
    match environment.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 0..number(environment),
    }
}

/// Ten thousand, or those of `NTK_CONFIGURATIONS`: none is wrong or refused.
#[test]
#[ignore = "long: `.ci/run` runs the first thousand"]
fn ten_thousand_configurations() {
    let which = std::env::var("NTK_CONFIGURATIONS").map_or(0..LONG_RUN, |text| named_by(&text));
    println!("seed {LONG_RUN_SEED:#x}, {which:?}");
    let draw = |index| draws::anything(LONG_RUN_SEED, index);
    let finished = run_all(which, draw, |finished| println!("{}", summary(finished)));
    println!("{}", summary(&finished));
    assert_none_fails(&finished);
}
