//! From the transform of a population law to the table of the law over it.

use std::f64::consts::PI;

use super::companion::{CompanionMap, Gap, GapImage, Image, RESOLUTION, TTransform};
use super::negative_axis::{HARD, NegativeAxis};
use super::stretch::Stretch;
use super::{Atom, Edge, EdgeKind, TabulatedLaw, tolerance};
use crate::Error;
use crate::numerics::piece::Accuracy;
use crate::watch::Tracker;

/// Which measure on the spectrum is tabulated; both are found from the same roots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Measure {
    /// The law of the eigenvalues.
    Spectrum,
    /// The law weighted by the population.
    Weighted,
}

/// What of a population law is needed to solve for the law over it.
pub(super) struct Source<'a> {
    pub(super) transform: &'a (dyn TTransform + Sync),
    /// Mass off 0.
    pub(super) mass: f64,
    pub(super) upper_end: f64,
    pub(super) gaps: Vec<Gap>,
    pub(super) noise: f64,
}

impl Source<'_> {
    /// A measure on the spectrum of ratio `gamma` over it, as a law. It must have the mass
    /// and the moments that follow from the first two of the population.
    pub(super) fn tabulate(
        &self,
        measure: Measure,
        gamma: f64,
        (mean, second): (f64, f64),
        tolerance: f64,
        tracker: &Tracker<'_>,
    ) -> Result<TabulatedLaw, Error> {
        let &Self { mass, noise, .. } = self;
        let map = CompanionMap {
            gamma,
            gap: gamma - mass,
            population: self.transform,
            scale: self.upper_end,
            noise,
            resolution: RESOLUTION,
            leak: 0.0,
        };
        let mut images: Vec<GapImage> = Vec::new();
        for &gap in &self.gaps {
            if let Image::Open(image) = tracker.count(|| map.gap_image(gap))? {
                images.push(image);
            }
        }
        let ascending = |pair: &[GapImage]| pair[0].upper.x <= pair[1].lower.x;
        if let Some(pair) = images.windows(2).find(|pair| !ascending(pair)) {
            return Err(Error::Inconsistent {
                identity: "an upper end of the support above the lower one before it",
                expected: pair[0].upper.x,
                found: pair[1].lower.x,
            });
        }
        let mut stretches: Vec<Stretch> = images
            .windows(2)
            .map(|pair| Stretch {
                lower: Edge { location: pair[0].upper.x, kind: pair[0].upper.kind },
                upper: Edge { location: pair[1].lower.x, kind: pair[1].lower.kind },
                breaks: Vec::new(),
            })
            .collect();
        // A ratio that only rounding keeps from the mass.
        let hard = (gamma - mass).abs() <= HARD * gamma;
        if let Some(first) = stretches.first_mut() {
            if hard {
                first.lower = Edge { location: 0.0, kind: EdgeKind::Hard };
            }
            first.lower.location = first.lower.location.max(0.0);
        }
        let (zero, bulk, first) = match measure {
            Measure::Spectrum => {
                let zero = if hard { 0.0 } else { (1.0 - mass / gamma).max(0.0) };

                (zero, (mass / gamma).min(1.0), mean)
            }
            Measure::Weighted => {
                // γ1 κ(0) of ∫ t dν.
                let lowest = NegativeAxis::new(gamma, map.gap, self.transform, mean);
                let zero = if hard { 0.0 } else { gamma * lowest.at_zero()?.kappa / mean };
                (zero, 1.0 - zero, gamma * second / mean)
            }
        };
        let zero_atom = Atom { location: 0.0, mass: zero };
        let accuracy =
            Accuracy { relative: tolerance, mass: 1e-3 * tolerance * bulk, counted: &[] };
        let table =
            TabulatedLaw::tabulate(&stretches, vec![zero_atom], accuracy, &|point, guess| {
                let x = point.x();
                let w = tracker.count(|| map.solve(x, guess))??.w;
                let density = match measure {
                    Measure::Spectrum => w.im / (PI * gamma * w.norm_sqr()),
                    Measure::Weighted => gamma * w.im / (PI * x * mean),
                };
                Ok((density, w))
            })?;
        let consistent =
            |identity, expected, found| tolerance::consistent(identity, expected, found, tolerance);
        let found = table.support().iter().map(|interval| interval.mass).sum();
        match measure {
            Measure::Spectrum => consistent("the mass of the law off 0", bulk, found)?,
            // Of the atom no more digits are known than of the whole.
            Measure::Weighted => consistent("the mass of the weighted law", 1.0, zero + found)?,
        }
        consistent("the mean of the law", first, table.node_sum(|t| t))?;
        if measure == Measure::Spectrum {
            consistent(
                "the variance of the law",
                gamma * second,
                table.node_sum(|t| (t - mean).powi(2)),
            )?;
        }
        Ok(table)
    }
}

/// The gaps between obstacles, the unbounded ones included.
pub(super) fn gaps(obstacles: Vec<(f64, f64, f64)>) -> Vec<Gap> {
    let mut gaps = Vec::with_capacity(obstacles.len() + 1);
    let mut last = (f64::NEG_INFINITY, 0.0);
    for (lower, upper, strength) in obstacles {
        if lower > last.0 {
            let strengths = (last.1, strength);
            gaps.push(Gap { lower: last.0, upper: lower, strengths, open: None });
        }
        if upper > last.0 {
            last = (upper, strength);
        }
    }
    gaps.push(Gap { lower: last.0, upper: f64::INFINITY, strengths: (last.1, 0.0), open: None });
    gaps
}
