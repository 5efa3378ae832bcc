//! A coupon as it is kept, and what is sent to make or change one.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{CouponTemplate, json::Wording};
use crate::domain::{
    fields::Fields,
    ids::CustomerId,
    invalid::{FieldErrors, Invalid},
    merge_patch::merge,
    time::Timestamp,
};

/// Where the schemas of mixins are, by the mixin's name.
pub type MixinLinks = BTreeMap<String, String>;

/// Longest name or address of a mixin's schema, in characters.
const LINK_CHARS_MAX: usize = 2_000;

/// Everything of a coupon that its maker decides, but for the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponDraft {
    /// What it is worth, and when.
    pub template: CouponTemplate,
    /// Who had it issued.
    pub issued_to: Option<CustomerId>,
    /// What the shop keeps with it.
    pub mixins: Option<Map<String, Value>>,
    /// The schemas of that.
    pub mixin_links: MixinLinks,
}

/// A coupon as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coupon {
    /// Its code.
    pub code: String,
    /// What it is worth.
    pub template: CouponTemplate,
    /// Who had it issued.
    pub issued_to: Option<String>,
    /// The redemption it was bought with.
    pub redemption_id: Option<String>,
    /// Whether a customer shares it to win others.
    pub referral: bool,
    /// How often it was used.
    pub redemption_count: i64,
    /// What the shop keeps with it.
    pub mixins: Option<Map<String, Value>>,
    /// The schemas of that.
    pub mixin_links: MixinLinks,
    /// From 0, one more with every change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub modified_at: Timestamp,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was taken over from another service.
    pub imported_at: Option<Timestamp>,
    /// How often it was used there; part of `redemption_count`.
    pub uses_before: i64,
}

/// The state of a coupon, worked out when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouponStatus {
    /// Before its time.
    Inactive,
    /// Can be used.
    Valid,
    /// After its time.
    Expired,
    /// As often used as it may be.
    Used,
}

impl CouponStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Inactive, Self::Valid, Self::Expired, Self::Used];

    /// The contract's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inactive => "INACTIVE",
            Self::Valid => "VALID",
            Self::Expired => "EXPIRED",
            Self::Used => "USED",
        }
    }
}

impl CouponDraft {
    /// Reads what is sent to make a coupon, or to put another in its place. Fields that only the service writes are
    /// tolerated and ignored.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn from_json(map: &Map<String, Value>) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let template = CouponTemplate::read(map, Wording::Service).and_then(CouponTemplate::checked);
        let template = template.map_err(|found| errors.extend(found)).ok();
        let mut fields = Fields { map, prefix: "", errors: &mut errors };
        // The original's own examples send an empty text for nobody.
        let issued_to =
            fields.given("issuedTo", |id| if id.is_empty() { Ok(None) } else { CustomerId::parse(id).map(Some) });
        let mixins = fields.parsed("mixins", |value| {
            value.as_object().cloned().ok_or_else(|| Invalid::new("Give an object, with an object for each mixin."))
        });
        let mixin_links = fields.parsed("metadata", links).unwrap_or_default();
        match template {
            Some(template) if errors.is_empty() => {
                Ok(Self { template, issued_to: issued_to.flatten(), mixins, mixin_links })
            }
            _ => Err(errors),
        }
    }

    /// The version that a change was made from, if it tells.
    ///
    /// # Errors
    /// When it is no version.
    pub fn seen_version(map: &Map<String, Value>) -> Result<Option<i64>, FieldErrors> {
        let version = map.get("metadata").and_then(|metadata| metadata.get("version"));
        let Some(version) = version.filter(|version| !version.is_null()) else { return Ok(None) };
        let message = "Give the version that the coupon had when you read it.";
        version.as_i64().map(Some).ok_or_else(|| FieldErrors::one("metadata.version", message))
    }
}

fn links(metadata: &Value) -> Result<MixinLinks, Invalid> {
    let message = "Give an object with a version, and with the addresses of schemas by the names of mixins.";
    let metadata = metadata.as_object().ok_or_else(|| Invalid::new(message))?;
    let Some(links) = metadata.get("mixins").filter(|links| !links.is_null()) else { return Ok(MixinLinks::new()) };
    let links = links.as_object().ok_or_else(|| Invalid::new(message))?;
    let link = |(name, link): (&String, &Value)| {
        let link = link.as_str().filter(|link| link.chars().count() <= LINK_CHARS_MAX);
        Ok((name.clone(), link.ok_or_else(|| Invalid::new(message))?.to_owned()))
    };
    links.iter().map(link).collect()
}

impl Coupon {
    /// Its state at `now`.
    pub fn status(&self, now: Timestamp) -> CouponStatus {
        let template = &self.template;
        if template.valid_from.is_some_and(|from| now < from) {
            CouponStatus::Inactive
        } else if template.valid_until.is_some_and(|until| now >= until) {
            CouponStatus::Expired
        } else if template.max_redemptions >= 0 && self.redemption_count >= template.max_redemptions {
            CouponStatus::Used
        } else {
            CouponStatus::Valid
        }
    }

    /// Whether it stays with whom it was issued to, whatever is put in its place: bought with points, or shared.
    pub fn keeps_its_customer(&self) -> bool {
        self.referral || self.redemption_id.is_some()
    }

    /// The coupon service's JSON of it, complete.
    pub fn to_json(&self, now: Timestamp) -> Map<String, Value> {
        let template = &self.template;
        let mut map = template.worth_json();
        let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
        put("code", json!(self.code));
        put("status", json!(self.status(now).as_str()));
        put("discountCalculationType", json!(template.calculation.as_str()));
        put("categoryRestricted", json!(template.category_restricted));
        put("segmentRestricted", json!(template.segment_restricted));
        let mut restrictions = template.restrictions_json();
        restrictions.entry("validFor").or_insert_with(|| json!([]));
        put("restrictions", Value::Object(restrictions));
        if let Some(customer) = &self.issued_to {
            put("issuedTo", json!(customer));
        }
        put("redemptionCount", json!(self.redemption_count));
        put("referralCoupon", json!(self.referral));
        put("deleted", json!(self.deleted_at.is_some()));
        if let Some(mixins) = &self.mixins {
            put("mixins", json!(mixins));
        }
        put("metadata", json!({ "version": self.version, "mixins": self.mixin_links }));
        map
    }

    /// The same for a customer: without what concerns others.
    pub fn to_json_for(&self, customer: &CustomerId, now: Timestamp) -> Map<String, Value> {
        let mut map = self.to_json(now);
        if self.issued_to.as_deref() != Some(customer.as_str()) {
            map.shift_remove("issuedTo");
        }
        if let Some(Value::Array(ids)) = map.get_mut("restrictions").and_then(|all| all.get_mut("validFor")) {
            ids.retain(|id| id.as_str() == Some(customer.as_str()));
        }
        map
    }

    /// What would have to be sent to make a coupon such as this one is after the change `patch`.
    pub fn patched(&self, patch: &Map<String, Value>, now: Timestamp) -> Map<String, Value> {
        let mut map = self.to_json(now);
        // A restriction that is switched off needs no list, so the list goes with it.
        for (flag, lists) in [
            ("categoryRestricted", &["includedCategories", "excludedCategories"][..]),
            ("segmentRestricted", &["segments"][..]),
        ] {
            let off = patch.get(flag).is_some_and(|set| set == &Value::Bool(false) || set.is_null());
            let kept = map.get_mut("restrictions").and_then(Value::as_object_mut);
            if let (true, Some(restrictions)) = (off, kept) {
                for list in lists {
                    restrictions.shift_remove(*list);
                }
            }
        }
        merge(&mut map, patch);
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &Value) -> Result<CouponDraft, FieldErrors> {
        CouponDraft::from_json(value.as_object().unwrap())
    }

    /// What a shop sends that follows the original's tutorial: with both discounts, and with fields that are only
    /// ever answered.
    fn tutorial() -> Value {
        json!({
            "code": "ENG2OC0", "name": "Winter Sale 2022", "description": "", "discountType": "ABSOLUTE",
            "discountAbsolute": {"amount": 10, "currency": "EUR"}, "discountPercentage": 7,
            "allowAnonymous": false, "maxRedemptions": -1, "maxRedemptionsPerCustomer": -1,
            "categoryRestricted": false, "segmentRestricted": false,
            "restrictions": {
                "validFor": ["C1"], "validFrom": "2021-02-21T09:04:35.446Z", "validUntil": "2028-03-31T10:04:35.446Z",
                "minOrderValue": {"amount": 50, "currency": "EUR"}
            },
            "status": "VALID", "deleted": false, "issuedTo": "",
            "mixins": {"custom": {"provenance": "Winter Sale", "suggestedAmount": 50.25}},
            "metadata": {"version": 4, "mixins": {"custom": "https://example.com/schema.json"}}
        })
    }

    fn coupon(draft: CouponDraft) -> Coupon {
        Coupon {
            code: "ENG2OC0".to_owned(),
            template: draft.template,
            issued_to: draft.issued_to.map(|id| id.to_string()),
            redemption_id: None,
            referral: false,
            redemption_count: 3,
            mixins: draft.mixins,
            mixin_links: draft.mixin_links,
            version: 4,
            created_at: Timestamp::from_micros(0),
            modified_at: Timestamp::from_micros(0),
            deleted_at: None,
            imported_at: None,
            uses_before: 0,
        }
    }

    #[test]
    fn what_is_sent_comes_back() {
        let now = Timestamp::parse("2027-01-15T12:00:00Z").unwrap();
        let answered = coupon(read(&tutorial()).unwrap()).to_json(now);
        let mut expected = tutorial();
        let map = expected.as_object_mut().unwrap();
        map.remove("discountPercentage");
        map.remove("issuedTo");
        map.insert("discountCalculationType".to_owned(), json!("SUBTOTAL"));
        map.insert("referralCoupon".to_owned(), json!(false));
        map.insert("redemptionCount".to_owned(), json!(3));
        assert_eq!(Value::Object(answered), expected);
    }

    #[test]
    fn every_wrong_field_is_named() {
        for (path, value, field) in [
            ("/name", Value::Null, "name"),
            ("/name", json!(""), "name"),
            ("/name", json!("x".repeat(201)), "name"),
            ("/description", json!("a\u{0}b"), "description"),
            ("/discountType", json!("GIFT"), "discountType"),
            ("/discountType", json!(1), "discountType"),
            ("/discountType", json!("PERCENT"), "-"),
            ("/discountAbsolute", Value::Null, "discountAbsolute"),
            ("/discountAbsolute/amount", json!(-1), "discountAbsolute"),
            ("/discountAbsolute/currency", json!("EURO"), "discountAbsolute"),
            ("/allowAnonymous", json!("yes"), "allowAnonymous"),
            ("/allowAnonymous", json!(true), "restrictions.validFor"),
            ("/maxRedemptions", json!(0), "maxRedemptions"),
            ("/maxRedemptions", json!(-2), "maxRedemptions"),
            ("/maxRedemptions", json!(1.5), "maxRedemptions"),
            ("/maxRedemptionsPerCustomer", json!(0), "maxRedemptionsPerCustomer"),
            ("/categoryRestricted", json!(true), "restrictions.includedCategories"),
            ("/segmentRestricted", json!(true), "restrictions.segments"),
            ("/restrictions", json!([]), "restrictions"),
            ("/restrictions/validFor", json!("C1"), "restrictions.validFor"),
            ("/restrictions/validFor", json!([1]), "restrictions.validFor"),
            ("/restrictions/validFrom", json!("tomorrow"), "restrictions.validFrom"),
            ("/restrictions/validUntil", json!("2021-02-21T09:04:35.446Z"), "restrictions.validUntil"),
            ("/restrictions/minOrderValue", json!({"amount": 5}), "restrictions.minOrderValue"),
            ("/issuedTo", json!(5), "issuedTo"),
            ("/issuedTo", json!("a\nb"), "issuedTo"),
            ("/mixins", json!([]), "mixins"),
            ("/metadata", json!("v1"), "metadata"),
            ("/metadata/mixins", json!({"custom": 5}), "metadata"),
        ] {
            let mut body = tutorial();
            *body.pointer_mut(path).unwrap() = value.clone();
            match read(&body) {
                Ok(_) => assert_eq!(field, "-", "{path} = {value}"),
                Err(errors) => assert!(errors.iter().any(|(named, _)| named == field), "{path} = {value}: {errors}"),
            }
        }
    }

    #[test]
    fn restrictions_exclude_one_another() {
        let wrong = |more: Value| {
            let mut body = json!({"name": "n", "discountType": "FREE_SHIPPING"});
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            read(&body).map_or_else(|errors| errors.iter().map(|(field, _)| field.to_owned()).collect(), |_| Vec::new())
        };
        let segments = json!({"segmentRestricted": true, "restrictions": {"segments": ["s1"]}});
        assert!(wrong(segments).is_empty());
        let shipping = json!({"categoryRestricted": true, "restrictions": {"includedCategories": ["a"]}});
        assert_eq!(wrong(shipping), ["categoryRestricted"]);
        let percent = json!({"discountType": "PERCENT", "discountPercentage": 0, "categoryRestricted": true,
            "restrictions": {"includedCategories": ["a"], "excludedCategories": ["b", "b"]}});
        assert!(wrong(percent.clone()).is_empty());
        let mut both = percent.clone();
        both["restrictions"]["excludedCategories"] = json!(["a"]);
        assert_eq!(wrong(both), ["restrictions.excludedCategories"]);
        let mut bound = percent.clone();
        bound["restrictions"]["validFor"] = json!(["C1"]);
        assert_eq!(wrong(bound), ["restrictions.validFor"]);
        let mut mixed = percent;
        mixed["segmentRestricted"] = json!(true);
        mixed["restrictions"]["segments"] = json!(["s1"]);
        assert_eq!(wrong(mixed), ["segmentRestricted"]);
        assert_eq!(wrong(json!({"restrictions": {"segments": ["s1"]}})), ["restrictions.segments"]);
        assert_eq!(
            wrong(json!({"allowAnonymous": true, "maxRedemptionsPerCustomer": 1})),
            ["maxRedemptionsPerCustomer"]
        );
    }

    #[test]
    fn a_patch_changes_what_it_names() {
        let now = Timestamp::parse("2027-01-15T12:00:00Z").unwrap();
        let coupon = coupon(read(&tutorial()).unwrap());
        let patched = |patch: Value| CouponDraft::from_json(&coupon.patched(patch.as_object().unwrap(), now));
        assert_eq!(patched(json!({})).unwrap(), read(&tutorial()).unwrap());
        let changed = patched(json!({
            "name": "Spring", "restrictions": {"validUntil": null, "minOrderValue": {"amount": 20}},
            "mixins": {"custom": {"provenance": null}}, "issuedTo": "C9"
        }))
        .unwrap();
        assert_eq!((changed.template.name.as_str(), changed.template.valid_until), ("Spring", None));
        assert_eq!(changed.template.restrictions.to_json()["minOrderValue"], json!({"amount": 20, "currency": "EUR"}));
        assert_eq!(changed.template.restrictions.valid_for, ["C1"]);
        assert_eq!(json!(changed.mixins), json!({"custom": {"suggestedAmount": 50.25}}));
        assert_eq!(changed.issued_to.unwrap().as_str(), "C9");
        assert!(patched(json!({"name": null})).is_err());
        let percent = patched(json!({"discountType": "PERCENT"})).unwrap_err();
        assert_eq!(percent.iter().map(|(field, _)| field).collect::<Vec<_>>(), ["discountPercentage"]);
    }

    #[test]
    fn a_restriction_that_is_switched_off_takes_its_list_along() {
        let now = Timestamp::from_micros(0);
        let draft = read(&json!({"name": "n", "discountType": "PERCENT", "discountPercentage": 5,
            "segmentRestricted": true, "restrictions": {"segments": ["s1"]}}));
        let coupon = coupon(draft.unwrap());
        let off = coupon.patched(json!({"segmentRestricted": false}).as_object().unwrap(), now);
        assert!(CouponDraft::from_json(&off).unwrap().template.restrictions.segments.is_empty());
        let named = json!({"segmentRestricted": false, "restrictions": {"segments": ["s2"]}});
        assert!(CouponDraft::from_json(&coupon.patched(named.as_object().unwrap(), now)).is_err());
    }
}
