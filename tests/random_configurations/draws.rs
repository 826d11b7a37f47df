//! Configurations drawn with fixed seeds.

use std::sync::Arc;

use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{Activation, FromDerivative, by_name};
use ntk_spectrum::diagonal::{
    Bernoulli, Beta, Constant, DiagonalLaw, Discrete, Empirical, SquareLaw, TruncatedNormal,
    Uniform,
};
use rand::rngs::ChaCha8Rng;
use rand::{Rng, RngExt, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

pub struct Configuration {
    pub law: LimitingSpectrum,
    pub family: Family,
    /// All arguments of the law in words.
    pub label: String,
}

/// Kinds of laws of D.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Constant,
    Bernoulli,
    Discrete,
    UniformFromZero,
    UniformAcrossZero,
    UniformAwayFromZero,
    BetaFromZero,
    BetaAwayFromZero,
    TruncatedNormal,
    EmpiricalNormal,
    EmpiricalUniform,
    Histogram,
    /// Of the first three hundred, which do not tell.
    Any,
}

impl Family {
    /// D² has more places at which ν is singular than are tabulated in seconds.
    pub fn has_many_values(self) -> bool {
        matches!(self, Self::EmpiricalNormal | Self::EmpiricalUniform | Self::Histogram)
    }
}

/// A density of D that is constant between edges.
#[derive(Debug)]
struct Histogram {
    edges: Vec<f64>,
    counts: Vec<f64>,
}

impl DiagonalLaw for Histogram {
    fn sample(&self, _: &mut dyn Rng) -> f64 {
        unreachable!("nothing is sampled here")
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, ntk_spectrum::Error> {
        SquareLaw::from_histogram(&self.edges, &self.counts)
    }
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

/// A law of D for [`configuration`].
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

/// Configurations without regard to γ2 = 1.
pub fn configuration(index: usize) -> Configuration {
    let mut rng = ChaCha8Rng::seed_from_u64(0x6e74_6b00 + index as u64);
    let (sigma, sigma_name) = activation(index, &mut rng);
    let gamma1 = logarithmic(&mut rng, 1e-3, 1e3);
    let gamma2 = logarithmic(&mut rng, 1e-2, 1e2);
    let (d, d_name) = diagonal(&mut rng);
    let label = format!("γ1 = {gamma1:?}, γ2 = {gamma2:?}, σ = {sigma_name}, D = {d_name}");
    let law = LimitingSpectrum::new(gamma1, gamma2, sigma, d);
    Configuration { law, family: Family::Any, label }
}

/// γ2 anywhere between 1/100 and 100 with the given probability, otherwise at 1 or next to it,
/// on either side.
fn gamma2(anywhere: f64, rng: &mut ChaCha8Rng) -> f64 {
    let anywhere = rng.random_bool(anywhere);
    match rng.random_range(0..4) {
        _ if anywhere => logarithmic(rng, 1e-2, 1e2),
        0 => 1.0,
        1 => 1.0 - logarithmic(rng, 1e-7, 3e-2),
        _ => 1.0 + logarithmic(rng, 1e-7, 3e-2),
    }
}

/// Families of laws of D, with how many in a hundred are of each.
const SHARES: [(Family, u32); 12] = [
    (Family::Constant, 12),
    (Family::Bernoulli, 9),
    (Family::Discrete, 22),
    (Family::UniformFromZero, 8),
    (Family::UniformAcrossZero, 8),
    (Family::UniformAwayFromZero, 8),
    (Family::BetaFromZero, 8),
    (Family::BetaAwayFromZero, 8),
    (Family::TruncatedNormal, 10),
    (Family::EmpiricalNormal, 3),
    (Family::EmpiricalUniform, 2),
    (Family::Histogram, 2),
];

fn family(rng: &mut ChaCha8Rng) -> Family {
    let mut place = rng.random_range(0..SHARES.iter().map(|s| s.1).sum());
    for (family, share) in SHARES {
        if place < share {
            return family;
        }
        place -= share;
    }
    unreachable!("place is below the sum of the shares")
}

/// A number of things, each order of magnitude as often as another.
fn count(rng: &mut ChaCha8Rng, least: u32, most: u32) -> u32 {
    logarithmic(rng, f64::from(least), f64::from(most) + 1.0) as u32
}

/// A law of D, and its name.
fn member(family: Family, rng: &mut ChaCha8Rng) -> (Box<dyn DiagonalLaw>, String) {
    macro_rules! law {
        ($($call:tt)*) => { named!(Box<dyn DiagonalLaw>, $($call)*) };
    }
    let size = logarithmic(rng, 0.1, 10.0);
    match family {
        Family::Constant => law!(Constant::new, size),
        Family::Bernoulli => law!(Bernoulli::new, between(rng, 0.05, 0.95)),
        Family::Discrete | Family::Any => {
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
        Family::UniformFromZero => law!(Uniform::new, 0.0, size),
        Family::UniformAcrossZero => {
            law!(Uniform::new, -size * logarithmic(rng, 0.01, 1.0), size)
        }
        Family::UniformAwayFromZero => law!(Uniform::new, size * between(rng, 0.05, 0.9), size),
        Family::BetaFromZero | Family::BetaAwayFromZero => {
            let (alpha, beta) = (logarithmic(rng, 0.2, 5.0), logarithmic(rng, 0.2, 5.0));
            let lower = if family == Family::BetaFromZero { 0.0 } else { between(rng, 0.05, 0.9) };
            law!(Beta::new, alpha, beta, lower * size, size)
        }
        Family::TruncatedNormal => {
            let (mean, deviation) = (between(rng, -0.5, 1.5), between(rng, 0.2, 1.0));
            let lower = mean + deviation * between(rng, -3.0, 1.0);
            let upper = lower + deviation * between(rng, 0.5, 5.0);
            law!(TruncatedNormal::new, mean, deviation, lower, upper)
        }
        Family::EmpiricalNormal => {
            let values: Vec<f64> = (0..count(rng, 5, 200))
                .map(|_| size * <StandardNormal as Distribution<f64>>::sample(&StandardNormal, rng))
                .collect();
            law!(Empirical::new, &values)
        }
        Family::EmpiricalUniform => {
            let lower = between(rng, 0.05, 0.9);
            let values: Vec<f64> =
                (0..count(rng, 5, 200)).map(|_| size * between(rng, lower, 1.0)).collect();
            law!(Empirical::new, &values)
        }
        Family::Histogram => {
            let bins = count(rng, 2, 40);
            let lower = [0.0, -1.0, between(rng, 0.05, 0.9)][rng.random_range(0..3)];
            let place = |k: u32| size * (lower + (1.0 - lower) * f64::from(k) / f64::from(bins));
            let edges: Vec<f64> = (0..=bins).map(place).collect();
            let counts: Vec<f64> =
                (0..bins).map(|_| f64::from(rng.random_range(1..20_u32))).collect();
            let name = format!("Histogram({edges:?}, {counts:?})");
            (Box::new(Histogram { edges, counts }), name)
        }
    }
}

/// Generator of configuration `index` of those with the given seed.
fn generator(seed: u64, index: usize) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(index as u64);
    rng
}

fn with(
    rng: &mut ChaCha8Rng,
    gamma2: impl FnOnce(&mut ChaCha8Rng) -> f64,
    family: impl FnOnce(&mut ChaCha8Rng) -> Family,
) -> Configuration {
    let (sigma, sigma_name) = activation(rng.random_range(0..23), rng);
    let gamma1 = logarithmic(rng, 1e-3, 1e3);
    let gamma2 = gamma2(rng);
    let family = family(rng);
    // With more samples than parameters the law of many values takes minutes.
    let gamma1 = if family.has_many_values() { gamma1.min(gamma1.recip()) } else { gamma1 };
    let (d, d_name) = member(family, rng);
    let label = format!("γ1 = {gamma1:?}, γ2 = {gamma2:?}, σ = {sigma_name}, D = {d_name}");
    let law = LimitingSpectrum::new(gamma1, gamma2, sigma, d);
    Configuration { law, family, label }
}

/// Configurations of [`near_one_in_turn`] in which every family is met once.
pub const FAMILIES: usize = SHARES.len();

/// Every family in turn, first with γ2 = 1, then with γ2 anywhere next to it.
pub fn near_one_in_turn(seed: u64, index: usize) -> Configuration {
    let next_to_one = |rng: &mut _| if index < FAMILIES { 1.0 } else { gamma2(0.0, rng) };
    with(&mut generator(seed, index), next_to_one, |_| SHARES[index % FAMILIES].0)
}

/// Every family with its share, and γ2 at 1 or next to it in three of five.
pub fn anything(seed: u64, index: usize) -> Configuration {
    with(&mut generator(seed, index), |rng| gamma2(0.4, rng), family)
}
