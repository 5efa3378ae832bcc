//! The rules of the source tree that the compiler does not check: which way imports run, where SQL, templates and
//! the web server may be named, how long a file may be, and what a page may not hold.

#![cfg(test)]
#![expect(clippy::string_slice, reason = "every index comes from a search in the same text")]

#[path = "common/source.rs"]
mod source;

use source::files;

/// Each layer with those that it may import. What is missing here may be imported by nobody.
const LAYERS: [(&str, &[&str]); 11] = [
    ("domain", &["texts"]),
    ("store", &["domain", "texts"]),
    ("service", &["domain", "store"]),
    ("api", &["domain", "service"]),
    ("web", &["domain", "service"]),
    ("jobs", &["domain", "service"]),
    ("demo", &["domain", "service"]),
    // A client of the product, as any shop is.
    ("demo_shop", &[]),
    ("server", &["api", "domain", "jobs", "service", "web"]),
    ("cli", &["api", "demo", "demo_shop", "domain", "jobs", "server", "service", "telemetry", "web"]),
    ("main", &["cli"]),
];

/// What every layer but the domain and the store may import besides; these import no layer above the store.
const SHARED: [&str; 10] =
    ["app", "clock", "config", "known_tokens", "metrics", "outbound", "rate_limits", "secrets", "telemetry", "texts"];

/// The imports that go up: the running Guerdon holds what services wait for, and the services take the running Guerdon.
const HELD_BY_APP: [&str; 3] = ["service::feeds::Arrivals", "service::ledger::writer::Ledger", "service::reads::Reads"];

/// The handle of the database may be passed through by the layers above the service; nothing else of the store.
const HANDLE: [&str; 3] = ["Db", "DbError", "MigrateError"];

/// The only file above the service that reads and writes the database itself: the store of the sessions.
const SESSION_STORE: &str = "web/session.rs";

/// Crates with the only folders or files that may name them.
const CRATES: [(&str, &[&str]); 8] = [
    ("sqlx", &["store/"]),
    ("askama", &["web/", "demo_shop/"]),
    ("fluent_bundle", &["texts/"]),
    ("actix_session", &["web/", "server/"]),
    ("actix_web", &["api/", "web/", "server/", "demo_shop/"]),
    ("clap", &["cli/", "config.rs"]),
    ("opentelemetry", &["telemetry/"]),
    (
        "tokio",
        &[
            "store/",
            "demo/",
            "demo_shop/",
            "service/",
            "api/",
            "web/",
            "jobs/",
            "server/",
            "cli/",
            "texts/",
            "outbound/",
            "telemetry/",
        ],
    ),
];

/// Longer files are split by noun.
const LINES_MAX: usize = 500;

/// The text with comments and the insides of literals blanked out; line breaks stay.
fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let raw_hashes = rest.strip_prefix('r').map(|after| after.len() - after.trim_start_matches('#').len());
        let is_raw = raw_hashes.is_some_and(|hashes| rest[1 + hashes..].starts_with('"'))
            && !code.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if is_raw {
            let hashes = raw_hashes.unwrap_or_default();
            let close = format!("\"{}", "#".repeat(hashes));
            rest[hashes + 2..].find(&close).map_or(rest.len(), |at| hashes + 2 + at + close.len())
        } else if first == '"' || (first == '\'' && is_character(rest)) {
            let mut escaped = false;
            let close = rest.char_indices().skip(1).find(|&(_, c)| {
                let closes = c == first && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            });
            close.map_or(rest.len(), |(at, _)| at + 1)
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
            continue;
        };
        code.extend(rest[..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = &rest[end..];
    }
    code
}

/// Whether a quote begins a character rather than a lifetime.
fn is_character(text: &str) -> bool {
    let mut next = text.chars().skip(1);
    next.next() == Some('\\') || next.next() == Some('\'')
}

/// The code before the unit tests at the end of a file.
fn without_tests(code: &str) -> &str {
    // A file of nothing else says so itself.
    if code.trim_start().starts_with("#![cfg(test)]") {
        return "";
    }
    let tests = code
        .match_indices("#[cfg(test)]")
        .find(|(at, found)| code[at + found.len()..].trim_start().starts_with("mod "));
    tests.map_or(code, |(at, _)| &code[..at])
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Every path that the file names from the crate's root, such as `store::db::Db`, groups taken apart.
fn paths_from_root(file: &str, code: &str) -> Vec<String> {
    let depth = file.trim_end_matches("/mod.rs").trim_end_matches(".rs").split('/').count();
    let code = without_tests(code);
    let mut found = Vec::new();
    for root in ["crate::".to_owned(), "guerdon::".to_owned(), "super::".repeat(depth)] {
        for (at, _) in code.match_indices(&root) {
            if !code[..at].ends_with(|c| is_word(c) || c == ':') {
                expand("", code[at + root.len()..].trim_start(), &mut found);
            }
        }
    }
    found
}

/// Adds the paths at the beginning of `text` to `found`; returns what follows them.
fn expand<'t>(prefix: &str, text: &'t str, found: &mut Vec<String>) -> &'t str {
    if let Some(mut rest) = text.strip_prefix('{') {
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('}') {
                return after;
            }
            rest = expand(prefix, rest, found);
            rest = &rest[rest.find([',', '}']).unwrap_or(rest.len())..];
            rest = rest.strip_prefix(',').unwrap_or(rest);
            if rest.is_empty() {
                return rest;
            }
        }
    }
    let end = text.find(|c| !is_word(c) && c != '*').unwrap_or(text.len());
    let path = format!("{prefix}{}", &text[..end]);
    if let Some(rest) = text[end..].strip_prefix("::") {
        return expand(&format!("{path}::"), rest.trim_start(), found);
    }
    found.push(path);
    &text[end..]
}

/// What `file` imports against the rules.
fn wrong_imports(file: &str, text: &str) -> Vec<String> {
    let code = code_of(text);
    let layer = file.split('/').next().unwrap_or(file).trim_end_matches(".rs");
    let mut wrong = Vec::new();
    for path in paths_from_root(file, &code) {
        let mut segments = path.split("::");
        let (to, name) = (segments.next().unwrap_or_default(), segments.next().unwrap_or_default());
        if to == layer || (file == "app.rs" && HELD_BY_APP.contains(&path.as_str())) {
            continue;
        }
        let allowed = match LAYERS.iter().find(|(name, _)| *name == layer) {
            Some((_, below)) if below.contains(&to) => true,
            Some(("domain" | "store", _)) => false,
            Some(_) if to == "store" => HANDLE.contains(&name) || file == SESSION_STORE,
            Some(_) => SHARED.contains(&to),
            // The shared modules themselves.
            None => SHARED.contains(&to) || matches!(to, "domain" | "store"),
        };
        if !allowed {
            wrong.push(format!("src/{file} imports crate::{path}"));
        }
    }
    for (name, places) in CRATES {
        let named = code.match_indices(name).any(|(at, _)| {
            let after = &code[at + name.len()..];
            !code[..at].ends_with(|c| is_word(c) || c == '.') && after.starts_with("::")
        });
        if named && !places.iter().any(|place| file.starts_with(place)) {
            wrong.push(format!("src/{file} names the crate {name}, which is for {} only", places.join(", ")));
        }
    }
    if layer == "domain" && code.split(|c| !is_word(c)).any(|word| word == "async" || word == "SystemTime") {
        wrong.push(format!("src/{file} is asynchronous or reads the clock; the domain is pure"));
    }
    wrong
}

#[test]
fn imports_run_one_way() {
    let wrong: Vec<String> = files("src", ".rs").iter().flat_map(|(file, text)| wrong_imports(file, text)).collect();
    assert!(
        wrong.is_empty(),
        "{}\nImports run main -> cli -> server -> {{ web, api, jobs }} -> service -> {{ domain, store }}. Call a \
         service instead, or move what both need down; tests/architecture.rs lists the layers.",
        wrong.join("\n")
    );
}

#[test]
fn an_import_against_the_rules_is_noticed() {
    for (file, text) in [
        ("domain/points.rs", "use crate::store::Db;"),
        ("domain/points.rs", "use crate::{clock::Clock, domain::time::Timestamp};"),
        ("domain/points.rs", "fn f() { sqlx::query(\"x\"); }"),
        ("domain/points.rs", "pub async fn f() {}"),
        ("store/ledger/load.rs", "use crate::service::ledger;"),
        ("store/ledger/load.rs", "use super::super::super::service::ledger;"),
        ("service/ledger.rs", "use crate::{\n    domain::time,\n    web::{\n        self,\n    },\n};"),
        ("service/ledger.rs", "use actix_web::web;"),
        ("api/points.rs", "use crate::store::ledger;"),
        ("api/points.rs", "use crate::store;"),
        ("api/points.rs", "use crate::store::{Db, ledger::load};"),
        ("api/points.rs", "use crate::web::html;"),
        ("api/points.rs", "fn f() { crate::store::ledger::load() }"),
        ("web/pages.rs", "use crate::server::access;"),
        ("jobs/expiry.rs", "use crate::store::ledger;"),
        ("cli/verify.rs", "let x: sqlx::Error;"),
        ("clock.rs", "use crate::service::ledger::writer::Ledger;"),
        ("main.rs", "use guerdon::service::ledger;"),
    ] {
        assert_eq!(wrong_imports(file, text).len(), 1, "{file}: {text}: {:?}", wrong_imports(file, text));
    }
    for (file, text) in [
        (
            "domain/points.rs",
            "use super::{invalid::Invalid};\n// crate::store, sqlx::query, async\nconst A: &str = \"crate::web\";",
        ),
        ("store/types.rs", "use crate::domain::ids::TenantId; use sqlx::Type; $crate::store::sql::x!()"),
        ("service/ledger.rs", "use crate::{app::App, domain::{ids::TenantId, points}, store::{self, ledger}};"),
        (
            "api/points.rs",
            "use crate::{app::App, service, store::{Db, DbError}}; let c = '\"'; fn f<'a>(x: &'a str) {}",
        ),
        ("web/session.rs", "use crate::store::sessions;"),
        ("app.rs", "use crate::{clock::Clock, store::Db};"),
        ("main.rs", "fn main() { guerdon::cli::main() }"),
    ] {
        assert_eq!(wrong_imports(file, text), Vec::<String>::new(), "{file}");
    }
}

/// Lines of `text`, without its unit tests, that take it for granted that nothing fails.
fn unwraps(text: &str) -> Vec<usize> {
    let code = code_of(text);
    let lines = without_tests(&code).lines().enumerate();
    lines.filter(|(_, line)| line.contains(".unwrap()") || line.contains(".expect(")).map(|(at, _)| at + 1).collect()
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    let files = files("src", ".rs");
    assert!(files.len() > 20);
    let wrong: Vec<String> = files
        .iter()
        .flat_map(|(file, text)| unwraps(text).into_iter().map(move |at| format!("src/{file}:{at}")))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(
        unwraps("a.unwrap();\n// a.unwrap()\nb.expect(\"x\");\n#[cfg(test)]\nmod tests { c.unwrap(); }"),
        [1, 3]
    );
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = files("src", ".rs")
        .iter()
        .map(|(file, text)| (file, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX)
        .map(|(file, lines)| format!("src/{file} has {lines} lines: split it by noun"))
        .collect();
    assert!(long.is_empty(), "{}", long.join("\n"));
}

/// What the content security policy would block, or askama would not escape.
fn forbidden_in_page(text: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.to_ascii_lowercase();
        let words: Vec<&str> = line.split(|c: char| c.is_whitespace() || c == '<').collect();
        let attribute = words.iter().find(|word| {
            let name = word.split('=').next().unwrap_or_default();
            let name = name.strip_prefix("data-").unwrap_or(name);
            let handler = name
                .strip_prefix("on")
                .is_some_and(|event| event.len() > 2 && event.bytes().all(|b| b.is_ascii_lowercase()));
            word.contains('=')
                && (name == "style"
                    || handler
                    || name.starts_with("hx-on")
                    || name == "hx-vals" && word.contains("js:"))
        });
        let unescaped =
            line.split('|').skip(1).any(|filter| filter.split(|c| !is_word(c)).find(|w| !w.is_empty()) == Some("safe"));
        let script = line.match_indices("<script").any(|(at, _)| {
            let tag = line[at..].split('>').next().unwrap_or_default();
            !tag.contains(" src=")
        });
        // Nothing is inherited: an answer would go where some form around the element points.
        let aimless =
            ["data-hx-get=", "data-hx-post="].iter().flat_map(|name| line.match_indices(name)).any(|(at, _)| {
                let begin = line[..at].rfind('<').unwrap_or_default();
                let end = line[at..].find('<').map_or(line.len(), |end| at + end);
                !line[begin..end].contains("data-hx-target=")
            });
        let found = attribute.map(ToString::to_string).or_else(|| {
            if aimless {
                Some("a request without a target".to_owned())
            } else if script {
                Some("<script> without src".to_owned())
            } else if line.contains("<style") {
                Some("<style>".to_owned())
            } else if unescaped {
                Some("|safe".to_owned())
            } else if line.contains("javascript:") {
                Some("javascript:".to_owned())
            } else {
                None
            }
        });
        wrong.extend(found.map(|what| format!("{}: {what}", at + 1)));
    }
    wrong
}

#[test]
fn pages_hold_no_inline_code_and_escape_everything() {
    let wrong: Vec<String> = files("templates", ".html")
        .iter()
        .flat_map(|(file, text)| {
            forbidden_in_page(text).into_iter().map(move |what| format!("templates/{file}:{what}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn inline_code_in_a_page_is_noticed() {
    for text in [
        "<p style=\"color: red\">",
        "<p\nstyle='color: red'>",
        "<script>alert(1)</script>",
        "<script type=\"module\">",
        "<a onclick=\"x()\">",
        "<body ONLOAD=x>",
        "<div hx-on:click=\"x()\">",
        "<div hx-on::after-request=\"x()\">",
        "{{ name|safe }}",
        "{{ name | safe }}",
        "<a href=\"javascript:x()\">",
        "<style>p {}</style>",
        "<div hx-vals=\"js:{a: 1}\">",
        "<div data-hx-on:click=\"x()\">",
        "<p><form data-hx-target=\"#main\"><div data-hx-get=\"/a\" id=\"b\"><p data-hx-target=\"#c\">",
    ] {
        assert_eq!(forbidden_in_page(text).len(), 1, "{text}");
    }
    for text in [
        "<script src=\"/static/guerdon.js\" defer></script>",
        "<link rel=\"stylesheet\" href=\"x.css\">",
        "<input name=\"on\" value=\"style=\">",
        "{% if on == 1 %}",
        "{{ value|safely }}",
        "<a data-hx-get=\"/a\" data-hx-target=\"#main\">",
    ] {
        assert_eq!(forbidden_in_page(text), Vec::<String>::new(), "{text}");
    }
}

/// Functions of the service that write and record nothing in the audit log themselves, and why that is right.
const NOT_RECORDED: [(&str, &str, &str); 58] = [
    ("bulk/booking.rs", "hold", "takes the work on a change that was recorded when it was run"),
    ("bulk/booking.rs", "note", "the ledger's entries say who and why"),
    ("bulk/booking.rs", "stop", "recorded when it was asked for"),
    ("bulk/check.rs", "run", "checks what was recorded when it was uploaded"),
    ("bulk/mod.rs", "forget", "forgets what was cut off"),
    ("bulk/reversal.rs", "leave_out", "how a row ended stands in its row"),
    ("bulk/reversal.rs", "note", "the ledger's entries say who and why"),
    ("bulk/upload.rs", "upload", "by end"),
    ("bulk/upload.rs", "take_in", "rows of an upload, which is recorded when it is whole"),
    ("bulk/work.rs", "work_off", "work on a change that was recorded when it was run"),
    ("bulk/work.rs", "check_now", "checks what was recorded when it was uploaded"),
    ("bulk/work.rs", "let_go", "work on a change that was recorded when it was run"),
    ("coupons/names.rs", "fold_some", "how names are searched, which nobody sees"),
    ("coupons/redeem.rs", "redeem_once", "the ledger's entry says who and why"),
    ("customers/recent.rs", "note_once", "one's own comfort"),
    ("daily_proof.rs", "claim", "takes on a proof, which changes nothing"),
    ("daily_proof.rs", "keep", "what a proof found"),
    ("figures/days.rs", "keep", "sums of what entries say"),
    ("figures/days.rs", "check_all", "takes back sums that are not what entries say"),
    ("feeds/inbox.rs", "purge", "forgets what was worked off"),
    ("feeds/mod.rs", "keep", "keeps what a shop sends, as it came"),
    ("feeds/work.rs", "end", "how an event ended stands in its row"),
    ("feeds/work.rs", "claim", "the ledger's entries say what came of it"),
    ("identity/fetching.rs", "refresh", "public keys of a provider that an admin named"),
    ("ledger/batch.rs", "once", "the ledger's entries say who and why"),
    ("links.rs", "redeem", "by users::set_hash"),
    ("returned_coupons.rs", "ask", "asks a question; its answer is recorded"),
    ("rule_drafts.rs", "publish_as", "by sites::change_in"),
    ("second_factor.rs", "reset", "by reset_in"),
    ("secret_keys.rs", "has_the_same_secret", "compares the installation's key"),
    ("secret_keys.rs", "keep_recovery_keys", "recorded when everything is sealed anew"),
    ("secret_keys.rs", "replace", "recorded when everything is sealed anew"),
    ("sessions.rs", "end", "one's own session"),
    ("sessions.rs", "end_others", "one's own sessions"),
    ("sessions.rs", "purge", "forgets what has ended"),
    ("setup.rs", "offer", "keeps the hash of a link that nobody used yet"),
    ("sign_in.rs", "count", "counts a try"),
    ("sign_in.rs", "sign_in_by_link", "by admit"),
    ("sign_in.rs", "welcome", "by admit"),
    ("sign_ins.rs", "purge", "forgets what is 90 days old"),
    ("sign_ins.rs", "record_wrong", "is a record itself"),
    ("sites.rs", "change_once", "by keep"),
    ("sites.rs", "create_once", "by insert"),
    ("team.rs", "add_once", "by join"),
    ("team.rs", "take_in", "by join"),
    ("tenants.rs", "create_once", "by insert"),
    ("tokens.rs", "issue", "noted as the last use of its client"),
    ("tokens.rs", "issue_to_customer_once", "lives minutes; the client that makes it is known"),
    ("users.rs", "change_own_password", "by set_password"),
    ("users.rs", "count_try", "counts a try"),
    ("users.rs", "set_hash_once", "by set_hash"),
    ("users.rs", "set_language", "one's own comfort"),
    ("webhooks/expiring.rs", "give_some", "events that follow from the ledger"),
    ("webhooks/sending.rs", "claim_once", "who sends is nobody's change"),
    ("webhooks/sending.rs", "purge", "forgets what was delivered"),
    ("webhooks/sending.rs", "release", "who sends is nobody's change"),
    ("webhooks/sending.rs", "take_over", "how a try ended stands in its row"),
    ("expiry.rs", "record_due", "the ledger's entries say themselves"),
];

/// The functions of a file of the service that commit a transaction and name no record of the audit log.
fn unrecorded(text: &str) -> Vec<String> {
    let code = code_of(text);
    let code = without_tests(&code);
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest
        .find("\nasync fn ")
        .into_iter()
        .chain(rest.find("\npub async fn "))
        .chain(rest.find("\npub(super) async fn "))
        .min()
    {
        let begun = &rest[at + 1..];
        let body = &begun[..begun.find("\n}\n").unwrap_or(begun.len())];
        let name = body.split("fn ").nth(1).unwrap_or_default();
        if body.contains(".commit()") && !body.contains("record(") && !body.contains("record_global(") {
            found.push(name.chars().take_while(|c| is_word(*c)).collect());
        }
        rest = &begun[body.len()..];
    }
    found
}

#[test]
fn whatever_changes_something_is_recorded() {
    let mut seen = Vec::new();
    for (file, text) in files("src/service", ".rs") {
        seen.extend(unrecorded(&text).into_iter().map(|name| (file.clone(), name)));
    }
    let known = |file: &str, name: &str| NOT_RECORDED.iter().any(|(f, n, _)| *f == file && *n == name);
    let new: Vec<_> = seen.iter().filter(|(file, name)| !known(file, name)).collect();
    assert!(
        new.is_empty(),
        "these write and record nothing in the audit log: {new:?}\nRecord the change with audit::record in its own \
         transaction, or list the function in tests/architecture.rs with the reason why nobody needs to know."
    );
    let gone: Vec<_> =
        NOT_RECORDED.iter().filter(|(file, name, _)| !seen.iter().any(|(f, n)| f == file && n == name)).collect();
    assert!(gone.is_empty(), "these are listed and need not be: {gone:?}");
}

#[test]
fn a_change_that_is_not_recorded_is_noticed() {
    let text = "\nasync fn silent(tx: Tx) {\n    tx.commit().await\n}\n\npub async fn loud(tx: Tx) {\n    audit::record(tx);\n    tx.commit().await\n}\n\nfn reads() {\n}\n";
    assert_eq!(unrecorded(text), ["silent"]);
}
