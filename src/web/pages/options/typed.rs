//! Reading and showing single values of an option's form.

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::{
    domain::{
        calendar::start_of_day_after,
        money::{Currency, decimal_typed},
        points::Points,
        time::Timestamp,
    },
    texts::{Message, message},
    web::{form::Errors, format},
};

/// An amount as the form shows it, with the decimals of its currency and the decimal sign of the reader.
pub(super) fn typed(amount: Decimal, currency: &str) -> String {
    let mut amount = amount.normalize();
    let digits = Currency::parse(currency).map_or(2, |currency| currency.decimals());
    if amount.scale() < digits {
        amount.rescale(digits);
    }
    format::decimal(amount)
}

/// The day on which something begins.
pub(super) fn first_day(at: Timestamp, zone: Tz) -> String {
    at.utc().with_timezone(&zone).date_naive().to_string()
}

/// The last day on which something counts that ends at `at`.
pub(super) fn last_day(at: Timestamp, zone: Tz) -> String {
    first_day(Timestamp::from_micros(at.micros() - 1), zone)
}

/// The start of a day, or of the day after it. A time within the day that somebody set by the API stays while the
/// day does.
pub(super) fn day(
    errors: &mut Errors,
    field: &'static str,
    text: &str,
    days: u64,
    present: Option<Timestamp>,
    zone: Tz,
) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let shown = present.map(|at| if days == 0 { first_day(at, zone) } else { last_day(at, zone) });
    if shown.as_deref() == Some(text) {
        return present;
    }
    let noon = text
        .parse::<NaiveDate>()
        .ok()
        .filter(|date| (2000..=9999).contains(&date.year()))
        .and_then(|date| date.and_hms_opt(12, 0, 0)?.and_local_timezone(zone).earliest());
    let day = noon.map(|noon| start_of_day_after(Timestamp::from(noon.to_utc()), days, zone));
    errors.check(field, day.ok_or(message!("options-wrong-day")))
}

/// A line break in a name is a slip of pasting.
pub(super) fn one_line(text: &str) -> String {
    text.split(['\r', '\n', '\t']).map(str::trim).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An amount above zero with no more decimals than its currency has.
pub(super) fn money(text: &str, currency: Option<&Currency>) -> Result<Decimal, Message> {
    let digits = currency.map_or(2, Currency::decimals);
    decimal_typed(text)
        .ok()
        .map(|amount| amount.normalize())
        .filter(|amount| *amount > Decimal::ZERO && amount.scale() <= digits)
        .ok_or_else(
            || {
                if digits == 0 { message!("options-wrong-whole-amount") } else { message!("options-wrong-amount") }
            },
        )
}

/// A whole number within bounds, or none.
pub(super) fn optional(text: &str, from: i64, to: i64) -> Result<Option<i64>, Message> {
    let number = match text.trim() {
        "" => return Ok(None),
        "0" => Ok(0),
        text => Points::parse(text).map(Points::get),
    };
    let number = number.ok().filter(|number| (from..=to).contains(number));
    number.map(Some).ok_or_else(|| message!("options-wrong-number", from = from, to = to))
}
