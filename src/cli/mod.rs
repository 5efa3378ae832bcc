//! The command line.

mod backup;
mod client;
mod demo;
mod expire;
mod export;
mod failure;
mod import;
mod migrate;
mod openapi;
pub mod output;
mod progress;
mod secrets;
mod serve;
mod shown;
mod site;
mod tenant;
mod token;
mod user;
mod verify;

use std::{path::PathBuf, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

pub use failure::Failure;

use crate::{
    app::App,
    clock::SystemClock,
    config::Settings,
    domain::{access::AccessRefusal, actor::Actor, ids::TenantId},
    service,
    store::Db,
    telemetry,
};

/// Reward points for online shops: back office, storefront API and a ledger that proves itself.
#[derive(Debug, Parser)]
#[command(name = "guerdon", version, disable_help_subcommand = true)]
#[command(
    after_help = "Every setting is a flag, a GUERDON_* variable or a line of the configuration file; the first of these counts. \
                  A command shows those that it reads, and lets the others pass."
)]
struct Cli {
    /// File with settings, such as `listen = "0.0.0.0:8080"` [default: ./guerdon.toml if it is there]
    #[arg(long, global = true, env = "GUERDON_CONFIG", value_name = "FILE", hide_short_help = true)]
    config: Option<PathBuf>,
    #[command(flatten, next_help_heading = "Settings")]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Demo(demo::Demo),
    Serve(serve::Serve),
    Migrate(migrate::Migrate),
    Verify(verify::Verify),
    Expire(expire::Expire),
    Backup(backup::Backup),
    Import(import::Import),
    Export(export::Export),
    #[command(subcommand)]
    Site(Box<site::SiteCommand>),
    #[command(subcommand)]
    Tenant(tenant::TenantCommand),
    #[command(subcommand)]
    User(user::UserCommand),
    #[command(subcommand)]
    Client(client::ClientCommand),
    #[command(subcommand)]
    Token(token::TokenCommand),
    #[command(subcommand)]
    Secrets(secrets::SecretsCommand),
    Openapi(openapi::Openapi),
}

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let parsed = shown::only_what_is_read(Cli::command()).try_get_matches();
    let cli = match parsed.and_then(|given| Cli::from_arg_matches(&given)) {
        Ok(cli) => cli,
        Err(error) => return failure::usage(&error),
    };
    match cli.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

impl Cli {
    fn run(self) -> Result<(), Failure> {
        let settings = self.settings.with_file(self.config.as_deref())?;
        settings.check()?;
        let _logging = telemetry::start(&settings)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            match self.command {
                Command::Demo(command) => command.run(settings).await,
                Command::Serve(command) => command.run(settings).await,
                Command::Migrate(command) => command.run(settings).await,
                Command::Verify(command) => command.run(settings).await,
                Command::Expire(command) => command.run(settings).await,
                Command::Backup(command) => command.run(settings).await,
                Command::Import(command) => command.run(settings).await,
                Command::Export(command) => command.run(settings).await,
                Command::Site(command) => command.run(settings).await,
                Command::Tenant(command) => command.run(settings).await,
                Command::User(command) => command.run(settings).await,
                Command::Client(command) => command.run(settings).await,
                Command::Token(command) => command.run(settings).await,
                Command::Secrets(command) => command.run(settings).await,
                Command::Openapi(command) => command.run(),
            }
        })
    }
}

/// Connects to the database and brings its schema to this version.
async fn connect(settings: Settings) -> Result<App, Failure> {
    let db = Db::connect(settings.database_url())
        .await
        .map_err(|error| Failure::because("Cannot open the database", &error))?;
    let unfit = service::health::unfit(&db).await?;
    if !unfit.is_empty() {
        let unfit = unfit.join(", ");
        return Err(Failure::Failed(format!(
            "Guerdon needs PostgreSQL 14 or later and a database in UTF8, but this one has {unfit}."
        )));
    }
    db.migrate().await.map_err(|error| failure::migration(&error))?;
    Ok(App::new(db, SystemClock, settings))
}

/// Who acts when a command changes something.
fn actor() -> Actor {
    Actor::system("command line")
}

/// Refuses a tenant that does not exist.
async fn require_tenant(app: &App, tenant: &TenantId) -> Result<(), Failure> {
    match service::tenants::find(&app.db, tenant).await? {
        Some(_) => Ok(()),
        None => Err(Failure::Input(AccessRefusal::TenantUnknown(tenant.to_string()).to_string())),
    }
}
