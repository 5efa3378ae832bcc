//! `guerdon migrate`

use super::{Failure, connect, output};
use crate::config::Settings;

/// Bring the database's schema to this version; `serve` does so too when it starts
#[derive(Debug, clap::Args)]
pub(super) struct Migrate {}

impl Migrate {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let app = connect(settings).await?;
        app.db.close().await;
        output::line("The database's schema is up to date.");
        Ok(())
    }
}
