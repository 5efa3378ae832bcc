//! What an installation is told: flags, then environment, then a TOML file, then defaults.

use std::{net::SocketAddr, path::PathBuf};

use serde::Deserialize;

/// The database used when none is named.
pub const DATABASE_URL: &str = "sqlite://guerdon.db";
/// Where the server listens when it is not told.
pub const LISTEN: &str = "127.0.0.1:8080";

/// Everything that can be configured. Each field is a flag (`--database-url`), a variable
/// (`GUERDON_DATABASE_URL`) and a key of the file (`database_url`).
#[derive(Clone, Debug, Default, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `sqlite://FILE` or `postgres://USER@HOST/NAME` [default: `sqlite://guerdon.db`]
    #[arg(long, global = true, env = "GUERDON_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "GUERDON_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Address and port for `/metrics` alone; without it they are served beside everything else
    #[arg(long, global = true, env = "GUERDON_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// The address that people and shops use, such as `https://points.example.com`
    #[arg(long, global = true, env = "GUERDON_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// File with the installation's secret key; made when missing [default: guerdon.key beside the database]
    #[arg(long, global = true, env = "GUERDON_SECRET_FILE", value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// What to log, such as `info` or `guerdon=debug,sqlx=warn` [default: info]
    #[arg(long, global = true, env = "GUERDON_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// Threads that answer requests [default: one per core]
    #[arg(long, global = true, env = "GUERDON_WORKERS", value_name = "N")]
    pub workers: Option<usize>,
}

impl Settings {
    /// These settings, and for what they leave open those of `other`.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            database_url: self.database_url.or(other.database_url),
            listen: self.listen.or(other.listen),
            metrics_listen: self.metrics_listen.or(other.metrics_listen),
            public_url: self.public_url.or(other.public_url),
            secret_file: self.secret_file.or(other.secret_file),
            log: self.log.or(other.log),
            workers: self.workers.or(other.workers),
        }
    }

    /// The database's address.
    pub fn database_url(&self) -> &str {
        self.database_url.as_deref().unwrap_or(DATABASE_URL)
    }
}
