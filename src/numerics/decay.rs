//! A Gauss–Legendre rule on a piece of a path, and what the last Legendre coefficients of
//! the integrand say of its error.

use std::ops::{Add, Mul};
use std::sync::LazyLock;

use super::legendre;

/// Nodes of the rule.
pub(crate) const ORDER: usize = 24;

/// Size of the last coefficients, against the whole integral, from which their decay may be
/// extrapolated: a part that decays more slowly may hide below them.
const DECAYED: f64 = 1e-6;

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

/// Sizes of the last coefficients, and of those before them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decay {
    pub(crate) before: f64,
    pub(crate) tail: f64,
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
        Decay { before: largest(&self.before), tail: largest(&self.tail) }
    }
}

impl Decay {
    /// Whether the rule is exact to `accuracy`, against an integral of that `size`.
    ///
    /// Coefficients decay like q^j, and the rule misses those from order 2n on.
    pub(crate) fn shows(self, accuracy: f64, size: f64) -> bool {
        let missed = self.tail * (self.tail / self.before).powi(6).min(1.0);
        self.tail <= DECAYED * size && missed <= accuracy * size
    }

    /// Whether the coefficients have stopped to decay, as those of noise do.
    pub(crate) fn stagnates(self) -> bool {
        self.tail > 0.1 * self.before
    }
}
