//! Matrices and lists from .npy and .csv files.

use std::fs::File;
use std::path::Path;

use ndarray_npy::{ReadNpyError, ReadNpyExt, ReadableElement};
use ntk_spectrum::ndarray::{Array, Array1, Array2, ArrayD, Axis};

use crate::failure::Failure;

/// Reads a matrix; a list is one of one column.
pub fn matrix(path: &Path) -> Result<Array2<f64>, Failure> {
    let kind = path.extension().and_then(|kind| kind.to_str()).map(str::to_ascii_lowercase);
    let matrix = match kind.as_deref() {
        Some("npy") => npy(path),
        Some("csv") => csv(path),
        _ => Err("files end in .npy or .csv".into()),
    };
    matrix.map_err(|reason| Failure::Run(format!("{}: {reason}", path.display())))
}

/// Reads a list: a matrix of one column or one row.
pub fn list(path: &Path) -> Result<Array1<f64>, Failure> {
    let matrix = matrix(path)?;
    match matrix.dim() {
        (_, 1) => Ok(matrix.index_axis_move(Axis(1), 0)),
        (1, _) => Ok(matrix.index_axis_move(Axis(0), 0)),
        (rows, columns) => Err(Failure::Run(format!(
            "{}: {rows} × {columns} numbers, where one row or one column is wanted",
            path.display()
        ))),
    }
}

fn npy(path: &Path) -> Result<Array2<f64>, String> {
    let array: ArrayD<f64> = match typed::<f64>(path)? {
        Some(array) => array,
        None => typed::<f32>(path)?
            .ok_or("its numbers are neither float64 nor float32; x.astype(float) converts")?
            .mapv(f64::from),
    };
    let shape = array.shape().to_vec();
    let array = if shape.len() == 1 { array.insert_axis(Axis(1)) } else { array };
    array.into_dimensionality().map_err(|_| format!("an array of shape {shape:?} is no matrix"))
}

/// `None` if its numbers are of another type.
fn typed<T: ReadableElement>(path: &Path) -> Result<Option<ArrayD<T>>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    match Array::read_npy(file) {
        Ok(array) => Ok(Some(array)),
        Err(ReadNpyError::WrongDescriptor(_)) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

fn csv(path: &Path) -> Result<Array2<f64>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_path(path)
        .map_err(|error| error.to_string())?;
    let (mut numbers, mut columns) = (Vec::new(), 0);
    for (row, record) in reader.records().enumerate() {
        // Rows of different lengths are errors of the reader, which name the line.
        let record = record.map_err(|error| error.to_string())?;
        columns = record.len();
        let names = |field: &str| field.parse::<f64>().is_err();
        if row == 0 && record.iter().all(names) {
            continue;
        }
        for (column, field) in record.iter().enumerate() {
            let line = record.position().map_or(row as u64 + 1, csv::Position::line);
            let number = field.parse().map_err(|_| {
                format!("line {line}, column {}: '{field}' is no number", column + 1)
            })?;
            numbers.push(number);
        }
    }
    let rows = numbers.len().checked_div(columns).unwrap_or(0);
    Array2::from_shape_vec((rows, columns), numbers).map_err(|error| error.to_string())
}
