//! Expectations under a tabulated law.

use super::TabulatedLaw;
use crate::numerics::piece_integral::{FINITE, Sum, add_integral};
use crate::{Error, arguments};

impl TabulatedLaw {
    /// Computes ∫ f dμ, atoms included: adaptive, to 1e-10 of $\int |f|\\,d\mu$.
    ///
    /// f is looked at more closely where it is not smooth, and at every end of the support
    /// down to the rounding of x, or $10^{-34}$ of the length of the support next to 0, so
    /// that it may be singular there. In between, what is narrower than all distances of
    /// the nodes can be missed, as by every quadrature. The error of the table itself,
    /// [`error_estimate`](Self::error_estimate), comes on top.
    ///
    /// # Errors
    /// [`Error::InvalidValue`] with the point, where f is not finite at an atom or a point
    /// of the support; [`Error::NotConverged`] with the place, when 20,000 panels of 16
    /// nodes do not settle the integral: it is infinite, or f oscillates or jumps too much.
    ///
    /// # Complexity
    /// One evaluation of f for each atom, 16 for each panel: one or two for each piece of
    /// the table and some ten for each end, and more where f asks for them.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::law::{MarchenkoPastur, SpectralLaw};
    ///
    /// // A hard edge at 0: ∫ log x = −1, and ∫ 1/x is infinite.
    /// let law = MarchenkoPastur::new(1.0)?;
    /// let table = law.tabulated()?;
    /// assert!((table.expectation(f64::ln)? + 1.0).abs() < 1e-10);
    /// assert!(table.expectation(f64::recip).is_err());
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn expectation(&self, mut f: impl FnMut(f64) -> f64) -> Result<f64, Error> {
        let mut sum = Sum::default();
        for atom in &self.atoms {
            let at = atom.location;
            sum.add(atom.mass * arguments::value("f", at, f(at), FINITE)?);
        }
        add_integral(&mut sum, &self.pieces, &mut f)?;
        Ok(sum.value)
    }

    /// ∫ f dμ by the Gauss rules of the pieces alone: exact for the table's own series where
    /// f is a polynomial of degree 7, as in the identities that the table is held to, and to
    /// rounding where f is analytic some lengths of the support around it.
    pub(crate) fn node_sum(&self, f: impl Fn(f64) -> f64) -> f64 {
        let mut total: f64 = self.atoms.iter().map(|a| a.mass * f(a.location)).sum();
        for piece in &self.pieces {
            total += piece.nodes.iter().zip(&piece.masses).map(|(x, m)| m * f(*x)).sum::<f64>();
        }
        total
    }
}
