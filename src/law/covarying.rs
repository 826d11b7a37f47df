//! Population laws of rows with a covariance.

use std::sync::Arc;

use super::{Population, SpectralLaw};
use crate::{Error, arguments};

impl Population {
    /// Sets the law H of the eigenvalues of the covariance S of the rows of X,
    /// $x = S^{1/2} g$; by default S = I. Any law on $[0, \infty)$ that is not $\delta_0$.
    ///
    /// With $v = \int s\\,dH$, $h_2 = \int s^2 dH / v^2$, and $t$ from the law of isotropic
    /// rows for $\sigma^\prime(\sqrt v\\,\cdot)$ and $\gamma_2 h_2 = \lim p/d_{\mathrm{eff}}$
    /// in place of $\gamma_2$, $d_{\mathrm{eff}} = (\operatorname{tr} S)^2/\operatorname{tr}
    /// S^2$,
    ///
    /// $$ \nu \approx \mathrm{Law}(s\\,t), \qquad s \sim H \text{ independent of } t , \qquad
    /// T_\nu(w) = \int T_t(w/s)\\,dH(s) . $$
    ///
    /// **Exact** are its mean $v (b + c) \tau_1$ and second moment $v^2 ((b + c)^2 h_2 \tau_2 +
    /// 2 \gamma_2 b^2 \tau_1^2 h_2^2)$, and all of it for $b = 0$, for S = I, and for multiples
    /// of projections: [`is_exact`](Self::is_exact). Otherwise it is **approximate**: the
    /// Stieltjes transform of the law over it is off by 0.05 to 4 % where that was measured
    /// ([covariance](crate::guide::covariance)), and by 5 to 30 % without S.
    ///
    /// A law of more than a few eigenvalues, or with a density, is replaced by Gauss rules when
    /// a law over ν is solved for, as many values of D are.
    ///
    /// # Errors
    ///
    /// The first query returns [`Error::InvalidParameter`] for a law with mass on negative
    /// numbers and for $\delta_0$, the error of a law that cannot be solved, and that of
    /// [`Activation::scaled_moments`](crate::activation::Activation::scaled_moments); queries
    /// of the density [`Error::TooManyValues`] for more than 80 eigenvalues, unless ν is discrete.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::law::{Discrete, Population};
    ///
    /// let covariance = Discrete::new(&[0.4, 1.6], &[0.5, 0.5])?;
    /// let law = Population::new(1.0, Relu, 1.0)?.with_covariance(covariance);
    /// assert!((law.moment(1)? - 0.25).abs() < 1e-12);
    /// // 1.36/16 + 2 · 1.36²/(4π²).
    /// assert!((law.moment(2)? - 0.178701830632).abs() < 1e-11);
    /// assert!(!law.is_exact()?);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    #[must_use]
    pub fn with_covariance(self, law: impl SpectralLaw + 'static) -> Self {
        self.covarying(Some(Arc::new(law)))
    }

    /// Returns the law H of the eigenvalues of the covariance; `None` stands for S = I.
    #[must_use]
    pub fn covariance(&self) -> Option<&dyn SpectralLaw> {
        self.covariance.as_deref()
    }

    /// Says whether the law is the exact limit, and not an approximation with two exact
    /// moments: S = I, S a multiple of a projection, or $b = 0$.
    ///
    /// # Errors
    ///
    /// As every query.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::activation::{Relu, Tanh};
    /// use ntk_spectrum::law::{Discrete, Population};
    ///
    /// let (half, two) = (Discrete::new(&[0.0, 2.0], &[0.5, 0.5])?, Discrete::from_eigenvalues(&[0.4, 1.6])?);
    /// assert!(Population::new(1.0, Relu, 1.0)?.is_exact()?);
    /// assert!(Population::new(1.0, Relu, 1.0)?.with_covariance(half).is_exact()?);
    /// assert!(Population::new(1.0, Tanh, 1.0)?.with_covariance(two.clone()).is_exact()?);
    /// assert!(!Population::new(1.0, Relu, 1.0)?.with_covariance(two).is_exact()?);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn is_exact(&self) -> Result<bool, Error> {
        Ok(self.prepared()?.is_exact())
    }

    /// Returns the mean v of the covariance and $h_2 = d/d_{\mathrm{eff}}$, its second moment
    /// over the squared mean: both 1 for S = I.
    ///
    /// # Errors
    ///
    /// As every query.
    pub fn covariance_moments(&self) -> Result<(f64, f64), Error> {
        let covariance = self.prepared()?.covariance.as_ref();
        Ok(covariance.map_or((1.0, 1.0), |law| (law.unit * law.mean, law.h2)))
    }

    /// Refuses a covariance where only isotropic rows are understood.
    pub(crate) fn check_isotropic(&self) -> Result<(), Error> {
        let h2 = self.covariance_moments()?;
        let allowed = "1, that of isotropic inputs, for which alone this is known";
        let isotropic = self.prepared()?.covariance.is_none();
        arguments::parameter("the second moment of the covariance", h2.1, isotropic, allowed)?;
        Ok(())
    }
}
