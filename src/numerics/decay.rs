//! A Gauss–Legendre rule on a piece of a path, and what the last Legendre coefficients of
//! the integrand say of its error.

use std::ops::{Add, Mul};
use std::sync::LazyLock;

use super::legendre;

/// Nodes of the rule.
pub(crate) const ORDER: usize = 24;

/// Size of the last coefficients, against the whole integral, from which their decay may be
/// extrapolated: a part that decays more slowly may hide below them.
const DECAYED: f64 = 1e-7;

/// Coefficients looked at, at the end and before it.
const LOOKED_AT: usize = 4;

/// The rule, and what gives some Legendre coefficients of the integrand from its
/// weighted values.
pub(crate) struct PieceRule {
    pub(crate) nodes: Vec<f64>,
    pub(crate) weights: Vec<f64>,
    /// Rows for the last coefficients, and for those before them.
    before: Vec<Vec<f64>>,
    tail: Vec<Vec<f64>>,
}

pub(crate) static RULE: LazyLock<PieceRule> = LazyLock::new(|| {
    let (nodes, weights) = legendre::gauss_legendre(ORDER);
    let row = |j: usize| {
        let scale = j as f64 + 0.5;
        nodes.iter().map(|x| scale * legendre::polynomials(*x, ORDER)[j]).collect()
    };
    let before = (ORDER - 2 * LOOKED_AT..ORDER - LOOKED_AT).map(row).collect();
    let tail = (ORDER - LOOKED_AT..ORDER).map(row).collect();
    PieceRule { nodes, weights, before, tail }
});

/// Sizes of the last coefficients, and of those before them; and of the two halves of the last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decay {
    before: f64,
    pub(crate) tail: f64,
    halves: [f64; 2],
}

impl PieceRule {
    /// The decay of an integrand with these values times weights.
    pub(crate) fn decay<T>(&self, values: &[T; ORDER], size: impl Fn(T) -> f64) -> Decay
    where
        T: Copy + Add<Output = T> + Mul<f64, Output = T> + Default,
    {
        let largest = |rows: &[Vec<f64>]| {
            rows.iter()
                .map(|row| {
                    let terms = row.iter().zip(values).map(|(p, v)| *v * *p);
                    size(terms.fold(T::default(), Add::add))
                })
                .fold(0.0, f64::max)
        };
        let (first, last) = self.tail.split_at(LOOKED_AT / 2);
        let halves = [largest(first), largest(last)];
        Decay { before: largest(&self.before), tail: halves[0].max(halves[1]), halves }
    }
}

impl Decay {
    /// Whether the rule is exact to `accuracy`, against an integral of that `size`.
    ///
    /// They must decay to the end: a small part that does so slowly shows in the last ones first.
    pub(crate) fn shows(self, accuracy: f64, size: f64) -> bool {
        let [first, last] = self.halves;
        let still = last * (last / first).powi(12).min(1.0);
        self.suggests(accuracy, size) && still <= accuracy * size
    }

    /// The same where the last coefficients may be rounding, as those of terms that cancel.
    ///
    /// Coefficients decay like q^j, and the rule misses those from order 2n on.
    pub(crate) fn suggests(self, accuracy: f64, size: f64) -> bool {
        let missed = self.tail * (self.tail / self.before).powi(6).min(1.0);
        self.tail <= DECAYED * size && missed <= accuracy * size
    }

    /// Whether the coefficients have stopped to decay, as those of noise do.
    pub(crate) fn stagnates(self) -> bool {
        self.tail > 0.1 * self.before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_part_that_decays_slowly_is_seen() {
        let decay = |f: &dyn Fn(f64) -> f64| {
            let terms = RULE.nodes.iter().zip(&RULE.weights).map(|(x, w)| w * f(*x));
            let values: Vec<f64> = terms.collect();
            let sum: f64 = values.iter().sum();
            (sum, RULE.decay(values.first_chunk::<ORDER>().unwrap(), f64::abs))
        };
        let pole = |at: f64| move |x: f64| 1.0 / (at - x);
        let exact = |at: f64| ((at + 1.0) / (at - 1.0)).ln();
        let (sum, seen) = decay(&pole(1.5));
        assert!((sum / exact(1.5) - 1.0).abs() < 1e-14);
        assert!(seen.shows(1e-13, sum));
        // A weak one that is nearer hides below the last coefficients, which fall 10-fold.
        let (sum, seen) = decay(&|x| pole(1.5)(x) + 3e-8 * pole(1.003)(x));
        assert!((sum / (exact(1.5) + 3e-8 * exact(1.003)) - 1.0).abs() > 1e-9);
        assert!(!seen.shows(1e-13, sum), "{seen:?}");
    }
}
