//! The `guerdon` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    guerdon::cli::main()
}
