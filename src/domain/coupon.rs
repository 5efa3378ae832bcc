//! Coupons: what a code is worth, and to whom.

use rust_decimal::Decimal;
use serde_json::{Map, Number, Value, json};

use super::{
    fields::Fields,
    ids::CustomerId,
    invalid::{FieldErrors, Invalid},
    money::{Currency, decimal},
    text::{self, Lines},
    time::Timestamp,
};

/// Longest name of a coupon or an option, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// What a coupon takes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discount {
    /// So many percent, above 0 and up to 100.
    Percent(Decimal),
    /// An amount of money.
    Absolute {
        /// How much, above 0.
        amount: Decimal,
        /// Of what.
        currency: Currency,
    },
}

/// What a coupon is made from: everything but its code and whom it was issued to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CouponTemplate {
    /// What people read.
    pub name: String,
    /// More to read.
    pub description: Option<String>,
    /// What it takes off.
    pub discount: Discount,
    /// Whether guests may use it.
    pub allow_anonymous: bool,
    /// How often it can be used; -1 for without limit.
    pub max_redemptions: i64,
    /// How often one customer can use it; -1 for without limit.
    pub max_redemptions_per_customer: i64,
    /// From when it can be used.
    pub valid_from: Option<Timestamp>,
    /// Up to when it can be used.
    pub valid_until: Option<Timestamp>,
    /// Every other restriction, in the contract's form (`minOrderValue`, `validFor`, ...).
    pub restrictions: Map<String, Value>,
}

/// A coupon that was just issued for points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedCoupon {
    /// Its code.
    pub code: String,
    /// What it is worth; its instants are the coupon's own.
    pub template: CouponTemplate,
    /// Who had it issued.
    pub issued_to: CustomerId,
    /// The redemption it was bought with.
    pub redemption_id: String,
}

/// A JSON number with exactly these digits.
pub fn number(decimal: Decimal) -> Value {
    let text = decimal.normalize().to_string();
    text.parse::<Number>().map_or(Value::Null, Value::Number)
}

/// Reads a text of at most `chars_max` characters, without control characters but line breaks.
///
/// # Errors
/// When the text is longer or holds others.
pub fn text(value: &str, chars_max: usize) -> Result<String, Invalid> {
    text::check(value, chars_max, Lines::Many)?;
    Ok(value.trim().to_owned())
}

/// Reads a text that must not be empty.
///
/// # Errors
/// When it is empty, or as [`text`].
pub fn required_text(value: &str, chars_max: usize) -> Result<String, Invalid> {
    let text = text(value, chars_max)?;
    if text.is_empty() { Err(Invalid::new("Give a text; it must not be empty.")) } else { Ok(text) }
}

/// Reads a JSON number as an exact decimal.
pub(super) fn exact(value: &Value) -> Result<Decimal, Invalid> {
    match value {
        Value::Number(number) => decimal(&number.to_string()),
        _ => Err(Invalid::new("Give a number such as 12.50.")),
    }
}

fn money(value: &Value) -> Result<(Decimal, Currency), Invalid> {
    let amount = value.get("amount").ok_or_else(|| Invalid::new("Give an amount and a currency."))?;
    let currency = value.get("currency").and_then(Value::as_str).unwrap_or_default();
    Ok((exact(amount)?, Currency::parse(currency)?))
}

impl CouponTemplate {
    /// Reads the contract's JSON of a coupon inside a redemption option. Fields that only the service writes are
    /// tolerated and ignored.
    ///
    /// # Errors
    /// Every field that does not fit, named with `coupon.` before it.
    pub fn from_json(value: &Value) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::default();
        let Some(map) = value.as_object() else {
            return Err(FieldErrors::one("coupon", "Give an object with at least name and discountType."));
        };
        let mut fields = Fields { map, prefix: "coupon.", errors: &mut errors };
        let name = fields.text("name", NAME_CHARS_MAX).filter(|name| !name.is_empty());
        if name.is_none() {
            fields.error("name", "Give a name of 1 to 200 characters.");
        }
        let description = fields.text("description", DESCRIPTION_CHARS_MAX);
        let discount = Self::discount(&mut fields);
        let allow_anonymous = fields.bool("allowAnonymous").unwrap_or(false);
        let max_redemptions = fields.integer("maxRedemptions", -1, 1_000_000_000).unwrap_or(-1);
        let per_customer = fields.integer("maxRedemptionsPerCustomer", -1, 1_000_000_000).unwrap_or(-1);
        if max_redemptions == 0 {
            fields.error("maxRedemptions", "Give a number above zero, or -1 for without limit.");
        }
        let (valid_from, valid_until, restrictions) = Self::restrictions(map, fields.errors);
        match (name, discount) {
            (Some(name), Some(discount)) if errors.is_empty() => Ok(Self {
                name,
                description,
                discount,
                allow_anonymous,
                max_redemptions,
                max_redemptions_per_customer: per_customer,
                valid_from,
                valid_until,
                restrictions,
            }),
            _ => Err(errors),
        }
    }

    fn discount(fields: &mut Fields<'_>) -> Option<Discount> {
        match fields.get("discountType").and_then(Value::as_str) {
            Some("PERCENT") => {
                if fields.get("discountPercentage").is_none() {
                    fields.error("discountPercentage", "Give the percentage that a PERCENT coupon takes off.");
                }
                fields
                    .parsed("discountPercentage", |value| {
                        exact(value)
                            .ok()
                            .filter(|p| *p > Decimal::ZERO && *p <= Decimal::ONE_HUNDRED)
                            .ok_or_else(|| Invalid::new("Give a percentage above 0 and up to 100, such as 10 or 12.5."))
                    })
                    .map(Discount::Percent)
            }
            Some("ABSOLUTE") => {
                if fields.get("discountAbsolute").is_none() {
                    fields.error("discountAbsolute", "Give the amount and currency that an ABSOLUTE coupon takes off.");
                }
                fields
                    .parsed("discountAbsolute", |value| {
                        let (amount, currency) = money(value)?;
                        if amount > Decimal::ZERO {
                            Ok((amount, currency))
                        } else {
                            Err(Invalid::new("Give an amount above zero."))
                        }
                    })
                    .map(|(amount, currency)| Discount::Absolute { amount, currency })
            }
            _ => {
                fields.error("discountType", "Choose PERCENT or ABSOLUTE.");
                None
            }
        }
    }

    fn restrictions(
        coupon: &Map<String, Value>,
        errors: &mut FieldErrors,
    ) -> (Option<Timestamp>, Option<Timestamp>, Map<String, Value>) {
        let empty = Map::new();
        let map = match coupon.get("restrictions") {
            None | Some(Value::Null) => &empty,
            Some(Value::Object(map)) => map,
            Some(_) => {
                errors.add("coupon.restrictions", "Give an object.");
                &empty
            }
        };
        let mut fields = Fields { map, prefix: "coupon.restrictions.", errors };
        let (from, until) = (fields.time("validFrom"), fields.time("validUntil"));
        if from.zip(until).is_some_and(|(from, until)| from >= until) {
            fields.error("validUntil", "Give a time after validFrom.");
        }
        fields.parsed("minOrderValue", |value| money(value).map(drop));
        let rest =
            map.iter().filter(|(name, value)| !matches!(name.as_str(), "validFrom" | "validUntil") && !value.is_null());
        (from, until, rest.map(|(name, value)| (name.clone(), value.clone())).collect())
    }

    /// The contract's JSON of a coupon inside a redemption option, complete: storefronts read every field.
    pub fn to_json(&self) -> Value {
        let mut coupon = json!({ "name": self.name });
        if let Some(map) = coupon.as_object_mut() {
            if let Some(description) = &self.description {
                map.insert("description".to_owned(), json!(description));
            }
            match &self.discount {
                Discount::Percent(percent) => {
                    map.insert("discountType".to_owned(), json!("PERCENT"));
                    map.insert("discountPercentage".to_owned(), number(*percent));
                }
                Discount::Absolute { amount, currency } => {
                    map.insert("discountType".to_owned(), json!("ABSOLUTE"));
                    let money = json!({ "amount": number(*amount), "currency": currency.as_str() });
                    map.insert("discountAbsolute".to_owned(), money);
                }
            }
            map.insert("allowAnonymous".to_owned(), json!(self.allow_anonymous));
            map.insert("maxRedemptions".to_owned(), json!(self.max_redemptions));
            if self.max_redemptions_per_customer != -1 {
                map.insert("maxRedemptionsPerCustomer".to_owned(), json!(self.max_redemptions_per_customer));
            }
            let restrictions = self.restrictions_json();
            if !restrictions.is_empty() {
                map.insert("restrictions".to_owned(), Value::Object(restrictions));
            }
            map.insert("status".to_owned(), json!("VALID"));
        }
        coupon
    }

    /// All restrictions in the contract's form.
    pub fn restrictions_json(&self) -> Map<String, Value> {
        let mut restrictions = self.restrictions.clone();
        for (name, at) in [("validFrom", self.valid_from), ("validUntil", self.valid_until)] {
            if let Some(at) = at {
                restrictions.insert(name.to_owned(), json!(at.to_contract_z()));
            }
        }
        restrictions
    }
}
