//! Things of the domain in words, the same on every page.

use super::format;
use crate::{domain::coupon::Discount, texts::t};

/// What a coupon takes off.
pub(crate) fn discount(discount: &Discount) -> String {
    match discount {
        Discount::Percent(percent) => t!("discount-percent", percent = format::percent(*percent)),
        Discount::Absolute { amount, currency } => t!("discount-amount", amount = format::money(*amount, currency)),
        Discount::FreeShipping => t!("discount-free-shipping"),
    }
}
