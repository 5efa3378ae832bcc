//! What commands print. A reader that went away (as in `guerdon ... | head`) is no failure.

use std::io::{self, Write as _};

use serde::Serialize;

/// Prints a line to standard output.
pub fn line(text: &str) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Prints a value as JSON.
pub fn json(value: &impl Serialize) {
    match serde_json::to_string(value) {
        Ok(text) => line(&text),
        Err(error) => tracing::error!(%error, "Cannot write the answer as JSON"),
    }
}

/// Prints a reason to standard error.
pub fn error(text: &str) {
    let _ = writeln!(io::stderr().lock(), "error: {text}");
}
