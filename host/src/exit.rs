//! The exit codes of `leadsman`, all of them. They are part of its interface.

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

/// Everything went well.
pub const OK: u8 = 0;
/// Something failed that is neither of the following.
pub const FAILED: u8 = 1;
/// The command line is wrong. (Also what clap exits with.)
pub const USAGE: u8 = 2;
/// The policy, or a component or list that it names, has problems.
pub const POLICY: u8 = 3;
/// The input file cannot be read as what it should be. Single bad rows are no reason.
pub const INPUT: u8 = 4;
/// The data folder is held by another process.
pub const HELD: u8 = 5;
/// The data folder is damaged, or `doctor` found problems.
pub const DAMAGED: u8 = 6;
/// What was asked for is not there.
pub const NOT_FOUND: u8 = 7;
/// A decision that was taken again came out otherwise.
pub const DIFFERS: u8 = 8;
/// There are too few leads of a kind to learn from.
pub const TOO_LITTLE: u8 = 9;
/// A case came out otherwise than expected, or took more fuel than it did.
pub const CASES: u8 = 10;
/// A tool that makes components is missing.
pub const TOOL: u8 = 11;
/// A plugin's source has errors.
pub const BUILD: u8 = 12;
/// A pack was altered, is signed by nobody who is trusted, or was not accepted.
pub const UNTRUSTED: u8 = 13;
/// A change of the contracts breaks components.
pub const BREAKS: u8 = 14;

/// An error that says with which code to exit.
#[derive(Debug)]
pub struct Exit {
    /// The code.
    pub code: u8,
    /// What is said about it.
    pub error: anyhow::Error,
}

impl Exit {
    /// Attaches a code to an error.
    pub fn with<E: Into<anyhow::Error>>(code: u8) -> impl FnOnce(E) -> Self {
        move |error| Self { code, error: error.into() }
    }
}

impl<E: Into<anyhow::Error>> From<E> for Exit {
    fn from(error: E) -> Self {
        Self { code: FAILED, error: error.into() }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:#}", self.error)
    }
}

/// Says what went wrong, if anything did, and turns it into the process's exit code.
pub fn report(result: Result<(), Exit>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::from(OK),
        Err(exit) => {
            // Whoever does not listen is told nothing.
            let _ = writeln!(std::io::stderr(), "leadsman: {exit}");
            ExitCode::from(exit.code)
        }
    }
}
