//! The Cauchy transform of a piece, and its T-transform.

use num_complex::Complex64;

use super::complex::reciprocal;
use super::legendre::{self, N};
use super::piece::{EndBehaviour, Piece, RootMap};

/// Relative to the largest density of its piece, what a density may be at an end where
/// it vanishes: rounding and truncation of its series.
const VANISHING: f64 = 1e-7;

/// The σ that stands for 0 where the density vanishes and the transform is finite: what
/// the series misses of 0 is multiplied by its logarithm.
const NEXT_TO_END: f64 = 1e-150;

impl Piece {
    /// ∫ x/(w−x) and its w-derivative over this piece, for Im w ≥ 0.
    pub(crate) fn t_transform(&self, w: Complex64) -> (Complex64, Complex64) {
        if self.is_far(w) {
            return self.far_sum(&self.first_moments, w);
        }
        let (g, slope) = self.near_sum(w);
        (w * g - self.mass, g + w * slope)
    }

    /// ∫ 1/(w−x) and its w-derivative over this piece, for Im w ≥ 0.
    pub(crate) fn cauchy(&self, w: Complex64) -> (Complex64, Complex64) {
        if self.is_far(w) { self.far_sum(&self.masses, w) } else { self.near_sum(w) }
    }

    /// ∫ κx/(x+κ)² and ∫ x²/(x+κ)² over this piece, for κ ≥ 0.
    pub(crate) fn below_zero(&self, kappa: f64) -> (f64, f64) {
        if kappa + self.centre <= self.near {
            let (t, slope) = self.t_transform(Complex64::new(-kappa, 0.0));
            return (-kappa * slope.re, kappa * slope.re - t.re);
        }
        // Term by term, so that the divisions are done together.
        let inverse: [f64; N] = std::array::from_fn(|k| (self.nodes[k] + kappa).recip());
        let terms: [f64; N] = std::array::from_fn(|k| self.first_moments[k] * inverse[k]);
        let first: [f64; N] = std::array::from_fn(|k| terms[k] * (kappa * inverse[k]));
        let second: [f64; N] = std::array::from_fn(|k| terms[k] * (self.nodes[k] * inverse[k]));
        (first.iter().sum(), second.iter().sum())
    }

    /// ∫ x over this piece.
    pub(crate) fn first_moment(&self) -> f64 {
        self.first_moments.iter().sum()
    }

    fn is_far(&self, w: Complex64) -> bool {
        let offset = w.re - self.centre;
        offset * offset + w.im * w.im > self.near * self.near
    }

    /// Σ weight/(w − node) and its derivative.
    fn far_sum(&self, weights: &[f64; N], w: Complex64) -> (Complex64, Complex64) {
        let (mut re, mut im, mut slope_re, mut slope_im) = (0.0, 0.0, 0.0, 0.0);
        for (x, m) in self.nodes.iter().zip(weights) {
            let dx = w.re - x;
            let scale = 1.0 / (dx * dx + w.im * w.im);
            let (r, i) = (dx * scale, -w.im * scale);
            re += m * r;
            im += m * i;
            slope_re -= m * (r * r - i * i);
            slope_im -= 2.0 * m * r * i;
        }
        (Complex64::new(re, im), Complex64::new(slope_re, slope_im))
    }

    /// ∫ 1/(w−x) over this piece and its derivative, from the series. With
    /// w = x(σ): 1/(w−x(s)) |dx/ds| = ±(1/(σ−s) − 1/(σ+s)).
    fn near_sum(&self, w: Complex64) -> (Complex64, Complex64) {
        let RootMap { end, length, direction, .. } = self.map;
        let square = Complex64::new(
            direction * (w.re - end) / length,
            // Written without a subtraction, which would lose the sign of zero.
            if direction > 0.0 { w.im / length } else { -w.im / length },
        );
        let sigma = square.sqrt();
        if sigma == Complex64::ZERO {
            return (self.at_end(), f64::NAN.into());
        }
        self.at_sigma(sigma, Some(w))
    }

    /// The transform at w = x(σ), and its w-derivative.
    fn at_sigma(&self, sigma: Complex64, w: Option<Complex64>) -> (Complex64, Complex64) {
        let RootMap { length, direction, behaviour, .. } = self.map;
        let start = self.middle - self.half;
        let at = |z: Complex64, below: Option<Complex64>| {
            let im = z.im / self.half;
            let local = Complex64::new((z.re - self.middle) / self.half, im);
            let above = Complex64::new((z.re - start) / self.half, im);
            let sides = [above, below.unwrap_or(local - 1.0)];
            legendre::cauchy(&self.coefficients, &self.slope, &self.values, local, sides)
        };
        // Next to where two families meet both have a logarithm of the distance: σ − 1 from
        // what it is in w, so that they cancel.
        let below = w.filter(|_| self.middle + self.half == 1.0).map(|w| {
            let meeting = if direction > 0.0 { self.upper } else { self.lower };
            let distance = Complex64::new(direction * (w.re - meeting), direction * w.im);
            distance * reciprocal((sigma + 1.0) * (length * self.half))
        });
        let ((plus, plus_slope), (minus, minus_slope)) = (at(sigma, below), at(-sigma, None));
        let inverse = reciprocal(sigma);
        let sigma_slope = direction / (2.0 * length) * inverse;
        match behaviour {
            EndBehaviour::Bounded => (
                direction * (plus + minus),
                direction * (plus_slope - minus_slope) / self.half * sigma_slope,
            ),
            EndBehaviour::InverseRoot => {
                let g = (plus - minus) * sigma_slope;
                let change = (plus_slope + minus_slope) / self.half - (plus - minus) * inverse;
                (g, change * sigma_slope * sigma_slope)
            }
        }
    }

    /// The transform at the end that the family hangs on: not a number if this piece has
    /// density there.
    fn at_end(&self) -> Complex64 {
        let signed = |(n, a): (usize, &f64)| if n % 2 == 0 { *a } else { -a };
        let density: f64 = self.coefficients.iter().enumerate().map(signed).sum();
        let reaches = self.middle <= self.half;
        let vanishes = self.map.behaviour == EndBehaviour::Bounded
            && density.abs() <= VANISHING * self.largest();
        if reaches && !vanishes {
            return f64::NAN.into();
        }
        self.at_sigma(NEXT_TO_END.into(), None).0
    }

    /// The same piece with lengths in another unit.
    pub(crate) fn in_unit(&self, unit: f64) -> Self {
        let shorter = |list: &[f64; N]| list.map(|x| x / unit);
        // f is a density in x; q, in s, is not.
        let denser = |list: &[f64; N]| match self.map.behaviour {
            EndBehaviour::Bounded => list.map(|f| f * unit),
            EndBehaviour::InverseRoot => *list,
        };
        let map = RootMap { end: self.map.end / unit, length: self.map.length / unit, ..self.map };
        Self {
            map,
            values: denser(&self.values),
            coefficients: denser(&self.coefficients),
            slope: denser(&self.slope),
            nodes: shorter(&self.nodes),
            first_moments: shorter(&self.first_moments),
            centre: self.centre / unit,
            near: self.near / unit,
            lower: self.lower / unit,
            upper: self.upper / unit,
            ..*self
        }
    }
}
