//! The overview of a tenant: what customers hold, what moved, what needs attention.

use chrono::{Days, Months, NaiveDate};
use rust_decimal::Decimal;

pub use crate::store::figures::{Chosen, Ending, EndingOf};
use crate::{
    domain::{calendar, ids::TenantId, ledger::entry::EntryKind, money::Currency, site::Site, time::Timestamp},
    service::customers::{list::Today, overview},
    store::{
        Db, DbError,
        figures::{self, Moved},
        ledger::history::{self, LedgerFilter, Story},
        options, sites,
    },
};

/// What customers of all tenants can spend, as it is written, and how many accounts are open.
pub async fn outstanding_of_all(db: &Db) -> Result<(i64, i64), DbError> {
    figures::outstanding_of_all(db).await
}

/// A period of more days is shown by months.
const BY_DAY_MAX: i64 = 92;
/// The longest period.
pub const PERIOD_DAYS_MAX: i64 = 3_660;
/// Entries in the list of the latest.
const LATEST: i64 = 6;

/// Days, from the first to the last, in the tenant's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

impl Period {
    /// The last `days` days up to today.
    pub fn last_days(today: NaiveDate, days: u64) -> Self {
        Self { first: today.checked_sub_days(Days::new(days.saturating_sub(1))).unwrap_or(today), last: today }
    }

    /// This month and the eleven before it.
    pub fn last_year(today: NaiveDate) -> Self {
        let first = chrono::Datelike::with_day(&today, 1).and_then(|day| day.checked_sub_months(Months::new(11)));
        Self { first: first.unwrap_or(today), last: today }
    }

    /// How many days it has.
    pub fn days(self) -> i64 {
        (self.last - self.first).num_days() + 1
    }

    /// As many days, right before.
    #[must_use]
    pub fn before(self) -> Self {
        let days = Days::new(u64::try_from(self.days()).unwrap_or_default());
        let back = |day: NaiveDate| day.checked_sub_days(days).unwrap_or(day);
        Self { first: back(self.first), last: back(self.last) }
    }

    /// Whether it is shown by months.
    pub fn is_by_month(self) -> bool {
        self.days() > BY_DAY_MAX
    }

    fn parts(self) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut first = self.first;
        while first <= self.last {
            let next = if self.is_by_month() {
                chrono::Datelike::with_day(&first, 1).and_then(|day| day.checked_add_months(Months::new(1)))
            } else {
                first.succ_opt()
            };
            let Some(next) = next else { break };
            parts.push(Self { first, last: next.pred_opt().unwrap_or(first).min(self.last) });
            first = next;
        }
        parts
    }

    fn instants(self, today: Today) -> (Timestamp, Timestamp) {
        let end = self.last.succ_opt().map_or(Timestamp::MAX, |day| calendar::start_of(day, today.zone));
        (calendar::start_of(self.first, today.zone), end)
    }
}

/// What moved in a period. All numbers are without a sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Points of orders.
    pub earned: i64,
    /// How many orders.
    pub orders: i64,
    /// Points added by hand or by programs.
    pub added: i64,
    /// Points exchanged.
    pub redeemed: i64,
    /// How many exchanges.
    pub redemptions: i64,
    /// Points removed by hand or taken back.
    pub taken: i64,
    /// Points of cancelled exchanges.
    pub given_back: i64,
    /// Points that reached their end.
    pub expired: i64,
    /// Points lost with closed accounts.
    pub closed: i64,
}

impl Flow {
    fn count(&mut self, moved: &Moved) {
        let points = moved.points.saturating_abs();
        match moved.kind {
            EntryKind::Earned => {
                self.earned += points;
                self.orders += moved.entries;
            }
            EntryKind::Added => self.added += points,
            EntryKind::GivenBack => self.given_back += points,
            EntryKind::Redeemed => {
                self.redeemed += points;
                self.redemptions += moved.entries;
            }
            EntryKind::Removed | EntryKind::TakenBack => self.taken += points,
            EntryKind::Expired => self.expired += points,
            EntryKind::Closed => self.closed += points,
        }
    }

    /// Points that came: earned and added.
    pub fn came(&self) -> i64 {
        self.earned + self.added
    }

    /// By how much the balances grew.
    pub fn net(&self) -> i64 {
        self.came() + self.given_back - self.redeemed - self.taken - self.expired - self.closed
    }
}

/// A part of a period: a day or a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its days.
    pub days: Period,
    /// What moved.
    pub flow: Flow,
    /// What customers held at its end.
    pub held: i64,
}

/// Something that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Concern {
    /// There is nothing that points can be exchanged for.
    NoOption,
    /// A site's coupon codes have no prefix.
    NoPrefix(Site),
    /// Orders of a site earn nothing.
    EarningOff(Site),
    /// Points end soon.
    Ending(Ending),
}

/// The overview of a tenant.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What customers can spend.
    pub outstanding: i64,
    /// Open accounts.
    pub accounts: i64,
    /// What the points are worth, when it is known.
    pub worth: Option<Decimal>,
    /// What moved in the period.
    pub flow: Flow,
    /// What moved in the period before.
    pub before: Flow,
    /// The same by days or months.
    pub parts: Vec<Part>,
    /// Points that end soon, if there are any.
    pub ending: Option<Ending>,
    /// What points were exchanged for in the period, the most chosen first.
    pub chosen: Vec<Chosen>,
    /// The latest entries.
    pub latest: Vec<Story>,
    /// What needs attention.
    pub concerns: Vec<Concern>,
}

/// The overview of a tenant over a period.
pub async fn overview(
    db: &Db,
    tenant: &TenantId,
    currency: &Currency,
    period: Period,
    today: Today,
) -> Result<Overview, DbError> {
    let (from, until) = period.instants(today);
    let latest =
        LedgerFilter { from: Timestamp::from_micros(i64::MIN), until: Timestamp::MAX, kind: None, actor: None };
    let ((outstanding, accounts), flows, ending, chosen, latest, rate) = tokio::try_join!(
        figures::outstanding(db, tenant, today.now),
        flows(db, tenant, period, today),
        figures::ending(db, tenant, today.now, today.soon()),
        figures::chosen(db, tenant, from, until),
        history::ledger(db, tenant, &latest, None, LATEST),
        overview::rate(db, tenant, currency, today.now),
    )?;
    let Flows { before, mut parts, after } = flows;
    hold(&mut parts, outstanding - after.net());
    let mut flow = Flow::default();
    for part in &parts {
        add(&mut flow, &part.flow);
    }
    Ok(Overview {
        outstanding,
        accounts,
        worth: rate.and_then(|rate| rate.of(outstanding)),
        flow,
        before,
        parts,
        concerns: concerns(db, tenant, ending.as_ref(), today).await?,
        ending,
        chosen,
        latest,
    })
}

/// What moved before a period, in its parts, and after it.
struct Flows {
    before: Flow,
    parts: Vec<Part>,
    after: Flow,
}

async fn flows(db: &Db, tenant: &TenantId, period: Period, today: Today) -> Result<Flows, DbError> {
    let parts = period.parts();
    let spans = std::iter::once(period.before()).chain(parts.iter().copied());
    let mut instants: Vec<_> = spans.map(|span| span.instants(today)).collect();
    instants.push((period.instants(today).1, Timestamp::MAX));
    let mut flows = vec![Flow::default(); instants.len()];
    for moved in figures::moved(db, tenant, &instants).await? {
        if let Some(flow) = flows.get_mut(moved.period) {
            flow.count(&moved);
        }
    }
    let after = flows.pop().unwrap_or_default();
    let mut flows = flows.into_iter();
    let before = flows.next().unwrap_or_default();
    let parts = parts.into_iter().zip(flows).map(|(days, flow)| Part { days, flow, held: 0 }).collect();
    Ok(Flows { before, parts, after })
}

/// Goes back from what was held at the end of the last part.
fn hold(parts: &mut [Part], at_end: i64) {
    let mut held = at_end;
    for part in parts.iter_mut().rev() {
        part.held = held.max(0);
        held -= part.flow.net();
    }
}

fn add(sum: &mut Flow, flow: &Flow) {
    sum.earned += flow.earned;
    sum.orders += flow.orders;
    sum.added += flow.added;
    sum.redeemed += flow.redeemed;
    sum.redemptions += flow.redemptions;
    sum.taken += flow.taken;
    sum.given_back += flow.given_back;
    sum.expired += flow.expired;
    sum.closed += flow.closed;
}

async fn concerns(db: &Db, tenant: &TenantId, ending: Option<&Ending>, today: Today) -> Result<Vec<Concern>, DbError> {
    let mut concerns = Vec::new();
    if !options::list(db, tenant).await?.iter().any(|option| option.is_offered(today.now)) {
        concerns.push(Concern::NoOption);
    }
    concerns.extend(ending.cloned().map(Concern::Ending));
    for site in sites::list(db, tenant).await? {
        if !site.rule.enabled {
            concerns.push(Concern::EarningOff(site.clone()));
        }
        if site.coupon_prefix.is_empty() {
            concerns.push(Concern::NoPrefix(site));
        }
    }
    Ok(concerns)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn a_period_is_cut_into_days_or_months_without_gaps() {
        for (period, parts) in [
            (Period::last_days(day(2026, 11, 22), 28), 28),
            (Period::last_days(day(2026, 11, 22), 1), 1),
            (Period::last_year(day(2026, 11, 22)), 12),
            (Period { first: day(2026, 1, 15), last: day(2026, 5, 3) }, 5),
        ] {
            let cut = period.parts();
            assert_eq!(cut.len(), parts, "{period:?}");
            assert_eq!((cut[0].first, cut[parts - 1].last), (period.first, period.last));
            assert!(cut.windows(2).all(|two| two[0].last.succ_opt() == Some(two[1].first)));
        }
    }

    #[test]
    fn the_period_before_has_as_many_days_and_ends_right_before() {
        let period = Period::last_days(day(2026, 3, 10), 28);
        assert_eq!(period.before(), Period { first: day(2026, 1, 14), last: day(2026, 2, 10) });
        assert_eq!(period.days(), period.before().days());
    }

    #[test]
    fn what_was_held_is_worked_out_backwards() {
        let period = Period::last_days(day(2026, 11, 22), 3);
        let flow = |added, redeemed| Flow { added, redeemed, ..Flow::default() };
        let flows = [flow(10, 0), flow(100, 30), flow(0, 50)];
        let mut parts: Vec<Part> =
            period.parts().into_iter().zip(flows).map(|(days, flow)| Part { days, flow, held: 0 }).collect();
        hold(&mut parts, 70);
        assert_eq!(parts.iter().map(|part| part.held).collect::<Vec<_>>(), [50, 120, 70]);
    }
}
