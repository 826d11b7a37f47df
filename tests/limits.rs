//! Laws at the limits that docs/numerics.md names: right where they are said to be solved,
//! elsewhere right or refused, never wrong; and what is said to help does.

use ntk_spectrum::activation::{Activation, Gelu, by_name};
use ntk_spectrum::diagonal::{
    Beta, Constant, DiagonalLaw, Discrete, Empirical, SquareLaw, TruncatedNormal, Uniform,
};
use ntk_spectrum::law::{GeneralizedMarchenkoPastur, Population, SpectralLaw, SpectralSums};
use ntk_spectrum::{Error, ErrorKind};
use rand::Rng;

/// b and c of ReLU.
const RELU: (f64, f64) = (0.159_154_943_091_895_35, 0.090_845_056_908_104_65);

/// Twice what a law that is handed out may be off, relative to its mean and variance.
const OFF: f64 = 2e-9;

/// D with the given density on bins.
#[derive(Debug, Clone)]
struct Bins(Vec<f64>, Vec<f64>);

impl DiagonalLaw for Bins {
    fn sample(&self, _: &mut dyn Rng) -> f64 {
        self.0[0]
    }

    fn square_law(&self, _: f64) -> Result<SquareLaw, Error> {
        SquareLaw::from_histogram(&self.0, &self.1)
    }
}

/// Solves for the law, which must have mass 1, its mean and its variance.
#[track_caller]
fn solve(
    (gamma1, gamma2): (f64, f64),
    (b, c): (f64, f64),
    d: impl DiagonalLaw + 'static,
) -> Result<(), Error> {
    let squares = d.square_law(1e-13)?;
    let label =
        format!("gamma1 = {gamma1:e}, gamma2 = {gamma2:e}, b = {b:e}, c = {c:e}, D = {d:?}");
    let (first, second) = (squares.moment(1), squares.moment(2));
    let mean = (b + c) * first;
    let variance = gamma1 * ((b + c).powi(2) * second + 2.0 * gamma2 * (b * first).powi(2));
    let population = Population::from_coefficients(gamma2, b, c, d)?;
    let law = GeneralizedMarchenkoPastur::new(gamma1, population)?;
    let found = [
        law.tabulated()?.total_mass() - 1.0,
        law.expectation(&|x| x)? / mean - 1.0,
        law.expectation(&|x| (x - mean).powi(2))? / variance - 1.0,
    ];
    assert!(found.iter().all(|off| off.abs() < OFF), "{label}: {found:?}");
    Ok(())
}

/// Solves for the law, or is told that it cannot be.
#[track_caller]
fn right_or_refused(gammas: (f64, f64), coefficients: (f64, f64), d: impl DiagonalLaw + 'static) {
    if let Err(error) = solve(gammas, coefficients, d) {
        assert_eq!(error.kind(), ErrorKind::Computation, "{error}");
        assert!(error.to_string().ends_with("the limits in guide::numerics"), "{error}");
    }
}

fn two_values() -> Discrete {
    Discrete::new(&[1.0, 0.5], &[0.5, 0.5]).unwrap()
}

#[test]
fn tails_of_a_normal_law() {
    let tail = |lower| TruncatedNormal::new(0.0, 1.0, lower, 1e30).unwrap();
    solve((0.5, 1.0), RELU, tail(4.0)).unwrap();
    solve((0.5, 1.0), RELU, tail(5.0)).unwrap();
    solve((0.5, 10.0), RELU, tail(9.0)).unwrap();
}

#[test]
fn beta_laws_that_diverge_at_an_end_away_from_0() {
    let beta = |alpha, beta| Beta::new(alpha, beta, 0.5, 1.5).unwrap();
    for gamma2 in [0.1, 1.0, 10.0] {
        for shape in [0.2, 0.5] {
            solve((0.5, gamma2), RELU, beta(shape, 2.0)).unwrap();
            solve((0.5, gamma2), RELU, beta(2.0, shape)).unwrap();
        }
    }
    solve((20.0, 1.001), RELU, beta(0.25, 0.3)).unwrap();
    for shape in [0.1, 0.03] {
        right_or_refused((0.5, 1.0), RELU, beta(shape, 2.0));
        right_or_refused((0.5, 1.0), RELU, beta(2.0, shape));
    }
}

/// Between two places pieces of the integral were accepted too early: the density of ν was off by
/// 10⁻⁶ there, and the mean by more than allowed.
#[test]
fn beta_laws_at_and_next_to_gamma2_1() {
    let mish = by_name("mish").unwrap().moments().unwrap();
    let d =
        Beta::new(3.726714338319337, 4.887683807383284, 0.054029149651845965, 0.15324996347355058)
            .unwrap();
    for gamma2 in [0.9999996472141028, 1.0] {
        solve((0.5, gamma2), (mish.b(), mish.c()), d).unwrap();
    }
}

/// ν = Law(c D²), whose density was taken for constant next to an end where it diverges: up to
/// 4·10⁻⁹ of the mass were missing or too much.
#[test]
fn beta_laws_that_diverge_a_little() {
    for lower in [0.0, 0.3] {
        for first in [0.3, 0.6] {
            for second in [0.78, 0.794, 0.8005, 0.81, 0.9] {
                let beta = |alpha, beta| Beta::new(alpha, beta, lower, 0.58).unwrap();
                solve((0.5, 1.0), (0.0, 1.0), beta(first, second)).unwrap();
                solve((2.0, 1.0), (0.0, 1.0), beta(second, first)).unwrap();
            }
        }
    }
}

/// The table of ν misses mass, but the law over it is solved from the nodes of a Gauss rule.
#[test]
fn laws_over_a_population_that_has_no_table() {
    let gaussian = by_name("gaussian").unwrap().moments().unwrap();
    let d =
        Beta::new(0.7658641017220562, 0.21035871871649459, 0.05957323270761529, 0.4152609124555654)
            .unwrap();
    let coefficients = (gaussian.b(), gaussian.c());
    let gamma2 = 90.34195628900557;
    let population =
        Population::from_coefficients(gamma2, coefficients.0, coefficients.1, d).unwrap();
    assert_eq!(population.density(0.01).unwrap_err().kind(), ErrorKind::Computation);
    for gamma1 in [1e-3, 0.1, 0.9, 1.5] {
        solve((gamma1, gamma2), coefficients, d).unwrap();
        let law = GeneralizedMarchenkoPastur::new(gamma1, population.clone()).unwrap();
        let (mean, third) = (law.mean().unwrap(), law.free_cumulant(3).unwrap());
        let found = law.expectation(&|x| (x - mean).powi(3)).unwrap();
        assert!((found / third - 1.0).abs() < 1e-6, "{gamma1}: {found} {third}");
        let r = law.r_transform(-1.0 / mean).unwrap();
        let g = law.cauchy((r - mean).into()).unwrap().re;
        assert!((g * mean + 1.0).abs() < 1e-8, "{gamma1}: {g}");
        for s in [-0.03, -0.3, -0.6] {
            let own = law.s_transform(s).unwrap() * (1.0 + gamma1 * s);
            let expected = law.population().s_transform(gamma1 * s).unwrap();
            assert!((own / expected - 1.0).abs() < 1e-8, "{gamma1} {s}");
        }
    }
    // Above, the error is that of the table.
    let law = GeneralizedMarchenkoPastur::new(180.0, population.clone()).unwrap();
    assert_eq!(law.density(0.01).unwrap_err(), population.density(0.01).unwrap_err());
}

#[test]
fn beta_laws_that_diverge_at_0() {
    let beta = |alpha, beta| Beta::new(alpha, beta, 0.0, 1.0).unwrap();
    solve((0.5, 0.3), RELU, beta(0.5, 0.4)).unwrap();
    solve((0.5, 1.0), RELU, beta(0.25, 1.5)).unwrap();
}

/// The edge of ρ next to 0 lies at 10⁻²³ and less of the weights, and was taken for 0.
#[test]
fn beta_laws_that_diverge_at_0_with_gamma2_just_above_1() {
    let beta = |alpha, beta| Beta::new(alpha, beta, 0.0, 1.0).unwrap();
    solve((5.0, 1.001), RELU, beta(0.25, 0.3)).unwrap();
    solve((0.5, 1.0 + 1e-7), RELU, beta(0.35, 1.5)).unwrap();
    solve((37.0, 1.0 + 3.7e-7), (1.0, 0.0), beta(0.3, 1.0)).unwrap();
}

/// With c = 0 all of c D² is at 0, and ν is a power of the distance from it.
#[test]
fn beta_laws_that_diverge_at_0_without_c() {
    let beta = |alpha, beta| Beta::new(alpha, beta, 0.0, 1.0).unwrap();
    solve((0.15, 0.4), (1.0, 0.0), beta(0.24, 1.4)).unwrap();
}

#[test]
fn beta_laws_in_wide_networks() {
    for gamma1 in [0.5, 2.0] {
        solve((gamma1, 150.0), RELU, Beta::new(5.0, 2.0, 0.5, 1.5).unwrap()).unwrap();
        solve((gamma1, 300.0), RELU, Beta::new(5.0, 2.0, 0.0, 1.0).unwrap()).unwrap();
        for gamma2 in [160.0, 300.0, 1e4] {
            right_or_refused((gamma1, gamma2), RELU, Beta::new(5.0, 2.0, 0.5, 1.5).unwrap());
            right_or_refused((gamma1, gamma2), RELU, Beta::new(5.0, 2.0, 0.0, 1.0).unwrap());
        }
    }
}

/// b next to nothing: the law of (b + c)D² helps where its own atoms are not resolved.
#[test]
fn b_next_to_nothing() {
    for gamma2 in [0.01, 1.0] {
        for ratio in [1e-9, 3e-9, 1e-8, 3e-8, 1e-7] {
            right_or_refused((0.5, gamma2), (ratio, 1.0), two_values());
            solve((0.5, gamma2), (0.0, 1.0 + ratio), two_values()).unwrap();
        }
        solve((0.5, gamma2), (1e-9, 1.0), two_values()).unwrap();
        solve((0.5, gamma2), (1e-6, 1.0), two_values()).unwrap();
    }
    for ratio in [1e-8, 1e-7] {
        solve((0.5, 1.0), (ratio, 1.0), two_values()).unwrap();
    }
}

#[test]
fn uniform_laws_from_just_below_0_without_b() {
    for lower in [-1e-3, -1e-4, -1e-5] {
        for gamma1 in [1e-3, 0.5, 1.0] {
            let d = Uniform::new(lower, 1.0).unwrap();
            solve((gamma1, 1e-6), (0.0, 1.0), d).unwrap();
        }
    }
}

#[test]
fn beta_laws_that_diverge_at_an_end_without_b() {
    let beta = |alpha, beta| Beta::new(alpha, beta, 0.5, 1.0).unwrap();
    for gamma1 in [0.01, 0.3, 1.0, 3.0] {
        for shape in [0.2, 0.5, 0.6, 0.7, 0.76, 0.8, 0.9] {
            solve((gamma1, 1.0), (0.0, 1.0), beta(shape, 2.8)).unwrap();
            solve((gamma1, 1.0), (0.0, 1.0), beta(2.8, shape)).unwrap();
        }
    }
}

/// D with the distribution function (D − 1)^s on [1, 2], and one that falls as steeply:
/// without b, ν is the law of D².
#[test]
fn distribution_functions_next_to_an_end() {
    for shape in [0.2, 0.3, 0.6, 0.75] {
        let rising = Beta::new(shape, 1.0, 1.0, 2.0).unwrap();
        let falling = Beta::new(1.0, shape, 1.0, 2.0).unwrap();
        let rising = Population::from_coefficients(1.0, 0.0, 1.0, rising).unwrap();
        let falling = Population::from_coefficients(1.0, 0.0, 1.0, falling).unwrap();
        for k in [1, 4, 10, 20, 30, 40] {
            let offset = 0.5_f64.powi(k);
            // √(1 + δ) − 1 and 2 − √(4 − δ), without cancellation.
            let exact = (offset / ((1.0 + offset).sqrt() + 1.0)).powf(shape);
            let found = rising.cdf(1.0 + offset).unwrap();
            assert!((found - exact).abs() < 1e-9, "{shape} {k}: {found} for {exact}");
            let exact = (offset / ((4.0 - offset).sqrt() + 2.0)).powf(shape);
            let found = falling.survival(4.0 - offset).unwrap();
            assert!((found - exact).abs() < 1e-9, "{shape} {k}: {found} for {exact}");
        }
    }
}

/// The quantiles at (k + ½)/1000 of Beta(1, `shape`) on an interval.
fn midquantiles(shape: f64, (lower, upper): (f64, f64)) -> Empirical {
    let quantile = |q: f64| lower + (upper - lower) * (1.0 - (1.0 - q).powf(shape.recip()));
    let values: Vec<f64> = (0..1000).map(|k| quantile((f64::from(k) + 0.5) / 1000.0)).collect();
    Empirical::new(&values).unwrap()
}

#[test]
fn midquantiles_help() {
    solve((0.5, 1.0), RELU, midquantiles(0.15, (0.5, 1.5))).unwrap();
    for gamma1 in [0.3, 1.0] {
        solve((gamma1, 1.0), (0.0, 1.0), midquantiles(0.76, (0.5, 1.0))).unwrap();
    }
}

#[test]
fn a_histogram_at_and_next_to_gamma2_1() {
    let d = Bins(vec![0.5, 1.0, 1.5], vec![0.25, 0.75]);
    for gamma2 in [0.99, 1.0, 1.01] {
        solve((0.5, gamma2), RELU, d.clone()).unwrap();
    }
}

/// Values and densities next to each other or far apart.
/// Roots that rounding hides: next to an edge of ρ where the terms of V cancel, and in the tail of
/// D² next to 0 at γ2 = 1.
#[test]
fn roots_that_rounding_hides() {
    let uniform = Uniform::new(-0.012771410450318122, 0.1033661542475858).unwrap();
    let cosine = by_name("cosine:0.10048425596947366").unwrap().moments().unwrap();
    solve((0.22272324111167024, 1.2221826489279606), (cosine.b(), cosine.c()), uniform).unwrap();
    let beta = Beta::new(0.6821725805872031, 4.4565033285077025, 0.0, 6.065961547828926).unwrap();
    let gelu = Gelu.moments().unwrap();
    solve((5.746366987332732, 1.0), (gelu.b(), gelu.c()), beta).unwrap();
}

#[test]
fn scales_of_the_values() {
    let pair = |one, other| Discrete::new(&[one, other], &[0.5, 0.5]).unwrap();
    for gamma2 in [0.3, 3.0] {
        solve((0.5, gamma2), RELU, pair(1e-3, 1.0)).unwrap();
        solve((0.5, gamma2), RELU, pair(0.0, 1.0)).unwrap();
        solve((0.5, gamma2), RELU, Constant::new(1.0).unwrap()).unwrap();
        solve((0.5, gamma2), RELU, pair(1.0, 1.0 + 1e-8)).unwrap();
        solve((0.5, gamma2), RELU, Uniform::new(1.0, 1.0 + 1e-5).unwrap()).unwrap();
        for small in [1e-4, 1e-7] {
            right_or_refused((0.5, gamma2), RELU, pair(small, 1.0));
        }
        for close in [1e-9, 1e-12] {
            right_or_refused((0.5, gamma2), RELU, pair(1.0, 1.0 + close));
        }
        right_or_refused((0.5, gamma2), RELU, Uniform::new(1.0, 1.0 + 1e-6).unwrap());
    }
}
