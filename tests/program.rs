//! The `leadsman` program, for the tests to run.

use std::process::ExitCode;

fn main() -> ExitCode {
    leadsman::main()
}
