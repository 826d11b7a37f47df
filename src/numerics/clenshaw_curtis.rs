//! Adaptive Clenshaw–Curtis quadrature of several integrals at once.
//!
//! The rule has 33 points, and the 17-point rule nested in it gives the error
//! estimate. It is a closed rule on purpose: an open one sees nothing of a jump
//! between the end of a subinterval and its outermost node, where both of its
//! estimates agree on the wrong number. For a jump anywhere in a subinterval the two
//! closed rules differ by at least 1/1.372 of the true error.

use std::f64::consts::PI;
use std::sync::LazyLock;

use crate::Error;

/// Intervals of the 33-point rule.
const INTERVALS: usize = 32;
pub(super) const POINTS: usize = INTERVALS + 1;

/// For a jump, the true error is up to this multiple of the difference.
const SAFETY: f64 = 1.5;
/// A subinterval is split while its error exceeds this share of the whole integral.
const GOAL: f64 = 1e-15;
/// The sum of all errors that is still accepted, relative to ∫|f|: a numerical
/// derivative as integrand is as noisy as this.
const ACCEPTED: f64 = 1e-11;
/// Errors that a round of bisections leaves above this share of themselves do
/// not fall any more.
const STAGNATION: f64 = 0.75;
/// Rounding of the integrand that is allowed for, in units of its size.
pub(super) const ROUNDING: f64 = 4.0 * f64::EPSILON;
/// Rounds of bisection: enough for |z|^(−1/4) at 0.
const MAX_ROUNDS: usize = 200;
/// Bisections in all.
pub(super) const MAX_SPLITS: usize = 1500;

struct Rule {
    /// Distance of node i from the nearer end of the unit interval.
    offset: [f64; POINTS],
    fine: [f64; POINTS],
    /// Weights of the 17-point rule, 0 at the nodes that it lacks.
    coarse: [f64; POINTS],
}

/// Clenshaw–Curtis weight of node `i` of `n + 1` on the unit interval.
fn clenshaw_curtis(i: usize, n: usize) -> f64 {
    let angle = PI * i as f64 / n as f64;
    let sum: f64 = (1..=n / 2)
        .rev()
        .map(|j| {
            let multiplicity = if 2 * j == n { 1.0 } else { 2.0 };
            let j = j as f64;
            multiplicity * (2.0 * j * angle).cos() / (1.0 - 4.0 * j * j)
        })
        .sum();
    let end = if i == 0 || i == n { 0.5 } else { 1.0 };
    end * (1.0 + sum) / n as f64
}

static RULE: LazyLock<Rule> = LazyLock::new(|| {
    let mut rule = Rule { offset: [0.0; POINTS], fine: [0.0; POINTS], coarse: [0.0; POINTS] };
    for i in 0..POINTS {
        let from_end = i.min(INTERVALS - i);
        let half_angle = PI * from_end as f64 / (2 * INTERVALS) as f64;
        rule.offset[i] = half_angle.sin().powi(2);
        rule.fine[i] = clenshaw_curtis(from_end, INTERVALS);
        if i % 2 == 0 {
            rule.coarse[i] = clenshaw_curtis(from_end / 2, INTERVALS / 2);
        }
    }
    rule
});

/// An integral over a subinterval, or over several.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Estimate {
    pub(super) value: f64,
    pub(super) error: f64,
    /// ∫|f|.
    pub(super) scale: f64,
    /// The part of the error that rounding of the integrand explains.
    pub(super) floor: f64,
}

impl Estimate {
    fn add(&mut self, other: &Self) {
        self.value += other.value;
        self.error += other.error;
        self.scale += other.scale;
        self.floor += other.floor;
    }

    pub(super) fn is_accepted(&self) -> bool {
        self.error <= ACCEPTED * self.scale + self.floor
    }
}

/// The values of something at the nodes of [lo, hi].
pub(super) struct Subinterval<T> {
    pub(super) lo: f64,
    hi: f64,
    nodes: [T; POINTS],
}

impl<T: Copy + Default> Subinterval<T> {
    fn new(lo: f64, hi: f64, sample: &impl Fn(f64) -> Result<T, Error>) -> Result<Self, Error> {
        let width = hi - lo;
        let mut nodes = [T::default(); POINTS];
        for (i, node) in nodes.iter_mut().enumerate() {
            // The ends may be jumps: the subinterval wants its own one-sided values.
            // Near 0 `next_up` would be a step into the subnormals.
            let inward = RULE.offset[i].max(0.5 * f64::EPSILON) * width;
            *node = sample(if 2 * i < INTERVALS {
                (lo + inward).max(lo.next_up())
            } else {
                (hi - inward).min(hi.next_down())
            })?;
        }
        Ok(Self { lo, hi, nodes })
    }

    /// Integrates `f`, which returns the integrand and its size, that is what
    /// its rounding error is proportional to.
    pub(super) fn integrate(&self, f: impl Fn(&T) -> (f64, f64)) -> Estimate {
        let (mut fine, mut coarse, mut scale, mut size) = (0.0, 0.0, 0.0, 0.0);
        for (i, node) in self.nodes.iter().enumerate() {
            let (value, magnitude) = f(node);
            fine += RULE.fine[i] * value;
            coarse += RULE.coarse[i] * value;
            scale += RULE.fine[i] * value.abs();
            size += RULE.fine[i] * magnitude;
        }
        let width = self.hi - self.lo;
        Estimate {
            value: width * fine,
            error: SAFETY * width * (fine - coarse).abs(),
            scale: width * scale,
            floor: ROUNDING * width * size,
        }
    }

    fn midpoint(&self) -> Option<f64> {
        let middle = self.lo + 0.5 * (self.hi - self.lo);
        (self.lo.next_up() < middle && middle < self.hi.next_down()).then_some(middle)
    }
}

/// Subintervals between the sorted `breaks`.
pub(super) fn subintervals<T: Copy + Default>(
    breaks: &[f64],
    sample: &impl Fn(f64) -> Result<T, Error>,
) -> impl Iterator<Item = Result<Subinterval<T>, Error>> {
    breaks.windows(2).map(move |ends| Subinterval::new(ends[0], ends[1], sample))
}

pub(super) fn sum<const N: usize>(parts: impl Iterator<Item = [Estimate; N]>) -> [Estimate; N] {
    parts.fold([Estimate::default(); N], |mut total, part| {
        for (whole, estimate) in total.iter_mut().zip(&part) {
            whole.add(estimate);
        }
        total
    })
}

/// Bisects subintervals until the integrals of `measure` meet the goal or the
/// budget is spent.
pub(super) fn refine<T: Copy + Default, const N: usize>(
    subintervals: &mut Vec<Subinterval<T>>,
    sample: &impl Fn(f64) -> Result<T, Error>,
    measure: impl Fn(&Subinterval<T>) -> [Estimate; N],
) -> Result<[Estimate; N], Error> {
    let mut measured: Vec<_> = subintervals.iter().map(&measure).collect();
    let limit = subintervals.len() + MAX_SPLITS;
    let mut round = 0;
    let mut previous = [f64::INFINITY; N];
    loop {
        let total = sum(measured.iter().copied());
        let count = subintervals.len();
        let unmet: Vec<usize> = (0..count)
            .filter(|&i| {
                let mut pairs = measured[i].iter().zip(&total);
                pairs.any(|(part, whole)| part.error > GOAL * whole.scale + part.floor)
            })
            .collect();
        // Noise is everywhere and does not fall, a jump is in one place, and
        // an unresolved oscillation is far from accepted.
        let is_noise = 4 * unmet.len() > count
            && (total.iter().zip(&previous))
                .all(|(t, before)| t.is_accepted() && t.error >= STAGNATION * before);
        let is_finite = total.iter().all(|t| t.error.is_finite());
        previous = total.map(|t| t.error);
        if round < MAX_ROUNDS && is_finite && !is_noise {
            for i in unmet {
                let Some(middle) = subintervals[i].midpoint() else {
                    continue;
                };
                if subintervals.len() >= limit {
                    break;
                }
                let right = Subinterval::new(middle, subintervals[i].hi, sample)?;
                subintervals[i] = Subinterval::new(subintervals[i].lo, middle, sample)?;
                measured[i] = measure(&subintervals[i]);
                measured.push(measure(&right));
                subintervals.push(right);
            }
        }
        if subintervals.len() == count {
            return Ok(total);
        }
        round += 1;
    }
}

/// ∫ f over [lo, hi], with `breaks` where f is not smooth, or `None` if it
/// does not converge. `breaks` are sorted and include `lo` and `hi`.
pub(crate) fn integrate(f: impl Fn(f64) -> f64, breaks: &[f64]) -> Option<f64> {
    let sample = |z: f64| Ok(f(z));
    let mut subintervals = subintervals(breaks, &sample).collect::<Result<Vec<_>, _>>().ok()?;
    let [total] =
        refine(
            &mut subintervals,
            &sample,
            |subinterval| [subinterval.integrate(|&y| (y, y.abs()))],
        )
        .ok()?;
    (total.value.is_finite() && total.is_accepted()).then_some(total.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ∫ t^k over [0, 1].
    fn power(weights: &[f64; POINTS], k: i32) -> f64 {
        let rule = &*RULE;
        let node = |i: usize| match 2 * i < INTERVALS {
            true => rule.offset[i],
            false => 1.0 - rule.offset[i],
        };
        (0..POINTS).map(|i| weights[i] * node(i).powi(k)).sum()
    }

    #[test]
    fn rules_are_exact_for_polynomials_and_not_beyond() {
        for k in 0..=INTERVALS as i32 {
            let expected = 1.0 / f64::from(k + 1);
            assert!((power(&RULE.fine, k) - expected).abs() < 1e-15);
            if k <= 17 {
                assert!((power(&RULE.coarse, k) - expected).abs() < 1e-15);
            }
        }
        assert!((power(&RULE.coarse, 32) - 1.0 / 33.0).abs() > 1e-13);
    }

    /// The claim on which the trust in undeclared jumps rests.
    #[test]
    fn a_jump_anywhere_is_seen_by_the_error_estimate() {
        let sample = |z: f64| Ok(z);
        let subinterval = Subinterval::new(0.0, 1.0, &sample).unwrap();
        for i in 0..10_000 {
            let at = (f64::from(i) + 0.5) / 10_000.0;
            let estimate = subinterval.integrate(|&z| (if z > at { 1.0 } else { 0.0 }, 1.0));
            let error = (estimate.value - (1.0 - at)).abs();
            assert!(error <= estimate.error, "jump at {at}: {error} against {estimate:?}");
        }
    }

    #[test]
    fn integrals_split_at_breaks() {
        let step = |z: f64| if z < 0.37 { 1.0 } else { -2.0 };
        let value = integrate(step, &[0.0, 0.37, 1.0]).unwrap();
        assert!((value - (0.37 - 1.26)).abs() < 1e-15);
        assert_eq!(integrate(|z| 1.0 / z, &[0.0, 1.0]), None);
    }
}
