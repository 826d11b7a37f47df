//! All that is said of X.

use super::bounds::FEWEST;
use super::centred::Centred;
use super::spread::Spread;
use super::{columns, duplicates, rows};
use crate::Error;
use crate::ntk::NtkWarning;
use crate::ntk::slabs::Slabs;
use crate::ntk::standardise::Moments;

/// What about X is not in the model, from the moments of its columns too.
pub(in crate::ntk) fn input_warnings(
    x: &Slabs,
    columns: &[Moments],
) -> Result<Vec<NtkWarning>, Error> {
    let (n, d) = (x.rows(), x.columns());
    let mut warnings = Vec::new();
    if n < d {
        warnings.push(NtkWarning::FewSamples { samples: n, columns: d });
    }
    if n < 2 {
        return Ok(warnings);
    }
    let all = || columns.iter().copied().enumerate();
    let constant: Vec<usize> =
        all().filter(|(_, moments)| moments.constant()).map(|(column, _)| column).collect();
    if !constant.is_empty() {
        warnings.push(NtkWarning::ConstantColumns { columns: constant });
    }
    let varying: Vec<_> = all().filter(|(_, moments)| !moments.constant()).collect();
    let centred = Centred::new(x, columns);
    let Some(x) = centred else {
        // Of such numbers the moments of single columns are known at most.
        warnings.extend(columns::warnings(&varying, f64::NAN, f64::NAN));
        return Ok(warnings);
    };
    let lengths = rows::lengths(&x);
    let spread = Spread::new(&x, &lengths);
    warnings.extend(columns::warnings(&varying, x.kurtosis(), d as f64 / spread.h2));
    if n >= FEWEST {
        let said = |warning: &NtkWarning| matches!(warning, NtkWarning::ColumnVariances { .. });
        let said = warnings.iter().any(said);
        warnings.extend(spread.warning(d, varying.len(), said));
        warnings.extend(rows::length_warning(&x, &lengths, spread.h2));
        warnings.extend(rows::tail_warning(&x));
    }
    warnings.extend(duplicates::warning(&x, spread.directions(d))?);
    Ok(warnings)
}
