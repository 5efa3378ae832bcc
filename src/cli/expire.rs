//! `guerdon expire`

use super::{Failure, connect, output};
use crate::{
    config::Settings,
    service::{expiry, health},
};

/// Record what expired, now rather than at the server's next run
///
/// Balances are right without it: it only writes the entries that say what expired when.
#[derive(Debug, clap::Args)]
pub(super) struct Expire {
    /// Print the numbers as JSON
    #[arg(long)]
    json: bool,
}

impl Expire {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let app = connect(settings).await?;
        if !health::is_clock_right(&app).await? {
            let why =
                "The clocks of this machine and of the database differ by more than 30 seconds: set them right first";
            return Err(Failure::Failed(why.to_owned()));
        }
        let recorded = expiry::record_due(&app).await.map_err(|error| Failure::Failed(error.to_string()))?;
        let (accounts, entries) = (recorded.accounts, recorded.entries);
        if self.json {
            output::json(&serde_json::json!({ "accounts": accounts, "entries": entries }));
        } else {
            output::line(&format!("Recorded {entries} expired lots of {accounts} customers."));
        }
        Ok(())
    }
}
