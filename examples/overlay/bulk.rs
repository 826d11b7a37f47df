//! What is compared: the eigenvalues without zeros and outliers, and the law
//! conditioned on (0, ∞).
//!
//! The law is about n − o(n) of the n eigenvalues. A finite kernel also has
//! - the zeros that its rank forces on it, which the law has as an atom;
//! - d outliers near a0² E D² (n/d)(1 ± √(d/n))² if a0 ≠ 0, and one near
//!   a1² E D² n/d if a1 ≠ 0. They are fractions 1/(γ1 p) and 1/n of the spectrum.
//!
//! The remaining eigenvalues, each of weight one over their number, are set
//! against the law. Taking d of n eigenvalues away moves mass 1/(γ1 p), the size
//! of the other finite-size effects, and nothing is corrected for it: lowering
//! n and dp by the number of outliers, or σ′ − a0 in place of σ′ (a kernel
//! without those outliers, but another one), change the distance by some tenths
//! of itself, for the better or the worse.

use ntk_spectrum::activation::Activation;
use ntk_spectrum::ensemble::diagonal::DiagonalLaw;
use ntk_spectrum::law::TabulatedLaw;
use ntk_spectrum::spectrum::SupportInterval;
use ntk_spectrum::{Error, LimitingSpectrum};

use crate::kernel::Sizes;

/// The limiting law with what a finite kernel has besides it.
pub struct Limit {
    law: LimitingSpectrum,
    /// Mass at 0.
    pub atom: f64,
    /// How many outliers a0 makes, and between which values.
    pub from_a0: Option<(usize, f64, f64)>,
    /// Where the outlier of a1 lies.
    pub from_a1: Option<f64>,
    /// Upper end of the support.
    top: f64,
}

impl Limit {
    /// Solves for the law of the sample's own ratios.
    pub fn new(
        sizes: Sizes,
        sigma: impl Activation + 'static,
        diagonal: impl DiagonalLaw + 'static,
    ) -> Result<Self, Error> {
        let law = LimitingSpectrum::new(sizes.gamma1(), sizes.gamma2(), sigma, diagonal);
        let solved = law.solve()?;
        let atom = solved.atoms().first().map_or(0.0, |atom| atom.mass);
        let top = solved.support().last().map_or(0.0, |interval| interval.upper.location);

        let moments = law.derivative_moments()?;
        let square = law.population().diagonal().square_law(1e-12)?.moment(1);
        let (n, d) = (sizes.n as f64, sizes.d as f64);
        // In the bulk, an outlier cannot be told from the rest.
        let place = |a: f64, side: f64| a * a * square * (n.sqrt() + side * d.sqrt()).powi(2) / d;
        let from_a0 = (place(moments.a0, 1.0) > top).then(|| {
            let count = sizes.d.min(sizes.n);
            (count, place(moments.a0, -1.0), place(moments.a0, 1.0))
        });
        let from_a1 = Some(place(moments.a1, 0.0)).filter(|place| *place > top);
        Ok(Self { atom, from_a0, from_a1, top, law })
    }

    pub fn law(&self) -> &LimitingSpectrum {
        &self.law
    }

    pub fn solved(&self) -> Result<&TabulatedLaw, Error> {
        self.law.solve()
    }

    pub fn support(&self) -> Result<&[SupportInterval], Error> {
        Ok(self.solved()?.support())
    }

    /// How many of the largest eigenvalues are set aside.
    pub fn outliers(&self) -> usize {
        self.from_a0.map_or(0, |(count, ..)| count) + usize::from(self.from_a1.is_some())
    }

    /// Whether outliers are predicted on both sides of the bulk's end.
    pub fn straddles(&self) -> bool {
        self.from_a0.is_some_and(|(_, lower, _)| lower <= self.top)
    }

    /// Mean and variance on (0, ∞).
    pub fn mean_and_variance(&self) -> Result<(f64, f64), Error> {
        let weight = 1.0 - self.atom;
        let mean = self.law.mean()? / weight;
        let second = self.law.integrate(|t| t * t)? / weight;
        Ok((mean, second - mean * mean))
    }

    /// Quantile on (0, ∞).
    pub fn quantile(&self, q: f64) -> Result<f64, Error> {
        self.law.quantile((self.atom + q * (1.0 - self.atom)).min(1.0))
    }

    /// Kolmogorov–Smirnov distance of ascending values to the law on (0, ∞).
    pub fn distance(&self, values: &[f64]) -> Result<f64, Error> {
        let solved = self.solved()?;
        let step = 1.0 / values.len() as f64;
        let distances = values.iter().enumerate().map(|(i, &x)| {
            let cdf = 1.0 - solved.survival(x) / (1.0 - self.atom);
            let below = i as f64 * step;
            (cdf - below).max(below + step - cdf)
        });
        Ok(distances.fold(0.0, f64::max))
    }
}

/// The spectrum, taken apart.
pub struct Bulk {
    /// How many eigenvalues are zero up to rounding.
    pub zeros: usize,
    /// What is left in between, ascending.
    pub values: Vec<f64>,
    /// The outliers, ascending.
    pub outliers: Vec<f64>,
}

impl Bulk {
    /// Takes ascending eigenvalues apart.
    pub fn new(eigenvalues: &[f64], limit: &Limit) -> Self {
        let largest = eigenvalues.last().copied().unwrap_or(0.0);
        let rounding = 4.0 * eigenvalues.len() as f64 * f64::EPSILON * largest;
        let zeros = eigenvalues.partition_point(|value| *value <= rounding);
        let top = eigenvalues.len().saturating_sub(limit.outliers()).max(zeros);
        Self {
            zeros,
            values: eigenvalues[zeros..top].to_vec(),
            outliers: eigenvalues[top..].to_vec(),
        }
    }

    pub fn mean_and_variance(&self) -> (f64, f64) {
        let count = self.values.len() as f64;
        let mean = self.values.iter().sum::<f64>() / count;
        let variance = self.values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
        (mean, variance)
    }

    /// The smallest value that at least the fraction q of them does not exceed.
    pub fn quantile(&self, q: f64) -> f64 {
        let rank = (q * self.values.len() as f64).ceil() as usize;
        self.values[rank.clamp(1, self.values.len()) - 1]
    }
}
