//! What is measured now and then: sums of the ledger, and what its daily proof found.

use std::time::Duration;

use crate::{
    app::App,
    service::{
        daily_proof,
        figures::{self, days},
    },
    store::DbError,
};

/// How often it is measured, and looked whether a proof is due. The sums read every account.
pub(super) const EVERY: Duration = Duration::from_mins(10);

/// Proves the ledger if that is due, and measures.
pub(super) async fn measure(app: App) -> bool {
    match prove(&app).await.and(read(&app).await) {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "Could not measure the ledger; trying again in ten minutes");
            false
        }
    }
}

async fn prove(app: &App) -> Result<(), DbError> {
    let Some(report) = daily_proof::prove_if_due(app).await? else { return Ok(()) };
    for tenant in days::check_all(app).await? {
        tracing::warn!(%tenant, "Kept sums of days were not what the entries say; they are made anew");
    }
    let (accounts, entries, problems) = (report.accounts, report.entries, report.problems.len());
    if report.ok {
        tracing::info!(accounts, entries, "The ledger proves itself");
    } else {
        // Which customers it concerns is not for the log.
        tracing::error!(
            accounts,
            entries,
            problems,
            "The ledger does not add up: run `guerdon verify`, which names what is off"
        );
    }
    Ok(())
}

async fn read(app: &App) -> Result<(), DbError> {
    let number = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let proof = daily_proof::last(&app.db).await?;
    if proof.ended_at_secs > 0 {
        let metrics = &app.metrics;
        metrics.set("guerdon_verify_problems", "What the last proof of the ledger found.", number(proof.problems));
        metrics.set("guerdon_verify_accounts", "Accounts that the last proof saw.", number(proof.accounts));
        metrics.set("guerdon_verify_entries", "Entries that the last proof saw.", number(proof.entries));
        metrics.set("guerdon_verify_timestamp_seconds", "When the last proof ended.", proof.ended_at_secs);
    }
    let (points, accounts) = figures::outstanding_of_all(&app.db).await?;
    app.metrics.set("guerdon_ledger_points", "Points that customers have, in all tenants.", points);
    app.metrics.set("guerdon_ledger_accounts", "Open accounts, in all tenants.", accounts);
    Ok(())
}
