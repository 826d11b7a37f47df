//! Vectors of complex numbers for the sums over poles.

use num_complex::Complex64;
use pulp::Simd;

/// Lanes of the widest vectors.
pub(crate) const WIDEST: usize = 8;

/// Vectors of real and of imaginary parts.
pub(crate) type Pair<S> = (<S as Simd>::f64s, <S as Simd>::f64s);

/// Arithmetic of complex numbers. Products and sums are not contracted: only the order of a sum
/// depends on the width of the vectors.
#[derive(Clone, Copy)]
pub(crate) struct Lanes<S>(pub(crate) S);

impl<S: Simd> Lanes<S> {
    #[inline(always)]
    pub(crate) fn splat(self, z: Complex64) -> Pair<S> {
        (self.0.splat_f64s(z.re), self.0.splat_f64s(z.im))
    }

    #[inline(always)]
    pub(crate) fn subtract(self, l: Pair<S>, r: Pair<S>) -> Pair<S> {
        (self.0.sub_f64s(l.0, r.0), self.0.sub_f64s(l.1, r.1))
    }

    #[inline(always)]
    pub(crate) fn multiply(self, l: Pair<S>, r: Pair<S>) -> Pair<S> {
        let Self(simd) = self;
        (
            simd.sub_f64s(simd.mul_f64s(l.0, r.0), simd.mul_f64s(l.1, r.1)),
            simd.add_f64s(simd.mul_f64s(l.0, r.1), simd.mul_f64s(l.1, r.0)),
        )
    }

    /// The conjugate and 1/|z|², whose product is 1/z.
    #[inline(always)]
    pub(crate) fn inversion(self, z: Pair<S>) -> (Pair<S>, S::f64s) {
        let Self(simd) = self;
        let square = simd.add_f64s(simd.mul_f64s(z.0, z.0), simd.mul_f64s(z.1, z.1));
        ((z.0, simd.neg_f64s(z.1)), simd.div_f64s(simd.splat_f64s(1.0), square))
    }

    #[inline(always)]
    pub(crate) fn reciprocal(self, z: Pair<S>) -> Pair<S> {
        let (conjugate, scale) = self.inversion(z);
        self.scale(scale, conjugate)
    }

    #[inline(always)]
    pub(crate) fn scale(self, factor: S::f64s, z: Pair<S>) -> Pair<S> {
        (self.0.mul_f64s(factor, z.0), self.0.mul_f64s(factor, z.1))
    }

    #[inline(always)]
    pub(crate) fn add(self, sum: &mut Pair<S>, z: Pair<S>) {
        *sum = (self.0.add_f64s(sum.0, z.0), self.0.add_f64s(sum.1, z.1));
    }

    #[inline(always)]
    pub(crate) fn total(self, sum: Pair<S>) -> Complex64 {
        Complex64::new(self.0.reduce_sum_f64s(sum.0), self.0.reduce_sum_f64s(sum.1))
    }
}

/// A row as vectors.
#[inline(always)]
pub(crate) fn vectors<S: Simd>(row: &[f64]) -> impl Iterator<Item = S::f64s> {
    S::as_simd_f64s(row).0.iter().copied()
}
