//! `SpectralSums` of laws: closed forms, hard edges, small ridges.

mod common;

use common::close;
use ntk_spectrum::LimitingSpectrum;
use ntk_spectrum::activation::{Relu, Tanh};
use ntk_spectrum::diagonal::Bernoulli;
use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw, SpectralSums};

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
            close(&what, law.inverse_trace(lambda).unwrap(), m, 1e-9 * m);
            let effective = law.effective_dimension(lambda).unwrap();
            close(&what, effective, 1.0 - lambda * m, 1e-10);
            let exact = log_determinant(gamma, lambda);
            close(&what, law.log_determinant(lambda).unwrap(), exact, 1e-9 * exact.abs().max(1.0));
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
