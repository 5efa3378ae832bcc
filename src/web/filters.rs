//! What templates can do to a value.

#![expect(clippy::inline_always, reason = "askama's attribute writes it")]

use askama::{Values, filters::Safe};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::{assets, format};
use crate::{
    domain::{customer::Birthday, money::Currency, time::Timestamp},
    texts::{Arg, Message, ToArg},
};

/// The address of a static file.
#[askama::filter_fn]
pub fn asset(path: &str, _: &dyn Values) -> askama::Result<&'static str> {
    Ok(assets::address(path))
}

/// The text with this key, in the language of the request.
#[askama::filter_fn]
pub fn t(key: &'static str, _: &dyn Values) -> askama::Result<String> {
    Ok(Message::new(key).to_string())
}

/// The same with one value put in.
#[askama::filter_fn]
pub fn t1<A: ToArg>(key: &'static str, _: &dyn Values, name: &'static str, value: A) -> askama::Result<String> {
    Ok(Message::new(key).with(name, value).to_string())
}

/// The same with two values.
#[askama::filter_fn]
pub fn t2<A: ToArg, B: ToArg>(
    key: &'static str,
    _: &dyn Values,
    name: &'static str,
    value: A,
    name_2: &'static str,
    value_2: B,
) -> askama::Result<String> {
    Ok(Message::new(key).with(name, value).with(name_2, value_2).to_string())
}

/// The same with three values.
#[askama::filter_fn]
pub fn t3<A: ToArg, B: ToArg, C: ToArg>(
    key: &'static str,
    _: &dyn Values,
    name: &'static str,
    value: A,
    name_2: &'static str,
    value_2: B,
    name_3: &'static str,
    value_3: C,
) -> askama::Result<String> {
    Ok(Message::new(key).with(name, value).with(name_2, value_2).with(name_3, value_3).to_string())
}

/// A text of the catalogs that holds markup.
#[askama::filter_fn]
pub fn h(key: &'static str, _: &dyn Values) -> askama::Result<Safe<String>> {
    Ok(Safe(Message::new(key).to_string()))
}

/// The same with one value put in, which is escaped.
#[askama::filter_fn]
pub fn h1<A: ToArg>(key: &'static str, _: &dyn Values, name: &'static str, value: A) -> askama::Result<Safe<String>> {
    Ok(Safe(Message::new(key).with(name, escaped(value)).to_string()))
}

/// The same with two values.
#[askama::filter_fn]
pub fn h2<A: ToArg, B: ToArg>(
    key: &'static str,
    _: &dyn Values,
    name: &'static str,
    value: A,
    name_2: &'static str,
    value_2: B,
) -> askama::Result<Safe<String>> {
    Ok(Safe(Message::new(key).with(name, escaped(value)).with(name_2, escaped(value_2)).to_string()))
}

/// The same with three values.
#[askama::filter_fn]
pub fn h3<A: ToArg, B: ToArg, C: ToArg>(
    key: &'static str,
    _: &dyn Values,
    name: &'static str,
    value: A,
    name_2: &'static str,
    value_2: B,
    name_3: &'static str,
    value_3: C,
) -> askama::Result<Safe<String>> {
    let message = Message::new(key).with(name, escaped(value)).with(name_2, escaped(value_2));
    Ok(Safe(message.with(name_3, escaped(value_3)).to_string()))
}

/// What is put into markup: a number stays one, for its plural; a text loses what would be markup.
fn escaped(value: impl ToArg) -> Arg {
    match value.to_arg() {
        markup @ (Arg::Number(_) | Arg::Markup(_)) => markup,
        Arg::Text(text) => Arg::Text(escape(&text)),
        Arg::Message(message) => Arg::Text(escape(&message.to_string())),
    }
}

fn escape(text: &str) -> String {
    askama::filters::escape(text, askama::filters::Html).map(|text| text.to_string()).unwrap_or_default()
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

/// The same as markup, to be put into a text that holds markup: `<time datetime="..">22 Nov 2026</time>`
#[askama::filter_fn]
pub fn date_tag(at: &Timestamp, _: &dyn Values, zone: &Tz) -> askama::Result<Arg> {
    Ok(time_tag(*at, *zone, &format::date(*at, *zone)))
}

/// `<time datetime="..">22 Nov 2026, 10:41</time>`
#[askama::filter_fn]
pub fn date_time_tag(at: &Timestamp, _: &dyn Values, zone: &Tz) -> askama::Result<Arg> {
    Ok(time_tag(*at, *zone, &format::date_time(*at, *zone)))
}

fn time_tag(at: Timestamp, zone: Tz, text: &str) -> Arg {
    Arg::Markup(format!("<time datetime=\"{}\">{}</time>", format::iso(at, zone), escape(text)))
}

/// `22 November 1990`, or without the year
#[askama::filter_fn]
pub fn birthday(day: &Birthday, _: &dyn Values) -> askama::Result<String> {
    Ok(format::birthday(*day))
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
