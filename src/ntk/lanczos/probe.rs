//! Seeded vectors of random signs.

use std::ops::Range;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};

/// Signs that share a stream. Part of the definition of every probe.
const BLOCK: usize = 4096;

/// Keeps the streams apart from those of the ensembles, which may have the same
/// seed. Part of the definition of every probe.
const DOMAIN: u64 = 4;

/// A vector of independent random signs, the `index`-th one of a seed.
///
/// An entry does not depend on the length of the vector, nor on the range it is
/// asked for in.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::ntk::lanczos::Probe;
///
/// let probe = Probe { seed: 7, index: 0 };
/// let signs = probe.signs(0..10_000);
/// assert!(signs.iter().all(|sign| sign.abs() == 1.0));
/// assert_eq!(probe.signs(5000..5100), signs[5000..5100]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Probe {
    /// The seed.
    pub seed: u64,
    /// Which of the vectors of this seed; 2²⁰ of them are different.
    pub index: usize,
}

impl Probe {
    /// Some of the entries, each −1 or 1.
    #[must_use]
    pub fn signs(self, range: Range<usize>) -> Vec<f64> {
        let mut signs = Vec::with_capacity(range.len());
        for block in range.start / BLOCK..range.end.div_ceil(BLOCK) {
            let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
            rng.set_stream((DOMAIN << 56) | ((self.index as u64 & 0xf_ffff) << 36) | block as u64);
            for word in 0..BLOCK / 64 {
                let (bits, first) = (rng.next_u64(), block * BLOCK + 64 * word);
                signs.extend(
                    (0..64)
                        .filter(|bit| range.contains(&(first + bit)))
                        .map(|bit| if bits >> bit & 1 == 0 { -1.0 } else { 1.0 }),
                );
            }
        }
        signs
    }
}
