//! Coupons, as the contract's list answers them.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use serde_json::{Map, Value};

use super::{Report, record};
use crate::{
    app::App,
    domain::{
        actor::Caller,
        coupon::{Coupon, MovedCoupon},
    },
    store::{self, DbError, db::retry_on_conflict},
};

/// A transaction takes so many coupons: few enough that others who write hardly wait.
const AT_ONCE: usize = 500;

/// Takes coupons in batches. One that was imported before is left alone, whatever became of it here since.
pub struct Coupons<'a> {
    app: &'a App,
    caller: &'a Caller,
    dry_run: bool,
    batch: Vec<(u64, MovedCoupon)>,
    /// Hashes of the codes, so that the second of two coupons with one code is noticed.
    seen: HashSet<u64>,
    report: Report,
}

impl<'a> Coupons<'a> {
    /// An import for the caller's tenant. In a dry run everything is done but the commit.
    pub fn new(app: &'a App, caller: &'a Caller, dry_run: bool) -> Self {
        Self { app, caller, dry_run, batch: Vec::new(), seen: HashSet::new(), report: Report::default() }
    }

    /// Takes the next coupon.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take(&mut self, place: u64, written: &Map<String, Value>) -> Result<(), DbError> {
        let name = written.get("code").and_then(Value::as_str).unwrap_or_default();
        match MovedCoupon::read(written, self.app.now()) {
            Ok(moved) => {
                let mut hasher = DefaultHasher::new();
                moved.code.as_str().hash(&mut hasher);
                if self.seen.insert(hasher.finish()) {
                    self.batch.push((place, moved));
                } else {
                    self.report.refuse(place, name, "this code is there twice");
                }
            }
            Err(why) => self.report.refuse(place, name, why),
        }
        if self.batch.len() >= AT_ONCE { self.flush().await } else { Ok(()) }
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
            record(self.app, self.caller, "coupons", &self.report).await?;
        }
        Ok(self.report)
    }

    async fn flush(&mut self) -> Result<(), DbError> {
        let batch = std::mem::take(&mut self.batch);
        if batch.is_empty() {
            return Ok(());
        }
        let done = retry_on_conflict(|| self.write(&batch)).await?;
        self.report.add(done);
        Ok(())
    }

    async fn write(&self, batch: &[(u64, MovedCoupon)]) -> Result<Report, DbError> {
        let (now, tenant) = (self.app.now(), &self.caller.tenant);
        let mut report = Report::default();
        let mut tx = self.app.db.begin().await?;
        for (place, moved) in batch {
            if store::coupons::import(&mut tx, tenant, moved, now).await? {
                report.imported += 1;
                continue;
            }
            let code = moved.code.as_str();
            match store::coupons::find_in(&mut tx, tenant, code).await? {
                Some(there) if there.imported_at.is_some() || is_same(&there, moved) => report.there_already += 1,
                Some(_) => report.refuse(*place, code, "there is another coupon with this code here"),
                // A customer shares one coupon only.
                None => report.refuse(*place, code, "its customer has another referral coupon here"),
            }
        }
        if !self.dry_run {
            tx.commit().await?;
        }
        Ok(report)
    }
}

/// Whether a coupon that was made here says the same.
fn is_same(there: &Coupon, moved: &MovedCoupon) -> bool {
    let same = moved.coupon(there.created_at);
    there.template == same.template && there.issued_to == same.issued_to && there.referral == same.referral
}
