//! `MpiCommunicator`: the processes of an MPI communicator.

use std::fmt::{self, Display};
use std::io::{self, Write};
use std::marker::PhantomData;
use std::panic::{self, AssertUnwindSafe};
use std::thread;
use std::time::{Duration, Instant};

use mpi::Threading;
use mpi::collective::SystemOperation;
use mpi::environment;
use mpi::topology::SimpleCommunicator;
use mpi::traits::{Communicator as _, CommunicatorCollectives};

use super::Communicator;
use crate::Error;

/// Numbers that are summed in one call: MPI counts to 2³¹ − 1, and sums go through
/// a second buffer. It may enter the order of the additions, hence is fixed.
const PIECE: usize = 1 << 22;

/// How long a process that failed waits for the reports of the others.
const GRACE: Duration = Duration::from_secs(1);

/// The exit code of a job in which a process failed.
const FAILED: i32 = 1;

/// The processes of an MPI communicator, with the feature `mpi`.
///
/// [`run`](Self::run) is the way in for a program that is all about this crate;
/// [`new`](Self::new) for one that uses MPI for other things too.
///
/// **Threads.** Each process computes on all its threads, but MPI is called on one
/// only, that on which the communicator was made: the level `MPI_THREAD_FUNNELED`. The
/// communicator therefore cannot be sent to another thread, which also means that work on it
/// cannot be put into a `rayon::ThreadPool`; the environment variable
/// `RAYON_NUM_THREADS`, or `rayon::ThreadPoolBuilder::build_global`, sets the number
/// of threads.
///
/// **Sums** are `MPI_Allreduce`, which gives all processes identical results. An MPI
/// library fixes the order of the additions for a number of processes, so that a
/// program gives the same bits in each run; with another number they differ by
/// rounding.
pub struct MpiCommunicator {
    communicator: SimpleCommunicator,
    /// Neither `Send` nor `Sync`, whatever a communicator is in this MPI library.
    on_one_thread: PhantomData<*const ()>,
}

impl MpiCommunicator {
    /// Initialises MPI, does the work on the communicator of all processes that `mpirun` has
    /// started, and finalises MPI. Without `mpirun` there is one process.
    ///
    /// A process whose work returns an error, or panics, prints its rank and the error
    /// on the standard error stream and ends the whole job (`MPI_Abort`, exit code 1);
    /// `run` does not return then. It waits for one second before, so that others that
    /// fail at the same time can say so too; it does not wait if all have failed. A
    /// process that ends in any other way, killed for instance, makes `mpirun` end the
    /// job.
    ///
    /// # Errors
    /// [`Error::Mpi`], before any work, when MPI is or was initialised already (it
    /// can be once in a process), or does not offer `MPI_THREAD_FUNNELED`.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use ntk_spectrum::activation::Relu;
    /// use ntk_spectrum::ensemble::TwoLayerEnsemble;
    /// use ntk_spectrum::krylov::{Communicator, MpiCommunicator, StochasticQuadrature};
    /// use ntk_spectrum::ntk::{DistributedOperator, NtkBuilder};
    /// use ntk_spectrum::{Dimensions, Error};
    ///
    /// fn main() -> Result<(), Error> {
    ///     let ensemble = TwoLayerEnsemble::new(Dimensions::new(100_000, 316, 316)?, Relu);
    ///     MpiCommunicator::run(|communicator| {
    ///         let rows = communicator.share(ensemble.dimensions().n());
    ///         let local = NtkBuilder::from_ensemble_rows(&ensemble, rows).build_operator();
    ///         let kernel = DistributedOperator::new(local, communicator)?;
    ///         let estimate = StochasticQuadrature::new(4, 100)?.estimate(&kernel)?;
    ///         if communicator.rank() == 0 {
    ///             println!("half of the eigenvalues are below {}", estimate.quantile(0.5)?);
    ///         }
    ///         Ok::<(), Error>(())
    ///     })
    /// }
    /// ```
    pub fn run<T, E: Display>(work: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, Error> {
        let Some((universe, _)) = mpi::initialize_with_threading(Threading::Funneled) else {
            return Err(Error::Mpi {
                reason: if environment::is_finalized() {
                    "it was finalised, and can be initialised only once in a process"
                } else {
                    "it is initialised already; make a communicator of a communicator"
                },
            });
        };
        let world = universe.world();
        let communicator = Self::new(&world)?;
        // Apart from the communicator, where others may still wait for this process.
        let reports = world.duplicate();
        let (rank, ranks) = (communicator.rank(), communicator.ranks());
        match panic::catch_unwind(AssertUnwindSafe(|| work(&communicator))) {
            Ok(Ok(result)) => return Ok(result),
            Ok(Err(error)) => report(&format!("process {rank} of {ranks}: {error}\n")),
            // The panic has been reported, but not where.
            Err(_) => report(&format!("process {rank} of {ranks} panicked\n")),
        }
        let end = Instant::now() + GRACE;
        let mut waiting = reports.immediate_barrier();
        loop {
            match waiting.test() {
                Err(pending) if Instant::now() < end => waiting = pending,
                // A request that is pending must not be dropped; nothing is here.
                _outcome => world.abort(FAILED),
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Takes the processes of a communicator, of which it takes a duplicate;
    /// all of them call this together.
    ///
    /// MPI must be initialised, with `mpi::Threading::Funneled` or more, and this be
    /// the thread that initialised it; the communicator has to be dropped before MPI is
    /// finalised. A process that fails alone leaves the others waiting for it, unless
    /// the error says otherwise; what becomes of the job is up to the caller, who will
    /// want to end it by [`abort`](mpi::traits::Communicator::abort).
    ///
    /// # Errors
    /// [`Error::Mpi`] when MPI is not initialised, or offers less.
    ///
    /// # Examples
    ///
    /// ```no_run
    /// use mpi::Threading;
    /// use ntk_spectrum::krylov::{Communicator, MpiCommunicator};
    ///
    /// let (universe, _) = mpi::initialize_with_threading(Threading::Funneled).expect("MPI");
    /// let communicator = MpiCommunicator::new(&universe.world())?;
    /// let mut ranks = [1.0];
    /// communicator.sum(&mut ranks)?;
    /// assert_eq!(ranks[0], communicator.ranks() as f64);
    /// drop(communicator);
    /// # Ok::<(), ntk_spectrum::Error>(())
    /// ```
    pub fn new(communicator: &SimpleCommunicator) -> Result<Self, Error> {
        if !environment::is_initialized() || environment::is_finalized() {
            return Err(Error::Mpi { reason: "it is not initialised" });
        }
        if environment::threading_support() < Threading::Funneled {
            return Err(Error::Mpi {
                reason: "it is initialised for processes of one thread; MPI_THREAD_FUNNELED is \
                         needed",
            });
        }
        Ok(Self { communicator: communicator.duplicate(), on_one_thread: PhantomData })
    }
}

/// Writes a line at once, which others that write at the same time leave whole.
fn report(line: &str) {
    // There is nobody to tell that it did not work.
    let _ = io::stderr().write_all(line.as_bytes());
}

impl Communicator for MpiCommunicator {
    fn rank(&self) -> usize {
        self.communicator.rank() as usize
    }

    fn ranks(&self) -> usize {
        self.communicator.size() as usize
    }

    /// An MPI library that cannot reach a process ends the job.
    fn sum(&self, values: &mut [f64]) -> Result<(), Error> {
        let mut sums = vec![0.0; values.len().min(PIECE)];
        for values in values.chunks_mut(PIECE) {
            let sums = &mut sums[..values.len()];
            self.communicator.all_reduce_into(&*values, sums, SystemOperation::sum());
            values.copy_from_slice(sums);
        }
        Ok(())
    }
}

impl fmt::Debug for MpiCommunicator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (rank, ranks) = (self.rank(), self.ranks());
        f.debug_struct("MpiCommunicator").field("rank", &rank).field("ranks", &ranks).finish()
    }
}
