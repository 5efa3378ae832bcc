//! The settings of coupons and points of a site, as the platform keeps them: the mixin `couponSettings`.
//!
//! What is said there about points are the site's own settings and its earning rule; the rest is kept here.

use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde_json::{Map, Value, json};

use super::{
    coupon::number,
    invalid::{FieldErrors, Invalid},
    merge_patch::merge,
    money::exact,
    site::{EarningRule, Site},
    site_change::SiteChange,
};

/// Where the settings of points stand.
const POINTS: &str = "rewardpoints";
/// Longest text of the settings, in bytes.
const BYTES_MAX: usize = 16 * 1_024;
/// The most letters that a made code may have.
const LENGTH_MAX: i64 = 64;
/// What a referral coupon's code begins with when nothing is set.
const REFERRAL_PREFIX: &str = "REF";

/// What is kept of the settings beside the site: in the platform's form, without what the site itself says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CouponSettings(Map<String, Value>);

impl CouponSettings {
    /// Takes the settings as they are kept.
    pub fn new(kept: Map<String, Value>) -> Self {
        Self(kept)
    }

    /// As they are kept.
    pub fn kept(&self) -> &Map<String, Value> {
        &self.0
    }

    fn referral(&self, name: &str) -> Option<&Value> {
        self.0.get("referral").and_then(|referral| referral.get(name))
    }

    /// What the codes begin with that are made for coupons of the coupon service.
    pub fn code_prefix(&self) -> String {
        self.0.get("codePrefix").and_then(prefix_of).unwrap_or_default()
    }

    /// How many letters are made for a code.
    pub fn code_chars(&self) -> usize {
        let length = self.0.get("length").and_then(Value::as_i64).and_then(|length| length.to_usize());
        length.unwrap_or_default()
    }

    /// What the codes of referral coupons begin with.
    pub fn referral_prefix(&self) -> String {
        self.referral("codePrefix").and_then(prefix_of).unwrap_or_else(|| REFERRAL_PREFIX.to_owned())
    }

    /// What a referral coupon takes off; `None` when that is not set.
    pub fn referral_value(&self) -> Option<Decimal> {
        self.referral("value").and_then(|value| exact(value).ok()).filter(|value| *value > Decimal::ZERO)
    }

    /// The whole mixin.
    pub fn to_json(&self, site: &Site) -> Map<String, Value> {
        let mut map = self.0.clone();
        let points = map.entry(POINTS).or_insert_with(|| json!({}));
        if let Some(points) = points.as_object_mut() {
            points.insert("enabled".to_owned(), json!(site.rule.enabled));
            points.insert("orderValueToRewardPointsFactor".to_owned(), number(site.rule.factor));
            points.insert("validityInMonths".to_owned(), json!(site.rule.validity_months));
            points.insert("codePrefix".to_owned(), json!(site.coupon_prefix));
        }
        map
    }

    /// What a change of the mixin changes: of the site, and of what is kept beside it.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn patched(&self, patch: &Map<String, Value>) -> Result<(SiteChange, Self), FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut patch = patch.clone();
        let change = match patch.get_mut(POINTS) {
            None => SiteChange::default(),
            Some(Value::Object(points)) => points_change(points, &mut errors),
            Some(_) => {
                errors.add(POINTS, "Give an object.");
                SiteChange::default()
            }
        };
        let mut kept = self.0.clone();
        merge(&mut kept, &patch);
        check_kept(&kept, &mut errors);
        if errors.is_empty() { Ok((change, Self(kept))) } else { Err(errors) }
    }
}

fn prefix_of(value: &Value) -> Option<String> {
    value.as_str().and_then(|prefix| Site::prefix(prefix).ok())
}

/// Takes what concerns the site out of the settings of points.
fn points_change(points: &mut Map<String, Value>, errors: &mut FieldErrors) -> SiteChange {
    // Of two spellings that are both there, the first one counts.
    let mut take = |names: &[&str]| -> Option<(String, Value)> {
        let taken: Vec<_> = names
            .iter()
            .filter_map(|name| points.shift_remove(*name).map(|value| (format!("{POINTS}.{name}"), value)))
            .collect();
        taken.into_iter().next()
    };
    let (enabled, factor) = (take(&["enabled", "enable"]), take(&["orderValueToRewardPointsFactor"]));
    let (months, prefix) = (take(&["validityInMonths"]), take(&["codePrefix", "couponPrefix"]));
    let mut check = |field: &str, error: &str| errors.add(field, error);
    SiteChange {
        enabled: enabled.and_then(|(field, value)| {
            let enabled = value.as_bool();
            if enabled.is_none() {
                check(&field, "Give true or false.");
            }
            enabled
        }),
        factor: factor.and_then(|(field, value)| {
            let factor = exact(&value).and_then(|factor| EarningRule::factor(&factor.to_string()));
            factor.map_err(|error| check(&field, error.message())).ok()
        }),
        validity_months: months.and_then(|(field, value)| {
            let months = EarningRule::months(&value.as_i64().unwrap_or_default().to_string());
            months.map_err(|error| check(&field, error.message())).ok()
        }),
        coupon_prefix: prefix.and_then(|(field, value)| {
            let prefix = match &value {
                Value::Null => Ok(String::new()),
                Value::String(text) => Site::prefix(text),
                _ => Err(Invalid::new("Give a text.")),
            };
            prefix.map_err(|error| check(&field, error.message())).ok()
        }),
        ..SiteChange::default()
    }
}

fn check_kept(kept: &Map<String, Value>, errors: &mut FieldErrors) {
    if json!(kept).to_string().len() > BYTES_MAX {
        errors.add("couponSettings", format!("Give settings of at most {BYTES_MAX} bytes."));
    }
    let referral = kept.get("referral");
    let referral = match referral {
        Some(Value::Object(referral)) => Some(referral),
        Some(_) => {
            errors.add("referral", "Give an object.");
            None
        }
        None => None,
    };
    for (field, prefix) in [
        ("codePrefix", kept.get("codePrefix")),
        ("referral.codePrefix", referral.and_then(|referral| referral.get("codePrefix"))),
    ] {
        if let Some(prefix) = prefix {
            errors.check(field, prefix.as_str().ok_or_else(|| Invalid::new("Give a text.")).and_then(Site::prefix));
        }
    }
    let length = kept.get("length").map(Value::as_i64);
    if length.is_some_and(|length| length.is_none_or(|length| !(1..=LENGTH_MAX).contains(&length))) {
        errors.add("length", format!("Give a whole number from 1 to {LENGTH_MAX}. Codes have 13 letters at least."));
    }
    if let Some(value) = referral.and_then(|referral| referral.get("value")) {
        let value = exact(value).ok().filter(|value| *value > Decimal::ZERO);
        errors.check("referral.value", value.ok_or_else(|| Invalid::new("Give an amount above zero, such as 5.")));
    }
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;

    use super::*;
    use crate::domain::{ids::SiteCode, money::Currency, time::Timestamp};

    fn site() -> Site {
        let currency = Currency::parse("EUR").unwrap();
        Site::initial(SiteCode::main(), "Shop", Tz::Europe__Berlin, currency, Timestamp::from_micros(0))
    }

    fn patched(patch: &Value) -> Result<(Value, CouponSettings), FieldErrors> {
        let (change, settings) = CouponSettings::default().patched(patch.as_object().unwrap())?;
        Ok((Value::Object(settings.to_json(&change.apply(&site()))), settings))
    }

    #[test]
    fn both_spellings_are_read_and_the_latter_is_written() {
        let expected = json!({
            "enabled": false, "orderValueToRewardPointsFactor": 0.5, "validityInMonths": 24, "codePrefix": "ACM",
        });
        for (enabled, prefix) in [("enable", "couponPrefix"), ("enabled", "codePrefix")] {
            let (json, settings) = patched(&json!({"rewardpoints": {
                enabled: false, "orderValueToRewardPointsFactor": 0.5, "validityInMonths": 24, prefix: "acm",
            }}))
            .unwrap();
            assert_eq!(json, json!({"rewardpoints": expected}));
            assert_eq!(settings.code_prefix(), "", "the prefix of points is not that of the coupon service");
        }
    }

    #[test]
    fn what_the_platform_keeps_besides_is_kept() {
        let body = json!({
            "codePrefix": "xyz", "length": 3, "sendReferralCoupon": true, "active": true,
            "referral": {"codePrefix": "REF2", "value": 7.5, "redemptionCodeValue": 5},
            "metadata": {"schema": "https://example.com/v4"}, "rewardpoints": {"future": [1]},
        });
        let (json, settings) = patched(&body).unwrap();
        assert_eq!((settings.code_prefix().as_str(), settings.code_chars()), ("XYZ", 3));
        assert_eq!(
            (settings.referral_prefix().as_str(), settings.referral_value()),
            ("REF2", Some(Decimal::new(75, 1)))
        );
        assert_eq!(json["metadata"], body["metadata"]);
        assert_eq!(json["rewardpoints"]["future"], json!([1]));
        assert_eq!(json["rewardpoints"]["enabled"], json!(true), "of the site");
        let off = json!({"referral": null, "length": null});
        let (_, settings) = settings.patched(off.as_object().unwrap()).unwrap();
        assert_eq!((settings.referral_prefix().as_str(), settings.referral_value()), ("REF", None));
        assert_eq!((settings.code_prefix().as_str(), settings.code_chars()), ("XYZ", 0));
    }

    #[test]
    fn every_wrong_field_is_named() {
        for (patch, field) in [
            (json!({"rewardpoints": []}), "rewardpoints"),
            (json!({"rewardpoints": {"enabled": "yes"}}), "rewardpoints.enabled"),
            (json!({"rewardpoints": {"enable": null}}), "rewardpoints.enable"),
            (
                json!({"rewardpoints": {"orderValueToRewardPointsFactor": -1}}),
                "rewardpoints.orderValueToRewardPointsFactor",
            ),
            (json!({"rewardpoints": {"validityInMonths": 0}}), "rewardpoints.validityInMonths"),
            (json!({"rewardpoints": {"validityInMonths": 1.5}}), "rewardpoints.validityInMonths"),
            (json!({"rewardpoints": {"couponPrefix": "A-B"}}), "rewardpoints.couponPrefix"),
            (json!({"codePrefix": 5}), "codePrefix"),
            (json!({"length": 65}), "length"),
            (json!({"length": "5"}), "length"),
            (json!({"referral": 5}), "referral"),
            (json!({"referral": {"codePrefix": "-"}}), "referral.codePrefix"),
            (json!({"referral": {"value": 0}}), "referral.value"),
            (json!({"notes": "x".repeat(20_000)}), "couponSettings"),
        ] {
            let errors = patched(&patch).unwrap_err();
            assert_eq!(errors.iter().map(|(field, _)| field).collect::<Vec<_>>(), [field], "{patch}");
        }
    }
}
