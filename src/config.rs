//! What an installation is told: flags, then environment, then a TOML file, then defaults.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::Deserialize;
use url::Url;

use crate::domain::{
    endpoint::Reach,
    invalid::Invalid,
    network::{self, Network},
    token::{self, RATE_MAX},
};

/// The database used when none is named.
pub const DATABASE_URL: &str = "sqlite://guerdon.db";
/// Where the server listens when it is not told.
pub const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// The file read when none is named, if it is there.
pub const FILE: &str = "guerdon.toml";

/// How long a server that was told to stop takes requests, at most.
const DRAIN_SECS_MAX: u16 = 300;
/// How long it does when nothing else is said, where other replicas take over: so often do load balancers ask at least.
const DRAIN_SECS: u16 = 5;

/// Notices about the end of points, at most.
const NOTICES_MAX: usize = 10;
/// Days before points end at which it is told, when nothing else is said.
const EXPIRY_NOTICE_DAYS: [u16; 2] = [30, 7];

/// Requests per second that one customer may send when nothing else is said: far more than a page needs.
const CUSTOMER_RATE: i64 = 50;

/// How log lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// Everything that can be configured. Each field is a flag (`--database-url`), a variable
/// (`GUERDON_DATABASE_URL`) and a key of the file (`database_url`).
#[derive(Clone, Debug, Default, clap::Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// `sqlite://FILE` or `postgres://USER@HOST/NAME` [default: `sqlite://guerdon.db`]
    #[arg(long, global = true, env = "GUERDON_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Address and port to listen on [default: 127.0.0.1:8080]
    #[arg(long, global = true, env = "GUERDON_LISTEN", value_name = "ADDRESS", hide_short_help = true)]
    pub listen: Option<SocketAddr>,
    /// Address and port for `/metrics` alone; without it they are served beside everything else
    #[arg(long, global = true, env = "GUERDON_METRICS_LISTEN", value_name = "ADDRESS", hide_short_help = true)]
    pub metrics_listen: Option<SocketAddr>,
    /// The address that people and shops use, such as `https://points.example.com`
    #[arg(long, global = true, env = "GUERDON_PUBLIC_URL", value_name = "URL", hide_short_help = true)]
    pub public_url: Option<String>,
    /// File with the installation's secret key; made when missing [default: guerdon.key beside the database]
    #[arg(long, global = true, env = "GUERDON_SECRET_FILE", value_name = "FILE", hide_short_help = true)]
    pub secret_file: Option<PathBuf>,
    /// What to log, such as `info` or `guerdon=debug,sqlx=warn` [default: warn,guerdon=info]
    #[arg(long, global = true, env = "GUERDON_LOG", value_name = "FILTER", hide_short_help = true)]
    pub log: Option<String>,
    /// How to log: `text` or `json` [default: text]
    #[arg(long, global = true, env = "GUERDON_LOG_FORMAT", value_name = "FORMAT", hide_short_help = true)]
    pub log_format: Option<LogFormat>,
    /// Where traces are sent by OTLP, such as `http://localhost:4318`; without it, nowhere
    #[arg(long, global = true, env = "OTEL_EXPORTER_OTLP_ENDPOINT", value_name = "URL", hide_short_help = true)]
    pub otlp_endpoint: Option<String>,
    /// The same for traces alone, with the whole path, such as `http://localhost:4318/v1/traces`
    #[arg(long, global = true, env = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value_name = "URL", hide_short_help = true)]
    pub otlp_traces_endpoint: Option<String>,
    /// Threads that answer requests [default: one per core]
    #[arg(long, global = true, env = "GUERDON_WORKERS", value_name = "N", hide_short_help = true)]
    pub workers: Option<NonZeroUsize>,
    /// Seconds for which requests are still taken after SIGTERM, while `/health/ready` says 503, 0 to 300 [default: 5 on
    /// PostgreSQL, 0 on SQLite]
    #[arg(long, global = true, env = "GUERDON_DRAIN_SECONDS", value_name = "SECONDS", hide_short_help = true)]
    pub drain_seconds: Option<u16>,
    /// Seconds that an API client's token is good, 300 to 86400 [default: 3600]
    #[arg(long, global = true, env = "GUERDON_TOKEN_LIFETIME", value_name = "SECONDS", hide_short_help = true)]
    pub token_lifetime: Option<u32>,
    /// Requests per second that one customer may send, with ten seconds' worth at once; 0 for no limit [default: 50]
    #[arg(long, global = true, env = "GUERDON_CUSTOMER_RATE", value_name = "N", hide_short_help = true)]
    pub customer_rate: Option<u32>,
    /// Proxies whose X-Forwarded-For is believed, such as `127.0.0.1,10.0.0.0/8` [default: none]
    #[arg(
        long,
        global = true,
        env = "GUERDON_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        hide_short_help = true,
        value_delimiter = ','
    )]
    pub trusted_proxies: Option<Vec<Network>>,
    /// Send webhooks to private networks and fetch keys from them, and over http, too; else only https on the public internet
    #[arg(long, global = true, env = "GUERDON_WEBHOOKS_ALLOW_PRIVATE", value_name = "BOOL", hide_short_help = true,
          num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub webhooks_allow_private: Option<bool>,
    /// Days before points end at which `points.expiring` is sent [default: 30,7]
    #[arg(
        long,
        global = true,
        env = "GUERDON_EXPIRY_NOTICE_DAYS",
        value_name = "DAYS",
        hide_short_help = true,
        value_delimiter = ','
    )]
    pub expiry_notice_days: Option<Vec<u16>>,
    /// Serve even from a PostgreSQL that may lose acknowledged writes (fsync=off and the like); for tests only
    #[arg(long, global = true, env = "GUERDON_ALLOW_UNSAFE_DATABASE", value_name = "BOOL", hide_short_help = true,
          num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    pub allow_unsafe_database: Option<bool>,
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
            log_format: self.log_format.or(other.log_format),
            otlp_endpoint: self.otlp_endpoint.or(other.otlp_endpoint),
            otlp_traces_endpoint: self.otlp_traces_endpoint.or(other.otlp_traces_endpoint),
            workers: self.workers.or(other.workers),
            drain_seconds: self.drain_seconds.or(other.drain_seconds),
            token_lifetime: self.token_lifetime.or(other.token_lifetime),
            customer_rate: self.customer_rate.or(other.customer_rate),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            webhooks_allow_private: self.webhooks_allow_private.or(other.webhooks_allow_private),
            expiry_notice_days: self.expiry_notice_days.or(other.expiry_notice_days),
            allow_unsafe_database: self.allow_unsafe_database.or(other.allow_unsafe_database),
        }
    }

    /// These settings, and for what they leave open those of the file: the named one, or `guerdon.toml` if it is there.
    ///
    /// # Errors
    /// When the file cannot be read or says something that is no setting.
    pub fn with_file(self, named: Option<&Path>) -> Result<Self, Invalid> {
        let path = named.unwrap_or_else(|| Path::new(FILE));
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if named.is_none() && error.kind() == std::io::ErrorKind::NotFound => return Ok(self),
            Err(error) => return Err(Invalid::new(format!("Cannot read {}: {error}", path.display()))),
        };
        let file: Self = toml::from_str(&text).map_err(|error| {
            let line =
                error.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.lines().count().max(1));
            Invalid::new(format!("{}, line {line}: {}", path.display(), error.message()))
        })?;
        Ok(self.or(file))
    }

    /// Refuses what no single setting's type refuses.
    ///
    /// # Errors
    /// When a setting is of no use; the message names it.
    pub fn check(&self) -> Result<(), Invalid> {
        let url = self.database_url();
        if !["sqlite://", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(Invalid::new("Give a database URL that begins with sqlite:// or postgres://."));
        }
        if let Some(url) = &self.public_url {
            let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if rest.is_none_or(|rest| rest.is_empty() || rest.contains(['?', '#', ' '])) {
                return Err(Invalid::new("Give a public URL such as https://points.example.com."));
            }
        }
        if let Some(url) = self.traces_endpoint()
            && !Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        {
            return Err(Invalid::new("Give an OTLP endpoint such as http://localhost:4318."));
        }
        if self.drain_seconds.is_some_and(|secs| secs > DRAIN_SECS_MAX) {
            return Err(Invalid::new("Give at most 300 seconds for draining."));
        }
        // Clients renew a minute early: a shorter life would make them ask before every call.
        if self.token_lifetime.is_some_and(|secs| !(300..=86_400).contains(&secs)) {
            return Err(Invalid::new("Give a token lifetime of 300 to 86400 seconds."));
        }
        if self.customer_rate.is_some_and(|rate| i64::from(rate) > RATE_MAX) {
            return Err(Invalid::new(format!("Give a customer rate of 0 to {RATE_MAX} requests per second.")));
        }
        let days = self.expiry_notice_days.iter().flatten();
        if days.clone().count() > NOTICES_MAX || days.clone().any(|days| !(1..=365).contains(days)) {
            return Err(Invalid::new("Give at most ten numbers of 1 to 365 days for expiry notices, such as 30,7."));
        }
        Ok(())
    }

    /// Where a request comes from whose connection `peer` made, with this `X-Forwarded-For`.
    pub fn client_address(&self, peer: IpAddr, forwarded_for: Option<&str>) -> IpAddr {
        network::client_address(peer, forwarded_for, self.trusted_proxies.as_deref().unwrap_or_default())
    }

    /// How long requests are still taken once the server was told to stop.
    pub fn drain(&self) -> Duration {
        let usual = if self.database_url().starts_with("sqlite") { 0 } else { DRAIN_SECS };
        Duration::from_secs(self.drain_seconds.unwrap_or(usual).into())
    }

    /// Where traces are sent to; `None` when they are not. An empty variable names nothing.
    pub fn traces_endpoint(&self) -> Option<String> {
        let named = |setting: &Option<String>| {
            setting.as_deref().map(str::trim).filter(|url| !url.is_empty()).map(str::to_owned)
        };
        let whole = named(&self.otlp_traces_endpoint);
        whole.or_else(|| named(&self.otlp_endpoint).map(|url| format!("{}/v1/traces", url.trim_end_matches('/'))))
    }

    /// Seconds that an API client's token is good.
    pub fn token_lifetime_secs(&self) -> i64 {
        self.token_lifetime.map_or(token::SERVICE_SECS, i64::from)
    }

    /// Requests per second that one customer may send; 0 for no limit.
    pub fn customer_rate(&self) -> i64 {
        self.customer_rate.map_or(CUSTOMER_RATE, i64::from)
    }

    /// Which addresses webhooks are sent to.
    pub fn reach(&self) -> Reach {
        if self.webhooks_allow_private == Some(true) { Reach::Anywhere } else { Reach::Public }
    }

    /// At how many days before their end it is told that points end, the fewest first.
    pub fn expiry_notice_days(&self) -> Vec<i64> {
        let days = self.expiry_notice_days.as_deref().unwrap_or(&EXPIRY_NOTICE_DAYS);
        let mut days: Vec<i64> = days.iter().copied().map(i64::from).collect();
        days.sort_unstable();
        days.dedup();
        days
    }

    /// Where to listen.
    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or(LISTEN)
    }

    /// The file of the secret key: as told, or beside the database's.
    pub fn secret_file(&self) -> PathBuf {
        if let Some(file) = &self.secret_file {
            return file.clone();
        }
        let database = self.database_url().strip_prefix("sqlite://").map(|rest| rest.split('?').next().unwrap_or(rest));
        let folder = database.and_then(|file| Path::new(file).parent()).unwrap_or(Path::new(""));
        folder.join("guerdon.key")
    }

    /// The address that people use, without a slash at its end.
    pub fn base_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => format!("http://{}", self.listen()),
        }
    }

    /// Whether people reach Guerdon over TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The database's address.
    pub fn database_url(&self) -> &str {
        self.database_url.as_deref().unwrap_or(DATABASE_URL)
    }
}
