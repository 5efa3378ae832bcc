//! Coupons: what a code is worth, to whom, and when it may be used.

mod json;
mod kept;
mod listing;
mod moved;
mod redemption;
mod restrictions;

use rust_decimal::Decimal;
use serde_json::{Number, Value};

pub use json::Wording;
pub use kept::{Coupon, CouponDraft, CouponStatus, MixinLinks};
pub use listing::{CouponField, CouponRedemptionField};
pub use moved::MovedCoupon;
pub use redemption::{CouponRedemption, CouponRefusal, NewCouponRedemption, check};
pub use restrictions::Restrictions;

use super::{
    ids::CustomerId,
    invalid::Invalid,
    money::Currency,
    text::{self, Lines},
    time::Timestamp,
};
use crate::texts::t;

/// Longest name of a coupon or an option, in characters.
pub const NAME_CHARS_MAX: usize = 200;
/// Longest description, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;
/// The most uses that a limit of a coupon names.
pub const REDEMPTIONS_MAX: i64 = 1_000_000_000;

/// What a coupon takes off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Discount {
    /// So many percent, up to 100.
    Percent(Decimal),
    /// An amount of money.
    Absolute {
        /// How much.
        amount: Decimal,
        /// Of what.
        currency: Currency,
    },
    /// The cost of shipping.
    FreeShipping,
}

impl Discount {
    /// The contract's word for this kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Percent(_) => "PERCENT",
            Self::Absolute { .. } => "ABSOLUTE",
            Self::FreeShipping => "FREE_SHIPPING",
        }
    }
}

/// From which sum of an order a coupon's discount is worked out; the shop's cart does it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Calculation {
    /// The goods alone.
    #[default]
    Subtotal,
    /// The goods with shipping and fees.
    Total,
}

impl Calculation {
    /// The contract's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subtotal => "SUBTOTAL",
            Self::Total => "TOTAL",
        }
    }

    /// Takes the contract's word.
    ///
    /// # Errors
    /// When it is another one.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        [Self::Subtotal, Self::Total]
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| Invalid::new("Choose TOTAL or SUBTOTAL."))
    }
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
    /// From which sum.
    pub calculation: Calculation,
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
    /// Whether the goods must be of certain categories; the shop's cart knows them.
    pub category_restricted: bool,
    /// Whether the customer must be in certain segments; the shop knows them.
    pub segment_restricted: bool,
    /// Every other restriction.
    pub restrictions: Restrictions,
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
/// When it is empty, or as [`text()`].
pub fn required_text(value: &str, chars_max: usize) -> Result<String, Invalid> {
    let text = text(value, chars_max)?;
    if text.is_empty() { Err(Invalid::new(t!("invalid-empty"))) } else { Ok(text) }
}

/// Takes a limit of uses.
///
/// # Errors
/// When it is neither above zero nor -1.
pub fn limit(uses: i64) -> Result<i64, Invalid> {
    if uses == -1 || (1..=REDEMPTIONS_MAX).contains(&uses) { Ok(uses) } else { Err(Invalid::new(t!("invalid-uses"))) }
}
