//! What is done to X before a kernel is made of it.

use ntk_spectrum::ndarray::{Array2, Axis};

use crate::failure::Failure;

/// Relative size of deviations that are rounding.
const ROUNDING: f64 = 1e-12;

/// Centres the columns, leaves out those that are constant, unless all are wanted, and divides
/// everything by the root of its mean square; and says so.
pub fn centre_and_scale(
    x: Array2<f64>,
    all_columns: bool,
) -> Result<(Array2<f64>, Vec<String>), Failure> {
    let Some(mean) = x.mean_axis(Axis(0)) else {
        return Err(Failure::Run("X has no rows".into()));
    };
    let sizes = x.fold_axis(Axis(0), 0.0, |most: &f64, entry| most.max(entry.abs()));
    let mut centred = x - &mean;
    let varying = |column: &usize| {
        let deviations = centred.column(*column);
        deviations.iter().any(|entry| entry.abs() > ROUNDING * sizes[*column])
    };
    let (kept, constant): (Vec<usize>, Vec<usize>) =
        (0..centred.ncols()).partition(|column| varying(column));
    // Of these, only rounding is left.
    for column in &constant {
        centred.column_mut(*column).fill(0.0);
    }
    let mut notes = Vec::new();
    let mut x = centred;
    if !constant.is_empty() {
        let named: Vec<String> = constant.iter().map(usize::to_string).collect();
        let what = if all_columns { "kept, since W has a row for each" } else { "left out" };
        notes.push(format!("constant columns, {what}: {}", named.join(", ")));
        if !all_columns {
            x = x.select(Axis(1), &kept);
        }
    }
    let square = x.iter().map(|entry| entry * entry).sum::<f64>() / x.len().max(1) as f64;
    if !(square > 0.0 && square.is_finite()) {
        return Err(Failure::Run("X is constant, or its squares are too large for numbers".into()));
    }
    let scale = square.sqrt();
    notes.push(format!("centred, and divided by {scale:.4}"));
    Ok((x / scale, notes))
}
