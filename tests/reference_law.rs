//! The limiting law against reference values computed independently
//! (tests/data/law.json).

mod common;

use common::{activation, close, entries, number, numbers, table, text};
use ntk_spectrum::LimitingSpectrum;
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
        number(&self.entry[key])
    }

    fn numbers(&self, key: &str) -> Vec<f64> {
        numbers(&self.entry[key])
    }
}

fn cases() -> Vec<Case> {
    entries(&table("law.json"))
        .iter()
        .map(|entry| {
            let d = Discrete::new(&numbers(&entry["d_atoms"]), &numbers(&entry["d_weights"]));
            let law = LimitingSpectrum::new(
                number(&entry["gamma1"]),
                number(&entry["gamma2"]),
                activation(text(&entry["activation"])),
                d.unwrap(),
            );
            Case { name: text(&entry["name"]).to_owned(), law, entry: entry.clone() }
        })
        .collect()
}

#[test]
fn densities() {
    for case in cases() {
        let length: f64 =
            (case.law.support().unwrap().iter()).map(|i| i.upper.location - i.lower.location).sum();
        let mean_density = (1.0 - case.number("atom_at_zero")) / length;
        let points = entries(&case.entry["density"]);
        assert!(points.len() >= 4);
        for point in points {
            let [x, expected] = numbers(point)[..] else { panic!("a pair") };
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
            close(&what, case.law.expectation(&power).unwrap(), mu, 1e-9 * mu);
        }
        assert_eq!(case.numbers("nu_moments").len(), 4);
    }
}
