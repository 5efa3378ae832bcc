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

/// Prints rows under their headings, each column as wide as its widest cell.
pub fn table(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) {
    let headings: Vec<String> = headings.iter().map(|heading| (*heading).to_owned()).collect();
    let rows: Vec<Vec<String>> = std::iter::once(headings).chain(rows).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    for row in &rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        line(cells.join("  ").trim_end());
    }
}

/// Prints a reason to standard error.
pub fn error(text: &str) {
    let _ = writeln!(io::stderr().lock(), "error: {text}");
}
