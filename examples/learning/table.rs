//! Predicted and sampled errors as a table.

use std::fmt::{Display, Formatter, Result as Written};

use ntk_spectrum::empirical::Estimate;

/// Errors at some places.
pub struct Table {
    pub title: String,
    /// What the places are.
    pub place: &'static str,
    pub places: Vec<f64>,
    pub columns: Vec<Column>,
}

/// One kind of error: as it is predicted, and as it was sampled.
pub struct Column {
    pub name: &'static str,
    pub predicted: Vec<f64>,
    pub sampled: Vec<Estimate>,
}

impl Column {
    /// Root mean square of the relative deviations.
    fn deviation(&self) -> f64 {
        let pairs = self.predicted.iter().zip(&self.sampled);
        let squares = pairs.map(|(predicted, sampled)| (sampled.mean / predicted - 1.0).powi(2));
        (squares.sum::<f64>() / self.predicted.len() as f64).sqrt()
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter) -> Written {
        writeln!(f, "{}", self.title)?;
        write!(f, "{:>8}", self.place)?;
        for column in &self.columns {
            write!(f, "   {:<31}", format!("{}: predicted, sampled", column.name))?;
        }
        writeln!(f)?;
        for (row, place) in self.places.iter().enumerate() {
            write!(f, "{:>8}", short(*place))?;
            for Column { predicted, sampled, .. } in &self.columns {
                let spread = sampled[row]
                    .standard_error
                    .map_or_else(String::new, |error| format!("± {}", figure(error)));
                let (predicted, mean) = (figure(predicted[row]), figure(sampled[row].mean));
                write!(f, "   {predicted:>9} {mean:>9} {spread:<11}")?;
            }
            writeln!(f)?;
        }
        for column in &self.columns {
            let percent = 100.0 * column.deviation();
            writeln!(f, "{}: off by {percent:.2} % (root mean square)", column.name)?;
        }
        Ok(())
    }
}

fn figure(x: f64) -> String {
    if x == 0.0 || x >= 1e-3 { format!("{x:.5}") } else { format!("{x:.2e}") }
}

/// As it is, if it is not too long.
fn short(place: f64) -> String {
    match place.to_string() {
        text if text.len() <= 8 => text,
        _ => format!("{place:.2e}"),
    }
}
