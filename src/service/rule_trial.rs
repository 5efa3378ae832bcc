//! What an earning rule would have given for the orders of the last days, before it is saved.

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;

use crate::{
    domain::{
        calendar,
        ids::{CustomerId, TenantId},
        order::earning,
        site::Site,
        time::Timestamp,
    },
    service::customers::overview,
    store::{Db, DbError, completed_orders},
};

/// So many days of orders are taken.
pub const DAYS: i64 = 90;
/// Orders are read so many at a time.
const PAGE: i64 = 2_000;
const DAY_SECS: i64 = 86_400;

/// What orders gave, or would have given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Yield {
    /// Points altogether.
    pub points: i64,
    /// Orders that gave any.
    pub orders: u64,
    /// Customers who got any.
    pub customers: u64,
    /// What the points are worth in the tenant's currency; `None` when no option buys an amount of it.
    pub worth: Option<Decimal>,
}

/// The orders of the last days under a draft of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// All orders that were completed.
    pub orders: u64,
    /// What they gave.
    pub was: Yield,
    /// What they would have given.
    pub would: Yield,
    /// Points by month, as `2026-11` in the site's zone: what they were and what they would have been.
    pub months: BTreeMap<String, (i64, i64)>,
}

/// One side of the comparison while orders are read.
#[derive(Default)]
struct Tally<'a> {
    sum: Yield,
    seen: HashSet<&'a str>,
}

impl<'a> Tally<'a> {
    fn add(&mut self, customer: Option<&'a str>, points: i64) {
        // A guest's points wait for a claim; they count as what the rule gives.
        if points > 0 {
            self.sum.points = self.sum.points.saturating_add(points);
            self.sum.orders += 1;
            if let Some(customer) = customer {
                self.seen.insert(customer);
            }
        }
    }

    fn end(self) -> Yield {
        Yield { customers: u64::try_from(self.seen.len()).unwrap_or(u64::MAX), ..self.sum }
    }
}

/// Works out what `draft`, a site with another rule than is stored, would have given for the orders of the last
/// [`DAYS`] days. Returns are left out on both sides.
pub async fn run(db: &Db, tenant: &TenantId, draft: &Site, now: Timestamp) -> Result<Trial, DbError> {
    let mut orders = Vec::new();
    let mut after = (now.plus_secs(-DAYS * DAY_SECS), String::new());
    loop {
        let page = completed_orders::list(db, tenant, &draft.code, (after.0, &after.1), PAGE).await?;
        let Some(last) = page.last() else { break };
        after = (last.at, last.id.to_string());
        orders.extend(page);
    }
    let mut trial = Trial::default();
    let (mut was, mut would) = (Tally::default(), Tally::default());
    for order in &orders {
        let points = if draft.rule.enabled { earning::points_of(&order.totals, &draft.rule) } else { 0 };
        let customer = order.customer.as_ref().map(CustomerId::as_str);
        trial.orders += 1;
        was.add(customer, order.points);
        would.add(customer, points);
        let month = calendar::day_of(order.at, draft.zone).format("%Y-%m").to_string();
        let (before, after) = trial.months.entry(month).or_default();
        *before = before.saturating_add(order.points);
        *after = after.saturating_add(points);
    }
    (trial.was, trial.would) = (was.end(), would.end());
    if let Some(rate) = overview::rate(db, tenant, &draft.currency, now).await? {
        trial.was.worth = rate.of(trial.was.points);
        trial.would.worth = rate.of(trial.would.points);
    }
    Ok(trial)
}
