//! Redemption options: what N points buy.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{
    coupon::{CouponTemplate, DESCRIPTION_CHARS_MAX, IssuedCoupon, NAME_CHARS_MAX},
    fields::Fields,
    ids::{CustomerId, SiteCode},
    invalid::FieldErrors,
    points::Points,
    returned_coupon::WhenReturned,
    time::Timestamp,
};
use crate::texts::t;

/// The fields of an option's JSON that the contract does not have.
const BEYOND_THE_CONTRACT: [&str; 10] = [
    "active",
    "activeFrom",
    "activeUntil",
    "stock",
    "maxPerCustomer",
    "sites",
    "couponLifetimeDays",
    "boundToCustomer",
    "whenOrderReturned",
    "names",
];

/// Name and description in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalName {
    /// What people read.
    pub name: String,
    /// More to read.
    #[serde(default)]
    pub description: String,
}

/// What can be set of an option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionDraft {
    /// What customers read.
    pub name: String,
    /// More to read.
    pub description: String,
    /// What it costs.
    pub points: Points,
    /// Kept and shown for clients that use it.
    pub points_after_coupon: Option<i64>,
    /// What the coupon is worth.
    pub coupon: CouponTemplate,
    /// Whether it can be had.
    pub active: bool,
    /// From when it can be had.
    pub active_from: Option<Timestamp>,
    /// Up to when it can be had.
    pub active_until: Option<Timestamp>,
    /// How often it can be had in all.
    pub stock: Option<i64>,
    /// How often one customer can have it.
    pub per_customer: Option<i64>,
    /// On which sites; empty for all.
    pub sites: Vec<SiteCode>,
    /// Days that its coupons are valid.
    pub coupon_lifetime_days: Option<i64>,
    /// Whether only the customer who paid may use the coupon.
    pub bound_to_customer: bool,
    /// What becomes of the points when an order comes back that was paid with one of its coupons.
    pub when_returned: WhenReturned,
    /// Names by language (`de`, `fr-CH`).
    pub names: BTreeMap<String, LocalName>,
}

/// A redemption option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedeemOption {
    /// Its id.
    pub id: String,
    /// Its place in the list.
    pub position: i64,
    /// From 1, one more with every change.
    pub version: i64,
    /// How often it was had.
    pub redeemed: i64,
    /// What was set.
    pub draft: OptionDraft,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub modified_at: Timestamp,
    /// When it was deleted; it keeps its history.
    pub archived_at: Option<Timestamp>,
}

impl OptionDraft {
    /// Reads the contract's JSON of a redemption option, with the optional fields beyond it.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let coupon = match map.get("coupon") {
            None | Some(Value::Null) => {
                errors.add("coupon", t!("invalid-option-coupon"));
                None
            }
            Some(coupon) => match CouponTemplate::from_json(coupon) {
                Ok(coupon) => Some(coupon),
                Err(found) => {
                    found.iter().for_each(|(field, message)| errors.add(field, message));
                    None
                }
            },
        };
        let mut fields = Fields { map, prefix: "", errors: &mut errors };
        if fields.get("type").and_then(Value::as_str) != Some("coupon") {
            fields.error("type", "Give `coupon`: options buy coupons.");
        }
        let name = fields.text("name", NAME_CHARS_MAX).filter(|name| !name.is_empty());
        if name.is_none() {
            fields.error("name", t!("invalid-option-name"));
        }
        let points = fields.integer("points", 1, Points::MAX).and_then(|points| Points::new(points).ok());
        if points.is_none() && fields.get("points").is_none() {
            fields.error("points", t!("invalid-points"));
        }
        let draft = Self {
            name: name.unwrap_or_default(),
            description: fields.text("description", DESCRIPTION_CHARS_MAX).unwrap_or_default(),
            points_after_coupon: fields.integer("pointsAfterCoupon", 0, Points::BALANCE_MAX),
            active: fields.bool("active").unwrap_or(true),
            active_from: fields.time("activeFrom"),
            active_until: fields.time("activeUntil"),
            stock: fields.integer("stock", 0, 1_000_000_000),
            per_customer: fields.integer("maxPerCustomer", 1, 1_000_000),
            sites: Self::sites(&mut fields),
            coupon_lifetime_days: fields.integer("couponLifetimeDays", 1, 36_500),
            bound_to_customer: fields.bool("boundToCustomer").unwrap_or(false),
            when_returned: fields.given("whenOrderReturned", WhenReturned::parse).unwrap_or_default(),
            names: Self::names(&mut fields),
            // Replaced below; an option without one of these has an error.
            points: points.unwrap_or(Points::ONE),
            coupon: match coupon {
                Some(coupon) => coupon,
                None => return Err(errors),
            },
        };
        draft.checked(errors)
    }

    /// The same for a change of `present`. A client that knows only the plain contract leaves out the fields beyond
    /// it; they stay as they are. `null` takes one away.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn from_json_over(map: &Map<String, Value>, present: &RedeemOption) -> Result<Self, FieldErrors> {
        let (mut merged, present) = (map.clone(), present.to_json());
        for name in BEYOND_THE_CONTRACT {
            if let (None, Some(value)) = (map.get(name), present.get(name)) {
                merged.insert(name.to_owned(), value.clone());
            }
        }
        Self::from_json(&merged)
    }

    /// The draft, when neither `errors` nor what its fields say together speak against it.
    ///
    /// # Errors
    /// Everything that does.
    pub fn checked(self, mut errors: FieldErrors) -> Result<Self, FieldErrors> {
        if self.active_from.zip(self.active_until).is_some_and(|(from, until)| from >= until) {
            errors.add("activeUntil", t!("invalid-option-until"));
        }
        if self.bound_to_customer && self.coupon.allow_anonymous {
            errors.add("boundToCustomer", t!("invalid-option-guests"));
        }
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }

    fn sites(fields: &mut Fields<'_>) -> Vec<SiteCode> {
        let codes = fields.parsed("sites", |value| {
            let codes = value.as_array().ok_or_else(|| super::invalid::Invalid::new(t!("invalid-option-sites")))?;
            codes.iter().map(|code| SiteCode::parse(code.as_str().unwrap_or_default())).collect::<Result<Vec<_>, _>>()
        });
        codes.unwrap_or_default()
    }

    fn names(fields: &mut Fields<'_>) -> BTreeMap<String, LocalName> {
        let names = fields.parsed("names", |value| {
            let message = "Give names by language, such as {\"de\": {\"name\": \"5 € Gutschein\"}}.";
            let names: BTreeMap<String, LocalName> =
                serde_json::from_value(value.clone()).map_err(|_other_shape| super::invalid::Invalid::new(message))?;
            let language =
                |l: &str| (2..=8).contains(&l.len()) && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            let fits = names.iter().all(|(l, n)| {
                let short =
                    n.name.chars().count() <= NAME_CHARS_MAX && n.description.chars().count() <= DESCRIPTION_CHARS_MAX;
                language(l) && !n.name.trim().is_empty() && short
            });
            if fits { Ok(names) } else { Err(super::invalid::Invalid::new(message)) }
        });
        names.unwrap_or_default()
    }
}

impl RedeemOption {
    /// Whether it can be had at `now`, but for stock and limits per customer.
    pub fn is_offered(&self, now: Timestamp) -> bool {
        self.archived_at.is_none()
            && self.draft.active
            && self.draft.active_from.is_none_or(|from| from <= now)
            && self.draft.active_until.is_none_or(|until| now < until)
    }

    /// Whether it will be offered, but is not at `now`.
    pub fn comes_later(&self, now: Timestamp) -> bool {
        self.archived_at.is_none() && self.draft.active && self.draft.active_from.is_some_and(|from| now < from)
    }

    /// Whether it can be had on this site.
    pub fn is_on(&self, site: &SiteCode) -> bool {
        self.draft.sites.is_empty() || self.draft.sites.contains(site)
    }

    /// How many are left; `None` without a stock.
    pub fn left(&self) -> Option<i64> {
        self.draft.stock.map(|stock| (stock - self.redeemed).max(0))
    }

    /// The coupon that `customer` gets for the points at `now`.
    pub fn issue(&self, code: String, redemption_id: String, customer: &CustomerId, now: Timestamp) -> IssuedCoupon {
        let mut template = self.draft.coupon.clone();
        if let Some(days) = self.draft.coupon_lifetime_days {
            let end = now.plus_secs(days.saturating_mul(86_400));
            template.valid_until = Some(template.valid_until.map_or(end, |until| until.min(end)));
        }
        if self.draft.bound_to_customer {
            template.allow_anonymous = false;
            template.restrictions.valid_for = vec![customer.as_str().to_owned()];
        }
        IssuedCoupon { code, template, issued_to: customer.clone(), redemption_id }
    }

    /// The contract's JSON, with the optional fields beyond it where they are set.
    pub fn to_json(&self) -> Value {
        let draft = &self.draft;
        let mut map = Map::new();
        let mut put = |name: &str, value: Value| {
            map.insert(name.to_owned(), value);
        };
        put("id", json!(self.id));
        put("type", json!("coupon"));
        put("name", json!(draft.name));
        put("description", json!(draft.description));
        put("points", json!(draft.points.get()));
        put("coupon", draft.coupon.to_json());
        let optional = [
            ("pointsAfterCoupon", draft.points_after_coupon.map(|n| json!(n))),
            ("active", (!draft.active).then(|| json!(false))),
            ("activeFrom", draft.active_from.map(|at| json!(at.to_contract_z()))),
            ("activeUntil", draft.active_until.map(|at| json!(at.to_contract_z()))),
            ("stock", draft.stock.map(|n| json!(n))),
            ("stockLeft", self.left().map(|n| json!(n))),
            ("maxPerCustomer", draft.per_customer.map(|n| json!(n))),
            (
                "sites",
                (!draft.sites.is_empty()).then(|| json!(draft.sites.iter().map(SiteCode::as_str).collect::<Vec<_>>())),
            ),
            ("couponLifetimeDays", draft.coupon_lifetime_days.map(|n| json!(n))),
            ("boundToCustomer", draft.bound_to_customer.then(|| json!(true))),
            (
                "whenOrderReturned",
                (draft.when_returned != WhenReturned::Ask).then(|| json!(draft.when_returned.as_str())),
            ),
            ("names", (!draft.names.is_empty()).then(|| json!(draft.names))),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                put(name, value);
            }
        }
        let metadata = json!({
            "version": self.version,
            "createdAt": self.created_at.to_contract_z(),
            "modifiedAt": self.modified_at.to_contract_z(),
        });
        put("metadata", metadata);
        Value::Object(map)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        json!({
            "type": "coupon", "name": "10 Euro Gutschein", "description": "Für 90 Punkte", "points": 90,
            "coupon": {
                "name": "Gutschein über 10 Euro", "discountType": "ABSOLUTE",
                "discountAbsolute": { "amount": 10, "currency": "EUR" },
                "allowAnonymous": true, "maxRedemptions": 1, "status": "VALID"
            }
        })
    }

    fn parse(value: &Value) -> Result<OptionDraft, FieldErrors> {
        OptionDraft::from_json(value.as_object().unwrap())
    }

    #[test]
    fn the_contracts_sample_comes_back_as_it_was() {
        let draft = parse(&sample()).unwrap();
        let at = Timestamp::parse("2023-07-25T13:28:25.960Z").unwrap();
        let option = RedeemOption {
            id: "o1".to_owned(),
            position: 0,
            version: 1,
            redeemed: 0,
            draft,
            created_at: at,
            modified_at: at,
            archived_at: None,
        };
        let mut expected = sample();
        let map = expected.as_object_mut().unwrap();
        map.insert("id".to_owned(), json!("o1"));
        map.insert(
            "metadata".to_owned(),
            json!({"version": 1, "createdAt": "2023-07-25T13:28:25.960Z", "modifiedAt": "2023-07-25T13:28:25.960Z"}),
        );
        assert_eq!(option.to_json(), expected);
    }

    #[test]
    fn every_wrong_field_is_named() {
        let wrong = [
            ("/points", json!(0), "points"),
            ("/points", json!(1.5), "points"),
            ("/points", json!("90"), "points"),
            ("/points", Value::Null, "points"),
            ("/type", json!("gift"), "type"),
            ("/name", json!(""), "name"),
            ("/name", json!("a\u{0}b"), "name"),
            ("/coupon/discountType", json!("FREE_SHIPPING"), "coupon.discountType"),
            ("/coupon/discountAbsolute", Value::Null, "coupon.discountAbsolute"),
            ("/coupon/discountAbsolute/amount", json!(0), "coupon.discountAbsolute"),
            ("/coupon/discountAbsolute/currency", json!("XYZ"), "coupon.discountAbsolute"),
            ("/coupon/name", Value::Null, "coupon.name"),
            ("/coupon/maxRedemptions", json!(0), "coupon.maxRedemptions"),
            ("/coupon", json!([]), "coupon"),
            ("/coupon", Value::Null, "coupon"),
        ];
        for (path, value, field) in wrong {
            let mut option = sample();
            *option.pointer_mut(path).unwrap() = value.clone();
            let errors = parse(&option).unwrap_err();
            assert!(errors.iter().any(|(named, _)| named == field), "{path} = {value}: {errors}");
        }
    }

    #[test]
    fn what_the_contract_does_not_have_stays_when_it_is_left_out() {
        let at = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let mut full = sample();
        full["stock"] = json!(5);
        full["active"] = json!(false);
        full["names"] = json!({"de": {"name": "Zehner", "description": ""}});
        full["pointsAfterCoupon"] = json!(3);
        let option = RedeemOption {
            id: "o1".to_owned(),
            position: 0,
            version: 1,
            redeemed: 0,
            draft: parse(&full).unwrap(),
            created_at: at,
            modified_at: at,
            archived_at: None,
        };
        let mut plain = sample();
        plain["name"] = json!("New");
        let draft = OptionDraft::from_json_over(plain.as_object().unwrap(), &option).unwrap();
        assert_eq!((draft.name.as_str(), draft.stock, draft.active, draft.names.len()), ("New", Some(5), false, 1));
        assert_eq!(draft.points_after_coupon, None, "the contract's own fields are replaced");
        plain["stock"] = Value::Null;
        plain["active"] = json!(true);
        let draft = OptionDraft::from_json_over(plain.as_object().unwrap(), &option).unwrap();
        assert_eq!((draft.stock, draft.active, draft.names.len()), (None, true, 1));
    }

    #[test]
    fn a_bound_coupon_is_for_its_customer_alone_and_lives_so_long() {
        let mut value = sample();
        value["boundToCustomer"] = json!(true);
        assert!(parse(&value).is_err(), "guests may use it");
        value["coupon"]["allowAnonymous"] = json!(false);
        value["couponLifetimeDays"] = json!(30);
        let at = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        let option = RedeemOption {
            id: "o1".to_owned(),
            position: 0,
            version: 1,
            redeemed: 0,
            draft: parse(&value).unwrap(),
            created_at: at,
            modified_at: at,
            archived_at: None,
        };
        let customer = CustomerId::parse("C1").unwrap();
        let coupon = option.issue("ACM-1".to_owned(), "r1".to_owned(), &customer, at);
        assert_eq!(coupon.template.restrictions_json()["validFor"], json!(["C1"]));
        assert_eq!(coupon.template.valid_until, Some(at.plus_secs(30 * 86_400)));
    }
}
