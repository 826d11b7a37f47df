//! `CovarianceSpectrum`: the eigenvalues of a covariance, and what they say of the model.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2};

use super::covariance_conditions::CovarianceConditions;
use crate::law::{Discrete, SpectralLaw, TabulatedLaw};
use crate::linalg::symmetric_eigenvalues;
use crate::{Error, arguments};

/// Relative size of a negative eigenvalue, and of a difference between the two halves of a
/// matrix, that rounding explains.
const ROUNDING: f64 = 1e-10;

/// Deviation from the mean, relative to the largest entry, of a column that is constant up to
/// rounding.
const CONSTANT: f64 = 1e-12;

/// The spectrum of the covariance S of the rows of X, as the law H that
/// [`LimitingSpectrum::with_covariance`](crate::LimitingSpectrum::with_covariance) wants.
///
/// It is a [`SpectralLaw`], $\frac1d \sum_i \delta_{s_i}$. From samples it is that of
/// $\frac1n X^\top X$ with its spread put right: sampling adds $d/n$ to the second moment, and
/// with $v$ the mean of the sample eigenvalues $\hat s_i$ and $\hat h_2$ their second moment
/// over $v^2$,
///
/// $$ s_i = v + \rho\\,(\hat s_i - v), \qquad
/// \rho^2 = \max\Bigl(0, \frac{\hat h_2 - 1 - d/n}{\hat h_2 - 1}\Bigr) . $$
///
/// That is right for Gaussian-like rows and $n \gg d$; $\rho = 0$ where the sample is as
/// isotropic as samples of isotropic rows are. What d says of whether the model holds:
/// [`conditions`](Self::conditions).
///
/// # Examples
///
/// ```
/// use ntk_spectrum::Dimensions;
/// use ntk_spectrum::empirical::CovarianceSpectrum;
/// use ntk_spectrum::ensemble::InputEnsemble;
///
/// // Isotropic samples have no spread but that of sampling, d/n = 0.02.
/// let x = InputEnsemble::new(Dimensions::new(2000, 40, 10)?).with_seed(3).sample()?;
/// let covariance = CovarianceSpectrum::from_samples(x.view())?;
/// assert!((covariance.second_moment_ratio() - 1.0).abs() < 0.005);
/// assert!((covariance.effective_dimension() - 40.0).abs() < 0.2);
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[doc(alias = "PCA")]
#[derive(Debug, Clone, PartialEq)]
pub struct CovarianceSpectrum {
    eigenvalues: Vec<f64>,
    samples: Option<usize>,
    law: Discrete,
}

impl CovarianceSpectrum {
    /// Takes the eigenvalues of $\frac1n X^\top X$, with their spread put right; nothing is
    /// subtracted, so that a mean of the rows is one more large eigenvalue.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSize`] for X without rows or columns; [`Error::InvalidElement`] for an
    /// entry that is not finite, of X or, where its squares overflow, of $X^\top X/n$;
    /// [`Error::InvalidParameter`] if all are 0, or their squares no normal numbers;
    /// [`Error::Eigenvalues`].
    ///
    /// # Complexity
    ///
    /// $n d^2 + \frac43 d^3$ operations, $d^2$ numbers; with n in place of d where $n < d$ and
    /// the other way round.
    pub fn from_samples(x: ArrayView2<'_, f64>) -> Result<Self, Error> {
        check(x)?;
        Self::of_rows(x)
    }

    /// The same of the rows less their mean.
    ///
    /// # Errors
    ///
    /// As [`from_samples`](Self::from_samples): rows that are all equal leave 0.
    ///
    /// # Complexity
    ///
    /// As that of [`from_samples`](Self::from_samples), and nd numbers more.
    ///
    /// # Examples
    ///
    /// ```
    /// use ndarray::array;
    /// use ntk_spectrum::empirical::CovarianceSpectrum;
    ///
    /// let x = array![[1.0, 5.0], [-1.0, 5.0], [1.0, 5.0], [-1.0, 5.0]];
    /// let covariance = CovarianceSpectrum::from_centred_samples(x.view())?;
    /// assert!((covariance.mean() - 0.5).abs() < 1e-15);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_centred_samples(x: ArrayView2<'_, f64>) -> Result<Self, Error> {
        check(x)?;
        let mut centred = x.to_owned();
        for mut column in centred.columns_mut() {
            // Twice: of a long constant column the first mean leaves its rounding.
            for _ in 0..2 {
                let mean = column.iter().map(|entry| entry / x.nrows() as f64).sum::<f64>();
                column.mapv_inplace(|entry| entry - mean);
            }
        }
        // What is left of columns that are constant.
        for (mut column, before) in centred.columns_mut().into_iter().zip(x.columns()) {
            let largest = |column: ArrayView1<'_, f64>| {
                column.iter().fold(0.0, |most: f64, entry| most.max(entry.abs()))
            };
            if largest(column.view()) <= CONSTANT * largest(before) {
                column.fill(0.0);
            }
        }
        Self::of_rows(centred.view())
    }

    fn of_rows(x: ArrayView2<'_, f64>) -> Result<Self, Error> {
        let (n, d) = x.dim();
        let gram: Array2<f64> = if n < d { x.dot(&x.t()) } else { x.t().dot(&x) };
        let gram = gram / n as f64;
        arguments::finite_rows("XᵀX/n", gram.view(), 0)?;
        let mut sample = symmetric_eigenvalues(halves_as_one(gram))?;
        sample.iter_mut().for_each(|s| *s = s.max(0.0));
        // Those of directions in which nothing lies.
        sample.splice(0..0, std::iter::repeat_n(0.0, d - sample.len()));
        let mean = sample.iter().sum::<f64>() / d as f64;
        let allowed = "a normal number above 0: data that do not vanish, at a usual scale";
        arguments::parameter("the mean square of X", mean, mean.is_normal(), allowed)?;
        let spread = sample.iter().map(|s| (s / mean - 1.0).powi(2)).sum::<f64>() / d as f64;
        let sampling = d as f64 / n as f64;
        let rho = if spread > sampling { (1.0 - sampling / spread).sqrt() } else { 0.0 };
        let eigenvalues = sample.iter().map(|s| mean + rho * (s - mean)).collect();
        Self::new(eigenvalues, Some(n))
    }

    /// Takes the eigenvalues of a covariance matrix, as it is.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidSize`] without rows, [`Error::SizeMismatch`] unless it is square;
    /// [`Error::InvalidElement`] for entries that are not finite, and for the first that differs
    /// from its mirror image by more than 1e-10 of the largest; [`Error::InvalidEntry`] for an
    /// eigenvalue below 0 by more than 1e-10 of the largest (those nearer, and those above 0 by
    /// no more than d roundings of the largest, are taken for 0); [`Error::Eigenvalues`]; as
    /// [`from_eigenvalues`](Self::from_eigenvalues).
    ///
    /// # Complexity
    ///
    /// $\frac43 d^3$ operations, $d^2$ numbers.
    pub fn from_matrix(s: ArrayView2<'_, f64>) -> Result<Self, Error> {
        arguments::size("the rows of S", s.nrows())?;
        arguments::same_size("columns of S", s.ncols(), s.nrows(), "as many as rows")?;
        arguments::finite_rows("S", s, 0)?;
        let largest = s.iter().fold(0.0, |most: f64, entry| most.max(entry.abs()));
        let off = |&((i, j), value): &((usize, usize), &f64)| {
            i > j && (value - s[[j, i]]).abs() > ROUNDING * largest
        };
        if let Some(((row, column), &value)) = s.indexed_iter().find(off) {
            let allowed = "its mirror image, in a symmetric matrix";
            return Err(Error::InvalidElement { name: "S", row, column, value, allowed });
        }
        let mut eigenvalues = symmetric_eigenvalues(halves_as_one(s.to_owned()))?;
        let top = eigenvalues.last().map_or(0.0, |top| top.abs());
        let rounding = -ROUNDING * top..=eigenvalues.len() as f64 * f64::EPSILON * top;
        eigenvalues.iter_mut().filter(|s| rounding.contains(*s)).for_each(|s| *s = 0.0);
        Self::from_eigenvalues(&eigenvalues)
    }

    /// Takes eigenvalues, in any order, as they are.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidLength`] without any, [`Error::InvalidEntry`] for one that is negative
    /// or not finite, [`Error::InvalidParameter`] unless their mean is above 0.
    ///
    /// # Examples
    ///
    /// ```
    /// use ntk_spectrum::empirical::CovarianceSpectrum;
    ///
    /// let covariance = CovarianceSpectrum::from_eigenvalues(&[0.0, 3.0, 0.0, 3.0])?;
    /// assert_eq!((covariance.mean(), covariance.effective_dimension()), (1.5, 2.0));
    /// assert_eq!(covariance.normalised()?.eigenvalues()[3], 2.0);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn from_eigenvalues(eigenvalues: &[f64]) -> Result<Self, Error> {
        Self::new(eigenvalues.to_vec(), None)
    }

    fn new(mut eigenvalues: Vec<f64>, samples: Option<usize>) -> Result<Self, Error> {
        let law = Discrete::from_eigenvalues(&eigenvalues)?;
        eigenvalues.sort_by(f64::total_cmp);
        let found = Self { eigenvalues, samples, law };
        let (mean, allowed) = (found.mean(), "a normal number above 0");
        arguments::parameter("the mean of the covariance", mean, mean.is_normal(), allowed)?;
        Ok(found)
    }

    /// Divides by the mean, as dividing all of X by one number, $\sqrt v$, does.
    ///
    /// # Errors
    ///
    /// As [`from_eigenvalues`](Self::from_eigenvalues), where numbers overflow.
    pub fn normalised(&self) -> Result<Self, Error> {
        let mean = self.mean();
        Self::new(self.eigenvalues.iter().map(|s| s / mean).collect(), self.samples)
    }

    /// Returns the eigenvalues $s_i$, ascending.
    #[must_use]
    pub fn eigenvalues(&self) -> &[f64] {
        &self.eigenvalues
    }

    /// Returns the eigenvalues as an array.
    #[must_use]
    pub fn to_array(&self) -> Array1<f64> {
        self.eigenvalues.clone().into()
    }

    /// Returns the mean $v = \operatorname{tr} S/d$.
    #[must_use]
    pub fn mean(&self) -> f64 {
        self.eigenvalues.iter().sum::<f64>() / self.eigenvalues.len() as f64
    }

    /// Returns $h_2 = \frac1d \operatorname{tr} S^2/v^2$, 1 for isotropic rows.
    #[must_use]
    pub fn second_moment_ratio(&self) -> f64 {
        let mean = self.mean();
        let squares = self.eigenvalues.iter().map(|s| (s / mean).powi(2));
        squares.sum::<f64>() / self.eigenvalues.len() as f64
    }

    /// Returns the effective dimension
    /// $d_{\mathrm{eff}} = (\operatorname{tr} S)^2/\operatorname{tr} S^2 = d/h_2$.
    #[must_use]
    pub fn effective_dimension(&self) -> f64 {
        self.eigenvalues.len() as f64 / self.second_moment_ratio()
    }

    /// Says how small is what the law leaves out, for p neurons.
    #[must_use]
    pub fn conditions(&self, p: usize) -> CovarianceConditions {
        let largest = self.eigenvalues.last().map_or(0.0, |top| top / self.mean());
        let (d, h2) = (self.eigenvalues.len(), self.second_moment_ratio());
        CovarianceConditions::new(d, p, self.samples, h2, largest)
    }
}

impl SpectralLaw for CovarianceSpectrum {
    fn tabulated(&self) -> Result<&TabulatedLaw, Error> {
        self.law.tabulated()
    }
}

fn check(x: ArrayView2<'_, f64>) -> Result<(), Error> {
    arguments::size("the rows of X", x.nrows())?;
    arguments::size("the columns of X", x.ncols())?;
    arguments::finite_rows("X", x, 0)
}

/// The mean of a matrix and its mirror image: the solver wants both to the last bit.
fn halves_as_one(mut matrix: Array2<f64>) -> Array2<f64> {
    for i in 0..matrix.nrows() {
        for j in 0..i {
            let mean = 0.5 * (matrix[[i, j]] + matrix[[j, i]]);
            (matrix[[i, j]], matrix[[j, i]]) = (mean, mean);
        }
    }
    matrix
}
