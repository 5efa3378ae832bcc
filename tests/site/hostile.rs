//! What nobody types: every form and every list, filled with texts that break what is careless.

use std::collections::{BTreeMap, BTreeSet};

use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        customer::PersonalData,
    },
    service::customers::person,
};
use scraper::{ElementRef, Html, Node, Selector};

use super::{
    common::{database::raw, on_both},
    crawl::{crawl, lively},
    desk::{add, customer, offer, order},
    visitor::{Visitor, acme, encoded, make_tenant, tenant},
};

/// Shown from the right to the left, and not ended: what follows it would be read backwards.
const BACKWARDS: &str = "\u{202e}gnp.Ann";
const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";

/// What every field is filled with, one after the other.
const HOSTILE: [&str; 20] = [
    "a\0b",
    "a\u{7}\u{1b}[2Jb",
    "two\r\nlines: x",
    BACKWARDS,
    MARKUP,
    "' OR 1=1; --",
    "%_\\",
    "\u{10ffff}\u{feff}\u{fffe}",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}",
    "=cmd|' /C calc'!A0",
    "-1",
    "0",
    "99999999999999999999",
    "-9223372036854775808",
    "1e400",
    "NaN",
    "+262142-12-31",
    "2027-02-30",
    "../../../etc/passwd",
    " ",
];

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

/// A form of a page: its address, and its fields with what they hold and whether a person fills them in.
struct Form {
    action: String,
    fields: Vec<(String, String, bool)>,
}

impl Form {
    fn of(form: ElementRef<'_>) -> Option<Self> {
        let action = form.attr("action")?.to_owned();
        let mut fields = Vec::new();
        for field in form.select(&Selector::parse("input, select, textarea").unwrap()) {
            let Some(name) = field.attr("name") else { continue };
            let typed = !matches!(field.attr("type"), Some("hidden" | "checkbox" | "radio" | "submit" | "file"));
            let is_off =
                matches!(field.attr("type"), Some("checkbox" | "radio" | "file")) && field.attr("checked").is_none();
            if !is_off {
                fields.push((name.to_owned(), field.attr("value").unwrap_or_default().to_owned(), typed));
            }
        }
        Some(Self { action, fields })
    }

    fn filled<'a>(&'a self, text: &'a str) -> Vec<(&'a str, &'a str)> {
        let fields = self.fields.iter();
        fields.map(|(name, value, typed)| (name.as_str(), if *typed { text } else { value.as_str() })).collect()
    }
}

/// The forms of these pages that send something, one for each address.
fn forms(pages: &BTreeMap<String, String>) -> Vec<Form> {
    let mut forms = BTreeMap::new();
    for page in pages.values() {
        for form in select(&Html::parse_document(page), "form[method=post]").into_iter().filter_map(Form::of) {
            forms.entry(form.action.clone()).or_insert(form);
        }
    }
    forms.into_values().filter(|form| form.action != "/admin/logout").collect()
}

/// The names that the addresses of each page take: of its links, and of its forms that search.
fn questions(pages: &BTreeMap<String, String>) -> BTreeMap<String, BTreeSet<String>> {
    let mut questions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for page in pages.values() {
        let html = Html::parse_document(page);
        for link in select(&html, "a[href^='/admin']") {
            let address = link.attr("href").unwrap().split('#').next().unwrap();
            let Some((path, query)) = address.split_once('?') else { continue };
            let names = query.split('&').filter_map(|pair| pair.split('=').next()).map(str::to_owned);
            questions.entry(path.to_owned()).or_default().extend(names);
        }
        for form in select(&html, "form:not([method=post])").into_iter().filter_map(Form::of) {
            let names = form.fields.into_iter().map(|(name, ..)| name);
            questions.entry(form.action).or_default().extend(names);
        }
    }
    questions
}

/// How many rows each table holds, but for those that keep who was where.
async fn rows(app: &App) -> Vec<(String, i64)> {
    let tables = match app.db.backend() {
        guerdon::store::Backend::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'table'",
        guerdon::store::Backend::Postgres => {
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"
        }
    };
    let tables: Vec<(String,)> = app.db.query(raw(tables)).all().await.unwrap();
    let mut counts = Vec::new();
    for (table,) in tables {
        if ["sessions", "recent_customers", "sqlite_sequence"].contains(&table.as_str()) {
            continue;
        }
        let count = raw(format!("SELECT CAST(COUNT(*) AS BIGINT) FROM {table}"));
        let (count,): (i64,) = app.db.query(count).one().await.unwrap();
        counts.push((table, count));
    }
    counts.sort();
    counts
}

/// A shop in which everybody and everything is called like this.
async fn called(app: &App, visitor: &Visitor, name: &str) {
    add(app, name, 900, Some(name)).await;
    order(app, name, name).await;
    offer(app, name, 100).await;
    let caller = Caller { tenant: tenant("acme"), actor: Actor::system("test") };
    let label: String = name.chars().take(60).collect();
    let somebody = PersonalData { name: Some(name.to_owned()), ..PersonalData::default() };
    person::set(app, &caller, &customer(name), &somebody).await.unwrap();
    for (form, action, fields) in [
        (
            "/admin/acme/api-clients/new",
            "/admin/acme/api-clients",
            vec![("name", name), ("scope", "coupon.coupon_read")],
        ),
        (
            "/admin/acme/team/new",
            "/admin/acme/team",
            vec![("name", name), ("email", "eve@example.com"), ("role", "agent")],
        ),
        ("/admin/acme/reasons/new", "/admin/acme/reasons", vec![("label", &*label)]),
        (
            "/admin/acme/webhooks/new",
            "/admin/acme/webhooks",
            vec![("url", "https://shop.example/"), ("description", name), ("event_types", "points.added")],
        ),
    ] {
        let page = visitor.page(form).await;
        let answer = visitor.submit(&page, action, &fields).await;
        assert!(answer.status.is_success() || answer.status.is_redirection(), "{action}: {}", answer.text);
    }
}

/// The elements that the style sheet keeps apart from the text around them.
fn kept_apart() -> Vec<String> {
    let sheet = include_str!("../../static/guerdon.css");
    let (before, _) = sheet.split_once("{ unicode-bidi: isolate; }").unwrap();
    before.lines().last().unwrap().split(',').map(|name| name.trim().to_owned()).collect()
}

/// The texts of a page that `mark` may turn around: what comes after it in a box that both share.
fn astray(page: &str, mark: &str) -> Vec<String> {
    fn look(element: ElementRef<'_>, mark: &str, apart: &[String], found: &mut Vec<String>) {
        let name = element.value().name();
        // Each of these is a box of its own, or holds no text that is laid out.
        if ["bdi", "title", "option", "textarea", "script"].contains(&name) {
            return;
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) if text.contains(mark) => {
                    let after = text.split_once(mark).unwrap().1.trim_start_matches("gnp.Ann");
                    // What an entry is about ends with this word, which is no name.
                    let after = after.strip_suffix("returned").unwrap_or(after);
                    // Further elements stand in the same line, but for those that are blocks.
                    let alone = child.next_siblings().all(|next| next.value().as_element().is_none());
                    let ends = !after.contains(|c: char| c.is_alphanumeric()) || after.starts_with('\u{2069}');
                    let own = apart.iter().any(|known| known == name) || alone;
                    if !(ends && own) {
                        found.push(element.html());
                    }
                }
                Node::Element(_) => look(ElementRef::wrap(child).unwrap(), mark, apart, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    look(Html::parse_document(page).root_element(), mark, &kept_apart(), &mut found);
    found
}

on_both! {
    async fn nothing_that_is_typed_breaks_a_page(app, _clock) {
        let (site, ann) = acme(app).await;
        lively(app).await;
        let pages = crawl(&ann).await;
        let mut asked = 0;
        for (path, names) in questions(&pages) {
            for text in HOSTILE {
                let query: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text)).collect();
                let answer = ann.get(&format!("{path}?{}", encoded(&query))).await;
                assert!(answer.status.as_u16() < 500, "{path} with {names:?} = {text:?}: {}", answer.text);
                asked += 1;
            }
        }
        let mut sent = 0;
        for (place, form) in forms(&pages).into_iter().enumerate() {
            // A third of them for each form, another third for the next one.
            for text in HOSTILE.into_iter().skip(place % 3).step_by(3) {
                let answer = ann.post(&form.action, &form.filled(text)).await;
                assert!(answer.status.as_u16() < 500, "{} with {text:?}: {}", form.action, answer.text);
                sent += 1;
            }
        }
        assert!(asked > 200 && sent > 150, "{asked} lists were asked for and {sent} forms were sent");
        // What was kept of it is shown.
        let after = site.visitor();
        after.sign_in("ann@example.com").await;
        assert!(crawl(&after).await.len() > pages.len() / 2);
    }

    async fn nul_in_any_field_of_any_form_is_refused_and_changes_nothing(app, _clock) {
        let (site, ann) = acme(app).await;
        lively(app).await;
        let forms = forms(&crawl(&ann).await);
        let before = rows(app).await;
        let token = ann.token().await;
        let mut sent = 0;
        for form in &forms {
            for (name, ..) in form.fields.iter().filter(|(name, ..)| name != "csrf") {
                let fields = form.fields.iter().map(|(of, value, _)| (of.as_str(), if of == name { "a\0b" } else { value }));
                let answer = ann.post(&form.action, &fields.collect::<Vec<_>>()).await;
                let said = answer.text.contains("NUL") && answer.text.contains("Nothing was changed.");
                assert!(answer.status == 400 && said, "{} with {name}: {} {}", form.action, answer.status, answer.text);
                sent += 1;
            }
        }
        assert!(forms.len() > 20 && sent > 90, "{} forms, {sent} fields", forms.len());
        // Those before sign-in, one field of several, and a field beside a file.
        let somebody = site.visitor();
        let page = somebody.page("/admin/login").await;
        let answer = somebody.submit(&page, "/admin/login", &[("email", "a\0@example.com"), ("password", "x")]).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        let answer = ann.post("/admin/acme/api-clients", &[("csrf", &token), ("scope", "a"), ("scope", "\0")]).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        let part = reqwest::multipart::Form::new().text("csrf", token).text("text", "C1\0,5");
        let answer = ann.upload("/admin/acme/bulk", part).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(rows(app).await, before);
    }

    async fn looking_at_every_page_changes_nothing(app, _clock) {
        let (_site, ann) = acme(app).await;
        lively(app).await;
        let before = rows(app).await;
        crawl(&ann).await;
        assert_eq!(rows(app).await, before);
    }

    async fn markup_does_nothing_on_any_page(app, _clock) {
        let (_site, ann) = acme(app).await;
        called(app, &ann, MARKUP).await;
        let pages = crawl(&ann).await;
        let shown = pages.values().filter(|page| page.contains("&lt;script") || page.contains("&#60;script")).count();
        assert!(shown > 10, "it stands on {shown} pages");
        for (address, page) in pages {
            assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{address}: {page}");
            let html = Html::parse_document(&page);
            assert!(select(&html, "[onerror], [onclick], [style]").is_empty(), "{address}");
            assert!(!page.contains(">49<"), "{address}");
        }
    }

    async fn a_name_that_runs_backwards_turns_nothing_else_around(app, _clock) {
        let (_site, ann) = acme(app).await;
        make_tenant(app, "other", "Other").await;
        called(app, &ann, BACKWARDS).await;
        let pages = crawl(&ann).await;
        let shown = pages.values().filter(|page| page.contains(BACKWARDS)).count();
        assert!(shown > 10, "it stands on {shown} pages");
        let mut wrong: Vec<String> = Vec::new();
        for (address, page) in &pages {
            wrong.extend(astray(page, "\u{202e}").into_iter().map(|text| format!("{address}: {text}")));
        }
        assert!(wrong.is_empty(), "{} texts that it may turn around:\n{}", wrong.len(), wrong.join("\n"));
    }
}
