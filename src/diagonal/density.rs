//! A density of D, continued to the complex plane.

use num_complex::Complex64;

/// A point x of the interval \[lower, upper\] of D, or of the complex plane
/// around it, in units of the interval's width and seen from both ends: the
/// difference of two nearby numbers is never formed, so singular ends are
/// harmless.
pub(super) struct Place {
    /// x − lower.
    pub(super) from_lower: Complex64,
    /// upper − x.
    pub(super) from_upper: Complex64,
    /// Logarithm of x − lower, finite even where x − lower underflows.
    pub(super) ln_from_lower: Complex64,
    /// Logarithm of upper − x.
    pub(super) ln_from_upper: Complex64,
}

impl Place {
    pub(super) fn new(
        from_lower: (Complex64, Complex64),
        from_upper: (Complex64, Complex64),
    ) -> Self {
        Self {
            from_lower: from_lower.0,
            from_upper: from_upper.0,
            ln_from_lower: from_lower.1,
            ln_from_upper: from_upper.1,
        }
    }
}

/// An analytic density on a bounded interval.
pub(super) trait Density {
    /// The interval \[lower, upper\], lower < upper.
    fn interval(&self) -> (f64, f64);

    /// Logarithm of the density, up to a constant that keeps it near 0 at the mode.
    fn ln_density(&self, place: &Place) -> Complex64;
}
