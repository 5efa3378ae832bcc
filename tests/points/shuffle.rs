//! Orders and returns, delivered any number of times, in any order and at once, over two replicas: the ledger is that
//! of one clean pass.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use guerdon::{app::App, config::Settings, store::ledger::read};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use serde_json::{Value, json};

use crate::{
    common::{local, on_both},
    orders::{changed, order, rule},
    shop::Shop,
};

const CUSTOMERS: usize = 6;
const ORDERS: usize = 40;

#[derive(Clone, Debug)]
enum Event {
    Order(String, Value),
    Return(String, String, Value),
}

/// What a shop reports, in the order in which it happens.
fn events(rng: &mut StdRng) -> Vec<Event> {
    let mut events = Vec::new();
    for number in 0..ORDERS {
        let id = format!("B{number}");
        let gross = rng.random_range(100..30_000);
        let snapshot = |status: &str| {
            changed(order(&format!("C{}", number % CUSTOMERS), status), |order| {
                order["totals"] = json!({"gross": format!("{}.{:02}", gross / 100, gross % 100), "shipping": "0.50"});
                order["items"] = json!([
                    {"id": "1", "quantity": 3, "total": 40},
                    {"id": "2", "quantity": 1, "total": 15.5},
                ]);
                order["completedAt"] = json!("2027-03-01T12:00:00Z");
            })
        };
        for status in ["CREATED", "SHIPPED", "COMPLETED"] {
            events.push(Event::Order(id.clone(), snapshot(status)));
        }
        for back in 0..rng.random_range(0..4) {
            let body = match back {
                0 => json!({"items": [{"id": "1", "quantity": rng.random_range(1..4)}]}),
                1 => json!({"amount": 3.5, "currency": "EUR"}),
                _ => json!({"items": [{"id": "2", "quantity": 1}, {"id": "1", "quantity": 1}]}),
            };
            events.push(Event::Return(id.clone(), format!("R{back}"), body));
        }
    }
    events
}

async fn deliver(shop: &Shop, event: &Event) {
    let answer = match event {
        Event::Order(id, body) => shop.put_order(id, body.clone()).await,
        Event::Return(order, id, body) => shop.put_return(order, id, body.clone()).await,
    };
    assert_eq!(answer.status, 200, "{event:?}: {answer:?}");
}

/// Points by customer, kind and order, how many entries earned them, and the balances.
async fn ledger(shop: &Shop) -> BTreeMap<(usize, String, String), (i64, usize)> {
    let mut sums = BTreeMap::new();
    for customer in 0..CUSTOMERS {
        let id = format!("C{customer}");
        for entry in shop.entries(&id).await {
            let (kind, order) = (entry["kind"].as_str().unwrap(), entry["reference-id"].as_str().unwrap());
            let sum: &mut (i64, usize) = sums.entry((customer, kind.to_owned(), order.to_owned())).or_default();
            sum.0 += entry["points"].as_i64().unwrap();
            sum.1 += usize::from(kind == "earned");
        }
        let name = guerdon::domain::ids::CustomerId::parse(&id).unwrap();
        let balance = read::balance(&shop.app.db, &shop.tenant, &name, shop.app.now()).await.unwrap().unwrap();
        sums.insert((customer, "balance".to_owned(), String::new()), (balance, 0));
    }
    sums
}

on_both! {
    async fn shuffled_and_repeated_deliveries_are_one_clean_pass(app, clock) {
        let mut rng = StdRng::seed_from_u64(7);
        let events = events(&mut rng);
        let clean = Shop::open(app).await;
        clean.site("main", rule(&[("factor", "1.37"), ("rounding", "half_up")])).await;
        let shuffled = Shop::called(app, "shuffled", &clean.url).await;
        shuffled.site("main", rule(&[("factor", "1.37"), ("rounding", "half_up")])).await;
        let (clean, shuffled) = (
            clean.at(clock, "2027-03-02T12:00:00Z").await.with_orders().await,
            shuffled.with_orders().await,
        );
        for event in &events {
            deliver(&clean, event).await;
        }
        let twin = App::new(app.db.clone(), clock.clone(), Settings::default());
        let twin = shuffled.served_at(&local::serve(&twin));
        let mut deliveries: Vec<&Event> =
            events.iter().flat_map(|event| vec![event; rng.random_range(1..6)]).collect();
        deliveries.shuffle(&mut rng);
        for (place, some) in deliveries.chunks(40).enumerate() {
            // At once on both replicas, or one after another.
            if place % 3 == 0 {
                for event in some {
                    deliver(&shuffled, event).await;
                }
            } else {
                let at_once = some.iter().zip(0_usize..).map(|(event, n)| {
                    deliver(if n % 2 == 0 { &shuffled } else { &twin }, event)
                });
                join_all(at_once).await;
            }
        }
        let (clean_ledger, ledger) = (ledger(&clean).await, ledger(&shuffled).await);
        assert_eq!(ledger, clean_ledger);
        let earned = clean_ledger.iter().filter(|((_, kind, _), _)| kind == "earned");
        assert!(earned.clone().count() > ORDERS / 2 && earned.into_iter().all(|(_, (_, times))| *times == 1));
        clean.proven().await;
    }
}
