//! Customers with their history, as the contract's `summaryBatch` answers them.

use std::collections::{HashMap, HashSet};

use super::{Report, record};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        ids::{CustomerId, EntryId, TenantId},
        ledger::{
            Account,
            book::{Book, Changes},
        },
        past::{Past, WrittenSummary},
        site::Site,
        time::Timestamp,
    },
    service::ledger::{new_account_id, new_entry_id},
    store::{
        DbError, Tx, day_sums,
        db::retry_on_conflict,
        ledger::{load, save},
    },
};

/// A transaction takes so many customers or entries at most: few enough that others who write hardly wait.
const CUSTOMERS_MAX: usize = 500;
const ENTRIES_MAX: usize = 4_000;

/// Takes customers in batches.
pub struct Summaries<'a> {
    app: &'a App,
    caller: &'a Caller,
    site: Site,
    dry_run: bool,
    batch: Vec<(u64, Past)>,
    entries: usize,
    report: Report,
}

impl<'a> Summaries<'a> {
    /// An import for the caller's tenant. Points whose end is not written get that of the site's rule. In a dry run
    /// everything is done but the commit.
    pub fn new(app: &'a App, caller: &'a Caller, site: Site, dry_run: bool) -> Self {
        Self { app, caller, site, dry_run, batch: Vec::new(), entries: 0, report: Report::default() }
    }

    /// Takes the next customer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&mut self, place: u64, written: WrittenSummary) -> Result<(), DbError> {
        let name = written.customer().to_owned();
        match Past::read(written, self.app.now()) {
            Ok(past) => {
                self.entries += past.ids().count();
                self.batch.push((place, past));
            }
            Err(why) => self.report.refuse(place, &name, why),
        }
        if self.batch.len() >= CUSTOMERS_MAX || self.entries >= ENTRIES_MAX { self.flush().await } else { Ok(()) }
    }

    /// Refuses what could not even be read.
    pub fn refuse(&mut self, place: u64, why: String) {
        self.report.refuse(place, "", why);
    }

    /// Writes what is left, and tells what all of it came to.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn finish(mut self) -> Result<Report, DbError> {
        self.flush().await?;
        if !self.dry_run && self.report.imported > 0 {
            record(self.app, self.caller, "summaries", &self.report).await?;
        }
        Ok(self.report)
    }

    async fn flush(&mut self) -> Result<(), DbError> {
        self.entries = 0;
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        let done = retry_on_conflict(|| self.write(&batch)).await?;
        self.report.add(done);
        Ok(())
    }

    async fn write(&self, batch: &[(u64, Past)]) -> Result<Report, DbError> {
        let (now, tenant) = (self.app.now(), &self.caller.tenant);
        let mut tx = self.app.db.begin().await?;
        let mut there = Self::accounts(&mut tx, tenant, batch.iter().map(|(_, past)| &past.customer)).await?;
        let ids: Vec<_> = batch.iter().flat_map(|(_, past)| past.ids()).map(|id| (tenant, id)).collect();
        let taken = load::find_entry_ids(&mut tx, &ids).await?;
        let mut taken: HashMap<EntryId, i64> = taken.into_iter().map(|id| (id.entry_id, id.account_id)).collect();
        let (mut report, mut changes, mut new) = (Report::default(), Vec::<Changes>::new(), Vec::new());
        let (mut seen, mut numbers) = (HashSet::new(), HashSet::new());
        for (place, past) in batch {
            let begin = past.begin().unwrap_or(now);
            let account = there.remove(&past.customer).unwrap_or_else(|| {
                Account::new(tenant.clone(), unused(&mut numbers, now), past.customer.clone(), begin)
            });
            let (is_new, account_id) = (!account.open && account.seq == 0, account.account_id);
            let lived = if seen.insert(&past.customer) {
                self.live(past, account, &taken, now)
            } else {
                Err("this customer is there twice".to_owned())
            };
            match lived {
                Ok(None) => report.there_already += 1,
                Ok(Some(book)) => {
                    taken.extend(past.ids().map(|id| (id.clone(), account_id)));
                    report.imported += 1;
                    report.entries += u64::try_from(book.entries().len()).unwrap_or_default();
                    report.points += book.account.balance;
                    changes.push(book.into_changes());
                    new.extend(is_new.then_some((tenant, account_id, &past.customer, begin)));
                }
                Err(why) => report.refuse(*place, past.customer.as_str(), why),
            }
        }
        load::create_accounts(&mut tx, &new).await?;
        let made = Self::accounts(&mut tx, tenant, new.iter().map(|(_, _, customer, _)| *customer)).await?;
        if new.iter().any(|(_, id, customer, _)| made.get(*customer).is_none_or(|account| account.account_id != *id)) {
            // Somebody else made the account in this moment.
            return Err(DbError::Changed);
        }
        save::save(&mut tx, &changes).await?;
        if let Some(first) = changes.iter().flat_map(|change| &change.entries).map(|entry| entry.recorded_at).min() {
            day_sums::take_back(&mut tx, tenant, first).await?;
        }
        if !self.dry_run {
            tx.commit().await?;
        }
        Ok(report)
    }

    /// The account with its past; `None` when it is there already.
    fn live(
        &self,
        past: &Past,
        account: Account,
        taken: &HashMap<EntryId, i64>,
        now: Timestamp,
    ) -> Result<Option<Book>, String> {
        let mine = past.ids().filter(|id| taken.get(id) == Some(&account.account_id)).count();
        if account.open && mine == past.ids().count() && (mine > 0 || account.seq == 0) {
            return Ok(None);
        }
        if account.seq > 0 {
            return Err("this customer has points here that are not in the file".to_owned());
        }
        if let Some(id) = past.ids().find(|id| taken.contains_key(id)) {
            return Err(format!("the id {id} is that of another customer's entry"));
        }
        past.live(account, &|at| self.site.valid_until(at), now, &mut new_entry_id).map(Some)
    }

    /// The accounts of these customers that are there, locked.
    async fn accounts<'c>(
        tx: &mut Tx,
        tenant: &TenantId,
        customers: impl Iterator<Item = &'c CustomerId>,
    ) -> Result<HashMap<CustomerId, Account>, DbError> {
        let all: Vec<_> = customers.map(|customer| (tenant, customer)).collect();
        let locked = load::lock_accounts(tx, &all).await?;
        Ok(locked.into_iter().map(|account| (account.customer.clone(), account)).collect())
    }
}

/// A number for a new account that no other account of the batch has.
fn unused(numbers: &mut HashSet<i64>, now: Timestamp) -> i64 {
    loop {
        let number = new_account_id(now);
        if numbers.insert(number) {
            return number;
        }
    }
}
