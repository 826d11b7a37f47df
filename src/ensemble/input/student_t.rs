//! Student's t law.

use rand::Rng;
use rand_distr::Distribution;

use super::InputLaw;
use crate::Error;

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
/// use ntk_spectrum::ensemble::InputEnsemble;
/// use ntk_spectrum::ensemble::input::StudentT;
///
/// let x = InputEnsemble::new(10, 3).with_law(StudentT::new(8.0)?).sample()?;
/// assert_eq!(x.dim(), (10, 3));
/// assert!(StudentT::new(4.0).is_err());
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudentT {
    law: rand_distr::StudentT<f64>,
    /// √((ν − 2)/ν)
    scale: f64,
}

impl StudentT {
    /// The law with `nu` degrees of freedom, above 4 and at most 1e15.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] when `nu` is outside this range.
    pub fn new(nu: f64) -> Result<Self, Error> {
        let invalid = Error::InvalidParameter {
            name: "nu",
            value: nu,
            allowed: "a number above 4, at most 1e15",
        };
        if !(nu > 4.0 && nu <= LARGEST) {
            return Err(invalid);
        }
        let law = rand_distr::StudentT::new(nu).map_err(|_| invalid)?;
        Ok(Self { law, scale: ((nu - 2.0) / nu).sqrt() })
    }
}

impl InputLaw for StudentT {
    fn sample(&self, rng: &mut dyn Rng) -> f64 {
        self.scale * self.law.sample(rng)
    }
}
