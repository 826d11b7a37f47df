//! How far figures of the model stray by chance, and what does no harm.

/// A bound is passed by chance with a probability of about $e^{-14} = 10^{-6}$: smaller, and
/// small samples are never warned of; larger, and clean ones are.
pub(super) const RARITY: f64 = 14.0;

/// Standard errors that count as chance, of figures that are nearly normal.
pub(super) const ERRORS: f64 = 5.0;

/// Rows of which moments are judged at all: those of fewer say nothing.
pub(super) const FEWEST: usize = 10;

/// Relative changes of second moments of this size, and of less than 2/d, move the law by no
/// more than its finite size does, see [`harmless`].
const HARMLESS: f64 = 0.01;

/// What a second moment may be off by without harm: finite size moves the law by a relative
/// 1/d or so, and so does $h_2 = 1 + 2/d$ or a variance of row lengths of twice the model's.
pub(super) fn harmless(d: usize) -> f64 {
    (2.0 / d as f64).max(HARMLESS)
}

/// What $\chi^2_k/k$ exceeds 1 by with a probability of at most $e^{-14}$: Laurent and
/// Massart, Ann. Statist. 28 (2000), Lemma 1.
pub(super) fn chi_square(k: f64) -> f64 {
    2.0 * (RARITY / k).sqrt() + 2.0 * RARITY / k
}

/// Standard errors of a mean over n whose own error is estimated from the same n: the
/// expansion of Student's law in 1/n.
pub(super) fn errors(n: f64) -> f64 {
    ERRORS * (1.0 + (ERRORS * ERRORS + 1.0) / (4.0 * (n - 1.0).max(1.0)))
}
