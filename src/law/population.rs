//! The population law ν_{σ,D}.

use super::{
    Atom, Edge, EdgeKind, TabulatedLaw,
    slice::{Model, Slice},
    tabulated::Stretch,
};
use crate::{Error, numerics::piece::Accuracy};

/// The population law ν of the kernel.
#[derive(Debug, Clone)]
pub struct Population {
    pub(crate) table: TabulatedLaw,
}

pub(crate) fn tabulate(model: &Model, tolerance: f64) -> Result<TabulatedLaw, Error> {
    let points = breakpoints(model);
    let mut stretches: Vec<Stretch> = Vec::new();
    for pair in points.windows(2) {
        let (lower, upper) = (pair[0], pair[1]);
        if !Slice::new(model, 0.5 * (lower + upper)).carries_density() {
            continue;
        }
        let edge = |location| Edge {
            location,
            kind: EdgeKind::Unclassified,
        };
        match stretches.last_mut() {
            Some(last) if last.upper.location == lower => {
                last.breaks.push(lower);
                last.upper = edge(upper);
            }
            _ => stretches.push(Stretch {
                lower: edge(lower),
                upper: edge(upper),
                breaks: Vec::new(),
            }),
        }
    }
    let accuracy = Accuracy {
        relative: tolerance,
        mass: 1e-3 * tolerance,
    };
    TabulatedLaw::tabulate(&stretches, atoms(model), accuracy, &mut |x, guess| {
        Slice::new(model, x).density(guess)
    })
}

fn atoms(model: &Model) -> Vec<Atom> {
    let Model {
        b,
        c,
        gamma2,
        squares,
    } = model;
    let saturated = |mass: f64| {
        let gamma = mass * gamma2;
        mass * if gamma >= 1.0 {
            1.0 - 0.5 / gamma
        } else {
            0.5 * gamma
        }
    };
    let zero = squares.mass_at_zero();
    if *c == 0.0 {
        let mass = if *b == 0.0 {
            1.0
        } else {
            zero + saturated(1.0 - zero)
        };
        return vec![Atom {
            location: 0.0,
            mass,
        }];
    }
    squares
        .support()
        .iter()
        .enumerate()
        .filter(|(_, (lower, upper))| lower == upper)
        .map(|(_, &(t, _))| {
            let k = squares
                .nodes()
                .iter()
                .position(|n| *n == t)
                .expect("an atom is a node");
            let weight = squares.weights()[k];
            let mass = if t == 0.0 || *b == 0.0 {
                weight
            } else {
                saturated(weight)
            };
            Atom {
                location: c * t,
                mass,
            }
        })
        .collect()
}

/// Where ν may be singular, ascending, from the lower to the upper end of its
/// convex support.
fn breakpoints(model: &Model) -> Vec<f64> {
    let Model {
        b,
        c,
        gamma2,
        squares,
    } = model;
    let largest = squares.support().last().map_or(0.0, |s| s.1);
    let top = largest * (c + 2.5 * b * (1.0 + gamma2.sqrt()).powi(2));
    let mut fixed: Vec<f64> = squares
        .support()
        .iter()
        .flat_map(|s| [c * s.0, c * s.1])
        .collect();
    fixed.push(top);
    if fixed[0] > 0.0 && squares.support()[0].0 == 0.0 {
        fixed.insert(0, 0.0);
    }
    fixed.dedup();
    let mut found = fixed[..fixed.len() - 1].to_vec();
    let intervals = fixed.len() - 1;
    let reach = if intervals > 50 { 6 } else { 24 };
    for pair in fixed.windows(2) {
        let (lower, length) = (pair[0], pair[1] - pair[0]);
        let mut last: Option<(f64, (usize, usize))> = None;
        for k in -reach..=reach {
            let growth =
                (std::f64::consts::PI * (3.2 * f64::from(k) / f64::from(reach)).sinh()).exp();
            let x = lower + length * growth / (1.0 + growth);
            if x <= lower || x >= pair[1] {
                continue;
            }
            let here = (x, Slice::new(model, x).signature());
            if let Some(before) = last {
                changes(model, before, here, &mut found);
            }
            last = Some(here);
        }
    }
    found.sort_by(f64::total_cmp);
    found.dedup_by(|r, l| *r - *l <= 1e-14 * *r);
    found
}

/// Bisects to every change of the signature between two points.
fn changes(
    model: &Model,
    lower: (f64, (usize, usize)),
    upper: (f64, (usize, usize)),
    found: &mut Vec<f64>,
) {
    if lower.1 == upper.1 {
        return;
    }
    let middle = 0.5 * (lower.0 + upper.0);
    if upper.0 - lower.0 <= 2.0 * f64::EPSILON * upper.0 || middle <= lower.0 || middle >= upper.0 {
        let status = |x| Slice::new(model, x).carries_density();
        if lower.1.0 == upper.1.0 || status(lower.0) != status(upper.0) {
            found.push(middle);
        }
        return;
    }
    let centre = (middle, Slice::new(model, middle).signature());
    changes(model, lower, centre, found);
    changes(model, centre, upper, found);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ensemble::diagonal::SquareLaw;

    #[test]
    fn reference_moments() {
        let text = std::fs::read_to_string("/work/shared/reference/law.json").unwrap();
        let cases: serde_json::Value = serde_json::from_str(&text).unwrap();
        for case in cases.as_array().unwrap() {
            let list = |k: &str| -> Vec<f64> {
                case[k]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|v| v.as_f64().unwrap())
                    .collect()
            };
            let nu = list("nu_moments");
            let model = Model {
                b: case["b"].as_f64().unwrap(),
                c: case["c"].as_f64().unwrap(),
                gamma2: case["gamma2"].as_f64().unwrap(),
                squares: SquareLaw::from_checked_atoms(&list("d_atoms"), &list("d_weights")),
            };
            if model.b == 0.0 {
                continue;
            }
            let begin = std::time::Instant::now();
            let bp = breakpoints(&model);
            let t1 = begin.elapsed();
            let table = tabulate(&model, 1e-11);
            let t2 = begin.elapsed();
            match table {
                Ok(t) => {
                    println!(
                        "{} {:?} {:?} nodes {} mass-1 {:e} err {:e}",
                        case["name"],
                        t1,
                        t2 - t1,
                        t.node_count(),
                        t.total_mass() - 1.0,
                        t.error_estimate()
                    );
                    println!("  bp {} atoms {}", bp.len(), t.atoms().len());
                    for k in 1..5 {
                        let m = t.integrate(|x| x.powi(k));
                        print!("  {:e}", m / nu[k as usize - 1] - 1.0);
                    }
                    println!();
                }
                Err(e) => println!("{} {e} bp {bp:?}", case["name"]),
            }
        }
    }
}
#[cfg(test)]
mod debug {
    use super::*;
    use crate::ensemble::diagonal::SquareLaw;
    #[test]
    fn probe_two_atom() {
        let model = Model {
            b: 0.15915494309189535,
            c: 0.09084505690810467,
            gamma2: 1.0,
            squares: SquareLaw::from_checked_atoms(&[1.5, 0.5], &[0.5, 0.5]),
        };
        let f: Vec<(f64,f64)> = (0..60).map(|k| { let x = 0.0398 + 6e-5*k as f64; (x, Slice::new(&model, x).density(None).unwrap().0)}).collect();
        for w in f.windows(7) { let c=[1.0,-6.0,15.0,-20.0,15.0,-6.0,1.0]; let d: f64 = w.iter().zip(c).map(|(p,c)| p.1*c).sum(); println!("{} {} {:e}", w[3].0, w[3].1, d); }
    }
}
