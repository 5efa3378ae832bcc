//! Events: what the shop's programs are told of.

use std::fmt;

use serde_json::{Map, Value, json};

use super::{
    coupon::{Coupon, CouponRedemption, IssuedCoupon},
    ids::{CustomerId, EntryId, SiteCode, TenantId},
    invalid::Invalid,
    ledger::{
        Account,
        entry::{Entry, EntryKind},
    },
    time::Timestamp,
};

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// Points were earned, added or given back.
    PointsAdded,
    /// Points were removed or taken back, or went with the account.
    PointsRemoved,
    /// Points were exchanged.
    PointsRedeemed,
    /// Points reached their end.
    PointsExpired,
    /// Points will reach their end soon.
    PointsExpiring,
    /// A coupon was issued for points.
    CouponIssued,
    /// A coupon was used at checkout.
    CouponRedeemed,
    /// A customer's personal data was erased.
    CustomerErased,
    /// Nothing happened: somebody tries an endpoint.
    Test,
}

impl EventType {
    /// What an endpoint can ask for.
    pub const ALL: [Self; 8] = [
        Self::PointsAdded,
        Self::PointsRemoved,
        Self::PointsRedeemed,
        Self::PointsExpired,
        Self::PointsExpiring,
        Self::CouponIssued,
        Self::CouponRedeemed,
        Self::CustomerErased,
    ];

    /// The type's name, as it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PointsAdded => "points.added",
            Self::PointsRemoved => "points.removed",
            Self::PointsRedeemed => "points.redeemed",
            Self::PointsExpired => "points.expired",
            Self::PointsExpiring => "points.expiring",
            Self::CouponIssued => "coupon.issued",
            Self::CouponRedeemed => "coupon.redeemed",
            Self::CustomerErased => "customer.erased",
            Self::Test => "webhook.test",
        }
    }

    /// Takes the name of a type.
    ///
    /// # Errors
    /// When there is no such type.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .chain([Self::Test])
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| Invalid::new(format!("`{text}` is no type of event.")))
    }

    /// What an entry of this kind is told as.
    pub const fn of_entry(kind: EntryKind) -> Self {
        match kind {
            EntryKind::Earned | EntryKind::Added | EntryKind::GivenBack => Self::PointsAdded,
            EntryKind::Removed | EntryKind::TakenBack | EntryKind::Closed => Self::PointsRemoved,
            EntryKind::Redeemed => Self::PointsRedeemed,
            EntryKind::Expired => Self::PointsExpired,
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Whose.
    pub tenant: TenantId,
    /// What.
    pub event_type: EventType,
    /// When.
    pub at: Timestamp,
    /// What is told of it.
    pub data: Map<String, Value>,
}

/// Points of a lot that end soon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    /// Whose.
    pub customer: CustomerId,
    /// The newest entry of the account.
    pub sequence: i64,
    /// What can be spent.
    pub balance: i64,
    /// What is left of the lot.
    pub points: i64,
    /// The entry with which the lot began.
    pub entry_id: EntryId,
    /// When they end.
    pub valid_until: Timestamp,
    /// The notice: so many days before the end, or fewer.
    pub days: i64,
}

impl Event {
    fn new(tenant: &TenantId, event_type: EventType, at: Timestamp, data: &Value) -> Self {
        let mut all = Map::new();
        all.insert("tenant".to_owned(), json!(tenant.as_str()));
        all.extend(data.as_object().cloned().unwrap_or_default());
        Self { tenant: tenant.clone(), event_type, at, data: all }
    }

    /// A line of the ledger.
    pub fn of_entry(account: &Account, entry: &Entry) -> Self {
        let memo = &entry.memo;
        let data = json!({
            "customerId": account.customer.as_str(),
            "sequence": entry.seq,
            "balance": entry.balance_after,
            "points": entry.points,
            "entryId": entry.entry_id.as_str(),
            "kind": entry.kind.as_str(),
            "siteCode": memo.site.as_ref().map(SiteCode::as_str),
            "reference": memo.reference,
            "description": memo.description,
            "reason": memo.reason,
            "availableFrom": entry.available_from.map(Timestamp::to_contract),
            "validUntil": entry.valid_until.map(Timestamp::to_contract),
            "redemptionId": memo.redemption,
            "mends": memo.mends.as_ref().map(EntryId::as_str),
        });
        Self::new(&account.tenant, EventType::of_entry(entry.kind), entry.recorded_at, &data)
    }

    /// A coupon that was issued with a line of the ledger.
    pub fn of_issue(account: &Account, entry: &Entry, option: &str, coupon: &IssuedCoupon) -> Self {
        let data = json!({
            "customerId": account.customer.as_str(),
            "sequence": entry.seq,
            "balance": entry.balance_after,
            "points": entry.points,
            "entryId": entry.entry_id.as_str(),
            "siteCode": entry.memo.site.as_ref().map(SiteCode::as_str),
            "redemptionId": coupon.redemption_id,
            "optionId": option,
            "code": coupon.code,
            "coupon": coupon.template.to_json(),
        });
        Self::new(&account.tenant, EventType::CouponIssued, entry.recorded_at, &data)
    }

    /// A use of a coupon at checkout. `account` holds the sequence and the balance of the customer who used it, if
    /// the customer has an account.
    pub fn of_use(tenant: &TenantId, coupon: &Coupon, used: &CouponRedemption, account: Option<(i64, i64)>) -> Self {
        let data = json!({
            "customerId": used.used.customer.as_ref().map(CustomerId::as_str),
            "sequence": account.map(|(sequence, _)| sequence),
            "balance": account.map(|(_, balance)| balance),
            "code": coupon.code,
            "couponRedemptionId": used.id,
            "redemptionCount": coupon.redemption_count + 1,
            "redemptionId": coupon.redemption_id,
            "orderCode": used.used.order_code,
            "legalEntityId": used.used.legal_entity_id,
            "orderTotal": used.used.order_total.to_json(),
            "discount": used.used.discount.to_json(),
        });
        Self::new(tenant, EventType::CouponRedeemed, used.redeemed_at, &data)
    }

    /// Points that end soon.
    pub fn of_expiring(tenant: &TenantId, soon: &Expiring, now: Timestamp) -> Self {
        let data = json!({
            "customerId": soon.customer.as_str(),
            "sequence": soon.sequence,
            "balance": soon.balance,
            "points": soon.points,
            "entryId": soon.entry_id.as_str(),
            "validUntil": soon.valid_until.to_contract(),
            "days": soon.days,
        });
        Self::new(tenant, EventType::PointsExpiring, now, &data)
    }

    /// A customer's personal data was erased. `account` holds the sequence and the balance of an open account.
    pub fn of_erasure(tenant: &TenantId, customer: &CustomerId, account: Option<(i64, i64)>, now: Timestamp) -> Self {
        let data = json!({
            "customerId": customer.as_str(),
            "sequence": account.map(|(sequence, _)| sequence),
            "balance": account.map(|(_, balance)| balance),
        });
        Self::new(tenant, EventType::CustomerErased, now, &data)
    }

    /// Somebody tries an endpoint.
    pub fn of_test(tenant: &TenantId, endpoint_id: &str, now: Timestamp) -> Self {
        Self::new(tenant, EventType::Test, now, &json!({ "endpointId": endpoint_id }))
    }

    /// The body that is sent.
    pub fn body(&self) -> String {
        let (event_type, at) = (self.event_type.as_str(), self.at.to_contract());
        json!({ "type": event_type, "timestamp": at, "data": self.data }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_name_of_its_own() {
        for kind in EventType::ALL {
            assert_eq!(EventType::parse(kind.as_str()).unwrap(), kind);
        }
        assert_eq!(EventType::parse("webhook.test").unwrap(), EventType::Test);
        assert!(EventType::parse("points.lost").is_err());
    }

    #[test]
    fn every_kind_of_entry_is_told_of() {
        for (kind, event) in [
            (EntryKind::Earned, "points.added"),
            (EntryKind::Added, "points.added"),
            (EntryKind::GivenBack, "points.added"),
            (EntryKind::Removed, "points.removed"),
            (EntryKind::TakenBack, "points.removed"),
            (EntryKind::Closed, "points.removed"),
            (EntryKind::Redeemed, "points.redeemed"),
            (EntryKind::Expired, "points.expired"),
        ] {
            assert_eq!(EventType::of_entry(kind).as_str(), event);
        }
    }

    #[test]
    fn the_body_begins_with_type_and_time() {
        let tenant = TenantId::parse("acme").unwrap();
        let event = Event::of_test(&tenant, "e1", Timestamp::from_micros(1_800_000_000_000_000));
        assert_eq!(
            event.body(),
            r#"{"type":"webhook.test","timestamp":"2027-01-15T08:00:00.000+00:00","data":{"tenant":"acme","endpointId":"e1"}}"#
        );
    }
}
