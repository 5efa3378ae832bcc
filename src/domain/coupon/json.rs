//! Coupons as the contract writes them.

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::{
    Calculation, CouponTemplate, DESCRIPTION_CHARS_MAX, Discount, NAME_CHARS_MAX, REDEMPTIONS_MAX, Restrictions, limit,
    number,
};
use crate::domain::{
    fields::Fields,
    invalid::{FieldErrors, Invalid},
    money::{Money, exact},
    time::Timestamp,
};

/// Which of the contract's two coupons is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wording {
    /// The coupon inside a redemption option: something off, in percent or money.
    Option,
    /// A coupon of the coupon service.
    Service,
}

impl Wording {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Option => "coupon.",
            Self::Service => "",
        }
    }

    const fn restrictions_prefix(self) -> &'static str {
        match self {
            Self::Option => "coupon.restrictions.",
            Self::Service => "restrictions.",
        }
    }
}

impl CouponTemplate {
    /// Reads the contract's JSON of a coupon inside a redemption option. Fields that only the service writes are
    /// tolerated and ignored.
    ///
    /// # Errors
    /// Every field that does not fit, named with `coupon.` before it.
    pub fn from_json(value: &Value) -> Result<Self, FieldErrors> {
        match value.as_object() {
            Some(map) => Self::read(map, Wording::Option),
            None => Err(FieldErrors::one("coupon", "Give an object with at least name and discountType.")),
        }
    }

    /// Reads a coupon.
    ///
    /// # Errors
    /// Every field that does not fit.
    pub fn read(map: &Map<String, Value>, wording: Wording) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let mut fields = Fields { map, prefix: wording.prefix(), errors: &mut errors };
        let given = fields.get("name").is_some();
        let name = fields.text("name", NAME_CHARS_MAX).filter(|name| !name.is_empty());
        if name.is_none() && (fields.errors.is_empty() || !given) {
            fields.error("name", "Give a name of 1 to 200 characters.");
        }
        let description = fields.text("description", DESCRIPTION_CHARS_MAX);
        let discount = Discount::read(&mut fields, wording);
        let calculation = fields.given("discountCalculationType", Calculation::parse).unwrap_or_default();
        let allow_anonymous = fields.bool("allowAnonymous").unwrap_or(false);
        let uses = |fields: &mut Fields<'_>, name: &str| {
            let uses = fields.integer(name, -1, REDEMPTIONS_MAX).unwrap_or(-1);
            limit(uses).unwrap_or_else(|error| {
                fields.error(name, error);
                -1
            })
        };
        let max_redemptions = uses(&mut fields, "maxRedemptions");
        let max_redemptions_per_customer = uses(&mut fields, "maxRedemptionsPerCustomer");
        let category_restricted = fields.bool("categoryRestricted").unwrap_or(false);
        let segment_restricted = fields.bool("segmentRestricted").unwrap_or(false);
        let (valid_from, valid_until, restrictions) = restrictions(map, wording, fields.errors);
        match (name, discount) {
            (Some(name), Some(discount)) if errors.is_empty() => Ok(Self {
                name,
                description,
                discount,
                calculation,
                allow_anonymous,
                max_redemptions,
                max_redemptions_per_customer,
                valid_from,
                valid_until,
                category_restricted,
                segment_restricted,
                restrictions,
            }),
            _ => Err(errors),
        }
    }

    /// What the fields of a coupon of the coupon service say together.
    ///
    /// # Errors
    /// Everything that contradicts itself.
    pub fn checked(self) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let restrictions = &self.restrictions;
        if self.allow_anonymous && !restrictions.valid_for.is_empty() {
            errors.add("restrictions.validFor", "Leave the customers out: guests may use this coupon.");
        }
        if self.allow_anonymous && self.max_redemptions_per_customer != -1 {
            errors.add(
                "maxRedemptionsPerCustomer",
                "Give -1: guests may use this coupon, and nobody can tell them apart.",
            );
        }
        let by_category = self.category_restricted;
        if self.segment_restricted && by_category {
            errors.add("segmentRestricted", "Restrict a coupon to categories or to segments, not to both.");
        }
        if self.segment_restricted && restrictions.segments.is_empty() {
            errors.add("restrictions.segments", "Name at least one segment, or set segmentRestricted to false.");
        }
        if !self.segment_restricted && !restrictions.segments.is_empty() {
            errors.add("restrictions.segments", "Set segmentRestricted to true to name segments.");
        }
        if by_category && restrictions.included_categories.is_empty() && restrictions.excluded_categories.is_empty() {
            errors.add(
                "restrictions.includedCategories",
                "Name at least one category, or set categoryRestricted to false.",
            );
        }
        for (field, ids) in [
            ("restrictions.includedCategories", &restrictions.included_categories),
            ("restrictions.excludedCategories", &restrictions.excluded_categories),
        ] {
            if !by_category && !ids.is_empty() {
                errors.add(field, "Set categoryRestricted to true to name categories.");
            }
        }
        if (by_category || self.segment_restricted) && !restrictions.valid_for.is_empty() {
            let message = "Restrict a coupon to customers, to categories or to segments, not to two of them.";
            errors.add("restrictions.validFor", message);
        }
        if self.discount == Discount::FreeShipping && by_category {
            errors.add("categoryRestricted", "Give false: shipping belongs to no category.");
        }
        if errors.is_empty() { Ok(self) } else { Err(errors) }
    }

    /// The contract's JSON of a coupon inside a redemption option, complete: storefronts read every field.
    pub fn to_json(&self) -> Value {
        let mut map = self.worth_json();
        if self.max_redemptions_per_customer == -1 {
            map.remove("maxRedemptionsPerCustomer");
        }
        let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
        if self.calculation != Calculation::default() {
            put("discountCalculationType", json!(self.calculation.as_str()));
        }
        for (name, set) in
            [("categoryRestricted", self.category_restricted), ("segmentRestricted", self.segment_restricted)]
        {
            if set {
                put(name, json!(true));
            }
        }
        let restrictions = self.restrictions_json();
        if !restrictions.is_empty() {
            put("restrictions", Value::Object(restrictions));
        }
        put("status", json!("VALID"));
        Value::Object(map)
    }

    /// Name, discount and limits.
    pub(super) fn worth_json(&self) -> Map<String, Value> {
        let mut map = Map::new();
        let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
        put("name", json!(self.name));
        if let Some(description) = &self.description {
            put("description", json!(description));
        }
        put("discountType", json!(self.discount.kind()));
        match &self.discount {
            Discount::Percent(percent) => {
                put("discountPercentage", number(*percent));
            }
            Discount::Absolute { amount, currency } => {
                put("discountAbsolute", Money { amount: *amount, currency: currency.clone() }.to_json());
            }
            Discount::FreeShipping => {}
        }
        put("allowAnonymous", json!(self.allow_anonymous));
        put("maxRedemptions", json!(self.max_redemptions));
        put("maxRedemptionsPerCustomer", json!(self.max_redemptions_per_customer));
        map
    }

    /// All restrictions in the contract's form.
    pub fn restrictions_json(&self) -> Map<String, Value> {
        let mut restrictions = self.restrictions.to_json();
        for (name, at) in [("validFrom", self.valid_from), ("validUntil", self.valid_until)] {
            if let Some(at) = at {
                restrictions.insert(name.to_owned(), json!(at.to_contract_z()));
            }
        }
        restrictions
    }
}

impl Discount {
    fn read(fields: &mut Fields<'_>, wording: Wording) -> Option<Self> {
        let service = wording == Wording::Service;
        match fields.get("discountType").map(Value::as_str) {
            Some(Some("PERCENT")) => {
                if fields.get("discountPercentage").is_none() {
                    fields.error("discountPercentage", "Give the percentage that a PERCENT coupon takes off.");
                }
                let percentage = |value: &Value| {
                    let above = if service { "from 0" } else { "above 0 and" };
                    let fits = |p: &Decimal| (service || *p > Decimal::ZERO) && *p <= Decimal::ONE_HUNDRED;
                    let message = format!("Give a percentage {above} up to 100, such as 10 or 12.5.");
                    exact(value).ok().filter(fits).ok_or_else(|| Invalid::new(message))
                };
                fields.parsed("discountPercentage", percentage).map(Self::Percent)
            }
            // The coupon service's default.
            Some(Some("ABSOLUTE")) => Self::read_absolute(fields, service),
            None if service => Self::read_absolute(fields, service),
            Some(Some("FREE_SHIPPING")) if service => Some(Self::FreeShipping),
            _ if service => {
                fields.error("discountType", "Choose PERCENT, ABSOLUTE or FREE_SHIPPING.");
                None
            }
            _ => {
                fields.error("discountType", "Choose PERCENT or ABSOLUTE.");
                None
            }
        }
    }

    fn read_absolute(fields: &mut Fields<'_>, service: bool) -> Option<Self> {
        if fields.get("discountAbsolute").is_none() {
            fields.error("discountAbsolute", "Give the amount and currency that an ABSOLUTE coupon takes off.");
        }
        let money = fields.parsed("discountAbsolute", |value| match Money::from_json(value)? {
            money if service || money.amount > Decimal::ZERO => Ok(money),
            _ => Err(Invalid::new("Give an amount above zero.")),
        });
        money.map(|Money { amount, currency }| Self::Absolute { amount, currency })
    }
}

fn restrictions(
    coupon: &Map<String, Value>,
    wording: Wording,
    errors: &mut FieldErrors,
) -> (Option<Timestamp>, Option<Timestamp>, Restrictions) {
    let empty = Map::new();
    let map = match coupon.get("restrictions") {
        None | Some(Value::Null) => &empty,
        Some(Value::Object(map)) => map,
        Some(_) => {
            errors.add(&format!("{}restrictions", wording.prefix()), "Give an object.");
            &empty
        }
    };
    let mut fields = Fields { map, prefix: wording.restrictions_prefix(), errors };
    let (from, until) = (fields.time("validFrom"), fields.time("validUntil"));
    if from.zip(until).is_some_and(|(from, until)| from >= until) {
        fields.error("validUntil", "Give a time after validFrom.");
    }
    (from, until, Restrictions::read(&mut fields))
}
