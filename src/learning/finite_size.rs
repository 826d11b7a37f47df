//! What outliers change at finite size.

use crate::activation::Centring;
use crate::law::Atom;
use crate::numerics::gauss;
use crate::spectrum::PredictedOutliers;
use crate::{Dimensions, Error, LimitingSpectrum, arguments};

/// Nodes that stand for the outliers from $a_0$, at most: as many as there are, since Krylov
/// methods find them one by one; more than the steps that these may take show nothing.
const MOST_NODES: usize = 2000;

/// The bulk of a finite kernel, and its outliers.
#[derive(Debug, Clone)]
pub(super) struct FiniteSize {
    dimensions: Dimensions,
    /// d directions of the population near $t_0$.
    atom: Option<Atom>,
    /// The law of n − d samples and dp − d weights, in units of `scale`.
    pub(super) bulk: LimitingSpectrum,
    pub(super) scale: f64,
    /// (n − d)/n
    pub(super) share: f64,
    /// Outliers: eigenvalue, its part of μ, and its part of the population-weighted measure.
    pub(super) outliers: Vec<[f64; 3]>,
    /// The largest eigenvalue.
    pub(super) largest: f64,
}

impl FiniteSize {
    pub(super) fn new(law: &LimitingSpectrum, dimensions: Dimensions) -> Result<Self, Error> {
        let [n, d, p] = [dimensions.n(), dimensions.d(), dimensions.p()].map(|size| size as f64);
        let one = "n/(dp) of the dimensions, up to one sample and one neuron";
        let off = (law.gamma1() / dimensions.gamma1() - 1.0).abs();
        arguments::parameter("gamma1", law.gamma1(), off <= 1.0 / n + 1.0 / p, one)?;
        let off = (law.gamma2() / dimensions.gamma2() - 1.0).abs();
        let one = "p/d of the dimensions, up to one neuron";
        arguments::parameter("gamma2", law.gamma2(), off <= 1.0 / p, one)?;
        let predicted = PredictedOutliers::of_dimensions(law, dimensions, Centring::Raw)?;
        let moments = law.derivative_moments()?;
        // (b + c) τ1, and τ1.
        let mean = law.population().mean()?;
        let energy = moments.b() + moments.c();
        let square = if energy > 0.0 { mean / energy } else { 0.0 };
        let mut outliers = Vec::new();
        let mut taken = 0.0;
        let mut atom = None;
        if predicted.from_a0().is_some() && square > 0.0 {
            taken = d;
            let allowed = "above d, as many as there are outliers";
            arguments::size_if("n", dimensions.n(), n > d, allowed)?;
            arguments::size_if("p", dimensions.p(), p > 1.0, "at least 2")?;
            let scale = moments.a0 * moments.a0 * square;
            atom = Some(Atom { location: scale * p, mass: p.recip() });
            // (1/d) XᵀX
            let ratio = n / d;
            let nodes = dimensions.d().min(MOST_NODES);
            let mut diagonal = vec![1.0 + ratio; nodes];
            diagonal[0] = ratio;
            let rule = gauss::rule_of_jacobi(&diagonal, &vec![ratio.sqrt(); nodes - 1])?;
            for (node, weight) in rule.nodes.iter().zip(&rule.weights) {
                let (signal, mass) = (scale * node, weight * d / n);
                let place = signal + mean;
                outliers.push([place, mass, signal * signal / place * mass * n / (n - d)]);
            }
        }
        if predicted.from_a1().is_some() && square > 0.0 {
            let signal = moments.b() * square * n / d;
            outliers.push([signal + mean, n.recip(), signal / n]);
        }
        let weights = d * p - taken;
        let bulk =
            LimitingSpectrum::from_population((n - taken) / weights, law.population().clone())?;
        let top = predicted.from_a0().map_or(0.0, |group| group.upper);
        let largest = top.max(predicted.from_a1().unwrap_or(0.0)) + mean;
        let scale = weights / (d * p);
        Ok(Self { dimensions, atom, bulk, scale, share: (n - taken) / n, outliers, largest })
    }

    pub(super) fn samples(&self) -> f64 {
        self.dimensions.n() as f64
    }

    pub(super) fn gamma1(&self) -> f64 {
        self.dimensions.gamma1()
    }

    pub(super) fn atom(&self) -> Option<Atom> {
        self.atom
    }
}
