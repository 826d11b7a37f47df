//! Three hundred random configurations, drawn with a fixed seed, against the
//! identities that every limiting law satisfies.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{Activation, FromDerivative, by_name};
use ntk_spectrum::ensemble::diagonal::{
    Bernoulli, Beta, Constant, DiagonalLaw, Discrete, TruncatedNormal, Uniform,
};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const CONFIGURATIONS: usize = 300;

struct Configuration {
    gamma1: f64,
    gamma2: f64,
    sigma: Arc<dyn Activation>,
    d: Box<dyn DiagonalLaw>,
    /// All of the above in words.
    label: String,
}

fn between(rng: &mut ChaCha8Rng, lower: f64, upper: f64) -> f64 {
    lower + (upper - lower) * rng.random::<f64>()
}

fn logarithmic(rng: &mut ChaCha8Rng, lower: f64, upper: f64) -> f64 {
    between(rng, lower.ln(), upper.ln()).exp()
}

/// A boxed value, and the call that made it in words, so that a report can be
/// run again. Each argument is evaluated once.
macro_rules! named {
    ($kind:ty, $new:path $(, $argument:expr)*) => {
        named!(@ $kind, $new, [$($argument),*], [a b c d], [])
    };
    (@ $kind:ty, $new:path, [$next:expr $(, $rest:expr)*],
     [$name:ident $($names:ident)*], [$($done:ident)*]) => {{
        let $name = $next;
        named!(@ $kind, $new, [$($rest),*], [$($names)*], [$($done)* $name])
    }};
    (@ $kind:ty, $new:path, [], [$($names:ident)*], [$($done:ident)*]) => {{
        let arguments = [$(format!("{:?}", $done)),*];
        let name = format!("{}({})", stringify!($new), arguments.join(", "));
        (Box::new($new($($done),*).unwrap()) as $kind, name)
    }};
}

fn activation(index: usize, rng: &mut ChaCha8Rng) -> (Arc<dyn Activation>, String) {
    const PLAIN: [&str; 15] = [
        "relu",
        "selu",
        "tanh",
        "sigmoid",
        "erf",
        "softplus",
        "gelu",
        "gelu-tanh",
        "silu",
        "mish",
        "gaussian",
        "softsign",
        "arctan",
        "hard-tanh",
        "identity",
    ];
    let chosen = index % 23;
    if let Some(name) = PLAIN.get(chosen) {
        return (by_name(name).unwrap(), (*name).to_owned());
    }
    let parameter = between(rng, 0.05, 1.5);
    let name = match chosen {
        15 => format!("leaky-relu:{parameter}"),
        16 => format!("elu:{parameter}"),
        17 => format!("sine:{parameter}"),
        18 => format!("cosine:{parameter}"),
        19 => format!("relu-power:{}", rng.random_range(2..5_u32)),
        20 => format!("polynomial:0.3,-1,{parameter}"),
        21 => format!("polynomial:0,1,{parameter},-0.2,0.05"),
        _ => {
            let own = FromDerivative::new(move |z: f64| (z - parameter).cos() / (1.0 + z * z));
            return (Arc::new(own), format!("cos(z - {parameter:?}) / (1 + z²) as σ′"));
        }
    };
    (by_name(&name).unwrap(), name)
}

fn diagonal(rng: &mut ChaCha8Rng) -> (Box<dyn DiagonalLaw>, String) {
    macro_rules! law {
        ($($call:tt)*) => { named!(Box<dyn DiagonalLaw>, $($call)*) };
    }
    let size = logarithmic(rng, 0.1, 10.0);
    match rng.random_range(0..20) {
        0..4 => law!(Constant::new, size),
        4 => law!(Bernoulli::new, between(rng, 0.1, 0.95)),
        5..14 => {
            let atoms = rng.random_range(2..6);
            let mut values: Vec<f64> = (0..atoms).map(|_| between(rng, -size, size)).collect();
            if rng.random_bool(0.25) {
                values[0] = 0.0;
            }
            let parts: Vec<f64> = (0..atoms).map(|_| between(rng, 0.02, 1.0)).collect();
            let sum: f64 = parts.iter().sum();
            let weights: Vec<f64> = parts.iter().map(|w| w / sum).collect();
            law!(Discrete::new, &values, &weights)
        }
        14..17 => {
            let lower = [0.0, between(rng, -1.0, 0.0), between(rng, 0.05, 0.9)];
            law!(Uniform::new, lower[rng.random_range(0..3)] * size, size)
        }
        17..19 => {
            let (alpha, beta) = (between(rng, 0.6, 5.0), between(rng, 0.6, 5.0));
            let lower = [0.0, between(rng, 0.05, 0.9)];
            law!(Beta::new, alpha, beta, lower[rng.random_range(0..2)] * size, size)
        }
        _ => {
            let (mean, deviation) = (between(rng, -0.5, 1.5), between(rng, 0.2, 1.0));
            let (lower, upper) = (mean - 2.0 * deviation, mean + 2.5 * deviation);
            law!(TruncatedNormal::new, mean, deviation, lower, upper)
        }
    }
}

fn configuration(index: usize) -> Configuration {
    let mut rng = ChaCha8Rng::seed_from_u64(0x6e74_6b00 + index as u64);
    let (sigma, sigma_name) = activation(index, &mut rng);
    let gamma1 = logarithmic(&mut rng, 1e-3, 1e3);
    let gamma2 = logarithmic(&mut rng, 1e-2, 1e2);
    let (d, d_name) = diagonal(&mut rng);
    let label = format!("γ1 = {gamma1:?}, γ2 = {gamma2:?}, σ = {sigma_name}, D = {d_name}");
    Configuration { gamma1, gamma2, sigma, d, label }
}

/// Everything that is wrong with the law, in words; an error if it has none.
fn check(setup: Configuration) -> Result<Vec<String>, ntk_spectrum::Error> {
    let Configuration { gamma1, gamma2, sigma, d, .. } = setup;
    let squares = d.square_law(1e-13)?;
    let moments = sigma.moments()?;
    let (b, c) = (moments.b(), moments.c());
    let law = LimitingSpectrum::new(gamma1, gamma2, sigma, d);
    let mut wrong = Vec::new();
    let mut expect = |what: &str, found: f64, expected: f64, tolerance: f64| {
        let off = (found - expected).abs();
        if off.is_nan() || off > tolerance {
            wrong.push(format!("{what}: {found:e} instead of {expected:e}"));
        }
    };

    expect("mass", law.expectation(&|_| 1.0)?, 1.0, 1e-8);
    let parts = law.support()?.iter().map(|i| i.mass).sum::<f64>()
        + law.atoms()?.iter().map(|a| a.mass).sum::<f64>();
    expect("mass of intervals and atoms", parts, 1.0, 1e-8);

    let (first, second) = (squares.moment(1), squares.moment(2));
    let mean = (b + c) * first;
    let variance = gamma1 * ((b + c).powi(2) * second + 2.0 * gamma2 * (b * first).powi(2));
    expect("first free cumulant", law.free_cumulant(1)?, mean, 1e-9 * mean);
    expect("second free cumulant", law.free_cumulant(2)?, variance, 1e-9 * variance);
    let found = law.expectation(&|x| x)?;
    expect("mean", found, mean, 1e-7 * mean);
    let found = law.expectation(&|x| (x - mean).powi(2))?;
    expect("variance", found, variance, 1e-7 * variance);

    if variance == 0.0 {
        expect("mass at 0 of a degenerate law", law.cdf(0.0)?, 1.0, 0.0);
        return Ok(wrong);
    }
    let zero = law.population().cdf(0.0)?;
    let bulk = ((1.0 - zero) / gamma1).min(1.0);
    expect("mass at 0", law.cdf(0.0)?, 1.0 - bulk, 1e-12);

    let (points, densities) = law.curve(257)?;
    let mut ends = Vec::new();
    for interval in law.support()? {
        ends.push(law.cdf(interval.lower.location)?);
        ends.push(law.cdf(interval.upper.location)?);
    }
    // F and 1 − F meet up to what the mass misses of 1.
    let missing = 1e-12 + 4.0 * (parts - 1.0).abs();
    let mut last = 0.0;
    for (&x, &density) in points.iter().zip(&densities) {
        expect("sign of the density", density.min(0.0), 0.0, 0.0);
        let (below, above) = (law.cdf(x)?, law.survival(x)?);
        // Up to rounding of a number of size 1.
        expect("decrease of the distribution function", (last - below).max(0.0), 0.0, 1e-15);
        expect("distribution and survival function", below + above, 1.0, 1e-9);
        last = below;
        let again = law.quantile(below)?;
        expect("mass up to the quantile", law.cdf(again)?, below, missing);
        // Within rounding of the mass at an edge, F does not tell where x is.
        if ends.iter().all(|end| (below - end).abs() > 1e-11) {
            let slack = 1e-9 * x + missing / density;
            expect("quantile of the distribution function", again, x, slack);
        }
    }
    for k in 0..=100 {
        let q = f64::from(k) / 100.0;
        let reached = law.cdf(law.quantile(q)?)?;
        expect("distribution function of the quantile", reached, q.max(1.0 - bulk), 1e-9);
    }

    for fraction in [1e-3, 0.03, 0.2, 0.5, 0.8, 0.97] {
        let s = -fraction * bulk;
        let own = law.s_transform(s)? * (1.0 + gamma1 * s);
        let population = law.population().s_transform(gamma1 * s)?;
        expect("S-transform", own / population, 1.0, 1e-8);
    }
    Ok(wrong)
}

#[test]
fn identities_hold() {
    let next = AtomicUsize::new(0);
    let failed = AtomicUsize::new(0);
    let worker = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= CONFIGURATIONS {
                return;
            }
            let setup = configuration(index);
            let label = setup.label.clone();
            let problem = match catch_unwind(AssertUnwindSafe(|| check(setup))) {
                Ok(Ok(wrong)) if wrong.is_empty() => None,
                Ok(Ok(wrong)) => Some(format!("WRONG {} times: {}", wrong.len(), wrong[0])),
                Ok(Err(error)) => Some(format!("ERROR {error}")),
                Err(_) => Some("PANIC".to_owned()),
            };
            if let Some(problem) = problem {
                failed.fetch_add(1, Ordering::Relaxed);
                println!("{index}: {problem}\n    {label}");
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(worker);
        }
    });
    assert_eq!(failed.into_inner(), 0, "of {CONFIGURATIONS} configurations");
}
