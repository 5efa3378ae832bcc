//! Reading the fields of a JSON object, so that everything that is wrong is told at once.

use serde_json::{Map, Value};

use super::{
    coupon::text,
    invalid::{FieldErrors, Invalid},
    time::Timestamp,
};
use crate::texts::t;

/// Reads fields of a JSON object and collects what is wrong with them.
pub struct Fields<'a> {
    /// The object.
    pub map: &'a Map<String, Value>,
    /// What stands before the names of its fields in messages, such as `coupon.`.
    pub prefix: &'static str,
    /// Where what is wrong is collected.
    pub errors: &'a mut FieldErrors,
}

impl Fields<'_> {
    /// A field that is there and not null.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.map.get(name).filter(|value| !value.is_null())
    }

    /// Adds what is wrong with a field.
    pub fn error(&mut self, name: &str, message: impl ToString) {
        self.errors.add(&format!("{}{name}", self.prefix), message);
    }

    /// A field as `parse` reads it; `None` when it is not there, or does not fit.
    pub fn parsed<T>(&mut self, name: &str, parse: impl Fn(&Value) -> Result<T, Invalid>) -> Option<T> {
        let parsed = parse(self.get(name)?);
        parsed.map_err(|error| self.error(name, error)).ok()
    }

    /// A text as it was given, checked by `parse`.
    pub fn given<T>(&mut self, name: &str, parse: impl Fn(&str) -> Result<T, Invalid>) -> Option<T> {
        self.parsed(name, |value| parse(value.as_str().ok_or_else(|| Invalid::new(t!("invalid-text")))?))
    }

    /// A text, without the blanks around it.
    pub fn text(&mut self, name: &str, chars_max: usize) -> Option<String> {
        self.parsed(name, |value| match value.as_str() {
            Some(given) => text(given, chars_max),
            None => Err(Invalid::new(t!("invalid-text"))),
        })
    }

    /// `true` or `false`.
    pub fn bool(&mut self, name: &str) -> Option<bool> {
        self.parsed(name, |value| value.as_bool().ok_or_else(|| Invalid::new(t!("invalid-boolean"))))
    }

    /// A whole number within bounds, written as one: 1.0 and 1e2 are none.
    pub fn integer(&mut self, name: &str, from: i64, to: i64) -> Option<i64> {
        self.parsed(name, |value| {
            let given = value.as_i64().filter(|given| (from..=to).contains(given));
            given.ok_or_else(|| Invalid::new(t!("invalid-range", from = from.to_string(), to = to.to_string())))
        })
    }

    /// An instant.
    pub fn time(&mut self, name: &str) -> Option<Timestamp> {
        self.parsed(name, |value| match value.as_str() {
            Some(given) => Timestamp::parse(given),
            None => Err(Invalid::new(t!("invalid-time"))),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_written_as_such() {
        for (given, read) in
            [("1", Some(1)), ("1.0", None), ("1e2", None), ("\"1\"", None), ("true", None), ("-1", None)]
        {
            let map: Map<String, Value> = serde_json::from_str(&format!("{{\"points\": {given}}}")).unwrap();
            let mut errors = FieldErrors::default();
            let mut fields = Fields { map: &map, prefix: "", errors: &mut errors };
            assert_eq!(fields.integer("points", 1, 100), read, "{given}");
            assert_eq!(errors.is_empty(), read.is_some(), "{given}");
        }
    }
}
