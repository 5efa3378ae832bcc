//! `guerdon serve`

use std::{
    fs::{File, OpenOptions, TryLockError},
    net::SocketAddr,
    path::{Path, PathBuf},
};

use tokio::signal::unix::{SignalKind, signal};

use super::{Failure, connect, output};
use crate::{
    app::App,
    config::Settings,
    secrets::{LoadError, Secrets},
    server, service,
    telemetry::traces::Traces,
};

/// Serve the back office and the API until it is told to stop (SIGTERM or Ctrl-C).
///
/// The database's schema is brought to this version first. Prints `Listening on http://ADDRESS` once requests are
/// answered; everything else goes to the log on standard error. After SIGTERM it says that it is not ready, takes
/// requests for a few seconds more (--drain-seconds), and ends when those under way are answered; at once after Ctrl-C.
#[derive(Debug, clap::Args)]
pub(super) struct Serve {}

impl Serve {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        serve(settings, async |_, _| Ok(())).await
    }
}

/// Serves until it is told to stop. `announce` is called with the address once requests are answered.
pub(super) async fn serve(
    settings: Settings,
    announce: impl AsyncFnOnce(&App, SocketAddr) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let _alone = lock(&settings)?;
    let key_file = settings.secret_file();
    let secret = secret_key(&settings)?;
    warn_of_readers(&settings);
    let traces = Traces::start(&settings)?;
    let app = connect(settings).await?;
    refuse_unsafe(&app).await?;
    let app = app.with_secret(secret).with_traces(traces.clone());
    if !service::secret_keys::has_the_same_secret(&app).await? {
        tracing::warn!(
            "The secret key in {} is not the one that this database is served with: sessions from before, or \
             of other replicas, end. Give every replica the same file by --secret-file.",
            key_file.display()
        );
    }
    let listener = bind(app.settings.listen())?;
    let metrics = match app.settings.metrics_listen {
        Some(address) => Some(bind(address)?),
        None => None,
    };
    // Rather now than when the first visitor waits for it.
    app.tasks.spawn_blocking(crate::web::assets::prepare);
    let running = server::start(&app, listener, metrics)?;
    output::line(&format!("Listening on http://{}", running.address));
    offer_setup(&app, running.address).await?;
    announce(&app, running.address).await?;
    let drain = app.settings.drain();
    tokio::select! {
        _ = terminate.recv() => {
            tracing::info!("Not ready any more; stopping in {} seconds", drain.as_secs());
            running.drain();
            tokio::select! {
                () = tokio::time::sleep(drain) => {}
                // Asked again: whoever asks does not want to wait.
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        _ = interrupt.recv() => {}
    }
    tracing::info!("Stopping");
    running.stop().await;
    traces.close().await;
    tracing::info!("Stopped");
    Ok(())
}

/// The installation's own key, made when there is none yet.
pub(super) fn secret_key(settings: &Settings) -> Result<Secrets, Failure> {
    let file = settings.secret_file();
    Secrets::load_or_make(&file).map_err(|error| unusable(&file, &error))
}

/// Why the file of the keys is of no use.
pub(super) fn unusable(file: &Path, error: &LoadError) -> Failure {
    Failure::because(format!("Cannot use the secret key in {}", file.display()), error)
}

/// The secret key and the database are made for their owner alone, but a copy that was put in their place may not be.
fn warn_of_readers(settings: &Settings) {
    let database = database_file(settings);
    for file in database.iter().chain([&settings.secret_file()]) {
        if is_read_by_others(file) {
            tracing::warn!("Others can read {}: take that from them with `chmod 600`", file.display());
        }
    }
}

#[cfg(unix)]
fn is_read_by_others(file: &Path) -> bool {
    let mode = |found: std::fs::Metadata| std::os::unix::fs::PermissionsExt::mode(&found.permissions());
    std::fs::metadata(file).is_ok_and(|found| mode(found) & 0o077 != 0)
}

#[cfg(not(unix))]
fn is_read_by_others(_: &Path) -> bool {
    false
}

/// Where SQLite's database is.
fn database_file(settings: &Settings) -> Option<PathBuf> {
    let rest = settings.database_url().strip_prefix("sqlite://")?;
    Some(PathBuf::from(rest.split('?').next().unwrap_or(rest)))
}

/// While nobody can sign in, the log holds the link that makes the first user.
async fn offer_setup(app: &App, address: SocketAddr) -> Result<(), Failure> {
    let Some(token) = service::setup::offer(app).await? else { return Ok(()) };
    let base = if app.settings.public_url.is_some() { app.settings.base_url() } else { format!("http://{address}") };
    tracing::info!("Nobody can sign in yet. Within an hour, open {base}/admin/setup?token={token}");
    Ok(())
}

fn bind(address: SocketAddr) -> Result<std::net::TcpListener, Failure> {
    server::listen(address).map_err(|error| Failure::because(format!("Cannot listen on {address}"), &error))
}

/// Two servers must not share a SQLite file; the commands may use it while one runs.
fn lock(settings: &Settings) -> Result<Option<File>, Failure> {
    let Some(named) = database_file(settings) else { return Ok(None) };
    // Whatever name it is called by: a link leads to the same lock.
    let mut path = named.canonicalize().unwrap_or_else(|_missing| named.clone()).into_os_string();
    path.push(".lock");
    let path = PathBuf::from(path);
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|error| Failure::because(format!("Cannot make {}", path.display()), &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(Failure::Failed(format!(
            "Another `guerdon serve` uses {}: stop it first, or use PostgreSQL for several of them.",
            named.display()
        ))),
        Err(TryLockError::Error(error)) => Err(Failure::because(format!("Cannot lock {}", path.display()), &error)),
    }
}

/// An acknowledged write must survive a crash, so a server that gives that up is refused.
async fn refuse_unsafe(app: &App) -> Result<(), Failure> {
    let found = service::health::unsafe_settings(&app.db).await?;
    let (fatal, weak): (Vec<_>, Vec<_>) = found.into_iter().partition(|setting| setting != "synchronous_commit=off");
    if !weak.is_empty() {
        tracing::warn!("PostgreSQL runs with synchronous_commit=off: a crash loses the last acknowledged writes");
    }
    if fatal.is_empty() {
        return Ok(());
    }
    let fatal = fatal.join(", ");
    if app.settings.allow_unsafe_database == Some(true) {
        tracing::warn!("PostgreSQL runs with {fatal}: a crash can destroy the database");
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "PostgreSQL runs with {fatal}: a crash can destroy the database. Turn these on (or, for tests only, \
         say --allow-unsafe-database)."
    )))
}
