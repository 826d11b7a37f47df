//! Where X, W and D come from: the caller, or an ensemble.

use std::ops::Range;

use ndarray::{Array1, ArrayView1, ArrayView2, Axis, CowArray, Ix2, Slice};

use crate::Error;
use crate::ensemble::{DiagonalEnsemble, InputEnsemble, WeightEnsemble};

/// X as the builder takes it.
#[derive(Debug)]
pub(super) enum Inputs<'a> {
    /// The caller's matrix.
    Given(ArrayView2<'a, f64>),
    /// Rows of a random matrix, drawn when they are needed and never held together.
    Drawn { ensemble: InputEnsemble, rows: Range<usize> },
}

impl Inputs<'_> {
    /// Rows and columns.
    pub(super) fn dim(&self) -> (usize, usize) {
        match self {
            Self::Given(x) => x.dim(),
            Self::Drawn { ensemble, rows } => (rows.len(), ensemble.d()),
        }
    }

    /// Some of the rows, counted from 0.
    pub(super) fn block(&self, range: Range<usize>) -> Result<CowArray<'_, f64, Ix2>, Error> {
        match self {
            Self::Given(x) => Ok(x.slice_axis(Axis(0), Slice::from(range)).into()),
            Self::Drawn { ensemble, rows } => {
                Ok(ensemble.rows(rows.start + range.start..rows.start + range.end)?.into())
            }
        }
    }
}

/// W as the builder takes it.
#[derive(Debug)]
pub(super) enum Weights<'a> {
    Given(ArrayView2<'a, f64>),
    Drawn(WeightEnsemble),
}

impl Weights<'_> {
    pub(super) fn matrix(&self) -> Result<CowArray<'_, f64, Ix2>, Error> {
        match self {
            Self::Given(w) => Ok(w.into()),
            Self::Drawn(ensemble) => Ok(ensemble.sample()?.into()),
        }
    }
}

/// The diagonal of D as the builder takes it.
#[derive(Debug)]
pub(super) enum Diagonal<'a> {
    Ones,
    Given(ArrayView1<'a, f64>),
    Drawn(DiagonalEnsemble),
}

impl Diagonal<'_> {
    /// The entries, for `p` neurons.
    pub(super) fn entries(&self, p: usize) -> Result<Array1<f64>, Error> {
        match self {
            Self::Ones => Ok(Array1::ones(p)),
            Self::Given(diagonal) => Ok(diagonal.to_owned()),
            Self::Drawn(ensemble) => ensemble.sample(),
        }
    }
}
