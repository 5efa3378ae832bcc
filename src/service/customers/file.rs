//! Everything that is kept of one customer, for the person who asks what is known of them.

use serde_json::{Value, json};

use crate::{
    domain::{
        customer::PersonalData,
        ids::{CustomerId, SiteCode, TenantId},
        order::{Order, snapshot::Item},
        time::Timestamp,
    },
    service::{
        customers::person,
        history::{self, Show, Told},
    },
    store::{
        Db, DbError,
        coupons::{self, Coupon},
        ledger::read,
        orders,
    },
};

/// Entries are read so many at a time.
const PAGE: usize = 500;
/// More orders or coupons than this nobody has.
const THINGS_MAX: i64 = 100_000;

/// Everything that is kept of one customer.
#[derive(Clone, Debug)]
pub struct CustomerFile {
    /// Who.
    pub customer: CustomerId,
    /// When it was read.
    pub at: Timestamp,
    /// The person.
    pub person: PersonalData,
    /// Whether the account is open and what can be spent; `None` when there never was one.
    pub account: Option<(bool, i64)>,
    /// Every line of the account, the newest first.
    pub entries: Vec<Told>,
    /// The coupons that were issued, the newest first.
    pub coupons: Vec<Coupon>,
    /// The orders with what came back of them, the newest first.
    pub orders: Vec<Order>,
}

/// Reads it all; `None` when nothing is known under this id.
pub async fn find(
    db: &Db,
    tenant: &TenantId,
    customer: &CustomerId,
    now: Timestamp,
) -> Result<Option<CustomerFile>, DbError> {
    let person = person::find(db, tenant, customer).await?;
    let coupons = coupons::issued_to(db, tenant, customer.as_str(), THINGS_MAX).await?;
    let mut tx = db.snapshot().await?;
    let orders = orders::of_customer(&mut tx, tenant, customer, THINGS_MAX).await?;
    let account = match read::account(&mut tx, tenant, customer).await? {
        None => None,
        Some(account) => {
            let balance = read::balance_in(&mut tx, tenant, customer, now).await?.unwrap_or_default();
            Some((account.open, balance))
        }
    };
    drop(tx);
    let (mut entries, mut before) = (Vec::new(), None);
    loop {
        let page = history::timeline(db, tenant, customer, Show::All, before, PAGE).await?;
        entries.extend(page.entries);
        before = page.older;
        if before.is_none() {
            break;
        }
    }
    if account.is_none() && person.is_empty() && orders.is_empty() && coupons.is_empty() {
        return Ok(None);
    }
    Ok(Some(CustomerFile { customer: customer.clone(), at: now, person, account, entries, coupons, orders }))
}

impl CustomerFile {
    /// The file for programs.
    pub fn to_json(&self) -> Value {
        json!({
            "customerId": self.customer.as_str(),
            "exportedAt": self.at.to_contract(),
            "person": self.person.to_json(),
            "account": self.account.map(|(open, balance)| json!({ "open": open, "points": balance })),
            "entries": self.entries.iter().map(entry).collect::<Vec<_>>(),
            "coupons": self.coupons.iter().map(|coupon| coupon.to_json(self.at)).collect::<Vec<_>>(),
            "orders": self.orders.iter().map(order).collect::<Vec<_>>(),
        })
    }
}

/// Without who did it: that is no data of the customer.
fn entry(told: &Told) -> Value {
    let (entry, memo) = (&told.story.entry, &told.story.entry.memo);
    let details = memo.details.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    json!({
        "id": entry.entry_id.as_str(),
        "kind": entry.kind.as_str(),
        "points": entry.points,
        "pointsAfter": entry.balance_after,
        "recordedAt": entry.recorded_at.to_contract(),
        "availableFrom": entry.available_from.map(Timestamp::to_contract),
        "validUntil": entry.valid_until.map(Timestamp::to_contract),
        "siteCode": memo.site.as_ref().map(SiteCode::as_str),
        "reference": memo.reference,
        "description": memo.description,
        "reason": memo.reason,
        "privateNote": told.story.note,
        "redemptionId": memo.redemption,
        "details": details,
    })
}

fn order(order: &Order) -> Value {
    let snapshot = order.snapshot.as_ref();
    let returns: Vec<Value> = order
        .returns
        .iter()
        .map(|one| {
            let taken = one.applied.as_ref().map(|applied| applied.taken);
            json!({ "id": one.id.as_str(), "reportedAt": one.created_at.to_contract(), "points": taken })
        })
        .collect();
    json!({
        "orderId": order.id.as_str(),
        "siteCode": snapshot.map(|one| one.site.as_str()),
        "status": snapshot.map(|one| one.status.as_str()),
        "currency": snapshot.map(|one| one.currency.as_str()),
        "totals": snapshot.map(|one| one.totals.to_json()),
        "items": snapshot.map(|one| Item::list_to_json(&one.items)),
        "completedAt": snapshot.and_then(|one| one.completed_at).map(Timestamp::to_contract),
        "points": order.award.as_ref().map(|award| award.points),
        "returns": returns,
    })
}
