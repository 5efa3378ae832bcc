//! Every text that people read, in their language. The texts themselves stand in `locales/`, one file for each noun,
//! with the same keys in every language; code names them by key.
//!
//! The language is that of the request: the back office sets it for as long as a request takes. Everywhere else, as
//! in the API, at the command line and in jobs, it is English.

mod catalog;
mod language;
mod message;
pub mod number;

pub use language::{Language, current, in_language, set_current, within};
pub use message::{Arg, Message, ToArg};
pub(crate) use message::{message, t};

/// That every text is there, in every language, and every one that is there is used.
#[cfg(test)]
mod tests {
    use std::{
        collections::{BTreeMap, BTreeSet},
        fs,
        path::Path,
    };

    use regex::Regex;

    use super::*;

    /// Keys and, of each, the names of what is put in.
    fn keys(language: Language) -> BTreeMap<String, BTreeSet<String>> {
        let key = Regex::new(r"(?m)^([a-z][a-z0-9-]*) =").unwrap();
        let variable = Regex::new(r"\{\s*\$([a-z_0-9]+)").unwrap();
        // A text may stand in another one: `{ ui-points }`.
        let reference = Regex::new(r"\{ ([a-z][a-z0-9-]+) \}").unwrap();
        let mut references = Vec::new();
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (file, text) in catalog::files(language) {
            let noun = file.rsplit('/').next().unwrap().trim_end_matches(".ftl").to_owned();
            let starts: Vec<_> = key.captures_iter(&text).map(|found| (found.get(0).unwrap().start(), found)).collect();
            for (index, (start, found)) in starts.iter().enumerate() {
                let end = starts.get(index + 1).map_or(text.len(), |(next, _)| *next);
                let body = text.get(*start..end).unwrap();
                let variables = variable.captures_iter(body).map(|found| found[1].to_owned()).collect();
                let name = found[1].to_owned();
                assert!(name.starts_with(&format!("{noun}-")), "{file}: {name} does not begin with {noun}-");
                assert!(keys.insert(name.clone(), variables).is_none(), "{name} is there twice");
                references.extend(reference.captures_iter(body).map(|found| (name.clone(), found[1].to_owned())));
            }
        }
        for (name, other) in references {
            let others: BTreeSet<String> = keys.get(&other).unwrap_or_else(|| panic!("{name}: no {other}")).clone();
            keys.get_mut(&name).unwrap().extend(others);
        }
        keys
    }

    fn sources(folder: &Path, ends: &str, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, ends, found);
            } else if path.to_string_lossy().ends_with(ends) {
                found.push(fs::read_to_string(&path).unwrap());
            }
        }
    }

    #[test]
    fn every_language_has_every_text_with_the_same_things_put_in() {
        let english = keys(Language::English);
        assert!(english.len() > 50);
        let german = keys(Language::German);
        let differ: Vec<_> = english
            .iter()
            .filter(|(key, variables)| german.get(*key) != Some(variables))
            .map(|(key, _)| key)
            .chain(german.keys().filter(|key| !english.contains_key(*key)))
            .collect();
        assert!(differ.is_empty(), "not the same in both languages: {differ:?}");
    }

    #[test]
    fn every_text_that_is_named_is_there_and_every_one_that_is_there_is_named() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let (mut rust, mut html) = (Vec::new(), Vec::new());
        sources(&root.join("src"), ".rs", &mut rust);
        sources(&root.join("templates"), ".html", &mut html);
        let english = keys(Language::English);
        let in_rust = Regex::new(r#"\b(?:t|message)!\(\s*"([a-z0-9-]+)""#).unwrap();
        let in_html = Regex::new(r#""([a-z0-9-]+)"\|[th][1-3]?\b"#).unwrap();
        let named = rust.iter().flat_map(|text| in_rust.captures_iter(text));
        let named = named.chain(html.iter().flat_map(|text| in_html.captures_iter(text)));
        let named: BTreeSet<String> = named.map(|found| found[1].to_owned()).collect();
        let missing: Vec<_> = named.iter().filter(|key| !english.contains_key(*key)).collect();
        assert!(missing.is_empty(), "named, but nowhere in locales/en: {missing:?}");
        // Keys that are chosen by a value, as in a table of labels, stand in the code as plain texts.
        let all = rust.concat() + &html.concat();
        let idle: Vec<_> = english.keys().filter(|key| !all.contains(&format!("\"{key}\""))).collect();
        assert!(idle.is_empty(), "in locales/en, but used nowhere: {idle:?}");
    }

    #[test]
    fn every_text_can_be_told() {
        for language in Language::ALL {
            for (key, variables) in keys(language) {
                let mut message = Message::new(Box::leak(key.clone().into_boxed_str()));
                for variable in variables {
                    message = message.with(Box::leak(variable.into_boxed_str()), 2);
                }
                let text = message.told_in(language);
                assert!(text != key && !text.trim().is_empty() && !text.contains("{$"), "{key}: {text}");
            }
        }
    }

    #[test]
    fn numbers_decide_over_their_words() {
        let days = |days: i64| message!("format-in-days", days = days);
        assert_eq!(days(1).to_string(), "in 1 day");
        assert_eq!(days(2000).to_string(), "in 2,000 days");
        assert_eq!(days(2000).told_in(Language::German), "in 2.000 Tagen");
        in_language(Language::German, || assert_eq!(days(1).to_string(), "in 1 Tag"));
        assert_eq!(days(1).to_string(), "in 1 day");
    }

    #[test]
    fn large_numbers_lose_no_digit() {
        let most = 9_007_199_254_740_991_i64;
        assert_eq!(message!("format-in-days", days = most).to_string(), "in 9,007,199,254,740,991 days");
    }
}
