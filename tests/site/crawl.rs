//! Every link of the back office, followed by every role, in every language.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use guerdon::{
    app::App,
    domain::{actor::Actor, customer::PersonalData, role::Role},
    service::{customers::person, users},
    texts::Language,
};
use scraper::{ElementRef, Html, Node};

use super::{
    common::on_both,
    desk::{add, employee, offer, order},
    visitor::{Site, Visitor, acme, tenant},
};

/// Of pages that differ only in their query so many are looked at.
const QUERIES_MAX: usize = 3;
/// Addresses that answer with a file.
const FILES: [&str; 2] = [".csv", ".json"];
/// Words that stand in every longer English text and in no German one.
const ENGLISH: [&str; 14] =
    ["the", "and", "with", "your", "this", "that", "from", "are", "is", "not", "points", "no", "of", "to"];

/// A shop in which something has happened.
pub(super) async fn lively(app: &App) {
    add(app, "C1", 900, Some("B1")).await;
    add(app, "C2", 50, None).await;
    order(app, "C1", "B7").await;
    offer(app, "Fünf Euro", 100).await;
    let caller = guerdon::domain::actor::Caller { tenant: tenant("acme"), actor: Actor::system("test") };
    let mara = PersonalData { name: Some("Mara Lindqvist".to_owned()), ..PersonalData::default() };
    person::set(app, &caller, &super::desk::customer("C1"), &mara).await.unwrap();
}

/// The pages that can be reached from the overview, with their content.
pub(super) async fn crawl(visitor: &Visitor) -> BTreeMap<String, String> {
    let mut waiting = VecDeque::from(["/admin/acme".to_owned()]);
    let mut known: BTreeSet<String> = waiting.iter().cloned().collect();
    let mut of_path: BTreeMap<String, usize> = BTreeMap::new();
    let mut pages = BTreeMap::new();
    while let Some(address) = waiting.pop_front() {
        let answer = visitor.get(&address).await;
        let status = answer.status.as_u16();
        assert!(status == 200 || status == 303, "{address}: {status} {}", answer.text);
        let path = address.split('?').next().unwrap();
        if status == 303 || FILES.iter().any(|ending| path.ends_with(ending)) || path.contains("/account/") {
            continue;
        }
        for link in links(&answer.text) {
            let count = of_path.entry(link.split('?').next().unwrap().to_owned()).or_default();
            if *count < QUERIES_MAX && known.insert(link.clone()) {
                *count += 1;
                waiting.push_back(link);
            }
        }
        pages.insert(address, answer.text);
    }
    pages
}

fn links(page: &str) -> Vec<String> {
    let all = scraper::Selector::parse("a[href]").unwrap();
    let links = Html::parse_document(page);
    let links = links.select(&all).map(|link| link.value().attr("href").unwrap().split('#').next().unwrap().to_owned());
    links.filter(|link| link.starts_with("/admin")).collect()
}

/// What a person reads who knows no name, code or address: the texts of the page itself.
fn texts(page: &str) -> Vec<String> {
    fn read(element: ElementRef<'_>, found: &mut Vec<String>) {
        let own = ["bdi", "kbd", "code", "script", "svg", "time", "option", "textarea", "select"];
        let is_data =
            element.value().classes().any(|class| ["code", "sub", "nav-foot", "menu-head", "data"].contains(&class));
        if own.contains(&element.value().name())
            || is_data
            || element.value().attr("lang").is_some_and(|_| element.value().name() != "html")
        {
            return;
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) if !text.trim().is_empty() => found.push(text.trim().to_owned()),
                Node::Element(_) => read(ElementRef::wrap(child).unwrap(), found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    read(Html::parse_document(page).root_element(), &mut found);
    found
}

fn english(text: &str) -> bool {
    // Names of settings and events, and addresses, are the same in every language.
    let is_name = |word: &&str| word.trim_end_matches('.').contains(['.', '_', '/']);
    let plain = text.split_whitespace().filter(|word| !is_name(word)).collect::<Vec<_>>().join(" ");
    let words: Vec<String> =
        plain.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect();
    words.len() > 1 && words.iter().any(|word| ENGLISH.contains(&word.as_str()))
}

pub(super) async fn of_role(app: &App, site: &Site, role: Role) -> Visitor {
    employee(app, site, &format!("Erika{}", role.as_str()), role).await
}

on_both! {
    async fn no_link_leads_where_the_role_may_not_go(app, _clock) {
        let (site, _ann) = acme(app).await;
        lively(app).await;
        let mut counts = Vec::new();
        for role in [Role::Viewer, Role::Agent, Role::Manager, Role::Admin] {
            let visitor = of_role(app, &site, role).await;
            counts.push(crawl(&visitor).await.len());
        }
        assert!(counts[0] > 15 && counts.is_sorted(), "{counts:?}");
        // The same doors stand open in every language.
        let mut in_german = Vec::new();
        for role in [Role::Viewer, Role::Agent, Role::Manager, Role::Admin] {
            let visitor = site.visitor_reading(Language::German);
            visitor.sign_in(&format!("erika{}@example.com", role.as_str())).await;
            let pages = crawl(&visitor).await;
            assert!(pages.iter().all(|(_, page)| page.contains("<html lang=\"de\"")), "{}", role.as_str());
            in_german.push(pages.len());
        }
        assert_eq!(in_german, counts);
    }

    async fn a_german_reader_finds_no_english(app, _clock) {
        let (_site, ann) = acme(app).await;
        lively(app).await;
        let user = guerdon::service::team::list(&app.db, &tenant("acme")).await.unwrap()[0].user.user_id.clone();
        users::set_language(app, &user, Some(Language::German)).await.unwrap();
        let mut left = Vec::new();
        for (address, page) in crawl(&ann).await {
            assert!(page.contains("<html lang=\"de\""), "{address}");
            left.extend(texts(&page).into_iter().filter(|text| english(text)).map(|text| format!("{address}: {text}")));
        }
        left.sort();
        left.dedup_by_key(|line| line.split_once(": ").unwrap().1.to_owned());
        assert!(left.is_empty(), "{} texts in English:\n{}", left.len(), left.join("\n"));
    }
}
