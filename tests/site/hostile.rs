//! Names that break what is careless, on every page; and pages that change nothing by being looked at.

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
    visitor::{Visitor, acme, make_tenant, tenant},
};

/// Shown from the right to the left, and not ended: what follows it would be read backwards.
const BACKWARDS: &str = "\u{202e}gnp.Ann";
const MARKUP: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";

fn select<'a>(html: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
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
