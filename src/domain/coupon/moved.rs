//! A coupon as another service tells of it, taken over with its uses.

use serde_json::{Map, Value};

use super::{Coupon, CouponDraft, CouponStatus, REDEMPTIONS_MAX};
use crate::domain::{code::CouponCode, ids::CustomerId, time::Timestamp};

/// A coupon that moves in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedCoupon {
    /// Its code.
    pub code: CouponCode,
    /// Everything that its maker decided.
    pub draft: CouponDraft,
    /// How often it was used there.
    pub uses: i64,
    /// Its version there, which clients may hold.
    pub version: i64,
    /// Whether a customer shares it.
    pub referral: bool,
    /// Whether it was deleted there.
    pub deleted: bool,
}

impl MovedCoupon {
    /// Reads a coupon as `GET /coupon/{tenant}/coupons` answers it.
    ///
    /// # Errors
    /// In words: what does not fit, or does not add up.
    pub fn read(map: &Map<String, Value>, now: Timestamp) -> Result<Self, String> {
        let code = map.get("code").and_then(Value::as_str).ok_or("code: give the coupon's code")?;
        let code = CouponCode::parse(code).map_err(|why| format!("code: {why}"))?;
        let draft = CouponDraft::from_json(map).map_err(|wrong| wrong.summary())?;
        let uses = whole(map, "redemptionCount")?;
        let version = CouponDraft::seen_version(map).map_err(|wrong| wrong.summary())?.unwrap_or_default();
        if version < 0 {
            return Err("metadata.version: give a number of 0 or more".to_owned());
        }
        let (referral, deleted) = (flag(map, "referralCoupon")?, flag(map, "deleted")?);
        if referral && draft.issued_to.is_none() {
            return Err("issuedTo: a referral coupon belongs to a customer".to_owned());
        }
        let max = draft.template.max_redemptions;
        if max >= 0 && uses > max {
            return Err(format!("redemptionCount is {uses}, but maxRedemptions is {max}"));
        }
        let moved = Self { code, draft, uses, version, referral, deleted };
        moved.check_status(map, now)?;
        Ok(moved)
    }

    /// The coupon as it is here.
    pub fn coupon(&self, now: Timestamp) -> Coupon {
        Coupon {
            code: self.code.to_string(),
            template: self.draft.template.clone(),
            issued_to: self.draft.issued_to.as_ref().map(CustomerId::to_string),
            redemption_id: None,
            referral: self.referral,
            redemption_count: self.uses,
            mixins: self.draft.mixins.clone(),
            mixin_links: self.draft.mixin_links.clone(),
            version: self.version,
            created_at: now,
            modified_at: now,
            deleted_at: self.deleted.then_some(now),
            imported_at: Some(now),
            uses_before: self.uses,
        }
    }

    /// The status is worked out here; the file's own may only be older than that, and never contradict it.
    fn check_status(&self, map: &Map<String, Value>, now: Timestamp) -> Result<(), String> {
        let Some(told) = map.get("status").filter(|told| !told.is_null()) else { return Ok(()) };
        let known = CouponStatus::ALL.into_iter().find(|status| told.as_str() == Some(status.as_str()));
        let told = known.ok_or("status: give one of VALID, INACTIVE, EXPIRED and USED")?;
        let (template, uses) = (&self.draft.template, self.uses);
        let (max, from, until) = (template.max_redemptions, template.valid_from, template.valid_until);
        let used_up = max >= 0 && uses >= max;
        let wrong = match told {
            CouponStatus::Used if !used_up => Some(match max {
                -1 => "status is USED, but the coupon has no limit".to_owned(),
                max => format!("status is USED, but it was used {uses} of {max} times"),
            }),
            CouponStatus::Valid if used_up => Some(format!("status is VALID, but it was used {uses} of {max} times")),
            CouponStatus::Valid if from.is_some_and(|from| now < from) => {
                Some("status is VALID, but validFrom lies ahead".to_owned())
            }
            CouponStatus::Expired if until.is_none_or(|until| now < until) => {
                Some("status is EXPIRED, but validUntil does not lie behind".to_owned())
            }
            CouponStatus::Inactive if from.is_none() => {
                Some("status is INACTIVE, but there is no validFrom".to_owned())
            }
            _ => None,
        };
        wrong.map_or(Ok(()), Err)
    }
}

fn whole(map: &Map<String, Value>, name: &str) -> Result<i64, String> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(0),
        Some(value) => value
            .as_i64()
            .filter(|number| (0..=REDEMPTIONS_MAX).contains(number))
            .ok_or_else(|| format!("{name}: give a whole number from 0 to {REDEMPTIONS_MAX}")),
    }
}

fn flag(map: &Map<String, Value>, name: &str) -> Result<bool, String> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(value) => value.as_bool().ok_or_else(|| format!("{name}: give true or false")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(more: Value) -> Result<MovedCoupon, String> {
        let mut coupon = json!({
            "code": "mw2023", "name": "Winter", "discountType": "PERCENT", "discountPercentage": 7,
            "maxRedemptions": 5, "redemptionCount": 2, "metadata": {"version": 3},
        });
        let Value::Object(more) = more else { panic!("give an object") };
        coupon.as_object_mut().unwrap().extend(more);
        MovedCoupon::read(coupon.as_object().unwrap(), Timestamp::parse("2027-01-15T12:00:00Z").unwrap())
    }

    #[test]
    fn uses_and_version_come_along() {
        let now = Timestamp::parse("2027-01-15T12:00:00Z").unwrap();
        let moved = read(json!({"status": "VALID"})).unwrap();
        assert_eq!((moved.code.as_str(), moved.uses, moved.version), ("MW2023", 2, 3));
        assert_eq!(moved.coupon(now).status(now), CouponStatus::Valid);
        let used = read(json!({"status": "USED", "redemptionCount": 5})).unwrap();
        assert_eq!(used.coupon(now).status(now), CouponStatus::Used);
    }

    #[test]
    fn a_status_may_be_of_yesterday_but_not_untrue() {
        let until = |at: &str| json!({"restrictions": {"validUntil": at}});
        let mut past = until("2027-01-15T12:00:00Z");
        for status in ["VALID", "EXPIRED"] {
            past["status"] = json!(status);
            assert!(read(past.clone()).is_ok(), "{status}");
        }
        assert!(read(json!({"status": "INACTIVE", "restrictions": {"validFrom": "2027-01-01T00:00:00Z"}})).is_ok());
        let mut ahead = until("2027-01-15T12:00:01Z");
        ahead["status"] = json!("EXPIRED");
        let late = json!({"status": "VALID", "restrictions": {"validFrom": "2027-01-16T00:00:00Z"}});
        for (wrong, reason) in [
            (ahead, "does not lie behind"),
            (late, "validFrom lies ahead"),
            (json!({"status": "USED"}), "2 of 5 times"),
            (json!({"status": "USED", "maxRedemptions": -1}), "no limit"),
            (json!({"status": "VALID", "redemptionCount": 5}), "5 of 5 times"),
            (json!({"status": "INACTIVE"}), "no validFrom"),
            (json!({"status": "valid"}), "give one of"),
            (json!({"redemptionCount": 6}), "maxRedemptions is 5"),
            (json!({"redemptionCount": -1}), "redemptionCount"),
            (json!({"redemptionCount": 1.5}), "redemptionCount"),
            (json!({"referralCoupon": true}), "issuedTo"),
            (json!({"deleted": "yes"}), "true or false"),
            (json!({"code": null}), "code"),
            (json!({"code": ".."}), "code"),
            (json!({"metadata": {"version": -1}}), "metadata.version"),
            (json!({"discountPercentage": 101}), "discountPercentage"),
        ] {
            let why = read(wrong.clone()).unwrap_err();
            assert!(why.contains(reason), "{wrong}: {why}");
        }
    }
}
