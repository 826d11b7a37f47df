//! `Regression`: a target, and the law of the kernel that it is learned with.

use std::sync::OnceLock;

use super::EffectiveRidge;
use super::finite_size::FiniteSize;
use crate::law::{NegativeAxis, OffSupport, OverPopulation, SpectralLaw};
use crate::{Dimensions, Error, LimitingSpectrum, arguments};

/// The map λ(κ) of a law.
type Axis<'a, L> = NegativeAxis<OffSupport<'a, <L as OverPopulation>::Population>>;

/// Kernel regression of a [`Target`](super::Target) by the kernel whose law is given: what its errors are,
/// see [`learning`](crate::learning).
///
/// `new` never fails; the first query solves for the law, if nobody has. Ridges are there for
/// every target, filters and curves for [`RandomEffects`](super::RandomEffects), whose prior is
/// isotropic.
///
/// # Examples
///
/// ```
/// use ntk_spectrum::law::{GeneralizedMarchenkoPastur, Uniform};
/// use ntk_spectrum::learning::{RandomEffects, Regression, Ridge};
///
/// // Of any sample covariance, here with eigenvalues uniform on [1, 3].
/// let law = GeneralizedMarchenkoPastur::new(0.5, Uniform::new(1.0, 3.0)?)?;
/// let regression = Regression::new(&law, RandomEffects::new(1.0, 0.2)?);
/// let ridge = regression.ridge(0.3)?;
/// let same = regression.errors(&Ridge::new(0.3)?)?;
/// assert!((ridge.test / same.test - 1.0).abs() < 1e-9);
/// assert!((ridge.training / same.training - 1.0).abs() < 1e-9);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Regression<'a, L: OverPopulation, T> {
    law: &'a L,
    target: T,
    finite: Option<Result<FiniteSize, Error>>,
    axis: OnceLock<Result<Axis<'a, L>, Error>>,
}

impl<'a, L: OverPopulation, T> Regression<'a, L, T> {
    /// Takes the law of the kernel and the target.
    #[must_use]
    pub fn new(law: &'a L, target: T) -> Self {
        Self { law, target, finite: None, axis: OnceLock::new() }
    }

    /// Returns the law.
    #[must_use]
    pub fn law(&self) -> &'a L {
        self.law
    }

    /// Returns the target.
    #[must_use]
    pub fn target(&self) -> &T {
        &self.target
    }

    /// What given dimensions change, if there are any.
    pub(super) fn finite(&self) -> Result<Option<&FiniteSize>, Error> {
        match &self.finite {
            Some(Ok(finite)) => Ok(Some(finite)),
            Some(Err(error)) => Err(error.clone()),
            None => Ok(None),
        }
    }

    pub(super) fn axis(&self) -> Result<&Axis<'a, L>, Error> {
        let axis = self.axis.get_or_init(|| {
            let population = self.law.population();
            let transform = OffSupport::new(population)?;
            let (gamma1, mean) = (self.law.gamma1(), population.mean()?);
            arguments::positive("gamma1", gamma1)?;
            match self.finite()?.and_then(|finite| Some((finite.gamma1(), finite.atom()?))) {
                Some((gamma1, atom)) => {
                    let mean = (1.0 - atom.mass) * mean + atom.mass * atom.location;
                    Ok(NegativeAxis::of(gamma1, transform.with_atom(atom), mean))
                }
                None => Ok(NegativeAxis::of(gamma1, transform, mean)),
            }
        });
        axis.as_ref().map_err(Clone::clone)
    }

    /// Computes the effective ridge κ(λ), and what comes with it.
    ///
    /// # Errors
    /// [`Error::InvalidParameter`] unless λ is finite and at least 0; as the queries of the law.
    pub fn effective_ridge(&self, lambda: f64) -> Result<EffectiveRidge, Error> {
        self.effective_ridge_near(lambda, None)
    }

    /// The same from a guess of κ.
    pub(super) fn effective_ridge_near(
        &self,
        lambda: f64,
        guess: Option<f64>,
    ) -> Result<EffectiveRidge, Error> {
        arguments::non_negative("lambda", lambda)?;
        let axis = self.axis()?;
        let at = if lambda == 0.0 { axis.at_zero()? } else { axis.solve(lambda, guess)? };
        Ok(EffectiveRidge::new(lambda, axis.gamma1(), axis.mean(), at))
    }
}

impl<T> Regression<'_, LimitingSpectrum, T> {
    /// Sets the dimensions of a finite network, and corrects what is largest at finite size:
    /// the d + 1 outliers that the kernel has besides its law.
    ///
    /// Of ridges, ν becomes $(1 - \frac1p)\\,\nu + \frac1p\\,\delta_{t_0}$ with $t_0 = a_0^2 p\\,
    /// \mathbb E D^2$. Of filters, the bulk is that of n − d samples and dp − d weights, and the
    /// outliers stand beside it. A heuristic, checked against samples
    /// ([learning](crate::guide::learning), 8): at d = 64 the test errors of ridges are off by 0.5
    /// to 0.9 % in place of 3.1 to 3.5 %. It does not help the training error where that is
    /// small. [`ridge`](Self::ridge) and [`errors`](Self::errors) of the same ridge are then two
    /// models, which differ by 0.3 % at d = 20 for a useful ridge.
    ///
    /// Of ridges of random effects,
    /// [`FiniteSpectrum::ridge`](crate::spectrum::FiniteSpectrum::ridge) is nearer to samples, by
    /// a factor of 2 to 4 at d = 20 and 40.
    ///
    /// Queries return [`Error::InvalidParameter`] where the ratios of the law are not those of
    /// the dimensions, up to one sample and one neuron, or where n or dp is not above d.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::learning::{RandomEffects, Regression};
    /// use ntk_spectrum::{Dimensions, LimitingSpectrum};
    ///
    /// let dimensions = Dimensions::new(1120, 40, 40)?;
    /// let law = LimitingSpectrum::from_dimensions(dimensions, Relu, 1.0);
    /// let target = RandomEffects::new(1.0, 0.5)?;
    /// let limit = Regression::new(&law, target).ridge(0.1)?;
    /// let finite = Regression::new(&law, target).with_dimensions(dimensions).ridge(0.1)?;
    /// // 40 of the 1120 samples go to the outliers.
    /// assert!((finite.test / limit.test - 1.029).abs() < 1e-3);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn with_dimensions(self, dimensions: Dimensions) -> Self {
        let finite = Some(FiniteSize::new(self.law, dimensions));
        Self { finite, axis: OnceLock::new(), ..self }
    }
}
