//! `CovarianceConditions`: how small is what a law with a covariance leaves out.

use std::fmt;

/// What has to be small for a law with a covariance to be the limit, and is 1/d-like where
/// rows are isotropic.
///
/// Where they are about 1, the law may still be of more use than the isotropic one.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct CovarianceConditions {
    /// $d_{\mathrm{eff}} = d/h_2$.
    pub effective_dimension: f64,
    /// $p\\,h_2^3/d^2$: overlaps between neurons.
    pub overlap: f64,
    /// $\lVert S\rVert^2/(v^2 d)$: the largest direction against all.
    pub concentration: f64,
    /// d/n: how far the spectrum of a sample is from that of its covariance; 0 where the
    /// covariance itself is known. From 1 on there are fewer samples than dimensions, and the
    /// sample does not know the covariance.
    pub sampling: f64,
    /// $\sqrt{2/d_{\mathrm{eff}}}$: the standard deviation that $|x|^2/\operatorname{tr} S$ has
    /// for Gaussian rows.
    pub row_norm_spread: f64,
    /// $\sqrt{2 h_2/d}$: that of $w_k^\top S w_k/\operatorname{tr} S$ over neurons.
    pub neuron_spread: f64,
}

impl CovarianceConditions {
    pub(super) fn new(d: usize, p: usize, n: Option<usize>, h2: f64, largest: f64) -> Self {
        let (dimension, neurons) = (d as f64, p as f64);
        Self {
            effective_dimension: dimension / h2,
            overlap: neurons * h2.powi(3) / (dimension * dimension),
            concentration: largest * largest / dimension,
            sampling: n.map_or(0.0, |n| dimension / n as f64),
            row_norm_spread: (2.0 * h2 / dimension).sqrt(),
            neuron_spread: (2.0 * h2 / dimension).sqrt(),
        }
    }
}

/// One line for each figure.
impl fmt::Display for CovarianceConditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "effective dimension  {:.4}", self.effective_dimension)?;
        writeln!(
            f,
            "p h2^3/d^2           {:.4}, small where the law is exact to leading order",
            self.overlap
        )?;
        writeln!(f, "|S|^2/d              {:.4}, the same", self.concentration)?;
        write!(f, "d/n                  {:.4}", self.sampling)?;
        if self.sampling >= 1.0 {
            write!(f, ": fewer samples than dimensions do not tell the covariance")?;
        }
        Ok(())
    }
}
