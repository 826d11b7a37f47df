//! Complex numbers of every size.

use num_complex::Complex64;

/// Sizes that need no unit of their own.
const ORDINARY: std::ops::RangeInclusive<f64> = 1e-30..=1e30;

/// 1/z, also where |z|² is too large or too small to be a number.
#[inline]
pub(crate) fn reciprocal(z: Complex64) -> Complex64 {
    let square = z.norm_sqr();
    if square.is_normal() { Complex64::new(z.re / square, -z.im / square) } else { z.finv() }
}

/// The larger of |Re z| and |Im z|.
#[inline]
pub(crate) fn size(z: Complex64) -> f64 {
    z.re.abs().max(z.im.abs())
}

/// The unit in which quantities of this size are counted: 1 for those whose squares, and
/// those of all that matters beside them, are numbers; else a power of two near it, so
/// that nothing is rounded.
pub(crate) fn unit(size: f64) -> f64 {
    if ORDINARY.contains(&size) || !size.is_normal() {
        return 1.0;
    }
    size.log2().floor().exp2()
}

/// The power of two next below a finite size; below the normal numbers the least of these.
pub(crate) fn power_of_two(size: f64) -> f64 {
    f64::from_bits(size.to_bits() & 0x7ff0_0000_0000_0000).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reciprocals_of_every_size() {
        for exponent in [-300, -200, -154, -10, 0, 10, 154, 200, 300] {
            let scale = 10f64.powi(exponent);
            let found = reciprocal(Complex64::new(3.0 * scale, -4.0 * scale)) * scale;
            assert!((found - Complex64::new(0.12, 0.16)).norm() < 1e-15, "{scale:e}: {found}");
        }
    }
}
