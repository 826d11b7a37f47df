//! `JacobiMatrix`: what some Lanczos steps know about an operator.

use crate::numerics::gauss::{Rule, rule_of_jacobi};
use crate::{Error, arguments};

/// A node may lie below a known lower end of the spectrum by this, relative to the
/// entries: what rounding does to products, with room to spare.
const BELOW: f64 = 1e-10;

/// Distance of the prescribed node of a Gauss–Radau rule from the smallest node of the
/// Gauss rule, relative to the entries, that keeps rounding from choosing the sign.
const APART: f64 = 64.0 * f64::EPSILON;

/// The symmetric tridiagonal matrix $T_m$ of m Lanczos steps, with the entry
/// $\beta_m$ that would come next.
///
/// Its eigenvalues are the Ritz values. With the squared first components of its
/// eigenvectors as weights they are the Gauss rule of the law $\sum_i \langle q_1,
/// u_i \rangle^2 \delta_{\lambda_i}$ of the operator and the start vector $q_1$,
/// exact for polynomials of degree $2m - 1$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::krylov::JacobiMatrix;
///
/// // Gauss–Legendre: β_k = k/√(4k² − 1).
/// let beta = [1, 2, 3].map(|k: i32| f64::from(k) / f64::from(4 * k * k - 1).sqrt());
/// let jacobi = JacobiMatrix::new(vec![0.0; 3], beta.to_vec())?;
/// let (nodes, weights) = jacobi.gauss_rule()?;
/// assert!((nodes[2] - 0.6_f64.sqrt()).abs() < 1e-15);
/// assert!((weights[1] - 4.0 / 9.0).abs() < 1e-15);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct JacobiMatrix {
    alpha: Vec<f64>,
    /// As many as in `alpha`.
    beta: Vec<f64>,
}

impl JacobiMatrix {
    /// Takes the matrix with diagonal $\alpha_1 \dots \alpha_m$ and off-diagonal entries
    /// $\beta_1 \dots \beta_{m-1}$; $\beta_m$ is the last entry of `beta`.
    ///
    /// # Errors
    /// [`Error::InvalidLength`] unless both have the same length, at least 1;
    /// [`Error::InvalidEntry`] for an entry that is not finite, or a negative β.
    pub fn new(alpha: Vec<f64>, beta: Vec<f64>) -> Result<Self, Error> {
        if alpha.is_empty() || alpha.len() != beta.len() {
            return Err(Error::InvalidLength {
                name: "beta",
                length: beta.len(),
                expected: "at least 1, and the length of alpha",
            });
        }
        arguments::finite_entries("alpha", &alpha)?;
        let valid = |entry: f64| entry >= 0.0 && entry.is_finite();
        arguments::entries("beta", &beta, valid, "a finite number, at least 0")?;
        Ok(Self { alpha, beta })
    }

    /// Returns the number m of steps.
    #[must_use]
    pub fn steps(&self) -> usize {
        self.alpha.len()
    }

    /// Returns $\alpha_1 \dots \alpha_m$.
    #[must_use]
    pub fn alpha(&self) -> &[f64] {
        &self.alpha
    }

    /// Returns $\beta_1 \dots \beta_m$; the last one is 0 when the process has found an
    /// invariant subspace.
    #[must_use]
    pub fn beta(&self) -> &[f64] {
        &self.beta
    }

    /// Returns the matrix of the first `steps` steps; of all, if they are fewer.
    #[must_use]
    pub fn truncated(&self, steps: usize) -> Self {
        let steps = steps.clamp(1, self.steps());
        Self { alpha: self.alpha[..steps].to_vec(), beta: self.beta[..steps].to_vec() }
    }

    /// Computes nodes, ascending, and weights of the Gauss rule.
    ///
    /// # Errors
    /// [`Error::NotConverged`] if an eigenvalue does not.
    ///
    /// # Complexity
    /// $O(m^2)$.
    pub fn gauss_rule(&self) -> Result<(Vec<f64>, Vec<f64>), Error> {
        let Rule { nodes, weights } = rule_of_jacobi(&self.alpha, self.inner_beta())?;
        Ok((nodes, weights))
    }

    /// Computes nodes, ascending, and weights of the Gauss–Radau rule with a node at `end`,
    /// a lower bound of the spectrum.
    ///
    /// It has m + 1 nodes and is exact for polynomials of degree 2m. Of a function whose
    /// derivatives alternate in sign above `end`, such as $\frac1{x + \lambda}$,
    /// $\log(x + \lambda)$ and $\frac{x}{x + \lambda}$, the Gauss rule gives a bound from
    /// one side and this rule one from the other. When the process has found an invariant
    /// subspace both are exact, and this is the Gauss rule.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless `end` is finite and at most the smallest Ritz
    /// value, up to rounding; [`Error::NotConverged`] if an eigenvalue does not.
    ///
    /// # Complexity
    /// $O(m^2)$.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::krylov::JacobiMatrix;
    ///
    /// // Two steps for the uniform law on [−1, 1]; ∫ 1/(x + 2) = log(3)/2.
    /// let beta = vec![1.0 / 3_f64.sqrt(), 2.0 / 15_f64.sqrt()];
    /// let jacobi = JacobiMatrix::new(vec![0.0; 2], beta)?;
    /// let sum = |(nodes, weights): (Vec<f64>, Vec<f64>)| -> f64 {
    ///     nodes.iter().zip(&weights).map(|(x, w)| w / (x + 2.0)).sum()
    /// };
    /// let (below, above) = (sum(jacobi.gauss_rule()?), sum(jacobi.gauss_radau_rule(-1.0)?));
    /// assert!(below < 0.5 * 3_f64.ln() && 0.5 * 3_f64.ln() < above && above - below < 0.01);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    ///
    /// *Source.* G. H. Golub, *Some modified matrix eigenvalue problems*, SIAM Review 15
    /// (1973).
    pub fn gauss_radau_rule(&self, end: f64) -> Result<(Vec<f64>, Vec<f64>), Error> {
        arguments::finite("end", end)?;
        let (nodes, weights) = self.gauss_rule()?;
        let scale = self.alpha.iter().chain(&self.beta).fold(0.0, |m: f64, x| m.max(x.abs()));
        let (smallest, last) = (nodes[0], self.beta[self.steps() - 1]);
        let allowed = "at most the smallest eigenvalue";
        arguments::parameter("end", end, smallest >= end - BELOW * scale, allowed)?;
        if last == 0.0 {
            return Ok((nodes, weights));
        }
        let node = end.min(smallest - APART * scale);
        // The last pivot of T − node.
        let mut pivot = self.alpha[0] - node;
        for (alpha, beta) in self.alpha[1..].iter().zip(&self.beta) {
            pivot = alpha - node - beta * (beta / pivot);
        }
        let mut alpha = self.alpha.clone();
        alpha.push(node + last * (last / pivot));
        let Rule { mut nodes, weights } = rule_of_jacobi(&alpha, &self.beta)?;
        nodes[0] = end;
        Ok((nodes, weights))
    }

    /// Computes, for each Ritz value, ascending, a bound of the distance to the nearest
    /// eigenvalue of the operator: $\beta_m$ times the last component of its
    /// eigenvector.
    ///
    /// # Errors
    /// As [`gauss_rule`](Self::gauss_rule).
    pub fn residual_bounds(&self) -> Result<Vec<f64>, Error> {
        // The last components are the first ones of the matrix turned around.
        let turned = |entries: &[f64]| entries.iter().rev().copied().collect::<Vec<f64>>();
        let Rule { weights, .. } =
            rule_of_jacobi(&turned(&self.alpha), &turned(self.inner_beta()))?;
        let last = self.beta[self.steps() - 1];
        Ok(weights.into_iter().map(|weight| last * weight.sqrt()).collect())
    }

    /// The entries beside the diagonal.
    pub(crate) fn inner_beta(&self) -> &[f64] {
        &self.beta[..self.steps() - 1]
    }
}
