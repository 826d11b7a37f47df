//! Sums over poles, Σ ω/(z − p): the inner loop of the transforms over the law
//! of D².

use num_complex::Complex64;
use pulp::{Arch, Scalar256b, Simd, WithSimd};

use super::lanes::{Lanes, WIDEST, vectors};

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
        let padded = count.next_multiple_of(if count <= FEW { 4 } else { WIDEST });
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
/// have.
struct Value<'a> {
    sum: &'a PoleSum,
    z: Complex64,
}

impl WithSimd for Value<'_> {
    type Output = Complex64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Complex64 {
        let lanes = Lanes(simd);
        let PoleSum { p_re, p_im, w_re, w_im, .. } = self.sum;
        let z = lanes.splat(self.z);
        let mut sum = lanes.splat(Complex64::ZERO);
        let poles = vectors::<S>(p_re).zip(vectors::<S>(p_im));
        let weights = vectors::<S>(w_re).zip(vectors::<S>(w_im));
        for (pole, weight) in poles.zip(weights) {
            let (conjugate, scale) = lanes.inversion(lanes.subtract(z, pole));
            lanes.add(&mut sum, lanes.scale(scale, lanes.multiply(weight, conjugate)));
        }
        lanes.total(sum)
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
        let lanes = Lanes(simd);
        let PoleSum { p_re, p_im, w_re, w_im, .. } = self.sum;
        let z = lanes.splat(self.z);
        let (mut value, mut slope) = (lanes.splat(Complex64::ZERO), lanes.splat(Complex64::ZERO));
        let poles = vectors::<S>(p_re).zip(vectors::<S>(p_im));
        let weights = vectors::<S>(w_re).zip(vectors::<S>(w_im));
        for (pole, weight) in poles.zip(weights) {
            let distance =
                if REAL { (simd.sub_f64s(z.0, pole.0), z.1) } else { lanes.subtract(z, pole) };
            let inverse = lanes.reciprocal(distance);
            let term =
                if REAL { lanes.scale(weight.0, inverse) } else { lanes.multiply(weight, inverse) };
            lanes.add(&mut value, term);
            lanes.add(&mut slope, lanes.multiply(term, inverse));
        }
        (lanes.total(value), -lanes.total(slope))
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
