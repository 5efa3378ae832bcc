//! The log: to standard error, without personal data, tokens or bodies.

use tracing_subscriber::{EnvFilter, fmt, prelude::*};

use crate::{
    config::{LogFormat, Settings},
    domain::invalid::Invalid,
};

/// What is logged when nothing else is asked: our own `info`, and what libraries warn of.
const FILTER: &str = "warn,guerdon=info";

/// Begins to log.
///
/// # Errors
/// When the filter cannot be read.
pub fn start(settings: &Settings) -> Result<(), Invalid> {
    let filter = settings.log.as_deref().unwrap_or(FILTER);
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        Invalid::new(format!(
            "Cannot read the log filter `{filter}`: {error}. Give one such as `info` or `guerdon=debug`."
        ))
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    let started = match settings.log_format.unwrap_or_default() {
        LogFormat::Text => {
            let ansi = std::io::IsTerminal::is_terminal(&std::io::stderr());
            registry.with(fmt::layer().with_writer(std::io::stderr).with_ansi(ansi)).try_init()
        }
        LogFormat::Json => {
            registry.with(fmt::layer().json().flatten_event(true).with_writer(std::io::stderr)).try_init()
        }
    };
    if started.is_err() {
        tracing::debug!("The log had begun already");
    }
    Ok(())
}
