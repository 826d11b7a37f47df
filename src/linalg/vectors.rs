//! Inner products of long vectors, on all threads and always in the same order.

use rayon::prelude::*;

use super::{Vectorised, vectorised};
use crate::threads;

/// Entries that are summed before sums are added. It enters the order of the
/// additions, hence is fixed.
const CHUNK: usize = 4096;

/// Partial sums of an inner product: the width of the widest vector registers.
const LANES: usize = 8;

/// The inner products of some vectors with w.
pub(crate) fn overlaps<V: AsRef<[f64]> + Sync>(vectors: &[V], w: &[f64]) -> Vec<f64> {
    threads::ready();
    let partial: Vec<Vec<f64>> = w
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, w)| {
            let mut sums = vec![0.0; vectors.len()];
            vectorised(Overlaps { vectors, start: chunk * CHUNK, w, sums: &mut sums });
            sums
        })
        .collect();
    let mut total = vec![0.0; vectors.len()];
    for sums in partial {
        total.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
    }
    total
}

/// Exponents that a normal power of two and its inverse can both have.
const EXPONENTS: std::ops::RangeInclusive<i32> = -1020..=1020;

/// The power of two next to a finite number, or to 1 if that is 0: to scale by without
/// rounding.
pub(crate) fn power_of_two(number: f64) -> f64 {
    let exponent = libm::frexp(number).1;
    libm::ldexp(1.0, exponent.clamp(*EXPONENTS.start(), *EXPONENTS.end()))
}

/// The largest absolute value, 0 of none; entries that are NaN are passed over.
pub(crate) fn largest(w: &[f64]) -> f64 {
    w.iter().fold(0.0, |most, entry| entry.abs().max(most))
}

/// The sum of squares.
pub(crate) fn square(w: &[f64]) -> f64 {
    threads::ready();
    let partial: Vec<f64> = w
        .par_chunks(CHUNK)
        .map(|w| {
            let mut sum = 0.0;
            vectorised(Inner { v: w, w, sum: &mut sum });
            sum
        })
        .collect();
    partial.into_iter().sum()
}

/// w += Σ coefficients\[k\] vectors\[k\]
pub(crate) fn add<V: AsRef<[f64]> + Sync>(w: &mut [f64], vectors: &[V], coefficients: &[f64]) {
    threads::ready();
    w.par_chunks_mut(CHUNK).enumerate().for_each(|(chunk, w)| {
        vectorised(Add { w, vectors, start: chunk * CHUNK, coefficients });
    });
}

struct Inner<'a> {
    v: &'a [f64],
    w: &'a [f64],
    sum: &'a mut f64,
}

impl Vectorised for Inner<'_> {
    #[inline(always)]
    fn run(self) {
        *self.sum = inner(self.v, self.w);
    }
}

struct Overlaps<'a, V> {
    vectors: &'a [V],
    start: usize,
    w: &'a [f64],
    sums: &'a mut [f64],
}

impl<V: AsRef<[f64]>> Vectorised for Overlaps<'_, V> {
    #[inline(always)]
    fn run(self) {
        for (vector, sum) in self.vectors.iter().zip(self.sums) {
            *sum = inner(&vector.as_ref()[self.start..self.start + self.w.len()], self.w);
        }
    }
}

struct Add<'a, V> {
    w: &'a mut [f64],
    vectors: &'a [V],
    start: usize,
    coefficients: &'a [f64],
}

impl<V: AsRef<[f64]>> Vectorised for Add<'_, V> {
    #[inline(always)]
    fn run(self) {
        for (vector, coefficient) in self.vectors.iter().zip(self.coefficients) {
            let vector = &vector.as_ref()[self.start..self.start + self.w.len()];
            for (entry, v) in self.w.iter_mut().zip(vector) {
                *entry += coefficient * v;
            }
        }
    }
}

#[inline(always)]
fn inner(v: &[f64], w: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (v, w) = (v.chunks_exact(LANES), w.chunks_exact(LANES));
    let rest: f64 = v.remainder().iter().zip(w.remainder()).map(|(a, b)| a * b).sum();
    for (v, w) in v.zip(w) {
        for ((lane, a), b) in lanes.iter_mut().zip(v).zip(w) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_two_and_their_inverses_are_finite() {
        assert_eq!([0.0, 0.7, -1.5, 8.0].map(power_of_two), [1.0, 1.0, 2.0, 16.0]);
        for extreme in [5e-324, f64::MIN_POSITIVE, f64::MAX] {
            let scale = power_of_two(extreme);
            assert!(scale.recip().is_normal() && scale.is_normal());
            assert!((1e-30..=16.0).contains(&(extreme / scale)), "{extreme:e}");
        }
    }

    #[test]
    fn sums_of_integers_are_exact() {
        let vector = |step: usize| (0..10_003).map(|i| (i * step % 7) as f64 - 3.0).collect();
        let vectors: Vec<Vec<f64>> = vec![vector(2), vector(3)];
        let w: Vec<f64> = vector(5);
        let exact = |v: &[f64]| v.iter().zip(&w).map(|(a, b)| a * b).sum::<f64>();
        assert_eq!(overlaps(&vectors, &w), [exact(&vectors[0]), exact(&vectors[1])]);
        assert_eq!(square(&w), exact(&w));
        let mut sum = w.clone();
        add(&mut sum, &vectors, &[2.0, -1.0]);
        assert!((0..w.len()).all(|i| sum[i] == w[i] + 2.0 * vectors[0][i] - vectors[1][i]));
    }
}
