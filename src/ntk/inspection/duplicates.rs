//! Samples that repeat others.

use rayon::prelude::*;

use super::bounds::RARITY;
use super::centred::Centred;
use crate::krylov::Probe;
use crate::linalg::{Factor, product};
use crate::ntk::NtkWarning;
use crate::{Error, threads};

/// Rows repeat each other when they differ by less than this, against independent ones.
const NEAR: f64 = 0.05;

/// The same of one entry, against its standard deviation, for the chance that it happens.
const NEAR_ENTRY: f64 = 0.25;

/// Repetitions, as a fraction of all samples, that move the law by no more than its finite
/// size does; one is never spoken of.
const HARMLESS: f64 = 0.01;

/// Cells that samples are sorted into: in so many tables, each by the projections on so many
/// directions. More tables find more of those that are near, and not the same; more
/// directions keep more different ones apart.
const TABLES: usize = 3;
const DIRECTIONS: usize = 12;

/// Samples in the same cell that one is compared with: all, unless cells are crowded.
const NEIGHBOURS: usize = 8;

/// The seed of the directions.
const SEED: u64 = 20_261_126;

/// The repetitions, if there are more than chance has and harmless ones; `directions` is the
/// effective dimension of the standardised columns.
pub(super) fn warning(x: &Centred, directions: f64) -> Result<Option<NtkWarning>, Error> {
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for cells in transposed(&cells(x)?) {
        let mut order: Vec<usize> = (0..x.n()).collect();
        order.par_sort_unstable_by_key(|row| (cells[*row], *row));
        for (place, row) in order.iter().enumerate() {
            let next = order[place + 1..].iter().take(NEIGHBOURS);
            let same = next.take_while(|other| cells[**other] == cells[*row]);
            pairs.extend(same.filter(|other| near(x, *row, **other)).map(|other| (*row, *other)));
        }
    }
    let mut repeats: Vec<usize> = pairs.iter().map(|pair| pair.1).collect();
    repeats.sort_unstable();
    repeats.dedup();
    let (n, count) = (x.n() as f64, repeats.len());
    let expected = (n * n / 2.0 * chance(x).max((NEAR * 0.5_f64.exp()).powf(directions))).min(n);
    let allowed = (HARMLESS * n).max(1.0) + 3.0 * expected + 2.0 * (RARITY * expected).sqrt();
    let first = pairs.into_iter().min();
    let said = first.filter(|_| count as f64 > allowed);
    Ok(said.map(|pair| NtkWarning::Duplicates { count, pair, allowed }))
}

/// The cells of each sample, one in each table.
fn cells(x: &Centred) -> Result<Vec<[u64; TABLES]>, Error> {
    const ALL: usize = TABLES * DIRECTIONS;
    let d = x.d();
    let mut directions = Vec::with_capacity(d * ALL);
    for index in 0..ALL {
        directions.extend(Probe { seed: SEED, index }.signs(0..d)?);
    }
    // Where cells begin: spread over one of them.
    let begin = |direction: usize| direction as f64 / ALL as f64;
    let of_slab = |slab: usize| {
        let (rows, height) = x.standardised(slab);
        let mut places = vec![0.0; height * ALL];
        let scale = (d as f64).sqrt().recip();
        let (rows, along) =
            (Factor::by_columns(&rows, height, d), Factor::by_columns(&directions, d, ALL));
        product(&mut places, scale, rows, along, false);
        let mut cells = vec![[0_u64; TABLES]; height];
        for (direction, places) in places.chunks_exact(height).enumerate() {
            for (cells, place) in cells.iter_mut().zip(places) {
                let cell = (place + begin(direction)).floor() as i64 as u64;
                let code = &mut cells[direction / DIRECTIONS];
                *code = code.wrapping_mul(0x100_0000_01b3).wrapping_add(cell).rotate_left(23);
            }
        }
        cells
    };
    threads::ready();
    let slabs: Vec<_> = (0..x.slabs()).into_par_iter().map(of_slab).collect();
    Ok(slabs.concat())
}

fn transposed(cells: &[[u64; TABLES]]) -> [Vec<u64>; TABLES] {
    std::array::from_fn(|table| cells.iter().map(|cells| cells[table]).collect())
}

/// Whether two rows differ by less than `NEAR` of what independent ones do, whose squared
/// distance is 2d, and of their own lengths.
fn near(x: &Centred, one: usize, other: usize) -> bool {
    let (mut distance, mut lengths) = (0.0, 0.0);
    for (a, b) in x.standardised_row(one).zip(x.standardised_row(other)) {
        distance += (a - b) * (a - b);
        lengths += a * a + b * b;
    }
    distance <= NEAR * NEAR * lengths.min(2.0 * x.d() as f64)
}

/// How probable it is that two rows are near if their columns are independent: the product
/// of that of each column, from n pairs of rows.
fn chance(x: &Centred) -> f64 {
    let (n, d) = (x.n(), x.d());
    let reach = (NEAR * (2.0 * d as f64).sqrt()).min(NEAR_ENTRY);
    // Rows apart by the golden section: copies stand next to each other, or a simple fraction
    // of all apart.
    let shift = (n as f64 * 0.381_966).ceil() as usize;
    let near = |column: usize| {
        let entries = x.standardised_column(column);
        let others = entries[shift % n..].iter().chain(&entries[..shift % n]);
        let near = entries.iter().zip(others).filter(|(a, b)| (*a - *b).abs() <= reach).count();
        (near as f64 + 0.5) / (n as f64 + 0.5)
    };
    let near: Vec<f64> = (0..d).into_par_iter().map(near).collect();
    near.iter().product()
}
