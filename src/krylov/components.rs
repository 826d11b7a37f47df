//! `Components`: a vector along eigenvectors, which is what a function of an operator needs.

use ndarray::ArrayView2;

use super::JacobiMatrix;
use crate::Error;
use crate::linalg::{Eigenvectors, symmetric_eigenvectors, tridiagonal_eigenvectors};

/// A unit vector q along the eigenvectors of a symmetric matrix: of a whole operator, or of
/// the Jacobi matrix of some Lanczos steps from q.
///
/// $f(A) q = \sum_j f(\theta_j) \langle z_j, q \rangle z_j$, exactly or in the basis of the steps.
#[derive(Debug, Clone)]
pub(crate) struct Components {
    /// $\theta_j$, ascending.
    pub(crate) values: Vec<f64>,
    /// $\langle z_j, q \rangle$
    pub(crate) along: Vec<f64>,
    /// $z_j$ in columns.
    vectors: Eigenvectors,
    /// $\beta_m$, by which the steps lead out of their basis; 0 if they do not.
    pub(crate) next: f64,
}

impl Components {
    /// Of q along the eigenvectors of a matrix.
    pub(crate) fn of_matrix(matrix: ArrayView2<'_, f64>, q: &[f64]) -> Result<Self, Error> {
        let (values, vectors) = symmetric_eigenvectors(matrix)?;
        let size = values.len();
        let along = (0..size).map(|j| (0..size).map(|i| vectors[(i, j)] * q[i]).sum()).collect();
        Ok(Self { values, along, vectors, next: 0.0 })
    }

    /// Of the first vector of a basis in which the operator is a Jacobi matrix.
    pub(crate) fn of_jacobi(jacobi: &JacobiMatrix) -> Result<Self, Error> {
        let (values, vectors) = tridiagonal_eigenvectors(jacobi.alpha(), jacobi.inner_beta())?;
        let along = (0..values.len()).map(|j| vectors[(0, j)]).collect();
        let next = jacobi.beta()[jacobi.steps() - 1];
        Ok(Self { values, along, vectors, next })
    }

    /// $\sum_j c_j \langle z_j, q \rangle z_j$ for some numbers c.
    pub(crate) fn combined(&self, numbers: &[f64]) -> Vec<f64> {
        let size = self.values.len();
        let mut sum = vec![0.0; size];
        for (j, (number, along)) in numbers.iter().zip(&self.along).enumerate() {
            let weight = number * along;
            sum.iter_mut().enumerate().for_each(|(i, sum)| *sum += weight * self.vectors[(i, j)]);
        }
        sum
    }

    /// $\langle v, A v \rangle$ of a vector in the basis.
    pub(crate) fn energy(&self, v: &[f64]) -> f64 {
        let size = self.values.len();
        let along = |j: usize| (0..size).map(|i| self.vectors[(i, j)] * v[i]).sum::<f64>();
        let term = |(j, value): (usize, &f64)| {
            let along = along(j);
            (value.max(0.0) * along) * along
        };
        self.values.iter().enumerate().map(term).sum()
    }
}
