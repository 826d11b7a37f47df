//! The six unknowns and their equations at one z: one sweep through them.

use num_complex::Complex64;

use super::line::Roots;
use super::operator::Operator;
use super::places::Resolved;
use super::scales::{Column, Row, Scales};

/// δ_L, δ_C, δ_1, δ_0, κ_C, κ_1; 0 where there is no such part.
pub(super) type Unknowns = [Complex64; UNKNOWNS];

pub(super) const UNKNOWNS: usize = 6;

/// Everything that the equations depend on, in units in which the law is of order 1.
#[derive(Debug, Clone)]
pub(super) struct System {
    pub(super) d: f64,
    pub(super) p: f64,
    /// N = dp.
    pub(super) weights: f64,
    /// r = n/N.
    pub(super) ratio: f64,
    pub(super) scales: Scales,
    pub(super) operator: Operator,
    /// M_2/M_1: well off the axis at this distance, the law is a blur.
    pub(super) width: f64,
    /// ω_C, ω_×, ω_L.
    pub(super) along: f64,
    pub(super) across: f64,
    pub(super) linear_along: f64,
    /// e_3, η_3.
    pub(super) third: f64,
    pub(super) third_ratio: f64,
}

/// What one sweep gives.
pub(super) struct Swept {
    pub(super) next: Unknowns,
    /// What is known of the error of the integrals of the operator K.
    pub(super) resolved: Resolved,
}

/// r E\[S i\] for L, C, 1, 0.
#[derive(Debug, Clone, Copy, Default)]
struct Betas {
    linear: Complex64,
    rest: Complex64,
    one: Complex64,
    constant: Complex64,
}

impl System {
    /// Which unknowns there are.
    pub(super) fn active(&self) -> [bool; UNKNOWNS] {
        let Scales { has_linear, has_rest, has_one, .. } = self.scales;
        [has_linear, has_rest, has_one, has_linear, has_rest, has_one || has_linear]
    }

    /// Where iterations start: what is left of the unknowns for z → ∞.
    pub(super) fn start(&self, z: Complex64) -> Unknowns {
        let free = -z.inv();
        let start = [free, free, free / self.p, free / self.weights, free, free];
        std::array::from_fn(|j| if self.active()[j] { start[j] } else { Complex64::ZERO })
    }

    /// m = −E\[i\]/z.
    pub(super) fn stieltjes(&self, z: Complex64, unknowns: &Unknowns) -> Complex64 {
        let mean: Complex64 =
            self.scales.rows.iter().map(|row| row.weight * response(row, unknowns)).sum();
        -mean / z
    }

    fn betas(&self, unknowns: &Unknowns) -> Betas {
        let mut sum = Betas::default();
        for row in &self.scales.rows {
            let part = row.weight * response(row, unknowns);
            sum.linear += row.linear * part;
            sum.rest += row.rest * part;
            sum.one += row.one * part;
            sum.constant += row.constant * part;
        }
        let Betas { linear, rest, one, constant } = sum;
        let r = self.ratio;
        Betas { linear: r * linear, rest: r * rest, one: r * one, constant: r * constant }
    }

    /// One sweep: rows, population, and the unknowns that follow; `None` where the traces of
    /// the operator K are not found.
    pub(super) fn sweep(
        &self,
        z: Complex64,
        unknowns: &Unknowns,
        roots: &mut Roots,
    ) -> Option<Swept> {
        let Self { d, along, across, .. } = *self;
        let Scales { has_linear, has_rest, has_one, .. } = self.scales;
        let [_, _, _, _, kappa_rest, kappa_one] = *unknowns;
        let beta = self.betas(unknowns);
        let third = self.third_ratio * self.third * beta.rest;
        // β/(1 + ηβκ): a part of energy 1 in N/η dimensions.
        let gamma_rest = beta.rest * (1.0 - self.third + self.third / (1.0 + third * kappa_rest));
        let one = self.p * beta.one;
        let constant = self.weights * beta.constant;
        let gamma_one =
            beta.one / (1.0 + one * kappa_one) + beta.constant / (1.0 + constant * kappa_one);

        let columns = &self.scales.columns;
        let lifted = |column: &Column, share: f64| {
            gamma_one * column.one + gamma_rest * (share * column.rest) - z
        };
        let s: Vec<Complex64> = columns.iter().map(|column| lifted(column, across)).collect();
        let traces = match has_linear {
            true => Some(self.operator.traces(&s, beta.linear, roots)?),
            false => None,
        };
        let (mut mean, mut rest, mut first) = (Complex64::ZERO, Complex64::ZERO, Complex64::ZERO);
        for (k, (column, &s)) in columns.iter().zip(&s).enumerate() {
            let (block, shift_across, shift_along) = match &traces {
                Some(traces) => {
                    let shift = column.linear * traces.pairing;
                    (traces.blocks[k], 2.0 * shift, self.linear_along * shift)
                }
                None => (s.inv(), Complex64::ZERO, Complex64::ZERO),
            };
            let h_across = (s + shift_across).inv();
            let h_along = (lifted(column, along) + shift_along).inv();
            let h = block + (h_along - h_across) / d;
            mean += column.weight * h;
            first += column.weight * column.one * h;
            let weighted = across * (block - h_across / d) + (along / d) * h_along;
            rest += column.weight * column.rest * weighted;
        }
        let zero = |present: bool, value: Complex64| if present { value } else { Complex64::ZERO };
        let next = [
            zero(
                has_linear,
                (1.0 + z * mean - gamma_rest * rest - gamma_one * first) / beta.linear,
            ),
            zero(has_rest, rest * (1.0 - self.third + self.third / (1.0 + third * rest))),
            zero(has_one, first / (1.0 + one * first)),
            zero(has_linear, first / (1.0 + constant * first)),
            zero(has_rest, rest),
            zero(has_one || has_linear, first),
        ];
        let resolved = traces.map_or_else(Resolved::default, |traces| traces.resolved);
        next.iter().all(|x| x.is_finite()).then_some(Swept { next, resolved })
    }
}

/// q = Σ S δ of a row.
pub(super) fn row_sum(row: &Row, unknowns: &Unknowns) -> Complex64 {
    let [linear, rest, one, constant, ..] = *unknowns;
    row.linear * linear + row.rest * rest + row.one * one + row.constant * constant
}

/// i = 1/(1 + q) of a row.
fn response(row: &Row, unknowns: &Unknowns) -> Complex64 {
    (1.0 + row_sum(row, unknowns)).inv()
}
