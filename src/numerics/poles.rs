//! Sums over poles, Σ ω/(z − p): the inner loop of the transforms over the law
//! of D².

use num_complex::Complex64;

/// Poles handled together, so that the compiler can use vector registers.
const LANES: usize = 4;

/// Poles p with weights ω, real or complex, in blocks of `LANES`.
#[derive(Debug, Clone, Default)]
pub(crate) struct PoleSum {
    /// Real parts and imaginary parts of the poles, then of the weights.
    blocks: Vec<[[f64; LANES]; 4]>,
    real: bool,
}

impl PoleSum {
    pub(crate) fn new(terms: impl Iterator<Item = (Complex64, Complex64)>) -> Self {
        let mut blocks = Vec::new();
        let mut real = true;
        for (k, (pole, weight)) in terms.enumerate() {
            if k % LANES == 0 {
                // Padding: poles of weight 0, far from everything.
                blocks.push([[1e150; LANES], [0.0; LANES], [0.0; LANES], [0.0; LANES]]);
            }
            let block = blocks.last_mut().expect("a block was just pushed");
            for (part, value) in block.iter_mut().zip([pole.re, pole.im, weight.re, weight.im]) {
                part[k % LANES] = value;
            }
            real &= pole.im == 0.0 && weight.im == 0.0;
        }
        Self { blocks, real }
    }

    /// Σ ω/(z−p).
    pub(crate) fn value(&self, z: Complex64) -> Complex64 {
        let mut sum = [[0.0; LANES]; 2];
        for [p_re, p_im, w_re, w_im] in &self.blocks {
            for l in 0..LANES {
                let (re, im) = (z.re - p_re[l], z.im - p_im[l]);
                let scale = 1.0 / (re * re + im * im);
                sum[0][l] += (w_re[l] * re + w_im[l] * im) * scale;
                sum[1][l] += (w_im[l] * re - w_re[l] * im) * scale;
            }
        }
        Complex64::new(sum[0].iter().sum(), sum[1].iter().sum())
    }

    /// Σ ω/(z−p) and its derivative −Σ ω/(z−p)².
    pub(crate) fn with_derivative(&self, z: Complex64) -> (Complex64, Complex64) {
        if self.real { self.accumulate::<true>(z) } else { self.accumulate::<false>(z) }
    }

    fn accumulate<const REAL: bool>(&self, z: Complex64) -> (Complex64, Complex64) {
        let mut sum = [[0.0; LANES]; 4];
        for [p_re, p_im, w_re, w_im] in &self.blocks {
            for l in 0..LANES {
                let re = z.re - p_re[l];
                let im = if REAL { z.im } else { z.im - p_im[l] };
                let scale = 1.0 / (re * re + im * im);
                let (r, i) = (re * scale, -im * scale);
                let (t_re, t_im) = if REAL {
                    (w_re[l] * r, w_re[l] * i)
                } else {
                    (w_re[l] * r - w_im[l] * i, w_re[l] * i + w_im[l] * r)
                };
                sum[0][l] += t_re;
                sum[1][l] += t_im;
                sum[2][l] -= t_re * r - t_im * i;
                sum[3][l] -= t_re * i + t_im * r;
            }
        }
        let total = sum.map(|lanes| lanes.iter().sum::<f64>());
        (Complex64::new(total[0], total[1]), Complex64::new(total[2], total[3]))
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
