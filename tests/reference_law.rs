//! The limiting law against reference values computed independently
//! (tests/data/law.json).

use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{Activation, Gelu, Mish, Polynomial, Relu, Silu, Softplus, Tanh};
use ntk_spectrum::ensemble::diagonal::Discrete;
use ntk_spectrum::law::EdgeKind;
use serde_json::Value;

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

fn numbers(case: &Value, key: &str) -> Vec<f64> {
    case[key]
        .as_array()
        .map(|list| list.iter().map(|v| v.as_f64().unwrap()).collect())
        .unwrap_or_default()
}

#[test]
fn densities_edges_atoms_and_moments() {
    let cases: Value = serde_json::from_str(include_str!("data/law.json")).unwrap();
    for case in cases.as_array().unwrap() {
        let name = case["name"].as_str().unwrap();
        let begin = std::time::Instant::now();
        let number = |key: &str| case[key].as_f64().unwrap();
        let d = Discrete::new(&numbers(case, "d_atoms"), &numbers(case, "d_weights")).unwrap();
        let law = LimitingSpectrum::new(
            number("gamma1"),
            number("gamma2"),
            activation(case["activation"].as_str().unwrap()),
            d,
        );
        law.population().mean().unwrap();
        let t1 = begin.elapsed();
        law.solve().unwrap();
        let t2 = begin.elapsed();
        let mean_density = (1.0 - number("atom_at_zero"))
            / law
                .support()
                .unwrap()
                .iter()
                .map(|i| i.upper.location - i.lower.location)
                .sum::<f64>();
        let mut worst: f64 = 0.0;
        for point in case["density"].as_array().unwrap() {
            let (x, rho) = (point[0].as_f64().unwrap(), point[1].as_f64().unwrap());
            let off = (law.density(x).unwrap() - rho).abs() / (rho + mean_density);
            worst = worst.max(off);
        }
        println!(
            "{name}: population {t1:?}, law {:?}, density off {worst:e} nodes {} {} err {:e}",
            t2 - t1,
            ntk_spectrum::law::SpectralLaw::tabulated(law.population()).unwrap().node_count(),
            law.solve().unwrap().node_count(),
            law.error_estimate().unwrap()
        );
        println!("   {:?}", law.support().unwrap());
        let edges: Vec<f64> = law
            .support()
            .unwrap()
            .iter()
            .flat_map(|i| [i.lower.location, i.upper.location])
            .collect();
        println!(
            "   {edges:?} {:?} {:?}",
            numbers(case, "edges"),
            numbers(case, "population_edges")
        );
        for k in 1..5u32 {
            let nu = law.population().moment(k).unwrap()
                / numbers(case, "nu_moments")[k as usize - 1]
                - 1.0;
            let mu = law.moment(k).unwrap() / numbers(case, "moments")[k as usize - 1] - 1.0;
            let direct =
                law.integrate(|x| x.powi(k as i32)).unwrap() / law.moment(k).unwrap() - 1.0;
            print!("  {nu:e} {mu:e} {direct:e};");
        }
        println!();
        let _ = EdgeKind::Hard;
    }
}
