//! What is known of a population law before anything is tabulated.

use super::SpectralLaw;
use super::covariance::Covariance;
use super::merged::Merged;
use super::model::Model;
use crate::activation::{Activation, DerivativeMoments};
use crate::diagonal::DiagonalLaw;
use crate::numerics::complex::power_of_two;
use crate::{Error, arguments};

/// b/c below which ν is the law of (b + c) D² to the accuracy of the tables.
const NEGLIGIBLE_B: f64 = 1e-9;

/// Tolerance of the rule for the law of D².
const RULE_TOLERANCE: f64 = 1e-12;

/// Moments, model, and what stands for many values.
#[derive(Debug)]
pub(super) struct Prepared {
    pub(super) sigma: DerivativeMoments,
    /// The model with b + c and the largest D² between 1 and 2, and the unit of length that
    /// ν is then in: a power of two, so that laws of D and of sD have the same bits.
    pub(super) model: Model,
    pub(super) unit: f64,
    pub(super) merged: Option<Merged>,
    /// `None` if it is the identity. The rest is then that of isotropic rows with as many
    /// neurons to an effective dimension, γ2 h2.
    pub(super) covariance: Option<Covariance>,
}

impl Prepared {
    pub(super) fn new(
        gamma2: f64,
        sigma: &dyn Activation,
        d: &dyn DiagonalLaw,
        covariance: Option<&dyn SpectralLaw>,
    ) -> Result<Self, Error> {
        arguments::positive("gamma2", gamma2)?;
        let covariance = covariance.map(Covariance::new).transpose()?;
        let covariance = covariance.filter(|covariance| !covariance.is_identity());
        let (sigma, gamma2) = match &covariance {
            None => (sigma.moments()?, gamma2),
            Some(law) => {
                let effective = arguments::positive("gamma2 d/d_eff", gamma2 * law.h2)?;
                (sigma.scaled_moments(law.deviation())?, effective)
            }
        };
        // Roots next to the real axis ask for a better rule than the table does.
        let squares = d.square_law(RULE_TOLERANCE)?;
        let (mut b, mut c) = (sigma.b(), sigma.c());
        // A part below the rounding of the moments is not known to be there. A b
        // far below c only smears the law of (b + c) D², at second order in b/c,
        // and the smear is lost in the rounding of c D².
        let noise = f64::EPSILON.powi(2) * sigma.second_moment;
        if b <= noise {
            b = 0.0;
        }
        if c <= (1e-13 * b).max(noise) {
            c = 0.0;
        }
        if b <= NEGLIGIBLE_B * c {
            (b, c) = (0.0, b + c);
        }
        let largest = squares.support().last().map_or(0.0, |s| s.1);
        let (size, unit) = (unit_of("b + c", b + c)?, unit_of("the largest D²", largest)?);
        let model = Model { b: b / size, c: c / size, gamma2, squares: squares.in_unit(unit) };
        let unit = size * unit;
        let allowed = "a scale that is a normal number";
        arguments::parameter("(b + c) D²", unit, unit.is_normal(), allowed)?;
        let merged = Merged::new(&model, unit);
        Ok(Self { sigma, model, unit, merged, covariance })
    }

    /// The first two moments of ν in closed form, those of t times those of s.
    pub(super) fn moments(&self) -> (f64, f64) {
        let (first, second) = self.model.moments();
        let (mean, h2) =
            self.covariance.as_ref().map_or((1.0, 1.0), |law| (law.unit * law.mean, law.h2));
        let size = mean * self.unit;
        (size * first, h2 * size * size * second)
    }

    /// Whether ν is known exactly: of isotropic rows, of multiples of projections, for b = 0.
    pub(super) fn is_exact(&self) -> bool {
        self.model.b == 0.0 || self.covariance.as_ref().is_none_or(Covariance::is_projection)
    }
}

/// The power of two below a size; 1 for 0.
fn unit_of(name: &'static str, size: f64) -> Result<f64, Error> {
    if size == 0.0 {
        return Ok(1.0);
    }
    let allowed = "0 or a normal number: scale D or the activation";
    Ok(power_of_two(arguments::parameter(name, size, size.is_normal(), allowed)?))
}
