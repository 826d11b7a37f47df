//! Figures of a report.

/// The quantiles that are compared.
pub(super) const LEVELS: [f64; 7] = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99];

/// Sizes that are written as decimals, in at most 12 characters.
const DECIMAL: std::ops::Range<f64> = 1e-4..1e7;

/// Seven significant digits, narrower than a column of 14 whatever the size.
pub(super) fn figure(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !DECIMAL.contains(&value.abs()) {
        return format!("{value:.6e}");
    }
    let digits = 6.0 - value.abs().log10().floor();
    format!("{value:.*}", digits as usize)
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_fit_their_column() {
        for (value, text) in [
            (0.0, "0"),
            (0.005, "0.005000000"),
            (1e-5, "1.000000e-5"),
            (-1.234_567_89e-300, "-1.234568e-300"),
            (1_234_567.0, "1234567"),
            (1e300, "1.000000e300"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(figure(value), text);
        }
        for exponent in -300..300 {
            assert!(figure(-9.999_999_9 * 10f64.powi(exponent)).len() <= 14);
        }
    }
}
