//! Moving in: what another service or a spreadsheet holds becomes accounts of this ledger.
//!
//! Everything may be repeated: what is there already is counted and left alone. What does not add up is refused, one
//! customer or row at a time, and named by its place in the file.

mod balances;
mod coupons;
mod options;
mod persons;
pub mod reading;
mod summaries;

use serde::Serialize;
use serde_json::json;

pub use balances::{Balance, Balances};
pub use coupons::Coupons;
pub use options::import_options;
pub use persons::{Person, Persons};
pub use summaries::Summaries;

use crate::{
    app::App,
    domain::{actor::Caller, audit::Subject},
    service::audit,
    store::DbError,
};

/// So many refusals are told one by one; of the others only the number is.
const REFUSED_MAX: usize = 1_000;

/// Of what was refused so much is told.
const SHOWN_CHARS_MAX: usize = 1_000;

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Customers, rows, options or coupons that are new.
    pub imported: u64,
    /// Entries written.
    pub entries: u64,
    /// Points that can be spent now because of it.
    pub points: i64,
    /// What was there already, and was left alone.
    pub there_already: u64,
    /// How many were refused.
    pub refused: u64,
    /// What was refused, the first thousand.
    pub refusals: Vec<Refused>,
}

/// Something that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// Its place in the file: the element of the array, from 1, or the line.
    pub place: u64,
    /// Whose it is, or its name.
    pub what: String,
    /// Why, in words.
    pub why: String,
}

impl Report {
    /// Notes that something was refused.
    pub fn refuse(&mut self, place: u64, what: &str, why: impl Into<String>) {
        self.refused += 1;
        if self.refusals.len() < REFUSED_MAX {
            self.refusals.push(Refused { place, what: printable(what), why: printable(&why.into()) });
        }
    }

    /// Adds what one batch came to.
    fn add(&mut self, batch: Self) {
        self.imported += batch.imported;
        self.entries += batch.entries;
        self.points += batch.points;
        self.there_already += batch.there_already;
        self.refused += batch.refused;
        let room = REFUSED_MAX.saturating_sub(self.refusals.len());
        self.refusals.extend(batch.refusals.into_iter().take(room));
    }
}

/// What a file holds, as it can be shown in a terminal, which control characters would steer.
fn printable(text: &str) -> String {
    let shown = |c: char| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c };
    text.chars().take(SHOWN_CHARS_MAX).map(shown).collect()
}

/// Writes into the audit log what was imported.
async fn record(app: &App, caller: &Caller, what: &'static str, report: &Report) -> Result<(), DbError> {
    let now = app.now();
    let mut tx = app.db.begin().await?;
    let after = json!({"what": what, "imported": report.imported, "entries": report.entries, "points": report.points});
    let subject = Subject::new("tenant", caller.tenant.as_str());
    audit::record(&mut tx, caller, "tenant.imported", subject, None, Some(after), now).await?;
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_does_nothing_to_a_terminal() {
        let mut report = Report::default();
        report.refuse(1, "C1\u{1b}]0;evil\u{7}\r\n", "x".repeat(5_000));
        let [refused] = &report.refusals[..] else { panic!("{report:?}") };
        assert_eq!(refused.what, "C1\u{fffd}]0;evil\u{fffd}\u{fffd}\u{fffd}");
        assert_eq!(refused.why.len(), SHOWN_CHARS_MAX);
    }
}
