//! `guerdon verify`

use super::{Failure, connect, output};
use crate::{config::Settings, service::verify};

/// Prove the ledger: work out every balance, lot, usage and chain again
///
/// Ends with exit code 1 when something does not add up, and names each. Safe to run beside `guerdon serve`.
#[derive(Debug, clap::Args)]
pub(super) struct Verify {
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub(super) async fn run(self, settings: Settings) -> Result<(), Failure> {
        let app = connect(settings).await?;
        let report = verify::verify(&app.db).await?;
        if self.json {
            output::json(&report);
        } else {
            for found in &report.problems {
                let whose = found.customer.as_ref().map_or_else(String::new, |id| format!(", customer {id}"));
                output::line(&format!("{}{whose}: {}", found.tenant, found.problem));
            }
            let verdict = if report.ok { "Everything adds up" } else { "The ledger does not add up" };
            output::line(&format!("{verdict}: {} accounts, {} entries.", report.accounts, report.entries));
        }
        if report.ok { Ok(()) } else { Err(Failure::Told) }
    }
}
