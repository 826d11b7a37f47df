//! Seeded vectors of random signs.

use std::ops::Range;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

/// Signs that share a stream. Part of the definition of every probe.
const BLOCK: usize = 4096;

/// Keep the streams apart from each other and from those of the ensembles, which may
/// have the same seed. Part of the definition of every probe.
const SIGNS: u64 = 4;
const NORMALS: u64 = 5;

/// A vector of independent random signs, the `index`-th one of a seed.
///
/// An entry does not depend on the length of the vector, nor on the range it is
/// asked for in.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::krylov::Probe;
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
    /// Returns some of the entries, each −1 or 1.
    #[must_use]
    pub fn signs(self, range: Range<usize>) -> Vec<f64> {
        let mut signs = Vec::with_capacity(range.len());
        for block in range.start / BLOCK..range.end.div_ceil(BLOCK) {
            let mut rng = self.generator(SIGNS, block);
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

    /// Some of the entries of a vector of independent standard normal numbers: where
    /// a vector of signs could miss an eigenvector of few entries altogether.
    pub(crate) fn normals(self, range: Range<usize>) -> Vec<f64> {
        let mut normals = Vec::with_capacity(range.len());
        for block in range.start / BLOCK..range.end.div_ceil(BLOCK) {
            let mut rng = self.generator(NORMALS, block);
            for entry in block * BLOCK..((block + 1) * BLOCK).min(range.end) {
                let normal: f64 = StandardNormal.sample(&mut rng);
                if entry >= range.start {
                    normals.push(normal);
                }
            }
        }
        normals
    }

    fn generator(self, domain: u64, block: usize) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream((domain << 56) | ((self.index as u64 & 0xf_ffff) << 36) | block as u64);
        rng
    }
}
