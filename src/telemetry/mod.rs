//! What the program tells of itself: traces (see [`traces`]), and the log, which goes to standard error without personal
//! data, tokens or bodies. A thread of its own writes it, as many lines at once as there are, so that no request waits for
//! a terminal or a disk.

mod collector;
pub mod traces;

use std::io::{BufWriter, stderr};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::{
    config::{LogFormat, Settings},
    domain::invalid::Invalid,
};

/// What is logged when nothing else is asked: our own `info`, and what libraries warn of.
const FILTER: &str = "warn,guerdon=info";
/// How many lines may wait to be written. Their places are taken while nothing is logged, too.
const LINES_MAX: usize = 8_192;

/// While it is there, what is logged is written; dropping it writes the rest.
#[must_use = "the log ends when this is dropped"]
pub struct Logging {
    _writer: WorkerGuard,
}

/// Begins to log.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(settings: &Settings) -> Result<Logging, Invalid> {
    let filter = settings.log.as_deref().unwrap_or(FILTER);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Invalid::new(format!(
            "Cannot read the log filter `{filter}`: {error}. Give one such as `info` or `guerdon=debug`."
        ))
    })?;
    // Never lossy: whoever logs more than can be written waits.
    let (lines, writer) =
        NonBlockingBuilder::default().lossy(false).buffered_lines_limit(LINES_MAX).finish(BufWriter::new(stderr()));
    let registry = tracing_subscriber::registry().with(filter);
    let started = match settings.log_format.unwrap_or_default() {
        LogFormat::Text => {
            let ansi = std::io::IsTerminal::is_terminal(&stderr());
            registry.with(fmt::layer().with_writer(lines).with_ansi(ansi)).try_init()
        }
        LogFormat::Json => registry.with(fmt::layer().json().flatten_event(true).with_writer(lines)).try_init(),
    };
    if started.is_err() {
        tracing::debug!("The log had begun already");
    }
    Ok(Logging { _writer: writer })
}
