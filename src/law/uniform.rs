//! The uniform law on an interval.

use num_complex::Complex64;

use super::stretch::Stretch;
use super::{SpectralLaw, TabulatedLaw, tolerance, transforms};
use crate::numerics::complex::reciprocal;
use crate::numerics::piece::Accuracy;
use crate::{Error, arguments};

/// The uniform law on an interval of $[0, \infty)$.
///
/// With middle m and half-length h, $G(z) = \frac1h \operatorname{artanh}
/// \frac{h}{z - m}$.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{SpectralLaw, Uniform};
///
/// let law = Uniform::new(1.0, 3.0)?;
/// assert!((law.moment(2)? - 13.0 / 3.0).abs() < 1e-13);
/// assert!((law.cdf(1.5)? - 0.25).abs() < 1e-13);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Uniform {
    lower: f64,
    upper: f64,
    table: TabulatedLaw,
}

impl Uniform {
    /// Takes the uniform law on \[`lower`, `upper`\].
    ///
    /// # Errors
    ///
    /// [`Error::InvalidParameter`] unless 0 ≤ lower < upper < ∞.
    pub fn new(lower: f64, upper: f64) -> Result<Self, Error> {
        arguments::non_negative("lower", lower)?;
        let valid = upper > lower && upper.is_finite();
        arguments::parameter("upper", upper, valid, "a finite number above `lower`")?;
        let accuracy = Accuracy { relative: tolerance::DEFAULT, mass: 0.0, counted: &[] };
        let height = (upper - lower).recip();
        let table = TabulatedLaw::tabulate(
            &[Stretch::new(lower, upper)],
            Vec::new(),
            accuracy,
            &|_, _| Ok((height, Complex64::ZERO)),
        )?;
        Ok(Self { lower, upper, table })
    }
}

impl SpectralLaw for Uniform {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        Ok(&self.table)
    }

    fn t_transform(&self, z: Complex64) -> Result<(Complex64, Complex64), Error> {
        transforms::check_t(z, &self.table)?;
        let (middle, half) = (0.5 * (self.lower + self.upper), 0.5 * (self.upper - self.lower));
        let r = half * reciprocal(z - middle);
        if r.norm_sqr() > 0.05 {
            let above = Complex64::new(z.re, z.im.abs());
            let log = (above - self.lower).ln() - (above - self.upper).ln();
            let g = if z.im < 0.0 { log.conj() } else { log } / (2.0 * half);
            let slope = z * reciprocal(z - self.lower) * reciprocal(z - self.upper);
            return transforms::finite(z, (z * g - 1.0, g - slope));
        }
        // T = m G + (artanh(r)/r − 1), by series: Σ r^{2k+1}/(2k+1) and Σ r^{2k}/(2k+1).
        let square = r * r;
        let (mut power, mut odd, mut even) = (Complex64::ONE, Complex64::ZERO, Complex64::ZERO);
        let mut even_slope = Complex64::ZERO;
        for k in 0..16 {
            let n = f64::from(2 * k + 1);
            odd += power * r / n;
            if k > 0 {
                even += power / n;
                even_slope -= power * r * (n - 1.0) / (n * half);
            }
            power *= square;
        }
        let slope = middle * reciprocal(z - self.lower) * reciprocal(z - self.upper);
        Ok((middle / half * odd + even, even_slope - slope))
    }
}
