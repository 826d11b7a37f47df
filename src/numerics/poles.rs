//! Sums over poles, Σ ω/(z − p): the inner loop of the transforms over the law
//! of D².

use num_complex::Complex64;
use pulp::{Arch, Scalar256b, Simd, WithSimd};

/// Up to so many poles, choosing an instruction set costs more than it gains.
const FEW: usize = 16;

/// Poles p with weights ω, real or complex.
#[derive(Debug, Clone, Default)]
pub(crate) struct PoleSum {
    p_re: Vec<f64>,
    p_im: Vec<f64>,
    w_re: Vec<f64>,
    w_im: Vec<f64>,
    real: bool,
}

impl PoleSum {
    pub(crate) fn new(terms: impl Iterator<Item = (Complex64, Complex64)>) -> Self {
        // With room for the padding.
        let room = || Vec::with_capacity(terms.size_hint().0 + 8);
        let mut sum = Self { p_re: room(), p_im: room(), w_re: room(), w_im: room(), real: true };
        for (pole, weight) in terms {
            sum.p_re.push(pole.re);
            sum.p_im.push(pole.im);
            sum.w_re.push(weight.re);
            sum.w_im.push(weight.im);
            sum.real &= pole.im == 0.0 && weight.im == 0.0;
        }
        // Padding to whole vectors: poles of weight 0, far from everything.
        let count = sum.p_re.len();
        let padded = count.next_multiple_of(if count <= FEW { 4 } else { 8 });
        sum.p_re.resize(padded, 1e150);
        for part in [&mut sum.p_im, &mut sum.w_re, &mut sum.w_im] {
            part.resize(padded, 0.0);
        }
        sum
    }

    /// Σ ω/(z−p).
    pub(crate) fn value(&self, z: Complex64) -> Complex64 {
        self.run(Value { sum: self, z })
    }

    /// Σ ω/(z−p) and its derivative −Σ ω/(z−p)².
    pub(crate) fn with_derivative(&self, z: Complex64) -> (Complex64, Complex64) {
        if self.real {
            self.run(WithDerivative::<true> { sum: self, z })
        } else {
            self.run(WithDerivative::<false> { sum: self, z })
        }
    }

    /// Runs a loop over the poles with the widest vectors that pay.
    #[inline(always)]
    fn run<Loop: WithSimd>(&self, work: Loop) -> Loop::Output {
        if self.p_re.len() <= FEW { work.with_simd(Scalar256b) } else { Arch::new().dispatch(work) }
    }
}

/// [`PoleSum::value`], compiled for every vector width that the processor may
/// have. Products and sums are not contracted: only the order of the sum depends
/// on the width.
struct Value<'a> {
    sum: &'a PoleSum,
    z: Complex64,
}

impl WithSimd for Value<'_> {
    type Output = Complex64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Complex64 {
        let PoleSum { p_re, p_im, w_re, w_im, .. } = self.sum;
        let (p_re, p_im) = (S::as_simd_f64s(p_re).0, S::as_simd_f64s(p_im).0);
        let (w_re, w_im) = (S::as_simd_f64s(w_re).0, S::as_simd_f64s(w_im).0);
        let (z_re, z_im) = (simd.splat_f64s(self.z.re), simd.splat_f64s(self.z.im));
        let one = simd.splat_f64s(1.0);
        let mut sum = [simd.splat_f64s(0.0); 2];
        for (((&p_re, &p_im), &w_re), &w_im) in p_re.iter().zip(p_im).zip(w_re).zip(w_im) {
            let (re, im) = (simd.sub_f64s(z_re, p_re), simd.sub_f64s(z_im, p_im));
            let square = simd.add_f64s(simd.mul_f64s(re, re), simd.mul_f64s(im, im));
            let scale = simd.div_f64s(one, square);
            let real = simd.add_f64s(simd.mul_f64s(w_re, re), simd.mul_f64s(w_im, im));
            let imaginary = simd.sub_f64s(simd.mul_f64s(w_im, re), simd.mul_f64s(w_re, im));
            sum[0] = simd.add_f64s(sum[0], simd.mul_f64s(real, scale));
            sum[1] = simd.add_f64s(sum[1], simd.mul_f64s(imaginary, scale));
        }
        Complex64::new(simd.reduce_sum_f64s(sum[0]), simd.reduce_sum_f64s(sum[1]))
    }
}

/// [`PoleSum::with_derivative`], likewise; `REAL` if all poles and weights are.
struct WithDerivative<'a, const REAL: bool> {
    sum: &'a PoleSum,
    z: Complex64,
}

impl<const REAL: bool> WithSimd for WithDerivative<'_, REAL> {
    type Output = (Complex64, Complex64);

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> (Complex64, Complex64) {
        let PoleSum { p_re, p_im, w_re, w_im, .. } = self.sum;
        let (p_re, p_im) = (S::as_simd_f64s(p_re).0, S::as_simd_f64s(p_im).0);
        let (w_re, w_im) = (S::as_simd_f64s(w_re).0, S::as_simd_f64s(w_im).0);
        let (z_re, z_im) = (simd.splat_f64s(self.z.re), simd.splat_f64s(self.z.im));
        let one = simd.splat_f64s(1.0);
        let mut sum = [simd.splat_f64s(0.0); 4];
        for (((&p_re, &p_im), &w_re), &w_im) in p_re.iter().zip(p_im).zip(w_re).zip(w_im) {
            let re = simd.sub_f64s(z_re, p_re);
            let im = if REAL { z_im } else { simd.sub_f64s(z_im, p_im) };
            let square = simd.add_f64s(simd.mul_f64s(re, re), simd.mul_f64s(im, im));
            let scale = simd.div_f64s(one, square);
            // 1/(z−p) = r − s i, and ω/(z−p) = t.
            let (r, s) = (simd.mul_f64s(re, scale), simd.mul_f64s(im, scale));
            let (t_re, t_im) = if REAL {
                (simd.mul_f64s(w_re, r), simd.neg_f64s(simd.mul_f64s(w_re, s)))
            } else {
                (
                    simd.add_f64s(simd.mul_f64s(w_re, r), simd.mul_f64s(w_im, s)),
                    simd.sub_f64s(simd.mul_f64s(w_im, r), simd.mul_f64s(w_re, s)),
                )
            };
            sum[0] = simd.add_f64s(sum[0], t_re);
            sum[1] = simd.add_f64s(sum[1], t_im);
            let slope_re = simd.add_f64s(simd.mul_f64s(t_re, r), simd.mul_f64s(t_im, s));
            let slope_im = simd.sub_f64s(simd.mul_f64s(t_im, r), simd.mul_f64s(t_re, s));
            sum[2] = simd.sub_f64s(sum[2], slope_re);
            sum[3] = simd.sub_f64s(sum[3], slope_im);
        }
        let value = Complex64::new(simd.reduce_sum_f64s(sum[0]), simd.reduce_sum_f64s(sum[1]));
        let slope = Complex64::new(simd.reduce_sum_f64s(sum[2]), simd.reduce_sum_f64s(sum[3]));
        (value, slope)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_plain_sum() {
        for imaginary in [0.0, -0.3] {
            let terms: Vec<_> = (0..7)
                .map(|k| {
                    let k = f64::from(k);
                    (Complex64::new(k, imaginary * k), Complex64::new(1.0 + k, imaginary))
                })
                .collect();
            let z = Complex64::new(2.5, 0.7);
            let plain: Complex64 = terms.iter().map(|(p, w)| w / (z - p)).sum();
            let slope: Complex64 = terms.iter().map(|(p, w)| -w / (z - p).powi(2)).sum();
            let sums = PoleSum::new(terms.into_iter());
            let (value, change) = sums.with_derivative(z);
            assert!((value - plain).norm() < 1e-14 && (sums.value(z) - plain).norm() < 1e-14);
            assert!((change - slope).norm() < 1e-14);
        }
    }
}
