//! A replica that stands still, as under a hypervisor that is busy elsewhere, and goes on as if nothing had happened.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    time::{Duration, Instant},
};

use futures_util::stream;
use guerdon::{
    app::App,
    clock::SystemClock,
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        ids::{SiteCode, TenantId},
    },
    service::bulk::{self, Act, New},
    store::{Backend, Db},
};
use serde_json::json;

use crate::{
    common::{
        database::{TestDb, raw},
        program::Program,
        proxy::{Act as Strike, Place, Proxy},
        receiver::Receiver,
        wait,
    },
    cut::commits,
    office::Office,
    rounds, seed,
    shop::{Connections, Shop},
    writes,
};

/// How long a frozen replica may keep others from an account.
const LOCKED: Duration = Duration::from_secs(9);

/// Two replicas, of which one reaches the database by way of a proxy, so that it can be frozen in the middle of a
/// transaction for certain.
#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_replica_keeps_others_from_its_accounts_for_seconds_and_does_nothing_twice_when_thawed() {
    let db = TestDb::new(Backend::Postgres).await;
    let program = Program::on(&db);
    let proxy = Proxy::to(Place::postgres(db.url())).await;
    let url = proxy.postgres(db.url());
    let frozen = program.begin_serving("127.0.0.1:0", &[("GUERDON_DATABASE_URL", &url)]);
    frozen.ready().await;
    let other = program.serve().await;
    let balancer = Proxy::balancing(&[frozen.url(""), other.url("")]).await;
    let shop = Shop::open(&program, &balancer.base(), Connections::Fresh, seed()).await;
    for _ in 0..rounds(1) {
        let fault = async || {
            // It has locked accounts and has not committed.
            let before = proxy.struck();
            proxy.rule(|message| if commits(message) { Strike::Hold } else { Strike::Pass });
            proxy.until_struck(before + 1).await;
            frozen.signal("STOP");
            let begun = Instant::now();
            shop.serve_everybody_at(&other.url("")).await;
            assert!(begun.elapsed() < LOCKED, "the accounts were locked for {:?}", begun.elapsed());
            proxy.pass();
            frozen.signal("CONT");
            frozen.ready().await;
        };
        shop.under_load(writes(100), fault).await;
        shop.settle(&program, db.url()).await;
    }
    shop.tell("a frozen replica");
}

/// A bulk change and webhooks are under way when the replica that works on them is frozen. Another one takes over when its
/// leases have ended; thawed, it finds that they are not its own any more.
#[tokio::test(flavor = "multi_thread")]
async fn a_replica_thawed_past_its_leases_does_nothing_that_another_one_did() {
    let db = TestDb::new(Backend::Postgres).await;
    let program = Program::on(&db).with("GUERDON_WEBHOOKS_ALLOW_PRIVATE", "true");
    program.ok(&["tenant", "create", "acme", "--name", "Acme"]);
    let frozen = program.serve().await;
    let receiver = Receiver::start();
    let office = Office::enter(&program, &[frozen.url("")]).await;
    office.make_endpoint(&receiver.url(), "points.added").await;
    let rows = 1_500;
    let (user,): (String,) = db.query(raw("SELECT user_id FROM users")).one().await.unwrap();
    let caller = Caller { tenant: TenantId::parse("acme").unwrap(), actor: Actor::employee(&user) };
    let batch = upload(&db, &caller, rows).await;
    until(&db, "it is checked", "SELECT COUNT(*) FROM bulk_batches WHERE state = 'checked'", |checked| checked == 1)
        .await;
    let app = App::new((*db).clone(), SystemClock, Settings::default());
    bulk::act(&app, &caller, &batch, Act::Run).await.unwrap();
    until(&db, "a part is booked", "SELECT COUNT(*) FROM bulk_rows WHERE state = 'booked'", |booked| booked > 100)
        .await;
    frozen.signal("STOP");
    let rest = "SELECT COUNT(*) FROM bulk_rows WHERE state <> 'booked'";
    assert!(count(&db, rest).await > 0, "it ended before it was frozen");
    let other = program.serve().await;
    // What the frozen one holds is free again after a quarter of a minute.
    until(&db, "the rest is booked", rest, |rest| rest == 0).await;
    frozen.signal("CONT");
    frozen.ready().await;
    let pending = "SELECT COUNT(*) FROM webhook_deliveries WHERE state = 'pending'";
    until(&db, "every event is delivered", pending, |pending| pending == 0).await;
    until(&db, "the batch is done", "SELECT COUNT(*) FROM bulk_batches WHERE state = 'done'", |done| done == 1).await;
    assert_eq!(count(&db, "SELECT COUNT(*) FROM entries").await, rows);
    assert_eq!(
        count(&db, "SELECT CAST(SUM(points) AS BIGINT) FROM entries").await,
        (0..rows).map(points_of).sum::<i64>()
    );
    assert_eq!(count(&db, "SELECT booked_count FROM bulk_batches").await, rows);
    let taken = receiver.received().into_iter().filter(|one| one.taken);
    let ids: BTreeSet<String> = taken.map(|one| one.id().to_owned()).collect();
    assert_eq!(i64::try_from(ids.len()).unwrap(), rows);
    assert_eq!(program.json(&["verify", "--json"])["ok"], json!(true));
    drop(other);
}

fn points_of(row: i64) -> i64 {
    row % 7 + 1
}

/// Uploads a table of additions; returns the batch.
async fn upload(db: &TestDb, caller: &Caller, rows: i64) -> String {
    let mut table = "customer_id,points,reference\n".to_owned();
    for row in 0..rows {
        writeln!(table, "C{},{},R{row}", row % 50, points_of(row)).unwrap();
    }
    let app = App::new((*db).clone(), SystemClock, Settings::default());
    let new = New {
        name: "points.csv".to_owned(),
        site: SiteCode::main(),
        default_reason: Some("goodwill".to_owned()),
        opens_accounts: true,
        zone: chrono_tz::UTC,
    };
    let pieces = stream::iter([Ok::<_, ()>(table.into_bytes())]);
    bulk::upload(&app, caller, new, pieces).await.unwrap().batch_id
}

async fn count(db: &Db, query: &str) -> i64 {
    db.query(raw(query)).one::<(i64,)>().await.unwrap().0
}

async fn until(db: &Db, what: &str, query: &str, reached: impl Fn(i64) -> bool) {
    wait::until(what, Duration::from_secs(70), async || reached(count(db, query).await).then_some(())).await;
}
