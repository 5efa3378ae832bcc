//! Reads JSON strictly: no name twice in an object, no deep nesting, nothing behind the end.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Deepest nesting that is taken.
const DEPTH_MAX: usize = 32;
/// How `serde_json` hands over a number whose digits it keeps.
const NUMBER: &str = "$serde_json::private::Number";

/// Reads a text as one JSON value.
///
/// # Errors
/// What is wrong with it, and where.
pub fn parse(bytes: &[u8]) -> Result<Value, String> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Strict { depth: 0 }.deserialize(&mut reader).map_err(|error| error.to_string())?;
    reader.end().map_err(|error| error.to_string())?;
    Ok(value)
}

#[derive(Clone, Copy)]
struct Strict {
    depth: usize,
}

impl Strict {
    fn inner<E: de::Error>(self) -> Result<Self, E> {
        if self.depth < DEPTH_MAX {
            Ok(Self { depth: self.depth + 1 })
        } else {
            Err(E::custom(format_args!("nested deeper than {DEPTH_MAX}")))
        }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let Some(first) = entries.next_key::<String>()? else { return Ok(Value::Object(Map::new())) };
        if first == NUMBER {
            let digits: String = entries.next_value()?;
            let number: Number = digits.parse().map_err(de::Error::custom)?;
            return Ok(Value::Number(number));
        }
        let inner = self.inner()?;
        let mut map = Map::new();
        let mut next = Some(first);
        while let Some(name) = next {
            if map.contains_key(&name) {
                return Err(de::Error::custom(format_args!("the name `{name}` stands twice in one object")));
            }
            let value = entries.next_value_seed(inner)?;
            map.insert(name, value);
            next = entries.next_key()?;
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_json_is_read_as_serde_reads_it() {
        for text in [
            "null",
            "true",
            "[]",
            "{}",
            "-1",
            "9007199254740993",
            "0.1",
            "1e2",
            "1.0",
            "\"a\\u00fc\\ud83d\\ude00\"",
            "  {\"a\": [1, {\"b\": null}], \"c\": \"\"} \n",
        ] {
            assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap(), "{text}");
        }
    }

    #[test]
    fn bad_json_is_refused_with_the_place() {
        for text in [
            "",
            " ",
            "{",
            "{\"a\":1,}",
            "{\"a\":1}x",
            "{'a':1}",
            "[1 2]",
            "nul",
            "01",
            "\"\\ud800\"",
            "\"\u{1}\"",
            "{\"a\"}",
            "{1:2}",
            "NaN",
            "\u{feff}{}",
        ] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.contains("line"), "{text:?}: {error}");
        }
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn names_stand_once_however_they_are_written() {
        for text in ["{\"points\":1,\"points\":2}", "{\"points\":1,\"p\\u006fints\":2}", "[{\"a\":{\"b\":1,\"b\":1}}]"]
        {
            assert!(parse(text.as_bytes()).unwrap_err().contains("twice"), "{text}");
        }
    }

    #[test]
    fn nesting_ends_at_32() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(nested(32).as_bytes()).is_ok());
        assert!(parse(nested(33).as_bytes()).unwrap_err().contains("nested"));
        let objects = |depth: usize| format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth));
        assert!(parse(objects(32).as_bytes()).is_ok());
        assert!(parse(objects(33).as_bytes()).is_err());
        assert!(parse("[".repeat(1_000_000).as_bytes()).is_err());
    }
}
