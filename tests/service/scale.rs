//! How long the support desk waits at 100,000 customers with a million entries. Slow to build, so run by hand:
//!
//!     scripts/test --release --run-ignored only -E 'test(scale)' --no-capture

use std::time::{Duration, Instant};

use guerdon::{
    domain::{ids::CustomerId, ledger::entry::EntryKind, money::Currency, time::Timestamp},
    service::{
        customers::{
            list::{self, Column, ListQuery, Order, Place, View},
            overview, search,
        },
        figures::{self, Period, days},
        history::{self, LedgerFilter, LedgerPage, Show},
    },
    store::Backend,
};

use crate::{
    common::{database::raw, on_both},
    shop::{DAY, Shop, customer},
};

const CUSTOMERS: i64 = 100_000;

/// Accounts with ten entries each over a year, eight lots of which half are spent, and names for four of five.
async fn fill(shop: &Shop<'_>) {
    let (db, now) = (&shop.app.db, shop.app.now().micros());
    let year = 365 * DAY * 1_000_000;
    let (begin, step) = (now - year, year / CUSTOMERS);
    let series = |name: &str, from: i64, to: i64| match db.backend() {
        Backend::Sqlite => format!(
            "(WITH RECURSIVE s(n) AS (SELECT {from} UNION ALL SELECT n + 1 FROM s WHERE n < {to}) SELECT n FROM s) AS {name}"
        ),
        Backend::Postgres => format!("(SELECT n FROM generate_series(CAST({from} AS BIGINT), {to}) AS t(n)) AS {name}"),
    };
    let customers = series("c", 0, CUSTOMERS - 1);
    let account = format!("(({begin} + c.n * {step}) / 1000) * 2097152 + c.n");
    // Entry k of an account: nine credits of 10 to 400 points and one debit.
    let at = format!("({begin} + c.n * {step} + k.n * (({now} - {begin} - c.n * {step}) / 11))");
    let points = "(10 + (c.n * 7 + k.n * 131) % 390)";
    let until = format!("({at} + (20 + (c.n * 13 + k.n * 37) % 345) * {DAY} * 1000000)");
    let yes = if db.backend() == Backend::Postgres { "TRUE" } else { "1" };
    let mut tx = db.begin().await.unwrap();
    for sql in [
        format!(
            "INSERT INTO accounts SELECT 'acme', {account}, 'C' || CAST(4289000000 + c.n * 7 AS TEXT), (c.n * 7919) % 20000,
                 {now} + (1 + c.n % 300) * {DAY} * 1000000, {now}, 10, 0, {yes}, 'h',
                 {begin} + c.n * {step} + 10 * (({now} - {begin} - c.n * {step}) / 11), {begin} + c.n * {step}, 0 FROM {customers}"
        ),
        format!(
            "INSERT INTO entries (tenant_id, account_id, seq, entry_id, kind, points, balance_after, recorded_at, settled_at,
                 valid_until, site_code, reference_id, actor_kind, actor_id, source, hash)
             SELECT 'acme', {account}, k.n, CAST(c.n AS TEXT) || '-' || CAST(k.n AS TEXT),
                 CASE WHEN k.n = 10 THEN 'redeemed' WHEN k.n = 9 THEN 'added' ELSE 'earned' END,
                 CASE WHEN k.n = 10 THEN -5 ELSE {points} END, 0, {at}, {at},
                 CASE WHEN k.n < 10 THEN {until} END, 'main', CASE WHEN k.n < 9 THEN 'B' || CAST(c.n * 10 + k.n AS TEXT) END,
                 CASE WHEN k.n = 9 AND c.n % 10 = 0 THEN 'employee' ELSE 'client' END, 'u1', 'api', 'h'
             FROM {customers}, {}",
            series("k", 1, 10)
        ),
        format!(
            "INSERT INTO lots SELECT 'acme', {account}, k.n, {points}, CASE WHEN {until} < {now} OR k.n < 4 THEN 0 ELSE {points} END,
                 NULL, {until} FROM {customers}, {}",
            series("k", 1, 9)
        ),
        format!("INSERT INTO usages SELECT 'acme', {account}, 10, 1, 5 FROM {customers}"),
        format!(
            "INSERT INTO customers (tenant_id, customer_id, name, email, birthday, search, created_at, modified_at, birth_day)
             SELECT 'acme', 'C' || CAST(4289000000 + c.n * 7 AS TEXT), 'First' || CAST(c.n % 997 AS TEXT) || ' Last' || CAST(c.n AS TEXT),
                 'first' || CAST(c.n % 997 AS TEXT) || '.last' || CAST(c.n AS TEXT) || '@example.com', NULL,
                 ' example first' || CAST(c.n % 997 AS TEXT) || ' last' || CAST(c.n AS TEXT), 0, 0,
                 CASE WHEN c.n % 365 = 0 THEN '01-15' ELSE '06-01' END
             FROM {customers} WHERE c.n % 5 < 4"
        ),
        format!(
            "INSERT INTO customer_words SELECT 'acme', 'C' || CAST(4289000000 + c.n * 7 AS TEXT),
                 CASE k.n WHEN 1 THEN 'first' || CAST(c.n % 997 AS TEXT) WHEN 2 THEN 'last' || CAST(c.n AS TEXT) ELSE 'example' END
             FROM {customers}, {} WHERE c.n % 5 < 4",
            series("k", 1, 3)
        ),
    ] {
        tx.query(raw(sql)).run().await.unwrap();
    }
    tx.commit().await.unwrap();
    // As autovacuum does on a server that is used; SQLite plans without statistics.
    if let guerdon::store::Db::Postgres(pool) = db {
        sqlx::Executor::execute(pool, "VACUUM ANALYZE").await.unwrap();
    }
}

/// The first run is cold, and of the others the fastest counts: what else the machine does only adds.
async fn takes<T>(what: &str, at_most_ms: u64, work: impl AsyncFn() -> T) {
    let mut times = Vec::new();
    for _ in 0..15 {
        let start = Instant::now();
        work().await;
        times.push(start.elapsed());
    }
    let first = times[0];
    times.sort_unstable();
    let slow = if times[0] > Duration::from_millis(at_most_ms) { "SLOW" } else { "" };
    eprintln!("{what:<40} first {first:>9.1?}  fastest {:>9.1?}  median {:>9.1?}  {slow}", times[0], times[7]);
}

async fn page(shop: &Shop<'_>, query: &ListQuery) -> list::Page {
    list::page(&shop.app.db, &shop.tenant, query, shop.today()).await.unwrap()
}

on_both! {
    #[ignore = "takes minutes; see the head of the file"]
    async fn scale(app, _clock) {
        let shop = Shop::open(app, "acme").await;
        fill(&shop).await;
        eprintln!("{:?}", app.db.backend());
        let (db, tenant) = (&app.db, &shop.tenant);
        let base = ListQuery { size: 25, ..ListQuery::default() };
        takes("counts of the views", 50, async || list::counts(db, tenant, shop.today()).await.unwrap()).await;
        for view in View::ALL {
            for (column, descending) in [(Column::Change, true), (Column::Balance, true), (Column::Customer, false)] {
                let query = ListQuery { view, order: Some(Order { column, descending }), ..base.clone() };
                takes(&format!("list {view:?} by {column:?}"), 50, async || page(&shop, &query).await).await;
            }
        }
        for days in [1, 28, 300] {
            let since = Some(app.now().plus_secs(-days * DAY));
            let order = Some(Order { column: Column::Balance, descending: false });
            let query = ListQuery { changed_since: since, order, ..base.clone() };
            takes(&format!("list changed in {days} days by balance"), 50, async || page(&shop, &query).await).await;
        }
        let mut deep = base.clone();
        for _ in 0..200 {
            deep.place = Place::After(page(&shop, &ListQuery { size: 100, ..deep.clone() }).await.next.unwrap());
        }
        takes("list, 200 pages down", 50, async || page(&shop, &deep).await).await;
        for text in ["C4289081720", "c42", "first12", "first12 last1", "last99999", "example", "B1234", "e", "nobody", "last500@exam"] {
            takes(&format!("search {text:?}, ten"), 100, async || search::find(db, tenant, text, 10).await.unwrap()).await;
            let query = ListQuery { text: text.to_owned(), ..base.clone() };
            takes(&format!("search {text:?}, list"), 100, async || page(&shop, &query).await).await;
        }
        let id: CustomerId = customer("C4289000700");
        let euro = Currency::parse("EUR").unwrap();
        takes("customer: overview", 50, async || overview::find(db, tenant, &id, &euro, app.now()).await.unwrap()).await;
        takes("customer: history", 50, async || history::timeline(db, tenant, &id, Show::All, None, 50).await.unwrap()).await;
        let all = LedgerFilter { from: Timestamp::from_micros(0), until: Timestamp::MAX, kind: None, actor: None };
        for (what, filter) in [
            ("all", all.clone()),
            ("one kind", LedgerFilter { kind: Some(EntryKind::Redeemed), ..all.clone() }),
            ("a kind that never was", LedgerFilter { kind: Some(EntryKind::TakenBack), ..all.clone() }),
            ("an employee", LedgerFilter { actor: Some((guerdon::domain::actor::ActorKind::Employee, Some("u1".to_owned()))), ..all.clone() }),
        ] {
            takes(&format!("ledger: {what}"), 100, async || {
                history::ledger(db, tenant, &filter, LedgerPage::Newest, 50).await.unwrap()
            })
            .await;
        }
        let today = shop.today().date();
        guerdon::service::expiry::record_due(app).await.unwrap();
        while days::keep_all(app).await.unwrap() > 0 {}
        for (what, period) in [
            ("7 days", Period::last_days(today, 7)),
            ("28 days", Period::last_days(today, 28)),
            ("12 months", Period::last_year(today)),
        ] {
            takes(&format!("overview: {what}"), 50, async || {
                figures::overview(db, tenant, &euro, period, shop.today()).await.unwrap()
            })
            .await;
        }
    }
}
