//! Adaptive quadrature on the line, and the Gaussian moments of a function.
//!
//! The rule is Clenshaw–Curtis with 33 points and the 17-point rule nested in
//! it as error estimate. It is a closed rule on purpose: an open one sees
//! nothing of a jump between the end of a panel and its outermost node, where
//! both of its estimates agree on the wrong number. For a jump anywhere in a
//! panel the two closed rules differ by at least 1/1.372 of the true error.
//!
//! Moments are computed on the half-line from the even and the odd part of φ
//! at z and −z. Whatever vanishes by symmetry then vanishes to the last bit.

use std::f64::consts::PI;
use std::sync::LazyLock;

use crate::Error;

/// Intervals of the 33-point rule.
const INTERVALS: usize = 32;
const POINTS: usize = INTERVALS + 1;

/// For a jump, the true error is up to this multiple of the difference.
const SAFETY: f64 = 1.5;
/// A panel is split while its error exceeds this share of the whole integral.
const GOAL: f64 = 1e-15;
/// The sum of all errors that is still accepted, relative to ∫|f|: a numerical
/// derivative as integrand is as noisy as this.
const ACCEPTED: f64 = 1e-11;
/// Errors that a round of bisections leaves above this share of themselves do
/// not fall any more.
const STAGNATION: f64 = 0.75;
/// Rounding of the integrand that is allowed for, in units of its size.
const ROUNDING: f64 = 4.0 * f64::EPSILON;
/// Rounds of bisection: enough for |z|^(−1/4) at 0.
const MAX_ROUNDS: usize = 200;
/// Bisections in all.
const MAX_SPLITS: usize = 1500;

/// e^(−z²/2) is 10⁻²⁹⁷ here, and (2π)^(−1/2) e^(−z²/2) still a normal number.
const RANGE: f64 = 37.0;
/// What lies beyond this point tells whether the integrals converge.
const TAIL: f64 = 36.0;
/// The largest share of ∫|f| that may lie in the tail.
const TAIL_SHARE: f64 = 1e-12;
/// First panels of the half-line.
const BREAKS: [f64; 15] = [
    0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 16.0, 24.0, TAIL, RANGE,
];

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
    let mut rule = Rule {
        offset: [0.0; POINTS],
        fine: [0.0; POINTS],
        coarse: [0.0; POINTS],
    };
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

/// An integral over a panel, or over several.
#[derive(Debug, Clone, Copy, Default)]
struct Estimate {
    value: f64,
    error: f64,
    /// ∫|f|.
    scale: f64,
    /// The part of the error that rounding of the integrand explains.
    floor: f64,
}

impl Estimate {
    fn add(&mut self, other: &Self) {
        self.value += other.value;
        self.error += other.error;
        self.scale += other.scale;
        self.floor += other.floor;
    }

    fn is_accepted(&self) -> bool {
        self.error <= ACCEPTED * self.scale + self.floor
    }
}

/// The values of something at the nodes of [lo, hi].
struct Panel<T> {
    lo: f64,
    hi: f64,
    nodes: [T; POINTS],
}

impl<T: Copy + Default> Panel<T> {
    fn new(lo: f64, hi: f64, sample: &impl Fn(f64) -> Result<T, Error>) -> Result<Self, Error> {
        let width = hi - lo;
        let mut nodes = [T::default(); POINTS];
        for (i, node) in nodes.iter_mut().enumerate() {
            // The ends may be jumps: the panel wants its own one-sided values.
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
    fn integrate(&self, f: impl Fn(&T) -> (f64, f64)) -> Estimate {
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

/// Panels between the sorted `breaks`.
fn panels<T: Copy + Default>(
    breaks: &[f64],
    sample: &impl Fn(f64) -> Result<T, Error>,
) -> impl Iterator<Item = Result<Panel<T>, Error>> {
    breaks
        .windows(2)
        .map(move |ends| Panel::new(ends[0], ends[1], sample))
}

/// Bisects panels until the integrals of `measure` meet the goal or the
/// budget is spent; returns their estimates and those of the tail alone.
fn refine<T: Copy + Default, const N: usize>(
    panels: &mut Vec<Panel<T>>,
    sample: &impl Fn(f64) -> Result<T, Error>,
    measure: impl Fn(&Panel<T>) -> [Estimate; N],
) -> Result<([Estimate; N], [Estimate; N]), Error> {
    let mut measured: Vec<_> = panels.iter().map(&measure).collect();
    let limit = panels.len() + MAX_SPLITS;
    let mut round = 0;
    let mut previous = [f64::INFINITY; N];
    loop {
        let mut total = [Estimate::default(); N];
        let mut tail = [Estimate::default(); N];
        for (panel, estimates) in panels.iter().zip(&measured) {
            for (k, estimate) in estimates.iter().enumerate() {
                total[k].add(estimate);
                if panel.lo >= TAIL {
                    tail[k].add(estimate);
                }
            }
        }
        let count = panels.len();
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
                let Some(middle) = panels[i].midpoint() else {
                    continue;
                };
                if panels.len() >= limit {
                    break;
                }
                let right = Panel::new(middle, panels[i].hi, sample)?;
                panels[i] = Panel::new(panels[i].lo, middle, sample)?;
                measured[i] = measure(&panels[i]);
                measured.push(measure(&right));
                panels.push(right);
            }
        }
        if panels.len() == count {
            return Ok((total, tail));
        }
        round += 1;
    }
}

/// ∫ f over [lo, hi], with `breaks` where f is not smooth, or `None` if it
/// does not converge. `breaks` are sorted and include `lo` and `hi`.
pub(crate) fn integrate(f: impl Fn(f64) -> f64, breaks: &[f64]) -> Option<f64> {
    let sample = |z: f64| Ok(f(z));
    let mut panels = panels(breaks, &sample)
        .collect::<Result<Vec<_>, _>>()
        .ok()?;
    let ([total], _) = refine(&mut panels, &sample, |panel| {
        [panel.integrate(|&y| (y, y.abs()))]
    })
    .ok()?;
    (total.value.is_finite() && total.is_accepted()).then_some(total.value)
}

/// φ at z and −z, times the square root of the Gaussian density, so that φ²
/// does not overflow where φ² times the density does not.
#[derive(Debug, Clone, Copy, Default)]
struct Pair {
    z: f64,
    root: f64,
    even: f64,
    odd: f64,
    /// (|φ(z)| + |φ(−z)|)/2, weighted like the others.
    size: f64,
}

impl Pair {
    fn new(phi: &impl Fn(f64) -> f64, z: f64) -> Result<Self, Error> {
        let at = |z: f64| match phi(z) {
            value if value.is_finite() => Ok(value),
            value => Err(Error::NonFiniteDerivative { z, value }),
        };
        let (right, left) = (0.5 * at(z)?, 0.5 * at(-z)?);
        // (2/π)^(1/4): the density of |Z| is twice that of Z.
        let root = (-0.25 * z * z).exp() * (2.0 / PI).sqrt().sqrt();
        Ok(Self {
            z,
            root,
            even: (right + left) * root,
            odd: (right - left) * root,
            size: (right.abs() + left.abs()) * root,
        })
    }
}

/// φ ≈ a0 + a1 z in L² of the Gaussian law, at squared distance c.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Projection {
    pub(crate) a0: f64,
    pub(crate) a1: f64,
    pub(crate) c: f64,
}

/// a0 = E φ(Z), a1 = E Z φ(Z) and c = E (φ(Z) − a0 − a1 Z)².
///
/// `kinks` are the points where φ jumps or is not smooth, in any order. An
/// undeclared one costs bisections, not accuracy.
pub(crate) fn moments(phi: impl Fn(f64) -> f64, kinks: &[f64]) -> Result<Projection, Error> {
    if let Some(index) = kinks.iter().position(|k| !k.is_finite()) {
        return Err(Error::InvalidEntry {
            name: "kinks",
            index,
            value: kinks[index],
            allowed: "a finite number",
        });
    }
    let mut breaks = BREAKS.to_vec();
    breaks.extend(kinks.iter().map(|k| k.abs()).filter(|&k| k < RANGE));
    breaks.sort_by(f64::total_cmp);
    breaks.dedup();

    let sample = |z: f64| Pair::new(&phi, z);
    let mut cells = Vec::with_capacity(breaks.len());
    for panel in panels(&breaks, &sample) {
        match panel {
            Ok(panel) => cells.push(panel),
            Err(Error::NonFiniteDerivative { value, .. })
                if value.is_infinite() && is_exploding(&cells) =>
            {
                return Err(divergence("m2", f64::INFINITY, f64::INFINITY));
            }
            Err(error) => return Err(error),
        }
    }

    let (totals, tails) = refine(&mut cells, &sample, |panel| {
        [
            panel.integrate(|p| (p.even * p.root, p.size * p.root)),
            panel.integrate(|p| (p.z * p.odd * p.root, p.z * p.size * p.root)),
            second_moment(panel),
        ]
    })?;
    for ((name, total), tail) in ["a0", "a1", "m2"].into_iter().zip(&totals).zip(&tails) {
        check(name, total, tail)?;
    }
    let [a0, a1, _] = totals.map(|total| total.value);

    // The residual φ − a0 − a1 z is squared, never φ itself: softplus has
    // c/m2 = 0.002, and nearly linear activations far less.
    let (totals, tails) = refine(&mut cells, &sample, |panel| {
        [panel.integrate(|p| {
            let even = p.even - a0 * p.root;
            let odd = p.odd - a1 * p.z * p.root;
            let size = p.size + (a0.abs() + a1.abs() * p.z) * p.root;
            (
                even * even + odd * odd,
                (2.0 * (even.abs() + odd.abs()) + ROUNDING * size) * size,
            )
        })]
    })?;
    check("c", &totals[0], &tails[0])?;
    // Below its floor, c is the square of rounding errors.
    let c = if totals[0].value <= totals[0].floor {
        0.0
    } else {
        totals[0].value
    };
    Ok(Projection { a0, a1, c })
}

fn second_moment(panel: &Panel<Pair>) -> Estimate {
    panel.integrate(|p| {
        let square = p.even * p.even + p.odd * p.odd;
        (square, square)
    })
}

/// Whether E φ² over the last of the panels exceeds that over all others: an
/// overflow further out is then a divergence, not a fault at one point.
fn is_exploding(panels: &[Panel<Pair>]) -> bool {
    let Some((last, others)) = panels.split_last() else {
        return false;
    };
    let inner: f64 = others.iter().map(|p| second_moment(p).value).sum();
    let outer = second_moment(last).value;
    !others.is_empty() && (outer > inner || !outer.is_finite())
}

fn check(moment: &'static str, total: &Estimate, tail: &Estimate) -> Result<(), Error> {
    let is_covered = tail.scale <= TAIL_SHARE * total.scale;
    if total.value.is_finite() && total.is_accepted() && is_covered {
        return Ok(());
    }
    // What is beyond the range is at least as large as the tail before it.
    Err(divergence(moment, total.value, total.error.max(tail.scale)))
}

fn divergence(moment: &'static str, estimate: f64, error: f64) -> Error {
    // An overflow leaves NaN where infinity is meant.
    let or_infinite = |x: f64| if x.is_nan() { f64::INFINITY } else { x };
    Error::DivergentMoment {
        moment,
        estimate: or_infinite(estimate),
        error: or_infinite(error),
    }
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
        let panel = Panel::new(0.0, 1.0, &sample).unwrap();
        for i in 0..10_000 {
            let at = (f64::from(i) + 0.5) / 10_000.0;
            let estimate = panel.integrate(|&z| (if z > at { 1.0 } else { 0.0 }, 1.0));
            let error = (estimate.value - (1.0 - at)).abs();
            assert!(
                error <= estimate.error,
                "jump at {at}: {error} against {estimate:?}"
            );
        }
    }

    #[test]
    fn work_is_bounded() {
        let count = std::sync::atomic::AtomicUsize::new(0);
        let noise = |z: f64| {
            count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            (1e12 * z).sin().signum()
        };
        assert!(moments(noise, &[]).is_err());
        let limit = 2 * POINTS * (BREAKS.len() + 2 * MAX_SPLITS);
        assert!(count.into_inner() <= limit);
    }

    #[test]
    fn integrals_split_at_breaks() {
        let step = |z: f64| if z < 0.37 { 1.0 } else { -2.0 };
        let value = integrate(step, &[0.0, 0.37, 1.0]).unwrap();
        assert!((value - (0.37 - 1.26)).abs() < 1e-15);
        assert_eq!(integrate(|z| 1.0 / z, &[0.0, 1.0]), None);
    }
}
