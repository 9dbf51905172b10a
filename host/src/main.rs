//! The `leadsman` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    leadsman::main()
}
