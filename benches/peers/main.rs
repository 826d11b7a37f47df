//! Our side of the comparison with other libraries; `run.py` is the other side
//! and starts this one.
//!
//! `peers serve` reads commands from the standard input, one a line, and answers
//! each with lines of numbers: the seconds it took, then vectors by which the
//! results are compared, and an empty line.
//!
//! `peers build N D P` builds one dense kernel and ends: for measurements of memory.
//!
//! Without these arguments, as `cargo bench` and `cargo test --benches` start it,
//! it does nothing.

mod dense;
mod eigenvalues;
mod gemm;
mod network;
mod operator;

use std::error::Error;
use std::io::{self, Write};
use std::time::Instant;

use ndarray::Array2;
use network::Network;
use ntk_spectrum::Dimensions;
use ntk_spectrum::ensemble::TwoLayerEnsemble;
use ntk_spectrum::ntk::{NtkBuilder, NtkOperator};
use operator::Estimator;

type Failure = Box<dyn Error>;

/// The seconds it took, and vectors of the result.
type Answer = (f64, Vec<Vec<f64>>);

/// What is kept from one command to the next.
#[derive(Default)]
struct Session {
    network: Option<Network>,
    operator: Option<NtkOperator>,
    /// For kernels and products that are written over the last one.
    buffer: Array2<f64>,
}

impl Session {
    fn answer(&mut self, line: &str) -> Result<Answer, Failure> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["load", n, d, p, path] => {
                self.network = Some(Network::read(path, [n.parse()?, d.parse()?, p.parse()?])?);
                self.operator = None;
                self.buffer = Array2::default((0, 0));
                Ok((0.0, Vec::new()))
            }
            ["operator", "load"] => {
                self.operator = Some(self.network()?.operator()?);
                Ok((0.0, Vec::new()))
            }
            ["operator", "apply"] => operator::apply(self.operator()?),
            ["operator", "extremes", count] => operator::extremes(self.operator()?, count.parse()?),
            ["operator", "logdet", lambda, probes, steps, seed, ref how @ ..] => {
                let estimator = match how {
                    ["plain"] => Estimator::Plain,
                    ["deflated", count, steps] => {
                        Estimator::Deflated(count.parse()?, steps.parse()?)
                    }
                    _ => Estimator::Trace,
                };
                operator::log_determinant(
                    self.operator()?,
                    lambda.parse()?,
                    (probes.parse()?, steps.parse()?),
                    seed.parse()?,
                    estimator,
                )
            }
            ["gemm", m] => gemm::run(m.parse()?, &mut self.buffer),
            ["dense", "fresh"] => dense::fresh(self.network()?),
            ["dense", "reused"] => {
                let network = self.network.as_ref().ok_or("nothing is loaded")?;
                dense::reused(network, &mut self.buffer)
            }
            ["eigenvalues"] => eigenvalues::run(self.network()?),
            _ => Err(format!("unknown command: {line}").into()),
        }
    }

    fn operator(&self) -> Result<&NtkOperator, Failure> {
        Ok(self.operator.as_ref().ok_or("no operator is loaded")?)
    }

    fn network(&self) -> Result<&Network, Failure> {
        Ok(self.network.as_ref().ok_or("nothing is loaded")?)
    }
}

/// The result of some work and the seconds it took.
fn timed<T>(work: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let result = work();
    (start.elapsed().as_secs_f64(), result)
}

fn serve() -> Result<(), Failure> {
    let mut session = Session::default();
    let mut out = io::stdout().lock();
    for line in io::stdin().lines() {
        let (seconds, vectors) = session.answer(&line?)?;
        writeln!(out, "{seconds}")?;
        for vector in vectors {
            let numbers: Vec<String> = vector.iter().map(f64::to_string).collect();
            writeln!(out, "{}", numbers.join(" "))?;
        }
        writeln!(out)?;
        out.flush()?;
    }
    Ok(())
}

fn build(n: usize, d: usize, p: usize) -> Result<(), Failure> {
    let sample =
        TwoLayerEnsemble::new(Dimensions::new(n, d, p).unwrap(), network::SIGMA).sample()?;
    let kernel = NtkBuilder::from_sample(&sample).build()?.dense()?;
    println!("the dense kernel takes {} bytes", size_of_val(kernel.as_slice().unwrap_or(&[])));
    Ok(())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|word| word != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve"] => serve(),
        ["build", n, d, p] => build(n.parse()?, d.parse()?, p.parse()?),
        _ => Ok(()),
    }
}
