//! The finite kernel: X, W, D are drawn, the matrix is built, its eigenvalues computed.

use faer::{Mat, Side};
use ntk_spectrum::activation::Activation;
use ntk_spectrum::ensemble::diagonal::DiagonalLaw;
use rand::{SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Distribution, StandardNormal};

/// X is n × d, W is d × p, D is p × p.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    pub n: usize,
    pub d: usize,
    pub p: usize,
}

impl Sizes {
    /// γ1 of the sample, n/(dp).
    pub fn gamma1(&self) -> f64 {
        self.n as f64 / (self.d as f64 * self.p as f64)
    }

    /// γ2 of the sample, p/d.
    pub fn gamma2(&self) -> f64 {
        self.p as f64 / self.d as f64
    }
}

/// Where the entries of D come from.
pub enum Diagonal<'a> {
    /// Independent draws from a law.
    Drawn(&'a dyn DiagonalLaw),
    /// Given ones.
    Given(Vec<f64>),
}

/// The eigenvalues, ascending, of one sampled kernel
/// X Xᵀ/d ∘ F D² Fᵀ/p, F = σ′(X W/√d), with Gaussian X and W.
///
/// The generator is seeded ChaCha8 and draws X, W, D in this order, row by row:
/// the same seed gives the same matrices on every machine.
pub fn eigenvalues(
    sizes: Sizes,
    sigma: &dyn Activation,
    diagonal: Diagonal,
    seed: u64,
) -> Result<Vec<f64>, String> {
    let Sizes { n, d, p } = sizes;
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let x = gaussian(n, d, &mut rng);
    let w = gaussian(d, p, &mut rng);
    let diagonal = match diagonal {
        Diagonal::Drawn(law) => law.sample_diagonal(p, &mut rng).to_vec(),
        Diagonal::Given(entries) => entries,
    };

    let scale = 1.0 / (d as f64).sqrt();
    let preactivations = &x * &w;
    let fd =
        Mat::from_fn(n, p, |i, k| sigma.derivative(scale * preactivations[(i, k)]) * diagonal[k]);
    let gram = &x * x.transpose();
    let features = &fd * fd.transpose();
    let norm = 1.0 / (d as f64 * p as f64);
    let kernel = Mat::from_fn(n, n, |i, j| norm * gram[(i, j)] * features[(i, j)]);
    kernel
        .self_adjoint_eigenvalues(Side::Lower)
        .map_err(|error| format!("the eigenvalues were not found: {error:?}"))
}

fn gaussian(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Mat<f64> {
    let mut matrix = Mat::zeros(rows, columns);
    for i in 0..rows {
        for j in 0..columns {
            matrix[(i, j)] = StandardNormal.sample(rng);
        }
    }
    matrix
}
