//! X, W and D as the script hands them over.

use std::fs;

use ndarray::{Array1, Array2};
use ntk_spectrum::Error;
use ntk_spectrum::activation::Relu;
use ntk_spectrum::ntk::{Ntk, NtkBuilder, NtkOperator};

use crate::Failure;

pub const SIGMA: Relu = Relu;

pub struct Network {
    x: Array2<f64>,
    w: Array2<f64>,
    diagonal: Array1<f64>,
}

impl Network {
    /// Reads X, W and D, one after the other, by rows, little-endian.
    pub fn read(path: &str, [n, d, p]: [usize; 3]) -> Result<Self, Failure> {
        let bytes = fs::read(path)?;
        let (chunks, rest) = bytes.as_chunks::<8>();
        if chunks.len() != n * d + d * p + p || !rest.is_empty() {
            return Err(format!("{path} has {} bytes, not X, W and D", bytes.len()).into());
        }
        let mut numbers = chunks.iter().copied().map(f64::from_le_bytes);
        let mut take = |count| numbers.by_ref().take(count).collect();
        Ok(Self {
            x: Array2::from_shape_vec((n, d), take(n * d))?,
            w: Array2::from_shape_vec((d, p), take(d * p))?,
            diagonal: take(p).into(),
        })
    }

    pub fn n(&self) -> usize {
        self.x.nrows()
    }

    pub fn kernel(&self) -> Result<Ntk, Error> {
        self.builder().build()
    }

    pub fn operator(&self) -> Result<NtkOperator, Error> {
        self.builder().build_operator()
    }

    fn builder(&self) -> NtkBuilder<'_> {
        NtkBuilder::new(&self.x, &self.w, SIGMA).with_diagonal(&self.diagonal)
    }
}
