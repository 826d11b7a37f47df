//! What a mean over a few random probes may be off by.

/// By how much the standard error of a mean over 2, 3, … 6 samples has to be larger for two
/// of them to hold the truth as often as those of a normal law do (95.45 %): half the
/// quantile of Student's law with 1, 2, … 5 degrees of freedom.
const STUDENT: [f64; 5] = [6.9839, 2.2633, 1.6534, 1.4347, 1.3243];

/// The same from 6 degrees of freedom on, to 0.6 %: expanded in their inverse.
fn student(freedom: usize) -> f64 {
    let inverse = 1.0 / freedom as f64;
    let expanded = 1.0 + inverse * (1.25 + 1.53125 * inverse);
    freedom.checked_sub(1).and_then(|place| STUDENT.get(place)).copied().unwrap_or(expanded)
}

/// How many times the standard deviation of 2, 3, … 6 samples of a normal law its own may be:
/// it is more in 4.55 % of the cases.
const SPREAD: [f64; 5] = [17.5263, 4.6340, 3.0200, 2.4362, 2.1364];

/// The same from 6 degrees of freedom on, to 0.6 %: Wilson and Hilferty's approximation of
/// the law of χ², with the quantile of the normal law.
fn most_spread(freedom: usize) -> f64 {
    const QUANTILE: f64 = -1.6901;
    let ninth = 2.0 / (9.0 * freedom as f64);
    let approximated = (1.0 - ninth + QUANTILE * ninth.sqrt()).powf(-1.5);
    freedom.checked_sub(1).and_then(|place| SPREAD.get(place)).copied().unwrap_or(approximated)
}

/// What the mean of some samples may be off by: their spread, with the factor of Student's
/// law. Where the standard deviation of one sample is known to be at most `deviation`, that
/// is better, unless the samples show that it is less. A single sample has no spread.
pub(super) fn sampling_error(samples: &[f64], deviation: Option<f64>) -> Option<f64> {
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let spread = samples.iter().map(|sample| sample - mean).fold(0.0, f64::hypot);
    let freedom = samples.len().saturating_sub(1);
    let spread = (freedom > 0).then(|| spread / (freedom as f64).sqrt());
    let one = match (deviation, spread) {
        (Some(known), Some(spread)) => Some(known.min(most_spread(freedom) * spread)),
        (None, Some(spread)) => Some(student(freedom) * spread),
        (known, None) => known,
    };
    one.map(|one| one / count.sqrt())
}

/// The straight line closest to a function under a law of finitely many nodes.
pub(super) struct Regression {
    /// The slope against `unit`, apart since their quotient might overflow.
    slope: f64,
    unit: f64,
    /// The standard deviation of what the line leaves of the function.
    pub(super) deviation: f64,
}

impl Regression {
    /// Of triples of a node, the function there, and a weight; a constant instead of a line
    /// unless `sloping`.
    pub(super) fn new(triples: &[(f64, f64, f64)], sloping: bool) -> Self {
        let total: f64 = triples.iter().map(|triple| triple.2).sum();
        let mean = |value: fn(&(f64, f64, f64)) -> f64| {
            triples.iter().map(|triple| triple.2 / total * value(triple)).sum::<f64>()
        };
        let (x, f) = (mean(|triple| triple.0), mean(|triple| triple.1));
        let unit = triples.iter().map(|triple| (triple.0 - x).abs()).fold(0.0, f64::max);
        let (mut covariance, mut variance) = (0.0, 0.0);
        for (node, value, weight) in triples {
            let u = (node - x) / unit;
            covariance += weight * u * (value - f);
            variance += weight * u * u;
        }
        let slope = if sloping && variance > 0.0 { covariance / variance } else { 0.0 };
        let line = Self { slope, unit, deviation: 0.0 };
        let rests = triples.iter().map(|(node, value, weight)| {
            (weight / total).sqrt() * (value - f - line.rise(node - x))
        });
        Self { deviation: rests.fold(0.0, f64::hypot), ..line }
    }

    /// By how much the line rises over a distance.
    pub(super) fn rise(&self, distance: f64) -> f64 {
        if self.slope == 0.0 { 0.0 } else { self.slope * (distance / self.unit) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scipy.stats.t.ppf(0.5 + 0.9544997361036416 / 2, ν) / 2
    #[test]
    fn factors_of_student() {
        for (freedom, exact) in
            [(1, 6.9839), (3, 1.6534), (6, 1.2583), (12, 1.1157), (1000, 1.0013)]
        {
            assert!((student(freedom) / exact - 1.0).abs() < 0.006, "{freedom}");
        }
    }

    /// sqrt(ν / scipy.stats.chi2.ppf(1 - 0.9544997361036416, ν))
    #[test]
    fn limits_of_spreads() {
        for (freedom, exact) in [(1, 17.5263), (3, 3.02), (6, 1.953), (8, 1.7383), (12, 1.5337)] {
            assert!((most_spread(freedom) / exact - 1.0).abs() < 0.006, "{freedom}");
        }
    }

    #[test]
    fn regressions() {
        let line = |x: f64| (x, 2.0 - 3.0 * x, 1.0 + x);
        let exact = Regression::new(&[0.0, 1.0, 4.0].map(line), true);
        assert!((exact.rise(2.0) + 6.0).abs() < 1e-14 && exact.deviation < 1e-14);
        // x² at −1, 0, 1 has no slope, and the variance of 1, 0, 1.
        let square = Regression::new(&[-1.0, 0.0, 1.0].map(|x: f64| (x, x * x, 5.0)), true);
        assert!(square.rise(1.0).abs() < 1e-15);
        assert!((square.deviation - (2.0_f64 / 9.0).sqrt()).abs() < 1e-15);
        let one = Regression::new(&[(3.0, 4.0, 1.0)], true);
        assert_eq!((one.rise(1.0), one.deviation), (0.0, 0.0));
        // f = 1/x at the scale of 10⁻³⁰⁰.
        let small = |x: f64| (x * 1e-300, 1e300 / x, 1.0);
        let line = Regression::new(&[1.0, 2.0, 3.0].map(small), true);
        assert!((line.rise(1e-300) / 1e300 + 1.0 / 3.0).abs() < 1e-14);
    }
}
