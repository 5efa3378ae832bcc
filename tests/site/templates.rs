//! Every template, rendered with samples in every language: the demo's shop has some of everything.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fmt::Debug,
    sync::{LazyLock, Mutex},
};

use guerdon::{
    clock::MockClock,
    demo::{self, TENANT},
    domain::totp::{STEP_SECS, TotpSecret, step_at},
    secrets::Secrets,
    service::setup,
    store::Backend,
    texts::Language,
};
use regex::Regex;
use scraper::{Html, Selector};
use tracing::field::{Field, Visit};
use tracing_subscriber::{Layer, layer::Context, prelude::*};

use super::{
    common::{
        clock,
        database::{TestDb, raw},
        source::files,
    },
    visitor::{Visitor, serve},
};

/// Pages that differ only in an id are alike; so many of them are looked at.
const ALIKE_MAX: usize = 3;

/// The reference of the API is English like the API itself.
const ENGLISH_ALONE: &str = "api_docs/";

/// The demo's own shop is another server, whose pages `tests/system/demo_shop.rs` walks.
const ELSEWHERE: &str = "src/demo_shop/";

/// What was rendered: the type of the template, and the language.
static RENDERED: LazyLock<Mutex<BTreeSet<(String, String)>>> = LazyLock::new(Mutex::default);

/// Notes what the server says of each template that it renders.
struct Notes;

#[derive(Default)]
struct Said(BTreeMap<&'static str, String>);

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl<S: tracing::Subscriber> Layer<S> for Notes {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "guerdon::web::html" {
            let mut said = Said::default();
            event.record(&mut said);
            if let (Some(template), Some(language)) = (said.0.remove("template"), said.0.remove("language")) {
                let template = template.split('<').next().unwrap().to_owned();
                RENDERED.lock().unwrap().insert((template, language));
            }
        }
    }
}

/// The types of all templates, each with its file.
fn templates() -> BTreeMap<String, String> {
    let found =
        Regex::new(r#"template\(\s*path = "([^"]+)"[^)]*\)\]\s*(?:#\[[^\]]*\]\s*)*(?:pub\S* )?struct (\w+)"#).unwrap();
    let mut all = BTreeMap::new();
    for (file, text) in files("src", ".rs") {
        let file = format!("src/{file}");
        let module =
            file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
        for one in found.captures_iter(&text).filter(|_| !file.starts_with(ELSEWHERE)) {
            all.insert(format!("guerdon::{module}::{}", &one[2]), one[1].to_owned());
        }
    }
    all
}

/// An address with its ids left out.
fn shape(address: &str) -> String {
    let is_id = |segment: &&str| segment.chars().any(|c| c.is_ascii_digit() || c.is_uppercase());
    let path = address.split('?').next().unwrap();
    path.split('/').map(|segment| if is_id(&segment) { "*" } else { segment }).collect::<Vec<_>>().join("/")
}

fn links(page: &str) -> Vec<String> {
    let all = Selector::parse("a[href^='/admin']").unwrap();
    let page = Html::parse_document(page);
    page.select(&all).map(|link| link.attr("href").unwrap().split('#').next().unwrap().to_owned()).collect()
}

/// Everything that can be reached by links, a few pages of each shape.
async fn walk(visitor: &Visitor, from: &str) -> BTreeSet<String> {
    let mut waiting = VecDeque::from([from.to_owned()]);
    let (mut known, mut alike) = (BTreeSet::new(), BTreeMap::<String, usize>::new());
    while let Some(address) = waiting.pop_front() {
        let answer = visitor.get(&address).await;
        assert!(matches!(answer.status.as_u16(), 200 | 303), "{address}: {} {}", answer.status, answer.text);
        for link in links(&answer.text).into_iter().filter(|link| !link.contains(".csv") && !link.contains(".json")) {
            let count = alike.entry(shape(&link)).or_default();
            if *count < ALIKE_MAX && known.insert(link.clone()) {
                *count += 1;
                waiting.push_back(link);
            }
        }
    }
    known
}

/// What is shown for no link: answers to forms, parts that are filled in while typing, refusals.
async fn besides(visitor: &Visitor, pages: &BTreeSet<String>) {
    let at = |path: &str| format!("/admin/{TENANT}{path}");
    assert_eq!(visitor.get(&at("/nowhere")).await.status, 404);
    assert_eq!(visitor.with_htmx("main").get(&at("/nowhere")).await.status, 404);
    visitor.with_htmx("main").page(&at("/team")).await;
    visitor.with_htmx("search-results").page(&at("/search?q=a")).await;
    visitor.with_htmx("preview").page(&at("/options/preview?name=x&points=5&worth=1")).await;
    visitor.with_htmx("example").page(&at("/rules/main/example")).await;
    let customer = pages.iter().find(|page| shape(page) == at("/customers/*")).unwrap();
    visitor.with_htmx("preview").page(&format!("{customer}/preview?direction=add&points=5")).await;
    let batch = pages.iter().find(|page| shape(page) == at("/bulk/*")).unwrap();
    visitor.with_htmx("bulk-progress").page(&format!("{}/progress", batch.split('?').next().unwrap())).await;
    let form = visitor.page(&at("/api-clients/new")).await;
    let fields = [("name", "Till"), ("scope", "coupon.coupon_read")];
    assert_eq!(visitor.submit(&form, &at("/api-clients"), &fields).await.status, 201);
    visitor.page(&at("/customer-sign-in/try")).await;
    deliveries(visitor).await;
    visitor.page("/docs/api").await;
    visitor.page("/admin/account/sign-ins").await;
}

/// An endpoint that is told something, and what became of that.
async fn deliveries(visitor: &Visitor) {
    let list = format!("/admin/{TENANT}/webhooks");
    let form = visitor.page(&format!("{list}/new")).await;
    let fields = [("url", "https://hooks.invalid/guerdon"), ("event_types", "points.added")];
    assert_eq!(visitor.submit(&form, &list, &fields).await.status, 201);
    let endpoint = visitor.page(&list).await.attribute("tbody tr:last-child th a", "href");
    visitor.submit(&visitor.page(&endpoint).await, &format!("{endpoint}/test"), &[]).await.location();
    let delivery = visitor.page(&format!("{list}/deliveries")).await.attribute("tbody th a", "href");
    visitor.page(&delivery).await;
}

/// The pages of those who are not signed in, or not yet.
async fn outside(nobody: &Visitor, admin: &Visitor, who: &str) {
    nobody.page("/admin/login").await;
    assert_eq!(nobody.get("/admin/login/password?token=none").await.status, 410);
    let team = format!("/admin/{TENANT}/team");
    let form = admin.page(&format!("{team}/new")).await;
    let made = admin.submit(&form, &team, &[("email", who), ("name", "New"), ("role", "viewer")]).await;
    let link = made.one(".secret .code");
    nobody.page(&format!("/admin{}", link.split_once("/admin").unwrap().1)).await;
}

/// A second factor, from setting up to being asked for.
async fn second_factor(now: &MockClock, app: &guerdon::app::App, visitor: &Visitor, again: &Visitor, email: &str) {
    const PAGE: &str = "/admin/account/second-factor";
    visitor.sign_in_with(email, demo::PASSWORD).await;
    let page = visitor.page(PAGE).await;
    let secret = TotpSecret::parse(&page.one(".secret .code").replace(' ', "")).unwrap();
    let done = visitor.submit(&page, PAGE, &[("code", &secret.code(step_at(app.now())))]).await;
    assert_eq!(done.status, 201, "{}", done.text);
    visitor.page(PAGE).await;
    now.set(app.now().plus_secs(STEP_SECS));
    again.sign_in_with(email, demo::PASSWORD).await;
    again.page("/admin/login/code").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_template_is_rendered_in_every_language() {
    tracing_subscriber::registry().with(Notes).init();
    let now = clock::stopped();
    let (db, fresh) = (TestDb::new(Backend::Sqlite).await, TestDb::new(Backend::Sqlite).await);
    let folder = tempfile::tempdir().unwrap();
    let key = || Secrets::load_or_make(&folder.path().join("key")).unwrap();
    let (app, empty) = (db.app(&now).with_secret(key()), fresh.app(&now));
    demo::make(&app.db, (*app.settings).clone(), key(), 25, app.now(), &|_day| {}).await.unwrap();
    // A job that is far from due is under way for as long as the test looks at it.
    let mut tx = app.db.begin().await.unwrap();
    tx.query(raw("UPDATE bulk_batches SET state = 'running', due_at = 9000000000000000")).run().await.unwrap();
    tx.commit().await.unwrap();
    let (site, new) = (serve(&app), serve(&empty));
    let link = format!("/admin/setup?token={}", setup::offer(&empty).await.unwrap().unwrap());
    for (language, member, guest) in [
        (Language::English, "tim@alpenglow.example", "a@example.com"),
        (Language::German, "vera@alpenglow.example", "b@example.com"),
    ] {
        let speaker = || site.visitor_reading(language);
        new.visitor_reading(language).page(&link).await;
        let admin = speaker();
        admin.sign_in_with("jonas@alpenglow.example", demo::PASSWORD).await;
        let pages = walk(&admin, &format!("/admin/{TENANT}")).await;
        besides(&admin, &pages).await;
        outside(&speaker(), &admin, guest).await;
        second_factor(&now, &app, &speaker(), &speaker(), member).await;
        let operator = speaker();
        operator.sign_in_with("operator@alpenglow.example", demo::PASSWORD).await;
        operator.page("/admin").await;
        operator.page("/admin/tenants/new").await;
    }
    let all = templates();
    assert!(all.len() > 60, "{all:?}");
    let rendered = RENDERED.lock().unwrap().clone();
    let missing: Vec<String> = all
        .iter()
        .flat_map(|(template, file)| Language::ALL.map(|language| (template, file, language.as_str())))
        .filter(|(_, file, language)| *language == "en" || !file.starts_with(ENGLISH_ALONE))
        .filter(|(template, _, language)| !rendered.contains(&((*template).clone(), (*language).to_owned())))
        .map(|(template, file, language)| format!("{file} ({template}) in {language}"))
        .collect();
    assert!(missing.is_empty(), "never rendered, so visit them above:\n{}", missing.join("\n"));
}
