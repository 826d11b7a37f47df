//! Householder reflections, and the sums they are made from.

/// Numbers that a sum keeps apart: four vectors of four.
const LANES: usize = 16;

/// A tail of the square norm below this is taken for zero: of a matrix whose
/// largest entry is near 1 it is lost in rounding, and its square root might be.
const NEGLIGIBLE: f64 = 1e-280;

/// $x^\top y$, in an order that vector instructions can follow.
#[inline(always)]
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut sums = [0.0; LANES];
    let (x_chunks, x_rest) = x.as_chunks::<LANES>();
    let (y_chunks, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in x_chunks.iter().zip(y_chunks) {
        for lane in 0..LANES {
            sums[lane] += x[lane] * y[lane];
        }
    }
    for (sum, (x, y)) in sums.iter_mut().zip(x_rest.iter().zip(y_rest)) {
        *sum += x * y;
    }
    total(&mut sums)
}

/// The sum of a few numbers, by halves: their count is a power of two.
#[inline(always)]
pub(super) fn total<const N: usize>(sums: &mut [f64; N]) -> f64 {
    let mut half = N / 2;
    while half > 0 {
        for lane in 0..half {
            sums[lane] += sums[lane + half];
        }
        half /= 2;
    }
    sums[0]
}

/// y += scale · x.
#[inline(always)]
pub(super) fn add_scaled(y: &mut [f64], scale: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += scale * x;
    }
}

/// What $I - \tau v v^\top$ with $v_0 = 1$ makes of `x`, namely $(\beta, 0, 0, \dots)$.
/// `x` becomes v; the result is (τ, β), τ = 0 if there is nothing to reflect.
#[inline(always)]
pub(super) fn reflector(x: &mut [f64]) -> (f64, f64) {
    let Some((head, tail)) = x.split_first_mut() else { return (0.0, 0.0) };
    let alpha = *head;
    let square = dot(tail, tail);
    *head = 1.0;
    if square <= NEGLIGIBLE {
        tail.fill(0.0);
        return (0.0, alpha);
    }
    let norm = (alpha * alpha + square).sqrt();
    let beta = if alpha > 0.0 { -norm } else { norm };
    let scale = 1.0 / (alpha - beta);
    for entry in tail {
        *entry *= scale;
    }
    ((beta - alpha) / beta, beta)
}
