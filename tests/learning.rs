//! Training and generalisation against reference values computed independently
//! (tests/data/learning.json, learning_finite.json).

mod common;

use common::{entries, number, numbers, table, text};
use ntk_spectrum::activation::{Activation, Gelu, Polynomial, Relu, Softplus, Tanh};
use ntk_spectrum::diagonal::Discrete;
use ntk_spectrum::learning::{
    ConjugateGradient, GradientDescent, GradientFlow, PolynomialTarget, RandomEffects, Regression,
    Ridge,
};
use ntk_spectrum::{Dimensions, LimitingSpectrum};
use serde_json::Value;

/// What the reference values have beside their digits.
const ACCURACY: f64 = 1e-8;

fn activation(name: &str) -> Box<dyn Activation> {
    match name {
        "relu" => Box::new(Relu),
        "gelu" => Box::new(Gelu),
        "tanh" => Box::new(Tanh),
        "softplus" => Box::new(Softplus),
        "quad" => Box::new(Polynomial::new([0.0, 0.0, 0.5]).unwrap()),
        _ => panic!("{name}"),
    }
}

fn law(entry: &Value) -> LimitingSpectrum {
    let (gamma1, gamma2) = (number(&entry["gamma1"]), number(&entry["gamma2"]));
    let sigma = activation(text(&entry["activation"]));
    match list(&entry["D2"]) {
        [values, weights] => {
            let values: Vec<f64> = numbers(values).iter().map(|square| square.sqrt()).collect();
            let d = Discrete::new(&values, &numbers(weights)).unwrap();
            LimitingSpectrum::new(gamma1, gamma2, sigma, d)
        }
        _ => LimitingSpectrum::new(gamma1, gamma2, sigma, 1.0),
    }
}

/// Compares, and remembers the largest deviation.
struct Check {
    name: String,
    accuracy: f64,
    worst: (f64, String),
}

impl Check {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), accuracy: ACCURACY, worst: (0.0, String::new()) }
    }

    fn close(&mut self, what: &str, found: f64, expected: f64) {
        let off = if expected == 0.0 { found.abs() } else { (found / expected - 1.0).abs() };
        assert!(off < self.accuracy, "{}, {what}: {found} not {expected}", self.name);
        if off > self.worst.0 {
            self.worst = (off, what.to_owned());
        }
    }
}

fn target(entry: &Value) -> RandomEffects {
    RandomEffects::new(number(&entry["alpha2"]), number(&entry["s2"])).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

#[test]
fn limits() {
    let reference = table("learning.json");
    assert_eq!(entries(&reference).len(), 10);
    for entry in entries(&reference) {
        let law = law(entry);
        let mut check = Check::new(text(&entry["name"]));
        let regression = Regression::new(&law, target(entry));
        let gamma1 = law.gamma1();
        let ridgeless = entry.get("ridgeless").into_iter();
        for ridge in entries(&entry["ridge"]).iter().chain(ridgeless) {
            let lambda = number(&ridge["lam"]);
            let found = regression.ridge(lambda).unwrap();
            let at = regression.effective_ridge(lambda).unwrap();
            check.close("kappa", at.kappa, number(&ridge["kappa"]));
            check.close("df1", at.df1, number(&ridge["df1"]));
            check.close("df2", at.df2, number(&ridge["df2"]));
            if let Some(m) = ridge["m"].as_f64() {
                check.close("m", at.stieltjes(), m);
                check.close("dm", at.stieltjes_slope(), number(&ridge["dm"]));
            }
            check.close("test", found.test, number(&ridge["test"]));
            check.close("training", found.training, number(&ridge["train"]));
            check.close("gcv", found.gcv, number(&ridge["test"]));
            if let Some(free) = ridge["gcv_den"].as_f64().filter(|free| *free > 0.0) {
                check.close("gcv from its parts", found.training / (free * free), found.gcv);
            }
            check.close("bias", found.bias, number(&ridge["bias"]));
            check.close("var_x", found.sampling_variance, number(&ridge["var_x"]));
            check.close("var_noise", found.noise_variance, number(&ridge["var_noise"]));
            check.close("degrees", found.degrees_of_freedom, number(&ridge["df1"]) / gamma1);
            if let Some(best) = ridge["optimal_lambda"].as_f64() {
                let found = regression.optimal_ridge().unwrap();
                check.close("optimal lambda", found.lambda, best);
                check.close("optimal test", found.test, number(&ridge["optimal_test"]));
            }
            if lambda > 0.0 {
                let found = regression.errors(&Ridge::new(lambda).unwrap()).unwrap();
                check.close("test by filter", found.test, number(&ridge["test"]));
                check.close("training by filter", found.training, number(&ridge["train"]));
            }
        }
        for pair in entries(&entry["posterior_variance"]) {
            let [lambda, expected] = numbers(pair)[..] else { panic!() };
            check.close("posterior", law.posterior_variance(lambda).unwrap(), expected);
        }
        for row in entries(&entry["polynomial"]) {
            let lambda = number(&row["lam"]);
            let quadratic = PolynomialTarget::new(1.0, 0.0, 0.0).unwrap();
            let regression = Regression::new(&law, quadratic);
            let found = regression.ridge(lambda).unwrap();
            check.close("quadratic test", found.test, number(&row["test_quadratic"]));
            check.close("quadratic training", found.training, number(&row["train_quadratic"]));
            let at = regression.effective_ridge(lambda).unwrap();
            let unlearned = number(&row["q"]) - at.kappa * number(&row["dq"]);
            check.close("q - kappa q'", 1.0 - found.learned, unlearned);
            let mixed = PolynomialTarget::new(0.5, 0.25, 0.25).unwrap();
            let regression = Regression::new(&law, mixed);
            let expected = number(&row["test_F2_F3_s2_half_quarter_quarter"]);
            check.close("mixed test", regression.ridge(lambda).unwrap().test, expected);
            check.close("fit", regression.quadratic_form(lambda).unwrap(), number(&row["fit"]));
        }
        for pair in list(&entry["log_determinant"]) {
            let [lambda, expected] = numbers(pair)[..] else { panic!() };
            check.close("log det", regression.log_determinant(lambda).unwrap(), expected);
            check.close("log det of mu", law.log_determinant(lambda).unwrap(), expected);
        }
        for pair in list(&entry["information_gain"]) {
            let [lambda, expected] = numbers(pair)[..] else { panic!() };
            check.close("information", law.information_gain(lambda).unwrap(), expected);
        }
        for pair in list(&entry["log_evidence"]) {
            let [lambda, expected] = numbers(pair)[..] else { panic!() };
            let right = RandomEffects::new(1.0, lambda).unwrap();
            check.close("evidence", law.log_evidence(lambda, &right).unwrap(), expected);
        }
        along_paths(entry, &law, &mut check);
        println!("{}: {:.1e} ({})", check.name, check.worst.0, check.worst.1);
    }
}

fn along_paths(entry: &Value, law: &LimitingSpectrum, check: &mut Check) {
    let regression = Regression::new(law, target(entry));
    if let Some(edges) = entry.get("edges") {
        let support = &law.support().unwrap();
        let found = [support[0].lower.location, support[support.len() - 1].upper.location];
        for (found, expected) in found.into_iter().zip(numbers(edges)) {
            assert!((found - expected).abs() < 1e-8, "{}: edge {found}", check.name);
        }
    }
    if let Some(weight) = entry["spectral_weight_at_0"].as_f64() {
        let at = regression.effective_ridge(0.0).unwrap();
        check.close("weight at 0", law.gamma1() * at.kappa, weight);
    }
    let times: Vec<f64> = list(&entry["gradient_flow"]).iter().map(|e| number(&e["t"])).collect();
    let curve = regression.training_curve(&times).unwrap();
    for (i, flow) in list(&entry["gradient_flow"]).iter().enumerate() {
        let time = number(&flow["t"]);
        let found = regression.errors(&GradientFlow::new(time).unwrap()).unwrap();
        check.close("flow, test", found.test, number(&flow["test"]));
        check.close("flow, training", found.training, number(&flow["train"]));
        check.close("curve, test", curve.test[i], number(&flow["test"]));
        check.close("curve, training", curve.training[i], number(&flow["train"]));
        let left = regression.unlearned(2.0 * time).unwrap();
        check.close("isotropic", left, number(&flow["isotropic_train"]));
    }
    for descent in list(&entry["gradient_descent"]) {
        let steps = number(&descent["k"]) as usize;
        let filter = GradientDescent::new(number(&descent["eta"]), steps).unwrap();
        let found = regression.errors(&filter).unwrap();
        check.close("descent, test", found.test, number(&descent["test"]));
        check.close("descent, training", found.training, number(&descent["train"]));
    }
    if let Some(stop) = entry.get("early_stopping") {
        let found = regression.stopping_time().unwrap();
        check.close("stopping time", found.time, number(&stop["t"]));
        check.close("stopping, test", found.test, number(&stop["test"]));
        check.close("stopping, training", found.training, number(&stop["train"]));
    }
    if let Some(half) = entry["half_life_isotropic"].as_f64() {
        check.close("half-life", regression.half_life().unwrap(), half);
    }
    for krylov in list(&entry["cg_isotropic"]) {
        let solver = ConjugateGradient::new(law, number(&krylov["lam"])).unwrap();
        for (tolerance, steps) in krylov["iterations"].as_object().unwrap() {
            let tolerance = tolerance.parse().unwrap();
            let expected = number(steps) as usize;
            assert_eq!(solver.iterations(tolerance).unwrap(), expected, "{}", check.name);
        }
    }
    for flow in list(&entry["gradient_flow_quadratic"]) {
        let quadratic = PolynomialTarget::new(1.0, 0.0, 0.0).unwrap();
        let found = Regression::new(law, quadratic).gradient_flow(number(&flow["t"])).unwrap();
        check.close("quadratic flow, test", found.test, number(&flow["test"]));
        check.close("quadratic flow, training", found.training, number(&flow["train"]));
    }
}

/// Against exact moments: what a quadrature has of a polynomial of degree 30 is less.
#[test]
fn krylov_residuals() {
    let (limits, residuals) = (table("learning.json"), table("learning_krylov.json"));
    assert_eq!(entries(&residuals).len(), 6);
    for case in entries(&residuals) {
        let name = text(&case["name"]);
        let entry = entries(&limits).iter().find(|entry| text(&entry["name"]) == name).unwrap();
        let law = law(entry);
        let mut check = Check { accuracy: 1e-12, ..Check::new(name) };
        for row in entries(&case["rows"]) {
            let solver = ConjugateGradient::new(&law, number(&row["lam"])).unwrap();
            let found = solver.residuals(30).unwrap();
            for (k, expected) in numbers(&row["residuals"]).into_iter().enumerate() {
                check.close("residual", found[5 * k], expected);
            }
        }
        println!("{}: {:.1e}", check.name, check.worst.0);
    }
}

#[test]
fn given_dimensions() {
    let reference = table("learning_finite.json");
    assert_eq!(entries(&reference).len(), 3);
    for entry in entries(&reference) {
        let [n, d, p] = ["n", "d", "p"].map(|key| number(&entry[key]) as usize);
        let dimensions = Dimensions::new(n, d, p).unwrap();
        let sigma = activation(text(&entry["activation"]));
        let law = LimitingSpectrum::from_dimensions(dimensions, sigma, 1.0);
        let regression = Regression::new(&law, target(entry)).with_dimensions(dimensions);
        let quadratic = PolynomialTarget::new(1.0, 0.0, 0.0).unwrap();
        let quadratic = Regression::new(&law, quadratic).with_dimensions(dimensions);
        let mut check = Check::new(text(&entry["activation"]));
        for row in entries(&entry["rows"]) {
            let lambda = number(&row["lam"]);
            let found = regression.ridge(lambda).unwrap();
            let at = regression.effective_ridge(lambda).unwrap();
            check.close("kappa", at.kappa, number(&row["kappa"]));
            check.close("df1", at.df1, number(&row["df1"]));
            check.close("test", found.test, number(&row["test"]));
            check.close("training", found.training, number(&row["train"]));
            let posterior = regression.posterior_variance(lambda).unwrap();
            check.close("posterior", posterior, number(&row["posterior_variance"]));
            let determinant = regression.log_determinant(lambda).unwrap();
            check.close("log det", determinant, number(&row["log_determinant"]));
            let found = quadratic.ridge(lambda).unwrap().test;
            check.close("quadratic test", found, number(&row["test_quadratic"]));
        }
        println!("{}: {:.1e} ({})", check.name, check.worst.0, check.worst.1);
    }
}

/// What is learned is a share, of all that there is to learn, with and without outliers.
#[test]
fn learned_is_a_share() {
    let dimensions = Dimensions::new(1120, 40, 40).unwrap();
    let law = LimitingSpectrum::from_dimensions(dimensions, Relu, 1.0);
    let limit = Regression::new(&law, RandomEffects::new(1.0, 0.5).unwrap());
    let given = limit.clone().with_dimensions(dimensions);
    for regression in [limit, given] {
        let mut last = 1.0;
        for lambda in [1e-3, 0.1, 10.0, 1e3, 1e9] {
            let learned = regression.ridge(lambda).unwrap().learned;
            assert!((0.0..last).contains(&learned), "{lambda}: {learned}");
            last = learned;
        }
        assert!(last < 1e-6);
    }
}

/// D → sD: λ and eigenvalues times s², times over s².
#[test]
fn scales() {
    let reference = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    let plain = Regression::new(&reference, RandomEffects::new(1.0, 0.5).unwrap());
    let residuals = ConjugateGradient::new(&reference, 0.1).unwrap().residuals(5).unwrap();
    for s in [1e-150_f64, 1e-100, 1e-30, 1e3, 1e7, 1e10] {
        let square = s * s;
        let law = LimitingSpectrum::new(0.7, 1.0, Relu, s);
        let noise = if 0.5 * square > 0.0 { 0.5 * square } else { continue };
        let scaled = Regression::new(&law, RandomEffects::new(1.0, noise).unwrap());
        let close = |what: &str, found: f64, expected: f64| {
            assert!((found / expected - 1.0).abs() < 1e-9, "{s:e}, {what}: {found} {expected}");
        };
        close("half-life", scaled.half_life().unwrap() * square, plain.half_life().unwrap());
        let (found, expected) = (scaled.stopping_time().unwrap(), plain.stopping_time().unwrap());
        close("stopping time", found.time * square, expected.time);
        close("error there", found.test / square, expected.test);
        let found = scaled.ridge(0.1 * square).unwrap();
        close("ridge", found.test / square, plain.ridge(0.1).unwrap().test);
        let solver = ConjugateGradient::new(&law, 0.1 * square).unwrap();
        close("residual", solver.residuals(5).unwrap()[5], residuals[5]);
    }
}

#[test]
fn ridges_of_every_size() {
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    let regression = Regression::new(&law, RandomEffects::new(1.0, 0.5).unwrap());
    let ridgeless = regression.ridge(0.0).unwrap();
    for lambda in [1e-300, 1e-200, 1e-100, 1e-30] {
        let found = regression.ridge(lambda).unwrap();
        assert!((found.gcv / ridgeless.test - 1.0).abs() < 1e-9, "{found:?}");
    }
    for lambda in [1e16, 1e100, 1e160, 1e200, 1e300] {
        let found = regression.ridge(lambda).unwrap();
        assert!((found.test - 0.75).abs() < 1e-9, "{found:?}");
        assert!(found.learned < 1e-9 && found.noise_variance >= 0.0, "{found:?}");
        assert!(found.sampling_variance >= 0.0);
    }
}

/// γ1 is the mass of ν off 0 up to rounding.
#[test]
fn thresholds_of_populations_with_zeros() {
    use ntk_spectrum::diagonal::Bernoulli;
    for keep in [0.1, 0.3, 0.5, 0.7, 0.9] {
        let law = LimitingSpectrum::new(keep, 1.0, Relu, Bernoulli::new(keep).unwrap());
        let regression = Regression::new(&law, RandomEffects::new(1.0, 0.5).unwrap());
        assert!(regression.ridge(0.0).is_err(), "{keep}");
    }
}

#[test]
fn quadratics_where_everything_else_is_gone() {
    // c = 0: above the threshold what the class cannot represent is left.
    let square = || Polynomial::new([0.0, 0.0, 0.5]).unwrap();
    let target = PolynomialTarget::new(1.0, 0.0, 0.5).unwrap();
    for gamma2 in [0.5, 1.0, 2.0] {
        let law = LimitingSpectrum::new(3.0, gamma2, square(), 1.0);
        let found = Regression::new(&law, target).ridge(0.0).unwrap();
        let near = Regression::new(&law, target).ridge(1e-9).unwrap();
        assert!((found.test / near.test - 1.0).abs() < 1e-6, "{gamma2}: {found:?} {near:?}");
        assert!((found.bias - (1.0 - gamma2).max(0.0).powi(2)).abs() < 1e-12);
    }
    // Late, no point of a contour shows anything: an error, not 0.
    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    for time in [1e5, 1e8, 1e300] {
        assert!(Regression::new(&law, target).gradient_flow(time).is_err(), "{time}");
    }
}

#[test]
fn exhausted_krylov_spaces() {
    use ntk_spectrum::law::Discrete as Atoms;
    let two = Atoms::new(&[1.0, 2.0], &[0.5, 0.5]).unwrap();
    let solver = ConjugateGradient::new(&two, 0.1).unwrap();
    for residuals in [solver.residuals(6).unwrap(), solver.minres_residuals(6).unwrap()] {
        assert!(residuals.iter().skip(2).all(|residual| *residual < 1e-14), "{residuals}");
        assert!(residuals[1] > 0.1 && residuals[1] < 1.0);
    }
    assert_eq!(solver.iterations(1e-6).unwrap(), 2);
}

/// The names and shapes that others' code calls.
#[test]
fn contract() -> Result<(), ntk_spectrum::Error> {
    use ntk_spectrum::learning::{HeavyBall, Nesterov};
    use ntk_spectrum::ndarray::Array1;

    let law = LimitingSpectrum::new(0.7, 1.0, Relu, 1.0);
    let regression = Regression::new(&law, RandomEffects::new(1.0, 0.5)?);
    let ridge = regression.ridge(0.1)?;
    let parts = ridge.bias + ridge.sampling_variance + ridge.noise_variance + 0.5;
    assert!((parts / ridge.test - 1.0).abs() < 1e-12);
    assert!((ridge.gcv / ridge.test - 1.0).abs() < 1e-12 && ridge.degrees_of_freedom < 1.0);
    assert!(regression.optimal_ridge()?.test < ridge.test);
    let path = regression.errors(&GradientFlow::new(10.0)?)?;
    let same = regression.errors(&|x: f64| (-10.0 * x).exp())?;
    assert!((path.test / same.test - 1.0).abs() < 1e-12);
    let times = Array1::linspace(0.0, 20.0, 5);
    let curve = regression.training_curve(&times)?;
    assert_eq!(curve.times, times);
    assert!((curve.test[2] / path.test - 1.0).abs() < 1e-9);
    assert!((curve.training[2] / path.training - 1.0).abs() < 1e-9);
    assert!(regression.stopping_time()?.test < path.test);
    let fixed = PolynomialTarget::new(1.0, 0.0, 0.1)?;
    let quadratic = Regression::new(&law, fixed).ridge(0.1)?;
    assert!(quadratic.learned > 0.0 && quadratic.training < quadratic.test);
    let target = RandomEffects::new(1.0, 0.1)?;
    let all = law.effective_ridge(0.1)? + law.posterior_variance(0.1)?;
    assert!(all > 0.0 && law.log_evidence(0.1, &target)? < 0.0 && law.information_gain(0.1)? > 0.0);
    // Momentum goes further in as many steps.
    let [plain, ball, nesterov] = [
        regression.errors(&GradientDescent::new(0.5, 30)?)?,
        regression.errors(&HeavyBall::new(0.5, 0.8, 30)?)?,
        regression.errors(&Nesterov::new(0.5, 0.8, 30)?)?,
    ];
    assert!(ball.training < plain.training && nesterov.training < plain.training);
    let steps = ConjugateGradient::new(&law, 0.1)?.iterations(1e-6)?;
    let minimal = ConjugateGradient::new(&law, 0.1)?.minres_iterations(1e-6)?;
    assert!(minimal <= steps && steps < 40);
    Ok(())
}
