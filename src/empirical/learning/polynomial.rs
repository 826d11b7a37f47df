//! `PolynomialTeacher`: parts of degree 1, 2 and 3, each with its variance.

use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};

use super::teacher::{Teacher, normal, with_noise};
use crate::ensemble::Matrix;
use crate::learning::PolynomialTarget;
use crate::ntk::NtkOperator;
use crate::{Error, arguments};

/// Rows of X that are evaluated together.
const ROWS: usize = 4096;

/// A polynomial of degree 3, whose parts have given variances for standard normal x, and
/// noise:
///
/// $$ y = \langle g, x \rangle + x^\top A x + \sum_j c\\, \mathrm{He}\_3(\langle u_j, x
/// \rangle) + \varepsilon , \qquad \operatorname{tr} A = 0 . $$
///
/// g, the symmetric matrix A and the d unit vectors $u_j$ are drawn from the seed, then scaled
/// so that the variances $|g|^2$, $2 |A|_F^2$ and $6 c^2 \sum\_{ij} \langle u_i, u_j \rangle^3$
/// are exactly those asked for. Errors are predicted for the [`target`](Self::target) of the
/// same variances.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::learning::PolynomialTeacher;
/// use ntk_spectrum::prelude::*;
///
/// // Variances of degree 2 and 3, and of the noise.
/// let teacher = PolynomialTeacher::new(0.5, 0.25, 0.25)?;
/// let dimensions = Dimensions::new(20_000, 30, 1)?;
/// let x = ntk_spectrum::ensemble::InputEnsemble::new(dimensions).sample()?;
/// let y = teacher.targets(x.view(), 0, 7)?;
/// assert!((y.dot(&y) / 20_000.0 - 1.0).abs() < 0.05);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PolynomialTeacher {
    linear: f64,
    quadratic: f64,
    cubic: f64,
    noise: f64,
}

/// g, A and the directions of degree 3, scaled; none of variance 0.
struct Parts {
    linear: Option<Array1<f64>>,
    quadratic: Option<Array2<f64>>,
    /// The directions in columns, and their common factor.
    cubic: Option<(Array2<f64>, f64)>,
}

impl PolynomialTeacher {
    /// Takes the variances of degree 2, of degree 3, and of the noise.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless all are finite and at least 0.
    pub fn new(
        quadratic_variance: f64,
        cubic_variance: f64,
        noise_variance: f64,
    ) -> Result<Self, Error> {
        Ok(Self {
            linear: 0.0,
            quadratic: arguments::non_negative("quadratic_variance", quadratic_variance)?,
            cubic: arguments::non_negative("cubic_variance", cubic_variance)?,
            noise: arguments::non_negative("noise_variance", noise_variance)?,
        })
    }

    /// Sets the variance of degree 1; the default is 0.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless it is finite and at least 0.
    pub fn with_linear(self, variance: f64) -> Result<Self, Error> {
        Ok(Self { linear: arguments::non_negative("variance", variance)?, ..self })
    }

    /// Returns the target whose errors are predicted, all of degree 3 in what is higher. The
    /// part of degree 1 is not in it: it is learned through the outliers that $a_0 \ne 0$
    /// makes, up to O(1/d), and by a centred kernel it is not learned at all.
    ///
    /// # Errors
    /// As [`PolynomialTarget::new`].
    pub fn target(&self) -> Result<PolynomialTarget, Error> {
        PolynomialTarget::new(self.quadratic, self.cubic, self.noise)
    }

    /// Draws the targets at the points `x`, one in each row: rows from `first` on of all those
    /// of this seed. The polynomial is the same for every x with as many columns, and each row
    /// has noise of its own.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for points without coordinates, with one only if the variance of
    /// degree 2 is not 0, or when the numbers of the rows overflow;
    /// [`Error::InvalidElement`] for points that are not finite, [`Error::InvalidEntry`] for
    /// targets that are not, [`Error::MemoryLimit`], [`Error::OutOfMemory`].
    ///
    /// # Complexity
    /// 4d² operations a point.
    pub fn targets(
        &self,
        x: ArrayView2<'_, f64>,
        first: usize,
        seed: u64,
    ) -> Result<Array1<f64>, Error> {
        let d = arguments::size("columns of x", x.ncols())?;
        let traceless = self.quadratic == 0.0 || d > 1;
        let allowed = "at least 2: of one coordinate there is no quadratic form of trace 0";
        arguments::size_if("columns of x", d, traceless, allowed)?;
        arguments::finite_rows("x", x, 0)?;
        let parts = self.parts(d, seed)?;
        let mut targets = Array1::zeros(x.nrows());
        for first in (0..x.nrows()).step_by(ROWS) {
            let rows = Slice::from(first..(first + ROWS).min(x.nrows()));
            parts.add(targets.slice_axis_mut(Axis(0), rows), x.slice_axis(Axis(0), rows));
        }
        with_noise(targets, self.noise, first, seed)
    }

    /// Row 0 of the random matrix is g, the next d rows make A, the last d are directions.
    fn parts(&self, d: usize, seed: u64) -> Result<Parts, Error> {
        let drawn = |rows| normal(Matrix::Directions, rows, d, seed);
        let mut parts = Parts { linear: None, quadratic: None, cubic: None };
        if self.linear > 0.0 {
            let g = drawn(0..1)?.index_axis_move(Axis(0), 0);
            let scale = self.linear.sqrt() / g.dot(&g).sqrt();
            parts.linear = Some(g * scale);
        }
        if self.quadratic > 0.0 {
            let a = drawn(1..d + 1)?;
            let mut a = &a + &a.t();
            let mean = a.diag().sum() / d as f64;
            a.diag_mut().mapv_inplace(|entry| entry - mean);
            let variance: f64 = 2.0 * a.iter().map(|entry| entry * entry).sum::<f64>();
            parts.quadratic = Some(a * (self.quadratic.sqrt() / variance.sqrt()));
        }
        if self.cubic > 0.0 {
            let mut directions = drawn(d + 1..2 * d + 1)?;
            for mut direction in directions.rows_mut() {
                let length = direction.dot(&direction).sqrt();
                direction.mapv_inplace(|entry| entry / length);
            }
            let overlaps = directions.dot(&directions.t());
            let variance: f64 = 6.0 * overlaps.iter().map(|entry| entry.powi(3)).sum::<f64>();
            let scale = self.cubic.sqrt() / variance.sqrt();
            parts.cubic = Some((directions.reversed_axes(), scale));
        }
        Ok(parts)
    }
}

impl Parts {
    /// Adds the values at some points.
    fn add(&self, mut targets: ndarray::ArrayViewMut1<'_, f64>, x: ArrayView2<'_, f64>) {
        if let Some(g) = &self.linear {
            targets += &x.dot(g);
        }
        if let Some(a) = &self.quadratic {
            targets += &(x.dot(a) * x).sum_axis(Axis(1));
        }
        if let Some((directions, scale)) = &self.cubic {
            let hermite = x.dot(directions).mapv_into(|z| z * (z * z - 3.0));
            targets += &(hermite.sum_axis(Axis(1)) * *scale);
        }
    }
}

impl Teacher for PolynomialTeacher {
    fn draw(
        &self,
        x: ArrayView2<'_, f64>,
        _: &NtkOperator,
        first: usize,
        seed: u64,
    ) -> Result<Array1<f64>, Error> {
        self.targets(x, first, seed)
    }
}
