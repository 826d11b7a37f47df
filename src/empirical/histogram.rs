//! Histograms.

use ndarray::Array1;

use super::{Bins, EmpiricalSpectrum};
use crate::{Error, arguments};

/// Bars of equal width, as a density.
///
/// With counts $c_k$ over bins of width w, out of n values, the heights are
///
/// $$ h_k = M\\,\frac{c_k}{n\\,w} , \qquad \sum_k h_k w = M , $$
///
/// where M is the mass that the values stand for: 1 for a whole spectrum, and
/// for a part of one the fraction that it is, so that the bars can be compared
/// with the density of a law that has other mass elsewhere. Bins contain their
/// left end, the last one its right end too.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::empirical::{Bins, EmpiricalSpectrum};
///
/// let spectrum = EmpiricalSpectrum::new([0.5, 1.0, 1.5, 2.5])?;
/// let histogram = spectrum.histogram(Bins::Fixed(2))?;
/// assert_eq!(histogram.edges().to_vec(), [0.5, 1.5, 2.5]);
/// assert_eq!(histogram.counts().to_vec(), [2, 2]);
/// assert_eq!(histogram.heights().to_vec(), [0.5, 0.5]);
/// assert_eq!(histogram.with_mass(0.5)?.heights().to_vec(), [0.25, 0.25]);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Histogram {
    edges: Array1<f64>,
    counts: Array1<usize>,
    heights: Array1<f64>,
    mass: f64,
}

impl EmpiricalSpectrum {
    /// Computes the histogram of all eigenvalues, zeros and outliers included, of mass 1.
    ///
    /// Values that are all the same make one bin, a little wider than nothing,
    /// around them.
    ///
    /// # Errors
    ///
    /// As [`Bins::count`].
    pub fn histogram(&self, bins: Bins) -> Result<Histogram, Error> {
        Ok(Histogram::over((self.min(), self.max()), bins.count(self)?, self.sorted()))
    }
}

impl Histogram {
    fn over((min, max): (f64, f64), count: usize, values: &[f64]) -> Self {
        // Room for the edges to be distinct numbers.
        let least = 1e-12 * max.abs().max(min.abs()).max(1e-280) * count as f64;
        let (start, end) = if max - min > least {
            (min, max)
        } else {
            (0.5 * (min + max) - least, 0.5 * (min + max) + least)
        };
        let width = (end - start) / count as f64;
        let edge = |k: usize| if k == count { end } else { start + k as f64 * width };
        let edges = Array1::from_shape_fn(count + 1, edge);
        let mut counts = Array1::zeros(count);
        for x in values {
            // Among the edges themselves, so that rounding cannot misplace one.
            let guess = (((x - start) / width) as usize).min(count - 1);
            let lower = guess - usize::from(guess > 0 && *x < edges[guess]);
            let bin = lower + usize::from(lower + 1 < count && *x >= edges[lower + 1]);
            counts[bin] += 1;
        }
        let unit = 1.0 / (values.len() as f64 * width);
        let heights = counts.mapv(|c: usize| c as f64 * unit);
        Self { edges, counts, heights, mass: 1.0 }
    }

    /// Rescales the bars for values that stand for the given mass.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless `mass` is in $(0, 1\]$.
    pub fn with_mass(self, mass: f64) -> Result<Self, Error> {
        arguments::parameter("mass", mass, mass > 0.0 && mass <= 1.0, "a number in (0, 1]")?;
        let factor = mass / self.mass;
        Ok(Self { heights: self.heights.mapv(|h| factor * h), mass, ..self })
    }

    /// Returns the ends of the bins, one more than there are bins, ascending.
    #[must_use]
    pub fn edges(&self) -> &Array1<f64> {
        &self.edges
    }

    /// Returns how many values each bin has.
    #[must_use]
    pub fn counts(&self) -> &Array1<usize> {
        &self.counts
    }

    /// Returns the densities $h_k$.
    #[must_use]
    pub fn heights(&self) -> &Array1<f64> {
        &self.heights
    }

    /// Returns the width of each bin.
    #[must_use]
    pub fn width(&self) -> f64 {
        (self.edges[self.counts.len()] - self.edges[0]) / self.counts.len() as f64
    }

    /// Returns the mass M that the bars stand for, their total area.
    #[must_use]
    pub fn mass(&self) -> f64 {
        self.mass
    }

    /// Lists left end, right end and height of each bar.
    pub fn bars(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        (0..self.counts.len()).map(|k| (self.edges[k], self.edges[k + 1], self.heights[k]))
    }
}
