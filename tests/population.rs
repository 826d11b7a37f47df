//! The population law against an independent computation of its Cauchy
//! transform and density (tests/data/population.json), and its closed facts.

mod common;

use common::{Moments, activation, close, numbers, table};
use ntk_spectrum::activation::{Activation, Gelu, Identity, Relu, Sine, Tanh};
use ntk_spectrum::ensemble::diagonal::{Beta, DiagonalLaw, Discrete, TruncatedNormal, Uniform};
use ntk_spectrum::law::Population;
use num_complex::Complex64;
use serde_json::Value;

fn reference() -> Value {
    table("population.json")
}

fn diagonal(case: &Value) -> Box<dyn DiagonalLaw> {
    if let Some(ends) = case.get("uniform") {
        let ends = numbers(ends);
        return Box::new(Uniform::new(ends[0], ends[1]).unwrap());
    }
    if let Some(parameters) = case.get("beta") {
        let [alpha, beta, lower, upper] = numbers(parameters)[..] else { panic!("four numbers") };
        return Box::new(Beta::new(alpha, beta, lower, upper).unwrap());
    }
    Box::new(Discrete::new(&numbers(&case["d"]), &numbers(&case["weights"])).unwrap())
}

#[test]
fn cauchy_transforms_agree_with_the_contour_integral() {
    for case in reference()["transforms"].as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let sigma = activation(case["sigma"].as_str().unwrap());
        let moments = sigma.moments().unwrap();
        close(name, moments.b(), case["b"].as_f64().unwrap(), 1e-14);
        close(name, moments.c(), case["c"].as_f64().unwrap(), 1e-14);
        let law = Population::new(case["gamma2"].as_f64().unwrap(), sigma, diagonal(case)).unwrap();
        let values = case["values"].as_array().unwrap();
        assert_eq!(values.len(), 12);
        for value in values {
            let value = numbers(value);
            let z = Complex64::new(value[0], value[1]);
            let expected = Complex64::new(value[2], value[3]);
            let found = law.cauchy(z).unwrap();
            let off = (found - expected).norm() / expected.norm();
            assert!(off <= 1e-10, "{name} at {z}: {found} instead of {expected}, off by {off:e}");
        }
    }
}

/// For D = δ, ν is the law of δ²(c + b(λ + λ′)) times 1/(2γ2), and an atom at c δ².
#[test]
fn density_for_constant_d_is_a_convolution() {
    let settings = [("relu", 1.0), ("gelu", 0.3), ("square", 2.0)];
    for case in reference()["sums"].as_array().unwrap() {
        let gamma2 = case["gamma2"].as_f64().unwrap();
        let edges = [1.0 - gamma2.sqrt(), 1.0 + gamma2.sqrt()].map(|root| 2.0 * root * root);
        let mean_density = 1.0 / (edges[1] - edges[0]);
        for (sigma, delta) in settings {
            let (sigma, squared) = (activation(sigma), delta * delta);
            let moments = sigma.moments().unwrap();
            let (b, c) = (moments.b(), moments.c());
            let law = Population::new(gamma2, sigma, delta).unwrap();
            let place = |u: f64| squared * (c + b * u);
            for value in case["values"].as_array().unwrap() {
                let [u, expected] = numbers(value)[..] else { panic!("a pair") };
                let found = law.density(place(u)).unwrap() * 2.0 * gamma2 * squared * b;
                let what = format!("γ2 = {gamma2}, δ = {delta}, b = {b}, c = {c}: density at {u}");
                // x = δ²(c + b u) holds u to 1e-16 c/b only.
                let near_edge = (u - edges[0]).abs().min((u - 0.5 * edges[0]).abs()).max(1e-300);
                let rounding = 1e-15 * (c / b + u) / near_edge.min(edges[1] - u) * expected;
                close(&what, found, expected, 1e-9 * (expected + mean_density) + rounding);
            }
            let atom = if gamma2 < 1.0 { 0.5 * gamma2 } else { 1.0 - 0.5 / gamma2 };
            let atoms = law.atoms().unwrap();
            assert_eq!(atoms.len(), 1);
            close("atom", atoms[0].mass, atom, 1e-12);
            close("atom", atoms[0].location, c * squared, 1e-14);
            let support = law.support().unwrap();
            let top = support.last().unwrap().upper.location;
            close("upper edge", top, place(edges[1]), 1e-10 * top);
            let first = if gamma2 < 1.0 { 0.5 * edges[0] } else { edges[0] };
            close("lower edge", support[0].lower.location, place(first), 1e-10 * top);
            // γ2 < 0.1: the law of one λ, of mass 2(1−γ2)γ2, ends below that of λ + λ′.
            let separate = gamma2 < 1.0 && edges[0] > 0.5 * edges[1];
            assert_eq!(support.len(), if separate { 2 } else { 1 }, "γ2 = {gamma2}");
            if separate {
                close("mass", support[0].mass, 1.0 - gamma2, 1e-9);
                close("mass", support[1].mass, 0.5 * gamma2, 1e-9);
            }
        }
    }
}

fn laws_of_d() -> Vec<Box<dyn DiagonalLaw>> {
    vec![
        Box::new(1.3),
        Box::new(Discrete::new(&[1.0, 0.5], &[0.4, 0.6]).unwrap()),
        Box::new(Discrete::new(&[1.0, 0.0, 2.0], &[0.4, 0.3, 0.3]).unwrap()),
        Box::new(Discrete::new(&[0.0, -1.0, 0.2, 2.0, 0.6], &[0.2; 5]).unwrap()),
        Box::new(Uniform::new(0.5, 1.0).unwrap()),
        Box::new(Beta::new(2.0, 3.0, 0.3, 1.4).unwrap()),
        Box::new(TruncatedNormal::new(1.0, 0.3, 0.4, 1.9).unwrap()),
    ]
}

#[test]
fn mass_and_moments_in_closed_form() {
    for gamma2 in [0.05, 0.3, 1.0, 2.5, 40.0] {
        for (b, c) in [(0.16, 0.09), (1.0, 0.0), (0.01, 1.0), (1.0, 1e-3)] {
            for d in laws_of_d() {
                let squares = d.square_law(1e-13).unwrap();
                let what = format!("γ2 = {gamma2}, b = {b}, c = {c}, D = {d:?}");
                let law = Population::new(gamma2, Moments(b, c), d).unwrap();
                let tau = |k| squares.moment(k);
                let mean = (b + c) * tau(1);
                let second = (b + c).powi(2) * tau(2) + 2.0 * gamma2 * (b * tau(1)).powi(2);
                let mass =
                    law.expectation(&|_| 1.0).unwrap_or_else(|error| panic!("{what}: {error}"));
                close(&what, mass, 1.0, 1e-9);
                close(&what, law.moment(1).unwrap(), mean, 1e-9 * mean);
                close(&what, law.moment(2).unwrap(), second, 1e-9 * second);
                close(&what, law.expectation(&|x| x * x).unwrap(), second, 1e-9 * second);
                close(&what, law.mean().unwrap(), mean, 1e-13 * mean);
            }
        }
    }
}

#[test]
fn atom_at_zero() {
    for (q, gamma2) in [(0.0, 0.4), (0.2, 0.4), (0.2, 1.25), (0.3, 2.0), (0.5, 30.0), (0.9, 1.0)] {
        let gamma = (1.0 - q) * gamma2;
        let saturated: f64 = if gamma >= 1.0 { 1.0 - 0.5 / gamma } else { 0.5 * gamma };
        for (c, expected) in [(0.1, q), (0.0, q + (1.0 - q) * saturated)] {
            let rest = 0.5 * (1.0 - q);
            let d = Discrete::new(&[0.0, 1.0, 0.7], &[q, rest, rest]).unwrap();
            let law = Population::new(gamma2, Moments(0.2, c), d).unwrap();
            let what = format!("q = {q}, γ2 = {gamma2}, c = {c}");
            let found: f64 =
                law.atoms().unwrap().iter().filter(|a| a.location == 0.0).map(|a| a.mass).sum();
            close(&what, found, expected, 1e-12);
            close(&what, law.cdf(0.0).unwrap(), expected, 1e-12);
            let bulk: f64 = law.support().unwrap().iter().map(|i| i.mass).sum();
            let atoms: f64 = law.atoms().unwrap().iter().map(|a| a.mass).sum();
            close(&what, bulk + atoms, 1.0, 1e-9);
        }
    }
}

/// b = 0: ν is the law of c D².
#[test]
fn odd_activations_leave_the_law_of_the_squares() {
    for sigma in [Box::new(Tanh) as Box<dyn Activation>, Box::new(Sine::new(1.0).unwrap())] {
        let c = sigma.moments().unwrap().c();
        let d = Discrete::new(&[1.0, -0.5, 0.0], &[0.2, 0.5, 0.3]).unwrap();
        let law = Population::new(0.7, sigma, d).unwrap();
        assert!(law.support().unwrap().is_empty());
        let atoms = law.atoms().unwrap();
        assert_eq!(atoms.len(), 3);
        for (atom, (location, mass)) in atoms.iter().zip([(0.0, 0.3), (0.25, 0.5), (1.0, 0.2)]) {
            close("location", atom.location, c * location, 1e-14 * c);
            close("mass", atom.mass, mass, 1e-15);
        }
    }
    let c = Tanh.moments().unwrap().c();
    let law = Population::new(0.7, Tanh, Uniform::new(0.5, 1.0).unwrap()).unwrap();
    let support = law.support().unwrap();
    assert_eq!(support.len(), 1);
    close("edge", support[0].lower.location, 0.25 * c, 1e-14);
    close("edge", support[0].upper.location, c, 1e-14);
    for r in [0.55, 0.7, 0.8, 0.99] {
        // F(c r²) = P(D ≤ r), with density 1/(2 c r · ½).
        close("F", law.cdf(c * r * r).unwrap(), 2.0 * (r - 0.5), 1e-11);
        let density = 1.0 / (c * r);
        close("density", law.density(c * r * r).unwrap(), density, 1e-9 * density);
    }
    let none = Population::new(0.7, Identity, 1.0).unwrap();
    assert_eq!(none.atoms().unwrap().len(), 1);
    assert_eq!(none.mean().unwrap(), 0.0);
}

/// ν of s·D is ν of D, scaled by s².
#[test]
fn scaling_of_d() {
    let values = [1.0, 0.4, 0.0];
    let weights = [0.5, 0.3, 0.2];
    let law = Population::new(0.6, Relu, Discrete::new(&values, &weights).unwrap()).unwrap();
    for scale in [1e-8_f64, 3.0, 1e6] {
        let scaled = values.map(|v| v * scale);
        let other = Population::new(0.6, Relu, Discrete::new(&scaled, &weights).unwrap()).unwrap();
        for k in 1..40 {
            let x = 0.03 * f64::from(k);
            let found = scale * scale * other.density(scale * scale * x).unwrap();
            close(&format!("{scale}"), found, law.density(x).unwrap(), 1e-9 * (found + 1.0));
        }
    }
}

/// A uniform law as the limit of its own Gauss nodes: transforms agree off the axis.
#[test]
fn continuous_law_against_many_atoms() {
    let (lower, upper): (f64, f64) = (0.6, 1.0);
    let density = Population::new(0.5, Gelu, Uniform::new(lower, upper).unwrap()).unwrap();
    // Gauss–Legendre of 5 nodes is exact to about 1e-8 where z is far away.
    let node = |s: f64, t: f64| (5.0 + s * 2.0 * (10.0_f64 / 7.0).sqrt()).sqrt() / 3.0 * t;
    let weight = |s: f64| (322.0 + s * 13.0 * 70.0_f64.sqrt()) / 1800.0;
    let (x, w) = (
        [node(1.0, -1.0), node(-1.0, -1.0), 0.0, node(-1.0, 1.0), node(1.0, 1.0)],
        [weight(-1.0), weight(1.0), 64.0 / 225.0, weight(1.0), weight(-1.0)],
    );
    let values = x.map(|x| 0.5 * (lower + upper) + 0.5 * (upper - lower) * x);
    let atoms = Population::new(0.5, Gelu, Discrete::new(&values, &w).unwrap()).unwrap();
    for z in [Complex64::new(0.3, 0.5), Complex64::new(-0.4, 0.1), Complex64::new(1.5, 0.8)] {
        let (left, right) = (density.cauchy(z).unwrap(), atoms.cauchy(z).unwrap());
        assert!((left - right).norm() <= 1e-8 * left.norm(), "{z}: {left} {right}");
    }
}
