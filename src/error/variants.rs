//! `Error`: everything that can go wrong.

use num_complex::Complex64;

use super::{Cause, Number, messages};
use crate::stage::{Stage, of_total};

/// Everything that can go wrong, with the numbers that explain it.
///
/// # Examples
///
/// ```
/// let error = ntk_spectrum::Dimensions::new(0, 40, 40).unwrap_err();
/// assert_eq!(error.to_string(), "n = 0 is not allowed: at least 1");
/// ```
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An argument is outside its range.
    #[error("{name} = {} is not allowed: {allowed}", Number(*value))]
    InvalidParameter {
        /// The argument's name as it stands in the signature.
        name: &'static str,
        /// The value that was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },

    /// $K + \lambda$ is not positive definite.
    #[error(fmt = messages::indefinite)]
    Indefinite {
        /// The ridge that was given.
        lambda: f64,
        /// The lowest eigenvalue, or node of an estimate, that was seen.
        eigenvalue: f64,
    },

    /// A step at which an iteration does not converge.
    #[error(fmt = messages::unstable_step)]
    UnstableStep {
        /// Which iteration.
        method: &'static str,
        /// The step that was given.
        step: f64,
        /// What it has to be below.
        limit: f64,
        /// The largest eigenvalue.
        largest: f64,
    },

    /// One entry of a list of numbers is outside its range.
    #[error("{name}[{index}] = {} is not allowed: {allowed}", Number(*value))]
    InvalidEntry {
        /// The argument's name as it stands in the signature.
        name: &'static str,
        /// Position of the offending entry.
        index: usize,
        /// The value that was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },

    /// Two lists that belong together differ in length, or one of them is empty.
    #[error("{name} has length {length}, {expected} is needed")]
    InvalidLength {
        /// The argument's name as it stands in the signature.
        name: &'static str,
        /// The length that was given.
        length: usize,
        /// The length that is needed, in words.
        expected: &'static str,
    },

    /// A function of the caller's has a value outside its range.
    #[error("{function} is {} at {}, which is not allowed: {allowed}", Number(*value), Number(*at))]
    InvalidValue {
        /// Which function: "the density", for instance.
        function: &'static str,
        /// Where it was evaluated.
        at: f64,
        /// What it returned.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },

    /// No item has this name.
    #[error("{kind} '{name}' is not known: {allowed}")]
    UnknownName {
        /// What was looked for: an activation, for instance.
        kind: &'static str,
        /// The name that was given.
        name: String,
        /// The names that are known, with their parameters.
        allowed: &'static str,
    },

    /// σ′ took a value that is not a finite number.
    #[error("the derivative of the activation is {} at z = {}", Number(*value), Number(*z))]
    NonFiniteDerivative {
        /// Where σ′ was evaluated.
        z: f64,
        /// What it returned.
        value: f64,
    },

    /// A law has more values, or steps of a density, than can be looked at one by one, where
    /// each of them shows.
    #[error(fmt = messages::too_many_values)]
    TooManyValues {
        /// The law of what: `"D"` or `"the covariance"`.
        of: &'static str,
        /// How many there are.
        count: usize,
        /// What was to be computed.
        computation: &'static str,
        /// What else may help.
        advice: &'static str,
    },

    /// A Gaussian moment of σ′ did not converge.
    #[error(fmt = messages::divergent_moment)]
    DivergentMoment {
        /// Which moment: `"a0"`, `"a1"`, `"m2"` or `"c"`.
        moment: &'static str,
        /// The last estimate.
        estimate: f64,
        /// Its estimated absolute error.
        error: f64,
    },

    /// A transform was asked for outside its domain.
    #[error(fmt = messages::outside_domain)]
    OutsideDomain {
        /// The transform's name.
        transform: &'static str,
        /// The argument that was given.
        value: f64,
        /// Lower end of the (open) domain.
        lower: f64,
        /// Upper end of the (open) domain.
        upper: f64,
    },

    /// An iteration ended without reaching its tolerance. Of laws, the
    /// [limits](crate::guide::numerics#limits) say which parameter to change, and how.
    #[error(fmt = messages::not_converged)]
    NotConverged {
        /// What was being computed.
        computation: &'static str,
        /// The point at which it was being computed.
        at: f64,
        /// The last iterate.
        iterate: Complex64,
        /// Its residual.
        residual: f64,
    },

    /// Equations at a complex point ended without a solution.
    #[error(fmt = messages::not_solved)]
    NotSolved {
        /// What was being computed.
        computation: &'static str,
        /// The point at which it was being computed.
        z: Complex64,
        /// The last iterate of the Stieltjes transform.
        iterate: Complex64,
        /// The largest relative residual of the equations there.
        residual: f64,
    },

    /// A computed law fails one of the identities that it must satisfy. The
    /// [limits](crate::guide::numerics#limits) say which parameter to change, and how.
    #[error(fmt = messages::inconsistent)]
    Inconsistent {
        /// The identity that fails.
        identity: &'static str,
        /// The exact value.
        expected: f64,
        /// The computed value.
        found: f64,
    },

    /// A size is outside its range.
    #[error("{name} = {size} is not allowed: {allowed}")]
    InvalidSize {
        /// The argument's name as it stands in the signature.
        name: &'static str,
        /// The size that was given.
        size: usize,
        /// What is allowed.
        allowed: &'static str,
    },

    /// Two sizes that must be the same differ.
    #[error("{name} = {size} is not allowed: {expected} is needed, {reason}")]
    SizeMismatch {
        /// Which size: "rows of w", for instance.
        name: &'static str,
        /// The size that was given.
        size: usize,
        /// The size that is needed.
        expected: usize,
        /// What it has to agree with.
        reason: &'static str,
    },

    /// One entry of a matrix is outside its range.
    #[error("{name}[{row}, {column}] = {} is not allowed: {allowed}", Number(*value))]
    InvalidElement {
        /// The matrix.
        name: &'static str,
        /// Row of the offending entry, from 0.
        row: usize,
        /// Column of the offending entry, from 0.
        column: usize,
        /// The value that was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },

    /// A matrix would take more memory than is allowed.
    #[error("{what}, {rows} × {columns}, takes {bytes} bytes, {limit} are allowed")]
    MemoryLimit {
        /// The matrix.
        what: &'static str,
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
        /// The bytes it would take.
        bytes: u128,
        /// The bytes that are allowed.
        limit: u64,
    },

    /// The memory for a matrix is not there.
    #[error("there is no memory for {what}, {rows} × {columns}")]
    OutOfMemory {
        /// The matrix.
        what: &'static str,
        /// Its rows.
        rows: usize,
        /// Its columns.
        columns: usize,
    },

    /// An observer ended the work.
    #[error("cancelled while {}, after {done}{} steps", stage.words(), of_total(*total))]
    Cancelled {
        /// What was being done.
        stage: Stage,
        /// Steps done when the observer said so.
        done: usize,
        /// Steps in all, [`Progress::UNKNOWN`](crate::observer::Progress::UNKNOWN) where
        /// that is not known beforehand.
        total: usize,
    },

    /// The eigenvalue routine of the linear-algebra backend failed.
    #[error("{backend} found no eigenvalues of a symmetric matrix of size {size}: {message}")]
    Eigenvalues {
        /// The backend.
        backend: &'static str,
        /// Size of the matrix.
        size: usize,
        /// What the backend says.
        message: String,
    },

    /// An operator that should be symmetric is not.
    #[error(
        "the operator is not symmetric: after {step} Lanczos steps an entry that should be \
         {expected:e} is {found:e}"
    )]
    NotSymmetric {
        /// The Lanczos step.
        step: usize,
        /// The entry of the projected matrix that symmetry asks for.
        expected: f64,
        /// What it is.
        found: f64,
    },

    /// An operator gave a number that is not finite.
    #[error("the operator gave a number that is not finite, after {step} Lanczos steps")]
    NonFiniteOperator {
        /// The Lanczos step.
        step: usize,
    },

    /// The Lanczos steps allowed do not suffice.
    #[error(
        "{steps} Lanczos steps leave a relative residual of {residual:e}, {tolerance:e} is wanted; \
         {} of the wanted eigenvalues have converged",
        converged.len()
    )]
    StepsExhausted {
        /// The steps that were done.
        steps: usize,
        /// The largest residual of a wanted Ritz value, relative to the operator.
        residual: f64,
        /// What was wanted.
        tolerance: f64,
        /// What has converged of them, ascending, each with a bound; others may be missing.
        converged: Vec<(f64, f64)>,
    },

    /// Steps of conjugate gradients, or of the Lanczos process for a function of an operator,
    /// do not suffice; or rounding does not allow what was wanted.
    #[error("{method} leave an error of {error:e} after {steps} steps, {tolerance:e} is wanted")]
    NotSettled {
        /// Which steps.
        method: &'static str,
        /// How many were done.
        steps: usize,
        /// The relative error that they leave, residual or estimate.
        error: f64,
        /// What was wanted.
        tolerance: f64,
    },

    /// The processes of a communicator do not agree on what they compute together.
    #[error("process {rank} has {what} = {}, process 0 has {}", Number(*value), Number(*expected))]
    RanksDisagree {
        /// What they should agree on.
        what: &'static str,
        /// The first process that differs from process 0.
        rank: usize,
        /// What it has.
        value: f64,
        /// What process 0 has.
        expected: f64,
    },

    /// Another process failed, and said why itself.
    #[error("process {rank} failed")]
    OtherRankFailed {
        /// The first process that failed.
        rank: usize,
    },

    /// MPI cannot be used.
    #[error("MPI cannot be used: {reason}")]
    Mpi {
        /// Why not.
        reason: &'static str,
    },

    /// A file could not be read.
    #[error("{path} cannot be read: {}", &**source)]
    NotRead {
        /// The path that was given.
        path: String,
        /// The error of the operating system, or one of kind `InvalidData` about its content.
        source: Cause,
    },

    /// A checkpoint belongs to another computation.
    #[error(fmt = messages::other_checkpoint)]
    OtherCheckpoint {
        /// The path that was given.
        path: String,
        /// What differs.
        what: &'static str,
        /// What the file has.
        found: String,
        /// What this computation has.
        expected: String,
    },

    /// The name of a file does not say what format it should have.
    #[error("the format of {path} is not known: {allowed}")]
    UnknownFormat {
        /// The path that was given.
        path: String,
        /// What is allowed.
        allowed: &'static str,
    },

    /// A file could not be written.
    #[error("{path} cannot be written: {}", &**source)]
    NotWritten {
        /// The path that was given.
        path: String,
        /// What the operating system says.
        source: Cause,
    },

    /// A picture could not be drawn.
    #[error("the picture cannot be drawn: {reason}")]
    NotDrawn {
        /// What the drawing library says.
        reason: String,
    },
}
