//! Scales of the rows of J and profiles of its columns.

use super::energies::Energies;
use crate::Error;
use crate::activation::Activation;
use crate::numerics::gauss;
use crate::numerics::spherical::Sphere;

/// Nodes for t = |x|²/d. Against 18 of them, 12 for τ and 40 for G, at twice the price of the
/// table of energies and more, transforms of the reference cases (tests/data/finite.json) move by
/// 1e-13 to 6e-5, for sigmoid with E X⁴ = 6 by 5.5e-4: no more than laws are off samples.
const ROW_NODES: usize = 9;

/// Nodes for τ = |w|²/d, whose variance is 2/d; each is a column of the operator K, which
/// everything else waits for.
const COLUMN_NODES: usize = 5;

/// Nodes for the energy G of a row given t.
const ENERGY_NODES: usize = 8;

/// Variances below which a law is a point.
const POINT: f64 = 1e-10;

/// A part of the energy is absent below this share of E φ².
const ABSENT: f64 = 1e-13;

/// Where the energies of all parts stand: t S(t) for rows, S_C times G.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Row {
    pub(super) weight: f64,
    pub(super) linear: f64,
    pub(super) rest: f64,
    pub(super) one: f64,
    pub(super) constant: f64,
}

/// A neuron of given D² and τ: P_L, P_C, P_1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Column {
    pub(super) weight: f64,
    pub(super) linear: f64,
    pub(super) rest: f64,
    pub(super) one: f64,
}

/// Rows and columns, and which parts there are.
#[derive(Debug, Clone)]
pub(super) struct Scales {
    pub(super) rows: Vec<Row>,
    pub(super) columns: Vec<Column>,
    pub(super) has_linear: bool,
    pub(super) has_rest: bool,
    pub(super) has_one: bool,
    /// The energies at s = 1.
    pub(super) at_one: Energies,
}

/// n, d, p and E X⁴ as they are needed here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) d: usize,
    pub(super) p: usize,
    pub(super) kurtosis: f64,
}

impl Scales {
    /// The scales for values of D² with their weights, `squares`, of mean `mean_square`;
    /// energies are divided by `size`.
    pub(super) fn new(
        sigma: &dyn Activation,
        sizes: Sizes,
        squares: &[(f64, f64)],
        size: f64,
    ) -> Result<Self, Error> {
        let Sizes { d, p, kurtosis } = sizes;
        let t = gamma_rule((kurtosis - 1.0) / d as f64, ROW_NODES)?;
        let tau = gamma_rule(2.0 / d as f64, COLUMN_NODES)?;
        let energies = |s: f64| Energies::new(sigma, d, kurtosis, s);
        let at_one = energies(1.0)?;
        let mut grid = Vec::with_capacity(t.len());
        for &(t, _) in &t {
            grid.push(
                tau.iter().map(|&(tau, _)| energies(t * tau)).collect::<Result<Vec<_>, _>>()?,
            );
        }
        let tiny = ABSENT * at_one.second_moment;
        let has_linear = at_one.a[1].powi(2) > tiny;
        let has_rest = at_one.rest > tiny;
        let has_one = grid.iter().flatten().any(|e| e.degree_one > tiny);
        let separable = |present: bool, energy: fn(&Energies) -> f64| {
            let absent = (vec![0.0; t.len()], vec![1.0; tau.len()]);
            if present { separable(&t, &tau, &grid, energy, size) } else { absent }
        };
        let (linear, linear_profile) = separable(has_linear, |e| e.linear);
        let (rest, rest_profile) = separable(has_rest, |e| e.rest);
        let (one, _) = separable(has_one, |e| e.degree_one);
        let (constant, _) = separable(has_linear, |e| e.constant);

        let moment = |k: i32| squares.iter().map(|(square, w)| w * square.powi(k)).sum::<f64>();
        let spread = moment(2) / moment(1).powi(2) / p as f64;
        let mut rows = Vec::new();
        for (i, &(t, weight)) in t.iter().enumerate() {
            let variance = if has_rest { spread * excess(sigma, t)? } else { 0.0 };
            for (g, share) in gamma_rule(variance, ENERGY_NODES)? {
                let (linear, rest, one, constant) = (linear[i], rest[i] * g, one[i], constant[i]);
                rows.push(Row { weight: weight * share, linear, rest, one, constant });
            }
        }
        let mut columns = Vec::new();
        for &(square, share) in squares {
            // Neurons that D switches off are all alike.
            let tau = if square == 0.0 { &[(1.0, 1.0)][..] } else { &tau };
            for (j, &(_, weight)) in tau.iter().enumerate() {
                columns.push(Column {
                    weight: share * weight,
                    linear: square * linear_profile[j],
                    rest: square * rest_profile[j],
                    one: square,
                });
            }
        }
        Ok(Self { rows, columns, has_linear, has_rest, has_one, at_one })
    }

    /// E of a row scale.
    pub(super) fn row_mean(&self, scale: impl Fn(&Row) -> f64) -> f64 {
        self.rows.iter().map(|row| row.weight * scale(row)).sum()
    }

    /// E of a column profile.
    pub(super) fn column_mean(&self, profile: impl Fn(&Column) -> f64) -> f64 {
        self.columns.iter().map(|column| column.weight * profile(column)).sum()
    }
}

/// t ↦ t E_τ e(tτ), and τ ↦ E_t\[t e(tτ)\] over its mean.
fn separable(
    t: &[(f64, f64)],
    tau: &[(f64, f64)],
    grid: &[Vec<Energies>],
    energy: fn(&Energies) -> f64,
    size: f64,
) -> (Vec<f64>, Vec<f64>) {
    let scaled = |i: usize, j: usize| t[i].0 * energy(&grid[i][j]) / size;
    let over_tau =
        |i: usize| tau.iter().enumerate().map(|(j, (_, w))| w * scaled(i, j)).sum::<f64>();
    let over_t = |j: usize| t.iter().enumerate().map(|(i, (_, w))| w * scaled(i, j)).sum::<f64>();
    let rows: Vec<f64> = (0..t.len()).map(over_tau).collect();
    let mean: f64 = rows.iter().zip(t).map(|(row, (_, w))| w * row).sum();
    let profile = |j: usize| if mean > 0.0 { over_t(j) / mean } else { 1.0 };
    (rows, (0..tau.len()).map(profile).collect())
}

/// E ρ⁴/(E ρ²)² − 1 of a neuron's energy beyond the linear part, given t.
fn excess(sigma: &dyn Activation, t: f64) -> Result<f64, Error> {
    let root = t.sqrt();
    let kinks: Vec<f64> = sigma.kinks().iter().map(|kink| kink / root).collect();
    let kurtosis = Sphere::gaussian().remainder_kurtosis(|z| sigma.derivative(root * z), &kinks)?;
    Ok(kurtosis.map_or(0.0, |kurtosis| (kurtosis - 1.0).max(0.0)))
}

/// The Gauss rule of the gamma law of mean 1 and this variance, as nodes with weights.
fn gamma_rule(variance: f64, nodes: usize) -> Result<Vec<(f64, f64)>, Error> {
    if variance < POINT {
        return Ok(vec![(1.0, 1.0)]);
    }
    let index = (0..nodes).map(|i| i as f64);
    let diagonal: Vec<f64> = index.clone().map(|i| 1.0 + 2.0 * i * variance).collect();
    let beside: Vec<f64> =
        index.skip(1).map(|i| (i * variance * ((i - 1.0) * variance + 1.0)).sqrt()).collect();
    let rule = gauss::rule_of_jacobi(&diagonal, &beside)?;
    Ok(rule.nodes.into_iter().zip(rule.weights).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gamma_rules_have_the_moments_of_the_law() {
        for variance in [1e-6, 0.05, 0.5, 3.0] {
            let rule = gamma_rule(variance, 9).unwrap();
            let mut exact = 1.0;
            for k in 0..8 {
                let found: f64 = rule.iter().map(|(x, w)| w * x.powi(k)).sum();
                assert!((found / exact - 1.0).abs() < 1e-11, "{variance} {k}");
                exact *= 1.0 + f64::from(k) * variance;
            }
        }
    }
}
