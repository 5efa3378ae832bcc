//! What is written, and in which transaction.

use std::collections::{BTreeMap, BTreeSet};

use guerdon::{
    domain::{
        code::CouponCode,
        coupon::NewCouponRedemption,
        customer::PersonalData,
        event::EventType,
        ids::{CustomerId, EntryId},
        ledger::entry::{EntryKind, Source},
        money::{Currency, Money},
    },
    service::{
        coupons,
        customers::person,
        ledger::command::{Command, Done, Remarks, Reply},
        webhooks::{self, EndpointAct},
    },
    store::ledger::read,
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use crate::{
    common::on_both,
    desk::{Desk, credit, customer, debit},
    office::{caller, endpoint, open, written},
};

const DAY: i64 = 86_400;
const CUSTOMERS: [&str; 3] = ["C1", "C2", "Zoë \"&\" <b>"];
const URL: &str = "http://127.0.0.1:9/";

/// Entry, type, sequence, balance and points, as an event of an entry tells them.
type Told = (String, String, i64, i64, i64);

fn told(body: &Value) -> Told {
    let data = &body["data"];
    let number = |name: &str| data[name].as_i64().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&data["entryId"]), text(&body["type"]), number("sequence"), number("balance"), number("points"))
}

/// Every entry of the tenant's customers, as its event must tell it.
async fn entries(desk: &Desk<'_>) -> BTreeSet<Told> {
    let mut tx = desk.app.db.snapshot().await.unwrap();
    let mut all = BTreeSet::new();
    for id in CUSTOMERS {
        let Some(account) = read::account(&mut tx, &desk.tenant, &customer(id)).await.unwrap() else { continue };
        for entry in read::entries(&mut tx, &desk.tenant, account.account_id, 0, 10_000).await.unwrap() {
            let event_type = EventType::of_entry(entry.kind).to_string();
            all.insert((entry.entry_id.to_string(), event_type, entry.seq, entry.balance_after, entry.points));
        }
    }
    all
}

/// Does something that may be refused.
async fn step(desk: &Desk<'_>, random: &mut StdRng, done: &mut Vec<Done>, clock: &guerdon::clock::MockClock) {
    let id = CUSTOMERS[random.random_range(0..CUSTOMERS.len())];
    let points = random.random_range(1..200);
    let until = desk.app.now().plus_secs(random.random_range(1..20) * DAY);
    let command = match random.random_range(0..12) {
        0..=3 => Command::Credit(EntryKind::Added, credit(points, until, None)),
        4..=5 => Command::Debit(EntryKind::Removed, debit(points, None)),
        6..=7 => return done.extend(reply(desk.redeem(id, "five").await)),
        8 => {
            let posted: Vec<&EntryId> = done
                .iter()
                .filter_map(|one| if let Done::Posted(posted) = one { Some(&posted.entry_id) } else { None })
                .collect();
            let Some(entry) = posted.last() else { return };
            Command::Undo((*entry).clone(), Remarks::default())
        }
        9 => {
            let bought = done.iter().rev().find_map(|one| match one {
                Done::Redeemed { redemption_id, .. } => Some(redemption_id.clone()),
                _ => None,
            });
            let Some(redemption) = bought else { return };
            Command::Cancel(redemption, Remarks::default())
        }
        10 if random.random_bool(0.2) => Command::Close,
        _ => {
            clock.set(desk.app.now().plus_secs(random.random_range(1..96) * 3_600));
            Command::Settle
        }
    };
    done.extend(reply(desk.submit(id, command).await));
}

fn reply(answer: crate::desk::Answer) -> Option<Done> {
    match answer {
        Ok(Reply::Done(done)) => Some(done),
        _ => None,
    }
}

on_both! {
    async fn each_entry_is_one_event_for_each_endpoint_that_wants_it(app, clock) {
        let desk = Desk::open(app, "acme").await;
        Desk::open(app, "other").await;
        desk.offer("five", None, None).await;
        let all = endpoint(app, "acme", URL, &EventType::ALL).await;
        let added = endpoint(app, "acme", URL, &[EventType::PointsAdded]).await;
        let issued = endpoint(app, "acme", URL, &[EventType::CouponIssued]).await;
        let paused = endpoint(app, "acme", URL, &EventType::ALL).await;
        webhooks::act(app, &caller("acme"), &paused.id, &EndpointAct::Pause).await.unwrap();
        let others = endpoint(app, "other", URL, &EventType::ALL).await;
        for seed in 0..5 {
            let mut random = StdRng::seed_from_u64(seed);
            let mut done = Vec::new();
            for _ in 0..60 {
                step(&desk, &mut random, &mut done, clock).await;
            }
        }
        let entries = entries(&desk).await;
        let kinds: BTreeMap<&str, usize> = entries.iter().fold(BTreeMap::new(), |mut kinds, entry| {
            *kinds.entry(entry.1.as_str()).or_default() += 1;
            kinds
        });
        assert_eq!(kinds.len(), 4, "the walk has every type: {kinds:?}");

        let events = written(app, &all.id).await;
        let (coupons, of_entries): (Vec<_>, Vec<_>) = events.iter().partition(|(_, kind, _)| kind == "coupon.issued");
        let once: BTreeSet<Told> = of_entries.iter().map(|(_, _, body)| told(body)).collect();
        assert_eq!((of_entries.len(), &once), (entries.len(), &entries));
        let ids: BTreeSet<&str> = events.iter().map(|(id, ..)| id.as_str()).collect();
        assert_eq!(ids.len(), events.len());

        let redeemed: BTreeSet<String> =
            entries.iter().filter(|entry| entry.1 == "points.redeemed").map(|entry| entry.0.clone()).collect();
        let bought: BTreeSet<String> = coupons.iter().map(|(_, _, body)| told(body).0).collect();
        assert_eq!((coupons.len(), &bought), (redeemed.len(), &redeemed));
        for (_, _, body) in &coupons {
            let code = CouponCode::parse(body["data"]["code"].as_str().unwrap()).unwrap();
            let coupon = coupons::find(&app.db, &desk.tenant, code.as_str()).await.unwrap().unwrap();
            assert_eq!(body["data"]["redemptionId"], json!(coupon.redemption_id));
        }

        let some: BTreeSet<Told> = written(app, &added.id).await.iter().map(|(_, _, body)| told(body)).collect();
        assert_eq!(some, entries.iter().filter(|entry| entry.1 == "points.added").cloned().collect());
        assert_eq!(written(app, &issued.id).await.len(), redeemed.len());
        assert!(written(app, &paused.id).await.is_empty());
        assert!(written(app, &others.id).await.is_empty());
    }

    async fn an_erased_person_is_told_once_and_by_id_alone(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        let all = endpoint(app, "acme", URL, &EventType::ALL).await;
        let ann = CustomerId::parse("C-ann").unwrap();
        let person = PersonalData { name: Some("Ann".to_owned()), ..PersonalData::default() };
        person::set(app, &caller("acme"), &ann, &person).await.unwrap();
        assert!(person::erase(app, &caller("acme"), &ann).await.unwrap());
        assert!(!person::erase(app, &caller("acme"), &ann).await.unwrap());
        let events = written(app, &all.id).await;
        assert_eq!(events.len(), 1);
        let (_, kind, body) = &events[0];
        let data = json!({ "tenant": desk.tenant.as_str(), "customerId": "C-ann", "sequence": null, "balance": null });
        assert_eq!((kind.as_str(), &body["data"]), ("customer.erased", &data));
    }

    async fn an_event_tells_what_the_entry_does(app, clock) {
        let desk = Desk::open(app, "acme").await;
        let all = endpoint(app, "acme", URL, &EventType::ALL).await;
        let remarks = Remarks {
            reference: Some("order 7".to_owned()),
            description: Some("Thank you".to_owned()),
            reason: Some("goodwill".to_owned()),
            private_note: Some("between us".to_owned()),
            ..Remarks::default()
        };
        let mut new = credit(120, app.now().plus_secs(30 * DAY), None);
        new.remarks = remarks;
        desk.submit("C1", Command::Credit(EntryKind::Added, new)).await.unwrap();
        let (_, _, body) = &written(app, &all.id).await[0];
        let entry = body["data"]["entryId"].clone();
        assert_eq!(body, &json!({
            "type": "points.added",
            "timestamp": app.now().to_contract(),
            "data": {
                "tenant": "acme", "customerId": "C1", "sequence": 1, "balance": 120, "points": 120, "entryId": entry,
                "kind": "added", "siteCode": null, "reference": "order 7", "description": "Thank you",
                "reason": "goodwill", "availableFrom": null,
                "validUntil": app.now().plus_secs(30 * DAY).to_contract(), "redemptionId": null, "mends": null,
            },
        }));
        // An expiry is told with the instant at which it happened, not with that of the job.
        let end = app.now().plus_secs(30 * DAY);
        clock.set(app.now().plus_secs(40 * DAY));
        desk.submit("C1", Command::Settle).await.unwrap();
        let (_, kind, body) = &written(app, &all.id).await[1];
        assert_eq!((kind.as_str(), &body["timestamp"]), ("points.expired", &json!(end.to_contract())));
        assert_eq!((&body["data"]["points"], &body["data"]["balance"]), (&json!(-120), &json!(0)));
    }

    async fn what_is_refused_or_moved_in_writes_no_event(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        let all = endpoint(app, "acme", URL, &EventType::ALL).await;
        desk.take("C1", 10).await.unwrap_err();
        let mut moved = desk.request("C1", Command::Credit(EntryKind::Added, credit(50, app.now().plus_secs(DAY), None)));
        moved.source = Source::Import;
        app.ledger.submit(moved).await.unwrap();
        desk.take("C1", 51).await.unwrap_err();
        assert!(written(app, &all.id).await.is_empty());
        desk.take("C1", 50).await.unwrap();
        assert_eq!(written(app, &all.id).await.len(), 1);
    }

    async fn an_endpoint_is_told_of_what_happens_while_it_is_there_and_not_paused(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        let add = async || desk.add("C1", 10, DAY).await.unwrap();
        add().await;
        let one = endpoint(app, "acme", URL, &EventType::ALL).await;
        add().await;
        webhooks::act(app, &caller("acme"), &one.id, &EndpointAct::Pause).await.unwrap();
        add().await;
        webhooks::act(app, &caller("acme"), &one.id, &EndpointAct::Resume).await.unwrap();
        add().await;
        let sequences: Vec<_> = written(app, &one.id).await.into_iter().map(|(_, _, body)| body["data"]["sequence"].clone()).collect();
        assert_eq!(sequences, [json!(2), json!(4)]);
        webhooks::act(app, &caller("acme"), &one.id, &EndpointAct::Delete).await.unwrap();
        add().await;
        assert_eq!(written(app, &one.id).await.len(), 2);
        assert_eq!(webhooks::sending::purge(app).await.unwrap(), 2);
        assert_eq!(app.db.query(crate::common::database::raw(
            "SELECT (SELECT COUNT(*) FROM webhook_events) + (SELECT COUNT(*) FROM webhook_endpoints)"
        )).one::<(i64,)>().await.unwrap().0, 0);
    }

    async fn a_use_at_checkout_is_told_with_the_standing_of_the_customer(app, _clock) {
        let desk = Desk::open(app, "acme").await;
        desk.offer("five", None, None).await;
        desk.add("C1", 250, DAY).await.unwrap();
        let Some(Done::Redeemed { code, redemption_id, .. }) = reply(desk.redeem("C1", "five").await) else { panic!() };
        let all = endpoint(&open(app), "acme", URL, &[EventType::CouponRedeemed]).await;
        let money = |amount: i64| Money { amount: amount.into(), currency: Currency::parse("EUR").unwrap() };
        let wanted = NewCouponRedemption {
            customer: Some(customer("C1")),
            legal_entity_id: None,
            order_code: Some("O7".to_owned()),
            order_total: money(50),
            discount: money(5),
        };
        let code = CouponCode::parse(&code).unwrap();
        let by = caller("acme");
        let using = || coupons::redeem(app, &by, &code, &wanted, None, |_| (201, String::new()));
        assert!(using().await.is_ok());
        assert!(using().await.is_err(), "it is used up");
        let events = written(app, &all.id).await;
        assert_eq!(events.len(), 1);
        let data = &events[0].2["data"];
        assert_eq!((&data["code"], &data["redemptionId"]), (&json!(code.as_str()), &json!(redemption_id)));
        assert_eq!((&data["sequence"], &data["balance"]), (&json!(2), &json!(150)));
        assert_eq!((&data["redemptionCount"], &data["orderCode"]), (&json!(1), &json!("O7")));
        assert_eq!(data["discount"], json!({"amount": 5, "currency": "EUR"}));
    }
}
