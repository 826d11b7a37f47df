//! Tables and the picture.

use std::fmt::Write;

use ntk_spectrum::empirical::{CovarianceSpectrum, Split};
use ntk_spectrum::ndarray::Axis;
use ntk_spectrum::plot::{Line, LineStyle, Overlay};
use ntk_spectrum::prelude::*;

use crate::args::Run;
use crate::data::Data;
use crate::laws::{Laws, end, transform_error};

/// What is known of the covariance, and what of the rows and neurons follows from it.
pub fn covariance(covariance: &CovarianceSpectrum, data: &Data) -> String {
    let conditions = covariance.conditions(data.w.ncols());
    let mut text = format!("covariance of the rows\n{conditions}\n");
    let squares = data.x.map_axis(Axis(1), |row| row.dot(&row));
    let found = squares.std(0.0) / squares.mean().unwrap_or(f64::NAN);
    let expected = conditions.row_norm_spread;
    let _ = writeln!(
        text,
        "spread of |x|^2      {found:.4}, of Gaussian rows with this covariance {expected:.4}"
    );
    text
}

/// The laws side by side, each with what the sample has below its outliers.
pub fn laws(laws: &Laws, spectrum: &EmpiricalSpectrum) -> Result<String, Error> {
    let mut text = format!("{:<26}", "law");
    for head in ["mean", "10 %", "median", "90 %", "end", "KS", "transform"] {
        let _ = write!(text, "{head:>10}");
    }
    text.push('\n');
    let mut row = |name: &str, law: Result<&dyn SpectralLaw, Error>| {
        // Not every law can be solved for; the others are of use without it.
        match law.and_then(|law| figures(laws, spectrum, law)) {
            Ok((figures, off)) => {
                let cells: String =
                    figures.iter().map(|figure| format!("{figure:>10.4}")).collect();
                let _ = writeln!(text, "{name:<26}{cells}{:>8.1} %", 100.0 * off);
            }
            Err(error) => {
                let _ = writeln!(text, "{name:<26}{error}");
            }
        }
    };
    row("isotropic rows", Ok(&laws.isotropic));
    row("with the covariance", Ok(&laws.covarying));
    row("isotropic, at this size", laws.finite.bulk().map(|bulk| bulk.law() as &dyn SpectralLaw));
    let bulk = laws.bulk(spectrum, &laws.covarying)?;
    let mut cells = format!("{:>10.4}", bulk.mean());
    for q in [0.1, 0.5, 0.9] {
        let _ = write!(cells, "{:>10.4}", bulk.quantile(q)?);
    }
    let _ = writeln!(text, "{:<26}{cells}{:>10.4}", "sample, bulk", bulk.max());
    text.push_str("KS: Kolmogorov–Smirnov distance; transform: relative error at three points\n");
    Ok(text)
}

/// Mean, quantiles, end and distance of a law, and the error of its transform.
fn figures(
    laws: &Laws,
    spectrum: &EmpiricalSpectrum,
    law: &dyn SpectralLaw,
) -> Result<([f64; 6], f64), Error> {
    let quantile = |q| law.quantile(q);
    let bulk = laws.bulk(spectrum, law)?;
    let distance = bulk.kolmogorov_smirnov(law)?;
    let quantiles = (quantile(0.1)?, quantile(0.5)?, quantile(0.9)?);
    let figures = [law.mean()?, quantiles.0, quantiles.1, quantiles.2, end(law)?, distance];
    Ok((figures, transform_error(&bulk, law)?))
}

/// The bulk under two laws.
pub fn picture<'a>(laws: &'a Laws, split: &'a Split, run: &Run) -> Overlay<'a> {
    let data = run.x.as_ref().map_or_else(
        || "two clusters, a power law of variances".to_owned(),
        |path| path.display().to_string(),
    );
    Overlay::from_split(split, &laws.covarying)
        .with_title(format!("{data}: {}", run.activation))
        .with_line("law with the covariance")
        .with_law(&laws.isotropic, Line::new("law of isotropic rows").with_style(LineStyle::Dashed))
        .with_log_x()
}
