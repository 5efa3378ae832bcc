//! Personal data of customers, as a spreadsheet holds them: a row for each.

use std::mem;

use chrono_tz::Tz;

use super::{Report, record};
use crate::{
    app::App,
    domain::{actor::Caller, calendar, customer::PersonalData, ids::CustomerId},
    service::customers::person,
    store::DbError,
};

/// Rows that share a transaction: a disk is synced once for them, and nobody else waits long for the database.
const TOGETHER: usize = 50;

/// A row, as it is written. What is empty is not known.
#[derive(Clone, Debug, Default)]
pub struct Person {
    /// The shop's id of the customer.
    pub customer: String,
    /// The person's name.
    pub name: String,
    /// Where mail reaches the person.
    pub email: String,
    /// When the person was born, with the year or without.
    pub birthday: String,
    /// The language that the person reads.
    pub language: String,
}

/// Takes rows. Each takes the place of what was known of its customer before.
pub struct Persons<'a> {
    app: &'a App,
    caller: &'a Caller,
    zone: Tz,
    dry_run: bool,
    waiting: Vec<(CustomerId, PersonalData)>,
    report: Report,
}

impl<'a> Persons<'a> {
    /// An import for the caller's tenant; nobody is born after today in `zone`. In a dry run the rows are checked, and
    /// nothing is written.
    pub fn new(app: &'a App, caller: &'a Caller, zone: Tz, dry_run: bool) -> Self {
        Self { app, caller, zone, dry_run, waiting: Vec::new(), report: Report::default() }
    }

    /// Takes the next row.
    ///
    /// # Errors
    /// When the machine fails.
    pub async fn take(&mut self, line: u64, row: &Person) -> Result<(), DbError> {
        let (customer, data) = match self.read(row) {
            Ok(read) => read,
            Err(why) => {
                self.report.refuse(line, &row.customer, why);
                return Ok(());
            }
        };
        if self.dry_run {
            let there = person::find(&self.app.db, &self.caller.tenant, &customer).await? == data;
            self.count(1, u64::from(!there));
            return Ok(());
        }
        self.waiting.push((customer, data));
        if self.waiting.len() >= TOGETHER { self.write().await } else { Ok(()) }
    }

    /// Writes what waits.
    async fn write(&mut self) -> Result<(), DbError> {
        let waiting = mem::take(&mut self.waiting);
        let rows: Vec<_> = waiting.iter().map(|(customer, data)| (customer, data)).collect();
        let changed = person::set_all(self.app, self.caller, &rows).await?;
        self.count(u64::try_from(rows.len()).unwrap_or(u64::MAX), changed);
        Ok(())
    }

    fn count(&mut self, rows: u64, changed: u64) {
        self.report.imported += changed;
        self.report.there_already += rows.saturating_sub(changed);
    }

    fn read(&self, row: &Person) -> Result<(CustomerId, PersonalData), String> {
        let today = calendar::day_of(self.app.now(), self.zone);
        let customer = CustomerId::parse(&row.customer).map_err(|error| format!("customer_id: {error}"))?;
        let data = PersonalData::parse(&row.name, &row.email, &row.birthday, &row.language, today);
        Ok((customer, data.map_err(|errors| errors.to_string())?))
    }

    /// Refuses what could not even be read.
    pub fn refuse(&mut self, line: u64, why: String) {
        self.report.refuse(line, "", why);
    }

    /// Tells what all of it came to.
    ///
    /// # Errors
    /// When the machine fails.
    pub async fn finish(mut self) -> Result<Report, DbError> {
        self.write().await?;
        if !self.dry_run && self.report.imported > 0 {
            record(self.app, self.caller, "customers", &self.report).await?;
        }
        Ok(self.report)
    }
}
