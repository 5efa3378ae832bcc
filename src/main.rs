//! The `guerdon` command.

use std::process::ExitCode;

/// Answers are made of many small pieces of memory, taken on one thread and given back on another.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    guerdon::cli::main()
}
