//! No text in code: what people read on a page stands in `locales/`, in every language.

#![cfg(test)]

#[path = "common/source.rs"]
mod source;

use std::sync::LazyLock;

use regex::{Captures, Regex};
use source::files;

/// The reference of the API, which is English like the API itself, and the names of browsers.
const SAME_IN_ALL: [&str; 3] = ["templates/api_docs/", "src/web/pages/api_docs/", "src/web/browser.rs"];

/// Words that are the same in every language.
const NAMES: [&str; 2] = ["Guerdon", "ms"];

/// Literals of the code that look like texts and are none.
const NO_TEXTS: &[&str] = &[
    "light dark",
    "public, max-age=31536000, immutable",
    "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800",
    "Not found\\n",
    "HX-Request, HX-Target",
    "coupon form {}",
    "option form {}",
    "end col-2",
    "no cause is known",
    "<time datetime=\\\"{}\\\">{}</time>",
];

fn checked(file: &str) -> bool {
    !SAME_IN_ALL.iter().any(|start| file.starts_with(start))
}

/// Whether somebody would read it: words with a space between them, or a word that begins like a label.
fn is_text(literal: &str) -> bool {
    static TEXT: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[A-Za-z]{2,},? [A-Za-z]|^[A-Z][a-z]+[.:,]?( |$)|[a-z]{2,}[.?!]$").unwrap());
    TEXT.is_match(literal) && !NO_TEXTS.contains(&literal) && !NAMES.contains(&literal)
}

/// The texts that a template holds itself.
fn texts_of_template(template: &str) -> Vec<String> {
    let all = |pattern: &str| Regex::new(pattern).unwrap();
    let template = all(r"(?s)\{#.*?#\}").replace_all(template, "");
    let expression = all(r"(?s)\{\{.*?\}\}|\{%.*?%\}");
    // A literal that no filter looks up is shown as it is.
    let literal = all(r#""([^"]*)"(\|[th][1-3]?\b)?"#);
    let mut found: Vec<String> = expression
        .find_iter(&template)
        .flat_map(|code| literal.captures_iter(code.as_str()).collect::<Vec<_>>())
        .filter(|found| found.get(2).is_none() && is_text(&found[1]))
        .map(|found| found[1].to_owned())
        .collect();
    let markup = expression.replace_all(&template, "");
    let attribute = all(r#"\b(?:aria-label|placeholder|title|alt)="([^"]*[A-Za-zÀ-ÿ][^"]*)""#);
    found.extend(attribute.captures_iter(&markup).map(|found| found[1].to_owned()));
    let markup = all(r"(?s)<kbd[^>]*>.*?</kbd>|<[^>]*>|&[a-z]+;").replace_all(&markup, " ");
    // Attributes that a macro puts into a tag.
    let markup = all(r#"[a-z-]+="[^"]*""#).replace_all(&markup, " ");
    let word = all(r"[A-Za-zÀ-ÿ]+");
    found.extend(word.find_iter(&markup).map(|word| word.as_str().to_owned()).filter(|word| !NAMES.contains(&&**word)));
    found
}

/// The texts that the code of a page holds itself.
fn texts_of_code(code: &str) -> Vec<String> {
    let tests = Regex::new(r"#\[cfg\(test\)\]\s*mod ").unwrap().find(code).map_or(code.len(), |found| found.start());
    let code = code.get(..tests).unwrap();
    let token = Regex::new(r#"(?s)//[^\n]*|r#*"|"((?:\\.|[^"\\])*)"|'(?:\\.|[^'\\])'"#).unwrap();
    let bare = token.replace_all(code, |found: &Captures<'_>| " ".repeat(found[0].len()));
    token
        .captures_iter(code)
        .filter_map(|found| Some((found.get(0)?.start(), found.get(1)?.as_str())))
        .filter(|(at, literal)| {
            let before = bare.get(..*at).unwrap();
            let begun = before.rfind([';', '{', '}']).map_or(0, |end| end + 1);
            let before = before.get(begun..).unwrap();
            // For the log, and for those who read the code.
            let for_others = ["tracing::", "internal(", "reason = "].iter().any(|word| before.contains(word));
            !for_others && is_text(literal)
        })
        .map(|(_, literal)| literal.to_owned())
        .collect()
}

#[test]
fn pages_hold_no_text() {
    let templates = files("templates", ".html")
        .into_iter()
        .map(|(file, text)| (format!("templates/{file}"), texts_of_template(&text)));
    let code =
        files("src/web", ".rs").into_iter().map(|(file, text)| (format!("src/web/{file}"), texts_of_code(&text)));
    let wrong: Vec<String> = templates
        .chain(code)
        .filter(|(file, texts)| checked(file) && !texts.is_empty())
        .map(|(file, texts)| format!("{file} holds text, which belongs into locales/: {texts:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn text_in_a_page_is_noticed() {
    for (template, texts) in [
        (r#"<p title="{{ "a-b"|t }}">{{ "a-c"|h1("of", name) }} · {{ ui::icon("list-filter") }}</p>"#, vec![]),
        (r#"<a aria-label="Close {{ name }}">{# why #}{{ name }}</a>"#, vec!["Close "]),
        (r#"<p class="muted">{{ count }} points<kbd>Ctrl</kbd></p>"#, vec!["points"]),
        (r#"{{ ui::text("name", "Name", form.name, hint = "What it is.") }}"#, vec!["Name", "What it is."]),
        (r#"{% call ui::empty("none-yet"|t, "Add one.") %}{% endcall %}"#, vec!["Add one."]),
    ] {
        assert_eq!(texts_of_template(template), texts, "{template}");
    }
    for (code, texts) in [
        (r#"Toast::new(t!("returns-kept")); address.and("view", "all")"#, vec![]),
        (r#"Toast::new("Points left spent") // "Not this one""#, vec!["Points left spent"]),
        (r#"Choice::new("add", "Add"); tracing::error!(cause, "A page failed");"#, vec!["Add"]),
        (r#"errors.add("day", format!("Give a day before {last}."))"#, vec!["Give a day before {last}."]),
    ] {
        assert_eq!(texts_of_code(code), texts, "{code}");
    }
}

/// The things that are changed, and nothing else that has a name with a point in it.
const SUBJECTS: &str = "api_client|approval|audit_log|bulk_batch|coupon|coupon_settings|customer|feed_secret|inbox_event|\
    member|option|reason|returned_coupon|rule|site|tenant|user|webhook|identity_provider";

/// Names of events for receivers, and the like.
const NO_ACTIONS: [&str; 4] = ["customer.erased", "customer.deleted", "coupon.issued", "coupon.redeemed"];

#[test]
fn every_action_of_the_audit_log_has_a_text() {
    let literal = Regex::new(&format!(r#""((?:{SUBJECTS})\.[a-z_]+)""#)).unwrap();
    let words = std::fs::read_to_string("src/web/pages/audit_log/words.rs").unwrap();
    let mut seen = 0;
    for (file, text) in files("src/service", "rs") {
        for found in literal.captures_iter(&text).filter(|found| !NO_ACTIONS.contains(&&found[1])) {
            seen += 1;
            let told = words.contains(&format!("(\"{}\", ", &found[1]));
            assert!(told, "{file}: the audit log's page has no text for `{}`: see words.rs beside it", &found[1]);
        }
    }
    assert!(seen > 60, "{seen} actions were found");
}
