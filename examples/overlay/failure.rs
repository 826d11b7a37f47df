//! What ends an example early.

use std::io;
use std::process::ExitCode;

use ntk_spectrum::Error;

/// What ends the program early, with its exit code.
pub enum Failure {
    /// The command line is wrong: 2.
    Usage(String),
    /// The computation or the writing failed: 1.
    Run(String),
}

impl Failure {
    /// The exit code of a program, after a message for whoever called it.
    pub fn exit_code(program: &str, result: Result<(), Self>) -> ExitCode {
        let (message, code) = match result {
            Ok(()) => return ExitCode::SUCCESS,
            Err(Self::Usage(message)) => (format!("{message}\n(--help lists the options)"), 2),
            Err(Self::Run(message)) => (message, 1),
        };
        eprintln!("{program}: {message}");
        ExitCode::from(code)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Run(error.to_string())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Run(error.to_string())
    }
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Usage(error.to_string())
    }
}
