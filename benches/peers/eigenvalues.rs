//! From X, W and D to all eigenvalues of the kernel.

use crate::network::Network;
use crate::{Answer, Failure, timed};

pub fn run(network: &Network) -> Result<Answer, Failure> {
    let (seconds, eigenvalues) = timed(|| network.kernel()?.eigenvalues());
    Ok((seconds, vec![eigenvalues?.to_vec()]))
}
