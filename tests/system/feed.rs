//! A thousand order events, each delivered one to five times in any order, while a server dies: the ledger is that of
//! one clean pass, entry for entry.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures_util::future::join_all;
use guerdon::{
    app::App,
    clock::{Clock as _, SystemClock},
    config::Settings,
    domain::{
        actor::{Actor, Caller},
        feed::Feed,
        ids::{CustomerId, TenantId},
        webhook::{Message, WebhookSecret},
    },
    secrets::KeyRing,
    service::{
        accounts,
        feeds::{inbox, secrets},
    },
    store::Backend,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use reqwest::Client;
use serde_json::{Value, json};

use crate::common::{
    database::TestDb,
    program::{Program, Server},
    wait,
};

const ORDERS: usize = 400;
const RETURNS: usize = 200;
const CUSTOMERS: usize = 50;
const AT_ONCE: usize = 24;

/// The events of a shop in the order in which they happen; what comes back of an order is a whole number of tenths.
fn events(random: &mut StdRng) -> Vec<Value> {
    let mut events = Vec::new();
    for number in 0..ORDERS {
        let euros = random.random_range(1..90) * 10;
        let order = |status: &str| {
            json!({ "id": format!("B{number}"), "customerId": format!("C{}", number % CUSTOMERS), "status": status,
                "siteCode": "main", "currency": "EUR", "totals": { "gross": euros },
                "items": [{ "id": "1", "quantity": 10, "total": euros }] })
        };
        for status in ["CREATED", "COMPLETED"] {
            events.push(json!({ "type": format!("order.{}", status.to_lowercase()), "data": order(status) }));
        }
        if number % (ORDERS / RETURNS) == 0 {
            let back = json!({ "id": "R1", "orderId": format!("B{number}"),
                "items": [{ "id": "1", "quantity": random.random_range(1..11) }] });
            events.push(json!({ "type": "return.created", "data": back }));
        }
    }
    events
}

struct Shop {
    tenant: &'static str,
    secret: WebhookSecret,
}

impl Shop {
    async fn open(program: &Program, app: &App, tenant: &'static str) -> Self {
        program.ok(&["tenant", "create", tenant, "--name", tenant]);
        let caller = Caller { tenant: TenantId::parse(tenant).unwrap(), actor: Actor::system("test") };
        let text = secrets::add(app, &caller, Feed::Orders, None).await.unwrap();
        Self { tenant, secret: WebhookSecret::parse(&text).unwrap() }
    }

    /// Delivers an event, as senders do: with a fresh timestamp, and to the next server when one does not answer.
    async fn deliver(&self, http: &Client, servers: &[&Server], first: usize, (place, event): (usize, &Value)) {
        let body = event.to_string();
        for attempt in 0..50 {
            let now = SystemClock.now().micros() / 1_000_000;
            let id = format!("msg-{place}");
            let signature = self.secret.sign(Message { id: &id, at_secs: now, body: body.as_bytes() });
            let server = servers[(first + attempt) % servers.len()];
            let request = http
                .post(server.url(&format!("/webhooks/{}/orders", self.tenant)))
                .header("webhook-id", &id)
                .header("webhook-timestamp", now.to_string())
                .header("webhook-signature", signature);
            match request.body(body.clone()).send().await {
                Ok(answer) if answer.status() == 202 => return,
                Ok(answer) if answer.status().is_server_error() => {}
                Ok(answer) => panic!("{event} was answered {}: {}", answer.status(), answer.text().await.unwrap()),
                Err(_broken) => {}
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("nobody takes {event}");
    }

    async fn worked_off(&self, app: &App) {
        let tenant = TenantId::parse(self.tenant).unwrap();
        // What a dead server held is free again after half a minute.
        wait::until("the inbox is worked off", Duration::from_mins(2), async || {
            let counts = inbox::counts(&app.db, &tenant).await.unwrap();
            assert_eq!(counts.failed, 0, "an event failed");
            (counts.waiting == 0).then_some(())
        })
        .await;
    }

    /// How often each entry stands in the ledger: by customer, kind, order and points.
    async fn ledger(&self, app: &App) -> BTreeMap<(usize, &'static str, String, i64), usize> {
        let tenant = TenantId::parse(self.tenant).unwrap();
        let mut ledger = BTreeMap::new();
        for number in 0..CUSTOMERS {
            let customer = CustomerId::parse(&format!("C{number}")).unwrap();
            let kept = accounts::entries(&app.db, &tenant, &customer, 0, 10_000).await.unwrap().unwrap();
            for entry in kept.entries {
                let reference = entry.memo.reference.unwrap_or_default();
                *ledger.entry((number, entry.kind.as_str(), reference, entry.points)).or_default() += 1;
            }
        }
        ledger
    }
}

/// Sends every event to a clean tenant once, in order; then shuffled and repeated to another while a server dies.
#[tokio::test(flavor = "multi_thread")]
async fn shuffled_events_over_two_replicas_are_one_clean_pass_when_one_dies() {
    let mut random = StdRng::seed_from_u64(20_261_123);
    let db = TestDb::new(Backend::Postgres).await;
    let program = Program::on(&db);
    let key = KeyRing::load_or_make(&program.folder().join("guerdon.key")).unwrap();
    let app = App::new((*db).clone(), SystemClock, Settings::default()).with_secret(key);
    let (clean, shuffled) = (Shop::open(&program, &app, "clean").await, Shop::open(&program, &app, "shuffled").await);
    let servers = [program.serve().await, program.serve().await];
    let http = Client::builder().timeout(Duration::from_secs(20)).no_proxy().build().unwrap();
    let events = events(&mut random);
    assert_eq!(events.len(), 1_000);
    let all: Vec<&Server> = servers.iter().collect();
    for (place, event) in events.iter().enumerate() {
        clean.deliver(&http, &all, place, (place, event)).await;
    }
    clean.worked_off(&app).await;

    let mut deliveries: Vec<(usize, &Value)> =
        events.iter().enumerate().flat_map(|one| vec![one; random.random_range(1..6)]).collect();
    deliveries.shuffle(&mut random);
    let (next, killed_at) = (AtomicUsize::new(0), deliveries.len() / 2);
    let sender = async || {
        loop {
            let turn = next.fetch_add(1, Ordering::SeqCst);
            let Some(delivery) = deliveries.get(turn) else { return };
            if turn == killed_at {
                servers[0].kill();
            }
            shuffled.deliver(&http, &all, turn, *delivery).await;
        }
    };
    join_all((0..AT_ONCE).map(|_| sender())).await;
    shuffled.worked_off(&app).await;

    let (wanted, found) = (clean.ledger(&app).await, shuffled.ledger(&app).await);
    assert_eq!(found, wanted);
    let of =
        |kind: &str| wanted.iter().filter(|((_, known, ..), _)| *known == kind).map(|(_, times)| *times).sum::<usize>();
    assert_eq!((of("earned"), of("taken_back")), (ORDERS, RETURNS));
    assert_eq!(program.json(&["verify", "--json"])["ok"], true);
}
