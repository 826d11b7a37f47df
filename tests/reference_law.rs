//! The limiting law against reference values computed independently
//! (tests/data/law.json).

use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{Activation, Gelu, Mish, Polynomial, Relu, Silu, Softplus, Tanh};
use ntk_spectrum::ensemble::diagonal::Discrete;
use ntk_spectrum::spectrum::EdgeKind;
use serde_json::Value;

struct Case {
    name: String,
    law: LimitingSpectrum,
    entry: Value,
}

impl Case {
    fn number(&self, key: &str) -> f64 {
        self.entry[key].as_f64().unwrap()
    }

    fn numbers(&self, key: &str) -> Vec<f64> {
        numbers(&self.entry, key)
    }
}

fn numbers(entry: &Value, key: &str) -> Vec<f64> {
    entry[key].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn activation(name: &str) -> Box<dyn Activation> {
    match name {
        "relu" => Box::new(Relu),
        "gelu" => Box::new(Gelu),
        "tanh" => Box::new(Tanh),
        "softplus" => Box::new(Softplus),
        "silu" => Box::new(Silu),
        "mish" => Box::new(Mish),
        "quadratic" => Box::new(Polynomial::new([0.0, 0.0, 0.5])),
        other => panic!("no activation for {other}"),
    }
}

fn cases() -> Vec<Case> {
    let entries: Vec<Value> = serde_json::from_str(include_str!("data/law.json")).unwrap();
    entries
        .into_iter()
        .map(|entry| {
            let d = Discrete::new(&numbers(&entry, "d_atoms"), &numbers(&entry, "d_weights"));
            let law = LimitingSpectrum::new(
                entry["gamma1"].as_f64().unwrap(),
                entry["gamma2"].as_f64().unwrap(),
                activation(entry["activation"].as_str().unwrap()),
                d.unwrap(),
            );
            Case { name: entry["name"].as_str().unwrap().to_owned(), law, entry }
        })
        .collect()
}

#[track_caller]
fn close(what: &str, found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{what}: {found:?} instead of {expected:?}, off by {:e}",
        found - expected
    );
}

#[test]
fn densities() {
    for case in cases() {
        let length: f64 =
            (case.law.support().unwrap().iter()).map(|i| i.upper.location - i.lower.location).sum();
        let mean_density = (1.0 - case.number("atom_at_zero")) / length;
        let points = case.entry["density"].as_array().unwrap();
        assert!(points.len() >= 4);
        for point in points {
            let (x, expected) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
            let what = format!("{}: density at {x}", case.name);
            let slack = 1e-9 * (expected + mean_density);
            close(&what, case.law.density(x).unwrap(), expected, slack);
        }
    }
}

#[test]
fn edges() {
    for case in cases().into_iter().filter(|case| !case.entry["edges"].is_null()) {
        let support = case.law.support().unwrap();
        let found: Vec<_> = support.iter().flat_map(|i| [i.lower, i.upper]).collect();
        // The reference leaves out a hard edge at 0.
        let visible: Vec<_> = found.iter().filter(|e| e.kind != EdgeKind::Hard).collect();
        assert!(found.iter().all(|e| e.kind != EdgeKind::Hard || e.location == 0.0));
        let expected = case.numbers("edges");
        let population = case.numbers("population_edges");
        assert_eq!(visible.len(), expected.len(), "{}: {found:?}", case.name);
        assert_eq!(visible.len() < found.len(), expected.len() % 2 == 1, "{}", case.name);
        for (edge, &location) in visible.iter().zip(&expected) {
            let what = format!("{}: edge", case.name);
            close(&what, edge.location, location, 1e-6 * location);
            let kind = if population.contains(&location) {
                EdgeKind::Population
            } else {
                EdgeKind::SquareRoot
            };
            assert_eq!(edge.kind, kind, "{}: edge at {location}", case.name);
        }
    }
}

#[test]
fn atoms_and_masses() {
    for case in cases() {
        let expected = case.number("atom_at_zero");
        let atoms = case.law.atoms().unwrap();
        if expected == 0.0 {
            assert!(atoms.is_empty(), "{}: {atoms:?}", case.name);
        } else {
            assert_eq!(atoms.len(), 1, "{}: {atoms:?}", case.name);
            assert_eq!(atoms[0].location, 0.0);
            close(&case.name, atoms[0].mass, expected, 1e-12);
        }
        let bulk: f64 = case.law.support().unwrap().iter().map(|i| i.mass).sum();
        close(&case.name, bulk, 1.0 - expected, 1e-9);
        assert!(case.law.error_estimate().unwrap() <= 1e-8, "{}", case.name);
    }
}

#[test]
fn moments() {
    for case in cases() {
        for (k, (&nu, &mu)) in
            (1..).zip(case.numbers("nu_moments").iter().zip(&case.numbers("moments")))
        {
            let power = |x: f64| x.powi(k);
            let order = k as u32;
            let what = format!("{}: moment {k}", case.name);
            let population = case.law.population();
            close(&what, population.moment(order).unwrap(), nu, 1e-9 * nu);
            close(&what, case.law.moment(order).unwrap(), mu, 1e-9 * mu);
            close(&what, case.law.integrate(power).unwrap(), mu, 1e-9 * mu);
        }
        assert_eq!(case.numbers("nu_moments").len(), 4);
    }
}
