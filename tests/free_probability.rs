//! Laws that free probability knows by other names: free compound Poisson laws, the
//! population law of a quadratic σ, the limit of infinite width.

mod common;

use common::{Moments, close, entries, number, numbers, table};
use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{Activation, Gelu, Polynomial, Relu, Silu};
use ntk_spectrum::diagonal::{Beta, DiagonalLaw, TruncatedNormal, Uniform};
use ntk_spectrum::ensemble::diagonal;
use ntk_spectrum::law::{
    Discrete, GeneralizedMarchenkoPastur, MarchenkoPastur, Population, SpectralLaw, SpectralSums,
};
use num_complex::Complex64;
use serde_json::Value;

/// Density and Cauchy transform of a law against an entry of tests/data/free_poisson.json,
/// whose lengths are in units of `unit`.
fn compare(what: &str, law: &dyn SpectralLaw, unit: f64, entry: &Value) {
    let support = law.support().unwrap();
    let length: f64 = support.iter().map(|i| i.upper.location - i.lower.location).sum();
    let mean_density = support.iter().map(|i| i.mass).sum::<f64>() / length;
    for point in entries(&entry["density"]) {
        let [x, expected] = numbers(point)[..] else { panic!("a pair") };
        let (x, expected) = (unit * x, expected / unit);
        let slack = 1e-9 * (expected + mean_density);
        close(&format!("{what}: density at {x}"), law.density(x).unwrap(), expected, slack);
    }
    for point in entries(&entry["cauchy"]) {
        let [re, im, g_re, g_im] = numbers(point)[..] else { panic!("two complex numbers") };
        let (z, g) = (unit * Complex64::new(re, im), Complex64::new(g_re, g_im) / unit);
        let off = (law.cauchy(z).unwrap() - g).norm();
        assert!(off <= 1e-9 * g.norm(), "{what}: G({z}) is off by {off:e}");
    }
}

/// The law of ratio γ1 over Σ w δ_t is the free compound Poisson law of rate 1/γ1 and jumps
/// γ1 t: a polynomial equation for G.
#[test]
fn free_compound_poisson_laws() {
    for entry in entries(&table("free_poisson.json")["generalised"]) {
        let gamma = number(&entry["gamma1"]);
        let (places, weights) = (numbers(&entry["locations"]), numbers(&entry["weights"]));
        let population = Discrete::new(&places, &weights).unwrap();
        let law = GeneralizedMarchenkoPastur::new(gamma, population).unwrap();
        let what = format!("γ1 = {gamma}, {places:?}");
        compare(&what, &law, 1.0, entry);
        for s in [-3.0, -0.2, 0.01] {
            let r: f64 =
                places.iter().zip(&weights).map(|(t, w)| w * t / (1.0 - gamma * t * s)).sum();
            close(&what, law.r_transform(s).unwrap(), r, 1e-11 * r);
        }
    }
}

/// c = 0: ν = (1 − 1/(2γ2)) δ0 + 1/(2γ2) Law(b(y + y′)), y and y′ independent from the law of
/// W D² Wᵀ/d.
#[test]
fn quadratic_activations_over_atoms() {
    for entry in entries(&table("free_poisson.json")["quadratic"]) {
        let gamma2 = number(&entry["gamma2"]);
        let (d, weights) = (numbers(&entry["d"]), numbers(&entry["weights"]));
        for scale in [1.0, 0.3] {
            let sigma = Polynomial::new([0.0, 0.0, 0.5 * scale]).unwrap();
            let b = sigma.moments().unwrap().b();
            let law = diagonal::Discrete::new(&d, &weights).unwrap();
            let population = Population::new(gamma2, sigma, law).unwrap();
            compare(&format!("γ2 = {gamma2}, D = {d:?}, b = {b}"), &population, b, entry);
        }
    }
}

/// Moments from free cumulants, m_n = Σ_s κ_s \[z^{n−s}\] M(z)^s.
fn moments(cumulants: &[f64]) -> Vec<f64> {
    let mut moments = vec![1.0];
    for n in 1..=cumulants.len() {
        let mut power = vec![1.0];
        let mut next = 0.0;
        for s in 1..=n {
            // M^s up to z^{n−s}; its last coefficients only need moments that are known.
            let coefficient = |m: usize| -> f64 {
                (0..=m)
                    .map(|k| power.get(k).unwrap_or(&0.0) * moments.get(m - k).unwrap_or(&0.0))
                    .sum()
            };
            power = (0..=n - s).map(coefficient).collect();
            next += cumulants[s - 1] * power[n - s];
        }
        moments.push(next);
    }
    moments
}

/// The same for any D, by moments: y has free cumulants γ2 E D^{2k}, and sums of independent
/// variables have binomial moments.
#[test]
fn quadratic_activations_over_any_diagonal() {
    const ORDER: usize = 10;
    assert_eq!(moments(&[1.0; 6]), [1.0, 1.0, 2.0, 5.0, 14.0, 42.0, 132.0]);
    let laws: [(&str, Box<dyn DiagonalLaw>); 4] = [
        ("uniform", Box::new(Uniform::new(-1.0, 1.0).unwrap())),
        ("uniform off 0", Box::new(Uniform::new(0.5, 1.5).unwrap())),
        ("Beta", Box::new(Beta::new(2.0, 3.0, 0.0, 1.0).unwrap())),
        ("normal", Box::new(TruncatedNormal::new(0.0, 1.0, -2.0, 2.0).unwrap())),
    ];
    for (name, d) in laws {
        let squares = d.square_law(1e-13).unwrap();
        let d: std::sync::Arc<dyn DiagonalLaw> = d.into();
        for gamma2 in [0.3, 0.8, 2.0, 10.0] {
            let cumulants: Vec<f64> =
                (1..=ORDER).map(|k| gamma2 * squares.moment(k as i32)).collect();
            let single = moments(&cumulants);
            let b = 0.25;
            let law = Population::new(gamma2, Moments(b, 0.0), d.clone()).unwrap();
            let mut choose = vec![1.0];
            for k in 1..=ORDER {
                let mut next = vec![1.0; k + 1];
                for j in 1..k {
                    next[j] = choose[j - 1] + choose[j];
                }
                choose = next;
                let pair: f64 = (0..=k).map(|j| choose[j] * single[j] * single[k - j]).sum();
                let exact = b.powi(k as i32) * pair / (2.0 * gamma2);
                let what = format!("{name}, γ2 = {gamma2}, moment {k}");
                let found = law.moment(k as u32).unwrap_or_else(|e| panic!("{what}: {e}"));
                close(&what, found, exact, 1e-9 * exact);
            }
        }
    }
}

/// The law at a given γ2.
type OfWidth = Box<dyn Fn(f64) -> LimitingSpectrum>;

/// γ1 = θ/γ2, γ2 → ∞: the law tends to that of τ1(c + b s), s of the Marchenko–Pastur law of
/// ratio 2θ, and the distance falls like 1/γ2.
#[test]
fn infinite_width() {
    let two = || diagonal::Discrete::new(&[0.5, 1.5], &[0.5, 0.5]).unwrap();
    let cases: [(_, f64, OfWidth); 4] = [
        (Relu.moments().unwrap(), 1.0, Box::new(|g| LimitingSpectrum::new(0.3 / g, g, Relu, 1.0))),
        (Gelu.moments().unwrap(), 1.0, Box::new(|g| LimitingSpectrum::new(0.8 / g, g, Gelu, 1.0))),
        (
            Silu.moments().unwrap(),
            1.25,
            Box::new(move |g| LimitingSpectrum::new(0.3 / g, g, Silu, two())),
        ),
        (
            Relu.moments().unwrap(),
            13.0 / 12.0,
            Box::new(|g| LimitingSpectrum::new(0.3 / g, g, Relu, Uniform::new(0.5, 1.5).unwrap())),
        ),
    ];
    for (sigma, tau, law) in cases {
        let theta = law(1.0).gamma1();
        let limit = MarchenkoPastur::new(2.0 * theta).unwrap();
        let zeros = limit.cdf(0.0).unwrap();
        // What falls like 1/γ2, times γ2: the largest distance of quantiles, and the error of a
        // smooth sum.
        let constants = |gamma2: f64| {
            let law = law(gamma2);
            let quantile = |k: u32| {
                let q = zeros + (1.0 - zeros) * f64::from(k) / 20.0;
                let limit = tau * (sigma.c() + sigma.b() * limit.quantile(q).unwrap());
                (law.quantile(q).unwrap() - limit).abs() / (tau * sigma.b())
            };
            let largest = (1..20).map(quantile).fold(0.0, f64::max);
            let lambda = tau * sigma.b();
            let f = |s: f64| (tau * (sigma.c() + sigma.b() * s) + lambda).recip();
            let sum = law.inverse_trace(lambda).unwrap() / limit.expectation(&f).unwrap() - 1.0;
            [gamma2 * largest, gamma2 * sum]
        };
        let [quantiles, sum] = constants(1e4);
        assert!(quantiles < 3.0 && sum.abs() < 0.3, "{quantiles} {sum}");
        for (gamma2, slack) in [(10.0, 0.1), (100.0, 0.02), (1e3, 0.005)] {
            let found = constants(gamma2);
            let what = format!("θ = {theta}, γ2 = {gamma2}");
            close(&what, found[0], quantiles, slack * quantiles);
            close(&what, found[1], sum, slack * sum.abs());
        }
    }
}
