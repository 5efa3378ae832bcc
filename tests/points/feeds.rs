//! Events that shops send, signed: kept once, worked off in any order, refused when nobody vouches for them.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use futures_util::future::join_all;
use guerdon::{
    domain::{
        actor::{Actor, Caller},
        feed::{Became, Feed, State},
        ids::TenantId,
        money::Currency,
        webhook::{Message, WebhookSecret},
    },
    service::{
        feeds::{
            self, Arrival,
            inbox::{self, Event, EventFilter, EventPage},
            secrets, work,
        },
        tenants::{self, NewTenant},
    },
    store,
    texts::{Language, in_language},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::{
    common::{on_both, wait},
    orders::{changed, order, rule},
    shop::{Answer, Shop, send},
};

/// What became of an event, in English.
fn told(event: &Event) -> String {
    event.outcome.as_deref().map(Became::told).unwrap_or_default()
}

/// What became of an event, in German.
fn told_in_german(event: &Event) -> String {
    in_language(Language::German, || told(event))
}

/// A message as it goes over the line.
#[derive(Clone)]
struct Post {
    path: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Post {
    fn change(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    fn header(self, name: &'static str, value: &str) -> Self {
        self.change(|post| {
            post.headers.retain(|(known, _)| *known != name);
            post.headers.push((name, value.to_owned()));
        })
    }
}

impl Shop {
    async fn secret(&self, feed: Feed) -> WebhookSecret {
        let text = secrets::add(&self.app, &self.caller(), feed, None).await.unwrap();
        WebhookSecret::parse(&text).unwrap()
    }

    fn signed(&self, secret: &WebhookSecret, id: &str, event: &Value) -> Post {
        let (body, at_secs) = (event.to_string(), self.app.now().micros() / 1_000_000);
        let signature = secret.sign(Message { id, at_secs, body: body.as_bytes() });
        let headers = vec![
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at_secs.to_string()),
            ("webhook-signature", signature),
        ];
        Post { path: format!("/webhooks/{}/orders", self.tenant), headers, body }
    }

    fn platforms(&self, secret: &str, event: &Value) -> Post {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(guerdon::domain::feed::emporix::canonical(event).as_bytes());
        let signature = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        let headers = vec![("emporix-event-signature", signature)];
        Post { path: format!("/webhooks/{}/emporix", self.tenant), headers, body: event.to_string() }
    }

    async fn deliver(&self, post: &Post) -> Answer {
        let request = self.request(Method::POST, &post.path, "").header("content-type", "application/json");
        let request = post.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        send(request.body(post.body.clone())).await
    }

    async fn events(&self) -> Vec<Event> {
        let filter = EventFilter::default();
        inbox::list(&self.app.db, &self.tenant, &filter, &EventPage::Newest, 1_000).await.unwrap().events
    }

    /// The event that an answer names, when the work on it has ended.
    async fn ended(&self, answer: &Answer) -> Event {
        let id = answer.json_of(202)["eventId"].as_str().unwrap().to_owned();
        wait::until("the event is worked off", Duration::from_secs(20), async || {
            let event = inbox::find(&self.app.db, &self.tenant, &id).await.unwrap().unwrap();
            (event.state != State::Waiting).then_some(event)
        })
        .await
    }
}

fn completed(id: &str, customer: &str) -> Value {
    let snapshot = changed(order(customer, "COMPLETED"), |order| order["id"] = json!(id));
    json!({ "type": "order.completed", "timestamp": "2027-03-01T12:00:00Z", "data": snapshot })
}

on_both! {
    async fn a_signed_order_earns_its_points_once_however_often_it_is_delivered(app, _clock) {
        let shop = Shop::open(app).await;
        let secret = shop.secret(Feed::Orders).await;
        let post = shop.signed(&secret, "msg-1", &completed("B1", "C1"));
        let first = shop.deliver(&post).await;
        let event = shop.ended(&first).await;
        assert_eq!((event.state, event.kind.as_str(), event.subject.as_deref()), (State::Done, "order.completed", Some("B1")));
        assert_eq!(told(&event), "The order earned 104 points.");
        assert_eq!(shop.balance("C1").await, 104);
        let again = join_all((0..20).map(|_| shop.deliver(&post))).await;
        assert!(again.iter().all(|answer| answer.status == 202 && answer.header("idempotent-replayed") == Some("true")));
        // The same order under another id, as a shop does that lost its own record.
        let other = shop.signed(&secret, "msg-2", &completed("B1", "C1"));
        let other = shop.ended(&shop.deliver(&other).await).await;
        assert_eq!(other.state, State::Nothing);
        assert_eq!(shop.balance("C1").await, 104);
        let events = shop.events().await;
        assert_eq!(events.iter().map(|event| event.deliveries).collect::<Vec<_>>(), [1, 21]);
        shop.with_orders().await.proven().await;
    }

    async fn deliveries_at_once_are_one_event(app, _clock) {
        let shop = Shop::open(app).await;
        let secret = shop.secret(Feed::Orders).await;
        let post = shop.signed(&secret, "msg-1", &completed("B1", "C1"));
        let answers = join_all((0..30).map(|_| shop.deliver(&post))).await;
        let new = answers.iter().filter(|answer| answer.header("idempotent-replayed").is_none());
        assert_eq!(new.count(), 1);
        shop.ended(&answers[0]).await;
        assert_eq!(shop.events().await.len(), 1);
        assert_eq!(shop.balance("C1").await, 104);
    }

    async fn what_nobody_vouches_for_is_refused_and_leaves_no_trace(app, clock) {
        let shop = Shop::open(app).await;
        let other = Shop::called(app, "other", &shop.url).await;
        let (secret, others) = (shop.secret(Feed::Orders).await, other.secret(Feed::Orders).await);
        let event = completed("B1", "C1");
        let good = shop.signed(&secret, "msg-1", &event);
        let forged = [
            shop.signed(&WebhookSecret::random(), "msg-1", &event),
            shop.signed(&others, "msg-1", &event),
            good.clone().change(|post| post.body = post.body.replace("119", "999")),
            good.clone().header("webhook-id", "msg-2"),
            good.clone().header("webhook-signature", ""),
            good.clone().change(|post| post.path = "/webhooks/other/orders".to_owned()),
            good.clone().change(|post| post.path = "/webhooks/nobody/orders".to_owned()),
            good.clone().change(|post| post.path = "/webhooks/no%20tenant/orders".to_owned()),
            // A secret of one feed is none of the other.
            good.clone().change(|post| post.path = "/webhooks/acme/emporix".to_owned()),
            Post { headers: Vec::new(), ..good.clone() },
        ];
        for post in &forged {
            let answer = shop.deliver(post).await;
            assert_eq!(answer.json_of(401)["type"], "untrusted_message", "{} {:?}", post.path, post.headers);
        }
        clock.set(app.now().plus_secs(301));
        let stale = shop.deliver(&good).await;
        assert!(stale.json_of(401)["message"].as_str().unwrap().contains("five minutes"), "{stale:?}");
        for (post, field) in [
            (good.clone().header("webhook-timestamp", "yesterday"), "webhook-timestamp"),
            (good.clone().header("webhook-id", "a.b"), "webhook-id"),
            (shop.signed(&secret, "msg-3", &json!([1])), "body"),
        ] {
            let answer = shop.deliver(&post).await;
            assert_eq!(answer.json_of(400)["details"][0]["field"], field, "{answer:?}");
        }
        assert!(shop.events().await.is_empty() && other.events().await.is_empty());
    }

    async fn one_id_is_one_message(app, _clock) {
        let shop = Shop::open(app).await;
        let secret = shop.secret(Feed::Orders).await;
        shop.ended(&shop.deliver(&shop.signed(&secret, "msg-1", &completed("B1", "C1"))).await).await;
        let answer = shop.deliver(&shop.signed(&secret, "msg-1", &completed("B2", "C1"))).await;
        assert_eq!(answer.json_of(409)["type"], "conflict_resource");
        assert_eq!(shop.balance("C1").await, 104);
    }

    async fn two_secrets_are_good_while_a_shop_changes_them(app, _clock) {
        let shop = Shop::open(app).await;
        let (old, new) = (shop.secret(Feed::Orders).await, shop.secret(Feed::Orders).await);
        let full = secrets::add(app, &shop.caller(), Feed::Orders, None).await.unwrap_err();
        assert!(full.to_string().contains("Two secrets are good already"), "{full}");
        shop.secret(Feed::Emporix).await;
        let event = |id: &str| completed(id, "C1");
        for (secret, id) in [(&old, "B1"), (&new, "B2")] {
            shop.ended(&shop.deliver(&shop.signed(secret, id, &event(id))).await).await;
        }
        let kept = secrets::list(&app.db, &shop.tenant).await.unwrap();
        let used: Vec<&str> =
            kept.iter().filter(|one| one.last_used_at == Some(app.now())).map(|one| one.hint.as_str()).collect();
        assert_eq!((kept.len(), used.len()), (3, 2), "{kept:?}");
        assert!(kept.iter().all(|one| !one.sealed.contains(&old.reveal())));
        secrets::remove(app, &shop.caller(), &kept.iter().find(|one| old.reveal().trim_end_matches('=').ends_with(&one.hint)).unwrap().secret_id)
            .await
            .unwrap();
        assert_eq!(shop.deliver(&shop.signed(&old, "B3", &event("B3"))).await.status, 401);
        assert_eq!(shop.deliver(&shop.signed(&new, "B3", &event("B3"))).await.status, 202);
    }

    async fn at_most_two_secrets_whatever_comes_at_once(app, _clock) {
        let shop = Shop::open(app).await;
        let caller = shop.caller();
        let made = join_all((0..8).map(|_| secrets::add(app, &caller, Feed::Orders, None))).await;
        assert_eq!(made.iter().filter(|one| one.is_ok()).count(), 2);
        assert_eq!(secrets::list(&app.db, &shop.tenant).await.unwrap().len(), 2);
    }

    async fn what_cannot_be_worked_off_says_why_and_can_be_tried_again(app, _clock) {
        let shop = Shop::open(app).await;
        let secret = shop.secret(Feed::Orders).await;
        let elsewhere = changed(completed("B1", "C1"), |event| event["data"]["siteCode"] = json!("outlet"));
        let odd = json!({ "type": "return.created", "data": { "orderId": "B1" } });
        let [failed, odd] = [("msg-1", &elsewhere), ("msg-2", &odd)].map(|(id, event)| shop.signed(&secret, id, event));
        let event = shop.ended(&shop.deliver(&failed).await).await;
        assert_eq!(event.state, State::Failed);
        assert_eq!(told(&event), "siteCode: There is no site `outlet`. Give one of: main.");
        assert_eq!(told_in_german(&event), "siteCode: Es gibt keine Site `outlet`. Geben Sie eine von diesen an: main.");
        let event = shop.ended(&shop.deliver(&odd).await).await;
        assert!(told(&event).contains("id: This id is missing."), "{event:?}");
        assert!(told_in_german(&event).contains("id: Diese Nummer fehlt."), "{event:?}");
        assert_eq!(inbox::counts(&app.db, &shop.tenant).await.unwrap().failed, 2);
        shop.site("outlet", rule(&[("enabled", "true"), ("factor", "2")])).await;
        let retried = inbox::retry_failed(app, &shop.caller()).await.unwrap();
        assert_eq!(retried, 2);
        wait::until("both have ended again", Duration::from_secs(20), async || {
            (inbox::counts(&app.db, &shop.tenant).await.unwrap().waiting == 0).then_some(())
        })
        .await;
        assert_eq!(shop.balance("C1").await, 208);
        let states: Vec<(State, i64)> = shop.events().await.iter().map(|event| (event.state, event.attempts)).collect();
        assert_eq!(states, [(State::Failed, 2), (State::Done, 2)]);
        // Sent again by the shop, a failed event gets another try, too.
        let again = shop.deliver(&shop.signed(&secret, "msg-2", &serde_json::from_str(&odd.body).unwrap())).await;
        assert_eq!(shop.ended(&again).await.attempts, 3);
    }

    async fn what_the_books_refuse_is_kept_in_every_language(app, _clock) {
        let shop = Shop::open(app).await;
        let secret = shop.secret(Feed::Orders).await;
        let post = |id: &str, event: &Value| shop.signed(&secret, id, event);
        assert_eq!(shop.ended(&shop.deliver(&post("msg-1", &completed("B1", "C1"))).await).await.state, State::Done);
        let back = |id: &str, pieces: i64, of: &str| {
            let items = json!([{ "id": of, "quantity": pieces }]);
            json!({ "type": "return.created", "data": { "id": id, "orderId": "B1", "items": items } })
        };
        let first = shop.ended(&shop.deliver(&post("msg-2", &back("R1", 1, "1"))).await).await;
        assert_eq!(first.state, State::Done, "{first:?}");
        let [dollars, late, other, twice, unknown] = [
            changed(completed("B2", "C1"), |event| event["data"]["currency"] = json!("USD")),
            changed(completed("B3", "C1"), |event| event["data"]["completedAt"] = json!("tomorrow")),
            completed("B1", "C2"),
            back("R1", 2, "1"),
            back("R2", 1, "9"),
        ];
        for (number, event, english, german) in [
            (3, dollars, "currency: The site `main` sells in EUR.", "currency: Die Site `main` verkauft in EUR."),
            (4, late, "completedAt: Give a time such as 2027-01-31T23:59:59.000Z.",
                "completedAt: Geben Sie einen Zeitpunkt wie 2027-01-31T23:59:59.000Z an."),
            (5, other, "was completed for another customer. A completed order stays",
                "wurde für einen anderen Kunden abgeschlossen. Eine abgeschlossene Bestellung bleibt"),
            (6, twice, "The return 'R1' was reported with other content", "Die Retoure „R1“ wurde schon mit anderem Inhalt"),
            (7, unknown, "The order has no item '9'.", "Die Bestellung hat keine Position „9“."),
        ] {
            let event = shop.ended(&shop.deliver(&post(&format!("msg-{number}"), &event)).await).await;
            assert_eq!(event.state, State::Failed, "{event:?}");
            assert!(told(&event).contains(english), "{event:?}");
            assert!(told_in_german(&event).contains(german), "{event:?}");
        }
    }

    async fn the_platforms_orders_returns_and_deletions_are_understood(app, _clock) {
        let shop = Shop::open(app).await;
        secrets::add(app, &shop.caller(), Feed::Emporix, Some("platform-secret-1")).await.unwrap();
        let post = |event: &Value| shop.platforms("platform-secret-1", event);
        let placed = |status: &str| {
            json!({
                "id": "EON1", "status": status, "siteCode": "main", "currency": "EUR", "customer": { "id": "61443563" },
                "entries": [{ "id": "1", "orderedAmount": 2.0, "totalPrice": 100.0 }],
                "shipping": { "total": { "amount": 4.9 } }, "totalPrice": 104.9, "completed": app.now().to_contract(),
            })
        };
        // What came back arrives before the order is completed, and the order before it was created.
        let back = json!({ "id": "R1", "approvalStatus": "APPROVED", "received": true,
            "orders": [{ "id": "EON1", "items": [{ "id": "1", "quantity": 1.0 }] }] });
        assert_eq!(shop.ended(&shop.deliver(&post(&back)).await).await.state, State::Done);
        let done = shop.ended(&shop.deliver(&post(&placed("COMPLETED"))).await).await;
        assert_eq!(told(&done), "The order earned 100 points.");
        assert_eq!(shop.balance("61443563").await, 50);
        let late = shop.ended(&shop.deliver(&post(&placed("CREATED"))).await).await;
        assert_eq!(late.state, State::Nothing);
        // Written otherwise, it is the same message.
        let spread = Post { body: serde_json::to_string_pretty(&placed("CREATED")).unwrap(), ..post(&placed("CREATED")) };
        assert_eq!(shop.deliver(&spread).await.header("idempotent-replayed"), Some("true"));
        let off = shop.ended(&shop.deliver(&post(&json!({ "id": "EON1", "status": "DECLINED" }))).await).await;
        assert!(told(&off).contains("was completed and stays so"));
        let changed = json!({ "type": "order.status-changed", "payload": { "version": 2 } });
        assert_eq!(shop.ended(&shop.deliver(&post(&changed)).await).await.state, State::Nothing);
        let gone = json!({ "customerNumber": "61443563", "email": "john@example.com", "tenant": "acme" });
        let unnamed = shop.ended(&shop.deliver(&post(&gone)).await).await;
        assert_eq!(unnamed.state, State::Failed);
        let named = post(&gone).change(|post| post.path.push_str("?event=customer.deleted"));
        assert_eq!(shop.ended(&shop.deliver(&named).await).await.state, State::Done);
        assert_eq!(shop.get("/reward-points/customer/61443563").await.status, 404);
        let forged = post(&placed("COMPLETED")).change(|post| post.body = post.body.replace("104.9", "1049"));
        assert_eq!(shop.deliver(&forged).await.status, 401);
        shop.proven().await;
    }

    async fn the_platforms_events_come_by_svix_too(app, _clock) {
        let shop = Shop::open(app).await;
        let secret = shop.secret(Feed::Emporix).await;
        let event = json!({ "id": "EON1", "status": "DECLINED" });
        let post = shop.signed(&secret, "msg-1", &event).change(|post| {
            post.path = "/webhooks/acme/emporix?event=order.cancelled".to_owned();
            for (name, _) in &mut post.headers {
                *name = match *name {
                    "webhook-id" => "svix-id",
                    "webhook-timestamp" => "svix-timestamp",
                    _ => "svix-signature",
                };
            }
        });
        let event = shop.ended(&shop.deliver(&post).await).await;
        assert_eq!((event.state, event.kind.as_str()), (State::Nothing, "order.cancelled"));
    }

    async fn an_order_that_was_called_off_earns_nothing(app, _clock) {
        let shop = Shop::open(app).await.with_orders().await;
        let secret = shop.secret(Feed::Orders).await;
        let created = json!({ "type": "order.created", "data": changed(order("C1", "CREATED"), |order| order["id"] = json!("B1")) });
        shop.ended(&shop.deliver(&shop.signed(&secret, "msg-1", &created)).await).await;
        let off = json!({ "type": "order.cancelled", "data": { "id": "B1" } });
        let event = shop.ended(&shop.deliver(&shop.signed(&secret, "msg-2", &off)).await).await;
        assert_eq!(event.state, State::Done);
        assert_eq!(shop.get_order("B1").await.json_of(200)["status"], "DECLINED");
    }

    async fn what_a_dead_replica_held_is_worked_off_by_another(app, clock) {
        let tenant = TenantId::parse("acme").unwrap();
        let currency = Currency::parse("EUR").unwrap();
        let new = NewTenant { id: tenant.clone(), name: "Acme".to_owned(), zone: chrono_tz::Europe::Berlin, currency };
        tenants::create(app, &Actor::system("test"), &new).await.unwrap();
        let caller = Caller { tenant: tenant.clone(), actor: Actor::system("test") };
        let text = secrets::add(app, &caller, Feed::Orders, None).await.unwrap();
        let event = completed("B1", "C1");
        let (body, at_secs) = (event.to_string(), app.now().micros() / 1_000_000);
        let message = Message { id: "msg-1", at_secs, body: body.as_bytes() };
        let signature = WebhookSecret::parse(&text).unwrap().sign(message);
        let standard = Some(("msg-1", at_secs, signature.as_str()));
        let arrival = Arrival { feed: Feed::Orders, standard, platform: None, named: None, bytes: body.as_bytes() };
        let kept = feeds::receive(app, &tenant, arrival, event.as_object().unwrap()).await.unwrap();
        // Nobody serves here: the first replica takes the event and dies.
        let mut tx = app.db.begin().await.unwrap();
        let until = app.now().plus_secs(120);
        assert_eq!(store::inbox::claim(&mut tx, &tenant, app.now(), until, 10).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
        assert_eq!(work::work_off(app, &mut work::Turn::default()).await.unwrap(), 0);
        clock.set(until);
        assert_eq!(work::work_off(app, &mut work::Turn::default()).await.unwrap(), 1);
        let event = inbox::find(&app.db, &tenant, &kept.event_id).await.unwrap().unwrap();
        assert_eq!((event.state, event.attempts), (State::Done, 2));
        // What was worked off is forgotten in time.
        assert_eq!(inbox::purge(app).await.unwrap(), 0);
        clock.set(app.now().plus_secs(31 * 24 * 3_600));
        assert_eq!(inbox::purge(app).await.unwrap(), 1);
        assert_eq!(inbox::find(&app.db, &tenant, &kept.event_id).await.unwrap(), None);
    }
}
