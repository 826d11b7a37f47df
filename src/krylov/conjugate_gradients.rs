//! Steps of conjugate gradients.

use ndarray::{ArrayView1, ArrayViewMut1};

use super::deflation::SetAside;
use super::{Layout, SymmetricOperator};
use crate::linalg::vectors::{add, power_of_two};
use crate::{Error, arguments};

/// A Rayleigh quotient below this many roundings of the largest is 0, or below.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// A Rayleigh quotient further below 0, relative to the largest, is no matter of rounding.
const NEGATIVE: f64 = 1e-10;

/// A residual that was computed anew has to be smaller than the last one by this for the
/// iteration to go on from it.
const PROGRESS: f64 = 0.5;

/// The iteration for $(A + \lambda) u = y$, $|y| = 1$.
///
/// Directions $v_j$ that were set aside, $A v_j \approx \theta_j v_j$, enter twice: it starts at
/// $u_0 = \sum_j v_j \langle v_j, y \rangle/(\theta_j + \lambda)$, whose residual has next to
/// nothing along them, and is preconditioned by
/// $1 + \sum_j (\tau/(\theta_j + \lambda) - 1) v_j v_j^\top$, which brings the eigenvalues there
/// to $\tau = \min_j \theta_j + \lambda$. Either is exact for exact eigenvectors, and neither
/// has to be for the result to be right.
pub(super) struct ConjugateGradients<'a> {
    operator: &'a dyn SymmetricOperator,
    layout: Layout<'a>,
    set_aside: &'a SetAside,
    lambda: f64,
    /// A power of two of the size of the operator; u and its directions are in units of its
    /// inverse, so that no square overflows.
    unit: f64,
    /// y, u, the residual, the direction.
    y: &'a [f64],
    u: Vec<f64>,
    r: Vec<f64>,
    p: Vec<f64>,
    /// $\langle r, z \rangle$ of the last step, z being r preconditioned; none at a start.
    last: Option<f64>,
    /// The largest Rayleigh quotient so far.
    largest: f64,
    residuals: Vec<f64>,
    /// The last residual that was computed anew.
    recomputed: f64,
    products: usize,
}

impl<'a> ConjugateGradients<'a> {
    pub(super) fn new(
        operator: &'a dyn SymmetricOperator,
        lambda: f64,
        set_aside: &'a SetAside,
        y: &'a [f64],
    ) -> Result<Self, Error> {
        let mut iteration = Self {
            operator,
            layout: operator.layout(),
            set_aside,
            lambda,
            unit: 1.0,
            y,
            u: vec![0.0; y.len()],
            r: y.to_vec(),
            p: vec![0.0; y.len()],
            last: None,
            largest: 0.0,
            residuals: Vec::new(),
            recomputed: f64::INFINITY,
            products: 0,
        };
        if set_aside.vectors.is_empty() {
            iteration.residuals.push(1.0);
            return Ok(iteration);
        }
        iteration.unit = power_of_two(set_aside.scale.max(lambda));
        let along = iteration.layout.inner_products(&set_aside.vectors, y)?;
        let coefficients: Vec<f64> = along
            .iter()
            .zip(&set_aside.values)
            .map(|(along, value)| along / ((value + lambda) / iteration.unit))
            .collect();
        add(&mut iteration.u, &set_aside.vectors, &coefficients);
        let residual = iteration.restart()?;
        iteration.residuals.push(residual);
        Ok(iteration)
    }

    /// The residual as the iteration keeps it.
    pub(super) fn residual(&self) -> f64 {
        self.residuals[self.iterations()]
    }

    pub(super) fn iterations(&self) -> usize {
        self.residuals.len() - 1
    }

    pub(super) fn products(&self) -> usize {
        self.products
    }

    pub(super) fn into_residuals(self) -> Vec<f64> {
        self.residuals
    }

    /// The entries of u.
    pub(super) fn solution(&self) -> impl Iterator<Item = f64> {
        self.u.iter().map(|entry| entry / self.unit)
    }

    /// The residual of u, computed anew.
    pub(super) fn recompute(&mut self) -> Result<f64, Error> {
        let u = std::mem::take(&mut self.u);
        let image = self.apply(&u);
        self.u = u;
        let image = image?;
        let entries = self.r.iter_mut().zip(self.y).zip(&image);
        entries.for_each(|((r, y), image)| *r = y - image);
        self.layout.norm(&self.r)
    }

    /// The residual computed anew, if that too is small enough. If not, the iteration begins
    /// again from it.
    pub(super) fn confirmed(&mut self, tolerance: f64) -> Result<Option<f64>, Error> {
        let before = self.recomputed;
        let residual = self.restart()?;
        if residual <= tolerance {
            return Ok(Some(residual));
        }
        if residual > PROGRESS * before {
            return Err(self.not_settled(residual, tolerance));
        }
        Ok(None)
    }

    fn restart(&mut self) -> Result<f64, Error> {
        self.last = None;
        self.recomputed = self.recompute()?;
        Ok(self.recomputed)
    }

    pub(super) fn not_settled(&self, error: f64, tolerance: f64) -> Error {
        let method = "conjugate gradients";
        Error::NotSettled { method, steps: self.iterations(), error, tolerance }
    }

    /// One step.
    pub(super) fn step(&mut self) -> Result<(), Error> {
        let z = self.preconditioned()?;
        let product = self.layout.inner_products(&[&z], &self.r)?[0];
        let ratio = self.last.map_or(0.0, |last| product / last);
        self.p.iter_mut().zip(&z).for_each(|(p, z)| *p = z + ratio * *p);
        self.last = Some(product);
        let p = std::mem::take(&mut self.p);
        let image = self.apply(&p);
        self.p = p;
        let image = image?;
        let curvatures = self.layout.inner_products(&[&image, &self.p], &self.p)?;
        self.check(curvatures[0] / curvatures[1])?;
        let length = product / curvatures[0];
        add(&mut self.u, &[&self.p], &[length]);
        add(&mut self.r, &[&image], &[-length]);
        let residual = self.layout.norm(&self.r)?;
        if !residual.is_finite() {
            return Err(Error::NonFiniteOperator { step: self.residuals.len() });
        }
        self.residuals.push(residual);
        Ok(())
    }

    /// A Rayleigh quotient of $A + \lambda$ must be above 0.
    fn check(&mut self, quotient: f64) -> Result<(), Error> {
        self.largest = self.largest.max(quotient.abs());
        if quotient < -NEGATIVE * self.largest {
            let eigenvalue = quotient * self.unit - self.lambda;
            return Err(Error::Indefinite { lambda: self.lambda, eigenvalue });
        }
        let regular = quotient > ROUNDING * self.largest;
        arguments::parameter("lambda", self.lambda, regular, arguments::RIDGE)?;
        Ok(())
    }

    /// $(A + \lambda) v$ in the unit, which the first product sets. The operator sees v at
    /// length 1, however far the iteration is: what it is made of may be small, too.
    fn apply(&mut self, v: &[f64]) -> Result<Vec<f64>, Error> {
        let length = power_of_two(self.layout.norm(v)?);
        let scaled: Vec<f64> = v.iter().map(|entry| entry / length).collect();
        let mut image = vec![0.0; v.len()];
        let out = ArrayViewMut1::from(&mut image[..]);
        self.operator.apply_vector(out, ArrayView1::from(&scaled))?;
        self.products += 1;
        let norm = self.layout.norm(&image)?;
        if !norm.is_finite() {
            return Err(Error::NonFiniteOperator { step: self.products });
        }
        if self.products == 1 && self.set_aside.vectors.is_empty() {
            self.unit = power_of_two(norm.max(self.lambda));
        }
        let (unit, lambda) = (self.unit, self.lambda / self.unit);
        let entries = image.iter_mut().zip(v);
        entries.for_each(|(image, v)| *image = *image / unit * length + lambda * v);
        Ok(image)
    }

    /// The residual, preconditioned.
    fn preconditioned(&self) -> Result<Vec<f64>, Error> {
        let SetAside { values, vectors, .. } = self.set_aside;
        let mut z = self.r.clone();
        if !vectors.is_empty() {
            let least = values.iter().fold(f64::INFINITY, |least, value| least.min(*value));
            let along = self.layout.inner_products(vectors, &self.r)?;
            let factor = |value: &f64| (least + self.lambda) / (value + self.lambda) - 1.0;
            let coefficients: Vec<f64> =
                along.iter().zip(values).map(|(along, value)| factor(value) * along).collect();
            add(&mut z, vectors, &coefficients);
        }
        Ok(z)
    }
}
