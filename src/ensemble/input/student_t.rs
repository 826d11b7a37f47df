//! Student's t law.

use rand::Rng;
use rand_distr::Distribution;

use super::InputLaw;
use crate::{Error, arguments};

/// Largest number of degrees of freedom; beyond it the law is normal to rounding.
const LARGEST: f64 = 1e15;

/// Student's t law with ν degrees of freedom, divided by its standard deviation
/// $\sqrt{\nu/(\nu - 2)}$.
///
/// Moments of order ν and above are infinite; the model needs four of them, and
/// its limit is slow to appear near ν = 4.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::StudentT;
///
/// let x = InputEnsemble::new(Dimensions::new(10, 3, 1)?).with_law(StudentT::new(8.0)?).sample()?;
/// assert_eq!(x.dim(), (10, 3));
/// assert!(StudentT::new(4.0).is_err());
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudentT {
    nu: f64,
    law: rand_distr::StudentT<f64>,
    /// √((ν − 2)/ν)
    scale: f64,
}

impl StudentT {
    /// Takes the law with `nu` degrees of freedom, above 4 and at most 1e15.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when `nu` is outside this range.
    pub fn new(nu: f64) -> Result<Self, Error> {
        let allowed = "a number above 4, at most 1e15";
        arguments::parameter("nu", nu, nu > 4.0 && nu <= LARGEST, allowed)?;
        let (name, value) = ("nu", nu);
        let law = rand_distr::StudentT::new(nu).map_err(|_| Error::InvalidParameter {
            name,
            value,
            allowed,
        })?;
        Ok(Self { nu, law, scale: ((nu - 2.0) / nu).sqrt() })
    }
}

impl InputLaw for StudentT {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        self.scale * self.law.sample(rng)
    }

    fn kurtosis(&self) -> Option<f64> {
        Some(3.0 + 6.0 / (self.nu - 4.0))
    }
}
