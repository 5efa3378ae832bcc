//! What templates can do to a value.

#![expect(clippy::inline_always, reason = "askama's attribute writes it")]

use askama::Values;
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::{assets, format};
use crate::domain::{money::Currency, time::Timestamp};

/// The address of a static file.
#[askama::filter_fn]
pub fn asset(path: &str, _: &dyn Values) -> askama::Result<&'static str> {
    Ok(assets::address(path))
}

/// `1,153`
#[askama::filter_fn]
pub fn number(number: &i64, _: &dyn Values) -> askama::Result<String> {
    Ok(format::number(*number))
}

/// `+50`, `−250`
#[askama::filter_fn]
pub fn signed(number: &i64, _: &dyn Values) -> askama::Result<String> {
    Ok(format::signed(*number))
}

/// `€12,846.30`
#[askama::filter_fn]
pub fn money(amount: &Decimal, _: &dyn Values, currency: &Currency) -> askama::Result<String> {
    Ok(format::money(*amount, currency))
}

/// `22 Nov 2026`
#[askama::filter_fn]
pub fn date(at: &Timestamp, _: &dyn Values, zone: &Tz) -> askama::Result<String> {
    Ok(format::date(*at, *zone))
}

/// `22 Nov 2026, 10:41`
#[askama::filter_fn]
pub fn date_time(at: &Timestamp, _: &dyn Values, zone: &Tz) -> askama::Result<String> {
    Ok(format::date_time(*at, *zone))
}

/// `3 Nov, 14:22`
#[askama::filter_fn]
pub fn day_time(at: &Timestamp, _: &dyn Values, zone: &Tz) -> askama::Result<String> {
    Ok(format::day_time(*at, *zone))
}

/// `28 Nov`
#[askama::filter_fn]
pub fn day(at: &Timestamp, _: &dyn Values, zone: &Tz) -> askama::Result<String> {
    Ok(format::day(*at, *zone))
}

/// `2026-11-22T10:41:00+01:00`
#[askama::filter_fn]
pub fn iso(at: &Timestamp, _: &dyn Values, zone: &Tz) -> askama::Result<String> {
    Ok(format::iso(*at, *zone))
}

/// `JW`
#[askama::filter_fn]
pub fn initials(name: &str, _: &dyn Values) -> askama::Result<String> {
    Ok(format::initials(name))
}
