//! Seeded vectors of random signs.

use std::ops::Range;

use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};

use crate::{Error, arguments, memory};

/// Signs that share a stream. Part of the definition of every probe.
const BLOCK: usize = 4096;

/// Keep the streams apart from each other and from those of the ensembles, which may
/// have the same seed. Part of the definition of every probe.
const SIGNS: u64 = 4;
const NORMALS: u64 = 5;

/// Entries that a probe can have: the blocks of more would run into other streams.
const LONGEST: usize = 1 << 48;

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
/// let signs = probe.signs(0..10_000)?;
/// assert!(signs.iter().all(|sign| sign.abs() == 1.0));
/// assert_eq!(probe.signs(5000..5100)?, signs[5000..5100]);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Probe {
    /// The seed.
    pub seed: u64,
    /// Which of the vectors of this seed; 2²⁰ of them are different.
    pub index: usize,
}

impl Probe {
    /// How many vectors of one seed are different.
    pub(crate) const DIFFERENT: usize = 1 << 20;

    /// Returns some of the entries, each −1 or 1.
    ///
    /// # Errors
    /// [`Error::InvalidSize`] for entries beyond 2⁴⁸, [`Error::MemoryLimit`] for more than
    /// 16 GiB of them, [`Error::OutOfMemory`].
    pub fn signs(self, range: Range<usize>) -> Result<Vec<f64>, Error> {
        let mut signs = room(&range)?;
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
        Ok(signs)
    }

    /// Some of the entries of a vector of independent standard normal numbers: where
    /// a vector of signs could miss an eigenvector of few entries altogether.
    pub(crate) fn normals(self, range: Range<usize>) -> Result<Vec<f64>, Error> {
        let mut normals = room(&range)?;
        for block in range.start / BLOCK..range.end.div_ceil(BLOCK) {
            let mut rng = self.generator(NORMALS, block);
            for entry in block * BLOCK..((block + 1) * BLOCK).min(range.end) {
                let normal: f64 = StandardNormal.sample(&mut rng);
                if entry >= range.start {
                    normals.push(normal);
                }
            }
        }
        Ok(normals)
    }

    fn generator(self, domain: u64, block: usize) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        rng.set_stream(
            (domain << 56) | (((self.index % Self::DIFFERENT) as u64) << 36) | block as u64,
        );
        rng
    }
}

/// Room for entries of a vector, asked for before it is used.
fn room(range: &Range<usize>) -> Result<Vec<f64>, Error> {
    let end = range.end;
    arguments::size_if("the end of the range of entries", end, end <= LONGEST, "at most 2^48")?;
    memory::room("the entries of a probe", range.len(), memory::DEFAULT_LIMIT)
}
