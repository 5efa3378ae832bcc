//! Opening balances, as a spreadsheet holds them: one lot of points for each row.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use futures_util::future::join_all;

use super::{Report, record};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        calendar,
        ids::{CustomerId, EntryId},
        ledger::entry::{EntryKind, Source},
        points::Points,
        refusal::Refusal,
        site::Site,
        text::{self, Lines},
    },
    service::{
        ledger::{
            LedgerError,
            command::{Command, NewCredit, OwnId, Remarks, Reply, Request, fingerprint},
        },
        points::{DESCRIPTION_CHARS_MAX, REFERENCE_CHARS_MAX},
    },
};

/// So many rows are handed to the ledger at once.
const AT_ONCE: usize = 256;

/// A row, as it is written. What is empty was not given.
#[derive(Clone, Debug, Default)]
pub struct Balance {
    /// The shop's id of the customer.
    pub customer: String,
    /// How many points.
    pub points: String,
    /// When they end: an instant, or the first day on which they are gone, in the site's time zone; without it, as the
    /// site's rule says.
    pub valid_until: String,
    /// What the customer reads.
    pub description: String,
    /// What the shop calls it.
    pub reference: String,
    /// An id for the entry. Without one the customer and the end of the points stand for it.
    pub id: String,
}

/// Takes rows, many at a time. The balances are added to what a customer has.
pub struct Balances<'a> {
    app: &'a App,
    caller: &'a Caller,
    site: Site,
    dry_run: bool,
    batch: Vec<(u64, Request, i64)>,
    /// Hashes of the ids, so that the second of two rows for the same points is noticed.
    seen: HashSet<u64>,
    report: Report,
}

impl<'a> Balances<'a> {
    /// An import for the caller's tenant. In a dry run the rows are checked, and nothing is written.
    pub fn new(app: &'a App, caller: &'a Caller, site: Site, dry_run: bool) -> Self {
        Self { app, caller, site, dry_run, batch: Vec::new(), seen: HashSet::new(), report: Report::default() }
    }

    /// Takes the next row.
    ///
    /// # Errors
    /// When the ledger fails.
    pub async fn take(&mut self, line: u64, row: Balance) -> Result<(), LedgerError> {
        match self.request(&row) {
            Ok((request, points)) => self.batch.push((line, request, points)),
            Err(why) => self.report.refuse(line, &row.customer, why),
        }
        if self.batch.len() >= AT_ONCE { self.flush().await } else { Ok(()) }
    }

    /// Refuses what could not even be read.
    pub fn refuse(&mut self, line: u64, why: String) {
        self.report.refuse(line, "", why);
    }

    /// Writes what is left, and tells what all of it came to.
    ///
    /// # Errors
    /// When the ledger fails.
    pub async fn finish(mut self) -> Result<Report, LedgerError> {
        self.flush().await?;
        if !self.dry_run && self.report.imported > 0 {
            record(self.app, self.caller, "balances", &self.report).await?;
        }
        Ok(self.report)
    }

    fn request(&mut self, row: &Balance) -> Result<(Request, i64), String> {
        let now = self.app.now();
        let customer = CustomerId::parse(&row.customer).map_err(|error| format!("customer_id: {error}"))?;
        let points = Points::parse(&row.points).map_err(|error| format!("points: {error}"))?;
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let until = given(&row.valid_until).map(|text| calendar::end_in_table(&text, self.site.zone)).transpose();
        let until = until.map_err(|error| format!("valid_until: {error}"))?;
        // A day is the same one however a spreadsheet writes it; an instant is known by its text.
        let end = calendar::day(&row.valid_until).map_or_else(|| row.valid_until.clone(), |day| day.to_string());
        if until.is_some_and(|until| until <= now) {
            return Err("valid_until: give a time ahead".to_owned());
        }
        text::check(&row.description, DESCRIPTION_CHARS_MAX, Lines::Many)
            .map_err(|why| format!("description: {why}"))?;
        text::check(&row.reference, REFERENCE_CHARS_MAX, Lines::One).map_err(|why| format!("reference_id: {why}"))?;
        let (description, reference) = (given(&row.description), given(&row.reference));
        let id = match given(&row.id) {
            Some(id) => id,
            None => format!("opening-{}", fingerprint(&[customer.as_str(), &end])),
        };
        let id = EntryId::parse(&id).map_err(|error| format!("id: {error}"))?;
        let mut hasher = DefaultHasher::new();
        id.as_str().hash(&mut hasher);
        if !self.seen.insert(hasher.finish()) {
            return Err("there is a row for the same points above; give each an `id` of its own".to_owned());
        }
        let content = [customer.as_str(), &row.points, &end, &row.description, &row.reference];
        let credit = NewCredit {
            id: Some(OwnId { id, fingerprint: fingerprint(&content) }),
            points,
            available_from: None,
            valid_until: until.unwrap_or_else(|| self.site.valid_until(now)),
            remarks: Remarks { site: Some(self.site.code.clone()), description, reference, ..Remarks::default() },
        };
        let command = Command::Credit(EntryKind::Added, credit);
        let (caller, source) = (self.caller.clone(), Source::Import);
        Ok((Request { caller, source, customer, command, key: None }, points.get()))
    }

    async fn flush(&mut self) -> Result<(), LedgerError> {
        let batch = std::mem::take(&mut self.batch);
        if self.dry_run {
            for (_, _, points) in batch {
                self.count(points);
            }
            return Ok(());
        }
        let places: Vec<_> =
            batch.iter().map(|(line, request, points)| (*line, request.customer.to_string(), *points)).collect();
        let done = join_all(batch.into_iter().map(|(_, request, _)| self.app.ledger.submit(request))).await;
        for ((line, customer, points), result) in places.into_iter().zip(done) {
            match result {
                Ok(Reply::Done(_)) => self.count(points),
                Ok(Reply::DoneBefore(_) | Reply::Replay { .. }) => self.report.there_already += 1,
                Err(LedgerError::Refused(Refusal::EntryIdTaken(_))) => {
                    let why = "points under this id were imported already, and the row is another one now";
                    self.report.refuse(line, &customer, why);
                }
                Err(LedgerError::Refused(refusal)) => self.report.refuse(line, &customer, refusal.to_string()),
                Err(failed) => return Err(failed),
            }
        }
        Ok(())
    }

    fn count(&mut self, points: i64) {
        self.report.imported += 1;
        self.report.entries += 1;
        self.report.points += points;
    }
}
