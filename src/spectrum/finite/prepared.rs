//! From the parameters of a law to its system of equations.

use super::operator::Operator;
use super::outliers::OutlierMean;
use super::scales::{Scales, Sizes};
use super::system::System;
use crate::activation::Activation;
use crate::diagonal::{DiagonalLaw, SquareLaw};
use crate::numerics::{complex::power_of_two, gauss};
use crate::{Dimensions, Error, arguments};

/// Values of D² that are taken as they are.
const MOST_VALUES: usize = 12;

/// Values that stand for more of them: the Gauss rule of their law. A law with density is as
/// smooth after the free sum with the rest as its first sixteen moments say.
const VALUES: usize = 8;

/// Tolerance of the quadrature of D².
const RULE_TOLERANCE: f64 = 1e-12;

/// a_0² above this share of a_0² + … + a_3² makes d outliers; below, they are in the bulk.
const APART: f64 = 1e-6;

/// The least d and p.
const LEAST: usize = 3;

/// What is solved, and what is known in closed form.
#[derive(Debug)]
pub(super) struct Prepared {
    /// `None` for a kernel that is 0.
    pub(super) system: Option<System>,
    /// Lengths of the system are in this unit, a power of two.
    pub(super) unit: f64,
    pub(super) energies: FiniteEnergies,
    /// Their positions are those of the kernel.
    pub(super) outliers: Vec<OutlierMean>,
    /// M_1 and M_2, in the unit.
    pub(super) moments: (f64, f64),
    /// E q″ of E q = −M_1/z + E q″/z² − …, in the unit.
    pub(super) fresh_second: f64,
    /// P(D ≠ 0).
    pub(super) alive: f64,
}

/// How the energy of $\sigma^\prime$ is spread over spherical harmonics, the numbers by which σ
/// enters a [`FiniteSpectrum`](super::FiniteSpectrum).
///
/// Mean energies are $\mathbb E\\,t\\,e(t\tau)$ over $t = |x|^2/d$ and $\tau = |w|^2/d$, per
/// neuron; see [finite size](crate::guide::finite_size).
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct FiniteEnergies {
    /// $a_0, \dots, a_3$: coefficients of $\sigma^\prime$ in the polynomials of one coordinate
    /// of the sphere of radius $\sqrt d$.
    pub coefficients: [f64; 4],
    /// Mean energy of degree 0: the outlier from $a_1$.
    pub constant: f64,
    /// Mean energy of degree 1: the d outliers from $a_0$.
    pub degree_one: f64,
    /// Mean energy of degree 2 across the neurons: what is b in the limit.
    pub linear: f64,
    /// Mean energy of degree 3 and more: what is c in the limit.
    pub rest: f64,
    /// $\omega_L$, 2 in the limit: degree 2 along a neuron, against `linear`.
    pub linear_along: f64,
    /// $\omega_C$: degree 3 and more along a neuron, against `rest`.
    pub rest_along: f64,
    /// $e_3$: the part of `rest` that is of degree 3.
    pub third: f64,
    /// $\eta_3 = dp/\dim H_3$.
    pub third_ratio: f64,
}

impl Prepared {
    pub(super) fn new(
        dimensions: Dimensions,
        sigma: &dyn Activation,
        diagonal: &dyn DiagonalLaw,
        kurtosis: f64,
    ) -> Result<Self, Error> {
        let [n, d, p] = [dimensions.n(), dimensions.d(), dimensions.p()];
        arguments::size_if("d", d, d >= LEAST, "at least 3")?;
        arguments::size_if("p", p, p >= LEAST, "at least 3")?;
        let allowed = "a finite number, at least 1: E X⁴ of entries of variance 1, which a law of \
                       one's own says by InputLaw::kurtosis";
        let valid = kurtosis >= 1.0 && kurtosis.is_finite();
        arguments::parameter("input_kurtosis", kurtosis, valid, allowed)?;
        // What no Gaussian moment is, no energy is.
        let size = unit_of("E σ′²", sigma.moments()?.second_moment)?;
        let squares = diagonal.square_law(RULE_TOLERANCE)?;
        let largest = squares.support().last().map_or(0.0, |support| support.1);
        let square = unit_of("the largest D²", largest)?;
        let unit = size * square;
        arguments::parameter(
            "E σ′² D²",
            unit,
            unit.is_normal(),
            "a scale that is a normal number",
        )?;
        let squares = values(&squares.in_unit(square))?;
        let alive = squares.iter().filter(|(square, _)| *square > 0.0).map(|(_, w)| w).sum();

        let sizes = Sizes { d, p, kurtosis };
        if largest == 0.0 {
            return Self::zero(sigma, sizes, unit);
        }
        let scales = Scales::new(sigma, sizes, &squares, size)?;
        let [n, dimension, neurons] = [n, d, p].map(|size| size as f64);
        let weights = dimension * neurons;
        let at_one = scales.at_one;
        let rest_along = if scales.has_rest { at_one.rest_along / at_one.rest } else { 1.0 };
        let third = if scales.has_rest { at_one.degree_three / at_one.rest } else { 0.0 };
        // Without the factor of the fourth moment.
        let across = at_one.linear * (1.0 + (kurtosis - 1.0) / dimension) / (1.0 + 2.0 / dimension);
        let linear_along = if scales.has_linear { at_one.linear_along / across } else { 2.0 };
        let harmonics = (dimension + 2.0) * (dimension + 1.0) * dimension / 6.0 - dimension;
        let mut system = System {
            d: dimension,
            p: neurons,
            weights,
            ratio: n / weights,
            width: f64::NAN,
            operator: Operator {
                d: dimension,
                gamma2: neurons / dimension,
                theta: 0.5 * (kurtosis - 3.0),
                profile: scales.columns.iter().map(|c| (c.linear, c.weight)).collect(),
            },
            along: rest_along,
            across: (dimension - rest_along) / (dimension - 1.0),
            linear_along,
            third,
            third_ratio: weights / harmonics,
            scales,
        };
        let [first, second, fresh_second] = system.moments();
        let moments = (first, second);
        system.width = second / first;
        let scales = &system.scales;
        let mean = |f: fn(&super::scales::Row) -> f64| size * scales.row_mean(f);
        let energies = FiniteEnergies {
            coefficients: at_one.a,
            constant: mean(|row| row.constant),
            degree_one: mean(|row| row.one),
            linear: mean(|row| row.linear),
            rest: mean(|row| row.rest),
            linear_along,
            rest_along,
            third,
            third_ratio: system.third_ratio,
        };
        let square = square * scales.column_mean(|column| column.one);
        let mut outliers = Vec::new();
        let all: f64 = at_one.a.iter().map(|a| a * a).sum();
        if at_one.a[0].powi(2) > APART * all {
            let mean = system.ratio * neurons * square * energies.degree_one;
            outliers.push(OutlierMean { count: d, mean });
        }
        if scales.has_linear {
            outliers.push(OutlierMean { count: 1, mean: n * square * energies.constant });
        }
        Ok(Self { system: Some(system), unit, energies, outliers, moments, fresh_second, alive })
    }

    /// A kernel that is 0, whatever σ.
    fn zero(sigma: &dyn Activation, sizes: Sizes, unit: f64) -> Result<Self, Error> {
        let scales = Scales::new(sigma, sizes, &[(1.0, 1.0)], 1.0)?;
        let energies = FiniteEnergies {
            coefficients: scales.at_one.a,
            constant: scales.row_mean(|row| row.constant),
            degree_one: scales.row_mean(|row| row.one),
            linear: scales.row_mean(|row| row.linear),
            rest: scales.row_mean(|row| row.rest),
            linear_along: 2.0,
            rest_along: 1.0,
            third: 0.0,
            third_ratio: 0.0,
        };
        let (moments, fresh_second, alive) = ((0.0, 0.0), 0.0, 0.0);
        let (system, outliers) = (None, Vec::new());
        Ok(Self { system, unit, energies, outliers, moments, fresh_second, alive })
    }
}

/// Values of D² with their weights, not too many of them.
fn values(squares: &SquareLaw) -> Result<Vec<(f64, f64)>, Error> {
    let all: Vec<(f64, f64)> =
        squares.nodes().iter().copied().zip(squares.weights().iter().copied()).collect();
    if all.len() <= MOST_VALUES {
        return Ok(all);
    }
    // Neurons that D switches off stay apart.
    let (zero, positive): (Vec<_>, Vec<_>) = all.into_iter().partition(|value| value.0 == 0.0);
    let (nodes, weights): (Vec<f64>, Vec<f64>) = positive.into_iter().unzip();
    let mass: f64 = weights.iter().sum();
    let rule = gauss::rule_of_measure(&nodes, &weights, VALUES)?;
    let positive = rule.nodes.into_iter().zip(rule.weights.into_iter().map(|w| w * mass));
    Ok(zero.into_iter().chain(positive).collect())
}

/// The power of two below a size; 1 for 0.
fn unit_of(name: &'static str, size: f64) -> Result<f64, Error> {
    if size == 0.0 {
        return Ok(1.0);
    }
    let allowed = "0 or a normal number: scale D or the activation";
    Ok(power_of_two(arguments::parameter(name, size, size.is_normal(), allowed)?))
}
