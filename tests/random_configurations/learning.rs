//! Identities of training and generalisation.

use ntk_spectrum::law::SpectralLaw;
use ntk_spectrum::learning::{ConjugateGradient, GradientFlow, RandomEffects, Regression, Ridge};
use ntk_spectrum::num_complex::Complex64;
use ntk_spectrum::{Error, LimitingSpectrum};

/// Ridges, in units of the mean.
const RIDGES: [f64; 4] = [1e-3, 0.1, 1.0, 30.0];

const SIGNAL: f64 = 1.3;
const NOISE: f64 = 0.7;

/// What does not hold, in words.
struct Wrong(Vec<String>);

impl Wrong {
    fn close(&mut self, what: &str, found: f64, expected: f64, accuracy: f64) {
        let off = (found / expected - 1.0).abs();
        if off.is_nan() || off >= accuracy {
            self.0.push(format!("{what}: {found} not {expected}"));
        }
    }

    fn holds(&mut self, what: &str, holds: bool) {
        if !holds {
            self.0.push(what.to_owned());
        }
    }
}

pub fn check(law: &LimitingSpectrum) -> Result<Vec<String>, Error> {
    let mut wrong = Wrong(Vec::new());
    let mean = law.mean()?;
    if mean == 0.0 {
        // Nothing is learned.
        let errors = Regression::new(law, RandomEffects::new(SIGNAL, NOISE)?).ridge(1.0)?;
        wrong.close("null risk", errors.test, NOISE, 1e-14);
        wrong.close("null risk, training", errors.training, NOISE, 1e-14);
        return Ok(wrong.0);
    }
    let regression = Regression::new(law, RandomEffects::new(SIGNAL, NOISE)?);
    for lambda in RIDGES.map(|ridge| ridge * mean) {
        let found = regression.ridge(lambda)?;
        let free = 1.0 - found.degrees_of_freedom;
        let parts = found.training / (free * free);
        // 1 − df1/γ1 loses digits where little is left.
        wrong.close("gcv is the test error", parts, found.gcv, 1e-10 / free);
        // From μ alone, which does not cancel here.
        let (m, slope) = law.stieltjes_with_derivative(Complex64::new(-lambda, 0.0))?;
        let (m, slope) = (m.re, slope.re);
        let test = SIGNAL / m + (NOISE - SIGNAL * lambda) * slope / (m * m);
        wrong.close("test error from m", found.test, test, 1e-7);
        wrong.close("training error from m", found.training, (lambda * m).powi(2) * test, 1e-7);
        let filtered = regression.errors(&Ridge::new(lambda)?)?;
        wrong.close("test error by filter", filtered.test, found.test, 1e-9);
        wrong.close("training error by filter", filtered.training, found.training, 1e-9);
        let step = 1e-4;
        let rise = regression.log_determinant(lambda * (1.0 + step))?
            - regression.log_determinant(lambda * (1.0 - step))?;
        wrong.close("dL/dλ = m(−λ)", rise / (2.0 * step * lambda), m, 1e-6);
        // Of any sign, near 0 and near −1, where 1 + log det cancels.
        let expected = law.log_determinant(lambda)?;
        let size = expected.abs().max((1.0 + expected).abs());
        wrong.close(
            "log det of ν and of μ",
            1.0 + (regression.log_determinant(lambda)? - expected) / size,
            1.0,
            1e-8,
        );
    }
    let best = regression.optimal_ridge()?;
    wrong.close("the best ridge", best.lambda, NOISE / SIGNAL, 1e-15);
    let [below, above] =
        [1.0 - 1e-3, 1.0 + 1e-3].map(|factor| regression.ridge(factor * best.lambda));
    let (below, above) = (below?.test, above?.test);
    wrong.holds("the best ridge is a minimum", below.min(above) >= best.test * (1.0 - 1e-12));
    wrong.close("its slope is 0", 1.0 + (above - below) / best.test, 1.0, 1e-8);
    let null = SIGNAL * mean + NOISE;
    wrong.close("λ → ∞", regression.ridge(1e14 * mean * law.gamma1().max(1.0))?.test, null, 1e-9);
    let [few, many] = [1e-10, 1e10]
        .map(|gamma1| LimitingSpectrum::from_population(gamma1, law.population().clone()));
    let error = |law: &LimitingSpectrum| {
        Regression::new(law, RandomEffects::new(SIGNAL, NOISE)?).ridge(mean).map(|r| r.test)
    };
    wrong.close("γ1 → 0", error(&few?)?, null, 1e-6);
    wrong.close("γ1 → ∞", error(&many?)?, NOISE, 1e-6);
    let lowest = law.support()?.first().map_or(0.0, |interval| interval.lower.location);
    if lowest > 1e-9 * mean {
        let flow = regression.errors(&GradientFlow::new(100.0 / lowest)?)?;
        let last = regression.ridge(0.0)?;
        wrong.close("t → ∞", flow.test, last.test, 1e-8);
        wrong.close("t → ∞, training", 1.0 + flow.training, 1.0 + last.training, 1e-8);
    }
    let solver = ConjugateGradient::new(law, 0.1 * mean)?;
    let (residuals, least) = (solver.residuals(12)?, solver.minres_residuals(12)?);
    // Conjugate gradients minimise another norm, in which they need not fall.
    let falls = least.windows(2).into_iter().all(|pair| pair[1] < pair[0] || pair[1] == 0.0);
    wrong.holds("minimal residuals fall", falls);
    let above = residuals.iter().zip(&least).all(|(residual, least)| residual >= least);
    wrong.holds("minimal residuals are minimal", above);
    Ok(wrong.0)
}
