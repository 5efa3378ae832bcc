//! Requests that are sent again: by the client's own id, and by an Idempotency-Key.

use guerdon::domain::site_change::SiteChange;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    common::on_both,
    shop::{Answer, MANAGE, Shop, send},
};

async fn keyed(shop: &Shop, key: &str, path: &str, body: &Value) -> Answer {
    let request = shop.request(Method::POST, &format!("/reward-points{path}"), &shop.token).json(body);
    send(request.header("Idempotency-Key", key)).await
}

on_both! {
    async fn an_id_names_one_entry_for_good(app, clock) {
        let shop = Shop::open(app).await;
        shop.site("us", SiteChange::default()).await;
        let add = json!({"id": "e1", "points": 10, "description": "x", "validUntil": "2027-06-01T00:00:00Z"});
        let path = "/reward-points/customer/C1/addPoints";
        shop.post(path, add.clone()).await.empty(201);
        let redeem = json!({"id": "r1", "points": 4});
        shop.post("/reward-points/customer/C1/redeemPoints", redeem.clone()).await.empty(201);
        let open = json!({"startPoints": {"id": "s1", "points": 3}});
        shop.post("/reward-points/customer/C2", open.clone()).await.empty(200);

        // Long after, when the points have ended: the same answers, and nothing more.
        let shop = shop.at(clock, "2029-06-01T00:00:00Z").await;
        for (path, body, status) in [
            ("/customer/C1/addPoints", &add, 201), ("/customer/C1/redeemPoints", &redeem, 201), ("/customer/C2", &open, 200),
        ] {
            let again = shop.post(&format!("/reward-points{path}"), body.clone()).await.empty(status);
            assert_eq!(again.header("idempotent-replayed"), Some("true"), "{path}");
        }
        let summary = shop.summary("C1").await;
        assert_eq!(summary["summary"]["addedPointsList"].as_array().unwrap().len(), 1);
        assert_eq!(summary["summary"]["redeemedPointsList"].as_array().unwrap().len(), 1);

        let changed = |field: &str, value: Value| {
            let mut body = add.clone();
            body[field] = value;
            body
        };
        for (path, body) in [
            ("/customer/C1/addPoints", changed("points", json!(11))),
            ("/customer/C1/addPoints", changed("description", json!("y"))),
            ("/customer/C1/addPoints", changed("description", Value::Null)),
            ("/customer/C1/addPoints", changed("reference-id", json!("B1"))),
            ("/customer/C1/addPoints", changed("validUntil", json!("2027-06-01T00:00:01Z"))),
            ("/customer/C1/addPoints?siteCode=us", add.clone()),
            ("/customer/C3/addPoints", add.clone()),
            ("/customer/C3", json!({"startPoints": add.clone()})),
            ("/customer/C1/redeemPoints", json!({"id": "e1", "points": 10, "description": "x"})),
            ("/customer/C1/redeemPoints", json!({"id": "r1", "points": 5})),
            ("/customer/C2", json!({"startPoints": {"id": "s1", "points": 4}})),
        ] {
            let conflict = shop.post(&format!("/reward-points{path}"), body.clone()).await.json_of(409);
            assert_eq!(conflict["message"], "New Reward Point Entry not Created", "{path} {body}");
        }
        assert_eq!(shop.get("/reward-points/customer/C3").await.status, 404);
        // What only the service writes makes no difference.
        shop.post(path, changed("usedPoints", json!(5))).await.empty(201);
        shop.post(&format!("{path}?siteCode=main"), add).await.empty(201);
    }

    async fn a_key_names_one_request_for_good(app, _clock) {
        let shop = Shop::open(app).await;
        shop.option("o1", 2, |_| ()).await;
        let add = json!({"points": 10});
        for replayed in [None, Some("true")] {
            let answer = keyed(&shop, "k1", "/customer/C1/addPoints", &add).await.empty(201);
            assert_eq!(answer.header("idempotent-replayed"), replayed);
        }
        assert_eq!(shop.balance("C1").await, 10);
        for (path, body) in [
            ("/customer/C1/addPoints", json!({"points": 11})),
            ("/customer/C2/addPoints", add.clone()),
            ("/customer/C1/addPoints?siteCode=main", add.clone()),
            ("/customer/C1/redeemPoints", add.clone()),
            ("/customer/C2", json!({"points": 10})),
        ] {
            assert_eq!(keyed(&shop, "k1", path, &body).await.status, 422, "{path} {body}");
        }
        assert_eq!(shop.balance("C1").await, 10);

        // Keys of one caller never meet those of another.
        let other = shop.with(shop.service_token(MANAGE).await);
        keyed(&other, "k1", "/customer/C1/addPoints", &add).await.empty(201);
        assert_eq!(shop.balance("C1").await, 20);

        // A refused request leaves its key free.
        assert_eq!(keyed(&shop, "k2", "/customer/C1/redeemPoints", &json!({"points": 30})).await.status, 400);
        shop.add("C1", 15).await;
        keyed(&shop, "k2", "/customer/C1/redeemPoints", &json!({"points": 30})).await.empty(201);

        let customer = shop.with(shop.customer_token("C1").await);
        let first = keyed(&customer, "k1", "/public/customer/redeem", &json!({"id": "o1"})).await;
        let again = keyed(&customer, "k1", "/public/customer/redeem", &json!({"id": "o1"})).await;
        assert_eq!(first.json_of(200), again.json_of(200));
        assert_eq!((first.header("idempotent-replayed"), again.header("idempotent-replayed")), (None, Some("true")));
        assert_eq!(keyed(&customer, "k2", "/public/customer/redeem", &json!({"id": "o1"})).await.status, 200);
        assert_eq!(shop.balance("C1").await, 1);
    }

    async fn a_key_that_is_none_is_refused(app, _clock) {
        let shop = Shop::open(app).await;
        for path in ["/customer/C1", "/customer/C1/addPoints", "/customer/C1/redeemPoints"] {
            for key in ["", "two words", &"k".repeat(256)] {
                let answer = keyed(&shop, key, path, &json!({"points": 1})).await;
                assert_eq!(answer.wrong_fields(), ["Idempotency-Key"], "{path} {key}");
            }
        }
        assert_eq!(shop.get("/reward-points/customer/C1").await.status, 404);
    }
}
