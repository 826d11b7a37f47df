//! What is allowed but not in the model.

use std::fmt::{self, Display, Formatter};

/// X or W is far from what the limit theorem assumes.
///
/// The kernel is still the kernel of these matrices; its eigenvalues need not follow the
/// limiting law. Each warning carries a figure of the matrices, and where it is one that the
/// model has too, `allowed`: the farthest that matrices of the model have it at this size but for
/// one in a million or so, or a size that moves the law by no more than being finite does. It
/// says what to call. Nothing is said of moments of fewer than 10 rows of X or 3 entries of W.
/// How the bounds are derived, and what was measured: [covariance](crate::guide::covariance).
///
/// # Examples
///
/// ```
/// use ntk_spectrum::activation::Tanh;
/// use ntk_spectrum::ntk::{NtkBuilder, NtkWarning};
/// use ntk_spectrum::prelude::*;
///
/// let ensemble = TwoLayerEnsemble::new(Dimensions::new(400, 20, 20)?, Tanh).with_seed(1);
/// let (mut x, w, _) = ensemble.sample()?.into_arrays();
/// assert!(NtkBuilder::new(&x, &w, Tanh).build()?.warnings().is_empty());
///
/// x.column_mut(3).fill(0.5);
/// let kernel = NtkBuilder::new(&x, &w, Tanh).build()?;
/// assert_eq!(kernel.warnings().len(), 1);
/// assert!(matches!(&kernel.warnings()[0], NtkWarning::ConstantColumns { columns, .. }
///     if columns == &[3]));
/// assert!(kernel.warnings()[0].to_string().contains("without_constant_columns"));
/// # Ok::<(), ntk_spectrum::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum NtkWarning {
    /// There are fewer samples than dimensions: n is not of the order of dp, and the sample
    /// does not know its covariance.
    #[non_exhaustive]
    FewSamples {
        /// n
        samples: usize,
        /// d
        columns: usize,
    },
    /// Columns of X do not vary.
    #[non_exhaustive]
    ConstantColumns {
        /// All of them.
        columns: Vec<usize>,
    },
    /// Columns of X have means far from 0.
    #[non_exhaustive]
    ColumnMeans {
        /// How many columns.
        count: usize,
        /// The column whose mean is the largest.
        column: usize,
        /// Its mean.
        mean: f64,
        /// How far from 0 it might be.
        allowed: f64,
    },
    /// The columns of X have means too far from 0 taken together, though none by itself.
    #[non_exhaustive]
    Mean {
        /// The square of the mean row, over the sum of the variances of the columns.
        square: f64,
        /// The largest that it might be.
        allowed: f64,
    },
    /// Columns of X have variances far from 1.
    #[non_exhaustive]
    ColumnVariances {
        /// How many columns.
        count: usize,
        /// The column whose variance is the furthest from 1, by its ratio to 1.
        column: usize,
        /// Its variance.
        variance: f64,
        /// The largest that it might be if it is above 1, otherwise the smallest.
        allowed: f64,
    },
    /// Columns of X are correlated, or, where none is by itself, of unequal variance: the
    /// [effective dimension](crate::empirical::CovarianceSpectrum::effective_dimension) is
    /// below d.
    #[non_exhaustive]
    EffectiveDimension {
        /// $d_{\mathrm{eff}} = (\operatorname{tr} S)^2/\operatorname{tr} S^2$, without what
        /// sampling adds to $\operatorname{tr} S^2$.
        effective_dimension: f64,
        /// The columns that vary.
        columns: usize,
        /// The smallest that it might be.
        allowed: f64,
    },
    /// The rows of X, less their mean, are of more different lengths than independent entries
    /// of this kurtosis give them.
    #[non_exhaustive]
    RowNorms {
        /// The standard deviation of $|x|^2/\operatorname{tr} S$.
        deviation: f64,
        /// That of rows of independent entries with this covariance and kurtosis,
        /// $\sqrt{2/d_{\mathrm{eff}}}$ for Gaussian ones.
        expected: f64,
        /// The largest that it might be.
        allowed: f64,
    },
    /// The entries of X have tails too heavy for the lengths of rows to be nearly equal.
    #[non_exhaustive]
    HeavyTails {
        /// The fourth moment over the square of the second, 3 for Gaussian entries.
        kurtosis: f64,
        /// The largest that it might be.
        allowed: f64,
    },
    /// Samples repeat others, or nearly: the standardised rows differ by less than a
    /// twentieth of what two independent ones do.
    #[non_exhaustive]
    Duplicates {
        /// How many repeat an earlier one. Near ones may be missed.
        count: usize,
        /// A sample that is repeated, and the first that repeats it.
        pair: (usize, usize),
        /// The most that there might be.
        allowed: f64,
    },
    /// The entries of W have a mean far from 0.
    #[non_exhaustive]
    WeightMean {
        /// The mean.
        mean: f64,
        /// How far from 0 it might be.
        allowed: f64,
    },
    /// The entries of W have a variance far from 1: 1/√d is applied by the
    /// kernel and must not be part of W.
    #[non_exhaustive]
    WeightVariance {
        /// The variance.
        variance: f64,
        /// The largest that it might be if it is above 1, otherwise the smallest.
        allowed: f64,
    },
    /// W has a singular value above those of independent entries: neurons share a direction,
    /// as training makes them.
    #[non_exhaustive]
    WeightSpike {
        /// The largest eigenvalue of $\frac1p W W^\top$, W less its mean and of variance 1.
        eigenvalue: f64,
        /// The largest that it might be, a little above $(1 + \sqrt{d/p})^2$.
        allowed: f64,
    },
    /// Neurons have weights of different lengths: the variance $w_k^\top S w_k/d$ of the
    /// preactivations differs from neuron to neuron.
    #[non_exhaustive]
    NeuronScales {
        /// The standard deviation over k of $w_k^\top S w_k$, over its mean.
        deviation: f64,
        /// That of independent entries, $\sqrt{2 h_2/d}$ with the $h_2$ of at most 256 rows of
        /// the sample, which has $d/256$ more than that of S.
        expected: f64,
        /// The largest that it might be.
        allowed: f64,
    },
    /// W knows X: on average over neurons $w_k^\top S w_k$ is not
    /// $|w_k|^2 \operatorname{tr} S/d$.
    #[non_exhaustive]
    WeightAlignment {
        /// The ratio of the two.
        ratio: f64,
        /// How far from 1 it might be.
        allowed: f64,
    },
}

impl NtkWarning {
    /// Says whether it is of the covariance of X, which
    /// [`LimitingSpectrum::with_covariance`](crate::LimitingSpectrum::with_covariance) takes in.
    #[must_use]
    pub fn is_covariance(&self) -> bool {
        matches!(
            self,
            Self::ConstantColumns { .. }
                | Self::ColumnMeans { .. }
                | Self::Mean { .. }
                | Self::ColumnVariances { .. }
                | Self::EffectiveDimension { .. }
        )
    }

    /// Says in a few words what is wrong, as the cause of what follows from it.
    pub(crate) fn cause(&self) -> &'static str {
        match self {
            Self::FewSamples { .. } => "there are fewer samples than dimensions",
            Self::ConstantColumns { .. } => "columns of x are constant",
            Self::ColumnMeans { .. } | Self::Mean { .. } => "the mean of x is not removed",
            Self::ColumnVariances { .. } => "columns of x have variances far from 1",
            Self::EffectiveDimension { .. } => "columns of x are correlated",
            Self::RowNorms { .. } => "rows of x are of different lengths",
            Self::HeavyTails { .. } => "entries of x have heavy tails",
            Self::Duplicates { .. } => "samples are repeated",
            Self::WeightMean { .. } => "w has a mean",
            Self::WeightVariance { .. } => "w has a variance far from 1",
            Self::WeightSpike { .. } => "w has a spike",
            Self::NeuronScales { .. } => "neurons have weights of different lengths",
            Self::WeightAlignment { .. } => "w depends on x",
        }
    }
}

impl Display for NtkWarning {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::FewSamples { samples, columns } => write!(
                f,
                "x has {samples} samples in {columns} dimensions: the model has n of the order \
                 of dp, and CovarianceSpectrum::from_samples does not find the covariance"
            ),
            Self::ConstantColumns { columns } => {
                write!(f, "{} of x: ", counted(columns.len(), "constant column"))?;
                for (place, column) in columns.iter().enumerate() {
                    write!(f, "{}{column}", if place == 0 { "" } else { ", " })?;
                }
                write!(f, "; NtkBuilder::without_constant_columns leaves them out")
            }
            Self::ColumnMeans { count, column, mean, allowed } => write!(
                f,
                "{} of x with a mean far from 0, column {column} has {}, at this size at most \
                 {}: subtract the means",
                counted(*count, "column"),
                Short(*mean),
                Short(*allowed)
            ),
            Self::Mean { square, allowed } => write!(
                f,
                "the mean of the rows of x is not removed: its square is {} of the variance, at \
                 this size at most {}: subtract it",
                Short(*square),
                Short(*allowed)
            ),
            Self::ColumnVariances { count, column, variance, allowed } => write!(
                f,
                "{} of x with a variance far from 1, column {column} has {}, at this size at \
                 {} {}: divide x by one number, and take LimitingSpectrum::for_data or \
                 with_covariance",
                counted(*count, "column"),
                Short(*variance),
                if variance > allowed { "most" } else { "least" },
                Short(*allowed)
            ),
            Self::EffectiveDimension { effective_dimension, columns, allowed } => write!(
                f,
                "the columns of x are correlated or of unequal variance: effective dimension {} \
                 of {columns}, at this size at least {}: take LimitingSpectrum::for_data or \
                 with_covariance (CovarianceSpectrum::from_samples)",
                Short(*effective_dimension),
                Short(*allowed)
            ),
            Self::RowNorms { deviation, expected, allowed } => write!(
                f,
                "the rows of x are of unequal length: |x|^2 has a relative standard deviation of \
                 {}, the model {}, at this size at most {}: the law has no place for that, rows \
                 may be divided by their lengths",
                Short(*deviation),
                Short(*expected),
                Short(*allowed)
            ),
            Self::HeavyTails { kurtosis, allowed } => write!(
                f,
                "the entries of x have heavy tails: kurtosis {}, at this size at most {}: look \
                 for single large entries, take their logarithms or cut them off",
                Short(*kurtosis),
                Short(*allowed)
            ),
            Self::Duplicates { count, pair, allowed } => write!(
                f,
                "{} of x nearly {} before (sample {} repeats sample {}), at this size at most \
                 {}: leave them out",
                counted(*count, "sample"),
                if *count == 1 { "repeats one" } else { "repeat ones" },
                pair.1,
                pair.0,
                allowed.floor()
            ),
            Self::WeightMean { mean, allowed } => write!(
                f,
                "the entries of w have mean {}, far from 0, at this size at most {}: subtract it",
                Short(*mean),
                Short(*allowed)
            ),
            Self::WeightVariance { variance, allowed } => write!(
                f,
                "the entries of w have variance {}, far from 1, at this size at {} {}: multiply \
                 w by {}; 1/√d is applied by the kernel",
                Short(*variance),
                if variance > allowed { "most" } else { "least" },
                Short(*allowed),
                Short(variance.sqrt().recip())
            ),
            Self::WeightSpike { eigenvalue, allowed } => write!(
                f,
                "w has a spike: the largest eigenvalue of w wᵀ/p is {}, of independent entries \
                 at most {}: the law is that of w as it is drawn, not of w trained",
                Short(*eigenvalue),
                Short(*allowed)
            ),
            Self::NeuronScales { deviation, expected, allowed } => write!(
                f,
                "the neurons have weights of unequal length: the variance of their \
                 preactivations has a relative standard deviation of {}, the model {}, at this \
                 size at most {}: for a homogeneous activation, D takes the lengths in",
                Short(*deviation),
                Short(*expected),
                Short(*allowed)
            ),
            Self::WeightAlignment { ratio, allowed } => write!(
                f,
                "w depends on x: preactivations have {} times the variance of independent ones, \
                 at this size within {} of 1: the law is that of w as it is drawn, not of w \
                 trained",
                Short(*ratio),
                Short(*allowed)
            ),
        }
    }
}

/// `1 column`, `3 columns`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Three significant digits: more than a size that is compared with a bound needs.
struct Short(f64);

impl Display for Short {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(value) = *self;
        let size = value.abs();
        if size == 0.0 || !value.is_finite() {
            write!(f, "{value}")
        } else if (1e-3..1e5).contains(&size) {
            let digits = (2.0 - size.log10().floor()).max(0.0);
            write!(f, "{value:.*}", digits as usize)
        } else {
            write!(f, "{value:.2e}")
        }
    }
}
