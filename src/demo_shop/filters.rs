//! What the shop's templates can do to a value.

#![expect(clippy::inline_always, reason = "askama's attribute writes it")]

use askama::Values;

use crate::texts::{Message, ToArg};

/// The text with this key, in the language of the visitor.
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
