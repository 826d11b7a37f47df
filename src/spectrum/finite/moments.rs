//! The first two moments of the law, from the expansion of its equations at infinity.

use super::scales::Column;
use super::system::System;

impl System {
    /// M_1 and M_2 of m(z) = −1/z − M_1/z² − M_2/z³ − …, and E q″, in closed form.
    ///
    /// With w = −1/z every unknown is a series in w: δ = δ′w + δ″w² + …, and
    /// M_1 = E q′, M_2 = E q′² − E q″ for q = Σ Sδ.
    pub(super) fn moments(&self) -> [f64; 3] {
        let Self { d, p, weights, ratio: r, ref scales, ref operator, .. } = *self;
        let (gamma2, theta) = (operator.gamma2, operator.theta);
        let (along, across, linear_along) = (self.along, self.across, self.linear_along);
        let mean = |f: &dyn Fn(&Column) -> f64| scales.column_mean(f);
        let energy = [
            scales.row_mean(|row| row.linear),
            scales.row_mean(|row| row.rest),
            scales.row_mean(|row| row.one),
            scales.row_mean(|row| row.constant),
        ];
        let [beta, beta_rest, beta_one, beta_constant] = energy.map(|energy| r * energy);
        let gamma = beta_one + beta_constant;
        let [linear, rest, one] = [mean(&|c| c.linear), mean(&|c| c.rest), mean(&|c| c.one)];
        // The population without K, across and along v_k.
        let free = |c: &Column, share: f64| gamma * c.one + beta_rest * share * c.rest;
        // H = w − w²[free + χβP] + …: pairs i = j and the diagonal x_a² x_a² in χ.
        let chi = 1.0 + 1.0 / d + 2.0 * theta / d;

        // First order.
        let first = [linear * (chi + (linear_along - 2.0) / d), rest, one, one];
        // Second order of κ_C and κ_1, with a minus sign.
        let kappa_rest = mean(&|c| {
            let (across_free, along_free) = (free(c, across), free(c, along));
            let block = across_free + beta * c.linear * chi;
            let turned = across_free + 2.0 * beta * c.linear;
            let straight = along_free + linear_along * beta * c.linear;
            c.rest * (across * (block - turned / d) + along * straight / d)
        });
        let kappa_one = mean(&|c| {
            let (across_free, along_free) = (free(c, across), free(c, along));
            let block = across_free + beta * c.linear * chi;
            let shift = along_free - across_free + (linear_along - 2.0) * beta * c.linear;
            c.one * (block + shift / d)
        });
        // Third order of h.
        let third = mean(&|c| {
            let (across_free, along_free) = (free(c, across), free(c, along));
            let part = beta * c.linear;
            // Shifts of g and Ḡ: E y = γ2 w E P.
            let moved = gamma2 * beta * linear * part;
            let block = (across_free + part).powi(2) + 2.0 * moved;
            let equal = 2.0 * part * across_free + 2.0 * part * part + 2.0 * moved;
            let diagonal = 2.0 * part * (across_free + part) + 4.0 * moved + 2.0 * theta * moved;
            let straight = (along_free + linear_along * part).powi(2);
            let turned = (across_free + 2.0 * part).powi(2);
            let anisotropy = straight - turned + 2.0 * (linear_along - 2.0) * moved;
            block + (equal + 2.0 * theta * diagonal + anisotropy) / d
        });
        let second_linear = match scales.has_linear {
            true => (beta_rest * kappa_rest + gamma * kappa_one - third) / beta,
            false => 0.0,
        };
        let third_share = self.third_ratio * self.third * self.third;
        let second = [
            second_linear,
            -kappa_rest - third_share * beta_rest * rest * rest,
            -kappa_one - p * beta_one * one * one,
            -kappa_one - weights * beta_constant * one * one,
        ];
        let sum = |list: &[f64; 4]| energy.iter().zip(list).map(|(e, x)| e * x).sum::<f64>();
        let squares = scales.row_mean(|row| {
            let parts = [row.linear, row.rest, row.one, row.constant];
            parts.iter().zip(&first).map(|(s, x)| s * x).sum::<f64>().powi(2)
        });
        let second = sum(&second);
        [sum(&first), squares - second, second]
    }
}
