//! `SpectralSums` of laws: closed forms, hard edges, small ridges; expectations of functions
//! that are singular, narrow, or not to be integrated.

mod common;

use common::{close, entries, number, table};
use ntk_spectrum::activation::{Activation, Gelu, Polynomial, Relu, Tanh};
use ntk_spectrum::diagonal::Bernoulli;
use ntk_spectrum::ensemble::diagonal;
use ntk_spectrum::law::{
    Atom, Discrete, GeneralizedMarchenkoPastur, MarchenkoPastur, PositivePart, SpectralLaw,
    SpectralSums, TabulatedLaw, Uniform,
};
use ntk_spectrum::{Error, LimitingSpectrum};

/// m(−λ) of the Marchenko–Pastur law of ratio γ and mean 1, from its quadratic equation
/// γλ m² + (λ + 1 − γ) m − 1 = 0, without cancellation.
fn inverse_trace(gamma: f64, lambda: f64) -> f64 {
    let b = lambda + 1.0 - gamma;
    let root = b.hypot(2.0 * (gamma * lambda).sqrt());
    if b > 0.0 { 2.0 / (b + root) } else { (root - b) / (2.0 * gamma * lambda) }
}

/// ∫ log(x + λ) from m(−λ): −log m − 1 + λm + log(1 + γm)/γ, whose derivative in m is 0 by
/// the equation of m, whose derivative in λ is m, and which is log λ + O(1/λ) for large λ.
fn log_determinant(gamma: f64, lambda: f64) -> f64 {
    let m = inverse_trace(gamma, lambda);
    -m.ln() - 1.0 + lambda * m + (gamma * m).ln_1p() / gamma
}

/// The Shannon transform of A. M. Tulino and S. Verdú, *Random matrix theory and wireless
/// communications* (2004), (1.14): another closed form, for ridges that are not small.
#[test]
fn closed_forms_agree() {
    for gamma in [0.3f64, 1.0, 2.5] {
        for lambda in [0.1f64, 1.0, 7.0] {
            let s = lambda.recip();
            let root = |sign: f64| (s * (1.0 + sign * gamma.sqrt()).powi(2) + 1.0).sqrt();
            let quarter = (root(1.0) - root(-1.0)).powi(2) / 4.0;
            let shannon = (1.0 + s - quarter).ln() + (1.0 + s * gamma - quarter).ln() / gamma
                - quarter / (gamma * s);
            close("Shannon", log_determinant(gamma, lambda), lambda.ln() + shannon, 1e-12);
        }
    }
}

#[test]
fn marchenko_pastur_down_to_tiny_ridges() {
    for gamma in [0.2, 0.999, 1.0, 1.3, 4.0] {
        let law = MarchenkoPastur::new(gamma).unwrap();
        for exponent in -12..=4 {
            let lambda = 10f64.powi(exponent);
            let what = format!("γ = {gamma}, λ = {lambda}");
            let m = inverse_trace(gamma, lambda);
            let one = Discrete::new(&[1.0], &[1.0]).unwrap();
            let solved = GeneralizedMarchenkoPastur::new(gamma, one).unwrap();
            let laws: [&dyn SpectralLaw; 2] = [&law, &solved];
            let exact = log_determinant(gamma, lambda);
            for law in laws {
                close(&what, law.inverse_trace(lambda).unwrap(), m, 1e-10 * m);
                let effective = law.effective_dimension(lambda).unwrap();
                // What is left of 1 − λm where that is small.
                let scale = effective.max(1e-4);
                close(&what, effective, 1.0 - lambda * m, 1e-10 * scale);
                let slack = 1e-10 * exact.abs().max(1.0);
                close(&what, law.log_determinant(lambda).unwrap(), exact, slack);
                let by = |f: &dyn Fn(f64) -> f64| law.expectation(f).unwrap();
                close(&what, by(&|x| (x + lambda).recip()), m, 1e-10 * m);
                close(&what, by(&|x| x / (x + lambda)), 1.0 - lambda * m, 1e-10 * scale);
                close(&what, by(&|x| (x + lambda).ln()), exact, slack);
            }
        }
    }
}

#[test]
fn ends_of_the_spectrum() {
    let law = MarchenkoPastur::new(0.25).unwrap();
    close("condition", law.condition_number(0.0).unwrap(), 9.0, 1e-12);
    close("with a ridge", law.condition_number(0.75).unwrap(), 3.0, 1e-12);
    close("∫ 1/x", law.inverse_trace(0.0).unwrap(), 1.0 / 0.75, 1e-10);
    // ∫ log x = −1 + (1 − 1/γ) log(1 − γ).
    let exact = -1.0 + (1.0 - 4.0) * 0.75f64.ln();
    close("∫ log x", law.log_determinant(0.0).unwrap(), exact, 1e-10);
    let wide = MarchenkoPastur::new(4.0).unwrap();
    close("an atom at 0", wide.condition_number(0.5).unwrap(), 9.5 / 0.5, 1e-11);
    for refused in [wide.condition_number(0.0), wide.inverse_trace(0.0), wide.log_determinant(0.0)]
    {
        assert!(refused.is_err());
    }
    let hard = MarchenkoPastur::new(1.0).unwrap();
    assert!(hard.inverse_trace(0.0).is_err() && hard.condition_number(0.0).is_err());
    close("∫ log x at a hard edge", hard.log_determinant(0.0).unwrap(), -1.0, 1e-10);
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(hard.inverse_trace(bad).is_err() && hard.log_determinant(bad).is_err());
        assert!(hard.effective_dimension(bad).is_err() && hard.condition_number(bad).is_err());
    }
    assert!(hard.effective_dimension(0.0).is_err());
}

/// A ratio that only rounding keeps from the mass of ν off 0: a hard edge, no atom.
#[test]
fn hard_edges_beside_zeros_of_d() {
    for keep in [0.1, 0.25, 0.42] {
        let law = LimitingSpectrum::new(keep, 1.0, Tanh, Bernoulli::new(keep).unwrap());
        assert_eq!(law.atoms().unwrap(), []);
        // tanh has b = 0: a Marchenko–Pastur law of ratio 1, scaled to its mean over the
        // fraction of neurons that are kept.
        let scale = law.mean().unwrap();
        close("∫ log x", law.log_determinant(0.0).unwrap(), scale.ln() - 1.0, 1e-9);
    }
}

#[test]
fn boxed_laws_have_sums() {
    let law: Box<dyn SpectralLaw> = Box::new(MarchenkoPastur::new(0.25).unwrap());
    close("∫ 1/x", law.inverse_trace(0.0).unwrap(), 1.0 / 0.75, 1e-10);
    close("mean", law.expectation(&|x| x).unwrap(), 1.0, 1e-10);
}

/// The derivative of the log-determinant is the inverse trace, for the kernel's law too.
#[test]
fn sums_of_the_kernel_belong_together() {
    for law in
        [LimitingSpectrum::new(1.0, 1.0, Relu, 1.0), LimitingSpectrum::new(2.0, 0.5, Tanh, 0.7)]
    {
        for lambda in [1e-10, 1e-5, 1e-2, 0.3, 5.0] {
            let step = 1e-3 * lambda;
            let rise = law.log_determinant(lambda + step).unwrap()
                - law.log_determinant(lambda - step).unwrap();
            let slope = law.inverse_trace(lambda).unwrap();
            // Central differences of a function of log λ: relative error (1e-3)²/3 at most.
            close("dL/dλ", rise / (2.0 * step), slope, 1e-6 * slope);
            let effective = law.effective_dimension(lambda).unwrap();
            close("1 − λm", effective, 1.0 - lambda * slope, 1e-9);
        }
    }
}

/// The kernel's law with a hard edge, against a program that tabulates nothing.
#[test]
fn kernel_with_a_hard_edge() {
    let reference = table("hard_edge.json");
    let law = LimitingSpectrum::new(1.0, 1.0, Relu, 1.0);
    let by = |f: &dyn Fn(f64) -> f64| law.expectation(f).unwrap();
    for entry in entries(&reference["ridges"]) {
        let lambda = number(&entry["lambda"]);
        let what = format!("λ = {lambda:e}");
        let m = number(&entry["inverse_trace"]);
        close(&what, law.inverse_trace(lambda).unwrap(), m, 1e-10 * m);
        close(&what, by(&|x| (x + lambda).recip()), m, 1e-10 * m);
        let effective = number(&entry["effective_dimension"]);
        close(&what, law.effective_dimension(lambda).unwrap(), effective, 1e-10 * effective);
        close(&what, by(&|x| x / (x + lambda)), effective, 1e-10 * effective);
        let log = number(&entry["log_determinant"]);
        close(&what, law.log_determinant(lambda).unwrap(), log, 1e-10 * log.abs());
        close(&what, by(&|x| (x + lambda).ln()), log, 1e-10 * log.abs());
    }
    let log = number(&reference["log"]);
    close("∫ log x", law.log_determinant(0.0).unwrap(), log, 1e-10);
    close("∫ log x", by(&f64::ln), log, 1e-10);
    for entry in entries(&reference["exponentials"]) {
        let (t, value) = (number(&entry["t"]), number(&entry["value"]));
        let what = format!("∫ exp(−2tx), t = {t:e}");
        close(&what, by(&|x| (-2.0 * t * x).exp()), value, 1e-10 * value);
    }
}

/// The log-determinant from the population law: with κ = 1/(γ1 m(−λ)) it is log(γ1 κ) − 1 +
/// λ/(γ1 κ) + (1/γ1) ∫ log(1 + t/κ) dν.
#[test]
fn log_determinants_from_the_population() {
    let two = diagonal::Discrete::new(&[0.3, 1.2], &[0.4, 0.6]).unwrap();
    let uniform = diagonal::Uniform::new(0.5, 1.5).unwrap();
    let laws = [
        LimitingSpectrum::new(0.3, 1.0, Relu, 1.0),
        LimitingSpectrum::new(1.0, 2.0, Gelu, two),
        LimitingSpectrum::new(1.0, 0.5, Relu, uniform),
        LimitingSpectrum::new(3.0, 0.4, Tanh, 0.7),
        LimitingSpectrum::new(0.25, 1.0, Tanh, Bernoulli::new(0.25).unwrap()),
        // c = 0: half of ν is at 0, and its density reaches down to 0.
        LimitingSpectrum::new(0.5, 1.0, Polynomial::new([0.0, 0.0, 0.5]).unwrap(), 1.0),
    ];
    for law in laws {
        let (gamma, scale) = (law.gamma1(), law.mean().unwrap());
        for exponent in -12..=2 {
            let lambda = scale * 10f64.powi(exponent);
            let kappa = 1.0 / (gamma * law.inverse_trace(lambda).unwrap());
            let population = law.population().expectation(&|t| (t / kappa).ln_1p()).unwrap();
            let exact = (gamma * kappa).ln() - 1.0 + lambda / (gamma * kappa) + population / gamma;
            let what = format!("{law:?} at λ = {lambda:e}");
            let slack = 1e-10 * exact.abs().max(1.0);
            close(&what, law.log_determinant(lambda).unwrap(), exact, slack);
            let direct = law.expectation(&|x| (x + lambda).ln()).unwrap();
            close(&what, direct, exact, slack);
        }
    }
}

/// ν of ReLU, γ2 = 1, D = 1 is half δ_c, half the law of c + b(y + y′) with y = 4 cos²φ of
/// weight 2 sin²φ/π: the trapezoidal rule in φ converges geometrically.
#[test]
fn population_of_the_kernel() {
    let law = LimitingSpectrum::new(1.0, 1.0, Relu, 1.0).population().clone();
    let (b, c) = Relu.moments().map(|m| (m.b(), m.c())).unwrap();
    let angles = (0..200).map(|k| std::f64::consts::PI * (f64::from(k) + 0.5) / 200.0);
    let rule: Vec<(f64, f64)> =
        angles.map(|a| (4.0 * a.cos().powi(2), a.sin().powi(2) / 100.0)).collect();
    let sum = |f: &dyn Fn(f64) -> f64| {
        let pairs = rule.iter().flat_map(|y| rule.iter().map(move |v| (y.0 + v.0, y.1 * v.1)));
        0.5 * f(c) + 0.5 * pairs.map(|(y, w)| w * f(c + b * y)).sum::<f64>()
    };
    close("mass", sum(&|_| 1.0), 1.0, 1e-13);
    for lambda in [0.0, 1e-12, 1e-6, 1e-3, 0.1, 1.0, 100.0] {
        let what = format!("λ = {lambda:e}");
        let inverse = sum(&|t| (t + lambda).recip());
        close(&what, law.inverse_trace(lambda).unwrap(), inverse, 1e-10 * inverse);
        let log = sum(&|t| (t + lambda).ln());
        close(&what, law.log_determinant(lambda).unwrap(), log, 1e-10 * log.abs().max(1.0));
        if lambda > 0.0 {
            let effective = sum(&|t| t / (t + lambda));
            let found = law.effective_dimension(lambda).unwrap();
            close(&what, found, effective, 1e-10 * effective);
        }
    }
    for power in [-2.0, 0.5, 3.0, 20.0] {
        let exact = sum(&|t| t.powf(power));
        close("power", law.expectation(&|t| t.powf(power)).unwrap(), exact, 1e-10 * exact);
    }
}

#[test]
fn laws_without_their_zeros() {
    // Ratio 4: three quarters of the mass are at 0.
    let law = MarchenkoPastur::new(4.0).unwrap();
    let positive = PositivePart::new(&law).unwrap();
    for exponent in -12..=2 {
        let lambda = 10f64.powi(exponent);
        let (what, m) = (format!("λ = {lambda:e}"), inverse_trace(4.0, lambda));
        // m − 3/(4λ) = (m of ratio 1/4, scaled by 4)/4, without the cancellation.
        let inverse = inverse_trace(0.25, lambda / 4.0) / 4.0;
        close(&what, 0.75 / lambda + inverse / 4.0, m, 1e-14 * m);
        close(&what, positive.inverse_trace(lambda).unwrap(), inverse, 1e-10 * inverse);
        let effective = 1.0 - lambda * inverse;
        let found = positive.effective_dimension(lambda).unwrap();
        close(&what, found, effective, 1e-10 * effective);
        let log = 4f64.ln() + log_determinant(0.25, lambda / 4.0);
        close(&what, positive.log_determinant(lambda).unwrap(), log, 1e-10 * log.abs().max(1.0));
    }
}

#[test]
fn atoms_alone() {
    let (places, weights) = ([0.0, 1e-9, 0.5, 3.0], [0.125, 0.25, 0.5, 0.125]);
    let law = Discrete::new(&places, &weights).unwrap();
    let sum =
        |f: &dyn Fn(f64) -> f64| places.iter().zip(&weights).map(|(t, w)| w * f(*t)).sum::<f64>();
    for exponent in -12..=2 {
        let lambda = 3.0 * 10f64.powi(exponent);
        let what = format!("λ = {lambda:e}");
        let inverse = sum(&|x| (x + lambda).recip());
        close(&what, law.inverse_trace(lambda).unwrap(), inverse, 1e-14 * inverse);
        let effective = sum(&|x| x / (x + lambda));
        close(&what, law.effective_dimension(lambda).unwrap(), effective, 1e-13 * effective);
        let log = sum(&|x| (x + lambda).ln());
        close(&what, law.log_determinant(lambda).unwrap(), log, 1e-12 * log.abs().max(1.0));
    }
}

/// ∫ dμ/x where the support reaches 0: finite if the density vanishes there.
#[test]
fn inverse_traces_without_a_ridge() {
    let root = |x: f64| (x * (4.0 - x)).max(0.0).sqrt() / std::f64::consts::TAU;
    let semicircle = TabulatedLaw::from_density(root, &[(0.0, 4.0)], &[], 1e-10).unwrap();
    close("semicircle", semicircle.inverse_trace(0.0).unwrap(), 1.0, 1e-9);
    let ramp = TabulatedLaw::from_density(|x| x / 2.0, &[(0.0, 2.0)], &[], 1e-10).unwrap();
    close("ramp", ramp.inverse_trace(0.0).unwrap(), 1.0, 1e-10);
    let zero = [Atom { location: 0.0, mass: 0.5 }];
    let half = TabulatedLaw::from_density(|x| x / 4.0, &[(0.0, 2.0)], &zero, 1e-10).unwrap();
    let uniform = Uniform::new(0.0, 1.0).unwrap();
    let hard = LimitingSpectrum::new(1.0, 1.0, Relu, 1.0);
    let infinite: [&dyn SpectralLaw; 3] = [&half, &uniform, &hard];
    for law in infinite {
        let refused = law.inverse_trace(0.0);
        let lambda = matches!(refused, Err(Error::InvalidParameter { name: "lambda", .. }));
        assert!(lambda, "{refused:?}");
    }
}

#[test]
fn singular_and_narrow_functions() {
    let law = MarchenkoPastur::new(1.0).unwrap();
    let by = |f: &dyn Fn(f64) -> f64| law.expectation(f).unwrap();
    // The logarithmic potential of the law inside its support, ∫ log|x − u| = u/2 − 1.
    for u in [1e-9, 0.1, 1.1, 2.0, 3.9] {
        close("potential", by(&|x| (x - u).abs().ln()), 0.5 * u - 1.0, 1e-9);
        let cdf = law.cdf(u).unwrap();
        close("step", by(&|x| f64::from(x <= u)), cdf, 1e-9 * cdf);
    }
    // Moments of every order above −1/2: with x = 4 sin²φ, 2/π · 4^a B(a + 1/2, 3/2).
    let gamma = statrs::function::gamma::gamma;
    for power in [-0.4, -0.1, 0.3, 7.5, 40.0] {
        let beta = gamma(power + 0.5) * gamma(1.5) / gamma(power + 2.0);
        let exact = std::f64::consts::FRAC_2_PI * 4f64.powf(power) * beta;
        close("power", by(&|x| x.powf(power)), exact, 1e-10 * exact);
    }
    // What is smaller than any number is 0.
    let soft = MarchenkoPastur::new(0.25).unwrap();
    for t in [1e3, 1.45e3, 1.49e3, 1e4, 1e300] {
        let found = soft.expectation(&|x| (-2.0 * t * x).exp()).unwrap();
        assert!((0.0..1e-200).contains(&found), "{found:e}");
    }
    for scale in [1e-300, 1e-200, 1e200, 1e300] {
        let (found, exact) = (by(&|x| scale * x.min(1.0)), scale * by(&|x| x.min(1.0)));
        close("scale", found, exact, 1e-10 * exact);
    }
    // An edge away from 0, at which f is infinite, within the rounding of x.
    let edge = soft.expectation(&|x| (x - 0.25).ln()).unwrap();
    let near = soft.expectation(&|x| (x - 0.25 + 1e-9).ln()).unwrap();
    // ∫ 1/(x − e) = −G(e) = 4.
    close("edge", edge, near - 4e-9, 1e-10);
}

/// High moments of a table live next to its upper end.
#[test]
fn high_moments_of_a_table() {
    let uniform = Uniform::new(0.0, 1.0).unwrap();
    for k in [0, 1, 7, 8, 50, 1000, 1_000_000] {
        let exact = 1.0 / (f64::from(k) + 1.0);
        close("moment", uniform.moment(k).unwrap(), exact, 1e-10 * exact);
    }
    assert!(Uniform::new(1.0, 2.0).unwrap().moment(2000).is_err());
}

/// What cannot be integrated is an error with the place.
#[test]
fn integrands_without_an_integral() {
    let law = MarchenkoPastur::new(1.0).unwrap();
    let atoms = Discrete::new(&[0.0, 1.0], &[0.5, 0.5]).unwrap();
    let laws: [&dyn SpectralLaw; 2] = [&law, &atoms];
    for law in laws {
        let found = law.expectation(&|_| f64::NAN);
        let nan = matches!(found, Err(Error::InvalidValue { value, .. }) if value.is_nan());
        assert!(nan, "{found:?}");
        let found = law.expectation(&|x| if x < 0.5 { 0.0 } else { f64::INFINITY });
        assert!(matches!(found, Err(Error::InvalidValue { at, .. }) if at >= 0.5), "{found:?}");
    }
    let found = atoms.expectation(&f64::ln);
    assert!(matches!(found, Err(Error::InvalidValue { at: 0.0, .. })), "{found:?}");
    assert!(law.expectation(&f64::recip).is_err());
    assert!(law.expectation(&|x| x.powf(-0.6)).is_err());
    let pole = law.expectation(&|x| (x - 1.1).recip());
    let there = |at: f64| (at - 1.1).abs() < 1e-6;
    assert!(matches!(pole, Err(Error::NotConverged { at, .. }) if there(at)), "{pole:?}");
    let wave = law.expectation(&|x| (1e12 * x).cos());
    assert!(matches!(wave, Err(Error::NotConverged { .. })), "{wave:?}");
}
