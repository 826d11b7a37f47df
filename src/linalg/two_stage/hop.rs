//! One hop of a bulge: a reflection on both sides of a block on the diagonal, and
//! the next one.

use pulp::Simd;

use super::band::Band;
use super::reflector::reflector;

/// Side of the squares on the diagonal that are taken entry by entry: as many as
/// the longest vectors have lanes, so that what is below begins with a whole one.
const SQUARE: usize = 8;

/// Columns taken at a time.
const FOUR: usize = 4;

/// $I - \tau v v^\top$.
#[derive(Clone)]
pub(super) struct Reflection<const B: usize> {
    v: [f64; B],
    tau: f64,
}

impl<const B: usize> Reflection<B> {
    pub(super) const NONE: Self = Self { v: [0.0; B], tau: 0.0 };

    /// Reduces the first column of a sweep: `column` begins on the diagonal.
    #[inline(always)]
    pub(super) fn begin(&mut self, column: &mut [f64]) {
        let Some(below) = column[1..].first_chunk_mut::<B>() else { return };
        self.v = *below;
        *below = [0.0; B];
        (self.tau, below[0]) = reflector(&mut self.v);
    }

    /// One hop: `columns` holds B columns, of each 2B entries from the diagonal
    /// down. In the first B rows these are the lower half of a block D on the
    /// diagonal, in the next B rows a block C. With H this reflection, D becomes
    /// H D H, and C becomes G C H where the reflection G, which is the next to hop,
    /// reduces the first column of C H.
    #[inline(always)]
    pub(super) fn hop<S: Simd>(&mut self, simd: S, columns: &mut [f64]) {
        let Self { v, tau } = self.clone();
        // C H = C − z vᵀ with z = τ C v.
        let mut z = [0.0; B];
        if tau != 0.0 {
            let w = diagonal_times(simd, columns, &v, tau);
            subtract_rank_two(simd, columns, &v, &w);
            z = below_times(simd, columns, &v, tau);
        }
        let Some(first) = columns[B..].first_chunk::<B>() else { return };
        for (u, (c, z)) in self.v.iter_mut().zip(first.iter().zip(&z)) {
            *u = c - z * v[0];
        }
        let beta;
        (self.tau, beta) = reflector(&mut self.v);
        reflect_below(simd, columns, (&v, &z), (&self.v, self.tau));
        columns[B..2 * B].fill(0.0);
        columns[B] = beta;
    }
}

/// Four columns from the first of `columns` on, `length` rows of each; the first
/// begins `offset` rows below its diagonal, and they all in the same row.
#[inline(always)]
fn four<const B: usize, S: Simd>(
    columns: &[f64],
    offset: usize,
    length: usize,
) -> [&[S::f64s]; FOUR] {
    std::array::from_fn(|k| {
        let start = k * Band::<B>::COLUMN + offset - k;
        S::as_simd_f64s(&columns[start..start + length]).0
    })
}

/// The same, to be written.
#[inline(always)]
fn four_mut<const B: usize, S: Simd>(
    columns: &mut [f64],
    offset: usize,
    length: usize,
) -> [&mut [S::f64s]; FOUR] {
    let (a, rest) = columns.split_at_mut(Band::<B>::COLUMN);
    let (b, rest) = rest.split_at_mut(Band::<B>::COLUMN);
    let (c, d) = rest.split_at_mut(Band::<B>::COLUMN);
    [
        S::as_mut_simd_f64s(&mut a[offset..offset + length]).0,
        S::as_mut_simd_f64s(&mut b[offset - 1..offset - 1 + length]).0,
        S::as_mut_simd_f64s(&mut c[offset - 2..offset - 2 + length]).0,
        S::as_mut_simd_f64s(&mut d[offset - 3..offset - 3 + length]).0,
    ]
}

#[inline(always)]
fn splat<S: Simd>(simd: S, entries: &[f64]) -> [S::f64s; FOUR] {
    std::array::from_fn(|k| simd.splat_f64s(entries[k]))
}

/// w = y − ½ τ (vᵀ y) v with y = τ D v, so that H D H = D − v wᵀ − w vᵀ.
#[inline(always)]
fn diagonal_times<const B: usize, S: Simd>(
    simd: S,
    columns: &[f64],
    v: &[f64; B],
    tau: f64,
) -> [f64; B] {
    let column = Band::<B>::COLUMN;
    let mut w = [0.0; B];
    for corner in (0..B).step_by(SQUARE) {
        let columns = &columns[corner * column..(corner + SQUARE) * column];
        let (above, below) = w.split_at_mut(corner + SQUARE);
        let (v_above, v_below) = v.split_at(corner + SQUARE);
        let (Some(here), Some(v_here)) =
            (above.last_chunk_mut::<SQUARE>(), v_above.last_chunk::<SQUARE>())
        else {
            return w;
        };
        for (k, entries) in columns.chunks_exact(column).enumerate() {
            here[k] += entries[0] * v_here[k];
            for i in k + 1..SQUARE {
                here[i] += entries[i - k] * v_here[k];
                here[k] += entries[i - k] * v_here[i];
            }
        }
        for k in (0..SQUARE).step_by(FOUR) {
            let [a, b, c, d] =
                four::<B, S>(&columns[k * column..], SQUARE - k, B - corner - SQUARE);
            let scale = splat(simd, &v_here[k..]);
            let mut sums = [simd.splat_f64s(0.0); FOUR];
            let below = S::as_mut_simd_f64s(below).0.iter_mut();
            let rows = below.zip(S::as_simd_f64s(v_below).0).zip(a).zip(b).zip(c).zip(d);
            for (((((w, &v), &a), &b), &c), &d) in rows {
                let mut sum = *w;
                for (k, entry) in [a, b, c, d].into_iter().enumerate() {
                    sum = simd.mul_add_e_f64s(entry, scale[k], sum);
                    sums[k] = simd.mul_add_e_f64s(entry, v, sums[k]);
                }
                *w = sum;
            }
            for (here, sum) in here[k..].iter_mut().zip(sums) {
                *here += simd.reduce_sum_f64s(sum);
            }
        }
    }
    let mut product = 0.0;
    for (w, v) in w.iter_mut().zip(v) {
        *w *= tau;
        product += *w * v;
    }
    for (w, v) in w.iter_mut().zip(v) {
        *w -= 0.5 * tau * product * v;
    }
    w
}

/// D − v wᵀ − w vᵀ.
#[inline(always)]
fn subtract_rank_two<const B: usize, S: Simd>(
    simd: S,
    columns: &mut [f64],
    v: &[f64; B],
    w: &[f64; B],
) {
    let column = Band::<B>::COLUMN;
    let negative_v: [f64; B] = std::array::from_fn(|i| -v[i]);
    let negative_w: [f64; B] = std::array::from_fn(|i| -w[i]);
    for corner in (0..B).step_by(SQUARE) {
        let columns = &mut columns[corner * column..(corner + SQUARE) * column];
        let below = corner + SQUARE;
        for (k, entries) in columns.chunks_exact_mut(column).enumerate() {
            let q = corner + k;
            for i in q..below {
                entries[i - q] -= v[i] * w[q] + w[i] * v[q];
            }
        }
        for k in (0..SQUARE).step_by(FOUR) {
            let [a, b, c, d] = four_mut::<B, S>(&mut columns[k * column..], SQUARE - k, B - below);
            let v_scale = splat(simd, &negative_v[corner + k..]);
            let w_scale = splat(simd, &negative_w[corner + k..]);
            let vectors = S::as_simd_f64s(&v[below..]).0.iter().zip(S::as_simd_f64s(&w[below..]).0);
            for (((((&v, &w), a), b), c), d) in vectors.zip(a).zip(b).zip(c).zip(d) {
                for (k, entry) in [a, b, c, d].into_iter().enumerate() {
                    let turned = simd.mul_add_e_f64s(v, w_scale[k], *entry);
                    *entry = simd.mul_add_e_f64s(w, v_scale[k], turned);
                }
            }
        }
    }
}

/// τ C v.
#[inline(always)]
fn below_times<const B: usize, S: Simd>(
    simd: S,
    columns: &[f64],
    v: &[f64; B],
    tau: f64,
) -> [f64; B] {
    let mut z = [0.0; B];
    for q in (0..B).step_by(FOUR) {
        let [a, b, c, d] = four::<B, S>(&columns[q * Band::<B>::COLUMN..], B - q, B);
        let scale = splat(simd, &v[q..]);
        let rows = S::as_mut_simd_f64s(&mut z).0.iter_mut().zip(a).zip(b).zip(c).zip(d);
        for ((((z, &a), &b), &c), &d) in rows {
            let left = simd.mul_add_e_f64s(a, scale[0], *z);
            let left = simd.mul_add_e_f64s(b, scale[1], left);
            let right = simd.mul_f64s(c, scale[2]);
            let right = simd.mul_add_e_f64s(d, scale[3], right);
            *z = simd.add_f64s(left, right);
        }
    }
    z.map(|z| tau * z)
}

/// (I − σ u uᵀ)(C − z vᵀ).
#[inline(always)]
fn reflect_below<const B: usize, S: Simd>(
    simd: S,
    columns: &mut [f64],
    (v, z): (&[f64; B], &[f64; B]),
    (u, sigma): (&[f64; B], f64),
) {
    let (z, u) = (S::as_simd_f64s(z).0, S::as_simd_f64s(u).0);
    for q in (0..B).step_by(FOUR) {
        let mut columns = four_mut::<B, S>(&mut columns[q * Band::<B>::COLUMN..], B - q, B);
        let scale: [S::f64s; FOUR] = std::array::from_fn(|k| simd.splat_f64s(-v[q + k]));
        let mut sums = [simd.splat_f64s(0.0); FOUR];
        let [a, b, c, d] = &mut columns;
        let rows = z.iter().zip(u).zip(a.iter_mut()).zip(b.iter_mut()).zip(c.iter_mut());
        for (((((&z, &u), a), b), c), d) in rows.zip(d.iter_mut()) {
            for (k, entry) in [a, b, c, d].into_iter().enumerate() {
                *entry = simd.mul_add_e_f64s(z, scale[k], *entry);
                sums[k] = simd.mul_add_e_f64s(u, *entry, sums[k]);
            }
        }
        let scale = sums.map(|sum| simd.splat_f64s(-sigma * simd.reduce_sum_f64s(sum)));
        let rows = u.iter().zip(a.iter_mut()).zip(b.iter_mut()).zip(c.iter_mut());
        for ((((&u, a), b), c), d) in rows.zip(d.iter_mut()) {
            for (k, entry) in [a, b, c, d].into_iter().enumerate() {
                *entry = simd.mul_add_e_f64s(u, scale[k], *entry);
            }
        }
    }
}
