//! Data to start from: two clusters, and a power law of variances.

use ntk_spectrum::Error;
use ntk_spectrum::ensemble::{InputCovariance, InputEnsemble};
use ntk_spectrum::ndarray::{Array1, Array2};
use ntk_spectrum::prelude::*;

const SIZE: (usize, usize) = (630, 30);

/// Exponent of the variances u^{−EXPONENT}.
const EXPONENT: f64 = 0.4;

/// Half the distance of the centres, whose square is one more eigenvalue of the covariance.
const OFFSET: f64 = 1.5;

/// X and, for each sample, its cluster as 1 or −1.
pub fn sample(seed: u64) -> Result<(Array2<f64>, Array1<f64>), Error> {
    let (n, d) = SIZE;
    let variances: Vec<f64> =
        (0..d).map(|k| ((k as f64 + 0.5) / d as f64).powf(-EXPONENT)).collect();
    let covariance = InputCovariance::new(&variances)?.with_rotation();
    let mut x = InputEnsemble::new(Dimensions::new(n, d, 1)?)
        .with_covariance(covariance)
        .with_seed(seed)
        .sample()?;
    let clusters = Array1::from_shape_fn(n, |i| if i % 2 == 0 { 1.0 } else { -1.0 });
    // Along the diagonal of the cube, which is no eigenvector.
    let step = OFFSET / (d as f64).sqrt();
    for (mut row, cluster) in x.rows_mut().into_iter().zip(&clusters) {
        row += step * cluster;
    }
    Ok((x, clusters))
}
