//! The derivative of a function that is known by its values.
//!
//! On an interval with z at its centre or at one of its ends, f is interpolated at
//! the N + 1 Chebyshev points, and the interpolant is differentiated at z:
//!
//! f′(z) ≈ h⁻¹ Σ_j D_j (f(x_j) − f(z)),   h half the length,
//!
//! with D the row of the differentiation matrix that belongs to z. If f is analytic
//! near the interval, its Chebyshev coefficients decay geometrically, and the last
//! ones tell the error of truncation; the other error is rounding, ε Σ|D_j|/h of the
//! size of f. The interval is halved until the coefficients have decayed. A kink
//! inside keeps them from it at every length, but then one of the two intervals that
//! end at z has none: of the three the one with the smallest error is taken. This is
//! the choice of stencil of essentially non-oscillatory schemes.
//!
//! Sources: L. N. Trefethen, *Spectral methods in MATLAB*, SIAM 2000, chapter 6 (D);
//! A. Harten, B. Engquist, S. Osher and S. R. Chakravarthy, J. Comput. Phys. 71
//! (1987), doi:10.1016/0021-9991(87)90031-3 (stencils).

use std::f64::consts::PI;
use std::sync::LazyLock;

/// N. More allow longer intervals, so less rounding, but cost evaluations; tanh is
/// resolved on intervals of length 2 by 27.
const DEGREE: usize = 32;
const POINTS: usize = DEGREE + 1;
/// Half the length of the first interval. Rounding falls with it; what is not
/// resolved is halved.
const HALF_LENGTH: f64 = 1.0;
/// Halvings: singularities are resolved down to this power of 1/2.
const MAX_HALVINGS: u32 = 60;
/// Coefficients that have to have decayed: one alone may vanish by symmetry, or by
/// the place of a kink.
const TAIL: usize = 4;
/// Coefficients below this multiple of the rounding of f are taken for rounding.
const RESOLVED: f64 = 4.0;
/// Coefficients below this share of f that do not fall are noise of f, not structure.
const NOISE: f64 = 1e-6;
/// Halving leaves less than this share of the coefficients at a kink, and all of noise.
const PLATEAU: f64 = 0.75;
/// Halvings without a fall after which f is taken to be noisy: fewer mistake the
/// scatter of coefficients at a kink for noise, more waste evaluations.
const PATIENCE: u32 = 2;
/// An error below this share of |f| + |f′| is good enough not to try other intervals.
const GOAL: f64 = 1e-12;
/// An error above this share of |f| + |f′| is no result: the slope is NaN.
const LIMIT: f64 = 1e-8;
/// The shortest interval, in units of the spacing of floating-point numbers at z:
/// shorter ones have Chebyshev points that coincide.
const SPACINGS: f64 = 1e3;

/// An interval in which z has a given place: the points from z, and what the values
/// there say about f′(z).
struct Stencil {
    /// From z to the Chebyshev points, in units of half the length.
    offsets: [f64; POINTS],
    /// The row of the differentiation matrix, 0 at z itself.
    weights: [f64; POINTS],
    /// Σ |D_j|, by which rounding and truncation are magnified.
    norm: f64,
}

/// What one interval says about f′(z).
#[derive(Clone, Copy)]
struct Fit {
    slope: f64,
    /// Truncation and rounding.
    error: f64,
    /// The part of rounding, which grows as the interval shrinks.
    rounding: f64,
    /// The size of f on the interval.
    size: f64,
    /// The largest of the last coefficients.
    tail: f64,
    is_resolved: bool,
}

impl Fit {
    const NONE: Self = Self {
        slope: f64::NAN,
        error: f64::INFINITY,
        rounding: 0.0,
        size: 0.0,
        tail: f64::INFINITY,
        is_resolved: false,
    };

    /// Returns the more accurate of two fits, with the size of f on both intervals.
    fn or(self, other: Self) -> Self {
        let size = self.size.max(other.size);
        let best = if other.error < self.error { other } else { self };
        Self { size, ..best }
    }

    fn is_within(&self, share: f64) -> bool {
        self.error <= share * (self.size + self.slope.abs())
    }

    /// Says whether twice the interval had no larger coefficients, all of them small.
    fn is_on_plateau(&self, before: &Self) -> bool {
        self.tail <= NOISE * self.size && self.tail > PLATEAU * before.tail
    }
}

static CENTRE: LazyLock<Stencil> = LazyLock::new(|| Stencil::new(DEGREE / 2));
static END: LazyLock<Stencil> = LazyLock::new(|| Stencil::new(0));
/// cos(π j k/N) 2/N with halved ends: row i gives the coefficient of degree N − i.
static COEFFICIENTS: LazyLock<[[f64; POINTS]; TAIL]> = LazyLock::new(|| {
    let mut rows = [[0.0; POINTS]; TAIL];
    for (i, row) in rows.iter_mut().enumerate() {
        for (j, entry) in row.iter_mut().enumerate() {
            *entry = coefficient_weight(DEGREE - i, j);
        }
    }
    rows
});

/// Returns the weight of value j in the Chebyshev coefficient of degree `k`, even or
/// odd in j about the centre to the last bit.
fn coefficient_weight(k: usize, j: usize) -> f64 {
    let folded = j.min(DEGREE - j);
    let sign = if folded < j && k % 2 == 1 { -1.0 } else { 1.0 };
    let ends = if folded == 0 { 0.5 } else { 1.0 } * if k == DEGREE { 0.5 } else { 1.0 };
    let angle = PI * (k * folded % (2 * DEGREE)) as f64 / DEGREE as f64;
    // The odd polynomials vanish at the centre, where the cosine is rounding.
    let is_zero = 2 * folded == DEGREE && k % 2 == 1;
    if is_zero { 0.0 } else { sign * ends * angle.cos() * 2.0 / DEGREE as f64 }
}

/// Returns Σ w_j v_j, from the outside in by pairs: for mirrored values the same bits.
fn paired_sum(weights: &[f64; POINTS], values: &[f64; POINTS]) -> f64 {
    let term = |j: usize| weights[j] * values[j];
    let pairs: f64 = (0..DEGREE / 2).map(|j| term(j) + term(DEGREE - j)).sum();
    pairs + term(DEGREE / 2)
}

impl Stencil {
    /// Returns the stencil for z at the Chebyshev point cos(π i/N), i = `own`.
    fn new(own: usize) -> Self {
        let half_angle = PI / (2 * DEGREE) as f64;
        let end = |i: usize| if i == 0 || i == DEGREE { 2.0 } else { 1.0 };
        let mut offsets = [0.0; POINTS];
        let mut weights = [0.0; POINTS];
        for j in (0..POINTS).filter(|&j| j != own) {
            // cos a − cos b without cancellation, and odd about the centre.
            let sum = (j + own).min(2 * DEGREE - j - own) as f64;
            let difference = j as f64 - own as f64;
            offsets[j] = -2.0 * (sum * half_angle).sin() * (difference * half_angle).sin();
            let sign = if (j + own).is_multiple_of(2) { 1.0 } else { -1.0 };
            weights[j] = -sign * end(own) / (end(j) * offsets[j]);
        }
        let norm = weights.iter().map(|w| w.abs()).sum();
        Self { offsets, weights, norm }
    }

    /// Differentiates f on the interval whose signed half length is `step`.
    fn fit(&self, f: &impl Fn(f64) -> f64, z: f64, step: f64) -> Fit {
        let at_z = f(z);
        let differences = self.offsets.map(|offset| f(z + step * offset) - at_z);
        let spread = differences.iter().fold(0.0, |most: f64, d| most.max(d.abs()));
        if !differences.iter().all(|d| d.is_finite()) {
            return Fit::NONE;
        }
        // The values are rounded, and so are the points.
        let size = at_z.abs() + spread;
        let noise = f64::EPSILON * (size + z.abs() * spread / step.abs());
        let tail = COEFFICIENTS.iter().map(|row| paired_sum(row, &differences).abs());
        let tail = tail.fold(0.0, f64::max);
        let is_resolved = tail <= RESOLVED * noise;
        // Coefficients that do not decay add up to N/2 of what the last one does.
        let truncation = if is_resolved { tail } else { 0.5 * DEGREE as f64 * tail };
        let magnified = self.norm / step.abs();
        Fit {
            slope: paired_sum(&self.weights, &differences) / step,
            error: magnified * (truncation + noise),
            rounding: magnified * noise,
            size,
            tail,
            is_resolved,
        }
    }

    /// Differentiates f on the best interval of at most `room` on either side that
    /// the stencil uses, mirrored if `sign` is −1.
    fn best_fit(&self, f: &impl Fn(f64) -> f64, z: f64, sign: f64, room: f64) -> Fit {
        let shortest = SPACINGS * f64::EPSILON * z.abs();
        let reach = self.offsets.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let mut step = HALF_LENGTH.min(room / reach);
        let (mut best, mut before) = (Fit::NONE, Fit::NONE);
        let mut plateau = 0;
        for _ in 0..=MAX_HALVINGS {
            if step <= shortest {
                break;
            }
            let fit = self.fit(f, z, sign * step);
            best = best.or(fit);
            if fit.is_resolved || fit.rounding >= best.error {
                break;
            }
            plateau = if fit.is_on_plateau(&before) { plateau + 1 } else { 0 };
            if plateau == PATIENCE {
                break;
            }
            before = fit;
            step *= 0.5;
        }
        best
    }
}

/// Returns f′(z), or NaN where the values of f do not determine it to `LIMIT`.
///
/// `kinks`, sorted, are points that no interval has inside. At a kink this is one of
/// the two one-sided derivatives.
pub(super) fn slope(f: impl Fn(f64) -> f64, kinks: &[f64], z: f64) -> f64 {
    if !z.is_finite() {
        return f64::NAN;
    }
    let below = kinks.partition_point(|&k| k < z);
    let above = kinks.partition_point(|&k| k <= z);
    let left = below.checked_sub(1).map_or(f64::INFINITY, |i| z - kinks[i]);
    let right = kinks.get(above).map_or(f64::INFINITY, |k| k - z);
    let centre = if below < above { 0.0 } else { left.min(right) };

    // Towards 0 first, so that f and its mirror image are treated alike.
    let (towards, from) = if z > 0.0 { (left, right) } else { (right, left) };
    let sign = if z > 0.0 { 1.0 } else { -1.0 };
    let mut best = Fit::NONE;
    for (stencil, sign, room) in
        [(&*CENTRE, 1.0, centre), (&*END, sign, towards), (&*END, -sign, from)]
    {
        best = best.or(stencil.best_fit(&f, z, sign, room));
        if best.is_within(GOAL) {
            break;
        }
    }
    if best.is_within(LIMIT) { best.slope } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both rows are exact up to degree N, the rows of coefficients are orthogonal.
    #[test]
    fn rows_are_exact_for_chebyshev_polynomials() {
        for (stencil, own) in [(&*CENTRE, DEGREE / 2), (&*END, 0)] {
            let at = (PI * own as f64 / DEGREE as f64).cos();
            for k in 0..=DEGREE {
                let t = |j: usize| (PI * (k * j) as f64 / DEGREE as f64).cos();
                let values: [f64; POINTS] = std::array::from_fn(|j| t(j) - t(own));
                // T_k′ = k U_{k−1}, by the recurrence of U.
                let u = (1..k).fold((0.0, 1.0), |(before, u), _| (u, 2.0 * at * u - before)).1;
                let expected = k as f64 * if k == 0 { 0.0 } else { u };
                let found = paired_sum(&stencil.weights, &values);
                assert!((found - expected).abs() < 1e-11, "T_{k}′: {found} for {expected}");
                for (i, row) in COEFFICIENTS.iter().enumerate() {
                    let expected = if k == DEGREE - i { 1.0 } else { 0.0 };
                    let found = paired_sum(row, &std::array::from_fn(t));
                    assert!((found - expected).abs() < 1e-14, "T_{k} in row {i}: {found}");
                }
            }
        }
    }

    #[test]
    fn no_interval_has_a_kink_inside() {
        let kinks = [-1.0, 0.3, 0.30001, 2.0];
        for (z, low, high) in
            [(0.0, -1.0, 0.3), (0.29, -1.0, 0.3), (0.300_004, 0.3, 0.30001), (1.9, 0.30001, 2.0)]
        {
            let outside = std::cell::Cell::new(0);
            let f = |x: f64| {
                outside.set(outside.get() + u32::from(!(low..=high).contains(&x)));
                x.abs().sqrt()
            };
            let _ = slope(f, &kinks, z);
            assert_eq!(outside.get(), 0, "{z}");
        }
    }

    #[test]
    fn mirror_images_have_the_same_slopes() {
        let odd: [fn(f64) -> f64; 3] =
            [f64::tanh, |z| z.clamp(-1.0, 1.0), |z| (90.0 * z).sin() + z * z.abs()];
        for f in odd {
            for i in 1..500 {
                let z = 0.007_31 * f64::from(i);
                assert_eq!(slope(f, &[], z), slope(f, &[], -z), "{z}");
            }
        }
    }
}
