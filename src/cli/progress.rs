//! Bars that show how far a long piece of work is. Where nobody looks, in a file or a pipe, they are not drawn.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error for `total` of these things.
pub(super) fn bar(total: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(total);
    let style = ProgressStyle::with_template("{wide_bar} {human_pos} of {human_len} {msg}, {eta} left");
    if let Ok(style) = style {
        bar.set_style(style);
    }
    bar.with_message(what)
}
