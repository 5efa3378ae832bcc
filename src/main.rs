//! The `guerdon` command.

fn main() {}
