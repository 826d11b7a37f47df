//! The trait `Teacher`, and what all teachers do: noise, and a check.

use std::sync::Arc;

use ndarray::{Array1, ArrayView2};
use rand_distr::{Distribution, StandardNormal};

use crate::ensemble::{Matrix, Rows};
use crate::forward::forward;
use crate::ntk::NtkOperator;
use crate::watch::Watch;
use crate::{Error, arguments};

/// Where targets come from: a function drawn from a seed, and noise.
///
/// # Examples
///
/// A teacher of one's own: one coordinate, without noise.
///
/// ```
/// use ntk_spectrum::Error;
/// use ntk_spectrum::empirical::learning::Teacher;
/// use ntk_spectrum::ndarray::{Array1, ArrayView2};
/// use ntk_spectrum::ntk::NtkOperator;
///
/// #[derive(Debug)]
/// struct FirstCoordinate;
///
/// impl Teacher for FirstCoordinate {
///     fn draw(
///         &self,
///         x: ArrayView2<f64>,
///         _kernel: &NtkOperator,
///         _first: usize,
///         _seed: u64,
///     ) -> Result<Array1<f64>, Error> {
///         Ok(x.column(0).to_owned())
///     }
/// }
/// ```
pub trait Teacher: std::fmt::Debug + Send + Sync {
    /// Draws the targets at the points `x`, one in each row, of which `kernel` is the kernel:
    /// those of the rows from `first` on of all the points of this seed. The same seed means
    /// the same function, and each row has noise of its own.
    ///
    /// # Errors
    /// Whatever the teacher may fail with.
    fn draw(
        &self,
        x: ArrayView2<'_, f64>,
        kernel: &NtkOperator,
        first: usize,
        seed: u64,
    ) -> Result<Array1<f64>, Error>;
}

forward! {
    Teacher for [&T, Box<T>, Arc<T>] {
        fn draw(
            &self,
            x: ArrayView2<'_, f64>,
            kernel: &NtkOperator,
            first: usize,
            seed: u64
        ) -> Result<Array1<f64>, Error>;
    }
}

/// A random matrix of standard normal entries, some of its rows.
pub(super) fn normal(
    matrix: Matrix,
    range: std::ops::Range<usize>,
    columns: usize,
    seed: u64,
) -> Result<ndarray::Array2<f64>, Error> {
    let entry = |rng: &mut dyn rand::Rng| StandardNormal.sample(rng);
    Rows { matrix, seed, columns, entry: &entry }.draw(range, &Watch::default())
}

/// Adds the noise of the rows from `first` on; what comes out is finite.
pub(super) fn with_noise(
    mut targets: Array1<f64>,
    variance: f64,
    first: usize,
    seed: u64,
) -> Result<Array1<f64>, Error> {
    if variance > 0.0 {
        let end = first.checked_add(targets.len());
        let allowed = "so that the last row has a number";
        arguments::size_if("first", first, end.is_some(), allowed)?;
        let noise = normal(Matrix::Noise, first..end.unwrap_or(first), 1, seed)?;
        let deviation = variance.sqrt();
        targets.iter_mut().zip(&noise).for_each(|(y, noise)| *y += deviation * noise);
    }
    let allowed = "a finite number: the points, or the variances, are too large";
    arguments::entries("targets", &targets, f64::is_finite, allowed)?;
    Ok(targets)
}
