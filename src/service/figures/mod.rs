//! The overview of a tenant: what customers hold, what moved, what needs attention.

pub mod days;
mod flow;
mod period;

use rust_decimal::Decimal;

pub use self::{
    flow::{Flow, Part},
    period::{PERIOD_DAYS_MAX, Period},
};
pub use crate::store::figures::{Chosen, Ending, EndingOf};
use crate::{
    domain::{ids::TenantId, money::Currency, site::Site, time::Timestamp},
    service::customers::{list::Today, overview},
    store::{
        Db, DbError, figures,
        ledger::history::{self, LedgerFilter, Story},
        options, sites,
    },
};

/// What customers of all tenants can spend, as it is written, and how many accounts are open.
pub async fn outstanding_of_all(db: &Db) -> Result<(i64, i64), DbError> {
    figures::outstanding_of_all(db).await
}

/// Entries in the list of the latest.
const LATEST: i64 = 6;

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
    let latest =
        LedgerFilter { from: Timestamp::from_micros(i64::MIN), until: Timestamp::MAX, kind: None, actor: None };
    let ((outstanding, accounts), flows, ending, latest, rate) = tokio::try_join!(
        figures::outstanding(db, tenant, today.now),
        flows(db, tenant, period, today),
        figures::ending(db, tenant, today.now, today.soon()),
        history::ledger(db, tenant, &latest, None, LATEST),
        overview::rate(db, tenant, currency, today.now),
    )?;
    let Flows { before, mut parts, after, chosen } = flows;
    flow::hold(&mut parts, outstanding - after.net());
    let mut flow = Flow::default();
    for part in &parts {
        flow.add(&part.flow);
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

/// What moved before a period, in its parts, and after it, and what was chosen in it.
struct Flows {
    before: Flow,
    parts: Vec<Part>,
    after: Flow,
    chosen: Vec<Chosen>,
}

async fn flows(db: &Db, tenant: &TenantId, period: Period, today: Today) -> Result<Flows, DbError> {
    let parts = period.parts();
    let spans = std::iter::once(period.before()).chain(parts.iter().copied());
    let mut instants: Vec<_> = spans.map(|span| span.instants(today)).collect();
    instants.push((period.instants(today).1, Timestamp::MAX));
    let (sums, chosen) = days::moved(db, tenant, &instants, period.instants(today), today.now).await?;
    let mut flows: Vec<_> = sums.iter().map(Flow::of).collect();
    let after = flows.pop().unwrap_or_default();
    let mut flows = flows.into_iter();
    let before = flows.next().unwrap_or_default();
    let parts = parts.into_iter().zip(flows).map(|(days, flow)| Part { days, flow, held: 0 }).collect();
    Ok(Flows { before, parts, after, chosen })
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
