//! A shop that sends everything at once does not keep the others waiting.

use futures_util::future::join_all;
use guerdon::{
    app::App,
    domain::{
        actor::{Actor, Caller},
        feed::Feed,
        ids::TenantId,
        money::Currency,
        webhook::{Message, WebhookSecret},
    },
    service::{
        feeds::{
            self, Arrival, inbox, secrets,
            work::{self, Turn},
        },
        tenants::{self, NewTenant},
    },
};
use serde_json::json;

use crate::common::on_both;

/// A tenant whose shop sends so many events, which nobody works off yet.
async fn send(app: &App, id: &str, events: usize) -> TenantId {
    let tenant = TenantId::parse(id).unwrap();
    let currency = Currency::parse("EUR").unwrap();
    let new = NewTenant { id: tenant.clone(), name: id.to_owned(), zone: chrono_tz::Europe::Berlin, currency };
    tenants::create(app, &Actor::system("test"), &new).await.unwrap();
    let caller = Caller { tenant: tenant.clone(), actor: Actor::system("test") };
    let secret = WebhookSecret::parse(&secrets::add(app, &caller, Feed::Orders, None).await.unwrap()).unwrap();
    let at_secs = app.now().micros() / 1_000_000;
    for n in 0..events {
        let event = json!({"type": "something.else", "n": n});
        let (id, body) = (format!("msg-{n}"), event.to_string());
        let signature = secret.sign(Message { id: &id, at_secs, body: body.as_bytes() });
        let standard = Some((id.as_str(), at_secs, signature.as_str()));
        let arrival = Arrival { feed: Feed::Orders, standard, platform: None, named: None, bytes: body.as_bytes() };
        feeds::receive(app, &tenant, arrival, event.as_object().unwrap()).await.unwrap();
    }
    tenant
}

/// How many events of each tenant still wait.
async fn waiting(app: &App, tenants: &[TenantId]) -> Vec<i64> {
    let counts = join_all(tenants.iter().map(|tenant| inbox::counts(&app.db, tenant))).await;
    counts.into_iter().map(|counts| counts.unwrap().waiting).collect()
}

on_both! {
    async fn tenants_take_turns_at_the_inbox(app, _clock) {
        let mut tenants = Vec::new();
        for (id, events) in [("busy", 100), ("late", 1), ("other", 40), ("zuletzt", 2)] {
            tenants.push(send(app, id, events).await);
        }
        let mut turn = Turn::default();
        assert_eq!(work::work_off(app, &mut turn).await.unwrap(), 8 + 1 + 8 + 2);
        assert_eq!(waiting(app, &tenants).await, [92, 0, 32, 0]);
        // Whoever has events gets the places of those who have none.
        assert_eq!(work::work_off(app, &mut turn).await.unwrap(), 32);
        assert_eq!(waiting(app, &tenants).await, [76, 0, 16, 0]);
        while work::work_off(app, &mut turn).await.unwrap() > 0 {}
        assert_eq!(waiting(app, &tenants).await, [0, 0, 0, 0]);
    }

    async fn with_more_tenants_than_places_each_gets_its_turn(app, _clock) {
        let mut tenants = Vec::new();
        for n in 10..50 {
            tenants.push(send(app, &format!("shop-{n}"), 3).await);
        }
        let mut turn = Turn::default();
        work::work_off(app, &mut turn).await.unwrap();
        let first = waiting(app, &tenants).await;
        assert!(first[..32].iter().all(|left| *left == 2) && first[32..].iter().all(|left| *left == 3), "{first:?}");
        // The next round begins behind the last one.
        work::work_off(app, &mut turn).await.unwrap();
        let second = waiting(app, &tenants).await;
        assert!(second[..24].iter().all(|left| *left == 1) && second[24..].iter().all(|left| *left == 2), "{second:?}");
    }
}
