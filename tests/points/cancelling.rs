//! Customers cancel redemptions themselves, where the tenant lets them: in time, before the coupon is used, and once.

use futures_util::future::join_all;
use guerdon::{
    app::App,
    config::Settings,
    domain::{tenant::TenantChange, time::Timestamp},
    service::{audit, tenants, verify},
    store::Db,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::{clock, local, on_both},
    shop::{Answer, Shop, send},
};

/// Lets customers cancel within so many hours.
async fn allow(shop: &Shop, hours: i64) {
    let change = TenantChange { customer_cancel_hours: Some(hours), ..TenantChange::default() };
    tenants::change(&shop.app, &shop.caller(), None, &change).await.unwrap();
}

/// A customer who swapped all of 90 points: the token, the coupon's code and the entry.
async fn bought(shop: &Shop, customer: &str) -> (String, String, String) {
    shop.add(customer, 90).await;
    let token = shop.customer_token(customer).await;
    let redeem = shop.request(Method::POST, "/reward-points/public/customer/redeem", &token);
    let code = send(redeem.json(&json!({"id": "o1"}))).await.json_of(200)["code"].as_str().unwrap().to_owned();
    let entry =
        shop.summary(customer).await["summary"]["redeemedPointsList"].as_array().unwrap().last().unwrap()["id"].clone();
    (token, code, entry.as_str().unwrap().to_owned())
}

async fn cancel(shop: &Shop, token: &str, entry: &str) -> Answer {
    let path = format!("/reward-points/public/customer/redemptions/{entry}/cancel");
    send(shop.request(Method::POST, &path, token)).await
}

async fn checkout(shop: &Shop, token: &str, code: &str) -> Answer {
    let order = json!({"orderTotal": {"amount": 50, "currency": "EUR"}, "discount": {"amount": 10, "currency": "EUR"}});
    send(shop.request(Method::POST, &format!("/coupon/acme/coupons/{code}/redemptions"), token).json(&order)).await
}

/// Why a 409 says no.
#[track_caller]
fn reason(answer: &Answer) -> String {
    let body = answer.json_of(409);
    assert_eq!((&body["status"], &body["type"]), (&json!(409), &json!("application/json")));
    body["details"][0]["message"].as_str().unwrap().to_owned()
}

async fn assert_proven(app: &App) {
    let report = verify::verify(&app.db).await.unwrap();
    assert!(report.problems.is_empty(), "{report:?}");
}

on_both! {
    async fn customers_cancel_only_where_they_may(app, _clock) {
        let shop = Shop::open(app).await;
        shop.option("o1", 90, |_| ()).await;
        let (token, code, entry) = bought(&shop, "C1").await;
        let refused = cancel(&shop, &token, &entry).await.json_of(403);
        assert_eq!((&refused["code"], &refused["status"]), (&json!(403), &json!("Forbidden")));
        assert!(refused["details"][0].as_str().unwrap().contains("Ask the shop"), "{refused}");
        assert_eq!(shop.balance("C1").await, 0);
        allow(&shop, 24).await;
        let done = cancel(&shop, &token, &entry).await;
        assert_eq!(done.json_of(200), json!(90));
        assert_eq!(shop.balance("C1").await, 90);
        let coupon = send(shop.request(Method::GET, &format!("/coupon/acme/coupons/{code}"), &token)).await;
        assert!(coupon.status == 404 || coupon.json()["deleted"] == json!(true), "{coupon:?}");
        // Sent again it says the same, also when nobody may any more.
        assert_eq!(cancel(&shop, &token, &entry).await.json_of(200), json!(90));
        allow(&shop, 0).await;
        assert_eq!(cancel(&shop, &token, &entry).await.json_of(200), json!(90));
        assert_eq!(shop.balance("C1").await, 90);
        let lines = shop.get("/reward-points/customer/C1/entries").await.json_of(200);
        let kinds: Vec<&Value> = lines["entries"].as_array().unwrap().iter().map(|line| &line["kind"]).collect();
        assert_eq!(kinds, ["added", "redeemed", "given_back"]);
        assert_proven(app).await;
    }

    async fn what_is_not_theirs_is_not_found(app, _clock) {
        let shop = Shop::open(app).await;
        allow(&shop, 24).await;
        shop.option("o1", 90, |_| ()).await;
        let (mine, _, _) = bought(&shop, "C1").await;
        let (_, _, theirs) = bought(&shop, "C2").await;
        let added = shop.summary("C1").await["summary"]["addedPointsList"][0]["id"].as_str().unwrap().to_owned();
        shop.add("C1", 5).await;
        shop.post("/reward-points/customer/C1/redeemPoints", json!({"id": "taken", "points": 5})).await.empty(201);
        for entry in [theirs.as_str(), &added, "taken", "nothing", "a%2Fb", "%00"] {
            let answer = cancel(&shop, &mine, entry).await;
            let status = if entry == "%00" { 400 } else { 404 };
            assert_eq!(answer.json_of(status)["status"], json!(status), "{entry}");
        }
        let stranger = shop.customer_token("C3").await;
        assert_eq!(cancel(&shop, &stranger, &theirs).await.status, 404);
        assert_eq!(cancel(&shop, &shop.token, &theirs).await.status, 403);
        assert_eq!(cancel(&shop, "", &theirs).await.status, 401);
        assert_eq!(shop.balance("C2").await, 0);
    }

    async fn a_used_coupon_and_one_of_long_ago_stay(app, clock) {
        let shop = Shop::open(app).await;
        allow(&shop, 2).await;
        shop.option("o1", 90, |_| ()).await;
        let (token, code, entry) = bought(&shop, "C1").await;
        let (other, _, others) = bought(&shop, "C2").await;
        let redeeming = shop.service_token("coupon.coupon_redeem coupon.coupon_manage").await;
        let id = checkout(&shop, &redeeming, &code).await.json_of(201)["id"].clone();
        assert!(reason(&cancel(&shop, &token, &entry).await).contains(&code));
        // What is given back can be cancelled again, up to the last moment and not after it.
        let path = format!("/coupon/acme/coupons/{code}/redemptions/{}", id.as_str().unwrap());
        assert_eq!(send(shop.request(Method::DELETE, &path, &redeeming)).await.status, 204);
        let last = app.now().plus_secs(2 * 3_600);
        clock.set(last);
        let token = shop.customer_token("C1").await;
        assert_eq!(cancel(&shop, &token, &entry).await.json_of(200), json!(90));
        drop(other);
        clock.set(Timestamp::from_micros(last.micros() + 1));
        let other = shop.customer_token("C2").await;
        assert!(reason(&cancel(&shop, &other, &others).await).contains("within 2 hours"));
        assert_eq!(cancel(&shop, &token, &entry).await.json_of(200), json!(90));
        assert_proven(app).await;
    }

    async fn an_idempotency_key_gets_the_first_answer_again(app, _clock) {
        let shop = Shop::open(app).await;
        allow(&shop, 24).await;
        shop.option("o1", 90, |_| ()).await;
        let (token, _, entry) = bought(&shop, "C1").await;
        let (_, _, second) = bought(&shop, "C1").await;
        let keyed = |entry: &str| {
            let path = format!("/reward-points/public/customer/redemptions/{entry}/cancel");
            send(shop.request(Method::POST, &path, &token).header("Idempotency-Key", "k1"))
        };
        assert_eq!(keyed(&entry).await.json_of(200), json!(90));
        shop.add("C1", 7).await;
        let again = keyed(&entry).await;
        assert_eq!((again.json_of(200), again.header("idempotent-replayed")), (json!(90), Some("true")));
        assert_eq!(keyed(&second).await.status, 422);
        assert_eq!(shop.balance("C1").await, 97);
    }

    async fn points_that_expired_meanwhile_have_the_days_of_grace(app, clock) {
        let shop = Shop::open(app).await;
        let change = TenantChange { customer_cancel_hours: Some(8_784), grace_days: Some(3), ..TenantChange::default() };
        tenants::change(app, &shop.caller(), None, &change).await.unwrap();
        shop.option("o1", 90, |_| ()).await;
        let until = json!({"points": 90, "validUntil": "2027-02-01T00:00:00Z"});
        shop.post("/reward-points/customer/C1/addPoints", until).await.empty(201);
        let token = shop.customer_token("C1").await;
        let redeem = shop.request(Method::POST, "/reward-points/public/customer/redeem", &token);
        assert_eq!(send(redeem.json(&json!({"id": "o1"}))).await.status, 200);
        let entry = shop.summary("C1").await["summary"]["redeemedPointsList"][0]["id"].as_str().unwrap().to_owned();
        let shop = shop.at(clock, "2027-02-10T12:00:00Z").await;
        let token = shop.customer_token("C1").await;
        assert_eq!(cancel(&shop, &token, &entry).await.json_of(200), json!(90));
        let shop = shop.at(clock, "2027-02-13T11:59:59Z").await;
        assert_eq!(shop.balance("C1").await, 90);
        let shop = shop.at(clock, "2027-02-13T12:00:00Z").await;
        assert_eq!(shop.balance("C1").await, 0);
        assert_proven(app).await;
    }

    async fn settings_are_changed_once_seen_and_recorded(app, _clock) {
        let shop = Shop::open(app).await;
        let hours = |hours| TenantChange { customer_cancel_hours: Some(hours), ..TenantChange::default() };
        let caller = shop.caller();
        assert_eq!(tenants::change(app, &caller, Some(1), &hours(5)).await.unwrap().version, 2);
        assert_eq!(tenants::change(app, &caller, Some(1), &hours(5)).await.unwrap().version, 2);
        let stale = tenants::change(app, &caller, Some(1), &hours(6)).await.unwrap_err();
        assert!(matches!(stale, tenants::SettingsError::Stale(now) if now.customer_cancel_hours == 5));
        let log = audit::list(&app.db, &caller, &audit::AuditFilter::default(), None, 50).await.unwrap();
        let row = &log.rows.iter().find(|kept| kept.row.action == "tenant.changed").unwrap().row;
        assert_eq!((row.before.as_deref(), row.after.as_deref()), (Some(r#"{"customerCancelHours":0}"#), Some(r#"{"customerCancelHours":5}"#)));
    }

    async fn a_coupon_is_cancelled_or_used_and_never_both(db) {
        let app = |url: &str| { let url = url.to_owned(); async move { App::new(Db::connect(&url).await.unwrap(), clock::stopped(), Settings::default()) } };
        let (one, two) = (app(db.url()).await, app(db.url()).await);
        let shop = Shop::open(&one).await;
        let other = shop.served_at(&local::serve(&two));
        allow(&shop, 24).await;
        shop.option("o1", 90, |_| ()).await;
        let redeeming = shop.service_token("coupon.coupon_redeem").await;
        let (mut used_first, mut cancelled_first) = (0, 0);
        for n in 0..14 {
            let customer = format!("C{n}");
            let (token, code, entry) = bought(&shop, &customer).await;
            // Both are asked for twice, on both replicas; who is sent first takes turns.
            let uses = || join_all([&shop, &other].map(|at| checkout(at, &redeeming, &code)));
            let cancels = || join_all([&other, &shop].map(|at| cancel(at, &token, &entry)));
            let (used, cancelled) = if n % 2 == 0 {
                tokio::join!(uses(), cancels())
            } else {
                let (cancelled, used) = tokio::join!(cancels(), uses());
                (used, cancelled)
            };
            let mut statuses: Vec<u16> = used.iter().map(|answer| answer.status).collect();
            statuses.sort_unstable();
            let was_used = statuses[0] == 201;
            for answer in &cancelled {
                assert_eq!(answer.status, if was_used { 409 } else { 200 }, "{answer:?} beside {used:?}");
            }
            if was_used {
                assert_eq!(statuses, [201, 400], "{used:?}");
            } else {
                assert!(used.iter().all(|answer| matches!(answer.status, 400 | 404)), "{used:?}");
            }
            assert_eq!(shop.balance(&customer).await, if was_used { 0 } else { 90 });
            used_first += usize::from(was_used);
            cancelled_first += usize::from(!was_used);
        }
        assert_eq!(used_first + cancelled_first, 14);
        assert_proven(&one).await;
    }
}
