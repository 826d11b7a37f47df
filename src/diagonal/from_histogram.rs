//! From a histogram of D to the two quadratures of D².

use super::staircase::Staircase;
use super::{SquareLaw, bounded, breaks};
use crate::{Error, arguments};

/// Bins must be at least so wide, against the largest |D|: where they are narrower, the
/// density overflows before the others are resolved.
const NARROWEST: f64 = 1e-100;

impl SquareLaw {
    /// Takes the law of D² for D from a histogram: D lies between `edges[i]` and
    /// `edges[i + 1]` with probability `counts[i]` over the sum of all, and is uniform
    /// there.
    ///
    /// `counts` may be weights. The law is exact, a density of D that is constant between
    /// the edges; bins without counts leave gaps in the support.
    ///
    /// # Errors
    /// [`Error::InvalidEntry`] for `edges` that are not ascending (by at least 1e-100 of the
    /// largest) or not finite numbers of absolute value at most 1e30, and for `counts` that
    /// are negative or not finite;
    /// [`Error::InvalidLength`] unless there are at least two edges, and one count for each
    /// bin; [`Error::InvalidParameter`] for `counts`, with their sum as the value, when that
    /// is 0 or not finite.
    ///
    /// # Complexity
    /// The boundary rule has about 80 nodes for each |edge| at which the density of D² jumps,
    /// and is right to 1e-12, or 1e-13 over the relative distance from an edge. For a
    /// [`LimitingSpectrum`](crate::LimitingSpectrum) with b > 0 every jump is a place where
    /// the density of the population law is tabulated, where each of its integrals is
    /// split, and one more ladder in each sum, so that the time grows like the cube of
    /// their number. For ReLU and bins between ±2.5, which fold in pairs, on one core:
    ///
    /// | bins | nodes | seconds |
    /// | --- | --- | --- |
    /// | 10 | 518 | 10 |
    /// | 20 | 928 | 30 |
    /// | 40 | 1,589 | 125 |
    ///
    /// (With b = 0, as for tanh, 40 bins take a hundredth of a second.) So take few bins, with 0
    /// as an edge and edges symmetric about it if D has both signs; or give
    /// [`from_density`](Self::from_density) a smooth density that fits the histogram, for
    /// which the same spectrum takes a second or two.
    ///
    /// # Examples
    /// ```
    /// use ntk_spectrum::diagonal::SquareLaw;
    ///
    /// // |D| is uniform on [0, 1] and on [1, 2], with probabilities 2/3 and 1/3.
    /// let law = SquareLaw::from_histogram(&[-1.0, 0.0, 1.0, 2.0], &[30, 10, 20].map(f64::from))?;
    /// assert_eq!(law.support(), &[(0.0, 1.0), (1.0, 4.0)]);
    /// assert!((law.moment(1) - (2.0 / 3.0 + 7.0 / 3.0) / 3.0).abs() < 1e-14);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_histogram(edges: &[f64], counts: &[f64]) -> Result<Self, Error> {
        let total = checked(edges, counts)?;
        let bins: Vec<(f64, f64)> = edges.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let ends = breaks::folded(&bins);
        let density = |x: f64| {
            let bin = breaks::holding(&bins, x);
            bin.map_or(0.0, |i| counts[i] / total / (bins[i].1 - bins[i].0))
        };
        let densities = ends.windows(2).map(|pair| {
            let middle = pair[0] + 0.5 * (pair[1] - pair[0]);
            density(middle) + density(-middle)
        });
        Staircase::new(&ends, densities.collect()).square_law()
    }
}

/// Checks a histogram, and returns the sum of its counts.
fn checked(edges: &[f64], counts: &[f64]) -> Result<f64, Error> {
    if edges.len() < 2 {
        let expected = "at least 2";
        return Err(Error::InvalidLength { name: "edges", length: edges.len(), expected });
    }
    bounded::values("edges", edges)?;
    let least = NARROWEST * edges[0].abs().max(edges[edges.len() - 1].abs());
    let ascending = |i: usize| edges[i] > edges[i - 1] && edges[i] - edges[i - 1] >= least;
    if let Some(index) = (1..edges.len()).find(|&i| !ascending(i)) {
        let allowed = "above the edge before it, by at least 1e-100 of the largest";
        return Err(Error::InvalidEntry { name: "edges", index, value: edges[index], allowed });
    }
    if counts.len() + 1 != edges.len() {
        let expected = "one less than the number of edges";
        return Err(Error::InvalidLength { name: "counts", length: counts.len(), expected });
    }
    let valid = |count: f64| count >= 0.0 && count.is_finite();
    arguments::entries("counts", counts, valid, "a finite number, at least 0")?;
    let total = counts.iter().sum();
    arguments::parameter("counts", total, total > 0.0 && f64::is_finite(total), "a positive sum")
}
